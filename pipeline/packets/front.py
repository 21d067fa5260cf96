"""The sheets that stand before a packet's documents: a cover with the list of them, and the checklist.

Recipients who get the same documents get the same sheets; nobody is told of pages that are not among their own. On
which page something stands is known only after everything was printed: until then, and without LibreOffice, the
sheets say that page numbers come with the PDF.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count, groupby

from pipeline.packets.tasks import DocumentTask, Front
from pipeline.rules import World
from pipeline.showing import Cell, Context, Shown, ShownTable
from pipeline.site.frontfile import CHECKLIST, COVER, ChecklistItem
from pipeline.site.packetfile import PacketPlan

CONTENTS, CONTENTS_PAGES = "contents.documents", "contents.pages"
ITEMS = "checklist.items"
COUNTS = ("total", "found", "open", "missing")
CONTENTS_COLUMNS = {"title": "Document", "page": "Page", "pages": "Pages"}
ITEM_COLUMNS = {"part": "Part", "number": "No.", "words": "Item", "page": "Page", "note": "Note"}
COVER_TITLE = "Cover sheet"
NOT_HERE = "not in this packet"
TO_FILL_IN = "to fill in"
WITH_PDF = "with the PDF"


@dataclass(frozen=True, slots=True)
class Listed:
    """A document as the cover lists it. page: on which it begins, 0 where that is not known."""

    title: str
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class ItemFound:
    """What was found of an item. is_open: only a line to fill it in; pages: empty where they are not known."""

    item: ChecklistItem
    stands: bool
    is_open: bool
    pages: tuple[int, ...]


def fronts_of(
    plan: PacketPlan,
    documents: Sequence[DocumentTask],
    places: Mapping[str, Cell],
    private: frozenset[str],
    world: World,
) -> tuple[DocumentTask, ...]:
    """The cover sheets and checklists of a packet, still without page numbers."""
    asked = [
        item
        for item in (plan.checklist.items if plan.checklist else ())
        if item.when is None or item.when.holds(world) is True
    ]
    copies: dict[tuple[tuple[str, ...], tuple[ChecklistItem, ...]], list[str]] = {}
    for recipient in dict.fromkeys(name for each in documents for name in each.recipients):
        own = tuple(each.id for each in documents if recipient in each.recipients)
        copies.setdefault((own, _items_for(plan, recipient, asked)), []).append(recipient)
    titles = {each.id: each.title for each in documents}
    fronts: list[DocumentTask] = []
    covers, checklists = count(1), count(1)
    for (own, items), recipients in copies.items():
        numbers = {COVER: next(covers), CHECKLIST: next(checklists) if items else 0}
        sheets = _sheets(plan, numbers, own, items, tuple(recipients), Context(places, private))
        names = titles | {sheet.id: sheet.title for sheet in sheets}
        fronts += [without_pages(sheet, names) for sheet in sheets]
    return tuple(fronts)


def _sheets(
    plan: PacketPlan,
    numbers: Mapping[str, int],
    own: tuple[str, ...],
    items: tuple[ChecklistItem, ...],
    recipients: tuple[str, ...],
    context: Context,
) -> list[DocumentTask]:
    """The cover and the checklist before these documents; numbers: where recipients get different ones"""
    sheets: list[DocumentTask] = []
    behind = own
    names = {kind: kind if number == 1 else f"{kind}-{number}" for kind, number in numbers.items()}
    if plan.checklist is not None and items:
        name, behind = names[CHECKLIST], (names[CHECKLIST], *own)
        title, template = plan.checklist.title, plan.checklist.template
        sheets = [DocumentTask(name, title, template, recipients, context, CHECKLIST, Front(behind, items))]
    if plan.cover is not None:
        name, front = names[COVER], Front((names[COVER], *behind))
        sheets = [DocumentTask(name, COVER_TITLE, plan.cover, recipients, context, COVER, front), *sheets]
    return sheets


def _items_for(plan: PacketPlan, recipient: str, asked: Sequence[ChecklistItem]) -> tuple[ChecklistItem, ...]:
    """The items of whoever gets the checklist: those in documents that this recipient may get."""
    if plan.checklist is None:
        return ()
    roles = [each for each in plan.checklist.recipients if f"{recipient}-".startswith(f"{each}-")]
    if not roles:
        return ()
    role = max(roles, key=len)  # of case and case-manager the one that is meant
    own = {document.id for document in plan.documents if role in document.recipients}
    return tuple(item for item in asked if item.document in own)


# --- what they say ----------------------------------------------------------------------------------


def without_pages(task: DocumentTask, titles: Mapping[str, str]) -> DocumentTask:
    """The sheet as it is before anything was printed."""
    assert task.front is not None
    listed = [Listed(titles[name], 0, 0) for name in task.front.holds if name != task.id]
    return with_pages(task, listed, [ItemFound(item, True, False, ()) for item in task.front.items], {})


def with_pages(
    task: DocumentTask, listed: Sequence[Listed], found: Sequence[ItemFound], starts: Mapping[str, int]
) -> DocumentTask:
    """The sheet with the pages that it is to say. listed: what follows it; starts: document → its first page"""
    assert task.front is not None
    context = replace(task.context, places={**task.context.places, **_contents(listed), **_checklist(found)})
    return replace(task, context=context, front=replace(task.front, starts=dict(starts)))


def _contents(listed: Sequence[Listed]) -> dict[str, Cell]:
    rows = [
        {
            "title": Shown(each.title),
            "page": Shown(str(each.page) if each.page else WITH_PDF),
            "pages": Shown(str(each.pages) if each.page else WITH_PDF),
        }
        for each in listed
    ]
    last = max((each.page + each.pages - 1 for each in listed if each.page), default=0)
    return {
        CONTENTS: ShownTable(tuple(rows)),
        CONTENTS_PAGES: Shown(str(last) if last else WITH_PDF),
    }


def _checklist(found: Sequence[ItemFound]) -> dict[str, Cell]:
    rows: list[Mapping[str, Cell]] = []
    numbered = enumerate(found, start=1)
    for part, items in groupby(numbered, key=lambda each: each[1].item.part):
        for at, (number, each) in enumerate(items):
            rows.append(
                {
                    "part": Shown("" if at else part),
                    "number": Shown(str(number)),
                    "words": Shown(each.item.words),
                    "page": Shown(_page_words(each), () if each.stands else ("missing",)),
                    "note": Shown(TO_FILL_IN if each.stands and each.is_open else ""),
                }
            )
    missing = sum(not each.stands for each in found)
    is_open = sum(each.stands and each.is_open for each in found)
    counts = (len(found), len(found) - missing - is_open, is_open, missing)
    told = {f"checklist.{name}": Shown(str(count)) for name, count in zip(COUNTS, counts, strict=True)}
    return {ITEMS: ShownTable(tuple(rows)), **told}


def _page_words(found: ItemFound) -> str:
    if not found.stands:
        return NOT_HERE
    return pages_in_words(found.pages) or WITH_PDF


def pages_in_words(pages: Sequence[int]) -> str:
    """`4, 9–11`: pages in order, those that follow each other as one."""
    runs: list[list[int]] = []
    for page in sorted(set(pages)):
        if runs and page == runs[-1][1] + 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in runs)
