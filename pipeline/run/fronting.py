"""The cover sheet and the checklist of a packet, with page numbers: known only when all of it has been printed.

The documents are printed and proved first, and the sheets with them, still without numbers, which tells how many pages
these take. Then the sheets are filled again with the numbers, and once more where that changed how long they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as member

from pipeline.errors import PacketError
from pipeline.packets.front import ItemFound, Listed, with_pages
from pipeline.packets.tasks import DocumentTask, Front
from pipeline.rendering.onpaper import standings_of_word
from pipeline.rendering.pdf import Converted
from pipeline.rendering.proof import ProofReport
from pipeline.rendering.whereabouts import (
    Standing,
    standings_carried_over,
    standings_of_heading,
    standings_of_place,
)
from pipeline.run.office import Office
from pipeline.run.printing import converted, proofs_of
from pipeline.run.rendered import Rendered, rendered_anew
from pipeline.run.wordcodes import body_carried_over
from pipeline.showing import Blank
from pipeline.site import Site
from pipeline.site.frontfile import ChecklistItem
from pipeline.values import Json

MOST_ROUNDS = 3  # digits alone do not make a sheet longer and shorter by turns


@dataclass(frozen=True, slots=True)
class PrintedPacket:
    """Every sheet and document of a packet as it goes out. pdfs: none without LibreOffice

    items: what the checklist found, each once, with the pages of its own documents
    """

    rendered: tuple[Rendered, ...] = member(repr=False)
    pdfs: tuple[bytes, ...] = member(repr=False)
    reports: tuple[ProofReport, ...] = member(repr=False)
    items: tuple[ItemFound, ...] = ()


def printed_packet(office: Office, rendered: Sequence[Rendered], *, draft: bool) -> PrintedPacket:
    """The packet converted, proved, and its sheets filled with page numbers. Raises PacketError."""
    made = converted(office, rendered)
    papers = [number for number, each in enumerate(rendered) if each.task.front is None]
    proved = proofs_of([rendered[at] for at in papers], [made[at].pdf for at in papers] if made else [])
    reports = dict(zip((rendered[at].task.id for at in papers), proved, strict=True))
    if len(papers) == len(rendered):
        return PrintedPacket(tuple(rendered), tuple(each.pdf for each in made), tuple(proved))
    seen = _Seen(
        tuple(rendered),
        {name: _standings(office.site, rendered, name, report) for name, report in reports.items()},
    )
    sheets = [each for each in rendered if each.task.front is not None]
    pages = {each.task.id: item.pages for each, item in zip(rendered, made, strict=True)} if made else {}
    numbered, sheet_pdfs = _numbered(office, seen, sheets, pages, draft)
    sheet_reports = proofs_of(numbered, [each.pdf for each in sheet_pdfs])
    reports |= {each.task.id: report for each, report in zip(numbered, sheet_reports, strict=True)}
    anew = {each.task.id: each for each in numbered}
    pdfs = {each.task.id: item.pdf for each, item in zip(rendered, made, strict=True)} if made else {}
    pdfs |= {each.task.id: item.pdf for each, item in zip(numbered, sheet_pdfs, strict=True)} if made else {}
    whole = tuple(anew.get(each.task.id, each) for each in rendered)
    return PrintedPacket(
        whole,
        tuple(pdfs[each.task.id] for each in whole) if made else (),
        tuple(reports[each.task.id] for each in whole),
        seen.items(sheets),
    )


def _standings(
    site: Site, rendered: Sequence[Rendered], name: str, report: ProofReport
) -> tuple[Standing, ...]:
    """What stands in a document, with its pages where there is a PDF. An edited one is proved as mere words: which of
    them are values of the record is found by the document that was edited."""
    document = next(each for each in rendered if each.task.id == name)
    lines = _printed(document, report)
    if document.unedited is None:
        return lines
    return standings_carried_over(lines, body_carried_over(site, document))


def _printed(document: Rendered, report: ProofReport) -> tuple[Standing, ...]:
    if report.text is not None:
        if not report.standings:
            raise PacketError(
                [f"The PDF of {document.task.id} has no tags, so no page can be told. Make the packet again."]
            )
        return report.standings
    return standings_of_word(document.word)


def _numbered(
    office: Office, seen: _Seen, sheets: Sequence[Rendered], pages: Mapping[str, int], draft: bool
) -> tuple[list[Rendered], list[Converted]]:
    """The sheets with the numbers they are to say, and their PDFs; the numbers are right for just these PDFs."""
    for _ in range(MOST_ROUNDS):
        filled = [rendered_anew(each, seen.numbered(each, pages), draft=draft) for each in sheets]
        made = converted(office, filled)
        found = {each.task.id: item.pages for each, item in zip(filled, made, strict=True)} if made else {}
        if all(pages.get(name) == count for name, count in found.items()):
            return filled, made
        pages = {**pages, **found}
    raise PacketError(
        [
            "The cover sheet or the checklist takes another number of pages each time its page numbers are filled in. "
            "Give the column of the page numbers more room in its template."
        ]
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was found in the documents of a packet. standings: document → what stands where in it"""

    rendered: tuple[Rendered, ...]
    standings: Mapping[str, tuple[Standing, ...]]

    def numbered(self, sheet: Rendered, pages: Mapping[str, int]) -> DocumentTask:
        """The sheet as it must be filled in, if documents and sheets have so many pages; none where that is unknown."""
        front = sheet.task.front
        assert front is not None
        starts = self._starts(front, sheet.task.recipients[0], pages) if pages else {}
        titles = {each.task.id: each.task.title for each in self.rendered}
        listed = [
            Listed(titles[name], starts.get(name, 0), pages.get(name, 0))
            for name in front.holds
            if name != sheet.task.id
        ]
        found = [self._found(item, front.holds, starts) for item in front.items]
        return with_pages(sheet.task, listed, found, starts)

    def _starts(self, front: Front, recipient: str, pages: Mapping[str, int]) -> dict[str, int]:
        """The page of the recipient's PDF on which each document begins."""
        starts: dict[str, int] = {}
        page = 1
        for each in self.rendered:
            if recipient in each.task.recipients:
                starts[each.task.id] = page
                page += pages[each.task.id]
        return {name: starts[name] for name in front.holds}

    def items(self, sheets: Sequence[Rendered]) -> tuple[ItemFound, ...]:
        """What was found of each item that some checklist of the packet has, in the order of the first that has it."""
        names = tuple(each.task.id for each in self.rendered if each.task.front is None)
        wanted = dict.fromkeys(item for each in sheets if each.task.front for item in each.task.front.items)
        return tuple(self._found(item, names, dict.fromkeys(names, 1)) for item in wanted)

    def _found(self, item: ChecklistItem, names: Sequence[str], starts: Mapping[str, int]) -> ItemFound:
        """What stands of the item in the documents, on the pages of the PDF in which they begin there."""
        stands, is_open = False, True
        pages: set[int] = set()
        for each in self.rendered:
            task = each.task
            if task.document != item.document or task.id not in names or task.front is not None:
                continue
            found = self._standings_of(item, task.id)
            stands = stands or bool(found)
            is_open = is_open and _is_open(item, task, found)
            if task.id in starts:
                pages |= {starts[task.id] + page - 1 for standing in found for page in standing.pages}
        return ItemFound(item, stands, stands and is_open, tuple(sorted(pages)))

    def _standings_of(self, item: ChecklistItem, name: str) -> Sequence[Standing]:
        standings = self.standings[name]
        found = standings_of_place(standings, item.place) if item.place else []
        if not found and item.heading:
            found = standings_of_heading(standings, item.heading)
        return found if item.place or item.heading else standings


def item_json(found: ItemFound) -> Json:
    """An item of the checklist with what was found, as packet.json holds it."""
    state = "missing" if not found.stands else "open" if found.is_open else "found"
    return {
        "words": found.item.words,
        "document": found.item.document,
        "state": state,
        "pages": list(found.pages),
    }


def _is_open(item: ChecklistItem, task: DocumentTask, found: Sequence[Standing]) -> bool:
    """Whether there is only room for it: lines where values would be, or ticks of which none can be set."""
    if not item.place:
        return False
    if any(each.place for each in found):
        return all(each.blank for each in found)
    places = task.context.places
    return isinstance(places.get(item.place) or places.get(item.place.rpartition(".")[0]), Blank)
