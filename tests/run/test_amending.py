"""A signed plan is amended: who asked and why is printed, what changes is listed, the old authorization ends before."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from docx import Document

from pipeline.errors import PacketError
from pipeline.ledger import PacketRow
from pipeline.run import amending
from pipeline.run.approving import approve, sign
from pipeline.run.depositing import MadePacket
from pipeline.run.lifecycle import void
from pipeline.run.stale import stale_packets
from tests.run.office import AnOffice
from tests.run.packets import (
    BY,
    all_warnings,
    case_of,
    copied,
    file_of,
    made,
    with_everything_filed,
    without_libreoffice,
    worksheet,
)

pytestmark = pytest.mark.slow
SIGNED = {"individual_sign_date": "11202026", "coordinator_sign_date": "11202026", "meeting_date": "11202026"}
REASON = "Work at the garden center begins in spring."
EFFECTIVE = date(2027, 3, 1)
# Day habilitation goes on with fewer units, community networking stays, supported employment goes to another provider.
CHANGED = {
    "plan_type": "amendment",
    "services.1.end": "02282027",
    "services.1.units": "400",
    "services.1.amount": "1,920.00",
    "services.3.end": "02282027",
    "services.3.units": "100",
    "services.3.amount": "1,140.00",
    "services.4.code": "T2021",
    "services.4.name": "Day habilitation",
    "services.4.provider": "Finley River Day Services",
    "services.4.outcome_no": "2",
    "services.4.unit_kind": "15min",
    "services.4.units": "1,000",
    "services.4.rate": "4.80",
    "services.4.amount": "4,800.00",
    "services.4.begin": "03012027",
    "services.4.end": "12312027",
    "plan_total": "13,380.00",
    "monitoring": "Every week at work",
}


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> tuple[AnOffice, str, str]:
    """An office whose one plan is in force and whose services are authorized; the numbers of both packets."""
    with pytest.MonkeyPatch.context() as patch:
        without_libreoffice(patch)
        office = with_everything_filed(tmp_path_factory.mktemp("office"))
        plan = final(office, "isp")
        sign(office.office, plan, by=BY, signed_on=office.office.today())
        return office, plan, final(office, "service-authorization")


@pytest.fixture
def office(
    signed: tuple[AnOffice, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[AnOffice, str, str]:
    without_libreoffice(monkeypatch)
    office, plan, authorization = signed
    return copied(office, tmp_path / "copy"), plan, authorization


def final(office: AnOffice, name: str) -> str:
    draft = made(office, name)
    return approve(office.office, draft.row.id, by=BY, overrides=all_warnings(office)).row.id


def begun(office: AnOffice, effective: date = EFFECTIVE) -> amending.Begun:
    return amending.begin(
        office.office, case_of(office), effective=effective, asked_by="Marisol", reason=REASON, by=BY
    )


def changed_worksheet(office: AnOffice, changes: Mapping[str, str] = CHANGED) -> None:
    (part,) = office.drop(worksheet({**SIGNED, **changes}), "amended.pdf")
    assert part.submission, (part.reasons, part.path)


def rows_of(office: AnOffice, packet: MadePacket, name: str, table: int) -> list[list[str]]:
    document = Document(io.BytesIO(file_of(office, packet.row, name)))
    return [[cell.text for cell in row.cells] for row in document.tables[table].rows]


def words_in(office: AnOffice, packet: PacketRow, name: str) -> str:
    archive = office.office.archive
    document = Document(io.BytesIO(archive.read(archive.deposit(packet.path), name)))
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def files_of(packet: MadePacket) -> set[str]:
    """Its Word documents without the sheets before them."""
    found = {name for name in packet.files if name.endswith(".docx")}
    return {name for name in found if not name.startswith(("cover", "checklist"))}


def test_a_plan_that_takes_the_place_of_a_signed_one_needs_who_asked_and_why(
    office: tuple[AnOffice, str, str],
) -> None:
    an_office, plan, _ = office
    changed_worksheet(an_office)
    draft = made(an_office, "isp")
    assert files_of(draft) == {"plan.docx"}
    with pytest.raises(PacketError, match=f"The plan {plan} is signed and in force") as failure:
        approve(an_office.office, draft.row.id, by=BY, overrides=all_warnings(an_office))
    assert failure.value.commands[0].startswith(f"amend {case_of(an_office)} ")
    with pytest.raises(PacketError, match="says who asked for it and why"):
        amending.begin(
            an_office.office, case_of(an_office), effective=EFFECTIVE, asked_by=" ", reason="", by=BY
        )

    begun(an_office)
    assert files_of(made(an_office, "isp")) == {"plan.docx", "amendment.docx"}


def test_an_amendment_lists_what_the_signed_plan_says_otherwise(office: tuple[AnOffice, str, str]) -> None:
    an_office, plan, _ = office
    begun(an_office)
    changed_worksheet(an_office)
    draft = made(an_office, "isp")

    facts = rows_of(an_office, draft, "amendment.docx", 1)
    assert facts[0] == ["Counts from", "March 1, 2027", "Asked by", "Marisol"]
    assert facts[1][3].startswith(f"{plan}, signed ")
    changes = rows_of(an_office, draft, "amendment.docx", 2)[1:]
    assert ["Total of all services", "$23,880.00", "$13,380.00"] in changes
    visits = "Every month at home or at work, four times in person"
    assert ["How often the coordinator visits", visits, "Every week at work"] in changes
    services = {
        row[0].removeprefix("Services: "): row[1:] for row in changes if row[0].startswith("Services: ")
    }
    habilitation, employment = (
        "T2021, Finley River Day Services, 1/1/2027",
        "H2023, Workbench Employment Partners, 1/1/2027",
    )
    new = "T2021, Finley River Day Services, 3/1/2027"
    assert services.keys() == {habilitation, employment, new}, "what stays is not listed"
    assert services[habilitation] == [
        "Units: 2,400; Amount: $11,520.00; Ends: 12/31/2027",
        "Units: 400; Amount: $1,920.00; Ends: 2/28/2027",
    ]
    assert services[new][0] == "-"
    assert "Service: Day habilitation; Outcome no.: 2; Unit: 15 minutes; Units: 1,000" in services[new][1]
    assert {row[0] for row in changes if not row[0].startswith("Services")} == {
        "Kind of plan",
        "Planning meeting",
        "How often the coordinator visits",
        "Total of all services",
    }


def test_the_old_authorization_ends_the_day_before_and_each_provider_is_told_its_own(
    office: tuple[AnOffice, str, str],
) -> None:
    an_office, _, old = office
    begun(an_office)
    changed_worksheet(an_office)
    sign(an_office.office, final(an_office, "isp"), by=BY, signed_on=an_office.office.today())
    authorization = made(an_office, "service-authorization")

    ended = {name for name in authorization.files if name.startswith("ended-")}
    assert ended == {"ended-1.docx", "ended-2.docx"}
    one, other = (rows_of(an_office, authorization, name, 0)[1:] for name in sorted(ended))
    assert [row[1:4] for row in one] == [["T2021", "1/1/2027", "2/28/2027"]]
    assert [row[1:4] for row in other] == [["H2023", "1/1/2027", "2/28/2027"]]
    words = words_in(an_office, authorization.row, "ended-1.docx")
    assert f"with the reference {old}" in words
    assert "amended from March 1, 2027 on" in words


def test_what_is_authorized_anew_says_which_authorization_it_takes_the_place_of(
    office: tuple[AnOffice, str, str],
) -> None:
    an_office, _, old = office
    with an_office.office.ledger.reading() as tx:
        first = next(row for row in tx.packets() if row.id == old)
    assert "take the place" not in words_in(an_office, first, "letter-1.docx")
    begun(an_office)
    changed_worksheet(an_office)
    sign(an_office.office, final(an_office, "isp"), by=BY, signed_on=an_office.office.today())
    again = made(an_office, "service-authorization").row
    letter, page = (words_in(an_office, again, name) for name in ("letter-1.docx", "authorization-1.docx"))
    assert f"take the place of those with the reference {old}: units given under them count" in letter
    assert f"It takes the place of the one for the same service with the reference {old}." in page


def test_a_line_that_begins_before_the_amendment_counts_is_refused(
    office: tuple[AnOffice, str, str],
) -> None:
    an_office, _, _ = office
    begun(an_office)
    changed_worksheet(
        an_office, {"services.2.units": "700", "services.2.amount": "4,830.00", "plan_total": "23,190.00"}
    )
    sign(an_office.office, final(an_office, "isp"), by=BY, signed_on=an_office.office.today())
    with pytest.raises(PacketError, match='"Community networking" begins on 1/1/2027, before the amendment'):
        made(an_office, "service-authorization")


def test_packets_made_again_later_are_the_same_and_an_amendment_may_be_amended(
    office: tuple[AnOffice, str, str],
) -> None:
    an_office, plan, _ = office
    begun(an_office)
    changed_worksheet(an_office)
    amended = final(an_office, "isp")
    sign(an_office.office, amended, by=BY, signed_on=an_office.office.today())
    assert not [each for each in stale_packets(an_office.office) if each.row.id == amended]

    again = begun(an_office, date(2027, 6, 1))
    assert again.packets["isp"] == amended
    assert not [each for each in stale_packets(an_office.office) if each.row.id == amended]
    case = case_of(an_office)
    assert amending.undo(an_office.office, case, by=BY, reason="") == again
    assert made(an_office, "isp").row.id == amended
    void(an_office.office, amended, by=BY, reason="signed by mistake")
    with an_office.office.ledger.reading() as tx:
        row = tx.packet(plan)
    assert row is not None
    assert row.status.value == "in-force"


@pytest.mark.parametrize("effective", [date(2026, 12, 31), date(2028, 1, 1)])
def test_an_amendment_counts_inside_its_plan_year(office: tuple[AnOffice, str, str], effective: date) -> None:
    an_office, _, _ = office
    with pytest.raises(PacketError, match="counts from a day of its plan year, 1/1/2027 to 12/31/2027"):
        begun(an_office, effective)


def test_a_plan_that_nobody_signed_is_not_amended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_libreoffice(monkeypatch)
    office = with_everything_filed(tmp_path)
    with pytest.raises(PacketError, match="is not in force, so there is nothing to amend"):
        begun(office)
    with pytest.raises(PacketError, match="No amendment was begun"):
        amending.undo(office.office, case_of(office), by=BY, reason="")
