"""Widgets that belong together on paper: cells of one number, boxes of one question, copies of one name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise, takewhile

from pipeline.drafting.labels import Print
from pipeline.model import Box
from pipeline.reading.seen import SeenWidget

YES, NO = frozenset({"yes", "y"}), frozenset({"no", "n"})
FEWEST_CELLS = 3  # two lone letters (M.I., a grade) are more often two boxes than one


class Shape(StrEnum):
    TEXT = "text"
    COMB = "comb"
    TICK = "tick"
    CHOICE = "choice"
    YES_NO = "yes-no"


@dataclass(frozen=True, slots=True)
class Unit:
    """Widgets of one field, those of the first page on which it stands, in reading order.

    texts: for marks, the words beside each widget.
    """

    shape: Shape
    widgets: tuple[SeenWidget, ...]
    texts: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        return self.widgets[0].name

    @property
    def page(self) -> int:
        return self.widgets[0].page

    @property
    def box(self) -> Box:
        boxes = [widget.box for widget in self.widgets]
        return Box(
            min(box.x0 for box in boxes),
            min(box.top for box in boxes),
            max(box.x1 for box in boxes),
            max(box.bottom for box in boxes),
        )


def units_of(widgets: Sequence[SeenWidget], around: Print) -> list[Unit]:
    """The fields of a blank before they have a name, in reading order."""
    named: dict[str, list[SeenWidget]] = {}
    for widget in sorted(widgets, key=_reading_order):
        if widget.name:
            named.setdefault(widget.name, []).append(widget)
    units = [_named_unit(group, around) for group in named.values()]
    units = _with_pairs(_with_runs(units), around)
    return sorted(units, key=lambda unit: _reading_order(unit.widgets[0]))


def _reading_order(widget: SeenWidget) -> tuple[int, int, float]:
    return widget.page, round(widget.box.top / 6), widget.box.x0


def _named_unit(group: Sequence[SeenWidget], around: Print) -> Unit:
    """Widgets of one name are one field: a question with several boxes, or copies of one box."""
    pages = tuple(dict.fromkeys(widget.page for widget in group))
    first = [widget for widget in group if widget.page == pages[0]]
    if not first[0].is_mark:
        return Unit(Shape.TEXT, (first[0],), pages=pages)
    states = {widget.found.state for widget in group}
    if len(states) < 2:
        return Unit(Shape.TICK, (first[0],), (_beside(first[0], around),), pages)
    texts = tuple(_beside(widget, around) for widget in first)
    shape = Shape.YES_NO if _yes_and_no(texts) else Shape.CHOICE
    return Unit(shape, tuple(first), texts, pages)


def _beside(widget: SeenWidget, around: Print) -> str:
    return around.right_of(widget) or around.left_words(widget.page, widget.box) or widget.found.state


def _yes_and_no(texts: Iterable[str]) -> bool:
    words = [text.lower() for text in texts]
    return len(words) == 2 and ((words[0] in YES and words[1] in NO) or (words[0] in NO and words[1] in YES))


def _with_runs(units: Sequence[Unit]) -> list[Unit]:
    """One-character boxes in a row joined into one comb."""
    cells = [
        u
        for u in units
        if u.shape is Shape.TEXT and 1 in (u.widgets[0].found.max_length, u.widgets[0].found.comb)
    ]
    cells.sort(key=lambda unit: (unit.page, round(unit.box.top / 4), unit.box.x0))
    runs: list[list[Unit]] = []
    for cell in cells:
        last = runs[-1][-1] if runs else None
        if last and last.page == cell.page and _adjoins(last.box, cell.box):
            runs[-1].append(cell)
        else:
            runs.append([cell])
    joined = [run for run in runs if len(run) >= FEWEST_CELLS]
    gone = {unit.name for run in joined for unit in run}
    combs = [Unit(Shape.COMB, tuple(u.widgets[0] for u in run), pages=(run[0].page,)) for run in joined]
    return [unit for unit in units if unit.name not in gone] + combs


def _adjoins(left: Box, right: Box) -> bool:
    """Whether a cell follows another of the same number: same height, and a dash's width away at most."""
    gap = right.x0 - left.x1
    return abs(left.top - right.top) < 3 and -2 <= gap <= 1.2 * max(left.width, 8)


def _with_pairs(units: Sequence[Unit], around: Print) -> list[Unit]:
    """A lone box called Yes and a lone box called No behind it on the line are one question."""
    ticks = [unit for unit in units if unit.shape is Shape.TICK]
    pairs: list[Unit] = []
    gone: set[str] = set()
    for one, other in pairwise(ticks):
        level = one.page == other.page and abs(one.box.centre[1] - other.box.centre[1]) < 5
        near = 0 < other.box.x0 - one.box.x1 < 150
        if level and near and one.name not in gone and _yes_and_no((one.texts[0], other.texts[0])):
            gone |= {one.name, other.name}
            texts = (one.texts[0], other.texts[0])
            pairs.append(Unit(Shape.YES_NO, (one.widgets[0], other.widgets[0]), texts, one.pages))
    return [unit for unit in units if unit.name not in gone] + pairs


def comb_patterns(unit: Unit, all_names: Iterable[str]) -> tuple[str, ...]:
    """A pattern with `*` for the cells of a comb and for nothing else; each cell's name where there is none."""
    names = [widget.name for widget in unit.widgets]
    alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    stem = "".join(letters[0] for letters in alike)
    others = [name for name in all_names if name not in names]
    if stem and stem[-1] not in ".[" and not any(name.startswith(stem) for name in others):
        return (f"{stem}*",)
    return tuple(names)
