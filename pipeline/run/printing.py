"""A packet's documents on their way to paper: filled in, made PDFs, proved, and put together for each recipient.

The id of a packet hashes the facts and the template parts it used, never the clock: the same facts give the
same packet, byte for byte. Nothing is put into the archive here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as member
from functools import cache
from pathlib import Path

from pipeline.errors import PacketError
from pipeline.model import CaseRecord, PacketStatus, canonical_json, short_id
from pipeline.packets import DocumentTask, Selection, select
from pipeline.rendering.assemble import PacketDocument, assemble
from pipeline.rendering.packetproof import ProvedDocument, prove_packet
from pipeline.rendering.pagetext import PdfText
from pipeline.rendering.pdf import Converted, convert, find_libreoffice
from pipeline.rendering.printed import RenderedWord
from pipeline.rendering.proof import ProofReport, prove, prove_word
from pipeline.rendering.word import CompiledTemplate, compile_template
from pipeline.run.office import Office
from pipeline.showing import Shown
from pipeline.site.packetfile import PacketPlan
from pipeline.values import Json, to_json

DAYS = ("today", "packet.date")


@dataclass(frozen=True, slots=True)
class Rendered:
    """One document of a packet, filled in."""

    task: DocumentTask
    word: RenderedWord = member(repr=False)


# --- rendering ------------------------------------------------------------------------------------


@cache
def _compiled(path: Path, sha256: str, draft: bool) -> CompiledTemplate:
    return compile_template(path.read_bytes(), path.name, draft=draft)


def template_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def selection_of(
    office: Office, plan: PacketPlan, record: CaseRecord, scope: str, packet_id: str, status: str
) -> Selection:
    return select(office.site, plan, record, scope=scope, packet_id=packet_id, status=status)


def rendered_packet(
    office: Office, plan: PacketPlan, record: CaseRecord, scope: str, status: PacketStatus
) -> tuple[str, list[Rendered], Selection]:
    """Rendered twice: once to learn which facts are used, which make the id; then with the id in place."""
    first = selection_of(office, plan, record, scope, "", PacketStatus.DRAFT.value)
    packet_id = _packet_id(plan, first, [_render(task, draft=True) for task in first.documents])
    selection = selection_of(office, plan, record, scope, packet_id, status.value)
    draft = status is PacketStatus.DRAFT
    rendered = [Rendered(task, _render(task, draft=draft)) for task in selection.documents]
    return packet_id, rendered, selection


def _render(task: DocumentTask, *, draft: bool) -> RenderedWord:
    return _compiled(task.template, template_hash(task.template), draft).render(task.context)


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
    templates = sorted({template_hash(task.template) for task in selection.documents})
    content = canonical_json({"facts": list(used), "values": values, "printed": printed})
    return short_id("packet", plan.name, selection.case, selection.scope, content, *templates)


# --- PDF and proof ---------------------------------------------------------------------------------


def converted_pdfs(office: Office, rendered: Sequence[Rendered]) -> list[bytes]:
    """The PDF of each document, from the cache where the same Word bytes were converted before; none without
    LibreOffice."""
    if find_libreoffice() is None:
        return []
    folder = office.folders.state / "pdf-cache"
    folder.mkdir(mode=0o700, exist_ok=True)
    places = [folder / f"{hashlib.sha256(each.word.docx).hexdigest()}.pdf" for each in rendered]
    wanted = [index for index, place in enumerate(places) if not is_whole(place)]
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


def is_whole(pdf: Path) -> bool:
    """Whether a PDF of the cache is there to its end. One that was cut off is made again."""
    return pdf.exists() and b"%%EOF" in pdf.read_bytes()[-1024:]


def proofs_of(rendered: Sequence[Rendered], pdfs: Sequence[bytes]) -> list[ProofReport]:
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


def outgoing_pdfs(
    plan: PacketPlan,
    packet_id: str,
    rendered: Sequence[Rendered],
    pdfs: Sequence[bytes],
    reports: Sequence[ProofReport],
    status: PacketStatus,
) -> dict[str, bytes]:
    """One PDF for each recipient, holding that recipient's documents and no others. Each is proved to say what its
    documents say; raises PacketError when one does not."""
    recipients = dict.fromkeys(name for each in rendered for name in each.task.recipients)
    draft = status is PacketStatus.DRAFT
    files: dict[str, bytes] = {}
    failures: list[str] = []
    for recipient in recipients:
        own = [number for number, each in enumerate(rendered) if recipient in each.task.recipients]
        tasks = [rendered[number].task for number in own]
        documents = [
            PacketDocument(task.id, task.title, pdfs[number]) for task, number in zip(tasks, own, strict=True)
        ]
        made = assemble(documents, packet=packet_id, title=plan.title, draft=draft)
        texts = [reports[number].text or PdfText((), "") for number in own]
        proved = [ProvedDocument(task.id, text) for task, text in zip(tasks, texts, strict=True)]
        failures += [
            f"The PDF for {recipient}: {failure}"
            for failure in prove_packet(made.pdf, proved, packet=packet_id, draft=draft)
        ]
        files[f"{plan.name}-for-{recipient}.pdf"] = made.pdf
    if failures:
        raise PacketError(failures)
    return files
