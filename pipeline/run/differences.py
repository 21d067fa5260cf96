"""What a plan year says otherwise than the one before: for the annual review, where people ask what is new."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as member
from datetime import date
from typing import TypeAlias

from pipeline.errors import PacketError
from pipeline.model import CaseRecord, Fact
from pipeline.packets.formatting import fact_cell
from pipeline.run.office import Office
from pipeline.showing import Cell, Shown, ShownTable
from pipeline.site.record import RecordPlace, Scope
from pipeline.values import Json, Kind

NOTHING = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place, or one row of a table, that two plan years say otherwise. before, after: empty where nothing."""

    label: str
    before: str = member(repr=False)
    after: str = member(repr=False)

    def as_json(self) -> dict[str, Json]:
        return {"label": self.label, "before": self.before, "after": self.after}


def plan_differences(
    office: Office, case: str, before: str = "", after: str = ""
) -> tuple[str, str, tuple[Difference, ...]]:
    """The two plan years and what differs between them. The newest two when none is named. Raises PacketError."""
    record = office.record(case)
    years = record.scopes("plan.start")
    after = after or (years[-1] if years else "")
    earlier = [year for year in years if year < after]
    before = before or (earlier[-1] if earlier else "")
    for year in (before, after):
        if year not in years:
            on_file = ", ".join(years) or "none"
            why = f"No plan year begins on {year}" if year else "Two plan years are needed to compare them"
            raise PacketError([f"{why}. On file: {on_file}."])
    found = [
        difference
        for place in office.site.places.values()
        if place.scope is Scope.PLAN_YEAR
        for difference in _differences(office, record, place, before, after)
    ]
    return before, after, tuple(found)


def _differences(
    office: Office, record: CaseRecord, place: RecordPlace, before: str, after: str
) -> Iterator[Difference]:
    one, other = _cell(office, record, place, before), _cell(office, record, place, after)
    years = date.fromisoformat(after).year - date.fromisoformat(before).year
    yield from differences_of(place, one, other, years)


def differences_of(
    place: RecordPlace, one: Cell | None, other: Cell | None, years: int = 0
) -> Iterator[Difference]:
    """What two cells of a place say otherwise, row by row in a table.

    years: by how many the second is later; its rows are those of the first with their days so many years on
    """
    if isinstance(one, ShownTable) or isinstance(other, ShownTable):
        days = (
            {name for name, column in place.columns.items() if column.kind is Kind.DATE} if years else set()
        )
        later = _Later(tuple(name for name in place.key if name not in days), frozenset(days), years)
        yield from _rows(place, later, _by_key(later, one), _by_key(later, other))
    elif _text(one) != _text(other):
        yield Difference(place.label, _text(one), _text(other))


def _cell(office: Office, record: CaseRecord, place: RecordPlace, year: str) -> Cell | None:
    fact: Fact | None = record.fact(place.name, year) or record.retractions.get((place.name, year))
    return None if fact is None else fact_cell(office.site, place, fact)


_Key: TypeAlias = tuple[str, ...]
_Texts: TypeAlias = Mapping[str, str]
"""Column → what a row says there; the one entry "" where a table is no table, but "None"."""


@dataclass(frozen=True, slots=True)
class _Later:
    """How rows are laid beside each other. key: the columns that tell them apart; days: columns of days, which may be
    so many years on"""

    key: tuple[str, ...]
    days: frozenset[str]
    years: int

    def is_same(self, column: str, one: str, other: str) -> bool:
        month_and_day, _, year = one.rpartition("/")
        moved = (
            column in self.days and year.isdecimal() and f"{month_and_day}/{int(year) + self.years}" == other
        )
        return moved or one == other


def _rows(
    place: RecordPlace, later: _Later, before: Mapping[_Key, _Texts], after: Mapping[_Key, _Texts]
) -> Iterator[Difference]:
    """Row by row. Of a row that both have, only the columns that differ."""
    for key in dict.fromkeys((*before, *after)):
        one, other = before.get(key, {}), after.get(key, {})
        same = {name for name in one if name in other and later.is_same(name, one[name], other[name])}
        if one.keys() == other.keys() == same:
            continue
        named = [text for text in (one or other).items() if text[0] in later.key and text[1]]
        label = ": ".join((place.label, *[", ".join(text for _, text in named)] * bool(named)))
        told = {name for name, _ in named} | (same if one and other else set())
        yield Difference(label, _words(place, one, told), _words(place, other, told))


def _words(place: RecordPlace, row: _Texts, told: Collection[str]) -> str:
    labels = {name: column.label for name, column in place.columns.items()}
    said = ((labels.get(name, ""), text) for name, text in row.items() if name not in told and text)
    return "; ".join(f"{label}: {text}" if label else text for label, text in said)


def _by_key(later: _Later, cell: Cell | None) -> dict[_Key, _Texts]:
    """The rows of a table by what tells them apart: its key, else all that they say."""
    if cell is None or isinstance(cell, Shown):
        return {(): {"": cell.text}} if isinstance(cell, Shown) else {}
    if not isinstance(cell, ShownTable):
        return {}
    found: dict[_Key, _Texts] = {}
    for row in cell.rows:
        texts = {name: _text(each) for name, each in row.items()}
        key = tuple(texts[name] for name in later.key) or tuple(texts.values())
        while key in found:  # two rows with one key are two rows
            key = (*key, "")
        found[key] = texts
    return found


def _text(cell: Cell | None) -> str:
    return cell.text if isinstance(cell, Shown) else NOTHING
