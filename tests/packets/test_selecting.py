"""Which documents a packet has, and for whom."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace

import pytest
from docx import Document

from pipeline.model import CaseRecord
from pipeline.rendering.printed import RenderedWord
from pipeline.rendering.word import compile_template
from pipeline.showing import Shown
from pipeline.values import Row, Value
from tests.rendering import samples

SENDER = "Joanna Reyes"


def team_of(names: Sequence[str]) -> tuple[Row, ...]:
    return tuple({"name": name} for name in names)


def with_participants(*names: str) -> CaseRecord:
    """The full record of the sample person, whose coordinator is Joanna Reyes, with other people at the meeting."""
    record = samples.full()
    [year] = record.scopes("plan.start")
    team = replace(
        record.facts["plan.participants", year],
        value=team_of(names),
    )
    coordinator = replace(record.facts["plan.coordinator", year], value="jmr")
    changed = {("plan.participants", year): team, ("plan.coordinator", year): coordinator}
    return replace(record, facts={**record.facts, **changed})


def invited(record: CaseRecord) -> list[str]:
    tasks = samples.tasks("annual-review", record)
    found = [task.context.item["name"] for task in tasks if task.context.item is not None]
    return [cell.text for cell in found if isinstance(cell, Shown)]


def test_the_coordinator_does_not_invite_herself() -> None:
    assert invited(with_participants("Ada Quince", SENDER, "Rosa Ibanez")) == ["Ada Quince", "Rosa Ibanez"]


def test_she_is_known_whatever_the_capitals_and_accents() -> None:
    assert invited(with_participants("JOANNA  REYES", "joánna reyes", "Joan Reyes")) == ["Joan Reyes"]


def test_without_her_name_everyone_is_invited() -> None:
    record = with_participants(SENDER, "Ada Quince")
    [year] = record.scopes("plan.start")
    facts = {key: fact for key, fact in record.facts.items() if key != ("plan.coordinator", year)}
    assert invited(replace(record, facts=facts)) == [SENDER, "Ada Quince"]


def rendered(packet: str, record: CaseRecord) -> list[RenderedWord]:
    return [
        compile_template(task.template.read_bytes(), task.template.name, draft=True).render(task.context)
        for task in samples.words(packet, record)
    ]


def cells_of(docx: bytes) -> list[str]:
    """The text of every table cell."""
    return [
        cell.text for table in Document(io.BytesIO(docx)).tables for row in table.rows for cell in row.cells
    ]


def where_none_was_said(place: str, scope: str, value: Value) -> CaseRecord:
    """The full record, in which the newest form says "none" at a place."""
    record = samples.full()
    said = replace(record.facts[place, scope], value=value)
    facts = {key: fact for key, fact in record.facts.items() if key != (place, scope)}
    return replace(record, facts=facts, retractions={(place, scope): said})


def test_what_somebody_said_is_none_prints_as_none_and_is_no_blank() -> None:
    words = rendered("isp", where_none_was_said("health.allergies", "", ""))
    [said] = [each for word in words for each in word.insertions if each.place == "health.allergies"]
    assert (said.value, said.blank) == ("None", False)
    assert "Allergies" not in [label for word in words for label in word.blanks]


@pytest.mark.parametrize(
    ("packet", "words"), [("isp", "No risks were named by the team."), ("annual-review", "None")]
)
def test_a_table_of_which_somebody_said_none_prints_no_line_to_fill_in(packet: str, words: str) -> None:
    [year] = samples.full().scopes("plan.start")
    said = where_none_was_said("plan.risks", year, ())
    documents = rendered(packet, said)
    [shown] = [word for word in documents if said.retractions["plan.risks", year].id in word.facts]
    assert words in cells_of(shown.docx)
    assert not any("Risk" in label for word in documents for label in word.blanks)
