"""Makes a packet: select, render, prove, convert, assemble, deposit. A draft first; final when approved and proved.

The id of a packet hashes the facts and the template parts it used, never the clock: the same facts give the
same packet, byte for byte, and making it again finds it made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as member
from datetime import date
from functools import cache
from pathlib import Path

from pipeline.archive import packet_path
from pipeline.errors import PacketError
from pipeline.ledger import PacketRow
from pipeline.model import (
    CaseRecord,
    CaseStatus,
    DepositKind,
    Fact,
    PacketStatus,
    canonical_json,
    short_id,
)
from pipeline.packets import DocumentTask, Selection, select
from pipeline.rendering.assemble import PacketDocument, assemble
from pipeline.rendering.pdf import Converted, convert, find_libreoffice
from pipeline.rendering.printed import RenderedWord
from pipeline.rendering.proof import ProofReport, prove, prove_word
from pipeline.rendering.word import CompiledTemplate, compile_template
from pipeline.run.evidence import evidence_files
from pipeline.run.office import Office
from pipeline.showing import Shown
from pipeline.site.packetfile import PacketPlan
from pipeline.values import Json, to_json

DAYS = ("today", "packet.date")


@dataclass(frozen=True, slots=True)
class MadePacket:
    """A packet in the archive. blanks: labels of what the pages leave open; made_before: it was there already."""

    row: PacketRow
    blanks: tuple[str, ...]
    files: tuple[str, ...]
    has_pdf: bool
    made_before: bool = False


@dataclass(frozen=True, slots=True)
class _Rendered:
    task: DocumentTask
    word: RenderedWord = member(repr=False)


def make_packet(
    office: Office, name: str, case: str, as_of: date | None = None, scope: str = ""
) -> MadePacket:
    """A draft of the packet for the case on a day. Raises PacketError with everything that stands against it."""
    plan = office.site.packets.get(name)
    if plan is None:
        known = ", ".join(sorted(office.site.packets))
        raise PacketError([f'There is no packet "{name}". There are: {known}.'])
    record = office.record(case, as_of)
    if not record.facts:
        raise PacketError([f"Nothing is on file for {case}."])
    refuse_unless_active(record)
    packet_id, rendered, selection = rendered_packet(office, plan, record, scope, PacketStatus.DRAFT)
    return deposited(office, plan, selection, packet_id, rendered, PacketStatus.DRAFT)


def refuse_unless_active(record: CaseRecord) -> None:
    """No letter goes to a person who died, moved away or left. Raises PacketError."""
    if record.status is not CaseStatus.ACTIVE:
        raise PacketError(
            [
                f"Case {record.case} is {record.status.value}, so no packets are made for it. case-status changes that."
            ]
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


# --- rendering ------------------------------------------------------------------------------------


@cache
def _compiled(path: Path, sha256: str) -> CompiledTemplate:
    return compile_template(path.read_bytes(), path.name)


def template_of(path: Path) -> tuple[CompiledTemplate, str]:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return _compiled(path, digest), digest


def selection_of(
    office: Office, plan: PacketPlan, record: CaseRecord, scope: str, packet_id: str, status: str
) -> Selection:
    return select(office.site, plan, record, scope=scope, packet_id=packet_id, status=status)


def rendered_packet(
    office: Office, plan: PacketPlan, record: CaseRecord, scope: str, status: PacketStatus
) -> tuple[str, list[_Rendered], Selection]:
    """Rendered twice: once to learn which facts are used, which make the id; then with the id in place."""
    first = selection_of(office, plan, record, scope, "", PacketStatus.DRAFT.value)
    packet_id = _packet_id(plan, first, [_render(task) for task in first.documents])
    selection = selection_of(office, plan, record, scope, packet_id, status.value)
    return packet_id, [_Rendered(task, _render(task)) for task in selection.documents], selection


def _render(task: DocumentTask) -> RenderedWord:
    return template_of(task.template)[0].render(task.context)


def _packet_id(plan: PacketPlan, selection: Selection, words: Sequence[RenderedWord]) -> str:
    """Hashes the facts used, everything printed but the day, and the templates: another telephone number of the
    office is another packet, another day is not."""
    used = sorted({fact for word in words for fact in word.facts})
    values: list[Json] = [to_json(selection.facts[fact_id].value) for fact_id in used]
    printed: list[Json] = [
        [insertion.place, insertion.value]
        for word in words
        for insertion in word.insertions
        if insertion.place not in DAYS
    ]
    templates = sorted({template_of(task.template)[1] for task in selection.documents})
    content = canonical_json({"facts": list(used), "values": values, "printed": printed})
    return short_id("packet", plan.name, selection.case, selection.scope, content, *templates)


# --- proof and deposit ----------------------------------------------------------------------------


def deposited(
    office: Office,
    plan: PacketPlan,
    selection: Selection,
    packet_id: str,
    rendered: Sequence[_Rendered],
    status: PacketStatus,
) -> MadePacket:
    folder = f"{packet_id}-{'draft' if status is PacketStatus.DRAFT else 'final'}"
    path = packet_path(selection.case, selection.as_of, plan.name, folder)
    blanks = tuple(dict.fromkeys(label for each in rendered for label in each.word.blanks))
    if (found := _made_before(office, packet_id, status)) is not None:
        deposit = office.archive.deposit(found.path)
        names = tuple(file.name for file in deposit.files)
        return MadePacket(
            found, blanks, names, any(name.endswith(".pdf") for name in names), made_before=True
        )
    pdfs = _converted(office, rendered)
    reports = _proved(rendered, pdfs)
    files: dict[str, bytes] = {f"{each.task.id}.docx": each.word.docx for each in rendered}
    if pdfs:
        files |= _outgoing(plan, packet_id, rendered, pdfs, status)
    facts = _facts_used(office, selection, rendered)
    files |= evidence_files(office, selection, [(each.task, each.word) for each in rendered], facts)
    if blanks:
        files["left-blank.txt"] = _blank_list(plan, packet_id, rendered)
    files["packet.json"] = _description(plan, selection, packet_id, rendered, reports, status, blanks, facts)
    used = sorted({submission for fact in facts for submission in (fact.submission,)})
    office.books.publish(
        DepositKind.PACKET,
        path,
        files,
        id=f"{packet_id}-{status.value}",
        inputs=_inputs(office, selection),
        about={
            "packet": packet_id,
            "name": plan.name,
            "case": selection.case,
            "scope": selection.scope,
            "as_of": selection.as_of.isoformat(),
            "status": status.value,
            "uses": list(used),
            "blanks": len(blanks),
        },
    )
    with office.ledger.reading() as tx:
        row = tx.packet(packet_id)
    assert row is not None
    return MadePacket(row, blanks, tuple(sorted(files)), bool(pdfs))


def _blank_list(plan: PacketPlan, packet_id: str, rendered: Sequence[_Rendered]) -> bytes:
    """What the pages leave open, document by document, for whoever completes the draft."""
    lines = [f"{plan.title}, packet {packet_id}: what the pages leave blank", ""]
    for each in rendered:
        if each.word.blanks:
            lines += [
                f"{each.task.title} ({each.task.id})",
                *(f"  - {label}" for label in each.word.blanks),
                "",
            ]
    return "\r\n".join(lines).encode()  # line ends that every editor of the office understands


def _made_before(office: Office, packet_id: str, status: PacketStatus) -> PacketRow | None:
    with office.ledger.reading() as tx:
        row = tx.packet(packet_id)
    if row is None:
        return None
    return row if status is PacketStatus.DRAFT or row.status is not PacketStatus.DRAFT else None


def _converted(office: Office, rendered: Sequence[_Rendered]) -> list[bytes]:
    """The PDF of each document, from the cache where the same Word bytes were converted before; none without
    LibreOffice."""
    if find_libreoffice() is None:
        return []
    folder = office.folders.state / "pdf-cache"
    folder.mkdir(mode=0o700, exist_ok=True)
    places = [folder / f"{hashlib.sha256(each.word.docx).hexdigest()}.pdf" for each in rendered]
    wanted = [index for index, place in enumerate(places) if not place.exists()]
    made: list[Converted] = convert([rendered[index].word.docx for index in wanted]) if wanted else []
    failures = []
    for index, converted in zip(wanted, made, strict=True):
        if converted.failure:
            failures.append(f"{rendered[index].task.title}: {converted.failure}")
        else:
            temporary = places[index].with_suffix(".tmp")
            temporary.write_bytes(converted.pdf)
            temporary.replace(places[index])
    if failures:
        raise PacketError(failures)
    return [place.read_bytes() for place in places]


def _proved(rendered: Sequence[_Rendered], pdfs: Sequence[bytes]) -> list[ProofReport]:
    """The proof of every document. Raises PacketError when one fails: such a packet is not released."""
    reports: list[ProofReport] = []
    for number, each in enumerate(rendered):
        hidden = {
            name: cell.text
            for name, cell in each.task.context.places.items()
            if name in each.task.context.forbidden and isinstance(cell, Shown)
        }
        report = (
            prove(each.word, pdfs[number], private_texts=hidden)
            if pdfs
            else prove_word(each.word, private_texts=hidden)
        )
        reports.append(report)
    failures = [
        f"{each.task.title}: {failure}"
        for each, report in zip(rendered, reports, strict=True)
        for failure in report.failures
    ]
    if failures:
        raise PacketError(failures)
    return reports


def _outgoing(
    plan: PacketPlan,
    packet_id: str,
    rendered: Sequence[_Rendered],
    pdfs: Sequence[bytes],
    status: PacketStatus,
) -> dict[str, bytes]:
    """One PDF for each recipient, holding that recipient's documents and no others."""
    recipients = dict.fromkeys(name for each in rendered for name in each.task.recipients)
    files: dict[str, bytes] = {}
    for recipient in recipients:
        own = [
            PacketDocument(each.task.id, each.task.title, pdf)
            for each, pdf in zip(rendered, pdfs, strict=True)
            if recipient in each.task.recipients
        ]
        made = assemble(own, packet=packet_id, title=plan.title, draft=status is PacketStatus.DRAFT)
        files[f"{plan.name}-for-{recipient}.pdf"] = made.pdf
    return files


