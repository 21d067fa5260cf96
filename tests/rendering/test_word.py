"""Filling Word templates: right, or an error that says where."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import PacketError, PipelineError, SiteError
from pipeline.rendering.word import compile_template
from pipeline.rendering.wordtext import text_of_part
from pipeline.showing import Context, Shown
from tests.rendering.conftest import docx_of, paragraphs_of, rows_of

END = ["{%tr endfor %}", ""]


def filled(context: Context, *paragraphs: str) -> list[str]:
    return paragraphs_of(compile_template(docx_of(*paragraphs)).render(context).docx)


def refusal(context: Context, *paragraphs: str) -> str:
    with pytest.raises(PipelineError) as caught:
        compile_template(docx_of(*paragraphs), "plan.docx").render(context)
    return str(caught.value)


def test_values_stand_where_their_tags_stood(context: Context) -> None:
    assert filled(context, "Dear {{ person.name.first }} {{ person.name.last }}, today is {{ today }}.") == [
        "Dear Ada Quince & <Sons>, today is 3/4/2027."
    ]


def test_rows_repeat_and_paragraphs_repeat(context: Context) -> None:
    docx = docx_of(
        "{%p for s in plan.services %}",
        "{{ loop.index }}: {{ s.code }}{% if is(s.unit, 'hour') %} by the hour{% endif %}",
        "{%p endfor %}",
        table=[
            ["Code", "Amount"],
            ["{%tr for s in plan.services %}", ""],
            ["{{ s.code }}", "{{ s.amount }}"],
            END,
        ],
    )
    rendered = compile_template(docx).render(context)
    assert paragraphs_of(rendered.docx) == ["1: T2021 by the hour", "2: H2015"]
    assert rows_of(rendered.docx) == [["Code", "Amount"], ["T2021", "$1,250.00"], ["H2015", "$90.10"]]


def test_header_footer_and_title_are_filled(context: Context) -> None:
    document = Document()
    document.core_properties.title = "Plan of {{ person.name.first }}"
    document.sections[0].header.paragraphs[0].text = "{{ packet.id }}"
    document.sections[0].footer.paragraphs[0].text = "{{ today }}"
    out = io.BytesIO()
    document.save(out)
    result = Document(io.BytesIO(compile_template(out.getvalue()).render(context).docx))
    assert result.core_properties.title == "Plan of Ada"
    assert result.sections[0].header.paragraphs[0].text == "ABCDEFGHJKMN"
    assert result.sections[0].footer.paragraphs[0].text == "3/4/2027"


def test_what_the_record_does_not_hold_is_a_shaded_line_and_listed(context: Context) -> None:
    rendered = compile_template(docx_of("Born: {{ person.birth_date }}")).render(context)
    assert paragraphs_of(rendered.docx) == ["Born: ____________"]
    assert rendered.blanks == ("Birth date",)
    assert rendered.insertions[0].blank
    xml = zipfile.ZipFile(io.BytesIO(rendered.docx)).read("word/document.xml").decode()
    assert 'w:fill="FFF2CC"' in xml


def test_a_table_the_record_does_not_hold_prints_one_row_of_lines(context: Context) -> None:
    docx = docx_of("{%p for r in plan.risks %}", "{{ r.risk }} / {{ r.support }}", "{%p endfor %}")
    rendered = compile_template(docx).render(context)
    assert paragraphs_of(rendered.docx) == ["______ / ______"]
    assert "Risks" in rendered.blanks


def test_a_blank_stays_a_blank_through_a_filter_unless_words_are_given(context: Context) -> None:
    assert filled(context, "{{ person.birth_date|upper }}") == ["____________"]
    assert filled(context, "{{ person.birth_date|otherwise('not stated') }}") == ["not stated"]


def test_line_breaks_and_tabs_of_a_value_become_words_own(context: Context) -> None:
    places = {"note": Shown("one\ntwo\tthree\r\nfour")}
    rendered = compile_template(docx_of("{{ note }}")).render(Context(places))
    assert text_of_part(rendered.docx, "word/document.xml") == "one\ntwo\tthree\nfour\n"
    xml = zipfile.ZipFile(io.BytesIO(rendered.docx)).read("word/document.xml").decode()
    assert xml.count("<w:br/>") == 2


@pytest.mark.parametrize(
    "character",
    ["\x00", "\x07", "\x0b", "\x0c", "\x1b", "\x85", "\u2028", "\u2029", "\ud800", "\uffff"],
)
def test_a_character_that_cannot_be_printed_is_refused_with_its_place(character: str) -> None:
    with pytest.raises(PacketError) as caught:
        compile_template(docx_of("Note: {{ note }}")).render(Context({"note": Shown(f"ab{character}cd")}))
    assert f"U+{ord(character):04X}" in str(caught.value)
    assert "Note: {{ note }}" in str(caught.value)
    assert "abcd" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{{ person.name.frist }}", 'Did you mean "person.name.first"?'),
        ("{{ nope }}", "nope"),
        ("{% if has('plan.riks') %}x{% endif %}", 'Did you mean "plan.risks"?'),
        ("{{ person.name }}", "whole table or group"),
        ("{{ plan.services }}", "whole table or group"),
        ("{{ today|default('x') }}", "default"),
        ("{% include 'other.docx' %}", "include"),
        ("{{r today }}", "does not stand in running text"),
        ("{% if today %}", "endif"),
        ("{{ today.upper() }}", "unsafe"),
        ("{{ ''.__class__ }}", "unsafe"),
        ("{{ today + 1 }}", "cannot be done"),
        ("{{ plan.services.code }}", "row by row"),
        ("{{ 'a' * 999999999999 }}", "not part of the template language"),
        ("{%p if today %} text beside", "would be lost"),
        ("{{ benefits.medicaid_id }}", "private"),
        ("{{ today", "not closed"),
        ("{{ '{:>99999999999}'.format(today) }}", "unsafe"),
        ("{{ today['format']() }}", "unsafe"),
        ("{{ plan.services|join(', ') }}", "where one value belongs"),
        ("{{ plan.services ~ today }}", "where one value belongs"),
        ("{{ plan.services|first ~ today }}", "where one value belongs"),
        ("{{ person ~ today }}", "where one value belongs"),
        ("{{ 1 % 0 }}", "cannot be done"),
        ("{{ plan.services|batch('x')|first|first }}", "cannot be done"),
        ("{% if today is defined %}x{% endif %}", "not part of the template language"),
        ("{{ plan.services|map('attr', 'code')|list }}", "No filter named"),
        ("{% set today.x = 1 %}", "set with a dot"),
        ("{% p if today %}", "without a space"),
    ],
)
def test_a_wrong_tag_is_an_error_with_its_paragraph(context: Context, text: str, words: str) -> None:
    message = refusal(context, "First paragraph", text)
    assert words in message
    assert message.startswith("plan.docx:2: word/document.xml, paragraph ")


def test_two_paragraph_tags_in_one_paragraph_are_refused(context: Context) -> None:
    assert "two {%p tags" in refusal(context, "{%p if today %}{%p endif %}")


def test_a_template_that_would_fetch_a_picture_is_not_filled() -> None:
    """Whether or not anybody ran check: LibreOffice would ask the network for it, or read the file."""
    document = Document()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
    document.part.relate_to("http://192.0.2.1/picture.png", kind, is_external=True)
    document.save(out := io.BytesIO())
    with pytest.raises(SiteError, match="fetched from outside"):
        compile_template(out.getvalue())


def test_a_loop_torn_between_a_cell_and_the_next_is_refused(context: Context) -> None:
    docx = docx_of(table=[["{% for s in plan.services %}", "{{ s.code }}{% endfor %}"]])
    with pytest.raises(SiteError, match="begins and ends in different places"):
        compile_template(docx)


def test_a_private_place_prints_where_it_is_allowed(context: Context) -> None:
    allowed = Context(context.places, private=context.private, allowed=context.private)
    assert filled(allowed, "{{ benefits.medicaid_id }}") == ["40718265"]


def test_the_facts_and_places_used_are_listed(context: Context) -> None:
    rendered = compile_template(docx_of("{{ person.name.first }}{{ plan.services|length }}")).render(context)
    assert rendered.facts == ("FACT-FIRST", "FACT-SERVICES")
    assert set(rendered.places) == {"person.name.first", "plan.services"}


def test_insertions_are_listed_in_order_with_their_places(context: Context) -> None:
    docx = docx_of("{{ today }} {% for s in plan.services %}{{ s.code }} {% endfor %}")
    rendered = compile_template(docx).render(context)
    assert [(i.expression, i.value, i.place) for i in rendered.insertions] == [
        ("today", "3/4/2027", "today"),
        ("s.code", "T2021", "plan.services.1.code"),
        ("s.code", "H2015", "plan.services.2.code"),
    ]


def test_the_same_data_gives_the_same_bytes(context: Context) -> None:
    docx = docx_of("{{ today }}", "{{ person.name.first }}")
    assert compile_template(docx).render(context).docx == compile_template(docx).render(context).docx


def test_an_empty_value_is_a_blank_and_not_nothing() -> None:
    rendered = compile_template(docx_of("[{{ office.fax }}]")).render(Context({"office.fax": Shown(" ")}))
    assert paragraphs_of(rendered.docx) == ["[____________]"]
    assert rendered.blanks == ("office.fax",)


def test_values_that_look_like_tags_are_only_text() -> None:
    value = "{{ today }} {% if x %} {_{ &amp; <w:t>"
    assert filled(Context({"note": Shown(value)}), "{{ note }}") == [value]


def test_an_ampersand_in_a_tag_compares_as_written() -> None:
    context = Context({"note": Shown("a & b")})
    assert filled(context, "{% if note == 'a & b' %}same{% else %}differs{% endif %}") == ["same"]


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04 cut off"])
def test_what_is_no_word_document_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(SiteError, match="not a Word document"):
        compile_template(data)


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=60).filter(lambda text: text.strip())
    | st.sampled_from(["\u05e9\u05dc\u05d5\u05dd & <b>", "\u200f\u0645\u0631\u062d\n\t'\"{{x}}"])
)
def test_any_text_is_found_verbatim_or_refused(value: str) -> None:
    template = compile_template(docx_of("[{{ note }}]", table=[["{{ note }}", "x"]]))
    try:
        rendered = template.render(Context({"note": Shown(value)}))
    except PacketError:
        return
    shown = value.replace("\r\n", "\n").replace("\r", "\n")
    assert text_of_part(rendered.docx, "word/document.xml") == f"[{shown}]\n{shown}\nx\n"


def test_no_value_shows_in_what_a_log_would_print(context: Context) -> None:
    template = compile_template(docx_of("{{ person.name.last }} {{ benefits.medicaid_id }}"))
    allowed = Context(context.places, private=context.private, allowed=context.private)
    rendered = template.render(allowed)
    for thing in (allowed, template, rendered, rendered.insertions, rendered.stories):
        assert "Quince" not in repr(thing)
        assert "40718265" not in repr(thing)


def test_lines_for_a_hand_are_counted_apart_from_values_that_are_not_on_file(context: Context) -> None:
    docx = docx_of("Born: {{ person.birth_date }}", "Place: ____________", "Day: ______ Hour: ______", "a_b")
    rendered = compile_template(docx).render(context)
    assert (rendered.blanks, rendered.hand_lines) == (("Birth date",), 3)
