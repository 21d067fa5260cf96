"""What real Word files hold besides plain runs: split tags, text boxes, notes, fields, tracked changes."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx import Document

from pipeline.errors import SiteError
from pipeline.rendering.lint import lint_template
from pipeline.rendering.names import KnownPlace
from pipeline.rendering.printed import RenderedWord
from pipeline.rendering.proof import prove_word
from pipeline.rendering.word import compile_template
from pipeline.rendering.wordtext import text_of_part
from pipeline.showing import Context, Shown, ShownTable
from tests.rendering.conftest import docx_of
from tests.rendering.test_templates import by_docxtpl, canonical_parts

CONTEXT = Context({"a": Shown("A & <b>"), "rows": ShownTable(({"c": Shown("1")}, {"c": Shown("2")}))})
WP = 'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
NOTES = '<w:{0}s xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:{0} w:id="1"><w:p><w:r>'
NOTES += "<w:t>note {{{{ a }}}}</w:t></w:r></w:p></w:{0}></w:{0}s>"


def with_body(xml: str) -> bytes:
    """A Word file whose body begins with this markup."""
    return with_members(docx_of("end"), {}, ("<w:body>", f"<w:body>{xml}"))


def with_members(docx: bytes, added: dict[str, bytes], change: tuple[str, str] = ("", "")) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename == "word/document.xml" and change[0]:
                data = data.decode().replace(change[0], change[1], 1).encode()
            if info.filename == "[Content_Types].xml":
                types = "".join(
                    f'<Override PartName="/{name}" ContentType="application/vnd.openxmlformats-officedocument.'
                    f'wordprocessingml.{name.split("/")[1].removesuffix(".xml")}+xml"/>'
                    for name in added
                )
                data = data.decode().replace("</Types>", types + "</Types>").encode()
            new.writestr(info, data)
        for name, data in added.items():
            new.writestr(name, data)
    return out.getvalue()


def run(text: str, properties: str = "") -> str:
    return f'<w:r>{properties}<w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*runs: str) -> str:
    return f"<w:p>{''.join(runs)}</w:p>"


BOX = (
    f'<w:r><mc:AlternateContent {MC}><mc:Choice Requires="wps"><w:drawing><wp:inline {WP}><wp:docPr id="7" '
    'name="Box" descr="{0}"/><w:txbxContent><w:p><w:r><w:t>{1}</w:t></w:r></w:p></w:txbxContent></wp:inline>'
    "</w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent><w:p><w:r><w:t>{1}</w:t></w:r></w:p>"
    "</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
)
BODIES = {
    "a tag split over runs": paragraph(run("{"), run("{ a", "<w:rPr><w:b/></w:rPr>"), run(" }"), run("} after")),
    "a tag with a spelling mark in it": paragraph(run("{{ "), '<w:proofErr w:type="spellStart"/>', run("a }}")),
    "smart quotes in a tag": paragraph(run("{% if a == ‘x’ or a != “y” %}yes{% endif %}")),
    "a text box beside text": paragraph(run("before {{ a }}"), BOX.format("a box", "box {{ a }}"), run(" after")),
    "a hyperlink and a content control": paragraph(
        f'<w:hyperlink w:anchor="x">{run("{{ a }}")}</w:hyperlink>',
        f"<w:sdt><w:sdtPr><w:alias w:val='x'/></w:sdtPr><w:sdtContent>{run('[{{ a }}]')}</w:sdtContent></w:sdt>",
    ),
    "text that was inserted under tracking": paragraph(
        f'<w:ins w:id="1" w:author="x" w:date="2026-01-01T00:00:00Z">{run("{{ a }}")}</w:ins>'
    ),
    "a condition over paragraphs": paragraph(run("{% if a %}one")) + paragraph(run("two{% endif %}")),
    "a paragraph tag split over runs": paragraph(run("{%"), run("p for r in rows %}"))
    + paragraph(run("{{ r.c }}"))
    + paragraph(run("{%p endfor"), run(" %}")),
    "tabs and breaks of the template": paragraph(
        "<w:pPr><w:tabs><w:tab w:val='left' w:pos='720'/></w:tabs></w:pPr>", run("{{ a }}"),
        "<w:r><w:tab/><w:t>x</w:t><w:br/><w:t>{{ a }}</w:t></w:r>",
    ),
}  # fmt: skip


def rendered_and_proved(docx: bytes) -> RenderedWord:
    rendered = compile_template(docx).render(CONTEXT)
    report = prove_word(rendered)
    assert report.failures == ()
    assert report.in_word == len(rendered.insertions)
    return rendered


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_each_shape_is_filled_as_docxtpl_fills_it_and_proved(kind: str) -> None:
    docx = with_body(BODIES[kind])
    ours = rendered_and_proved(docx).docx
    assert canonical_parts(ours) == canonical_parts(by_docxtpl(docx, CONTEXT))


@pytest.mark.parametrize("note", ["footnote", "endnote", "comment"])
def test_notes_and_comments_are_filled_too(note: str) -> None:
    docx = with_members(docx_of("{{ a }}"), {f"word/{note}s.xml": NOTES.format(note).encode()})
    rendered = rendered_and_proved(docx)
    assert text_of_part(rendered.docx, f"word/{note}s.xml") == "note A & <b>\n"


def test_a_tag_in_an_alternative_text_is_filled_and_escaped() -> None:
    docx = with_body(paragraph(BOX.format("shows {{ a }}", "box")))
    rendered = rendered_and_proved(docx)
    xml = zipfile.ZipFile(io.BytesIO(rendered.docx)).read("word/document.xml").decode()
    assert 'descr="shows A &amp; &lt;b&gt;"' in xml


def test_a_tag_in_a_field_code_is_filled() -> None:
    field = "<w:r><w:instrText> QUOTE {{ a }} </w:instrText></w:r>"
    assert not rendered_and_proved(with_body(paragraph(field))).insertions[0].in_text


def test_a_tag_in_deleted_text_and_strict_word_files_are_refused() -> None:
    deleted = '<w:del w:id="1" w:author="x"><w:r><w:delText>{{ a }}</w:delText></w:r></w:del>'
    with pytest.raises(SiteError, match="marked as deleted"):
        compile_template(with_body(paragraph(deleted)))
    strict = with_members(
        docx_of("{{ a }}"), {},
        ("http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main"),
    )  # fmt: skip
    with pytest.raises(SiteError, match="another dialect"):
        compile_template(strict)


def test_pictures_in_a_loop_get_numbers_of_their_own() -> None:
    loop = (
        paragraph(run("{%p for r in rows %}"))
        + paragraph(BOX.format("b", "x"))
        + paragraph(run("{%p endfor %}"))
    )
    xml = (
        zipfile.ZipFile(io.BytesIO(rendered_and_proved(with_body(loop)).docx))
        .read("word/document.xml")
        .decode()
    )
    assert 'id="1001"' in xml
    assert 'id="1002"' in xml


def test_a_table_inside_a_cell_may_have_rows_of_its_own() -> None:
    document = Document()
    document.core_properties.title = "t"
    outer = document.add_table(1, 1)
    inner = outer.cell(0, 0).add_table(4, 1)
    for row, text in zip(
        inner.rows, ("head", "{%tr for r in rows %}", "{{ r.c }}", "{%tr endfor %}"), strict=True
    ):
        row.cells[0].text = text
    out = io.BytesIO()
    document.save(out)
    rendered = rendered_and_proved(out.getvalue())
    assert [i.value for i in rendered.insertions] == ["1", "2"]
    known = {"rows": KnownPlace(columns=("c",))}
    assert any("head row" in p.message for p in lint_template(out.getvalue(), known))


def test_a_template_of_thousands_of_rows_is_filled_in_linear_time() -> None:
    rows = ShownTable(tuple({"c": Shown(f"row {n} & more")} for n in range(3000)))
    docx = docx_of(table=[["h"], ["{%tr for r in rows %}"], ["{{ r.c }}"], ["{%tr endfor %}"]])
    rendered = compile_template(docx).render(Context({"rows": rows}))
    assert len(rendered.insertions) == 3000
    assert prove_word(rendered).failures == ()
