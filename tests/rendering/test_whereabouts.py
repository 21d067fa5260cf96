"""On which page a value or a heading stands, as the proof of a PDF finds it."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.rendering.changed import MadePart, PrintedValue
from pipeline.rendering.onpaper import standings_of_word
from pipeline.rendering.pagetext import PdfText
from pipeline.rendering.proof import prove
from pipeline.rendering.whereabouts import (
    Standing,
    standings_carried_over,
    standings_of_heading,
    standings_of_place,
)
from pipeline.rendering.word import compile_template
from pipeline.showing import Blank, Cell, Context, Shown, ShownTable
from tests.rendering.conftest import docx_of

PLAN = docx_of(
    "Rights of others",
    "Rosa wants: {{ plan.wish }} and {{ plan.visits }} visits",
    "{% for s in plan.services %}{{ s.code }} costs {{ s.amount }}.{% endfor %}",
    "Signed for {{ plan.visits }} visits",
    "Rights",
    "Allergies: {{ plan.allergies }}",
)
PLACES: dict[str, Cell] = {
    "plan.wish": Shown("a job at the library"),
    "plan.visits": Shown("12"),
    "plan.services": ShownTable(({"code": Shown("T2021"), "amount": Shown("$12.00")},)),
    "plan.allergies": Blank("Allergies"),
}
PAGES = (
    ("Rights of others", "Rosa wants: a job at"),
    ("the library and 12 visits", "T2021 costs $12.00."),
    ("Signed for 12 visits", "Rights", "Allergies: ____________"),
)


def standings() -> tuple[Standing, ...]:
    rendered = compile_template(PLAN).render(Context(PLACES))
    lines = [(text, page) for page, texts in enumerate(PAGES, start=1) for text in texts]
    logical = "\n".join(text for text, _ in lines)
    pages = tuple("\n".join(texts) for texts in PAGES)
    report = prove(
        rendered, b"", lambda _: PdfText(pages, logical, ("", "", ""), tuple(page for _, page in lines))
    )
    assert report.failures == ()
    return report.standings


def pages_of(found: Sequence[Standing]) -> list[tuple[int, ...]]:
    return [each.pages for each in found]


def test_a_value_stands_where_it_was_drawn_each_time() -> None:
    assert [(2,), (3,)] == pages_of(standings_of_place(standings(), "plan.visits"))


def test_a_value_that_runs_over_the_foot_of_a_page_stands_on_both() -> None:
    assert [(1, 2)] == pages_of(standings_of_place(standings(), "plan.wish"))


def test_a_table_stands_where_its_rows_do_and_a_column_where_its_cells_do() -> None:
    assert [(2,), (2,)] == pages_of(standings_of_place(standings(), "plan.services"))
    assert [(2,)] == pages_of(standings_of_place(standings(), "plan.services.amount"))


def test_a_place_whose_name_only_begins_alike_is_another() -> None:
    assert [] == standings_of_place(standings(), "plan.visit")


def test_a_heading_stands_where_its_line_does_and_not_where_its_words_are_part_of_another() -> None:
    assert [(3,)] == pages_of(standings_of_heading(standings(), "Rights"))
    assert [] == standings_of_heading(standings(), "Signed for")


def test_a_line_to_fill_in_is_told_from_a_value() -> None:
    assert [True] == [each.blank for each in standings_of_place(standings(), "plan.allergies")]


def test_without_a_pdf_it_is_known_what_stands_and_not_where() -> None:
    rendered = compile_template(PLAN).render(Context(PLACES))
    found = standings_of_word(rendered)
    assert [()] == pages_of(standings_of_heading(found, "Rights"))
    assert [(), ()] == pages_of(standings_of_place(found, "plan.visits"))


def test_values_of_an_edited_document_stand_where_its_lines_stand() -> None:
    text = "Units\n2\nOutcome\n2\nWords that are nowhere on paper\n____"
    at = [3 + text.index("ts\n"), text.rindex("2\n"), text.index("Words"), text.index("____")]
    places = ("plan.services.1.units", "plan.outcomes.1.number", "plan.note", "plan.backup")
    values = tuple(
        PrintedValue(start, start + 1, "", place, blank=place == "plan.backup")
        for start, place in zip(at, places, strict=True)
    )
    lines = [
        Standing("", words, (page,)) for page, words in enumerate(["Units", "2", "Outcome", "2", "____"], 1)
    ]
    found = standings_carried_over(lines, MadePart("body", text, values))
    assert list(found[:5]) == lines
    assert list(found[5:]) == [
        Standing("plan.services.units", "", (2,)),
        Standing("plan.outcomes.number", "", (4,)),
        Standing("plan.note", "", ()),
        Standing("plan.backup", "", (5,), blank=True),
    ]
