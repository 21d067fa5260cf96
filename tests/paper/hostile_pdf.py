"""PDF files that are broken, locked, endless or far too large once opened."""

from __future__ import annotations

import io

import pikepdf

from tests.paper.rawpdf import PAGE, bomb, one_page, page_with, pdf, stream

MEGABYTE = 1_000_000


def plain() -> bytes:
    """One page that says a few words: nothing wrong with it, and no form of ours."""
    words = b"BT /F0 14 Tf 72 700 Td (Grocery list: eggs, flour, tea) Tj ET"
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    return one_page(
        page_with(b"/Contents 4 0 R /Resources << /Font << /F0 5 0 R >> >>"), {4: stream(words), 5: font}
    )


def cut_in_half() -> bytes:
    data = plain()
    return data[: len(data) // 2]


def without_its_end() -> bytes:
    """Only the cross-reference table is missing, as after a broken copy; many programs mend it."""
    data = plain()
    return data[: data.index(b"xref\n")]


def rubbish_before() -> bytes:
    return b"MIME-Version: 1.0\r\nX-Fax: yes\r\n\r\n" * 12 + plain()


def no_pages() -> bytes:
    return pdf({1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: b"<< /Type /Pages /Kids [] /Count 0 >>"})


def no_catalog() -> bytes:
    return pdf({1: b"<< /Type /Nothing >>", 2: PAGE})


def locked() -> bytes:
    """A password is needed to open it."""
    return _encrypted("open-sesame")


def locked_with_empty_password() -> bytes:
    """Encrypted, but anybody may open it."""
    return _encrypted("")


def _encrypted(password: str) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(plain())) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="owner", user=password, R=6))
    return out.getvalue()


def xfa_only() -> bytes:
    """A LiveCycle form that only its own viewer can show; the one page asks to wait."""
    template = b'<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><template/></xdp:xdp>'
    catalog = b"/AcroForm << /Fields [] /XFA 5 0 R >> /NeedsRendering true"
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    words = b"BT /F0 12 Tf 72 700 Td (Please wait... If this message is not replaced,) Tj ET"
    page = page_with(b"/Contents 4 0 R /Resources << /Font << /F0 6 0 R >> >>")
    return one_page(page, {4: stream(words), 5: stream(template), 6: font}, catalog)


def content_bomb() -> bytes:
    """A page whose content swells from some kilobytes to 400 megabytes."""
    return one_page(page_with(b"/Contents 4 0 R"), {4: bomb(b"q Q\n" * 25_000, 4000)})


