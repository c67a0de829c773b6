"""The files that are accepted, each as its producer writes it, and those that qpdf spoils."""

import os
import pathlib
import subprocess
import tempfile

from writer import classic, document, modern, object_stream, stream, update

os.environ["SOURCE_DATE_EPOCH"] = "1767225600"
TEXT = "Certificate of completion: Rust in depth. Ærøskøbing, Łódź, Ελλάδα, Київ – 87½ %. "
LONG = "".join(f"<h1>Chapter {n}</h1><p>{TEXT * 30}</p>" for n in range(1, 13))
PAGE = f"""<!doctype html><html lang="en"><title>The &lt;html&gt; element</title><h1>Certificate</h1><p>{TEXT}</p>
<p><a href="https://example.com/verify?id=1">Verify</a> <a href="#end">Down</a></p>
<table border="1"><tr><th>Course</th><th>Score</th></tr><tr><td>Rust</td><td>87.5</td></tr></table><h2 id="end">End</h2></html>"""
FORM = """<!doctype html><html><body><form><p>Name <input type="text" name="name" value="Ada"></p>
<p><input type="checkbox" name="passed" checked> passed</p><p><select name="s"><option>A</option></select></p></form></body></html>"""


def run(*command: object) -> None:
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def picture(work: pathlib.Path, kind: str = "png") -> pathlib.Path:
    from PIL import Image

    image = Image.new("RGB", (64, 48))
    image.putdata([(x * 4, y * 5, (x * y) % 256) for y in range(48) for x in range(64)])
    path = work / f"picture.{kind}"
    image.save(path)
    return path


def write(work: pathlib.Path, name: str, text: str) -> pathlib.Path:
    path = work / name
    path.write_text(text, encoding="utf-8")
    return path


def libreoffice(out: pathlib.Path, work: pathlib.Path) -> None:
    image = f'<p><img src="{picture(work).as_uri()}"></p>'
    html = {"page": PAGE, "long": f"<html><body>{LONG}</body></html>", "form": FORM, "image": f"<html>{image}{TEXT}</html>"}
    sources = {name: write(work, f"{name}.html", text) for name, text in html.items()}
    options = {
        "page": ("page", {}),
        "form": ("form", {"ExportFormFields": True}),
        "image": ("image", {}),
        "long-with-outline": ("long", {"ExportBookmarks": True}),
        "tagged": ("page", {"UseTaggedPDF": True}),
        "accessible": ("page", {"PDFUACompliance": True}),
        "archive-1b": ("page", {"SelectPdfVersion": 1}),
        "archive-2b": ("page", {"SelectPdfVersion": 2}),
        "version-1.5": ("page", {"SelectPdfVersion": 15}),
        "opens-on-page-2": ("long", {"InitialPage": 2, "Magnification": 1}),
    }
    for name, (source, chosen) in options.items():
        kinds = {bool: "boolean", int: "long"}
        entries = ",".join(f'"{k}":{{"type":"{kinds[type(v)]}","value":"{str(v).lower()}"}}' for k, v in chosen.items())
        # A text document first: what is loaded as HTML goes another way to PDF.
        run("soffice", "--headless", f"-env:UserInstallation=file://{work}/profile", "--convert-to", "odt:writer8",
            "--infilter=HTML (StarWriter)", "--outdir", work, sources[source])
        run("soffice", "--headless", f"-env:UserInstallation=file://{work}/profile", "--convert-to",
            f"pdf:writer_pdf_Export:{{{entries}}}", "--outdir", work, work / f"{source}.odt")
        (work / f"{source}.pdf").rename(out / f"{name}.pdf")


