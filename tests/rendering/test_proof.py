"""The proof passes what is right and fails whatever was changed on the way."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest

from pipeline.rendering.printed import RenderedWord
from pipeline.rendering.proof import prove_word
from pipeline.rendering.word import compile_template
from pipeline.rendering.wordtext import expected_text, text_of_part
from pipeline.showing import Context, Shown
from tests.rendering.conftest import docx_of

END = ["{%tr endfor %}", ""]
TEMPLATE = docx_of(
    "Name: {{ person.name.first }} {{ person.name.last }}{% if has('today') %}, {{ today }}{% endif %}",
    table=[
        ["Code", "Amount"],
        ["{%tr for s in plan.services %}", ""],
        ["{{ s.code }}", "{{ s.amount }}"],
        END,
    ],
)


@pytest.fixture
def rendered(context: Context) -> RenderedWord:
    return compile_template(TEMPLATE).render(context)


def altered(rendered: RenderedWord, *changes: tuple[str, str]) -> RenderedWord:
    """The same record of what was printed, with a Word file changed behind its back."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(rendered.docx)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename == "word/document.xml":
                text = data.decode()
                for before, after in changes:
                    assert before in text
                    text = text.replace(before, after, 1)
                data = text.encode()
            new.writestr(info, data)
    return replace(rendered, docx=out.getvalue())


def test_a_right_document_is_proved_value_by_value(rendered: RenderedWord) -> None:
    report = prove_word(rendered)
    assert report.failures == ()
    assert report.in_word == len(rendered.insertions) == 7


def test_expected_and_actual_text_agree_character_by_character(rendered: RenderedWord) -> None:
    story = next(story for story in rendered.stories if story.part == "word/document.xml")
    assert expected_text(story).text == text_of_part(rendered.docx, story.part)


@pytest.mark.parametrize(
    "changes",
    [
        (("T2021", "~"), ("H2015", "T2021"), ("~", "H2015")),
        (("$1,250.00", "$1,520.00"),),
        (("Ada", ""),),
        (("Name: ", "Names: "),),
        (("3/4/2027", "3/4/2027 3/4/2027"),),
    ],
    ids=[
        "two values swapped",
        "a digit changed",
        "a value lost",
        "a word of the template changed",
        "a value twice",
    ],
)
def test_a_changed_document_is_not_proved(
    rendered: RenderedWord, changes: tuple[tuple[str, str], ...]
) -> None:
    assert not prove_word(altered(rendered, *changes)).proved


def test_swapping_any_two_different_values_is_noticed(rendered: RenderedWord) -> None:
    values = [
        i.value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for i in rendered.insertions
    ]
    for first in range(len(values)):
        for second in range(first + 1, len(values)):
            a, b = values[first], values[second]
            swapped = altered(rendered, (a, "~1~"), (b, "~2~"), ("~1~", b), ("~2~", a))
            assert not prove_word(swapped).proved, (a, b)


def test_the_word_none_that_somebody_wrote_on_a_form_is_a_value() -> None:
    rendered = compile_template(docx_of("Allergies: {{ note }}")).render(Context({"note": Shown("None")}))
    assert prove_word(rendered).proved


def test_a_left_over_tag_or_the_word_none_is_noticed() -> None:
    rendered = compile_template(docx_of("{{ note ~ '' }}")).render(Context({"note": Shown("None")}))
    assert "printed no value" in prove_word(rendered).failures[0]
    braces = compile_template(docx_of("{_{ note }_} {{ note }}")).render(Context({"note": Shown("x")}))
    assert any("not filled in" in failure for failure in prove_word(braces).failures)


def test_a_private_text_is_found_wherever_it_hides(rendered: RenderedWord) -> None:
    private = {"benefits.medicaid_id": "40718265"}
    assert prove_word(rendered, private_texts=private).proved
    hidden = altered(rendered, ("<w:body>", '<w:body><w:bookmarkStart w:id="9" w:name="n40718265"/>'))
    assert any("is private" in f for f in prove_word(hidden, private_texts=private).failures)
    split = altered(rendered, ("Name: ", "4071</w:t></w:r><w:r><w:t>8265 "))
    assert any("is private" in f for f in prove_word(split, private_texts=private).failures)
