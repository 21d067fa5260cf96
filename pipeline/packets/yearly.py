"""The months of a plan year, gathered: what providers reported on each outcome and each service."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipeline.model import CaseRecord, Fact
from pipeline.packets.formatting import blank, shown
from pipeline.rules import add_years
from pipeline.showing import Blank, Cell, Shown, ShownTable
from pipeline.site import Site
from pipeline.site.record import Scope
from pipeline.values import Month


def year_facts(record: CaseRecord, year: str) -> tuple[Fact, ...]:
    """Every fact of a month that lies in the plan year beginning on `year`."""
    return tuple(fact for _, fact in _months(record, year))


def _months(record: CaseRecord, year: str) -> Iterator[tuple[Month, Fact]]:
    if not year:
        return
    start = date.fromisoformat(year)
    first, last = Month.of(start), Month.of(date.fromordinal(add_years(start, 1).toordinal() - 1))
    for (_, scope), fact in sorted(record.facts.items()):
        try:
            month = Month.from_text(scope)
        except ValueError:
            continue
        if first <= month <= last:
            yield month, fact


def year_places(site: Site, record: CaseRecord, year: str) -> dict[str, Cell]:
    """Each table of the months, over the whole plan year, with a column `month` in front."""
    places: dict[str, Cell] = {}
    found = list(_months(record, year))
    for name, place in site.places.items():
        if place.scope is not Scope.MONTH:
            continue
        rows: list[dict[str, Cell]] = []
        facts: list[str] = []
        for month, fact in found:
            if fact.place != name:
                continue
            facts.append(fact.id)
            cell = shown(site, place, fact.value, (fact.id,))
            if isinstance(cell, ShownTable):
                rows += [{"month": Shown(f"{month.first_day():%B} {month.year}"), **row} for row in cell.rows]
        if rows:
            places[name] = ShownTable(tuple(rows), tuple(facts))
        else:
            empty = blank(place)
            places[name] = Blank(empty.label, {"month": f"{place.label}: Month", **empty.columns})
    return places
