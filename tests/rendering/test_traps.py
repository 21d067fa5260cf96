"""Templates that lint lets nobody print: tags that are not seen on paper, and expressions that hide what is missing."""

from __future__ import annotations

import io

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import RGBColor
from docx.text.run import Run

from pipeline.errors import PacketError, SiteError
from pipeline.rendering.lint import lint_template
from pipeline.rendering.names import KnownPlace
from pipeline.rendering.word import compile_template
from pipeline.showing import Blank, Context, Shown, ShownTable
from tests.rendering.conftest import docx_of, paragraphs_of

KNOWN = {"today": KnownPlace(), "note": KnownPlace(), "plan.services": KnownPlace(("code", "amount"))}
W15 = 'xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"'


def words(docx: bytes) -> list[str]:
    return [problem.message for problem in lint_template(docx, KNOWN)]


def one_run(look: str = "", text: str = "{{ today }}") -> tuple[Document, Run]:
    document = Document()
    document.core_properties.title = "A title"
    run = document.add_paragraph("Day: ").add_run(text)
    if look:
        run._r.get_or_add_rPr().append(parse_xml(look.format(nsdecls("w"))))
    return document, run


def saved(document: Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def body(xml: str) -> bytes:
    """A document with this piece of markup at its end."""
    document = Document()
    document.core_properties.title = "A title"
    end = document.element.body[-1]
    end.addprevious(parse_xml(xml.format(nsdecls("w"), W15)))
    return saved(document)


TAG = "<w:r><w:t>{{{{ today }}}}</w:t></w:r>"
PARAGRAPH = f"<w:p>{TAG}</w:p>"
CELL = f"<w:tbl><w:tr><w:tc>{PARAGRAPH}</w:tc></w:tr></w:tbl>"


@pytest.mark.parametrize(
    ("look", "message"),
    [
        ("<w:vanish {}/>", "hidden text"),
        ("<w:webHidden {}/>", "hidden text"),
        ('<w:color w:val="FFFFFF" {}/>', "white"),
        ('<w:rFonts w:ascii="Wingdings 2" {}/>', "font of symbols"),
        ('<w:rFonts w:hAnsi="Symbol" {}/>', "font of symbols"),
    ],
)
def test_a_tag_that_nobody_would_read_is_named(look: str, message: str) -> None:
    document, _ = one_run(look)
    found = words(saved(document))
    assert [True] == [message in each for each in found]
    assert "Day: {{ today }}" in found[0]


@pytest.mark.parametrize("look", ["", '<w:vanish w:val="0" {}/>', '<w:rFonts w:ascii="Carlito" {}/>'])
def test_a_tag_that_is_read_is_right(look: str) -> None:
    document, _ = one_run(look)
    assert words(saved(document)) == []


def test_white_on_a_dark_ground_is_read_and_a_symbol_without_a_tag_is_a_bullet() -> None:
    document, run = one_run('<w:shd w:val="clear" w:fill="1F3A5F" {}/>')
    run.font.color.rgb = RGBColor(255, 255, 255)
    bullet = run._r.getparent()
    assert bullet is not None
    bullet.append(
        parse_xml(f'<w:r {nsdecls("w")}><w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr><w:t>l</w:t></w:r>')
    )
    assert words(saved(document)) == []


@pytest.mark.parametrize(
    ("xml", "message"),
    [
        (
            f"<w:sdt {{}}><w:sdtPr><w:dataBinding w:xpath='/a'/></w:sdtPr><w:sdtContent>{CELL}</w:sdtContent></w:sdt>",
            "bound to data",
        ),
        (
            "<w:sdt {} {}><w:sdtPr><w15:dataBinding w:xpath='/a'/></w:sdtPr><w:sdtContent>"
            f"{PARAGRAPH}</w:sdtContent></w:sdt>",
            "bound to data",
        ),
        (
            f"<w:sdt {{}}><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{PARAGRAPH}</w:sdtContent></w:sdt>",
            "grey prompt",
        ),
        (
            "<w:p {}><w:r><w:fldChar w:fldCharType='begin'><w:ffData><w:checkBox/></w:ffData></w:fldChar></w:r>"
            f"{TAG}</w:p>",
            "old form field",
        ),
        (f"<w:p {{}}><w:moveFrom w:id='1' w:author='a'>{TAG}</w:moveFrom></w:p>", "moved away"),
        (f"<w:p {{}}><w:fldSimple w:instr='DATE'>{TAG}</w:fldSimple></w:p>", "result of a field"),
        (
            "<w:p {}><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>REF x</w:instrText></w:r>"
            f"<w:r><w:fldChar w:fldCharType='separate'/></w:r>{TAG}<w:r><w:fldChar w:fldCharType='end'/></w:r></w:p>",
            "result of a field",
        ),
    ],
)
def test_a_tag_that_word_overwrites_or_leaves_out_is_named(xml: str, message: str) -> None:
    assert any(message in each for each in words(body(xml)))


@pytest.mark.parametrize(
    "xml",
    [
        f"<w:p {{}}><w:fldSimple w:instr='HYPERLINK \"https://example.org\"'>{TAG}</w:fldSimple></w:p>",
        f"<w:sdt {{}}><w:sdtPr><w:alias w:val='Day'/></w:sdtPr><w:sdtContent>{PARAGRAPH}</w:sdtContent></w:sdt>",
        "<w:p {}><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r><w:r>"
        "<w:fldChar w:fldCharType='separate'/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r>"
        f"{TAG}</w:p>",
    ],
)
def test_the_text_of_a_link_and_an_ordinary_box_are_right(xml: str) -> None:
    assert words(body(xml)) == []


FIELD = "<w:p {0}>{1}<w:r><w:fldChar w:fldCharType='separate'/></w:r><w:r><w:t>x</w:t></w:r>{2}</w:p>"
BEGIN = "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>{}</w:instrText></w:r>"
END = "<w:r><w:fldChar w:fldCharType='end'/></w:r>"


@pytest.mark.parametrize(
    ("xml", "what"),
    [
        (FIELD.format("{}", BEGIN.format(' INCLUDEPICTURE "http://x/y.png" \\d '), END), "INCLUDEPICTURE"),
        (FIELD.format("{}", BEGIN.format(" ddeauto c:\\cmd.exe "), END), "DDEAUTO"),
        (
            FIELD.format("{}", BEGIN.format(" IF ") + BEGIN.format(' IncludeText "/etc/x" ') + END, END),
            "INCLUDETEXT",
        ),
        (FIELD.format("{}", BEGIN.format("INCLUDE</w:instrText><w:instrText>TEXT x"), END), "INCLUDETEXT"),
        ("<w:p {}><w:fldSimple w:instr=' LINK Word.Document \"x\" '/></w:p>", "LINK"),
        (
            "<w:p {}><w:r><w:pict><v:rect xmlns:v='urn:schemas-microsoft-com:vml'><v:imagedata "
            "src='http://x/y.png'/></v:rect></w:pict></w:r></w:p>",
            "a picture",
        ),
    ],
)
def test_what_word_would_fetch_from_outside_is_found(xml: str, what: str) -> None:
    [message] = [m for m in words(body(xml)) if "fetched from outside" in m]
    assert what in message


def test_fields_that_only_count_or_link_are_right() -> None:
    xml = FIELD.format(
        "{}", BEGIN.format(' HYPERLINK "https://x.example" ') + BEGIN.format(" PAGE ") + END, END
    )
    assert not [m for m in words(body(xml)) if "fetched" in m]


def test_a_picture_that_is_not_in_the_file_is_named() -> None:
    xml = (
        '<w:p {}><w:r><w:drawing xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.'
        'openxmlformats.org/officeDocument/2006/relationships"><a:blip r:embed="rId99"/></w:drawing></w:r></w:p>'
    )
    assert any("a picture is missing" in each for each in words(body(xml)))


ROWS = ShownTable(({"code": Shown("T1"), "amount": Shown("2")}, {"code": Shown("T2"), "amount": Shown("3")}))
SOME = Context({"note": Shown("Ada"), "today": Blank("Today"), "plan.services": ROWS})
NOTHING = Context(
    {"note": Blank("Note"), "today": Blank("Today"), "plan.services": Blank("Services", {"code": "Code"})}
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ note or 'none' }}", "otherwise"),
        ("{{ (note and 'x') ~ '.' }}", "hide"),
        ("{{ 1.10 + 2.20 }}", "not exact"),
        ("{{ 7 / 2 }}", "not exact"),
        ("{{ note|first }}", "a text has none"),
        ("{{ note|join(', ') }}", "a text has none"),
        ("{{ note|list|length }}", "a text has none"),
        ("{% for letter in note %}{{ letter }}{% endfor %}", "a text is not gone through"),
    ],
)
def test_an_expression_that_hides_or_invents_is_refused_with_its_paragraph(text: str, message: str) -> None:
    with pytest.raises(SiteError) as refused:
        compile_template(docx_of("First", text), "x.docx").render(SOME)
    assert message in str(refused.value)
    assert "x.docx:2:" in str(refused.value)


