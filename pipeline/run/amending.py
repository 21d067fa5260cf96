"""Amends a plan that was signed: who asked and why is kept first, and the next packets say what has changed.

A packet is compared with the one that went out when the amendment was begun, never with whatever is newest: made again
next year, it is the same packet.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pipeline.errors import PacketError
from pipeline.ledger import About, ActKind, PacketRow
from pipeline.model import CaseStatus, Deposit, Fact, PacketStatus
from pipeline.packets import Amendment, Change
from pipeline.packets.formatting import fact_cell, shown
from pipeline.packets.selecting import plan_year
from pipeline.run.acts import act
from pipeline.run.differences import differences_of
from pipeline.run.lifecycle import STATUS, VALID
from pipeline.run.office import Office
from pipeline.showing import Cell, Shown
from pipeline.site.packetfile import PacketPlan
from pipeline.site.record import Scope
from pipeline.values import Json, Value, display, from_json

AMEND, UNDONE = ActKind.AMEND, ActKind.AMEND_UNDONE


@dataclass(frozen=True, slots=True)
class Begun:
    """An amendment somebody has begun. packets: name → number of the packet that it changes"""

    act: str
    scope: str
    effective: date
    packets: Mapping[str, str]


def begin(
    office: Office, case: str, *, effective: date, asked_by: str, reason: str, by: str, scope: str = ""
) -> Begun:
    """Begins an amendment of the plan that is in force. Raises PacketError.

    effective: the first day on which the amended plan counts; scope: the plan year, the newest if empty
    """
    missing = [words for words, said in (("who asked for it", asked_by), ("why", reason)) if not said.strip()]
    if missing:
        raise PacketError([f"An amendment says {' and '.join(missing)}."])
    record = office.record(case)
    if record.status is not CaseStatus.ACTIVE:
        raise PacketError([f"Case {case} is {record.status.value}; its plan is not amended."])
    year = plan_year(record, office.today(), scope)
    signed = _valid_packets(office, case, year)
    plans = [name for name, plan in office.site.packets.items() if plan.approves]
    if not any(name in signed and signed[name].status is PacketStatus.IN_FORCE for name in plans):
        raise PacketError(
            [
                f"The plan from {year} is not in force, so there is nothing to amend. Until it is signed, make it anew."
            ]
        )
    last = record.value("plan.end", year)
    if effective < date.fromisoformat(year) or (isinstance(last, date) and effective > last):
        ends = f" to {display(last)}" if isinstance(last, date) else ""
        raise PacketError(
            [f"An amendment counts from a day of its plan year, {display(date.fromisoformat(year))}{ends}."]
        )
    about: dict[str, Json] = {
        "scope": year,
        "effective": effective.isoformat(),
        "asked_by": asked_by.strip(),
        "packets": {name: row.id for name, row in signed.items()},
    }
    target = next(signed[name].id for name in plans if name in signed)
    return _begun(act(office, AMEND, case=case, target=target, by=by, reason=reason, about=about))


def undo(office: Office, case: str, *, by: str, reason: str) -> Begun:
    """Takes back the amendment that was begun last. Raises PacketError when there is none."""
    found = _all_begun(office, case)
    if not found:
        raise PacketError([f"No amendment was begun for {case}."])
    act(office, UNDONE, case=case, target=found[-1].act, by=by, reason=reason or "not amended after all")
    return found[-1]


def _valid_packets(office: Office, case: str, scope: str) -> dict[str, PacketRow]:
    """Name → the newest packet of the plan year that was approved; of two, the one in force."""
    found: dict[str, PacketRow] = {}
    with office.ledger.reading() as tx:
        for row in tx.packets(case):
            if row.status in VALID and row.scope == scope:
                before = found.get(row.name)
                if (
                    before is None
                    or before.status is not PacketStatus.IN_FORCE
                    or row.status is before.status
                ):
                    found[row.name] = row
    return found


def _all_begun(office: Office, case: str) -> list[Begun]:
    """The amendments of a case that were not taken back, first to last."""
    with office.ledger.reading() as tx:
        acts = tx.acts(tx.resolve_case(case))
    undone = {each.target for each in acts if each.act == UNDONE}
    return [
        _begun(office.archive.deposit(each.path))
        for each in acts
        if each.act == AMEND and each.id not in undone
    ]


def _begun(deposit: Deposit) -> Begun:
    about = About(deposit.about, deposit.path)
    effective = date.fromisoformat(about.text("effective"))
    return Begun(deposit.id, about.text("scope"), effective, about.text_map("packets"))


def amendment_of(office: Office, plan: PacketPlan, case: str, scope: str, but: str = "") -> Amendment | None:
    """What a packet of this kind amends, without the changes; None where it amends nothing.

    but: the number of a packet, which never amends itself
    """
    for begun in reversed(_all_begun(office, case)):
        packet = begun.packets.get(plan.name)
        if begun.scope == scope and packet is not None and packet != but:
            return _amendment(office, begun, packet)
    return None


def _amendment(office: Office, begun: Begun, packet: str) -> Amendment:
    with office.ledger.reading() as tx:
        (said,) = (each for each in tx.acts(act=AMEND) if each.id == begun.act)
        row = tx.packet(packet)
        statuses = tx.acts(act=STATUS, target=packet)
    assert row is not None, packet
    deposit = office.archive.deposit(said.path)
    reason = json.loads(office.archive.read(deposit, "act.json"))["reason"]
    signed = [
        str(on) for each in statuses if (on := office.archive.deposit(each.path).about.get("signed_on"))
    ]
    return Amendment(
        packet,
        date.fromisoformat(signed[-1]) if signed else None,
        begun.effective,
        str(deposit.about["asked_by"]),
        str(reason),
        _shown_by(office, row),
    )


def _shown_by(office: Office, row: PacketRow) -> dict[str, Value]:
    """Place → value, as a packet in the archive shows it: places of its plan year."""
    deposit = office.archive.deposit(row.path)
    told = json.loads(office.archive.read(deposit, "evidence/evidence.json"))
    found: dict[str, Value] = {}
    for fact in told["facts"]:
        place = office.site.places.get(str(fact["place"]))
        if place is not None and place.scope is Scope.PLAN_YEAR:
            columns = [(name, column.kind) for name, column in place.columns.items()]
            found[place.name] = from_json(fact["value"], place.kind, columns) if fact["value"] != "" else ""
    return found


def with_changes(office: Office, amendment: Amendment, shown_now: Sequence[Fact]) -> Amendment:
    """The amendment with what the packet says otherwise. shown_now: the facts that its documents show"""
    return replace(amendment, changes=tuple(_changes(office, amendment, shown_now)))


def _changes(office: Office, amendment: Amendment, shown_now: Sequence[Fact]) -> Iterator[Change]:
    now = {fact.place: fact for fact in shown_now}
    for name, place in office.site.places.items():
        if place.scope is not Scope.PLAN_YEAR or place.private:
            continue
        fact = now.get(name)
        after: Cell | None = fact_cell(office.site, place, fact) if fact is not None else None
        was = amendment.was.get(name)
        before: Cell | None = None
        if was is not None:
            before = Shown("None") if was == "" else shown(office.site, place, was)
        for each in differences_of(place, before, after):
            yield Change(each.label, each.before, each.after, (fact.id,) if fact is not None else ())


def unamended(office: Office, plan: PacketPlan, row: PacketRow) -> str:
    """The number of the signed plan whose place the packet takes, or a next version of it, without an amendment that
    was begun; empty where there is none."""
    if not plan.approves:
        return ""
    with office.ledger.reading() as tx:
        case = tx.resolve_case(row.case)
    signed = _valid_packets(office, case, row.scope).get(row.name)
    if signed is None or signed.status is not PacketStatus.IN_FORCE:
        return ""
    amended = amendment_of(office, plan, case, row.scope, row.id if row.id != signed.id else "")
    return "" if amended is not None and amended.packet == signed.id else signed.id


def refuse_unless_amendment(
    office: Office, plan: PacketPlan, row: PacketRow, *, edited: bool = False
) -> None:
    """A plan that takes the place of a signed one says who asked and why. Raises PacketError where nobody has."""
    signed = unamended(office, plan, row)
    if not signed or signed == row.id:
        return
    with office.ledger.reading() as tx:
        case = tx.resolve_case(row.case)
    anew = f"void {row.id} and drop the edited document again" if edited else "make the packet anew"
    then = f"void {row.id} --by INITIALS --reason WHY" if edited else f"packet {row.name} --case {case}"
    begin = f"amend {case} --effective DAY --asked-by WHO --reason WHY --by INITIALS"
    raise PacketError(
        [
            f"The plan {signed} is signed and in force. What takes its place is an amendment: say who asked for it, "
            f"why, and from which day it counts; then {anew}."
        ],
        [begin, then],
    )
