"""The closed rule language: what it says, and what it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import pytest

from pipeline.rules import Operand, Plain, RuleError, add_years, full_years, parse_condition
from pipeline.values import Row


@dataclass(frozen=True)
class Paper:
    values: Mapping[str, Operand] = field(default_factory=dict)

    def value(self, path: str) -> Operand:
        return self.values.get(path)

    def program(self, path: str) -> Operand:
        return {"waivers.csw.cap": "40000.00"}.get(path)

    def lookup(self, table: str, key: str, column: str) -> Operand:
        return "day" if (table, key, column) == ("services", "T2020", "unit_kind") else None

    def record(self, place: str) -> Operand:
        return None

    def today(self) -> date:
        return date(2026, 11, 22)


def judged(condition: Plain, **values: Operand) -> bool | None:
    return parse_condition(condition).holds(Paper(values))


ROWS: tuple[Row, ...] = ({"amount": Decimal("10.10")}, {"amount": Decimal("0.20")}, {"code": "T2021"})


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"equal": ["amount", {"product": ["units", "rate"]}]}, True),
        ({"equal": ["total", {"sum": "services.amount"}]}, True),
        ({"at-most": ["total", {"program": "waivers.csw.cap"}]}, True),
        ({"less": ["start", "end"]}, True),
        ({"equal": [{"add_days": [{"add_years": ["start", 1]}, -1]}, "end"]}, True),
        ({"equal": [{"years": ["birth", "start"]}, 17]}, True),
        ({"equal": [{"lookup": ["services", "code", "unit_kind"]}, {"value": "day"}]}, True),
        ({"in": ["code", ["T2020", "T2021"]]}, True),
        ({"contains": ["limits", "mobility"]}, True),
        ({"contains": ["limits", "learning"]}, False),
        ({"contains": [{"column": "services.code"}, {"field": "other_code"}]}, True),
        ({"contains": [{"column": "services.code"}, {"field": "code"}]}, False),
        ({"present": ["start", "end"]}, True),
        ({"present": ["absent_signature"]}, False),
        ({"blank": ["nothing"]}, True),
        ({"equal": ["answered_no", False]}, True),
        ({"present": ["answered_no"]}, True),
        ({"matches": ["code", "T20.."]}, True),
        ({"not": {"more": ["end", "start"]}}, False),
        ({"all": [{"present": ["start"]}, {"less": ["start", "end"]}]}, True),
        ({"any": [{"blank": ["start"]}, {"equal": ["code", {"value": "T2020"}]}]}, True),
        ({"more": [{"today": True}, "birth"]}, True),
        ({"luhn": "x"}, None),
    ],
)
def test_a_condition_says_what_it_reads_like(condition: Plain, expected: bool | None) -> None:
    if expected is None:
        with pytest.raises(RuleError):
            parse_condition(condition)
        return
    answer = judged(
        condition,
        amount=Decimal("25.00"),
        units=Decimal("10"),
        rate=Decimal("2.50"),
        total=Decimal("10.30"),
        services=ROWS,
        other_code="T2021",
        start=date(2027, 1, 1),
        end=date(2027, 12, 31),
        birth=date(2009, 1, 2),
        code="T2020",
        limits=("mobility",),
        absent_signature="absent",
        answered_no=False,
    )
    assert answer is expected


def test_a_comparison_with_a_blank_side_is_not_judged() -> None:
    assert judged({"less": ["start", "end"]}, start=date(2027, 1, 1)) is None


def test_a_blank_side_inside_not_is_still_not_judged() -> None:
    assert judged({"not": {"equal": ["a", "b"]}}, a="x") is None


@pytest.mark.parametrize(
    "condition",
    [
        {"exec": ["x"]},
        {"equal": ["a"]},
        {"equal": ["a", {"python": "1"}]},
        "present",
        {"a": 1, "b": 2},
        {"all": []},
    ],
)
def test_what_is_not_of_the_language_is_refused(condition: Plain) -> None:
    with pytest.raises(RuleError):
        parse_condition(condition)


def test_a_plan_that_starts_on_leap_day_ends_a_year_later() -> None:
    assert add_years(date(2028, 2, 29), 1) == date(2029, 2, 28)


def test_an_age_is_counted_in_completed_years() -> None:
    assert [full_years(date(2009, 1, 2), day) for day in (date(2027, 1, 1), date(2027, 1, 2))] == [17, 18]
