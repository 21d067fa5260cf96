"""A packet's documents on their way to paper: filled in, made PDFs, proved, and put together for each recipient.

The id of a packet hashes the facts and the template parts it used, never the clock: the same facts give the
same packet, byte for byte. Nothing is put into the archive here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from pipeline.errors import PacketError
from pipeline.model import CaseRecord, PacketStatus, canonical_json, short_id
from pipeline.packets import DocumentTask, Selection, select
from pipeline.packets.formatting import NONE
from pipeline.rendering.assemble import PacketDocument, assemble
from pipeline.rendering.formpaper import RenderedForm, RenderedPaper
from pipeline.rendering.packetproof import ProvedDocument, prove_packet
from pipeline.rendering.pagetext import PdfText
from pipeline.rendering.pdf import Converted, find_libreoffice
from pipeline.rendering.pdfcache import Conversion, converted_once
from pipeline.rendering.proof import ProofReport, prove, prove_word
from pipeline.rendering.stamps import page_code
from pipeline.run.amending import amendment_of, with_changes
from pipeline.run.crew import fitting_workers
from pipeline.run.formroom import refuse_problems, room_in_forms
from pipeline.run.office import Office
from pipeline.run.rendered import Rendered, Templates
from pipeline.showing import Context, Shown, ShownTable
from pipeline.site.packetfile import PacketPlan
from pipeline.values import Json, to_json

DAYS = ("today", "packet.date")

# --- rendering ------------------------------------------------------------------------------------


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
        room=drafted_from.room,
    )
    rendered = templates.render_all(selection, draft=status is PacketStatus.DRAFT)
    refuse_problems(rendered)
    return rendered, selection


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
    if room := room_in_forms(office.site, plan, rendered):
        selection = select(office.site, plan, record, scope=scope, amendment=selection.amendment, room=room)
        rendered = templates.render_all(selection, draft=True)
    refuse_problems(rendered)
    return _packet_id(plan, selection, rendered), rendered, selection


def _packet_id(plan: PacketPlan, selection: Selection, rendered: Sequence[Rendered]) -> str:
    """Hashes the facts used, everything printed but the day, for whom, and the templates: another telephone number of
    the office is another packet, and so is a guardian who gets a copy now; another day is not."""
    used = sorted({fact for each in rendered for fact in each.filled.facts})
    values: list[Json] = [to_json(selection.facts[fact_id].value) for fact_id in used]
    printed: list[Json] = [
        [insertion.place, insertion.value]
        for each in rendered
        for insertion in each.filled.insertions
        if insertion.place not in DAYS
    ]
    documents: list[Json] = [
        [each.task.id, each.task.title, list(each.task.recipients), _own_words(each.filled)]
        for each in rendered
    ]
    templates = sorted({digest for each in rendered for digest in each.inputs.values()})
    content = canonical_json(
        {"facts": list(used), "values": values, "printed": printed, "documents": documents}
    )
    return short_id("packet", plan.name, selection.case, selection.scope, content, *templates)


def _own_words(filled: RenderedPaper) -> str:
    """A hash of what the template itself says: a condition may choose words, or tick a box, by what is printed
    nowhere."""
    if isinstance(filled, RenderedForm):
        undated = [
            each for each in filled.words.fields if not {it.place for it in each.insertions} & set(DAYS)
        ]
        pieces = [f"{each.name}\n{filled.words.values.get(each.name, '')}" for each in undated]
    else:
        pieces = [piece for story in filled.stories for piece in story.pieces if isinstance(piece, str)]
    return hashlib.sha256("\n".join(pieces).encode()).hexdigest()


# --- PDF and proof ---------------------------------------------------------------------------------


def converted(office: Office, rendered: Sequence[Rendered]) -> list[Converted]:
    """The PDF of each document, the one made before where the same was converted before; none where there are Word
    documents and no LibreOffice."""
    words = [each for each in rendered if not each.is_form]
    if words and find_libreoffice() is None:
        return []
    made = converted_once([each.word.docx for each in words], office.kept_pdfs) if words else []
    failures = [
        f"{each.task.title}: {item.failure}" for each, item in zip(words, made, strict=True) if item.failure
    ]
    if failures:
        raise PacketError(failures)
    pdfs = iter(made)
    return [
        Converted(each.filled.flat, each.filled.pages)
        if isinstance(each.filled, RenderedForm)
        else next(pdfs)
        for each in rendered
    ]


@contextmanager
def pdfs_begun(office: Office, rendered: Sequence[Rendered]) -> Iterator[None]:
    """Converts documents of several packets together, beside what is done meanwhile; they are kept at the end.

    Starting LibreOffice for each packet costs as much as six documents. What cannot be converted is told when its
    own packet is made.
    """
    words = [each.word.docx for each in rendered if not each.is_form]
    if not words or find_libreoffice() is None:
        yield
        return
    with Conversion(words, office.kept_pdfs, at_once=fitting_workers()) as conversion:
        yield
        conversion.made()


def _hidden_texts(context: Context) -> Iterator[tuple[str, str]]:
    """Place → text of everything that a document may not show: of tables, each private cell. That there is none of
    something is said in a word that may stand anywhere."""
    for name, cell in context.places.items():
        if isinstance(cell, ShownTable):
            for number, row in enumerate(cell.rows, start=1):
                for column, found in row.items():
                    hidden = {name, f"{name}.{column}"} & context.forbidden
                    if hidden and isinstance(found, Shown):
                        yield f"{name}.{number}.{column}", found.text
        elif name in context.forbidden and isinstance(cell, Shown) and cell.text != NONE:
            yield name, cell.text


def proofs_of(rendered: Sequence[Rendered], pdfs: Sequence[bytes]) -> list[ProofReport]:
    """The proof of every document. Raises PacketError when one fails: such a packet is not released."""
    reports: list[ProofReport] = []
    for number, each in enumerate(rendered):
        hidden = dict(_hidden_texts(each.task.context))
        if isinstance(each.filled, RenderedForm):
            reports.append(each.filled.prove(hidden))
        elif pdfs:
            reports.append(prove(each.filled, pdfs[number], private_texts=hidden))
        else:
            reports.append(prove_word(each.filled, private_texts=hidden))
    failures = [
        f"{each.task.title}: {failure}"
        for each, report in zip(rendered, reports, strict=True)
        for failure in report.failures
    ]
    if failures:
        raise PacketError(failures)
    return reports


def form_file(packet_id: str, rendered: Rendered, report: ProofReport, *, draft: bool) -> bytes:
    """The filled form as it lies beside the Word documents, with or without LibreOffice: its proved pages under their
    codes, on a draft with its mark. It has no fields left: what somebody typed over the proved values nobody would see.
    """
    assert isinstance(rendered.filled, RenderedForm)
    assert report.text is not None
    task = rendered.task
    document = PacketDocument(task.id, task.title, rendered.filled.flat)
    made = assemble([document], packet=packet_id, title=task.title, draft=draft, counted=False)
    proved = ProvedDocument(task.id, report.text)
    if failures := prove_packet(made.pdf, [proved], packet=packet_id, draft=draft, counted=False):
        raise PacketError([f"{task.title}: {failure}" for failure in failures])
    return made.pdf


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
    draft = status is PacketStatus.DRAFT
    files: dict[str, bytes] = {}
    failures: list[str] = []
    for recipient in dict.fromkeys(name for each in rendered for name in each.task.recipients):
        own = [number for number, each in enumerate(rendered) if recipient in each.task.recipients]
        papers = [rendered[number] for number in own]
        documents = [PacketDocument(rendered[at].task.id, rendered[at].task.title, pdfs[at]) for at in own]
        made = assemble(documents, packet=packet_id, title=plan.title, draft=draft)
        proved = [ProvedDocument(rendered[at].task.id, reports[at].text or PdfText((), "")) for at in own]
        wrong = prove_packet(made.pdf, proved, packet=packet_id, draft=draft)
        wrong += _misnumbered([each.task for each in papers], made.first_pages)
        if not (failures or wrong):
            wrong = _not_as_seen(office, packet_id, made.pdf, papers, proved, draft=draft)
        failures += [f"The PDF for {recipient}: {failure}" for failure in wrong]
        files[f"{plan.name}-for-{recipient}.pdf"] = made.pdf
    if failures:
        raise PacketError(failures)
    return files


def _not_as_seen(
    office: Office,
    packet_id: str,
    pdf: bytes,
    papers: Sequence[Rendered],
    proved: Sequence[ProvedDocument],
    *,
    draft: bool,
) -> list[str]:
    """What the pictures of the pages do not show: their codes, and values of the documents."""
    from pipeline.run.eyes import not_as_seen  # noqa: PLC0415  # loads what reads, which a watcher does not need

    codes = [
        page_code(packet_id, each.id, page, len(each.text.pages), draft=draft)
        for each in proved
        for page in range(1, len(each.text.pages) + 1)
    ]
    return list(not_as_seen(office, pdf, codes, [each.filled for each in papers]))


def _misnumbered(tasks: Sequence[DocumentTask], first_pages: Mapping[str, int]) -> Iterator[str]:
    """Documents that begin on another page of the PDF than a sheet before them says."""
    for sheet in tasks:
        for name, page in (sheet.front.starts if sheet.front else {}).items():
            if first_pages.get(name) != page:
                yield f"{sheet.title} says that {name} begins on page {page}, it begins on {first_pages.get(name)}."