def _facts_used(office: Office, selection: Selection, rendered: Sequence[_Rendered]) -> list[Fact]:
    """The facts the documents show, in the order in which record.yaml names their places."""
    used = {fact_id for each in rendered for fact_id in each.word.facts}
    order = {name: number for number, name in enumerate(office.site.places)}
    facts = [selection.facts[fact_id] for fact_id in used]
    return sorted(facts, key=lambda fact: (order[fact.place], fact.scope, fact.id))


def _inputs(office: Office, selection: Selection) -> dict[str, str]:
    inputs = {f"template:{task.template.name}": template_of(task.template)[1] for task in selection.documents}
    inputs["facts"] = hashlib.sha256("\n".join(sorted(selection.facts)).encode()).hexdigest()
    return inputs | {"site": office.site_hash}


def _description(
    plan: PacketPlan,
    selection: Selection,
    packet_id: str,
    rendered: Sequence[_Rendered],
    reports: Sequence[ProofReport],
    status: PacketStatus,
    blanks: tuple[str, ...],
    facts: Sequence[Fact],
) -> bytes:
    documents: list[Json] = [
        {
            "id": each.task.id,
            "title": each.task.title,
            "recipients": list(each.task.recipients),
            "blanks": list(each.word.blanks),
            "proved_in_word": report.in_word,
            "proved_in_pdf": report.in_pdf,
            "pages": report.pages,
        }
        for each, report in zip(rendered, reports, strict=True)
    ]
    return canonical_json(
        {
            "format": 1,
            "packet": packet_id,
            "name": plan.name,
            "title": plan.title,
            "case": selection.case,
            "scope": selection.scope,
            "as_of": selection.as_of.isoformat(),
            "status": status.value,
            "documents": documents,
            "blanks": list(blanks),
            "facts": [fact.id for fact in facts],
        }
    )
