"""From filed forms to packets in the archive: drafts, approval, authorizations, the annual batch, and back again."""

from __future__ import annotations

import io
import json
import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from pipeline.archive import Archive, Books
from pipeline.errors import PacketError
from pipeline.ledger import open_ledger
from pipeline.model import PacketStatus, Standing
from pipeline.run.acts import merge, set_status, split, withdraw
from pipeline.run.annual import (
    Review,
    annual_reviews,
    batch_day,
    due_by_coordinator,
    keep_report,
    plan_ends,
)
from pipeline.run.approving import approve, sign
from pipeline.run.packeting import make_packet
from pipeline.values import Month
from tests.run.office import AnOffice
from tests.run.packets import (
    BY,
    all_warnings,
    case_of,
    copied,
    described,
    file_of,
    made,
    text_of,
    with_everything_filed,
    worksheet,
)

pytestmark = [pytest.mark.libreoffice, pytest.mark.slow]


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> AnOffice:
    """An office in which every form of one sample person is filed."""
    return with_everything_filed(tmp_path_factory.mktemp("office"))


@pytest.fixture
def office(filed: AnOffice, tmp_path: Path) -> AnOffice:
    """That office, copied, so that a test may change it."""
    (tmp_path / "fresh").mkdir()
    return copied(filed, tmp_path / "copy")


