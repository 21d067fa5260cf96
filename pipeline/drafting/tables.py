"""Rows that repeat: numbered boxes under each other become a table with columns.

A table needs two columns and two rows. The number may stand anywhere in the name (`Income[2].Amount[0]`,
`amount_2`, `Row2.Cell4`); the boxes of a column must lie under each other on one page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as member
from itertools import pairwise

from pipeline.drafting.labels import Print
from pipeline.drafting.units import Shape, Unit

ALIGNED = 3.0  # points
FEWEST = 2  # columns, and rows


@dataclass(frozen=True, slots=True)
class Column:
    """Cells by row number; key: what tells the column from its neighbours in the widgets' names."""

    key: str
    cells: dict[int, Unit]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of a blank; rows are numbered from 1. stem: the name before the row's number."""

    stem: str
    columns: tuple[Column, ...]
    rows: int

    @property
    def units(self) -> list[Unit]:
        return [cell for column in self.columns for cell in column.cells.values()]


@dataclass(slots=True)
class _Hole:
    """Units whose names differ in one number only, by that number."""

    before: str
    behind: str
    units: dict[int, Unit] = member(default_factory=dict)

    @property
    def speaks(self) -> bool:
        """Whether the name says both row and column (`Income[2].Amount`)."""
        return bool(re.search(r"[A-Za-z]", self.before)) and bool(re.search(r"[A-Za-z]", self.behind))


def grids_of(units: Sequence[Unit], around: Print) -> list[Grid]:
    """The tables of a blank; no unit is in two."""
    found: list[Grid] = []
    taken: set[str] = set()
    columns = [hole for hole in _holes(units) if len(hole.units) >= FEWEST]
    for group in _tables(columns):
        free = [hole for hole in group if not any(unit.name in taken for unit in hole.units.values())]
        if len(free) < FEWEST or not (free[0].speaks or _without_own_words(free, around)):
            continue
        grid = _grid(free)
        taken |= {unit.name for unit in grid.units}
        found.append(grid)
    return found


def _holes(units: Sequence[Unit]) -> list[_Hole]:
    holes: dict[tuple[object, ...], _Hole] = {}
    for unit in units:
        if unit.shape is Shape.COMB or len(unit.pages) > 1:
            continue
        for match in re.finditer(r"\d+", unit.name):
            before, behind = unit.name[: match.start()], unit.name[match.end() :]
            across = round(unit.box.x0 / ALIGNED), round(unit.box.width / ALIGNED)
            hole = _Hole(before, behind)
            page = () if hole.speaks else (unit.page,)  # a long table goes on on the next page
            holes.setdefault((*page, before, behind, unit.shape, *across), hole).units[int(match[0])] = unit
    return [hole for hole in holes.values() if _falls(hole)]


def _falls(hole: _Hole) -> bool:
    """Whether the boxes lie under each other in the order of their numbers, not just one on each page."""
    places = [(unit.page, unit.box.top) for _, unit in sorted(hole.units.items())]
    falling = all(one[0] < other[0] or other[1] - one[1] > 4 for one, other in pairwise(places))
    return falling and len({page for page, _ in places}) < max(len(places), 2) and places == sorted(places)


def _tables(columns: Sequence[_Hole]) -> list[list[_Hole]]:
    """Columns of one table: the same name before the number, else rows at the same heights. Largest first."""
    groups: dict[tuple[object, ...], list[_Hole]] = {}
    for hole in columns:
        first = next(iter(hole.units.values()))
        key: tuple[object, ...] = (hole.before,)
        if not hole.speaks:
            key = (first.page, *(round(unit.box.centre[1] / 4) for unit in hole.units.values()))
        groups.setdefault(key, []).append(hole)
    return sorted(groups.values(), key=lambda group: -sum(len(hole.units) for hole in group))


def _without_own_words(columns: Sequence[_Hole], around: Print) -> bool:
    """Whether at most one column has different words at each of its rows, as a column of a table has not."""
    own = 0
    for hole in columns:
        words = {around.label(unit.widgets[0], unit.box) for unit in hole.units.values()} - {""}
        own += len(words) > max(1, len(hole.units) // 2)
    return own <= 1


def _grid(columns: Sequence[_Hole]) -> Grid:
    numbers = sorted({number for hole in columns for number in hole.units})
    ordered = sorted(columns, key=lambda hole: next(iter(hole.units.values())).box.x0)
    return Grid(
        stem=ordered[0].before if ordered[0].speaks else "",
        columns=tuple(
            Column(
                hole.behind if hole.speaks else hole.before,
                {_row(hole, numbers, number): unit for number, unit in hole.units.items()},
            )
            for hole in ordered
        ),
        rows=len(numbers) if ordered[0].speaks else len(ordered[0].units),
    )


def _row(hole: _Hole, numbers: Sequence[int], number: int) -> int:
    """The row of a cell, from 1. Where the name says only one number, its place in the column is the row."""
    return 1 + (numbers.index(number) if hole.speaks else sorted(hole.units).index(number))
