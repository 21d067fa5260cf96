"""A packet's documents on their way to paper: filled in, made PDFs, proved, and put together for each recipient.

The id of a packet hashes the facts and the template parts it used, never the clock: the same facts give the
same packet, byte for byte. Nothing is put into the archive here.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as member
from functools import lru_cache
from pathlib import Path

from pipeline.errors import PacketError
from pipeline.model import CaseRecord, PacketStatus, canonical_json, short_id
from pipeline.packets import DocumentTask, Selection, select
from pipeline.rendering.assemble import PacketDocument, assemble
from pipeline.rendering.packetproof import ProvedDocument, prove_packet
from pipeline.rendering.pagetext import PdfText
from pipeline.rendering.pdf import Converted, find_libreoffice
from pipeline.rendering.pdfcache import converted_once
from pipeline.rendering.printed import RenderedWord
from pipeline.rendering.proof import ProofReport, prove, prove_word
from pipeline.rendering.stamps import page_code
from pipeline.rendering.word import CompiledTemplate, compile_template
from pipeline.run.amending import amendment_of, with_changes
from pipeline.run.crew import fitting_workers
from pipeline.run.office import Office
from pipeline.showing import Shown
from pipeline.site.packetfile import PacketPlan
from pipeline.values import Json, to_json

DAYS = ("today", "packet.date")


@dataclass(frozen=True, slots=True)
class Rendered:
    """One document of a packet, filled in.

    template: SHA-256 of the very bytes it was made from, which are source
    unedited: what the record alone gives, where somebody edited the document
    """

    task: DocumentTask
    filled: RenderedWord = member(repr=False)
    template: str
    source: bytes = member(default=b"", repr=False)
    unedited: RenderedWord | None = member(default=None, repr=False)


# --- rendering ------------------------------------------------------------------------------------


@lru_cache(maxsize=128)
def _compiled(data: bytes, name: str, draft: bool) -> CompiledTemplate:
    return compile_template(data, name, draft=draft)


class Templates:
    """The template files of one packet, each read once: whoever saves one meanwhile changes the next packet."""

    def __init__(self) -> None:
        self._read: dict[Path, bytes] = {}

    def render(self, task: DocumentTask, *, draft: bool) -> Rendered:
        data = self._data(task.template)
        word = _compiled(data, task.template.name, draft).render(task.context)
        return Rendered(task, word, hashlib.sha256(data).hexdigest(), data)

    def render_all(self, selection: Selection, *, draft: bool) -> list[Rendered]:
        """What stands before the documents, and they: in the order of the PDFs."""
        return [self.render(task, draft=draft) for task in (*selection.fronts, *selection.documents)]

    def _data(self, path: Path) -> bytes:
        if path not in self._read:
            try:
                self._read[path] = path.read_bytes()
            except OSError as error:
                why = os.strerror(error.errno or 0)
                raise PacketError([f"The template {path.name} cannot be read: {why}. Run check."]) from error
        return self._read[path]


def rendered_anew(rendered: Rendered, task: DocumentTask, *, draft: bool) -> Rendered:
    """The same template filled with other words."""
    word = _compiled(rendered.source, task.template.name, draft).render(task.context)
    return replace(rendered, task=task, filled=word)


def rendered_packet(
    office: Office, plan: PacketPlan, record: CaseRecord, scope: str, status: PacketStatus
) -> tuple[str, list[Rendered], Selection]:
    """Rendered twice: once to learn which facts are used, which make the id; then with the id in place."""
    templates = Templates()
    packet_id, _, selection = drafted(office, plan, record, scope, templates)
    rendered, selection = numbered(office, plan, record, selection, packet_id, status, templates)
    return packet_id, rendered, selection


def numbered(
    office: Office,
    plan: PacketPlan,
    record: CaseRecord,
    drafted_from: Selection,
    packet_id: str,
    status: PacketStatus,
    templates: Templates,
) -> tuple[list[Rendered], Selection]:
    """The documents with the number of their packet in place, and what they could draw on."""
    selection = select(
        office.site,
        plan,
        record,
        scope=drafted_from.scope,
        packet_id=packet_id,
        status=status.value,
        amendment=drafted_from.amendment,
    )
    return templates.render_all(selection, draft=status is PacketStatus.DRAFT), selection


def drafted(
    office: Office,
    plan: PacketPlan,
    record: CaseRecord,
    scope: str,
    templates: Templates | None = None,
    but: str = "",
) -> tuple[str, list[Rendered], Selection]:
    """The id of the packet that would be made, its documents without it, and what they could draw on. Raises
    PacketError.

    but: the number of the packet that is looked at, which does not amend itself
    """
    templates = templates or Templates()
    selection = select(office.site, plan, record, scope=scope)
    rendered = templates.render_all(selection, draft=True)
    begun = amendment_of(office, plan, record.case, selection.scope, but) if selection.scope else None
    if begun is not None:
        used = dict.fromkeys(fact for each in rendered for fact in each.filled.facts)
        amendment = with_changes(office, begun, [selection.facts[fact] for fact in used])
        selection = select(office.site, plan, record, scope=scope, amendment=amendment)
        rendered = templates.render_all(selection, draft=True)
    return _packet_id(plan, selection, rendered), rendered, selection


def _packet_id(plan: PacketPlan, selection: Selection, rendered: Sequence[Rendered]) -> str:
    """Hashes the facts used, everything printed but the day, and the templates: another telephone number of the
    office is another packet, another day is not."""
    used = sorted({fact for each in rendered for fact in each.filled.facts})
    values: list[Json] = [to_json(selection.facts[fact_id].value) for fact_id in used]
    printed: list[Json] = [
        [insertion.place, insertion.value]
        for each in rendered
        for insertion in each.filled.insertions
        if insertion.place not in DAYS
    ]
    templates = sorted({each.template for each in rendered})
    content = canonical_json({"facts": list(used), "values": values, "printed": printed})
    return short_id("packet", plan.name, selection.case, selection.scope, content, *templates)


# --- PDF and proof ---------------------------------------------------------------------------------


def converted(office: Office, rendered: Sequence[Rendered]) -> list[Converted]:
    """The PDF of each document, the one made before where the same was converted before; none without LibreOffice."""
    if find_libreoffice() is None:
        return []
    made = converted_once([each.filled.docx for each in rendered], office.kept_pdfs)
    failures = [
        f"{each.task.title}: {item.failure}"
        for each, item in zip(rendered, made, strict=True)
        if item.failure
    ]
    if failures:
        raise PacketError(failures)
    return made


def prepare_pdfs(office: Office, rendered: Sequence[Rendered]) -> None:
    """Converts documents of several packets together, for when their packets are made: starting LibreOffice for each
    packet costs as much as six documents. What cannot be converted is told when its own packet is made."""
    if rendered and find_libreoffice() is not None:
        converted_once([each.filled.docx for each in rendered], office.kept_pdfs, at_once=fitting_workers())


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
            prove(each.filled, pdfs[number], private_texts=hidden)
            if pdfs
            else prove_word(each.filled, private_texts=hidden)
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
    office: Office,
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
    from pipeline.run.eyes import not_as_seen  # noqa: PLC0415  # loads what reads, which a watcher does not need

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
            for failure in (
                *prove_packet(made.pdf, proved, packet=packet_id, draft=draft),
                *_misnumbered(tasks, made.first_pages),
            )
        ]
        if not failures:
            codes = [
                page_code(packet_id, each.id, page, len(each.text.pages), draft=draft)
                for each in proved
                for page in range(1, len(each.text.pages) + 1)
            ]
            failures += [
                f"The PDF for {recipient}: {failure}"
                for failure in not_as_seen(office, made.pdf, codes, [rendered[number].filled for number in own])
            ]
        files[f"{plan.name}-for-{recipient}.pdf"] = made.pdf
    if failures:
        raise PacketError(failures)
    return files


def _misnumbered(tasks: Sequence[DocumentTask], first_pages: Mapping[str, int]) -> Iterator[str]:
    """Documents that begin on another page of the PDF than a sheet before them says."""
    for sheet in tasks:
        for name, page in (sheet.front.starts if sheet.front else {}).items():
            if first_pages.get(name) != page:
                yield f"{sheet.title} says that {name} begins on page {page}, it begins on {first_pages.get(name)}."
