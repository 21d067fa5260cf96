"""Which documents a packet has, and for whom."""

from __future__ import annotations

import io
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document

from pipeline.errors import SiteError
from pipeline.model import CaseRecord
from pipeline.packets.addressing import Copies
from pipeline.packets.selecting import select
from pipeline.rendering.printed import RenderedWord
from pipeline.rendering.word import compile_template
from pipeline.rules import Condition
from pipeline.showing import Shown
from pipeline.site import load_site
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


def test_each_person_has_one_number_in_all_documents_of_a_packet() -> None:
    plan = samples.site().packets["annual-review"]
    [invitation] = [document for document in plan.documents if document.leave_out]
    for_all = replace(invitation, id="agenda", leave_out={})
    record = with_participants(SENDER, "Ada Quince", "Rosa Ibanez")
    found: dict[str, set[str]] = {}
    for task in select(samples.site(), replace(plan, documents=(invitation, for_all)), record).documents:
        assert task.context.item is not None
        name = task.context.item["name"]
        assert isinstance(name, Shown)
        for recipient in task.recipients:
            found.setdefault(recipient, set()).add(name.text)
    assert {"team-1": {"Ada Quince"}, "team-2": {"Rosa Ibanez"}, "team-3": {SENDER}} == {
        recipient: names for recipient, names in found.items() if recipient.startswith("team")
    }


def test_a_role_that_is_no_recipient_of_this_person_has_no_copies_either() -> None:
    plan = samples.site().packets["service-authorization"]
    found = select(samples.site(), plan, samples.full()).documents
    assert any(name.startswith("provider-") for task in found for name in task.recipients)
    never = replace(plan, recipients={"provider": Condition(lambda world: False, ())})
    found = select(samples.site(), never, samples.full()).documents
    assert {"coordinator", "office"} == {name for task in found for name in task.recipients}


def test_pages_for_no_named_provider_are_for_no_provider_whose_code_is_a_number() -> None:
    plan = samples.site().packets["service-authorization"]
    copies = Copies(plan.documents[0], samples.site().places["plan.services"], {})
    assert set(copies.names({"provider": "1"})).isdisjoint(set(copies.names({})) - {"coordinator", "office"})


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


def test_a_copy_of_ones_own_cannot_hold_rows_of_others(tmp_path: Path) -> None:
    for name in ("forms", "schemas", "templates"):
        shutil.copytree(samples.ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("samples"))
    file = tmp_path / "templates" / "service-authorization" / "packet.yaml"
    file.write_text(file.read_text().replace("group_by: [provider, code]", "group_by: [code]"))
    with pytest.raises(SiteError, match='another "provider" would stand in this copy too'):
        load_site(tmp_path)
