"""What documents show besides places of the record: the office, the people who work for it, and sums.

Every sum is made here, in Decimal, from the same rows the document lists, so the two cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from pipeline.model import CaseRecord
from pipeline.packets.formatting import day, text
from pipeline.showing import Blank, Cell, Shown
from pipeline.site import Site
from pipeline.site.packetfile import PacketPlan
from pipeline.values import Row, Value, cents, display, display_money


def office_places(site: Site) -> dict[str, Cell]:
    places: dict[str, Cell] = {f"office.{name}": text(words) for name, words in site.program.office.items()}
    return places | {f"terms.{name}": text(words) for name, words in site.program.terms.items()}


def packet_places(plan: PacketPlan, case: str, as_of: date, packet_id: str, status: str) -> dict[str, Cell]:
    return {
        "packet.id": text(packet_id),
        "packet.title": text(plan.title),
        "packet.code": text(plan.code),
        "packet.date": day(as_of),
        "packet.status": text(status),
        "case.id": text(case),
        "today": day(as_of),
    }


def _known(label: str, words: str) -> Cell:
    return text(words) if words else Blank(label)


def coordinator_places(site: Site, code: Value | None, facts: tuple[str, ...]) -> dict[str, Cell]:
    found = site.staff.coordinators.get(str(code)) if code is not None else None
    if found is None:
        return {
            f"coordinator.{name}": Blank(f"Support coordinator: {label}")
            for name, label in (
                ("name", "name"),
                ("initials", "initials"),
                ("phone", "telephone"),
                ("email", "e-mail"),
            )
        }
    return {
        "coordinator.name": Shown(found.name, (str(code),), facts),
        "coordinator.initials": _known("Support coordinator: initials", found.initials),
        "coordinator.phone": _known("Support coordinator: telephone", found.phone),
        "coordinator.email": _known("Support coordinator: e-mail", found.email),
    }


def provider_places(site: Site, code: Value | None) -> dict[str, Cell]:
    """The provider of the rows a document is made for."""
    found = site.staff.providers.get(str(code)) if code is not None else None
    labels = ("name", "number", "npi", "phone", "email", "address", "city", "state", "zip")
    values: Mapping[str, str] = (
        {}
        if found is None
        else {
            "name": found.name,
            "number": found.number or found.code,
            "npi": found.npi,
            "phone": found.phone,
            "email": found.email,
            "address": found.address,
            "city": found.city,
            "state": found.state,
            "zip": found.zip,
        }
    )
    return {f"provider.{name}": _known(f"Provider: {name}", values.get(name, "")) for name in labels}


def waiver_places(site: Site, code: Value | None, total: Decimal, facts: tuple[str, ...]) -> dict[str, Cell]:
    """The waiver of the plan, its cap, and what the services leave of it."""
    waiver = site.program.waivers.get(str(code)) if code is not None else None
    if waiver is None:
        return {
            "waiver.name": Blank("Waiver"),
            "waiver.cap": Blank("Waiver cap"),
            "waiver.headroom": Blank("Left under the cap"),
        }
    no_cap = text("No cap per person")
    return {
        "waiver.name": Shown(waiver.name, (waiver.code,), facts),
        "waiver.cap": no_cap if waiver.cap is None else Shown(display_money(waiver.cap), ("capped",)),
        "waiver.headroom": no_cap if waiver.cap is None else Shown(display_money(waiver.cap - total)),
    }


def sum_of(rows: Sequence[Row], column: str) -> Decimal:
    return cents(sum((cell for row in rows if isinstance(cell := row.get(column), Decimal)), Decimal(0)))


def total_places(rows: Sequence[Row], name: str) -> dict[str, Cell]:
    """`NAME.amount`, `NAME.units`, `NAME.count`: sums over rows, as written under the table."""
    units = sum((cell for row in rows if isinstance(cell := row.get("units"), Decimal)), Decimal(0))
    return {
        f"{name}.amount": Shown(display_money(sum_of(rows, "amount"))),
        f"{name}.units": Shown(display(units)),
        f"{name}.count": Shown(str(len(rows))),
    }


def age_place(record: CaseRecord, on: date) -> dict[str, Cell]:
    birth = record.value("person.birth_date")
    if not isinstance(birth, date):
        return {"person.age": Blank("Age")}
    years = on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
    return {"person.age": Shown(str(years))}
