"""Writes PDFs by hand, so that they can be wrong in one way at a time."""

import zlib

PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R >>"
PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"


def stream(data: bytes, entries: bytes = b"", length: bytes | None = None) -> bytes:
    return b"<< /Length %s %s >>\nstream\n%s\nendstream" % (length or b"%d" % len(data), entries, data)


def packed(data: bytes, entries: bytes = b"", level: int = 9) -> bytes:
    return stream(zlib.compress(data, level), b"/Filter /FlateDecode " + entries)


def document(catalog: bytes = b"", page: bytes = b"", more: dict[int, bytes] | None = None) -> dict[int, bytes]:
    """The objects of one empty page. `catalog` and `page` are more entries of those."""
    return {
        1: b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        2: PAGES,
        3: PAGE[:-2] + page + b" >>",
        4: stream(b"0 0 200 100 re S"),
    } | (more or {})


def body(objects: dict[int, bytes], at: int) -> tuple[bytes, dict[int, int]]:
    """The objects one after the other, and where each begins."""
    text, offsets = b"", {}
    for number, content in objects.items():
        offsets[number] = at + len(text)
        text += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    return text, offsets


def table(offsets: dict[int, int], at: int, entries: bytes = b"/Root 1 0 R", size: int | None = None) -> bytes:
    """A cross-reference table at `at`, a section for each object, with its trailer and what ends the file."""
    lines = b"0 1\n0000000000 65535 f \n"
    lines += b"".join(b"%d 1\n%010d 00000 n \n" % item for item in sorted(offsets.items()))
    size = max(offsets, default=0) + 1 if size is None else size
    trailer = b"<< /Size %d %s >>" % (size, entries)
    return b"xref\n%strailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (lines, trailer, at)


def classic(
    objects: dict[int, bytes],
    entries: bytes = b"/Root 1 0 R",
    header: bytes = b"%PDF-1.7\n",
    before_table: bytes = b"",
    shift: dict[int, int] | None = None,
    size: int | None = None,
) -> bytes:
    """A file with a cross-reference table. `shift` makes entries of it wrong by so many bytes."""
    text, offsets = body(objects, len(header))
    for number, by in (shift or {}).items():
        offsets[number] += by
    text = header + text + before_table
    return text + table(offsets, len(text), entries, size)


def update(file: bytes, objects: dict[int, bytes], entries: bytes = b"/Root 1 0 R", previous: int | None = None) -> bytes:
    """Another revision, appended."""
    text, offsets = body(objects, len(file))
    old = int(file.rsplit(b"startxref", 1)[1].split()[0])
    previous = old if previous is None else previous
    at = len(file) + len(text)
    size = max(int(file.rsplit(b"/Size", 1)[1].split()[0]), max(offsets) + 1)
    return file + text + table(offsets, at, entries + b" /Prev %d" % previous, size)


def object_stream(objects: dict[int, bytes], entries: bytes = b"", level: int = 9) -> bytes:
    header, content = b"", b""
    for number, value in objects.items():
        header, content = header + b"%d %d " % (number, len(content)), content + value + b"\n"
    return packed(header + content, b"/Type /ObjStm /N %d /First %d %s" % (len(objects), len(header), entries), level)


def modern(
    inside: dict[int, bytes],
    outside: dict[int, bytes],
    container: bytes | None = None,
    entries: bytes = b"/Root 1 0 R",
    xref: bytes | None = None,
    places: dict[int, tuple[int, int, int]] | None = None,
) -> bytes:
    """A file with an object stream (number 90) and a cross-reference stream (number 91).

    `container` replaces the object stream, `xref` the data of the cross-reference stream; `places` are entries of the
    latter that are otherwise than they should be."""
    header = b"%PDF-1.7\n"
    text, offsets = body(outside | {90: container or object_stream(inside)}, len(header))
    rows = {number: (1, at, 0) for number, at in offsets.items()}
    rows |= {number: (2, 90, index) for index, number in enumerate(inside)}
    at = len(header) + len(text)
    rows |= {91: (1, at, 0)} | (places or {})
    data = b"".join(b"%c%s%s" % (k, a.to_bytes(4, "big"), b.to_bytes(2, "big")) for _, (k, a, b) in sorted(rows.items()))
    index = b" ".join(b"%d 1" % number for number in sorted(rows))
    of_xref = b"/Type /XRef /Size 92 /W [1 4 2] /Index [%s] %s" % (index, entries)
    text = header + text
    text += b"91 0 obj\n%s\nendobj\n" % packed(data if xref is None else xref, of_xref)
    return text + b"startxref\n%d\n%%%%EOF\n" % at
