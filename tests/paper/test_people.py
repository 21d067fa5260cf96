"""Invented people hold together: numbers check, rows add up, the same seed is the same person."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from tests.paper.answers import invented_answers, questions
from tests.paper.casework import Lists, Row, branch, invented_case, plain_yaml
from tests.paper.people import invented_npi, invented_person, matching
from tests.paper.widgets import Spot, SpotKind
from tests.paper.writing import boxes, printed_rows, shown

PROGRAM = """
identifiers:
  dmh_id: {pattern: '\\d{7,8}'}
waivers:
  csw: {name: Community Support, max_age: null, codes: [T2021, H2014]}
services:
  T2021: {name: Day habilitation, unit_kind: 15min, demo_rate: "4.80"}
  H2014: {name: Skill development, unit_kind: 15min, demo_rate: "7.10"}
counties: [Boone, Cole]
unit_kinds: {15min: 15 minutes}
"""
STAFF = """
coordinators:
  jmr: {name: Joanna Reyes}
providers:
  P101: {name: Finley River Day Services, npi: "1042001176", services: [T2021, H2014]}
"""
SCHEMA = """
title: Worksheet
fields:
  legal_last:
    type: string
    required: true
    meta: {label: Last name, kind: person-name, record: person.name.last}
  birth_date: {type: date, required: true, meta: {label: Born, kind: date, record: person.birth_date}}
  dmh_id:
    type: string
    required: true
    meta: {label: ID, kind: identifier, pattern: dmh_id, record: person.dmh_id}
  phone: {type: string, required: true, meta: {label: Phone, kind: phone, record: person.phone}}
  county: {type: string, required: true, meta: {label: County, kind: choice, listed: counties}}
  limits: {type: list, required: true, meta: {label: Limits, kind: choices, options: {a: A, b: B}}}
  no_risks: {type: boolean, meta: {label: No risks, kind: tick}}
  risks: {type: string, required: true, meta: {label: Risks, kind: narrative, none: no_risks}}
  services:
    type: list
    required: true
    meta: {label: Services, kind: table}
    schema:
      type: dict
      schema:
        code: {type: string, meta: {label: Code, kind: hcpcs, listed: services}}
        units: {type: decimal, meta: {label: Units, kind: units}}
        rate: {type: decimal, meta: {label: Rate, kind: money}}
        amount: {type: decimal, meta: {label: Amount, kind: money}}
        end: {type: date, meta: {label: Ends, kind: date}}
  plan_total: {type: decimal, required: true, meta: {label: Total, kind: money, record: plan.total}}
  signature: {type: string, required: true, meta: {label: Signature, kind: signature}}
"""


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    for name, text in (("program", PROGRAM), ("staff", STAFF), ("worksheet", SCHEMA)):
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


def box(name: str, *, cells: int = 0, state: str = "", kind: SpotKind = SpotKind.TEXT) -> Spot:
    return Spot(name, 1, 0, 0, 100, 20, SpotKind.TICK if state else kind, on_state=state, cells=cells)


def test_the_same_seed_is_the_same_person_and_others_differ() -> None:
    assert invented_person(7) == invented_person(7)
    assert len({invented_person(seed).full_name for seed in range(60)}) > 40


def test_some_names_are_awkward() -> None:
    names = " ".join(invented_person(seed).full_name for seed in range(80))
    assert all(mark in names for mark in ("'", "-", "de la", "ö", "ñ", "St."))


def test_provider_numbers_have_a_right_check_digit() -> None:
    rng = np.random.default_rng(1)
    for npi in (invented_npi(rng) for _ in range(50)):
        digits = [int(ch) for ch in reversed("80840" + npi)]
        doubled = [d if place % 2 == 0 else d * 2 - 9 * (d > 4) for place, d in enumerate(digits)]
        assert sum(doubled) % 10 == 0
        assert re.fullmatch(r"[12]\d{9}", npi)


@pytest.mark.parametrize(
    "pattern", [r"\d{7,8}", r"A\d{7}", r"(?!000|666|9\d\d)\d{3}-?(?!00)\d\d-?(?!0000)\d{4}"]
)
def test_identifiers_fit_their_pattern(pattern: str) -> None:
    rng = np.random.default_rng(2)
    assert all(re.fullmatch(pattern, matching(pattern, rng)) for _ in range(30))


def test_services_are_covered_and_multiply_out(schemas: Path) -> None:
    lists = Lists.of(schemas)
    for seed in range(20):
        case = invented_case(seed, lists)
        assert case.services
        assert len({row["code"] for row in case.services}) == len(case.services)
        for row in case.services:
            assert Decimal(str(row["units"])) * Decimal(str(row["rate"])) == row["amount"]
        assert case.plan_end == case.plan_start.replace(year=case.plan_start.year + 1) - timedelta(days=1)
        assert case.person.birth_date < case.as_of - timedelta(days=18 * 365)


def test_answers_agree_with_the_case_and_with_each_other(schemas: Path) -> None:
    lists = Lists.of(schemas)
    schema = plain_yaml(schemas / "worksheet.yaml")
    emptied = 0
    for seed in range(20):
        case = invented_case(seed, lists)
        answers = invented_answers(schema, case, lists, printed={"services": 1})
        assert answers["legal_last"] == case.person.last
        assert answers["birth_date"] == case.person.birth_date
        assert answers["dmh_id"] == invented_case(seed, lists).person.identifier(r"\d{7,8}")
        assert ("risks" in answers) is ("no_risks" not in answers)
        emptied += "no_risks" in answers
        (row,) = [row for row in answers["services"] if isinstance(row, dict)]  # type: ignore[union-attr]
        assert answers["plan_total"] == row["amount"]
    assert 0 < emptied < 20


def test_answers_are_shown_as_the_office_reads_them(schemas: Path) -> None:
    lists = Lists.of(schemas)
    asked = questions(branch(dict(plain_yaml(schemas / "worksheet.yaml")), "fields"), lists)
    row: Row = {"units": Decimal(1200), "amount": Decimal("1250.50")}
    seen = shown(
        {
            "birth_date": date(1987, 3, 4),
            "phone": "5735550142",
            "limits": ("a", "b"),
            "services": (row,),
        },
        asked,
    )
    expected = {
        "birth_date": "3/4/1987",
        "phone": "(573) 555-0142",
        "limits": "a; b",
        "services": [{"units": "1,200", "amount": "1,250.50"}],
    }
    assert expected == seen


def test_answers_go_into_the_boxes_of_a_blank(schemas: Path) -> None:
    lists = Lists.of(schemas)
    asked = questions(branch(dict(plain_yaml(schemas / "worksheet.yaml")), "fields"), lists)
    blank = [
        box("birth_date", cells=8),
        box("phone", cells=10),
        box("limits.a", state="on"),
        box("limits.b", state="on"),
        box("services.1.amount"),
        box("services.2.amount"),
        box("signature"),
    ]
    row: Row = {"amount": Decimal("1250.50")}
    filled = boxes(
        {
            "birth_date": date(1987, 3, 4),
            "phone": "5735550142",
            "limits": ("b",),
            "services": (row,),
            "signature": "present",
        },
        asked,
        blank,
        on_paper=True,
    )
    assert filled.values == {
        "birth_date": "03041987",
        "phone": "5735550142",
        "limits.b": "on",
        "services.1.amount": "1,250.50",
    }
    assert filled.signed == ("signature",)
    assert printed_rows(blank) == {"services": 2}
