"""The proof of PDFs that LibreOffice made of one document with all that Word has: two runs of the same template,
one of them with every value changed for another."""

from __future__ import annotations

import io
import os
import zipfile

import pytest
from docx import Document

from pipeline.rendering.docxfile import W
from pipeline.rendering.pagetext import PdfText, read_pdf_text
from pipeline.rendering.pdf import convert, find_libreoffice
from pipeline.rendering.printed import RenderedWord
from pipeline.rendering.proof import prove
from pipeline.rendering.word import compile_template
from pipeline.showing import Cell, Context, Shown, ShownTable
from tests.rendering.test_rich_word import paragraph, run

pytestmark = [
    pytest.mark.libreoffice,
    pytest.mark.slow,
    pytest.mark.skipif(
        find_libreoffice() is None and os.environ.get("CI") != "true",
        reason="LibreOffice Writer is not installed",
    ),
]
A14 = "http://schemas.openxmlformats.org/drawingml/2006/"
NAMES = (
    f'xmlns:w="{W}" xmlns:wp="{A14}wordprocessingDrawing" xmlns:a="{A14}main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml"'
)
LINE = '<w:p><w:r><w:t xml:space="preserve">{}</w:t></w:r></w:p>'


def box(*lines: str) -> str:
    """A text box as Word writes it: as a shape, and again for programs that know no shapes."""
    words = "".join(LINE.format(line) for line in lines)
    return (
        f'<w:r><mc:AlternateContent {NAMES}><mc:Choice Requires="wps"><w:drawing><wp:anchor simplePos="0" '
        'relativeHeight="2" behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
        '<wp:positionH relativeFrom="column"><wp:posOffset>3600000</wp:posOffset></wp:positionH><wp:positionV '
        'relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset></wp:positionV><wp:extent cx="1700000" cy="1200000"/>'
        '<wp:wrapSquare wrapText="bothSides"/><wp:docPr id="7" name="Box" descr="b"/><a:graphic><a:graphicData '
        'uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr txBox="1"/>'
        '<wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="1700000" cy="1200000"/></a:xfrm><a:prstGeom prst="rect">'
        f"<a:avLst/></a:prstGeom></wps:spPr><wps:txbx><w:txbxContent>{words}</w:txbxContent></wps:txbx><wps:bodyPr/>"
        "</wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape>"
        f"<v:textbox><w:txbxContent>{words}</w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )


def field(code: str, result: str) -> str:
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    code = f"<w:r><w:instrText> {code} </w:instrText></w:r>"
    return mark.format("begin") + code + mark.format("separate") + run(result) + mark.format("end")


LEADER = '<w:pPr><w:tabs><w:tab w:val="left" w:leader="underscore" w:pos="5000"/></w:tabs></w:pPr>'
NUMBERED = '<w:pPr><w:pStyle w:val="ListNumber"/></w:pPr>'
BULLET = '<w:pPr><w:pStyle w:val="ListBullet"/></w:pPr>'
BODY = [
    paragraph(run("Beside the box {{ a }}"), box("In the box {{ b }}", "and {{ c }}"), run(" behind it")),
    paragraph(NUMBERED, run("one {{ a }}")) + paragraph(NUMBERED, run("two")),
    paragraph(BULLET, run("bullet {{ b }}")),
    paragraph(run("Noted"), '<w:r><w:footnoteReference w:id="2"/></w:r>', run(" more {{ a }}")),
    paragraph(run("in capitals {{ a }}", "<w:rPr><w:caps/></w:rPr>"))
    + paragraph(run("small {{ b }}", "<w:rPr><w:smallCaps/></w:rPr>")),
    paragraph(run("hidden", "<w:rPr><w:vanish/></w:rPr>"), run("shown {{ c }}")),
    paragraph(
        "<w:r><w:t>no</w:t><w:noBreakHyphen/><w:t>break soft</w:t><w:softHyphen/><w:t>hyphen</w:t></w:r>"
    ),
    paragraph(field("DATE", "1/1/2020"), run(" is today, {{ a }}; ticked {{ p|tick }}")),
    paragraph(LEADER, run("Signed by "), "<w:r><w:tab/></w:r>", run("{{ a }}")),
    paragraph(run("{{ p|tick }} Restraint allowed")) + paragraph(run("{{ q|tick }} Restraint not allowed")),
    paragraph(run("{% if is(p, 'yes') %}☒{% else %}☐{% endif %} Appeal, {{ q|tick }} no {{ p|tick }} yes")),
    paragraph(run("Balance {{ m }}, range {{ r }}, units {{ u }}, – and — and …")),
    paragraph(run("Soft: {{ soft }} end")) + paragraph(run("Long: {{ long }} end")),
    paragraph(run("Lines: {{ lines }} end")) + paragraph(run("Accents: {{ accents }}")),
]
NOTES = (
    f'<w:footnotes {NAMES}><w:footnote w:id="0" w:type="separator"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    '<w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t xml:space="preserve"> a note of {{ b }}</w:t>'
    "</w:r></w:p></w:footnote></w:footnotes>"
)
RIGHT = {
    **{"a": "Rosa Ellison", "b": "Maria Lopez", "c": "José O’Brien-Núñez", "m": "-$500.00", "r": "1-2"},
    **{"u": "12", "p": "Yes", "q": "No", "lines": "first line\nsecond line\nthird"},
    "soft": "self\xaddetermination " * 12,
    "long": "internationalization of half-hour notwithstanding " * 9,
    "accents": "D'Arcy Ñandú Østergård Łukasz Nguyễn",
}
WRONG = {
    **RIGHT,
    **{"a": "Maria Lopez", "b": "José O’Brien-Núñez", "c": "Rosa Ellison", "m": "$500.00", "r": "12"},
    **{"u": "5120", "p": "No", "q": "Yes", "lines": "second line\nfirst line\nthird"},
}


def template() -> bytes:
    document = Document()
    document.core_properties.title = "T"
    section = document.sections[0]
    section.different_first_page_header_footer = True
    section.first_page_header.paragraphs[0].text = "First: client {{ a }}\tprovider {{ b }}"
    section.header.paragraphs[0].text = "Client {{ a }}\tProvider {{ b }}"
    section.footer.paragraphs[0].text = "Rights stand on page 2"
    document.add_paragraph("HERE")
    rows = [
        ["Head A", "Head B"],
        ["{%tr for r in rows %}", ""],
        ["{{ r.x }}", "{{ r.y }}"],
        ["{%tr endfor %}", ""],
    ]
    table = document.add_table(4, 2)
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table.rows[0]._tr.get_or_add_trPr().append(table.rows[0]._tr.makeelement(f"{{{W}}}tblHeader"))
    out = io.BytesIO()
    document.save(out)
    return with_everything(out.getvalue())


def with_everything(docx: bytes) -> bytes:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    changes = {
        "word/document.xml": ("<w:p><w:r><w:t>HERE</w:t></w:r></w:p>", "".join(BODY)),
        "[Content_Types].xml": (
            "</Types>",
            f'<Override PartName="/word/footnotes.xml" ContentType="{kind}"/></Types>',
        ),
        "word/_rels/document.xml.rels": (
            "</Relationships>",
            f'<Relationship Id="rNotes" Type="{relation}" Target="footnotes.xml"/></Relationships>',
        ),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename in changes:
                before, after = changes[info.filename]
                assert before in data.decode()
                data = data.decode().replace(before, after, 1).encode()
            new.writestr(info, data)
        new.writestr("word/footnotes.xml", NOTES)
    return out.getvalue()


def filled(values: dict[str, str]) -> RenderedWord:
    rows: list[dict[str, Cell]] = [
        {
            "x": Shown(f"row {n}\nof many"),
            "y": Shown("words that wrap within the cell, over lines and lines " + str(n)),
        }
        for n in range(22)
    ]
    rows[3] = {"x": Shown("שלום ½ (abc) 12/03"), "y": Shown("1. 2. 3")}
    places: dict[str, Cell] = {
        name: Shown(text, ("yes",) if text == "Yes" else ("no",)) for name, text in values.items()
    }
    return compile_template(template()).render(Context({**places, "rows": ShownTable(tuple(rows))}))


@pytest.fixture(scope="module")
def pdfs() -> tuple[bytes, bytes]:
    right, wrong = convert([filled(RIGHT).docx, filled(WRONG).docx])
    assert (right.failure, wrong.failure) == ("", "")
    return right.pdf, wrong.pdf


@pytest.fixture(scope="module")
def text(pdfs: tuple[bytes, bytes]) -> PdfText:
    return read_pdf_text(pdfs[0])


def test_a_right_pdf_is_proved_with_all_that_word_has(pdfs: tuple[bytes, bytes]) -> None:
    rendered = filled(RIGHT)
    report = prove(rendered, pdfs[0])
    assert report.failures == ()
    twice = 2  # the two values of the text box, which the Word file says twice
    assert report.in_pdf == report.in_word - twice == len(rendered.insertions) - twice
    assert report.pages > 2


def test_every_changed_value_is_noticed_at_its_place(pdfs: tuple[bytes, bytes]) -> None:
    failures = prove(filled(RIGHT), pdfs[1]).failures
    for name in ("a", "b", "c", "m", "r", "u", "p|tick", "q|tick", "lines"):
        assert any(f"{{{{ {name} }}}}" in failure for failure in failures), name
    assert any(failure.startswith("PDF, page 1") for failure in failures)
    assert any(failure.startswith("PDF, page 2") for failure in failures)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("In the box Maria", "In the box Marie"),
        ("a note of Maria", "a note of Mario"),
        ("☒ Appeal", "☐ Appeal"),
        ("Head A", ""),
        ("second line", ""),
        ("D'Arcy", "DArcy"),
        ("half-hour", "halfhour"),
        ("row 21", "row 12"),
        ("ROSA", "MARIA"),
        ("break soft", "break"),
        ("1. 2. 3", "1. 3. 3"),
        ("12/03", "21/03"),
    ],
)
def test_one_changed_word_of_a_real_pdf_is_noticed(text: PdfText, before: str, after: str) -> None:
    assert before in text.logical
    assert prove(filled(RIGHT), b"", lambda _: text).proved
    changed = PdfText(text.pages, text.logical.replace(before, after, 1), text.margins)
    assert not prove(filled(RIGHT), b"", lambda _: changed).proved


def test_the_repeated_head_of_a_table_is_known_and_anything_else_beside_it_is_not(text: PdfText) -> None:
    assert any("Head A" in margin for margin in text.margins[1:])
    margins = tuple(margin.replace("Head A", "Head C") for margin in text.margins)
    assert not prove(filled(RIGHT), b"", lambda _: PdfText(text.pages, text.logical, margins)).proved
