"""Values longer than their place on a document: what does not fit continues on an addendum, with a reference both ways.

A state's layout gives a narrative so many characters and no more. Cut silently, a plan would say half of what was
meant; so the place ends with where it continues, and the addendum begins with where it comes from. Together they are
the whole value, but for the space between.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from pipeline.packets.tasks import DocumentTask
from pipeline.showing import Cell, Shown, ShownTable
from pipeline.site import Site
from pipeline.site.packetfile import DocumentPlan, PacketPlan

ITEMS, OF = "addendum.items", "addendum.of"
COLUMNS = {"number": "No.", "where": "Continued from", "text": "Continued text"}
CONTINUED = " [continued on the addendum, no. {}]"


@dataclass(frozen=True, slots=True)
class Rest:
    """What did not fit. where: the label of its place, and the row of a table."""

    where: str
    text: str
    facts: tuple[str, ...]


def with_addenda(
    site: Site,
    plan: PacketPlan,
    document: DocumentPlan,
    task: DocumentTask,
    room: Mapping[str, int] | None = None,
) -> Iterator[DocumentTask]:
    """The document, its long values cut where its places end; after it the addendum with the rest, if there is any.

    room: limits that were found by filling the document in
    """
    rests: list[Rest] = []
    places = dict(task.context.places)
    items = task.context.items
    for name, most in {**document.limits, **(room or {})}.items():
        table, _, column = name.rpartition(".")
        if name in task.context.forbidden:
            continue  # it is not shown, and its rest neither
        if name in places:
            places[name] = _cut(places[name], most, site.places[name].label, rests)
        elif table in places:
            label = f"{site.places[table].label}: {site.places[table].columns[column].label}"
            if items is None or task.context.item_place != table:
                places[table] = _cut_rows(places[table], column, most, label, rests)
                continue
            # Rows of others stand in documents of their own.
            cut = _cut_rows(items, column, most, label, rests)
            items = cut if isinstance(cut, ShownTable) else items
    item = items.rows[0] if items is not None and items.rows else task.context.item
    yield replace(task, context=replace(task.context, places=places, item=item, items=items))
    if rests and plan.addendum is not None:
        yield _addendum(plan, task, rests)


def _cut(cell: Cell, most: int, label: str, rests: list[Rest]) -> Cell:
    if not isinstance(cell, Shown) or len(cell.text) <= most:
        return cell
    shown, rest = cut_text(cell.text, most, len(rests) + 1)
    rests.append(Rest(label, rest, cell.facts))
    return Shown(shown, cell.codes, cell.facts)


def cut_text(text: str, most: int, number: int) -> tuple[str, str]:
    """What stands at its place, at most so many characters with the reference to the addendum, and the rest."""
    note = CONTINUED.format(number)
    at = _end_of_word(text, most - len(note))
    return text[:at] + note, text[at:].lstrip()


def _end_of_word(text: str, most: int) -> int:
    """Where to cut: before a space, so that no word is torn, unless one word is longer than the place."""
    at = max(text.rfind(mark, 0, most + 1) for mark in (" ", "\n"))
    return at if at > most // 2 else most


def _cut_rows(cell: Cell, column: str, most: int, label: str, rests: list[Rest]) -> Cell:
    if not isinstance(cell, ShownTable):
        return cell
    rows = tuple(
        {**row, column: _cut(row[column], most, f"{label}, row {number}", rests)}
        for number, row in enumerate(cell.rows, start=1)
    )
    return replace(cell, rows=rows)


def _addendum(plan: PacketPlan, task: DocumentTask, rests: list[Rest]) -> DocumentTask:
    assert plan.addendum is not None
    rows: tuple[Mapping[str, Cell], ...] = tuple(
        {
            "number": Shown(str(number)),
            "where": Shown(rest.where, (), rest.facts),
            "text": Shown(rest.text, (), rest.facts),
        }
        for number, rest in enumerate(rests, start=1)
    )
    facts = tuple(dict.fromkeys(fact for rest in rests for fact in rest.facts))
    places = {**task.context.places, ITEMS: ShownTable(rows, facts), OF: Shown(task.title)}
    return replace(
        task,
        id=f"{task.id}-addendum",
        title=f"Addendum to {task.title}",
        template=plan.addendum,
        context=replace(task.context, places=places),
    )
