"""Makes a packet: select, render, prove, convert, assemble, deposit. A draft first; final when approved and proved.

The same facts give the same packet, byte for byte (`printing`), and making it again finds it made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as member
from datetime import date

from pipeline.archive import packet_path
from pipeline.errors import PacketError, SiteError
from pipeline.ledger import PacketRow
from pipeline.model import (
    CaseRecord,
    CaseStatus,
    DepositKind,
    Fact,
    PacketStatus,
)
from pipeline.packets import Selection
from pipeline.packets.front import ItemFound
from pipeline.rendering.formpaper import RenderedForm
from pipeline.rendering.formsigning import form_signature_places
from pipeline.rendering.pdf import find_libreoffice
from pipeline.rendering.signplaces import signature_places
from pipeline.rendering.wordcode import WordCode, with_code
from pipeline.run.evidence import evidence_files
from pipeline.run.fronting import printed_packet
from pipeline.run.office import Office
from pipeline.run.packetjson import blank_list, description
from pipeline.run.printing import form_file, outgoing_pdfs, rendered_packet
from pipeline.run.rendered import Rendered
from pipeline.run.wordcodes import PRINTED, printed_json
from pipeline.site.packetfile import PacketPlan
from pipeline.values import Json, display


@dataclass(frozen=True, slots=True)
class MadePacket:
    """A packet in the archive.

    blanks:      labels of the values that are not on file, whose place the pages leave open
    hand_lines:  lines of its pages that are there to be written on by hand
    made_before: it was there already
    waiting:     which newer form of the plan is not approved yet, in words; empty where none waits
    checklist:   what its checklist found; nothing where it has none, or where it was made before
    """

    row: PacketRow
    blanks: tuple[str, ...]
    files: tuple[str, ...]
    has_pdf: bool
    hand_lines: int = 0
    made_before: bool = False
    waiting: str = ""
    checklist: tuple[ItemFound, ...] = ()

    @property
    def left_open(self) -> str:
        """What is still to be written on its pages, in words."""
        return f"values not on file: {len(self.blanks)}; lines to fill in by hand: {self.hand_lines}"


@dataclass(frozen=True, slots=True)
class Also:
    """What is kept with a packet that somebody edited, besides what every packet has."""

    files: Mapping[str, bytes] = member(default_factory=dict, repr=False)
    about: Mapping[str, Json] = member(default_factory=dict)
    inputs: Mapping[str, str] = member(default_factory=dict)


def make_packet(
    office: Office, name: str, case: str, as_of: date | None = None, scope: str = ""
) -> MadePacket:
    """A draft of the packet for the case on a day. Raises PacketError with everything that stands against it."""
    plan = office.site.packets.get(name)
    if plan is None:
        known = ", ".join(sorted(office.site.packets))
        raise PacketError([f'There is no packet "{name}". There are: {known}.'])
    record = office.record(case, as_of, plan.uses)
    if not record.facts:
        raise PacketError([f"Nothing is on file for {case}."])
    refuse_unless_active(record)
    packet_id, rendered, selection = rendered_packet(office, plan, record, scope, PacketStatus.DRAFT)
    waiting = newer_plan_waiting(office, plan, record, selection.scope)
    return deposited(office, plan, selection, packet_id, rendered, PacketStatus.DRAFT, waiting)


def documents_to_come(office: Office, name: str, case: str, as_of: date, scope: str) -> tuple[Rendered, ...]:
    """The documents of a draft that is not made yet, filled in; none where something stands against it."""
    plan = office.site.packets[name]
    try:
        record = office.record(case, as_of, plan.uses)
        packet_id, rendered, _ = rendered_packet(office, plan, record, scope, PacketStatus.DRAFT)
    except (PacketError, SiteError):
        return ()  # told when the packet itself is made
    return () if _made_before(office, packet_id, PacketStatus.DRAFT) else tuple(rendered)


def newer_plan_waiting(office: Office, plan: PacketPlan, record: CaseRecord, scope: str) -> str:
    """Which newer form of this plan year this packet may not show yet, in words; empty where there is none."""
    held_back = [key for key in record.held_back if key[1] == scope]
    newest = office.record(record.case, record.as_of)
    found = [newest.facts.get(key) or newest.retractions.get(key) for key in held_back]
    places = office.site.places
    shown = {fact.submission for key, fact in record.facts.items() if places[key[0]].plan_content}
    waiting = [fact for fact in found if fact is not None and not fact.standing.reaches(plan.uses)]
    waiting = [fact for fact in waiting if fact.submission not in shown]  # of that one a part was approved
    if not waiting:
        return ""
    last = max(waiting, key=lambda fact: (fact.effective, fact.received_at))
    title = office.site.schemas[last.form].title.lower()
    return (
        f"A newer {title} of {display(last.effective)} is not approved yet; this packet shows nothing of it."
    )


def refuse_unless_active(record: CaseRecord) -> None:
    """No letter goes to a person who died, moved away or left. Raises PacketError."""
    if record.status is not CaseStatus.ACTIVE:
        raise PacketError(
            [
                f"Case {record.case} is {record.status.value}, so no packets are made for it until it is active again."
            ],
            [f"case-status {record.case} active --by INITIALS --reason WHY"],
        )


def names_of_packets(office: Office, packets: Sequence[str]) -> tuple[str, ...]:
    """Each packet as people know it: its title, case, day, status and number."""
    words: list[str] = []
    with office.ledger.reading() as tx:
        for packet_id in packets:
            if (row := tx.packet(packet_id)) is not None:
                title = office.site.packets[row.name].title if row.name in office.site.packets else row.name
                words.append(f"{title} of {row.case}, as of {row.as_of}, {row.status.value} ({row.id})")
    return tuple(words)


# --- deposit ----------------------------------------------------------------------------


def deposited(
    office: Office,
    plan: PacketPlan,
    selection: Selection,
    packet_id: str,
    rendered: Sequence[Rendered],
    status: PacketStatus,
    waiting: str = "",
    also: Also | None = None,
) -> MadePacket:
    """The packet put into the archive, or found there. Raises PacketError where it is not proved."""
    also = also or Also()
    folder = f"{packet_id}-{'draft' if status is PacketStatus.DRAFT else 'final'}"
    path = packet_path(selection.case, selection.as_of, plan.name, folder)
    blanks = tuple(dict.fromkeys(label for each in rendered for label in each.filled.blanks))
    by_hand = sum(each.filled.hand_lines for each in rendered)
    if (found := _made_before(office, packet_id, status)) is not None:
        names = tuple(file.name for file in office.archive.deposit(found.path).files)
        if found.is_void:
            raise PacketError(
                [f"This very packet, {packet_id}, was made before and voided."],
                [f"void {packet_id} --undo --by INITIALS"],
            )
        has_pdf = any(name.startswith(f"{plan.name}-for-") for name in names)
        if has_pdf or not _can_get_pdfs(found, status):
            return MadePacket(found, blanks, names, has_pdf, by_hand, True, waiting)
        folder += "-pdf"  # beside the Word documents that were made without LibreOffice
        path = packet_path(selection.case, found.as_of, plan.name, folder)
    now = found.status if found is not None else status
    draft = status is PacketStatus.DRAFT
    printed = printed_packet(office, rendered, draft=draft)
    rendered, pdfs, reports = printed.rendered, printed.pdfs, printed.reports
    files = {
        each.file: form_file(packet_id, each, report, draft=draft)
        if each.is_form
        else with_code(each.word.docx, WordCode(packet_id, each.task.id, draft))
        for each, report in zip(rendered, reports, strict=True)
    }
    if pdfs:
        files |= outgoing_pdfs(office, plan, packet_id, rendered, pdfs, reports, status)
    facts = _facts_used(office, selection, rendered)
    files |= {PRINTED: printed_json(office.site, selection, rendered), **also.files}
    files |= evidence_files(
        office, selection, [(each.task, each.filled) for each in rendered], facts, waiting
    )
    if blanks:
        files["left-blank.txt"] = blank_list(plan, packet_id, rendered)
    places = [
        form_signature_places(each.filled.template)
        if isinstance(each.filled, RenderedForm)
        else signature_places(each.word.docx, pdfs[number] if pdfs else None)
        for number, each in enumerate(rendered)
    ]
    files["packet.json"] = description(plan, selection, packet_id, printed, places, status, blanks, facts)
    used = sorted({submission for fact in facts for submission in fact.submissions})
    office.books.publish(
        DepositKind.PACKET,
        path,
        files,
        id=f"{packet_id}-{status.value}" + ("-pdf" if found is not None else ""),
        inputs={**_inputs(office, selection, rendered), **also.inputs},
        about={
            "packet": packet_id,
            "name": plan.name,
            "case": selection.case,
            "scope": selection.scope,
            "as_of": selection.as_of.isoformat(),
            "status": now.value,
            "uses": list(used),
            "blanks": len(blanks),
            **also.about,
        },
    )
    with office.ledger.reading() as tx:
        row = tx.packet(packet_id)
    assert row is not None
    return MadePacket(row, blanks, tuple(sorted(files)), bool(pdfs), by_hand, False, waiting, printed.items)


def _made_before(office: Office, packet_id: str, status: PacketStatus) -> PacketRow | None:
    with office.ledger.reading() as tx:
        row = tx.packet(packet_id)
    if row is None:
        return None
    return row if status is PacketStatus.DRAFT or row.status is not PacketStatus.DRAFT else None


def _can_get_pdfs(made: PacketRow, status: PacketStatus) -> bool:
    """Whether a packet that was made without LibreOffice can be made with it now: not a draft of what is final."""
    is_draft = made.status is PacketStatus.DRAFT
    return find_libreoffice() is not None and is_draft == (status is PacketStatus.DRAFT)


def _facts_used(office: Office, selection: Selection, rendered: Sequence[Rendered]) -> list[Fact]:
    """The facts the documents show, in the order in which record.yaml names their places."""
    used = {fact_id for each in rendered for fact_id in each.filled.facts}
    order = {name: number for number, name in enumerate(office.site.places)}
    facts = [selection.facts[fact_id] for fact_id in used]
    return sorted(facts, key=lambda fact: (order[fact.place], fact.scope, fact.id))


def _inputs(office: Office, selection: Selection, rendered: Sequence[Rendered]) -> dict[str, str]:
    inputs = {name: digest for each in rendered for name, digest in each.inputs.items()}
    inputs["facts"] = hashlib.sha256("\n".join(sorted(selection.facts)).encode()).hexdigest()
    return inputs | {"site": office.site_hash}
