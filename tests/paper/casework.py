"""A case that holds together across forms: who, where, which plan year, which services at what price.

Read from the site's data files as plain text; nothing of the program is used to read or write it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

import numpy as np
import yaml

from tests.paper.people import WORDS, Person, invented_npi, invented_person, picked

Node: TypeAlias = "str | int | list[Node] | dict[str, Node]"
Scalar: TypeAlias = str | bool | int | Decimal | date
Cell: TypeAlias = Scalar | tuple[str, ...]
Row: TypeAlias = dict[str, Cell]
Answer: TypeAlias = Cell | tuple[Row, ...]


def plain_yaml(path: Path) -> dict[str, Node]:
    """A data file with every value as text, as the site means it."""
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    if not isinstance(data, dict):
        raise ValueError(f"{path} is not a mapping")
    return data


def branch(node: Node, *path: str) -> dict[str, Node]:
    """The mapping at a path, empty where there is none."""
    for name in path:
        node = node.get(name, {}) if isinstance(node, dict) else {}
    return node if isinstance(node, dict) else {}


def leaf(node: Node, *path: str) -> str:
    """The text at a path, empty where there is none."""
    *folders, name = path
    value = branch(node, *folders).get(name, "")
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int) else ""


def listed(node: Node, *path: str) -> list[str]:
    """The texts of the list at a path, empty where there is none."""
    *folders, name = path
    found = branch(node, *folders).get(name, [])
    return [str(item) for item in found] if isinstance(found, list) else []


@dataclass(frozen=True, slots=True)
class Lists:
    """What the site offers to choose from: program.yaml and staff.yaml as text."""

    program: dict[str, Node]
    staff: dict[str, Node]

    @classmethod
    def of(cls, schemas: Path) -> Lists:
        staff = schemas / "staff.yaml"
        return cls(plain_yaml(schemas / "program.yaml"), plain_yaml(staff) if staff.is_file() else {})

    def options(self, name: str) -> dict[str, str]:
        """Code to label of one list: counties waivers services providers coordinators unit_kinds."""
        home = self.staff if name in ("providers", "coordinators") else self.program
        found = home.get(name, {})
        if isinstance(found, list):
            return {str(item): str(item) for item in found}
        entries = branch(home, name)
        return {
            code: entry if isinstance(entry, str) else leaf(entry, "name") for code, entry in entries.items()
        }

    def pattern(self, name: str) -> str:
        return leaf(self.program, "identifiers", name, "pattern")


@dataclass(frozen=True, slots=True)
class Case:
    """Everything the forms of one person agree on. services, outcomes, diagnoses: rows by column."""

    seed: int
    person: Person
    guardian: Person
    emergency: Person
    physician: Person
    as_of: date
    meeting: date
    plan_start: date
    plan_end: date
    waiver: str
    legal_status: str
    coordinator: str
    services: tuple[Row, ...]
    outcomes: tuple[Row, ...]
    diagnoses: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class _Year:
    waiver: str
    start: date
    end: date
    outcomes: int


def invented_case(seed: int, lists: Lists, *, as_of: date = date(2026, 11, 2), rows: int = 4) -> Case:
    """A case with up to `rows` services, whose amounts are units times rate and fit the waiver."""
    rng = np.random.default_rng([seed, 60606])
    start = date(as_of.year + (as_of.month == 12), as_of.month % 12 + 1, 1)
    meeting = as_of - timedelta(days=int(rng.integers(0, 20)))
    person = invented_person(seed, youngest=19)
    waivers = [
        code
        for code in lists.options("waivers")
        if leaf(lists.program, "waivers", code, "max_age") in ("", "null")
    ]
    waiver = picked(sorted(waivers) or ["none"], rng)
    count = int(rng.integers(1, min(rows, len(WORDS["outcomes"])) + 1))
    chosen = rng.permutation(len(WORDS["outcomes"]))[:count]
    outcomes: list[Row] = [
        {
            "number": place,
            "statement": WORDS["outcomes"][int(index)],
            "measure": "Notes of each visit and what I say myself",
        }
        for place, index in enumerate(chosen, start=1)
    ]
    end = date(start.year + 1, start.month, 1) - timedelta(days=1)
    others = [invented_person(seed * 1000 + k, youngest=30) for k in (1, 2, 3)]
    return Case(
        seed=seed,
        person=person,
        guardian=others[0],
        emergency=others[1],
        physician=others[2],
        as_of=as_of,
        meeting=meeting,
        plan_start=start,
        plan_end=end,
        waiver=waiver,
        legal_status=picked(("self", "self", "full_guardian"), rng),
        coordinator=picked(sorted(lists.options("coordinators")) or ["nobody"], rng),
        services=_services(lists, _Year(waiver, start, end, count), int(rng.integers(1, rows + 1)), rng),
        outcomes=tuple(outcomes),
        diagnoses=_diagnoses(int(rng.integers(1, rows + 1)), rng),
    )


def _diagnoses(count: int, rng: np.random.Generator) -> tuple[Row, ...]:
    chosen = rng.permutation(len(WORDS["diagnoses"]))[:count]
    codes = [WORDS["diagnoses"][int(index)] for index in chosen]
    return tuple(
        {"icd10": code, "text": text, "primary": place == 0} for place, (code, text) in enumerate(codes)
    )


def _offers(lists: Lists, waiver: str) -> list[tuple[str, str]]:
    """Provider and code of every cheap service the waiver covers and the provider gives."""
    covered = listed(lists.program, "waivers", waiver, "codes")
    return [
        (provider, code)
        for provider in sorted(lists.options("providers"))
        for code in listed(lists.staff, "providers", provider, "services")
        if code in covered and Decimal(leaf(lists.program, "services", code, "demo_rate") or "0") < 300
    ]


def _services(lists: Lists, case: _Year, count: int, rng: np.random.Generator) -> tuple[Row, ...]:
    """Services of the waiver, none twice, each at most 2,500 dollars."""
    offers = _offers(lists, case.waiver)
    rows: list[Row] = []
    for index in rng.permutation(len(offers))[:count]:
        provider, code = offers[int(index)]
        rate = Decimal(leaf(lists.program, "services", code, "demo_rate")).quantize(Decimal("0.01"))
        units = Decimal(int(rng.integers(1, max(1, int(Decimal(2500) / rate)) + 1)))
        rows.append(
            {
                "code": code,
                "name": leaf(lists.program, "services", code, "name"),
                "provider": provider,
                "npi": leaf(lists.staff, "providers", provider, "npi") or invented_npi(rng),
                "outcome_no": str(rng.integers(1, case.outcomes + 1)),
                "unit_kind": leaf(lists.program, "services", code, "unit_kind"),
                "units": units,
                "rate": rate,
                "amount": units * rate,
                "begin": case.start,
                "end": case.end,
            }
        )
    return tuple(rows)