def chromium(out: pathlib.Path, work: pathlib.Path) -> None:
    flags = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
        --disable-component-update --disable-sync --no-pdf-header-footer""".split()
    image = f'<img src="{picture(work).as_uri()}">'
    for name, text, more in [
        ("page", PAGE, []),
        ("form", FORM, []),
        ("image", f"<html>{image}{TEXT}</html>", []),
        ("long-with-outline", f"<html><body>{LONG}</body></html>", ["--generate-pdf-document-outline"]),
        ("untagged", PAGE, ["--disable-pdf-tagging"]),
    ]:
        source = write(work, f"{name}.html", text)
        run("chromium", *flags, *more, f"--user-data-dir={work}/{name}", f"--print-to-pdf={out}/{name}.pdf", source.as_uri())


def cairo(out: pathlib.Path, work: pathlib.Path) -> None:
    import cairo as library

    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="90"><defs><linearGradient id="a"><stop stop-color="red"/>' \
        '<stop offset="1" stop-color="blue"/></linearGradient></defs><rect width="200" height="90" fill="url(#a)" opacity=".5"/>' \
        f'<text y="40" font-size="9">{TEXT}</text></svg>'
    source = write(work, "drawing.svg", svg)
    run("rsvg-convert", "-f", "pdf", "-o", out / "drawing.pdf", source)
    for version in [library.PDF_VERSION_1_4, library.PDF_VERSION_1_5]:
        name = library.PDFSurface.version_to_string(version).replace("PDF ", "")
        surface = library.PDFSurface(str(out / f"links-and-outline-version-{name}.pdf"), 300, 200)
        surface.restrict_to_version(version)
        surface.set_metadata(library.PDF_METADATA_TITLE, TEXT)
        context = library.Context(surface)
        for page in range(3):
            context.move_to(20, 50)
            context.tag_begin(library.TAG_LINK, "uri='https://example.com'")
            context.show_text(f"page {page}")
            context.tag_end(library.TAG_LINK)
            surface.add_outline(0, f"page {page}", f"page={page + 1} pos=[0 0]", 0)
            context.show_page()
        surface.finish()


def ghostscript(out: pathlib.Path, work: pathlib.Path) -> None:
    pages = "".join(f"/Helvetica findfont 20 scalefont setfont 72 700 moveto (Page {n}) show showpage\n" for n in range(1, 4))
    marks = "[ /Title (A) /DOCINFO pdfmark [ /Page 2 /View [/Fit] /Title (Second) /OUT pdfmark\n" \
        "[ /Rect [70 690 200 730] /Border [0 0 1] /Action << /Subtype /URI /URI (https://example.com) >> /Subtype /Link /ANN pdfmark\n"
    source = write(work, "a.ps", f"%!PS\n{marks}{pages}")
    for version in ["1.3", "1.4", "1.5", "1.7", "2.0"]:
        run("gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", f"-dCompatibilityLevel={version}", f"-sOutputFile={out}/version-{version}.pdf", source)
    run("gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", "-dPDFA=2", "-sColorConversionStrategy=RGB", f"-sOutputFile={out}/archive.pdf", source)
    run("gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", "-dFastWebView=true", f"-sOutputFile={out}/linearized.pdf", source)
    run("gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfimage24", "-r20", f"-sOutputFile={out}/scanned.pdf", source)


def tex(out: pathlib.Path, work: pathlib.Path) -> None:
    text = r"\section{One} Rust in depth. \newpage \section{Two} $\int_0^1 x^2\,dx$"
    linked = r"\usepackage{hyperref} \hypersetup{pdftitle={A}, bookmarksopen}"
    for engine, name, preamble in [
        ("pdflatex", "pdftex", ""),
        ("pdflatex", "pdftex-hyperref", linked),
        ("pdflatex", "pdftex-hyperref-opens-on-page-2", linked + r"\hypersetup{pdfstartpage=2}"),
        ("pdflatex", "pdftex-version-1.4", r"\pdfminorversion=4 \pdfobjcompresslevel=0 " + linked),
        ("lualatex", "luatex", ""),
    ]:
        write(work, f"{name}.tex", rf"\documentclass{{article}} {preamble} \begin{{document}} {text} \href{{https://example.com}}{{x}} \end{{document}}"
              if "hyperref" in preamble else rf"\documentclass{{article}} {preamble} \begin{{document}} {text} \end{{document}}")
        for _ in range(2):
            run(engine, "-interaction=batchmode", f"-output-directory={work}", work / f"{name}.tex")
        (work / f"{name}.pdf").rename(out / f"{name}.pdf")


def typst(out: pathlib.Path, work: pathlib.Path) -> None:
    import typst as library

    source = write(work, "a.typ", '#set document(title: "A", date: datetime(year: 2026, month: 5, day: 20))\n#set text(lang: "en")\n'
                   f'= Certificate\n{TEXT}\n\n#link("https://example.com")[Verify]\n#pagebreak()\n== Scores\n#table(columns: 2, [Rust], [87.5])')
    for name, standards in {"tagged": [], "version-1.4": ["1.4"], "version-2.0": ["2.0"], "archive-2b": ["a-2b"], "accessible": ["ua-1"]}.items():
        library.compile(str(source), output=str(out / f"{name}.pdf"), pdf_standards=standards)


def python(out: pathlib.Path, work: pathlib.Path) -> None:
    import fpdf
    import img2pdf
    import matplotlib
    import pymupdf
    import weasyprint
    from PIL import Image
    from reportlab.pdfgen import canvas

    image = picture(work)
    for name, compression in [("reportlab", 1), ("reportlab-uncompressed", 0)]:
        page = canvas.Canvas(str(out / f"{name}.pdf"), pageCompression=compression, invariant=1)
        page.drawString(72, 700, "Rust in depth")
        page.drawImage(str(image), 72, 500)
        page.linkURL("https://example.com", (72, 690, 200, 720))
        page.bookmarkPage("a")
        page.addOutlineEntry("A", "a")
        page.acroForm.textfield(name="name", x=72, y=400)
        page.acroForm.checkbox(name="passed", x=72, y=350)
        page.showPage()
        page.drawString(72, 700, "Page 2")
        page.save()

    page = fpdf.FPDF()
    page.add_page()
    page.set_font("Helvetica", size=12)
    page.write_html('<h1>A</h1><a href="https://example.com">x</a>')
    page.image(str(image))
    page.output(str(out / "fpdf2.pdf"))

    matplotlib.use("pdf")
    from matplotlib import pyplot

    for kind in [3, 42]:
        with pyplot.rc_context({"pdf.fonttype": kind}):
            figure, axes = pyplot.subplots(figsize=(3, 2))
            axes.plot([1, 4, 9], label="score")
            axes.legend()
            figure.savefig(out / f"matplotlib-type-{kind}-fonts.pdf")

    weasyprint.HTML(string=PAGE).write_pdf(out / "weasyprint.pdf", pdf_identifier=b"a")
    weasyprint.HTML(string=PAGE).write_pdf(out / "weasyprint-archive.pdf", pdf_variant="pdf/a-2b", pdf_identifier=b"a")
    (out / "img2pdf.pdf").write_bytes(img2pdf.convert(str(picture(work, "jpg"))))
    Image.open(image).save(out / "pillow.pdf", save_all=True, append_images=[Image.open(image)])

    mupdf = pymupdf.open()
    mupdf.new_page().insert_text((72, 72), "Rust in depth")
    mupdf.set_toc([[1, "A", 1]])
    mupdf.save(out / "mupdf.pdf")
    mupdf.close()
    mupdf = pymupdf.open(out / "mupdf.pdf")
    mupdf[0].add_highlight_annot(pymupdf.Rect(70, 60, 150, 75))
    mupdf[0].insert_link({"kind": pymupdf.LINK_URI, "from": pymupdf.Rect(1, 1, 9, 9), "uri": "https://example.com"})
    (out / "mupdf-annotated-incrementally.pdf").write_bytes((out / "mupdf.pdf").read_bytes())
    mupdf.close()
    mupdf = pymupdf.open(out / "mupdf-annotated-incrementally.pdf")
    mupdf[0].add_highlight_annot(pymupdf.Rect(70, 60, 150, 75))
    mupdf.saveIncr()
    mupdf.save(out / "mupdf-object-streams.pdf", use_objstms=1, deflate=True, garbage=3)


def rewritten(out: pathlib.Path, _: pathlib.Path) -> None:
    import pikepdf
    import pypdf

    for name, source, options in [
        ("qpdf-linearized", "libreoffice/long-with-outline", ["--linearize"]),
        ("qpdf-linearized-object-streams", "chromium/long-with-outline", ["--linearize", "--object-streams=generate"]),
        ("qpdf-object-streams", "libreoffice/tagged", ["--object-streams=generate"]),
        ("qpdf-no-object-streams", "tex/pdftex-hyperref", ["--object-streams=disable"]),
        ("qpdf-uncompressed", "ghostscript/version-1.4", ["--qdf"]),
        ("qpdf-merged", "chromium/page", ["--pages", ".", out.parent / "libreoffice/form.pdf", "--"]),
        ("qpdf-version-2.0", "cairo/drawing", ["--force-version=2.0"]),
    ]:
        run("qpdf", "--deterministic-id", out.parent / f"{source}.pdf", *options, out / f"{name}.pdf")
    with pikepdf.open(out.parent / "libreoffice/form.pdf") as file:
        file.save(out / "pikepdf-form.pdf", object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    writer = pypdf.PdfWriter(clone_from=out.parent / "libreoffice/page.pdf")
    writer.add_metadata({"/Title": TEXT})
    writer.write(out / "pypdf.pdf")
    writer = pypdf.PdfWriter(out.parent / "libreoffice/page.pdf", incremental=True)
    writer.pages[0].rotate(90)
    writer.write(out / "pypdf-incremental.pdf")


def by_hand(out: pathlib.Path, _: pathlib.Path) -> None:
    plain = classic(document())
    moved = document(more={5: b"[3 0 R]"})
    files = {
        "plain": plain,
        "version-1.0": classic(document(), header=b"%PDF-1.0\n"),
        "carriage-returns": plain.replace(b"%PDF-1.7\n", b"%PDF-1.7\r").replace(b"endobj\n", b"endobj\r"),
        "trailing-whitespace": plain + b"\r\n" * 100 + b"\0" * 100,
        "opens-on-a-page": classic(document(b"/OpenAction [3 0 R /XYZ null null 0]")),
        "goes-to-a-page-on-opening": classic(document(b"/OpenAction 5 0 R", more={5: b"<< /Type /Action /S /GoTo /D [3 0 R /Fit] >>"})),
        "kids-elsewhere": classic(moved | {2: b"<< /Type /Pages /Kids 5 0 R /Count 1 >>"}),
        "length-elsewhere": classic(document(more={4: stream(b"0 0 9 9 re", length=b"5 0 R"), 5: b"10"})),
        "page-updated": update(plain, {3: document(page=b"/Rotate 90")[3]}),
        "object-streams": modern({n: c for n, c in document().items() if n != 4}, {4: document()[4]}),
        "object-stream-unlisted": classic(document(more={5: object_stream({6: b"(a)", 7: b"[1 2]"})})),
        "link": classic(document(page=b"/Annots [<< /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (https://example.com) >> >>]")),
    }
    for name, content in files.items():
        (out / f"{name}.pdf").write_bytes(content)


def make(out: pathlib.Path) -> None:
    for producer in [libreoffice, chromium, cairo, ghostscript, tex, typst, python, rewritten, by_hand]:
        folder = out / producer.__name__.replace("_", "-")
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as work:
            producer(folder, pathlib.Path(work))


def spoil(pdf: pathlib.Path) -> None:
    """What qpdf makes of ordinary files that is not accepted, and ordinary files that are cut."""
    page, tagged = pdf / "ordinary/libreoffice/page.pdf", pdf / "ordinary/rewritten/qpdf-object-streams.pdf"
    encrypted, embedded, cut = pdf / "bad/encrypted", pdf / "bad/embedded_file", pdf / "bad/truncated"
    encrypted.mkdir(parents=True, exist_ok=True)
    for name, source, words in [
        ("rc4-40", page, ["user", "owner", "40"]),
        ("rc4-128", page, ["user", "owner", "128", "--use-aes=n"]),
        ("aes-128", page, ["user", "owner", "128", "--use-aes=y"]),
        ("aes-256", page, ["user", "owner", "256"]),
        ("aes-256-owner-only", page, ["", "owner", "256"]),
        ("aes-256-object-streams", tagged, ["user", "owner", "256"]),
        ("aes-256-metadata-in-clear", page, ["user", "owner", "256", "--cleartext-metadata"]),
    ]:
        run("qpdf", "--allow-weak-crypto", source, "--encrypt", *words, "--", encrypted / f"{name}.pdf")
    for name, more in [("added-by-qpdf", []), ("added-by-qpdf-in-object-streams", ["--object-streams=generate"])]:
        run("qpdf", page, "--add-attachment", __file__, "--", *more, embedded / f"{name}.pdf")
    for name, source in [("libreoffice", page), ("object-streams", tagged), ("linearized", pdf / "ordinary/rewritten/qpdf-linearized.pdf")]:
        content = source.read_bytes()
        for percent in [30, 60, 90]:
            (cut / f"{name}-at-{percent}-percent.pdf").write_bytes(content[: len(content) * percent // 100])
    linearized = (pdf / "ordinary/rewritten/qpdf-linearized.pdf").read_bytes()
    (cut / "linearized-first-part.pdf").write_bytes(linearized[: linearized.index(b"%%EOF") + 6])
