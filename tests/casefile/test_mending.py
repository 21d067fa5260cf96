"""What people mend on a confirm list takes the place of what was read, in a text and in a cell of a table."""

from __future__ import annotations

from datetime import UTC, date, datetime

from pipeline.casefile import mended, mended_rows
from pipeline.model import Box, Decision, Fact, Method, Source
from pipeline.values import Row, Value


def source(widget: str) -> Source:
    box = Box(0, 0, 1, 1)
    return Source("D", "P", "intake", "2026-11", 1, 1, widget, box, Method.RECOGNISED, 0.5, Decision.CONFIRM)


def fact(value: Value, *rows: dict[str, tuple[Source, ...]]) -> Fact:
    when = datetime(2027, 1, 5, tzinfo=UTC)
    sources = () if rows else (source("1/allergies"),)
    return Fact(
        "health.x", "", value, date(2027, 1, 5), when, "S", "intake", "2026-11", "allergies",
        sources=sources, row_sources=rows,
    )  # fmt: skip


def test_a_mended_text_is_what_the_fact_says_with_the_initials_under_it() -> None:
    found = mended(fact("Bes"), {"allergies": "Bees"}, "JM")
    assert (found.value, found.sources[0].method, found.sources[0].actor) == ("Bees", Method.CORRECTION, "JM")
    assert mended(fact("Bes"), {"other": "Bees"}, "JM") == fact("Bes")


def test_a_mended_cell_changes_its_row_and_no_other() -> None:
    first: dict[str, tuple[Source, ...]] = {"text": (source("2/dx.1.text"),)}
    fourth: dict[str, tuple[Source, ...]] = {"text": (source("2/dx.4.text"),)}
    rows: tuple[Row, ...] = ({"text": "Astma"}, {"text": "Epilepsy"})
    table = fact(rows, first, fourth)
    found = mended_rows(table, {"2/dx.1.text": "Asthma"}, "JM")
    assert found.value == ({"text": "Asthma"}, {"text": "Epilepsy"})
    assert (found.row_sources[0]["text"][0].raw, found.row_sources[0]["text"][0].actor) == ("Asthma", "JM")
    assert found.row_sources[1] == table.row_sources[1]
