"""Values of the record as people of the office read them in a document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from pipeline.model import Fact
from pipeline.showing import Blank, Cell, Shown, ShownTable
from pipeline.site import Site
from pipeline.site.record import RecordPlace
from pipeline.values import Kind, Row, Value, display, display_money


def options_of(site: Site, place: RecordPlace) -> Mapping[str, str]:
    return dict(place.options or (site.listed(place.listed) if place.listed else ()))


def shown(site: Site, place: RecordPlace, value: Value, facts: tuple[str, ...] = ()) -> Cell:
    """One value as a cell; a table becomes its rows, with a blank for every cell that is not there."""
    if place.kind is Kind.TABLE and isinstance(value, tuple):
        rows = tuple(_row(site, place, row, facts) for row in value if isinstance(row, dict))
        return ShownTable(rows, facts)
    labels = options_of(site, place)
    if isinstance(value, bool):
        return Shown(display(value), ("yes" if value else "no",), facts)
    if isinstance(value, tuple):
        codes = tuple(item for item in value if isinstance(item, str))
        return Shown("; ".join(labels.get(code, code) for code in codes), codes, facts)
    if isinstance(value, Decimal):
        return Shown(display_money(value) if place.kind is Kind.MONEY else display(value), (), facts)
    if isinstance(value, str) and labels:
        return Shown(labels.get(value, value), (value,), facts)
    return Shown(display(value), (str(value),), facts)


def _row(site: Site, place: RecordPlace, row: Row, facts: tuple[str, ...]) -> Mapping[str, Cell]:
    return {
        name: shown(site, column, row[name], facts) if name in row else _no_cell(place, column)
        for name, column in place.columns.items()
    }


def _no_cell(place: RecordPlace, column: RecordPlace) -> Cell:
    """What stands where a row says nothing: an unticked box is an answer, everything else a blank."""
    if column.kind is Kind.TICK:
        return Shown("No", ("no",))
    return Blank(f"{place.label}: {column.label}")


def blank(place: RecordPlace) -> Blank:
    columns = {name: f"{place.label}: {column.label}" for name, column in place.columns.items()}
    return Blank(place.label, columns)


NONE = "None"


def fact_cell(site: Site, place: RecordPlace, fact: Fact | None) -> Cell:
    """What is known at a place; an explicit "none" is an answer, and only what nobody said is a blank."""
    if fact is None:
        return blank(place)
    return (
        Shown(NONE, ("none",), (fact.id,)) if fact.value == "" else shown(site, place, fact.value, (fact.id,))
    )


def text(words: str) -> Shown:
    return Shown(words, (words,))


def day(when: date) -> Shown:
    return Shown(f"{when:%B} {when.day}, {when.year}")
