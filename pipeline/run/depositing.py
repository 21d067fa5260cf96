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
from pipeline.model import DepositKind, Fact, PacketStatus
from pipeline.packets import Selection
from pipeline.packets.front import ItemFound
from pipeline.rendering.formpaper import RenderedForm
from pipeline.rendering.formsigning import form_signature_places
from pipeline.rendering.pdf import find_libreoffice
from pipeline.rendering.signplaces import SignaturePlace, signature_places
from pipeline.rendering.wordcode import WordCode, with_code
from pipeline.run.evidence import evidence_files
from pipeline.run.fronting import PrintedPacket, printed_packet
from pipeline.run.office import Office
from pipeline.run.packetjson import blank_list, description
from pipeline.run.printing import form_file, outgoing_pdfs
from pipeline.run.rendered import FilledPacket, Rendered
from pipeline.run.wordcodes import PRINTED, printed_json
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
class Prepared:
    """A packet that is proved, of which nothing lies in the archive yet. Its other members: as of a MadePacket"""

    packet_id: str
    deposit_id: str
    path: str
    files: Mapping[str, bytes] = member(repr=False)
    inputs: Mapping[str, str]
    about: Mapping[str, Json]
    blanks: tuple[str, ...]
    hand_lines: int
    has_pdf: bool
    waiting: str
    checklist: tuple[ItemFound, ...]
    smaller: tuple[str, ...]


def deposited(office: Office, packet: FilledPacket) -> MadePacket:
    """The packet put into the archive, or found there. Raises PacketError where it is not proved."""
    return put_away(office, prepared(office, packet))


def put_away(office: Office, ready: Prepared | MadePacket) -> MadePacket:
    """The packet in the archive, where it may lie already."""
    if isinstance(ready, MadePacket):
        return ready
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
    assert row is not None, "publishing it wrote its row"
    return MadePacket(
        row,
        ready.blanks,
        tuple(sorted(ready.files)),
        ready.has_pdf,
        hand_lines=ready.hand_lines,
        waiting=ready.waiting,
        checklist=ready.checklist,
        smaller=ready.smaller,
    )


def prepared(office: Office, packet: FilledPacket) -> Prepared | MadePacket:
    """The packet proved and ready to be put away, or as it lies in the archive already. Raises PacketError."""
    if (there := found_before(office, packet.packet_id, packet.status, packet.waiting)) is not None:
        return there
    deposit_id, path, status = _lies_at(office, packet)
    printed = printed_packet(office, packet.rendered, draft=packet.is_draft)
    facts = _facts_used(office, packet.selection, printed.rendered)
    return Prepared(
        packet.packet_id,
        deposit_id,
        path,
        files=_files(office, packet, printed, facts),
        inputs={**_inputs(office, packet.selection, printed.rendered), **packet.also.inputs},
        about=_about(packet, status, facts),
        blanks=packet.blanks,
        hand_lines=packet.hand_lines,
        has_pdf=bool(printed.pdfs),
        waiting=packet.waiting,
        checklist=printed.items,
        smaller=packet.smaller,
    )


def _lies_at(office: Office, packet: FilledPacket) -> tuple[str, str, PacketStatus]:
    """Id and path of the deposit, and the packet's status with it: what it is by now where its PDFs come later."""
    folder = f"{packet.packet_id}-{'draft' if packet.is_draft else 'final'}"
    deposit_id = f"{packet.packet_id}-{packet.status.value}"
    case, name = packet.selection.case, packet.plan.name
    found = _made_before(office, packet.packet_id, packet.status)
    if found is None:
        return deposit_id, packet_path(case, packet.selection.as_of, name, folder), packet.status
    # Beside the Word documents that had no PDF.
    return f"{deposit_id}-pdf", packet_path(case, found.as_of, name, f"{folder}-pdf"), found.status


def _files(
    office: Office, packet: FilledPacket, printed: PrintedPacket, facts: Sequence[Fact]
) -> dict[str, bytes]:
    """Everything that lies in the deposit but its manifest, by name."""
    plan, packet_id, selection = packet.plan, packet.packet_id, packet.selection
    rendered, pdfs, reports = printed.rendered, printed.pdfs, printed.reports
    files = {
        each.file: form_file(packet_id, each, report, draft=packet.is_draft)
        if each.is_form
        else with_code(each.word.docx, WordCode(packet_id, each.task.id, packet.is_draft))
        for each, report in zip(rendered, reports, strict=True)
    }
    if pdfs:
        files |= outgoing_pdfs(office, plan, packet_id, rendered, pdfs, reports, packet.status)
    files |= {PRINTED: printed_json(office.site, selection, rendered), **packet.also.files}
    shown = [(each.task, each.filled) for each in rendered]
    files |= evidence_files(office, selection, shown, facts, packet.waiting)
    if packet.blanks:
        files["left-blank.txt"] = blank_list(plan, packet_id, rendered)
    files["packet.json"] = description(packet, printed, _signature_places(printed), facts)
    return files


def _signature_places(printed: PrintedPacket) -> list[Sequence[SignaturePlace]]:
    """Where roles sign, document by document."""
    return [
        form_signature_places(each.filled.template)
        if isinstance(each.filled, RenderedForm)
        else signature_places(each.word.docx, printed.pdfs[number] if printed.pdfs else None)
        for number, each in enumerate(printed.rendered)
    ]


def _about(packet: FilledPacket, status: PacketStatus, facts: Sequence[Fact]) -> dict[str, Json]:
    selection = packet.selection
    return {
        "packet": packet.packet_id,
        "name": packet.plan.name,
        "case": selection.case,
        "scope": selection.scope,
        "as_of": selection.as_of.isoformat(),
        "status": status.value,
        "uses": list[Json](sorted({submission for fact in facts for submission in fact.submissions})),
        "blanks": len(packet.blanks),
        **packet.also.about,
    }


def found_before(office: Office, packet_id: str, status: PacketStatus, waiting: str) -> MadePacket | None:
    """The packet that lies in the archive already, unless it lacks PDFs that it could have now.

    Raises PacketError where it was voided.
    """
    found = _made_before(office, packet_id, status)
    if found is None:
        return None
    if found.is_void:
        raise PacketError(
            [f"This very packet, {found.id}, was made before and voided."],
            [f"void {found.id} --undo --by INITIALS"],
        )
    deposit = office.archive.deposit(found.path)
    names = tuple(file.name for file in deposit.files)
    has_pdf = any(name.startswith(f"{found.name}-for-") for name in names)
    if not has_pdf and _can_get_pdfs(found, status):
        return None
    told = json.loads(office.archive.read(deposit, "packet.json"))
    return MadePacket(
        found,
        tuple(told["blanks"]),
        names,
        has_pdf,
        hand_lines=sum(each["hand_lines"] for each in told["documents"]),
        made_before=True,
        waiting=waiting,
    )


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
