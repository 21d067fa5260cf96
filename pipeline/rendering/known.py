"""The names a template of a site may use: the places of its record and what packets add to them."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.rendering.names import KnownPlace
from pipeline.site import Site
from pipeline.site.record import RecordPlace, Scope
from pipeline.values import Kind

# What packets add to the record; described in docs/formats.md. A test compares this with what they hand over.
PACKET_NAMES: Mapping[str, tuple[str, ...]] = {
    "packet": ("id", "title", "code", "date", "status"),
    "case": ("id",),
    "person": ("age",),
    "coordinator": ("name", "initials", "phone", "email"),
    "waiver": ("name", "cap", "headroom"),
    "budget": ("amount", "units", "count"),
}
# Only in a document made for each row (`for_each`).
ROW_NAMES: Mapping[str, tuple[str, ...]] = {
    "provider": ("name", "number", "npi", "phone", "email", "address", "city", "state", "zip"),
    "totals": ("amount", "units", "count"),
}


def known_places(site: Site, *, for_each: bool = False) -> dict[str, KnownPlace]:
    """Every name a template may use. for_each: whether its document is made for each row of a table."""
    known = {name: _known(site, place) for name, place in site.places.items()}
    known |= {f"office.{name}": KnownPlace() for name in site.program.office}
    known |= {f"terms.{name}": KnownPlace() for name in site.program.terms}
    names = {**PACKET_NAMES, **(ROW_NAMES if for_each else {})}
    known |= {f"{top}.{name}": KnownPlace() for top, found in names.items() for name in found}
    return known | {"today": KnownPlace()}


def _known(site: Site, place: RecordPlace) -> KnownPlace:
    if place.kind is not Kind.TABLE:
        return KnownPlace(codes=_codes(site, place))
    columns = tuple(place.columns)
    if place.scope is Scope.MONTH:
        columns = ("month", *columns)  # gathered over the plan year, each row says its month
    codes = {name: _codes(site, column) for name, column in place.columns.items()}
    return KnownPlace(columns=columns, column_codes=codes)


def _codes(site: Site, place: RecordPlace) -> tuple[str, ...]:
    """The answers a place can hold; empty where any text may stand."""
    if place.kind in (Kind.YES_NO, Kind.TICK):
        return ("yes", "no")
    options = place.options or (site.listed(place.listed) if place.listed else ())
    return tuple(code for code, _ in options)