def image_bomb() -> bytes:
    """A picture of 2.5 thousand million pixels, all white, in a small file."""
    entries = b"/Subtype /Image /Width 50000 /Height 50000 /BitsPerComponent 1 /ColorSpace /DeviceGray"
    page = page_with(b"/Contents 4 0 R /Resources << /XObject << /Im 5 0 R >> >>")
    drawing = stream(b"q 612 0 0 792 0 0 cm /Im Do Q")
    return one_page(page, {4: drawing, 5: bomb(bytes(50_000 // 8), 50_000, entries)})


def deep_page_tree(levels: int = 6000) -> bytes:
    objects = {1: b"<< /Type /Catalog /Pages 2 0 R >>"}
    for number in range(2, levels + 2):
        objects[number] = b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (number + 1)
    return pdf(objects | {levels + 2: PAGE})


def page_tree_in_circles() -> bytes:
    kids = b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 /Parent 2 0 R >>"
    return pdf({1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: kids, 3: PAGE})


def false_page_count() -> bytes:
    pages = b"<< /Type /Pages /Kids [3 0 R] /Count 2000000000 >>"
    return pdf({1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: pages, 3: PAGE})


def many_pages(count: int = 5000) -> bytes:
    kids = b" ".join(b"%d 0 R" % number for number in range(3, count + 3))
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, count),
    }
    return pdf(objects | dict.fromkeys(range(3, count + 3), PAGE))


def huge_page() -> bytes:
    return one_page(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 2000000000 2000000000] >>")


def page_of_no_size() -> bytes:
    return one_page(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 0 0] >>")


def page_without_size() -> bytes:
    return one_page(b"<< /Type /Page /Parent 2 0 R >>")


def drawing_in_itself() -> bytes:
    """A form XObject that draws itself, twice."""
    page = page_with(b"/Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >>")
    entries = b"/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << /XObject << /X 5 0 R >> >>"
    return one_page(page, {4: stream(b"/X Do"), 5: stream(b"/X Do /X Do", entries)})


def laughing_drawings(levels: int = 24) -> bytes:
    """Each drawing draws the next one ten times: 10 to the 24th strokes."""
    page = page_with(b"/Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >>")
    objects = {4: stream(b"/X Do")}
    for number in range(5, levels + 5):
        inner = b"/Resources << /XObject << /X %d 0 R >> >>" % (number + 1)
        entries = b"/Type /XObject /Subtype /Form /BBox [0 0 612 792] %b" % inner
        objects[number] = stream(b"/X Do " * 10, entries)
    return one_page(page, objects | {levels + 5: stream(b"0 0 m 9 9 l S", b"/Subtype /Form /BBox [0 0 9 9]")})


def fields_in_circles() -> bytes:
    """A field whose child is its own parent."""
    widget = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /Rect [72 700 200 720] /Parent 5 0 R >>"
    field = b"<< /T (b) /FT /Tx /Kids [5 0 R 4 0 R] /Parent 5 0 R >>"
    return one_page(page_with(b"/Annots [4 0 R]"), {4: widget, 5: field}, b"/AcroForm << /Fields [5 0 R] >>")


def many_fields(count: int = 30_000) -> bytes:
    numbers = range(4, count + 4)
    refs = b" ".join(b"%d 0 R" % number for number in numbers)
    form = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (f%d) /V (x) /Rect [72 700 90 720] >>"
    objects = {number: form % number for number in numbers}
    return one_page(page_with(b"/Annots [%b]" % refs), objects, b"/AcroForm << /Fields [%b] >>" % refs)


def endless_value() -> bytes:
    """One text box that holds twenty million characters."""
    widget = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /Rect [72 700 200 720] /V (%b) >>"
    value = b"A" * (20 * MEGABYTE)
    return one_page(page_with(b"/Annots [4 0 R]"), {4: widget % value}, b"/AcroForm << /Fields [4 0 R] >>")


def strange_letters() -> bytes:
    """Values with a lone surrogate, control and direction marks, and letters that look like others."""
    values = (
        b"\xfe\xff\xd8\x00\x00A",
        b"\xfe\xff\x20\x2e\x00m\x00d\x00f\x20\x2c",
        b"a\\000b\\033[31m",
        b"\xfe\xff\x04\x10",
    )
    widget = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (f%d) /Rect [72 %d 200 %d] /V <%b> >>"
    objects = {
        number: widget % (number, 700 - 30 * number, 720 - 30 * number, value.hex().encode())
        for number, value in enumerate(values, start=4)
    }
    refs = b" ".join(b"%d 0 R" % number for number in objects)
    return one_page(page_with(b"/Annots [%b]" % refs), objects, b"/AcroForm << /Fields [%b] >>" % refs)


def older_versions_in_circles() -> bytes:
    """The cross-reference table says that the older one is itself."""
    data = plain()
    start = data.index(b"xref\n")
    return data.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % start)


def scripts_and_launches() -> bytes:
    """Opening it should start a program, run a script, fetch a file and open a page in the web."""
    actions = (
        b"<< /S /Launch /F (calc.exe) /Next [<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
        b" << /S /URI /URI (http://127.0.0.1:9/track) >> << /S /GoToR /F (//127.0.0.1/share/x.pdf) >>] >>"
    )
    page = page_with(b"/Contents 4 0 R /AA << /O %b >>" % actions)
    outside = b"<< /Length 0 /F (/etc/hostname) >>\nstream\n\nendstream"
    return one_page(page, {4: outside}, b"/OpenAction %b" % actions)


def file_inside() -> bytes:
    """A program file attached to the PDF."""
    names = b"/Names << /EmbeddedFiles << /Names [(../../run.exe) 4 0 R] >> >>"
    spec = b"<< /Type /Filespec /F (../../run.exe) /EF << /F 5 0 R >> >>"
    return one_page(PAGE, {4: spec, 5: stream(b"MZ" + bytes(64), b"/Type /EmbeddedFile")}, names)


def broken_picture() -> bytes:
    """A page whose only picture cannot be decoded."""
    entries = (
        b"/Type /XObject /Subtype /Image /Width 800 /Height 1000 /BitsPerComponent 8 /ColorSpace /DeviceGray"
    )
    page = page_with(b"/Contents 4 0 R /Resources << /XObject << /Im 5 0 R >> >>")
    return one_page(
        page,
        {
            4: stream(b"q 612 0 0 792 0 0 cm /Im Do Q"),
            5: stream(b"\xff\xd8\xff\x00" * 90, entries + b" /Filter /DCTDecode"),
        },
    )


def wide_nesting() -> bytes:
    """Brackets in brackets, a hundred thousand deep, where a page's annotations should stand."""
    depth = 100_000
    return one_page(page_with(b"/Annots " + b"[" * depth + b"]" * depth))
