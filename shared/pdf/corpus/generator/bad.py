"""The files that are refused, by the reason's code and what is wrong with each."""

import io
import zipfile
import zlib

from writer import classic, document, modern, object_stream, packed, stream, table, update

GOOD = classic(document())
JS = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
URI = b"<< /S /URI /URI (https://example.com) >>"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\0\0\0\0"
EXE = b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0" + b"\0" * 48 + b"PE\0\0"
SHELL = b"#!/bin/sh\necho hello\nexit\n"
HTML = b"<html><script>alert(1)</script></html>"


def archive(name: str, content: str = "hello") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        zipped.writestr(zipfile.ZipInfo(name), content)
    return file.getvalue()


ZIP = archive("a.txt")
JAR = archive("META-INF/MANIFEST.MF", "Main-Class: A\n")
DOCX = archive("word/document.xml", "<w:document/>")


def annotation(action: bytes, entries: bytes = b"/Subtype /Link") -> bytes:
    """An annotation of the page with this action."""
    return b"/Annots [<< /Type /Annot %s /Rect [0 0 9 9] /A %s >>]" % (entries, action)


def with_action(action: bytes) -> bytes:
    return classic(document(page=annotation(action)))


def in_object_stream(objects: dict[int, bytes]) -> bytes:
    everything = document() | objects
    content = everything.pop(4)
    return modern(everything, {4: content})


def at(magic: bytes, place: int) -> bytes:
    """A file that has these bytes at a place, in a comment."""
    header = b"%PDF-1.7\n%"
    return classic(document(), header=header + b"." * (place - len(header)) + magic + b"\n")


NOT_A_PDF = {
    "empty": b"",
    "one-byte": b"%",
    "header-cut": b"%PDF-",
    "no-version": b"%PDF-\n" + GOOD[9:],
    "lower-case": b"%pdf" + GOOD[4:],
    "leading-space": b" " + GOOD,
    "leading-line": b"\r\n" + GOOD,
    "leading-bom": b"\xef\xbb\xbf" + GOOD,
    "leading-byte": b"x" + GOOD,
    "utf-16": GOOD.decode().encode("utf-16"),
    "postscript": b"%!PS-Adobe-3.0\n%%Pages: 1\nshowpage\n%%EOF\n",
    "postscript-with-pdf": b"%!PS-Adobe-3.0 PDF-1.7\n" + GOOD,
    "form-data": b"%FDF-1.2\n1 0 obj\n<< /FDF << >> >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n",
    "png": PNG,
    "jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xd9",
    "docx": DOCX,
    "exe": EXE,
    "html": b"<!doctype html><title>A</title>",
    "text": b"Certificate of completion\n",
    "after-zip": ZIP + GOOD,
    "after-gif": b"GIF89a\1\0\1\0\0\0\0!\xfe" + bytes([200]) + b"\n" + GOOD,
    "after-exe": EXE + GOOD,
    "after-shell": SHELL + GOOD,
    "after-html": HTML + b"\n" + GOOD,
}

INSIDE = GOOD.index(b"re S")
TRUNCATED = {
    "after-header": GOOD[:9],
    "in-object": GOOD[:30],
    "in-string": classic(document(catalog=b"/Lang (en-GB)"))[:60],
    "in-stream": GOOD[:INSIDE],
    "after-object": GOOD[: GOOD.index(b"2 0 obj")],
    "before-table": GOOD[: GOOD.index(b"xref")],
    "in-table": GOOD[: GOOD.index(b"xref") + 40],
    "before-trailer": GOOD[: GOOD.index(b"trailer")],
    "before-startxref": GOOD[: GOOD.index(b"startxref")],
    "before-end": GOOD[: GOOD.index(b"%%EOF")],
    "in-second-revision": update(GOOD, {5: b"<< /A (long enough) >>"})[: len(GOOD) + 20],
    "endstream-missing": classic(document(more={4: stream(b"S", length=b"5 0 R"), 5: b"1"})).replace(b"endstream", b""),
}