def test_a_draft_says_draft_on_every_page_and_lists_what_is_blank(office: AnOffice) -> None:
    packet = made(office, "isp")
    data = file_of(office, packet.row, "isp-for-office.pdf")
    assert all("DRAFT" in page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    assert described(office, packet)["blanks"] == list(packet.blanks)
    assert packet.row.status is PacketStatus.DRAFT


def test_the_same_facts_make_the_same_packet_and_find_it_made(office: AnOffice) -> None:
    first = made(office, "isp")
    later = made(office, "isp", as_of=office.office.today() + timedelta(days=1))
    assert (later.row.id, later.made_before) == (first.row.id, True)


def test_two_offices_with_the_same_archive_make_the_same_bytes(office: AnOffice, filed: AnOffice) -> None:
    hashes = []
    for each in (office, filed):
        packet = made(each, "isp")
        deposit = each.office.archive.deposit(packet.row.path)
        hashes.append({file.name: file.sha256 for file in deposit.files})
    assert hashes[0] == hashes[1]


def test_the_plan_never_shows_the_medicaid_number_and_the_authorization_does(office: AnOffice) -> None:
    number = str(office.office.record(case_of(office)).value("benefits.medicaid_id"))
    plan = made(office, "isp")
    assert number not in text_of(office, plan, "isp-for-office.pdf")
    approve(office.office, plan.row.id, by=BY, overrides=all_warnings(office))
    paper = made(office, "service-authorization")
    assert number in text_of(office, paper, "service-authorization-for-office.pdf")


def test_what_stands_against_an_approval_is_said_without_commands_and_they_beside_it(
    office: AnOffice,
) -> None:
    """The reasons stand on slips too, for people who have no terminal."""
    vague = {"meeting_date": "11102026", "outcomes.1.statement": "I will be encouraged to work when possible"}
    office.drop(worksheet(vague), "vague.pdf")
    plan = made(office, "isp")
    with pytest.raises(PacketError) as refused:
        approve(office.office, plan.row.id, by=BY)
    assert not any("--" in reason for reason in refused.value.reasons)
    assert any("let it stand" in reason for reason in refused.value.reasons)
    assert any("--override" in command for command in refused.value.commands)
    assert "--override" not in str(refused.value)


def test_nothing_is_authorized_from_a_plan_that_is_only_proposed(office: AnOffice) -> None:
    with pytest.raises(PacketError, match="only proposed"):
        made(office, "service-authorization")


def test_no_provider_sees_the_pages_of_another(office: AnOffice) -> None:
    plan = made(office, "isp")
    approve(office.office, plan.row.id, by=BY, overrides=all_warnings(office))
    paper = made(office, "service-authorization")
    copies = [name for name in paper.files if "-for-provider-" in name]
    providers = office.office.site.staff.providers
    assert len(copies) == 2
    for name in copies:
        own = name.removesuffix(".pdf").rpartition("-")[2]
        text = text_of(office, paper, name)
        others = [each.name for code, each in providers.items() if code != own]
        assert providers[own].name in text
        assert [other for other in others if other in text] == []


def test_an_approved_plan_has_no_draft_mark_and_its_values_are_proved(office: AnOffice) -> None:
    plan = made(office, "isp")
    final = approve(office.office, plan.row.id, by=BY, overrides=all_warnings(office))
    assert final.row.status is PacketStatus.FINAL
    assert "DRAFT" not in text_of(office, final, "isp-for-office.pdf")
    documents = described(office, final)["documents"]
    assert documents
    assert all(document["proved_in_pdf"] > (8 if document["front"] else 50) for document in documents)


def test_a_draft_whose_facts_changed_cannot_be_approved(office: AnOffice) -> None:
    plan = made(office, "isp")
    with office.office.ledger.reading() as tx:
        intake = next(row for row in tx.submissions() if row.form == "intake")
    undone = withdraw(office.office, intake.id, by=BY, reason="wrong person")
    assert plan.row.id in undone.packets
    with pytest.raises(PacketError):
        approve(office.office, plan.row.id, by=BY, overrides=all_warnings(office))


def test_every_value_of_a_packet_leads_back_to_form_page_and_box(office: AnOffice) -> None:
    packet = made(office, "isp")
    evidence = json.loads(file_of(office, packet.row, "evidence/evidence.json"))
    for fact in evidence["facts"]:
        sources = fact["sources"] or [
            cell for row in fact["row_sources"] for cells in row.values() for cell in cells
        ]
        assert sources, fact["place"]
        assert all(source["page"] >= 1 and len(source["box"]) == 4 for source in sources)


def test_a_name_is_traced_to_each_form_that_states_it(office: AnOffice) -> None:
    packet = made(office, "isp")
    evidence = json.loads(file_of(office, packet.row, "evidence/evidence.json"))
    [first] = [fact for fact in evidence["facts"] if fact["place"] == "person.name.first"]
    with office.office.ledger.reading() as tx:
        filed = {row.id for row in tx.submissions()}
    assert {first["submission"], *(each["submission"] for each in first["also_stated"])} == filed
    assert all(each["sources"] for each in first["also_stated"])


def test_the_evidence_page_links_to_papers_that_are_there(office: AnOffice) -> None:
    packet = made(office, "isp")
    folder = office.root / "outbox" / packet.row.path / "evidence"
    page = (folder / "evidence.html").read_text()
    links = set(re.findall(r'href="([^"]+)"', page))
    assert all((folder / link).resolve().is_file() for link in links)
    with office.office.ledger.reading() as tx:
        intake = next(row for row in tx.submissions() if row.form == "intake")
    assert f"../../../submissions/{Path(intake.path).name}/page-1.png" in links
    assert f"../../../submissions/{Path(intake.path).name}/submission.json" in links
    assert f"no. {intake.id}" in page, "the number by which it is withdrawn"


def test_the_evidence_page_links_to_papers_that_lie_with_another_case(office: AnOffice) -> None:
    case = case_of(office)
    with office.office.ledger.reading() as tx:
        summary = next(row.id for row in tx.submissions() if row.form == "provider-monthly-summary")
    other = str(split(office.office, case, (summary,), by=BY, reason="another person").about["into"])
    merge(office.office, case, other, by=BY, reason="one person after all")
    packet = make_packet(office.office, "isp", other)
    folder = office.root / "outbox" / packet.row.path / "evidence"
    links = set(re.findall(r'href="([^"]+)"', (folder / "evidence.html").read_text()))
    assert other in packet.row.path
    assert links
    assert all((folder / link).resolve().is_file() for link in links)


def test_no_outgoing_file_holds_the_evidence(office: AnOffice) -> None:
    packet = made(office, "isp")
    for name in packet.files:
        if name.endswith(".pdf"):
            assert "where each value comes from" not in text_of(office, packet, name)


def test_the_annual_batch_has_a_result_for_everyone_and_tells_who_cannot_be_told(office: AnOffice) -> None:
    case = case_of(office)
    [end] = plan_ends(office.office.record(case)).values()
    results = list(annual_reviews(office.office, Month.of(end), office.office.today()))
    assert [(result.case, result.review) for result in results] == [(case, Review.MADE)]
    other = Month(end.year + 1, end.month)
    assert list(annual_reviews(office.office, other, office.office.today())) == []


def test_a_batch_that_was_stopped_goes_on_with_the_day_it_began_with(office: AnOffice) -> None:
    month, today = Month(2027, 12), office.office.today()
    begun = today - timedelta(days=3)
    assert batch_day(office.office, month, begun) == begun
    assert batch_day(office.office, month, None) == begun
    keep_report(office.office, month, begun, ())
    assert batch_day(office.office, month, None) == today


def test_a_closed_case_has_no_due_dates_and_no_annual_review(office: AnOffice) -> None:
    case = case_of(office)
    assert any(each.items for each in due_by_coordinator(office.office, office.office.today(), 400))
    set_status(office.office, case, "closed", by=BY, reason="moved away")
    [end] = plan_ends(office.office.record(case)).values()
    assert list(annual_reviews(office.office, Month.of(end), office.office.today())) == []
    assert due_by_coordinator(office.office, office.office.today(), 400) == ()


def test_no_packet_is_made_for_a_person_who_died(office: AnOffice) -> None:
    plan = made(office, "isp")
    set_status(office.office, case_of(office), "deceased", by=BY, reason="told by the family")
    with pytest.raises(PacketError, match="deceased"):
        made(office, "isp")
    with pytest.raises(PacketError, match="deceased"):
        approve(office.office, plan.row.id, by=BY, overrides=all_warnings(office))


def test_a_warning_is_set_aside_only_by_its_name_and_with_a_reason(office: AnOffice) -> None:
    plan = made(office, "isp")
    rule = office.office.site.rules[0].id
    with pytest.raises(PacketError) as refused:
        approve(office.office, plan.row.id, by=BY, overrides={rule: " ", "no-such-rule": "looked at"})
    assert [f'To let the warning "{rule}" stand' in refused.value.reasons[0], *refused.value.reasons[1:]] == [
        True,
        'No warning is called "no-such-rule".',
    ]


def test_signing_puts_only_what_was_approved_in_force(office: AnOffice) -> None:
    plan = made(office, "isp")
    approve(office.office, plan.row.id, by=BY, overrides=all_warnings(office))
    sign(office.office, plan.row.id, by=BY, signed_on=office.office.today())
    record = office.office.record(case_of(office))
    [year] = record.scopes("plan.services")
    services = record.fact("plan.services", year)
    assert services is not None
    assert services.standing is Standing.IN_FORCE
    with office.office.ledger.reading() as tx:
        [approved, signed] = tx.acts(act="approve", target=plan.row.id)
    archive = office.office.archive
    facts = [
        json.loads(archive.read(archive.deposit(each.path), "approval.json"))["facts"]
        for each in (approved, signed)
    ]
    assert facts[0] == facts[1]


def test_the_archive_alone_gives_the_whole_index_back(office: AnOffice, tmp_path: Path) -> None:
    plan = made(office, "isp")
    approve(office.office, plan.row.id, by=BY, overrides=all_warnings(office))
    with office.office.ledger.reading() as tx:
        before = tx.index_rows()
    restored = tmp_path / "restored"
    shutil.copytree(office.root / "outbox", restored)
    books = Books(Archive(restored), open_ledger(tmp_path / "fresh"), check=False)
    assert books.reindex() == ()
    with books.ledger.reading() as tx:
        assert tx.index_rows() == before
    assert books.verify(read_data=True) == ()


def test_a_changed_byte_of_a_packet_is_named(office: AnOffice) -> None:
    packet = made(office, "isp")
    file = office.root / "outbox" / packet.row.path / "plan.docx"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.chmod(0o600)
    file.write_bytes(data)
    assert any("plan.docx" in trouble.path for trouble in office.office.books.verify(read_data=True))