def test_a_word_chosen_for_want_of_an_answer_is_listed_as_a_blank() -> None:
    chosen = compile_template(
        docx_of("{{ 'none' if not note else note }}", "{{ 'a' if has('today') else 'b' }}")
    )
    assert chosen.render(NOTHING).blanks == ("Note",)
    assert chosen.render(SOME).blanks == ()


def test_how_many_there_are_of_what_nobody_said_is_a_line_and_no_nought() -> None:
    counting = compile_template(
        docx_of("{{ plan.services|count }} services", "{% if plan.services|count == 0 %}x{% endif %}")
    )
    assert paragraphs_of(counting.render(SOME).docx)[0] == "2 services"
    none = counting.render(NOTHING)
    assert paragraphs_of(none.docx) == ["____________ services", "x"]
    assert none.blanks == ("Services",)


def test_a_value_with_a_letter_that_could_not_be_read_is_not_printed() -> None:
    with pytest.raises(PacketError, match=r"U\+FFFD"):
        compile_template(docx_of("{{ note }}")).render(Context({"note": Shown("Mu\ufffdoz")}))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{% set today = 'x' %}{{ today }}", "is a name of the record"),
        ("{% for plan in plan.services %}{{ plan.code }}{% endfor %}", "is a name of the record"),
        ("{{ plan.services|map(attribute='cod')|join(', ') }}", 'Did you mean "plan.services.code"?'),
        (
            "{% for s in plan.services|selectattr('amout') %}x{% endfor %}",
            'Did you mean "plan.services.amount"?',
        ),
    ],
)
def test_names_that_are_taken_and_columns_that_are_not_there_are_named(text: str, message: str) -> None:
    assert any(message in each for each in words(docx_of(text)))
