"""Packets that would not be made the same today, because what they show has changed since: on file or in a template.

A packet tells what was known on its day, and stays as it was made. Whoever relies on it must hear when it is out of
date. Only what a packet shows counts: another telephone number that stands on none of its pages makes nothing stale.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from pipeline.errors import PacketError
from pipeline.ledger import PacketRow
from pipeline.model import CaseStatus, PacketStatus, canonical_json
from pipeline.run.office import Office
from pipeline.run.packetlist import row_json
from pipeline.run.printing import drafted
from pipeline.site.packetfile import PacketPlan
from pipeline.values import Json, to_json

NO_SUCH_PACKET = "This site makes no such packet any more."
WITHDRAWN = "A form it shows was withdrawn."
OTHERWISE = "A template, the office's own data or something worked out of the record."
_PAST = (PacketStatus.SUPERSEDED, PacketStatus.VOID)


@dataclass(frozen=True, slots=True)
class StalePacket:
    """A packet and what has changed since it was made: labels of places of the record, or sentences."""

    row: PacketRow
    title: str
    changed: tuple[str, ...]

    def as_json(self) -> dict[str, Json]:
        """The shape is documented in docs/commands.md and stable."""
        return {**row_json(self.row), "changed": list(self.changed)}


def stale_packets(office: Office, case: str = "") -> Iterator[StalePacket]:
    """The newest packets of a case, or of everybody whose case is open, that are out of date, in the order they were
    made."""
    for row in newest_packets(office, case):
        if changed := changed_since(office, row):
            plan = office.site.packets.get(row.name)
            yield StalePacket(row, plan.title if plan else row.name, changed)


def newest_packets(office: Office, case: str = "") -> tuple[PacketRow, ...]:
    """The newest packet of each kind, person and plan year, and a draft that was made after it."""
    newest: dict[tuple[str, str, str, bool], PacketRow] = {}
    with office.ledger.reading() as tx:
        for row in tx.packets(case or None):
            whose = tx.resolve_case(row.case)
            found = tx.case(whose)
            if row.status in _PAST or found is None or found.status is not CaseStatus.ACTIVE:
                continue
            is_draft = row.status is PacketStatus.DRAFT
            newest[whose, row.name, row.scope, is_draft] = row
            if not is_draft:  # the draft it was approved from, and older ones, are done with
                newest.pop((whose, row.name, row.scope, True), None)
    return tuple(newest.values())


def changed_since(office: Office, row: PacketRow) -> tuple[str, ...]:
    """What would stand otherwise in this packet if it were made anew; empty where nothing would.

    A newer form that says the same changes nothing.
    """
    plan = office.site.packets.get(row.name)
    if plan is None:
        return (NO_SUCH_PACKET,)
    deposit = office.archive.deposit(row.path)
    shown = _shown(json.loads(office.archive.read(deposit, "evidence/evidence.json"))["facts"])
    try:
        for day in dict.fromkeys((row.as_of, office.today())):
            now = _made_anew(office, plan, row, day)
            if differ := _differ(shown, now.shown):
                return _labels(office, row, shown, differ)
            # Of one that was edited: what the record alone gives.
            made_of = str(deposit.about.get("base", row.id))
            same = now.id == made_of or now.shown.keys() != shown.keys()
            if day == row.as_of and not (same and now.templates.items() <= deposit.inputs.items()):
                return (OTHERWISE,)  # on a later day somebody's age may be another, which is no change
    except PacketError as failure:
        return failure.reasons
    return ()


Shown: TypeAlias = Mapping[str, tuple[str, str, str]]
"""Id of a fact → its place, its scope, and its value as it is stored."""


@dataclass(frozen=True, slots=True)
class _Anew:
    """A packet as it would be made. templates: as they are named among the inputs of a packet."""

    id: str
    shown: Shown
    templates: Mapping[str, str]


def _made_anew(office: Office, plan: PacketPlan, row: PacketRow, day: date) -> _Anew:
    record = office.record(row.case, day, plan.uses)
    packet_id, rendered, selection = drafted(office, plan, record, row.scope, but=row.id)
    used = {fact_id for each in rendered for fact_id in each.filled.facts}
    facts = (selection.facts[fact_id] for fact_id in used)
    shown = {fact.id: (fact.place, fact.scope, _stored(to_json(fact.value))) for fact in facts}
    templates = {name: digest for each in rendered for name, digest in each.inputs.items()}
    return _Anew(packet_id, shown, templates)


def _shown(facts: Sequence[Mapping[str, Json]]) -> Shown:
    return {
        str(fact["id"]): (str(fact["place"]), str(fact["scope"]), _stored(fact["value"])) for fact in facts
    }


def _stored(value: Json) -> str:
    return canonical_json({"value": value}).decode()


def _differ(shown: Shown, now: Shown) -> frozenset[str]:
    """The places that say something else."""
    return frozenset(place for place, _, _ in set(shown.values()) ^ set(now.values()))


def _labels(office: Office, row: PacketRow, shown: Shown, differ: frozenset[str]) -> tuple[str, ...]:
    """What differs, by its labels, in the order of record.yaml."""
    stated = {fact.id for fact in office.stated(row.case)}
    withdrawn = (WITHDRAWN,) if shown.keys() - stated else ()
    return (*withdrawn, *(place.label for name, place in office.site.places.items() if name in differ))
