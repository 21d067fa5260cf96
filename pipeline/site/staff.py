"""Coordinators, providers and caseloads, from `schemas/staff.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.site.yamlfile import Mistakes, Place, load, suggestion
from pipeline.values import luhn_is_right


@dataclass(frozen=True, slots=True)
class Coordinator:
    code: str
    name: str
    initials: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Provider:
    code: str
    name: str
    number: str
    npi: str
    phone: str
    email: str
    address: str
    city: str
    state: str
    zip: str
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Staff:
    """caseloads: coordinator code → ids of the people (case ids or state ids)."""

    coordinators: Mapping[str, Coordinator]
    providers: Mapping[str, Provider]
    caseloads: Mapping[str, tuple[str, ...]]


def load_staff(path: Path, root: Path, mistakes: Mistakes) -> Staff:
    top = load(path, root, mistakes)
    top.only("coordinators", "providers", "caseloads")
    coordinators = {code: _coordinator(code, place) for code, place in top.at("coordinators").pairs()}
    providers = {code: _provider(code, place) for code, place in top.at("providers").pairs()}
    for code, place in top.at("caseloads").pairs():
        if code not in coordinators:
            place.wrong(f'no coordinator "{code}".{suggestion(code, coordinators)}')
    return Staff(
        coordinators,
        providers,
        {code: place.texts() for code, place in top.at("caseloads").pairs()},
    )


def _coordinator(code: str, place: Place) -> Coordinator:
    place.only("name", "initials", "phone", "email", "title")
    return Coordinator(
        code,
        place.need("name").text(),
        place.need("initials").text(),
        place.at("phone").text(),
        place.at("email").text(),
    )


def _provider(code: str, place: Place) -> Provider:
    place.only(
        "name", "number", "npi", "phone", "address", "services", "email", "contact", "city", "state", "zip"
    )
    npi = place.at("npi")
    if npi.exists and not (
        len(npi.text()) == 10 and npi.text().isdigit() and luhn_is_right("80840" + npi.text())
    ):
        npi.wrong("is not an NPI: ten digits, the last a check digit")
    return Provider(
        code,
        place.need("name").text(),
        place.at("number").text(),
        npi.text(),
        place.at("phone").text(),
        place.at("email").text(),
        place.at("address").text(),
        place.at("city").text(),
        place.at("state").text(),
        place.at("zip").text(),
        place.at("services").texts(),
    )
