"""A packet put into the archive: its documents, the PDF of each recipient, its evidence; or found there.

The same facts give the same packet, byte for byte (`printing`), and making it again finds it made.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as member

from pipeline.archive import packet_path
from pipeline.errors import PacketError
from pipeline.ledger import PacketRow
from pipeline.model import (
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
from pipeline.run.printing import form_file, outgoing_pdfs
from pipeline.run.rendered import Rendered
from pipeline.run.wordcodes import PRINTED, printed_json
from pipeline.site.packetfile import PacketPlan
from pipeline.values import Json


@dataclass(frozen=True, slots=True)
class MadePacket:
    """A packet in the archive.

    blanks:      labels of the values that are not on file, whose place the pages leave open
    hand_lines:  lines of its pages that are there to be written on by hand
    made_before: it was there already
    waiting:     which newer form of the plan is not approved yet, in words; empty where none waits
    checklist:   what its checklist found; nothing where it has none, or where it was made before
    smaller:     sentences about fields of forms in which letters are smaller than the form wants; as with `checklist`
    """

    row: PacketRow
    blanks: tuple[str, ...]
    files: tuple[str, ...]
    has_pdf: bool
    hand_lines: int = 0
    made_before: bool = False
    waiting: str = ""
    checklist: tuple[ItemFound, ...] = ()
    smaller: tuple[str, ...] = ()

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


@dataclass(frozen=True, slots=True)
class Prepared:
    """A packet that is proved, of which nothing lies in the archive yet.

    made: as it lies there already; then nothing is to be put away
    """

    packet_id: str
    deposit_id: str
    path: str
    files: Mapping[str, bytes] = member(default_factory=dict, repr=False)
    inputs: Mapping[str, str] = member(default_factory=dict)
    about: Mapping[str, Json] = member(default_factory=dict)
    blanks: tuple[str, ...] = ()
    by_hand: int = 0
    has_pdf: bool = False
    waiting: str = ""
    items: tuple[ItemFound, ...] = ()
    smaller: tuple[str, ...] = ()
    made: MadePacket | None = None


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
    return put_away(office, prepared(office, plan, selection, packet_id, rendered, status, waiting, also))


def put_away(office: Office, ready: Prepared) -> MadePacket:
    """The packet in the archive, where it may lie already."""
    if ready.made is not None:
        return ready.made
    office.books.publish(
        DepositKind.PACKET,
        ready.path,
        ready.files,
        id=ready.deposit_id,
        inputs=ready.inputs,
        about=ready.about,
    )
    with office.ledger.reading() as tx:
        row = tx.packet(ready.packet_id)
    assert row is not None
    return MadePacket(
        row,
        ready.blanks,
        tuple(sorted(ready.files)),
        ready.has_pdf,
        ready.by_hand,
        False,
        ready.waiting,
        ready.items,
        ready.smaller,
    )


def prepared(
    office: Office,
    plan: PacketPlan,
    selection: Selection,
    packet_id: str,
    rendered: Sequence[Rendered],
    status: PacketStatus,
    waiting: str = "",
    also: Also | None = None,
) -> Prepared:
    """The packet proved and ready to be put away. Raises PacketError."""
    also = also or Also()
    folder = f"{packet_id}-{'draft' if status is PacketStatus.DRAFT else 'final'}"
    deposit_id = f"{packet_id}-{status.value}"
    if (there := found_before(office, packet_id, status, waiting)) is not None:
        return Prepared(packet_id, deposit_id, there.row.path, made=there)
    blanks = tuple(dict.fromkeys(label for each in rendered for label in each.filled.blanks))
    by_hand = sum(each.filled.hand_lines for each in rendered)
    now, as_of = status, selection.as_of
    if (found := _made_before(office, packet_id, status)) is not None:
        folder, deposit_id = f"{folder}-pdf", f"{deposit_id}-pdf"  # beside the Word documents that had none
        now, as_of = found.status, found.as_of
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
    about: dict[str, Json] = {
        "packet": packet_id,
        "name": plan.name,
        "case": selection.case,
        "scope": selection.scope,
        "as_of": selection.as_of.isoformat(),
        "status": now.value,
        "uses": list[Json](sorted({submission for fact in facts for submission in fact.submissions})),
        "blanks": len(blanks),
        **also.about,
    }
    return Prepared(
        packet_id,
        deposit_id,
        packet_path(selection.case, as_of, plan.name, folder),
        files,
        {**_inputs(office, selection, rendered), **also.inputs},
        about,
        blanks,
        by_hand,
        bool(pdfs),
        waiting,
        printed.items,
        smaller_letters(rendered),
    )


def smaller_letters(rendered: Sequence[Rendered]) -> tuple[str, ...]:
    """What its forms say of letters that had to be small, with the title of each form."""
    forms = [(each.task.title, each.filled) for each in rendered if isinstance(each.filled, RenderedForm)]
    return tuple(f"{title}: {words}" for title, form in forms for words in form.smaller)


def found_before(office: Office, packet_id: str, status: PacketStatus, waiting: str) -> MadePacket | None:
    """The packet that lies in the archive already, unless it lacks PDFs that it could have now."""
    found = _made_before(office, packet_id, status)
    if found is None:
        return None
    if found.is_void:
        raise PacketError(
            [f"This very packet, {packet_id}, was made before and voided."],
            [f"void {packet_id} --undo --by INITIALS"],
        )
    deposit = office.archive.deposit(found.path)
    names = tuple(file.name for file in deposit.files)
    has_pdf = any(name.startswith(f"{found.name}-for-") for name in names)
    if not has_pdf and _can_get_pdfs(found, status):
        return None
    told = json.loads(office.archive.read(deposit, "packet.json"))
    by_hand = sum(each["hand_lines"] for each in told["documents"])
    return MadePacket(found, tuple(told["blanks"]), names, has_pdf, by_hand, True, waiting)


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
