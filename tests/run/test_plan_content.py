"""What of a plan is approved and in force, and that authorizations show that plan and no other."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.model import CaseRecord, Fact, Standing
from pipeline.run.acts import act
from pipeline.run.approving import approve, sign
from pipeline.site.record import Scope
from tests.run.office import ROOT, AnOffice
from tests.run.packets import (
    BY,
    all_warnings,
    case_of,
    copied,
    made,
    text_of,
    with_everything_filed,
    worksheet,
)

pytestmark = [pytest.mark.libreoffice, pytest.mark.slow]
# A second meeting of the same plan year: another coordinator and waiver, a service less, a step more.
LATER = {
    "meeting_date": "11102026",
    "coordinator": "Daniel Kessler",
    "waiver": "comp",
    "services.": "",
    "plan_total": "",
}


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> AnOffice:
    return with_everything_filed(tmp_path_factory.mktemp("office"))


@pytest.fixture
def office(filed: AnOffice, tmp_path: Path) -> AnOffice:
    return copied(filed, tmp_path / "copy")


def approved_plan(office: AnOffice) -> str:
    """The number of the plan packet, approved."""
    plan = made(office, "isp")
    return approve(office.office, plan.row.id, by=BY, overrides=all_warnings(office)).row.id


def later_worksheet(office: AnOffice) -> None:
    [part] = office.drop(worksheet(LATER), "later.pdf")
    assert part.outcome.value == "kept", part.reasons


def in_record(record: CaseRecord, place: str) -> Fact:
    [scope] = record.scopes("plan.start")
    found = record.fact(place, scope)
    assert found is not None
    return found


def test_an_authorization_shows_the_approved_plan_beside_a_newer_worksheet(office: AnOffice) -> None:
    approved_plan(office)
    later_worksheet(office)
    newest = office.office.record(case_of(office))
    assert in_record(newest, "plan.coordinator").value == "dwk"
    after = made(office, "service-authorization")
    text = text_of(office, after, "service-authorization-for-office.pdf")
    assert "Joanna Reyes" in text
    assert "Daniel Kessler" not in text
    assert "Community Support" in text
    assert "Comprehensive" not in text
    waits = "A newer planning worksheet of 11/10/2026 is not approved yet"
    archive = office.office.archive
    evidence = archive.read(archive.deposit(after.row.path), "evidence/evidence.html").decode()
    assert waits in after.waiting
    assert waits in evidence
    assert "not approved yet" not in text


def test_the_newer_plan_once_approved_is_what_authorizations_show(office: AnOffice) -> None:
    approved_plan(office)
    later_worksheet(office)
    approved_plan(office)
    text = text_of(office, made(office, "service-authorization"), "service-authorization-for-office.pdf")
    assert "Daniel Kessler" in text
    assert "Joanna Reyes" not in text
    assert made(office, "service-authorization").waiting == ""


def test_content_that_came_between_approval_and_signing_is_not_in_force(office: AnOffice) -> None:
    plan = approved_plan(office)
    later_worksheet(office)
    sign(office.office, plan, by=BY, signed_on=office.office.today())
    newest = office.office.record(case_of(office))
    assert in_record(newest, "plan.coordinator").standing is Standing.PROPOSED
    in_force = office.office.record(case_of(office), least=Standing.IN_FORCE)
    assert in_record(in_force, "plan.coordinator").value == "jmr"
    assert in_record(in_force, "plan.waiver").value == "csw"


def test_an_approval_after_the_signing_lowers_nothing(office: AnOffice) -> None:
    plan = approved_plan(office)
    sign(office.office, plan, by=BY, signed_on=office.office.today())
    services = in_record(office.office.record(case_of(office)), "plan.services")
    approval = b'{"packet": "P", "standing": "approved", "facts": ["%s"]}' % services.id.encode()
    act(
        office.office,
        "approve",
        case=case_of(office),
        target="ANOTHER-PLAN",
        by=BY,
        reason="approved",
        files={"approval.json": approval},
    )
    assert in_record(office.office.record(case_of(office)), "plan.services").standing is Standing.IN_FORCE


def test_an_approval_raises_no_plan_content_that_its_packet_does_not_show(
    office: AnOffice, tmp_path: Path
) -> None:
    """In the site of this office the plan is one page of services: of outcomes nobody saw anything."""
    site = tmp_path / "site"
    for folder in ("forms", "schemas", "templates"):
        shutil.copytree(ROOT / folder, site / folder)
    shutil.copyfile(site / "templates/waiver/budget.docx", site / "templates/isp/plan.docx")
    short = AnOffice.opened(office.root, site)
    approved_plan(short)
    record = short.office.record(case_of(short))
    assert in_record(record, "plan.services").standing is Standing.APPROVED
    assert in_record(record, "plan.coordinator").standing is Standing.APPROVED
    assert in_record(record, "plan.outcomes").standing is Standing.PROPOSED


def test_all_of_a_plan_but_the_day_that_names_it_is_plan_content(office: AnOffice) -> None:
    places = office.office.site.places.values()
    loose = {each.name for each in places if each.scope is Scope.PLAN_YEAR and not each.plan_content}
    assert loose == {"plan.start", "plan.offers"}
