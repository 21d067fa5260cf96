"""Which months' reports stand in the summary of a plan year: twelve, each in one summary only."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import CaseRecord, CaseStatus, Fact
from pipeline.packets.yearly import year_facts
from pipeline.rules import add_years


def record_of(*months: str) -> CaseRecord:
    """A case with a monthly summary of each of these months."""
    facts = {
        ("month.events", month): Fact(
            place="month.events",
            scope=month,
            value=(),
            effective=date(2027, 1, 1),
            received_at=datetime(2027, 1, 1, tzinfo=UTC),
            submission=month,
            form="provider-monthly-summary",
            edition="2026-11",
            field="events",
        )
        for month in months
    }
    return CaseRecord("C-TEST", date(2030, 1, 1), CaseStatus.ACTIVE, facts)


ALL = tuple(f"{year}-{month:02d}" for year in range(2025, 2031) for month in range(1, 13))


def months_of(year: date) -> list[str]:
    return [fact.scope for fact in year_facts(record_of(*ALL), year.isoformat())]


@pytest.mark.parametrize(
    ("begins", "first", "last"),
    [
        (date(2027, 1, 1), "2027-01", "2027-12"),
        (date(2026, 12, 15), "2026-12", "2027-11"),
        (date(2027, 3, 31), "2027-03", "2028-02"),
        (date(2028, 2, 1), "2028-02", "2029-01"),
        (date(2028, 2, 29), "2028-02", "2029-01"),
        (date(2027, 2, 28), "2027-02", "2028-01"),
    ],
)
def test_a_plan_year_has_twelve_months_from_the_one_it_begins_in(begins: date, first: str, last: str) -> None:
    months = months_of(begins)
    assert (months[0], months[-1], len(months)) == (first, last, 12)


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_every_report_stands_in_the_summary_of_one_plan_year_and_none_in_two(begins: date) -> None:
    following = add_years(begins, 1)
    both = months_of(begins) + months_of(following)
    assert len(both) == len(set(both)) == 24


def test_without_a_plan_year_there_are_no_months() -> None:
    assert year_facts(record_of(*ALL), "") == ()
