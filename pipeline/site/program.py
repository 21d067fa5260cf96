"""The program the office works in, from `schemas/program.yaml`: waivers, services, calendar, terms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipeline.site.yamlfile import Mistakes, Place, Plain, load, suggestion

PROGRAM_KEYS = (
    "office",
    "time_zone",
    "access",
    "backup",
    "terms",
    "identifiers",
    "counties",
    "waivers",
    "services",
    "unit_kinds",
    "plan",
    "tcm",
    "calendar",
    "holidays",
    "unit_minutes",
    "rounding",
    "typed_signatures",
)


class Access(StrEnum):
    """What says who may open the folders people share: their modes, or lists of the file server (acl)."""

    MODES = "modes"
    ACL = "acl"


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number that people carry: its pattern and, where fixed, its length in characters."""

    pattern: str
    label: str
    example: str
    length: int


@dataclass(frozen=True, slots=True)
class Waiver:
    """cap: dollars a plan year, None where there is none per person. codes: services it covers."""

    code: str
    name: str
    cap: Decimal | None
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Service:
    code: str
    name: str
    unit_kind: str


@dataclass(frozen=True, slots=True)
class CalendarItem:
    """Something due some months and days after (negative: before) the day at the place `anchor`.

    repeat_months: how often it comes again, 0 for once
    """

    id: str
    title: str
    anchor: str
    offset_months: int
    offset_days: int
    repeat_months: int


@dataclass(frozen=True, slots=True)
class Program:
    """`tables` is the whole file with plain values, for the `program` and `lookup` expressions of rules.

    backup: file that the office's backup touches, or folder it writes to; empty where nobody named one
    """

    office: Mapping[str, str]
    time_zone: ZoneInfo
    access: Access
    backup: str
    terms: Mapping[str, str]
    identifiers: Mapping[str, Identifier]
    counties: tuple[str, ...]
    waivers: Mapping[str, Waiver]
    services: Mapping[str, Service]
    unit_kinds: Mapping[str, str]
    calendar: tuple[CalendarItem, ...]
    accepts_typed_signatures: bool
    tables: Plain

    def cell(self, path: str) -> Plain:
        """The plain value at a dotted path, None when it is not there."""
        found: Plain = self.tables
        for name in path.split("."):
            if not isinstance(found, dict) or name not in found:
                return None
            found = found[name]
        return found


def load_program(path: Path, root: Path, mistakes: Mistakes) -> Program:
    top = load(path, root, mistakes)
    top.only(*PROGRAM_KEYS)
    services = {code: _service(code, place) for code, place in top.need("services").pairs()}
    unit_kinds = top.need("unit_kinds").text_map()
    for code, place in top.at("services").pairs():
        if (kind := services[code].unit_kind) not in unit_kinds:
            place.at("unit_kind").wrong(f'no unit kind "{kind}".{suggestion(kind, unit_kinds)}')
    waivers = {code: _waiver(code, place) for code, place in top.need("waivers").pairs()}
    for _, place in top.at("waivers").pairs():
        for covered in place.at("codes").items():
            if covered.text() not in services:
                covered.wrong(f'no service "{covered.text()}".{suggestion(covered.text(), services)}')
    return Program(
        office=top.need("office").text_map(),
        time_zone=_time_zone(top.need("time_zone")),
        access=Access(top.at("access").one_of(tuple(Access), Access.MODES)),
        backup=top.at("backup").text(),
        terms=top.need("terms").text_map(),
        identifiers={name: _identifier(place) for name, place in top.need("identifiers").pairs()},
        counties=top.need("counties").texts(),
        waivers=waivers,
        services=services,
        unit_kinds=unit_kinds,
        calendar=tuple(_calendar_item(name, place) for name, place in top.at("calendar").pairs()),
        accepts_typed_signatures=top.at("typed_signatures").text("accept") == "accept",
        tables=top.plain(),
    )


def _time_zone(place: Place) -> ZoneInfo:
    name = place.text("UTC")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        place.wrong(f'no time zone "{name}"; a name like America/Chicago is wanted')
        return ZoneInfo("UTC")


def _identifier(place: Place) -> Identifier:
    pattern = place.need("pattern")
    try:
        re.compile(pattern.text())
    except re.error as failure:
        pattern.wrong(f"is not a regular expression: {failure.msg}")
    return Identifier(
        pattern.text(), place.need("label").text(), place.at("example").text(), place.at("length").whole()
    )


def _waiver(code: str, place: Place) -> Waiver:
    return Waiver(code, place.need("name").text(), _dollars(place.at("cap")), place.at("codes").texts())


def _dollars(place: Place) -> Decimal | None:
    if place.plain() is None:
        return None
    try:
        return Decimal(place.text().replace(",", ""))
    except InvalidOperation:
        place.wrong("is not an amount of money")
        return None


def _service(code: str, place: Place) -> Service:
    return Service(code, place.need("name").text(), place.need("unit_kind").text())


def _calendar_item(name: str, place: Place) -> CalendarItem:
    place.only("title", "anchor", "offset_months", "offset_days", "repeat_months", "source", "verify")
    return CalendarItem(
        name,
        place.need("title").text(),
        place.need("anchor").text(),
        place.at("offset_months").whole(),
        place.at("offset_days").whole(),
        place.at("repeat_months").whole(),
    )
