"""Which documents a packet has, and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.model import CaseRecord
from pipeline.showing import Shown
from pipeline.values import Row
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
