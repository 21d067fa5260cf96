"""The months of a plan year, gathered: what providers reported on each outcome and each service.

Providers report calendar months, and a plan year may begin on any day. It has twelve plan months all the same:
the month in which it begins, and the eleven after it. Where it begins in mid-month it also ends in mid-month,
in the very month in which the next plan year begins: that month's report belongs to the next year. So every
report stands in one summary, and none in two. What a provider did in the days before the plan began stands in
the first month, since its report is one paper.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipeline.model import CaseRecord, Fact
from pipeline.packets.formatting import blank, shown
from pipeline.showing import Blank, Cell, Shown, ShownTable
from pipeline.site import Site
from pipeline.site.record import Scope
from pipeline.values import Month


def year_facts(record: CaseRecord, year: str) -> tuple[Fact, ...]:
    """Every fact of the twelve months of the plan year beginning on `year`."""
    return tuple(fact for _, fact in _months(record, year))


def _months(record: CaseRecord, year: str) -> Iterator[tuple[Month, Fact]]:
    if not year:
        return
    first = Month.of(date.fromisoformat(year))
    following = Month(first.year + 1, first.month)  # belongs to the next plan year
    for (_, scope), fact in sorted(record.facts.items()):
        try:
            month = Month.from_text(scope)
        except ValueError:
            continue
        if first <= month < following:
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
