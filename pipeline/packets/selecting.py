"""Chooses the documents of a packet and lays out what each may show.

A packet is for one scope: the person, or one plan year. What plan content it may show depends on how far
that has come (`uses:` in packet.yaml): an authorization is never made from a plan that is only proposed.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as member
from datetime import date

from pipeline.errors import PacketError
from pipeline.model import CaseRecord, Fact
from pipeline.packets.addressing import Copies, groups_of, is_left_out
from pipeline.packets.amended import Amendment, amendment_places, ended_rows, with_never
from pipeline.packets.extras import (
    age_place,
    coordinator_places,
    office_places,
    packet_places,
    provider_places,
    sum_of,
    total_places,
    waiver_places,
)
from pipeline.packets.formatting import fact_cell, shown
from pipeline.packets.front import fronts_of
from pipeline.packets.overflow import with_addenda
from pipeline.packets.tasks import DocumentTask, Room, with_form
from pipeline.packets.world import RecordWorld
from pipeline.packets.yearly import year_facts, year_places
from pipeline.rules import Operand
from pipeline.showing import Cell, Context, ShownTable
from pipeline.site import Site
from pipeline.site.packetfile import DocumentPlan, PacketPlan
from pipeline.site.record import RecordPlace, Scope
from pipeline.values import Row


@dataclass(frozen=True, slots=True)
class Selection:
    """The documents of a packet, in order, and the facts they may draw on (keyed by fact id).

    fronts: sheets before the documents of each recipient; room: of fields of its forms that had too little
    """

    plan: PacketPlan
    case: str
    scope: str
    as_of: date
    documents: tuple[DocumentTask, ...]
    facts: Mapping[str, Fact] = member(repr=False)
    amendment: Amendment | None = None
    fronts: tuple[DocumentTask, ...] = ()
    room: Room = member(default_factory=dict)


def plan_year(record: CaseRecord, as_of: date, wanted: str = "") -> str:
    """The plan year (its first day) a packet is for: the one asked for, else the newest. Raises PacketError."""
    years = record.scopes("plan.start")
    if wanted:
        if wanted not in years:
            raise PacketError([f"No plan year that begins on {wanted} is on file for this case."])
        return wanted
    if not years:
        raise PacketError(
            [
                "No planning worksheet is on file for this case, so there is no plan year. "
                "Drop one into the inbox first."
            ]
        )
    return years[-1]


def select(
    site: Site,
    plan: PacketPlan,
    record: CaseRecord,
    *,
    scope: str = "",
    packet_id: str = "",
    status: str = "draft",
    amendment: Amendment | None = None,
    room: Room | None = None,
) -> Selection:
    """The documents of the packet for this record. Raises PacketError with everything that is missing.

    amendment: why and from when it takes the place of one that went out; room: as of Selection
    """
    year = plan_year(record, record.as_of, scope) if plan.scope is Scope.PLAN_YEAR else ""
    facts = _usable(site, plan, record, year)
    _require(site, plan, facts, year, record)
    values: dict[str, Operand] = {name: fact.value for name, fact in facts.items()}
    world = RecordWorld(site, values, record.as_of)
    nones = _usable(site, plan, replace(record, facts=record.retractions), year)
    places = places_of(site, plan, record, {**facts, **nones}, year, packet_id, status)
    places |= amendment_places(amendment)
    documents = _documents(site, plan, world, places, facts, amendment, room or {})
    drawn_on = (*facts.values(), *nones.values(), *year_facts(record, year))
    return Selection(
        plan,
        record.case,
        year,
        record.as_of,
        tuple(documents),
        {fact.id: fact for fact in drawn_on},
        amendment=amendment,
        fronts=fronts_of(plan, documents, places, private_names(site), world),
        room=room or {},
    )


def _documents(
    site: Site,
    plan: PacketPlan,
    world: RecordWorld,
    places: Mapping[str, Cell],
    facts: Mapping[str, Fact],
    amendment: Amendment | None,
    room: Room,
) -> list[DocumentTask]:
    """Those of the plan that apply, with their addenda. Raises PacketError where none does."""
    private = private_names(site)
    people: dict[tuple[str, str], int] = {}
    documents = [
        with_form(task, plan.file, document, world)
        for document in _addressed(plan, world)
        if document.when is None or document.when.holds(world) is True
        if amendment is not None or not document.amends
        for whole in _tasks(site, document, places, private, facts, amendment, people)
        for task in with_addenda(site, plan, document, whole, room.get(whole.id))
    ]
    if not documents:
        raise PacketError(["No document of this packet applies to this person."])
    return documents


def private_names(site: Site) -> frozenset[str]:
    """Places and columns (`table.column`) that documents show only where their packet allows it."""
    columns = (
        f"{name}.{column}"
        for name, place in site.places.items()
        for column, found in place.columns.items()
        if found.private
    )
    return frozenset(columns) | {name for name, place in site.places.items() if place.private}


def _addressed(plan: PacketPlan, world: RecordWorld) -> list[DocumentPlan]:
    """The documents of the packet for those roles that there are."""
    absent = {role for role, condition in plan.recipients.items() if condition.holds(world) is not True}
    return [
        replace(document, recipients=tuple(role for role in document.recipients if role not in absent))
        for document in plan.documents
    ]


def _usable(site: Site, plan: PacketPlan, record: CaseRecord, year: str) -> dict[str, Fact]:
    """Facts of the person and of the plan year; plan content only where it has come far enough."""
    found: dict[str, Fact] = {}
    for name, place in site.places.items():
        if place.scope is Scope.PERSON:
            fact = record.fact(name)
        elif place.scope is Scope.PLAN_YEAR and year:
            fact = record.fact(name, year)
        else:
            continue
        if fact is None or (place.plan_content and not fact.standing.reaches(plan.uses)):
            continue
        found[name] = fact
    return found


def _require(site: Site, plan: PacketPlan, facts: Mapping[str, Fact], year: str, record: CaseRecord) -> None:
    reasons = []
    for name in plan.requires:
        if name in facts:
            continue
        proposed = site.places[name].plan_content and record.fact(name, year) is not None
        if proposed or (name, year) in record.held_back:
            reasons.append(f'"{site.places[name].label}" is only proposed. Approve the plan first.')
        else:
            reasons.append(f'"{site.places[name].label}" is not on file.')
    for trouble in record.disagreements:
        if trouble.must_ask and trouble.scope in ("", year) and site.places[trouble.place].identity:
            label = site.places[trouble.place].label
            reasons.append(f'Filed forms disagree on "{label}". Somebody must say which of them is right.')
    if reasons:
        raise PacketError(reasons, settling_commands(record, year))


def settling_commands(record: CaseRecord, year: str) -> list[str]:
    """What can be typed where filed forms disagree and somebody must say which is right."""
    return [
        f"settle {record.case} {trouble.place} --by INITIALS --reason WHY"
        for trouble in record.disagreements
        if trouble.must_ask and trouble.scope in ("", year)
    ]


def places_of(
    site: Site,
    plan: PacketPlan,
    record: CaseRecord,
    facts: Mapping[str, Fact],
    year: str,
    packet_id: str,
    status: str,
) -> dict[str, Cell]:
    places: dict[str, Cell] = {}
    for name, place in site.places.items():
        if place.scope in (Scope.PERSON, Scope.PLAN_YEAR):
            places[name] = fact_cell(site, place, facts.get(name))
    services = rows_of(facts.get("plan.services"))
    waiver, coordinator = facts.get("plan.waiver"), facts.get("plan.coordinator")
    places |= office_places(site) | age_place(record, record.as_of)
    places |= packet_places(plan, record.case, record.as_of, packet_id, status)
    places |= coordinator_places(
        site, coordinator.value if coordinator else None, (coordinator.id,) if coordinator else ()
    )
    places |= waiver_places(
        site, waiver.value if waiver else None, sum_of(services, "amount"), (waiver.id,) if waiver else ()
    )
    return places | total_places(services, "budget") | year_places(site, record, year)


def rows_of(fact: Fact | None) -> tuple[Row, ...]:
    if fact is None or not isinstance(fact.value, tuple):
        return ()
    return tuple(row for row in fact.value if isinstance(row, dict))


def _tasks(
    site: Site,
    document: DocumentPlan,
    places: Mapping[str, Cell],
    private: frozenset[str],
    facts: Mapping[str, Fact],
    amendment: Amendment | None,
    people: MutableMapping[tuple[str, str], int],
) -> list[DocumentTask]:
    """The document, or one for each group of rows of its table."""
    allowed = frozenset(document.private)
    if not document.for_each:
        context = Context(places, private, allowed)
        return [_task(document, document.id, document.recipients, context)]
    fact, table = facts.get(document.for_each), site.places[document.for_each]
    rows_now: Sequence[Row] = rows_of(fact)
    ends = document.amends == "ended"
    if ends and amendment is not None:
        rows_now = ended_rows(amendment, table, rows_now)
    wanted = [row for row in rows_now if not is_left_out(document, places, row)]
    copies = Copies(document, table, people)
    tasks: list[DocumentTask] = []
    for number, rows in enumerate(groups_of(wanted, document.group_by), start=1):
        items = (
            with_never(_shown_rows(site, table, rows, None)) if ends else _shown_rows(site, table, rows, fact)
        )
        extra = provider_places(site, rows[0].get("provider")) | total_places(rows, "totals")
        context = Context(
            {**places, **extra},
            private,
            allowed,
            item=items.rows[0],
            items=items,
            item_place=document.for_each,
        )
        tasks.append(_task(document, f"{document.id}-{number}", copies.names(rows[0]), context))
    return tasks


def _task(
    document: DocumentPlan, task_id: str, recipients: tuple[str, ...], context: Context
) -> DocumentTask:
    return DocumentTask(task_id, document.title, document.template, recipients, context, document.id)


def _shown_rows(site: Site, place: RecordPlace, rows: tuple[Row, ...], fact: Fact | None) -> ShownTable:
    cell = shown(site, place, rows, (fact.id,) if fact else ())
    assert isinstance(cell, ShownTable)
    return cell
