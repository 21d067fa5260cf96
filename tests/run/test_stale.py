"""Packets that are out of date are named with what has changed, and two plan years are compared."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline.errors import PacketError
from pipeline.model import CaseStatus
from pipeline.run import acts
from pipeline.run.approving import approve
from pipeline.run.differences import Difference, plan_differences
from pipeline.run.office import Office
from pipeline.run.stale import OTHERWISE, WITHDRAWN, stale_packets
from tests.run.office import AnOffice
from tests.run.packets import (
    BY,
    all_warnings,
    case_of,
    made,
    with_everything_filed,
    without_libreoffice,
    worksheet,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AnOffice:
    """An office with everything of one person filed; packets are Word documents, which is enough here."""
    without_libreoffice(monkeypatch)
    return with_everything_filed(tmp_path)


NEWER = {"meeting_date": "11202026", "individual_sign_date": "11202026", "coordinator_sign_date": "11202026"}


def changed(office: Office) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(each.row.name, each.row.status.value, each.changed) for each in stale_packets(office)]


def newer_worksheet(office: AnOffice, changes: dict[str, str]) -> None:
    (part,) = office.drop(worksheet({**NEWER, **changes}), "newer.pdf")
    assert part.submission, part.reasons


def test_a_packet_just_made_or_approved_is_not_out_of_date(office: AnOffice) -> None:
    draft = made(office, "isp")
    assert changed(office.office) == []
    approve(office.office, draft.row.id, by=BY, overrides=all_warnings(office))
    assert changed(office.office) == []


def test_what_a_newer_form_says_otherwise_is_named_where_a_packet_shows_it(office: AnOffice) -> None:
    made(office, "isp")
    made(office, "annual-review")
    newer_worksheet(office, {"risks.1.risk": "Stairs without a rail"})
    found = changed(office.office)

    assert ("isp", "draft") in [(name, status) for name, status, _ in found]
    assert {"Risks"} <= {label for name, _, why in found if name == "isp" for label in why}
    made(office, "isp")
    assert [name for name, _, _ in changed(office.office) if name == "isp"] == []


def test_a_withdrawn_form_makes_the_packets_that_show_it_out_of_date(office: AnOffice) -> None:
    made(office, "isp")
    with office.office.ledger.reading() as tx:
        (row,) = [row for row in tx.submissions() if row.form == "assessment-summary"]
    acts.withdraw(office.office, row.id, by=BY, reason="of somebody else")
    ((name, _, why),) = changed(office.office)

    assert name == "isp"
    assert why[0] == WITHDRAWN
    assert len(why) > 1, "and what it said is named"


def test_the_offices_own_data_and_a_closed_case_count_too(office: AnOffice) -> None:
    made(office, "isp")
    telephone = office.office.site.program.office
    assert isinstance(telephone, dict)
    telephone["phone"] = "(417) 555-0100"
    assert changed(office.office) == [("isp", "draft", (OTHERWISE,))]
    acts.set_status(office.office, case_of(office), CaseStatus.CLOSED.value, by=BY, reason="moved away")
    assert changed(office.office) == []


def test_two_plan_years_are_compared_place_by_place_and_row_by_row(office: AnOffice) -> None:
    case = case_of(office)
    with pytest.raises(PacketError, match="Two plan years are needed"):
        plan_differences(office.office, case)
    newer_worksheet(
        office,
        {
            "services.": "",
            "plan_total": "",
            "plan_start": "01012028",
            "plan_end": "12312028",
            "risks.1.risk": "Stairs without a rail",
        },
    )
    before, after, found = plan_differences(office.office, case)
    labels = {each.label for each in found}

    assert (before, after) == ("2027-01-01", "2028-01-01")
    assert {"Plan begins", "Plan ends"} <= labels
    assert Difference("Plan begins", "1/1/2027", "1/1/2028") in found
    assert any("Stairs without a rail" in each.label and each.after and not each.before for each in found)
    assert all(each.before != each.after for each in found)
    assert date.fromisoformat(after).year == 2028


def test_a_service_of_the_year_before_is_the_same_service_with_its_days_a_year_on(office: AnOffice) -> None:
    days = {
        f"services.{row}.{name}": day
        for row in (1, 2, 3)
        for name, day in (("begin", "01012028"), ("end", "12312028"))
    }
    newer_worksheet(
        office,
        {
            **days,
            "services.3.end": "06302028",
            "services.1.units": "2,000",
            "services.1.amount": "9,600.00",
            "plan_total": "21,960.00",
            "plan_start": "01012028",
            "plan_end": "12312028",
        },
    )
    case = case_of(office)
    _, _, found = plan_differences(office.office, case)
    assert [each for each in found if each.label.startswith("Services:")] == [
        Difference(
            "Services: T2021, Finley River Day Services",
            "Units: 2,400; Amount: $11,520.00",
            "Units: 2,000; Amount: $9,600.00",
        ),
        Difference("Services: H2023, Workbench Employment Partners", "Ends: 12/31/2027", "Ends: 6/30/2028"),
    ]
    with pytest.raises(PacketError, match="No plan year begins on 2026-01-01"):
        plan_differences(office.office, case, "2026-01-01")
