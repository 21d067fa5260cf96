"""Pages of packets that come back as scans: each is filed with its packet, or waits and says why."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pipeline.ledger import PartRow
from pipeline.model import Outcome, PacketStatus, Reason
from pipeline.run.acts import act
from pipeline.run.became import what_became
from tests.run.office import AnOffice, reopened, words_of
from tests.run.packets import SAMPLES, case_of
from tests.run.returning import page, put_packet, scan

FINAL, OTHER, DRAFT = "AAAAAAAAAAA1", "BBBBBBBBBBB2", "CCCCCCCCCCC3"


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> AnOffice:
    """An office with one person on file, two final packets of theirs, and a draft."""
    an_office = AnOffice.at(tmp_path_factory.mktemp("office"))
    [intake] = [path for path in SAMPLES if path.parts[-4] == "intake"]
    an_office.drop(intake.read_bytes())
    case = case_of(an_office)
    put_packet(an_office, FINAL, case)
    put_packet(an_office, OTHER, case, name="waiver")
    put_packet(an_office, DRAFT, case, PacketStatus.DRAFT, name="annual-review")
    return an_office


@pytest.fixture
def office(filed: AnOffice, tmp_path: Path) -> AnOffice:
    shutil.copytree(filed.root, tmp_path / "copy")
    return reopened(filed, tmp_path / "copy")


def words(office: AnOffice, *parts: PartRow) -> list[str]:
    drops = list(dict.fromkeys(part.drop for part in parts))
    return [line.words for line in what_became(office.office, drops, frozenset())]


def test_pages_of_two_packets_in_one_stack_are_filed_each_with_its_packet(office: AnOffice) -> None:
    case = case_of(office)
    one, other = office.drop(scan(page(FINAL, 1), page(OTHER, 2), page(FINAL, 3)))
    assert [(one.pages, one.outcome, one.case), (other.pages, other.outcome, other.case)] == [
        ((1, 3), Outcome.SUPPORTING, case),
        ((2,), Outcome.SUPPORTING, case),
    ]
    archive = office.office.archive
    told = [json.loads(archive.read(archive.deposit(part.path), "return.json")) for part in (one, other)]
    assert [(each["packet"], [at["page"] for at in each["pages"]]) for each in told] == [
        (FINAL, [1, 3]),
        (OTHER, [2]),
    ]
    assert "page-2.png" in {file.name for file in archive.deposit(one.path).files}


def test_the_pages_that_have_not_come_back_are_named(office: AnOffice) -> None:
    (first,) = office.drop(scan(page(FINAL, 2)))
    assert words(office, first) == [
        f"the plan, page 2 kept in {case_of(office)}; pages 1 and 3 of the plan have not come back yet"
    ]
    assert "Pages 1 and 3 of the plan have not come back yet." in office.status
    assert office.status.count("Nothing of it has come back yet.") == 1  # of the other final packet


def test_a_page_that_had_come_back_before_is_named_and_kept_too(office: AnOffice) -> None:
    office.drop(scan(page(FINAL, 2)))
    (again,) = office.drop(scan(page(FINAL, 1), page(FINAL, 2)), "again.pdf")
    assert again.outcome is Outcome.SUPPORTING
    assert "page 2 had come back before; page 3 of the plan has not come back yet" in words(office, again)[0]


def test_the_very_same_scan_again_is_a_duplicate(office: AnOffice) -> None:
    data = scan(page(FINAL, 2))
    office.drop(data)
    (again,) = office.drop(data, "again.pdf")
    assert (again.outcome, again.case) == (Outcome.DUPLICATE, case_of(office))


@pytest.mark.parametrize(
    ("paper", "reason", "said"),
    [
        (page(FINAL, 1, draft=True), Reason.PACKET_DRAFT, "the plan, page 1 of 3, packet AAAAAAAAAAA1"),
        (page(DRAFT, 1), Reason.PACKET_DRAFT, "Approve the draft"),
        (page("DDDDDDDDDDD4", 1), Reason.PACKET_UNKNOWN, "this office has no record of"),
        (page(FINAL, 1, "letter"), Reason.PACKET_UNKNOWN, "this office has no record of"),
        (page(FINAL, 4, pages=4), Reason.PACKET_UNKNOWN, "this office has no record of"),
    ],
)
def test_pages_that_are_not_for_signature_wait_and_say_why(
    office: AnOffice, paper: bytes, reason: Reason, said: str
) -> None:
    (part,) = office.drop(scan(paper))
    assert (part.outcome, part.reasons) == (Outcome.HELD, (reason,))
    assert said in words_of(office.sheet_of(part).read_bytes())
    with office.office.ledger.reading() as tx:
        assert tx.acts(act="packet-return") == ()


def test_pages_of_a_packet_that_a_newer_one_took_the_place_of_wait(office: AnOffice) -> None:
    put_packet(office, "EEEEEEEEEEE5", case_of(office))
    (part,) = office.drop(scan(page(FINAL, 1)))
    assert part.reasons == (Reason.PACKET_OLD,)
    assert "Packet EEEEEEEEEEE5 was made since." in words_of(office.sheet_of(part).read_bytes())


def test_pages_of_a_void_packet_wait(office: AnOffice) -> None:
    about = {"status": PacketStatus.VOID.value}
    act(
        office.office,
        "packet-status",
        case=case_of(office),
        target=FINAL,
        by="AP",
        reason="void",
        about=about,
    )
    (part,) = office.drop(scan(page(FINAL, 1)))
    assert part.reasons == (Reason.PACKET_OLD,)


def test_remarks_on_a_draft_can_be_kept_with_its_case_from_the_sheet(office: AnOffice) -> None:
    (part,) = office.drop(scan(page(DRAFT, 1)))
    office.answer(office.sheet_of(part), {"form": "supporting"})
    now = office.part(part)
    assert (now.outcome, now.case) == (Outcome.SUPPORTING, case_of(office))


def test_what_came_back_stands_the_same_after_reindex(office: AnOffice) -> None:
    office.drop(scan(page(FINAL, 2)))
    before = office.status.split("<h2>Out for signature")[1]
    assert office.office.books.reindex() == ()
    office.take()
    assert office.status.split("<h2>Out for signature")[1] == before