MALFORMED = {
    "length-too-short": GOOD.replace(b"/Length 16", b"/Length 10"),
    "length-too-long": GOOD.replace(b"/Length 16", b"/Length 40"),
    "length-negative": GOOD.replace(b"/Length 16", b"/Length -1"),
    "length-missing": GOOD.replace(b"/Length", b"/Extent"),
    "length-twice": GOOD.replace(b"/Length 16", b"/Length 16 /Length 8"),
    "length-elsewhere-is-wrong": classic(document(more={4: stream(b"0 0 9 9 re", length=b"5 0 R"), 5: b"3"})),
    "length-of-no-object": classic(document(more={4: stream(b"0 0 9 9 re", length=b"5 0 R")})),
    "endobj-missing": GOOD.replace(b"endobj", b"", 1),
    "stream-of-an-array": classic(document(more={5: b"[]\nstream\n\nendstream"})),
    "dictionary-unclosed": GOOD.replace(b"/Count 1 >>", b"/Count 1 >"),
    "key-without-value": GOOD.replace(b"/Count 1 >>", b"/Count >>"),
    "braces": GOOD.replace(b"/Count 1 >>", b"/Count {} >>"),
    "type-twice": classic(document(more={5: b"<< /Type /Page /Type /Pages /Kids [] >>"})),
    "kids-missing": GOOD.replace(b"/Kids [3 0 R]", b""),
    "object-stream-garbled": modern({5: b"null"}, document(), stream(b"garbage", b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode")),
    "object-stream-cut": modern({5: b"null"}, document(), stream(zlib.compress(b"5 0 null")[:-6], b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode")),
    "object-stream-of-nothing": modern({5: b"null"}, document(), stream(b"", b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode")),
    "object-stream-overlapping": modern({5: b"0", 6: b"0"}, document(), packed(b"5 0 6 0 [1]", b"/Type /ObjStm /N 2 /First 8")),
    "object-stream-beyond-its-end": modern({5: b"0"}, document(), packed(b"5 99 null", b"/Type /ObjStm /N 1 /First 5")),
    "object-stream-of-too-few": modern({5: b"0"}, document(), packed(b"5 0 null", b"/Type /ObjStm /N 2 /First 4")),
    "object-stream-unclosed": modern({5: b"0"}, document(), packed(b"5 0 [1 2", b"/Type /ObjStm /N 1 /First 4")),
    "object-stream-filtered-twice": modern({5: b"0"}, document(), stream(zlib.compress(zlib.compress(b"5 0 0")), b"/Type /ObjStm /N 1 /First 4 /Filter [/FlateDecode /FlateDecode]")),
    "object-stream-run-length": modern({5: b"0"}, document(), stream(b"\x045 0 0\x80", b"/Type /ObjStm /N 1 /First 4 /Filter /RunLengthDecode")),
    "object-stream-lzw": modern({5: b"0"}, document(), stream(b"\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01", b"/Type /ObjStm /N 1 /First 4 /Filter /LZWDecode")),
    "object-stream-hexadecimal": modern({5: b"0"}, document(), stream(b"3520302030>", b"/Type /ObjStm /N 1 /First 4 /Filter /ASCIIHexDecode")),
    "object-stream-filter-elsewhere": modern({5: b"0"}, document(more={6: b"/FlateDecode"}), stream(zlib.compress(b"5 0 0"), b"/Type /ObjStm /N 1 /First 4 /Filter 6 0 R")),
    "xref-stream-too-short": modern({5: b"0"}, document(), xref=b"\1"),
    "xref-stream-of-no-width": modern({5: b"0"}, document()).replace(b"/W [1 4 2]", b"/W [0 0 0]"),
    "xref-stream-of-huge-width": modern({5: b"0"}, document()).replace(b"/W [1 4 2]", b"/W [1 4 9999999999]"),
    "xref-stream-of-two-widths": modern({5: b"0"}, document()).replace(b"/W [1 4 2]", b"/W [1 4]"),
}

HIDDEN = b"9 0 obj\n" + JS + b"\nendobj\n"
HOLDER = document(more={5: stream(HIDDEN)})
BROKEN_REFERENCES = {
    "startxref-elsewhere": GOOD[: GOOD.index(b"startxref")] + b"startxref\n20\n%%EOF\n",
    "startxref-beyond": GOOD[: GOOD.index(b"startxref")] + b"startxref\n99999999999\n%%EOF\n",
    "table-off-by-one": classic(document(), shift={3: 1}),
    "table-off-by-ten": classic(document(), shift={3: -10}),
    "table-leads-into-a-stream": classic(HOLDER | {9: b"null"}, shift={9: classic(HOLDER).index(HIDDEN) - classic(HOLDER | {9: b"null"}).index(b"9 0 obj\nnull")}),
    "previous-is-itself": update(GOOD, {5: b"null"}, previous=len(GOOD) + len(b"5 0 obj\nnull\nendobj\n")),
    "previous-loops": classic(document(), entries=b"/Root 1 0 R /Prev 00000"),
    "previous-elsewhere": update(GOOD, {5: b"null"}, previous=12),
    "previous-beyond": update(GOOD, {5: b"null"}, previous=10**12),
    "hybrid-elsewhere": classic(document(), entries=b"/Root 1 0 R /XRefStm 30"),
    "root-missing": classic(document(), entries=b""),
    "root-is-no-object": classic(document(), entries=b"/Root 77 0 R"),
    "root-is-no-catalog": classic(document(), entries=b"/Root 2 0 R"),
    "catalog-left-out-of-the-table": GOOD.replace(b"1 1\n0000000009 00000 n", b"1 1\n0000000009 00000 f"),
    "page-tree-loops": classic(document(more={2: b"<< /Type /Pages /Kids [5 0 R] >>", 5: b"<< /Type /Pages /Kids [2 0 R] >>"})),
    "page-tree-is-its-own-child": classic(document(more={2: b"<< /Type /Pages /Kids [2 0 R 3 0 R] >>"})),
    "size-missing": GOOD.replace(b"/Size", b"/Bulk"),
    "object-in-no-stream": modern({5: b"0"}, document(), places={5: (2, 4, 0)}),
    "object-in-a-missing-stream": modern({5: b"0"}, document(), places={5: (2, 80, 0)}),
    "object-in-itself": modern({5: b"0"}, document(), places={5: (2, 5, 0)}),
    "object-at-another-index": modern({5: b"0", 6: b"0"}, document(), places={5: (2, 90, 1)}),
    "object-beyond-the-last-index": modern({5: b"0"}, document(), places={5: (2, 90, 9)}),
    "object-stream-without-type": modern({5: b"0"}, document(), packed(b"5 0 0", b"/N 1 /First 4")),
    "object-beyond-the-end": modern({5: b"0"}, document(), places={5: (1, 2**31, 0)}),
}
# A loop of two sections: the older one's /Prev, five digits wide, is set to where the newer one begins.
first = BROKEN_REFERENCES["previous-loops"]
second = update(first, {5: b"null"})
newest = second.rsplit(b"startxref", 1)[1].split()[0]
BROKEN_REFERENCES["previous-loops"] = second.replace(b"/Prev 00000", b"/Prev %05d" % int(newest))

NO_PAGES = {
    "no-kids": classic(document(more={2: b"<< /Type /Pages /Kids [] /Count 0 >>"})),
    "kids-are-no-objects": classic(document(more={2: b"<< /Type /Pages /Kids [7 0 R] /Count 1 >>"})),
    "kids-are-no-pages": classic(document(more={2: b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>"})),
    "no-tree": classic(document() | {1: b"<< /Type /Catalog >>"}),
    "tree-is-no-object": GOOD.replace(b"/Pages 2 0 R", b"/Pages 8 0 R"),
    "page-left-out-of-the-table": GOOD.replace(b"3 1\n", b"7 1\n"),
    "only-nodes": classic(document(more={2: b"<< /Type /Pages /Kids [5 0 R] >>", 5: b"<< /Type /Pages /Kids [] >>"})),
}

MIB = 1024 * 1024


def xref_streams(count: int, rows: int) -> bytes:
    """A file with a chain of cross-reference streams, each with so many objects that none before it had."""
    file = GOOD
    for i in range(count):
        previous = int(file.rsplit(b"startxref", 1)[1].split()[0])
        entries = b"/Type /XRef /Size 9 /W [1 0 0] /Index [%d %d] /Root 1 0 R /Prev %d" % (i * rows, rows, previous)
        at = len(file)
        file += b"9 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (packed(b"\2" * rows, entries), at)
    return file


TOO_COMPLEX = {
    "object-stream-bomb": modern({5: b"0"}, document(), packed(b"5 0 " + b" " * (24 * MIB) + b"0", b"/Type /ObjStm /N 1 /First 4")),
    "object-streams-add-up": classic(document(more={n: object_stream({n + 50: b" " * (7 * MIB) + b"0"}) for n in range(5, 11)})),
    "xref-stream-bomb": modern({5: b"0"}, document(), xref=b"\0" * (24 * MIB)),
    "xref-streams-add-up": xref_streams(64, 500_000),
    "xref-stream-of-too-many": modern({5: b"0"}, document(), xref=(b"\1\0\0\0\x09\0\0" * (MIB))).replace(b"/Index [", b"/Index [1 %d " % MIB),
    "many-values": classic(document(more={5: object_stream({6: b"[" + b"0 " * 500_001 + b"]"})})),
    "deep-arrays": classic(document(more={5: b"[" * 10_000 + b"]" * 10_000})),
    "deep-dictionaries": classic(document(more={5: b"<</A" * 5_000 + b" 0 " + b">>" * 5_000})),
    "deep-unclosed": classic(document(more={5: b"[" * 10_000})),
    "deep-in-object-stream": classic(document(more={5: object_stream({6: b"[" * 1_000_000 + b"]" * 1_000_000})})),
    "deep-trailer": classic(document(), entries=b"/Root 1 0 R /X " + b"[" * 10_000 + b"]" * 10_000),
    "huge-size": classic(document(), size=4_294_967_295),
    "huge-number": classic(document(more={8_388_608: b"null"})),
}

FOREIGN_CONTENT = {
    "zip-appended": GOOD + ZIP,
    "jar-appended": GOOD + JAR,
    "docx-appended": GOOD + DOCX,
    "zip-in-stream": classic(document(more={5: stream(ZIP)})),
    "zip-between-objects": classic(document(), before_table=ZIP),
    "zip-in-comment": classic(document(), header=b"%PDF-1.7\n%" + ZIP + b"\n"),
    "zip-before-the-end": GOOD.replace(b"startxref", ZIP + b"\nstartxref"),
    "seven-zip-appended": GOOD + b"7z\xbc\xaf\x27\x1c\0\4",
    "seven-zip-in-stream": classic(document(more={5: stream(b"7z\xbc\xaf\x27\x1c\0\4")})),
    "rar-in-stream": classic(document(more={5: stream(b"Rar!\x1a\x07\1\0")})),
    "tar": at(b"ustar\x0000", 257),
    "dicom": at(b"DICM", 128),
    "iso-image": at(b"CD001", 32_769),
    "html-appended": GOOD + HTML,
    "html-after-header": classic(document(), header=b"%PDF-1.7\n" + HTML + b"\n"),
    "html-in-comment": classic(document(), header=b"%PDF-1.7\n%" + HTML + b"\n"),
    "html-in-header-line": classic(document(), header=b"%PDF-1.7 <ScRiPt>alert(1)</script>\n"),
    "html-in-comment-of-object": classic(document(more={5: b"<< %<body onload=alert(1)>\n >>"})),
    "html-in-first-stream": classic({9: stream(HTML)} | document()),
    "svg-in-first-stream": classic({9: stream(b"<svg onload='alert(1)'/>")} | document()),
    "php-in-comment": classic(document(), header=b"%PDF-1.7\n%<?php system('id'); ?>\n"),
    "gif-appended": GOOD + b"GIF89a\1\0\1\0\0\0\0;",
    "png-appended": GOOD + PNG,
    "exe-appended": GOOD + EXE,
    "shell-appended": GOOD + SHELL,
    "shell-after-header": classic(document(), header=b"%PDF-1.7\n" + SHELL),
    "shell-between-objects": classic(document(), before_table=SHELL),
    "text-after-end": GOOD + b"thank you\n",
    "comment-after-end": GOOD + b"% thank you\n",
    "end-line-continued": GOOD.rstrip() + b" and more\n",
    "pdf-with-junk-appended": GOOD + GOOD + b"\x01",
    "too-much-whitespace": GOOD.rstrip() + b" " * 1_025,
    "too-many-zeros": GOOD + b"\0" * 4_096,
}

JAVASCRIPT = {
    "on-opening": classic(document(b"/OpenAction " + JS)),
    "on-opening-elsewhere": classic(document(b"/OpenAction 5 0 R", more={5: JS})),
    "in-name-tree": classic(document(b"/Names << /JavaScript << /Names [(a) 5 0 R] >> >>", more={5: JS})),
    "in-link": with_action(JS),
    "after-another-action": with_action(b"<< /S /GoTo /D [3 0 R /Fit] /Next %s >>" % JS),
    "in-field": classic(document(b"/AcroForm << /Fields [<< /FT /Btn /T (a) /A %s >>] >>" % JS)),
    "in-outline": classic(document(b"/Outlines << /First 5 0 R >>", more={5: b"<< /Title (a) /A %s >>" % JS})),
    "in-object-stream": in_object_stream({6: JS}),
    "in-unlisted-object-stream": classic(document(more={5: object_stream({6: JS})})),
    "in-trailer": classic(document(), entries=b"/Root 1 0 R /X " + JS),
    "in-unreferenced-object": classic(document(more={9: JS})),
    "in-object-left-out-of-the-table": GOOD.replace(b"xref\n", b"9 0 obj\n" + JS + b"\nendobj\nxref\n", 1).replace(b"startxref\n", b"startxref\n"),
    "in-second-revision": update(GOOD, {1: document(b"/OpenAction " + JS)[1]}),
    "in-first-revision": update(classic(document(b"/OpenAction " + JS)), {1: document()[1]}),
    "name-escaped": with_action(b"<< /S /J#61vaScr#69pt /J#53 (app.alert\\(1\\)) >>"),
    "name-escaped-whole": with_action(b"<< /#53 /#4a#61#76#61#53#63#72#69#70#74 >>"),
    "key-only": with_action(b"<< /JS 6 0 R >>"),
    "type-elsewhere": classic(document(page=annotation(b"<< /S 5 0 R >>"), more={5: b"/JavaScript"})),
    "with-comments": with_action(b"<< /S%a\n/JavaScript%b\n/JS%c\n(app.alert\\(1\\)) >>"),
    "with-zeros": with_action(b"<<\0/S\0/JavaScript\0>>"),
    "second-of-two-keys": with_action(b"<< /S /URI /S /JavaScript >>"),
    "in-stream-dictionary": classic(document(more={5: stream(b"", b"/A " + JS)})),
    "deep-in-arrays": classic(document(more={5: b"[" * 90 + JS + b"]" * 90})),
}
# The table of the one above is found a little later than it was.
file = JAVASCRIPT["in-object-left-out-of-the-table"]
JAVASCRIPT["in-object-left-out-of-the-table"] = file[: file.rindex(b"startxref")] + b"startxref\n%d\n%%%%EOF\n" % file.index(b"xref\n")


def hybrid(hidden: dict[int, bytes]) -> bytes:
    """A file whose table says nothing of the objects that its cross-reference stream has in an object stream."""
    file = modern(hidden, document())
    head = file[: file.index(b"startxref")]
    offsets = {n: head.index(b"%d 0 obj" % n) for n in document()}
    return head + table(offsets, len(head), b"/Root 1 0 R /XRefStm %d" % head.index(b"91 0 obj"), size=92)


JAVASCRIPT["in-hybrid-file"] = hybrid({6: JS})

OPEN_ACTION = {
    "link": classic(document(b"/OpenAction " + URI)),
    "link-elsewhere": classic(document(b"/OpenAction 5 0 R", more={5: URI})),
    "link-two-steps-away": classic(document(b"/OpenAction 5 0 R", more={5: b"6 0 R", 6: URI})),
    "link-in-object-stream": in_object_stream({1: document(b"/OpenAction 5 0 R")[1], 5: URI}),
    "link-in-second-revision": update(classic(document(b"/OpenAction 5 0 R", more={5: b"[3 0 R /Fit]"})), {5: URI}),
    "link-after-going-to-a-page": classic(document(b"/OpenAction << /S /GoTo /D [3 0 R /Fit] /Next %s >>" % URI)),
    "link-by-an-entry-for-another-object": classic(document(b"/OpenAction 6 0 R", more={5: URI})).replace(b"5 1\n", b"6 1\n"),
    "print": classic(document(b"/OpenAction << /S /Named /N /Print >>")),
    "name-escaped": classic(document(b"/Open#41ction << /S /Named /N /Print >>")),
    "hide": classic(document(b"/OpenAction << /S /Hide /T (a) >>")),
}

ADDITIONAL_ACTIONS = {
    "of-document": classic(document(b"/AA << /WC << /S /Named /N /Print >> >>")),
    "of-page": classic(document(page=b"/AA << /O %s >>" % URI)),
    "of-field": classic(document(b"/AcroForm << /Fields [<< /FT /Tx /T (a) /AA << /Fo %s >> >>] >>" % URI)),
    "elsewhere": classic(document(page=b"/AA 5 0 R", more={5: b"<< /O %s >>" % URI})),
    "name-escaped": classic(document(page=b"/A#41 << /O %s >>" % URI)),
    "in-object-stream": in_object_stream({3: document(page=b"/AA << /O %s >>" % URI)[3]}),
    "in-second-revision": update(GOOD, {3: document(page=b"/AA << /O %s >>" % URI)[3]}),
}

LAUNCH = {
    "program": with_action(b"<< /S /Launch /F (cmd.exe) >>"),
    "program-on-windows": with_action(b"<< /S /Launch /Win << /F (cmd.exe) /P (/c calc) >> >>"),
    "on-opening": classic(document(b"/OpenAction << /S /Launch /F (a.exe) >>")),
    "name-escaped": with_action(b"<< /S /L#61unch /F (a.exe) >>"),
    "in-object-stream": in_object_stream({6: b"<< /S /Launch /F (a.exe) >>"}),
    "in-second-revision": update(GOOD, {3: document(page=annotation(b"<< /S /Launch /F (a.exe) >>"))[3]}),
}

FILE = stream(b"hello", b"/Type /EmbeddedFile")
SPEC = b"<< /Type /Filespec /F (a.txt) /EF << /F 5 0 R >> >>"
EMBEDDED_FILE = {
    "in-name-tree": classic(document(b"/Names << /EmbeddedFiles << /Names [(a) %s] >> >>" % SPEC, more={5: FILE})),
    "specification-only": classic(document(more={5: stream(b"hello"), 6: SPEC})),
    "file-only": classic(document(more={5: FILE})),
    "attached-to-page": classic(document(page=b"/Annots [<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS 6 0 R >>]")),
    "associated": classic(document(b"/AF [%s]" % SPEC, more={5: stream(b"hello")})),
    "name-escaped": classic(document(more={5: stream(b"hello", b"/Type /Embedded#46ile")})),
    "in-object-stream": in_object_stream({6: SPEC}),
    "in-second-revision": update(GOOD, {5: FILE}),
}

EXTERNAL_FILE = {
    "go-to-another-file": with_action(b"<< /S /GoToR /F (\\\\\\\\host\\\\share\\\\a.pdf) /D [0 /Fit] >>"),
    "go-to-an-embedded-file": with_action(b"<< /S /GoToE /D [0 /Fit] /T << /R /C /N (a.pdf) >> >>"),
    "stream-elsewhere": classic(document(more={5: stream(b"", b"/F (/etc/passwd)")})),
    "in-object-stream": in_object_stream({6: b"<< /S /GoToR /F (a.pdf) >>"}),
}

MULTIMEDIA = {
    "rich-media": classic(document(page=b"/Annots [<< /Subtype /RichMedia /Rect [0 0 9 9] >>]")),
    "rich-media-content": classic(document(more={5: b"<< /RichMediaContent << >> >>"})),
    "film": classic(document(page=annotation(b"<< /S /Movie >>"))),
    "sound": with_action(b"<< /S /Sound /Sound 5 0 R >>"),
    "rendition": with_action(b"<< /S /Rendition /OP 0 >>"),
    "three-dimensions": classic(document(page=b"/Annots [<< /Subtype /3D /Rect [0 0 9 9] >>]")),
}

XFA = {
    "as-array": classic(document(b"/AcroForm << /Fields [] /XFA [(template) 5 0 R] >>", more={5: stream(b"<template/>")})),
    "as-stream": classic(document(b"/AcroForm 5 0 R", more={5: b"<< /XFA 6 0 R >>", 6: stream(b"<xdp:xdp/>")})),
    "in-object-stream": in_object_stream({6: b"<< /XFA [] >>"}),
}

FORM_SUBMISSION = {
    "submit": with_action(b"<< /S /SubmitForm /F (https://example.com) >>"),
    "import": with_action(b"<< /S /ImportData /F (a.fdf) >>"),
    "name-escaped": with_action(b"<< /S /Submit#46orm /F (https://example.com) >>"),
}

BAD = {
    "not_a_pdf": NOT_A_PDF,
    "truncated": TRUNCATED,
    "malformed": MALFORMED,
    "broken_references": BROKEN_REFERENCES,
    "no_pages": NO_PAGES,
    "too_complex": TOO_COMPLEX,
    "foreign_content": FOREIGN_CONTENT,
    "javascript": JAVASCRIPT,
    "open_action": OPEN_ACTION,
    "additional_actions": ADDITIONAL_ACTIONS,
    "launch": LAUNCH,
    "embedded_file": EMBEDDED_FILE,
    "external_file": EXTERNAL_FILE,
    "multimedia": MULTIMEDIA,
    "xfa": XFA,
    "form_submission": FORM_SUBMISSION,
}
