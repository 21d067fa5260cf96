"""Sheets in needs-attention are copied where they lie, once for each saving."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from pipeline.inbox import Inbox, Sheet, SheetChanged
from tests.office import Clock, Office, keep, pdf


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office.at(tmp_path, settle_seconds=5)


def saved_sheets(office: Office, inbox: Inbox, clock: Clock, ours: bytes = pdf(1)) -> tuple[Sheet, ...]:
    our_hash = hashlib.sha256(ours).hexdigest()
    with office.ledger().reading() as tx:
        inbox.changed_sheets(lambda sha: sha == our_hash, tx.has_drop)
        clock.turn(5)
        return inbox.changed_sheets(lambda sha: sha == our_hash, tx.has_drop).changed


def test_a_sheet_as_we_wrote_it_is_no_paper_that_came_in(office: Office) -> None:
    clock = Clock()
    inbox = office.inbox(clock)
    inbox.put("sheet.pdf", pdf(1))
    assert saved_sheets(office, inbox, clock) == ()
    assert inbox.look().ready == ()
    assert saved_sheets(office, office.inbox(clock), clock) == ()


def test_a_saved_sheet_is_copied_and_stays_where_it_lies(office: Office) -> None:
    clock = Clock()
    inbox = office.inbox(clock)
    inbox.put("sheet.pdf", pdf(1))
    place = office.inbox_folder / "needs-attention" / "sheet.pdf"
    place.write_bytes(pdf(2))
    (sheet,) = saved_sheets(office, inbox, clock)
    received = inbox.receive_sheet(sheet, office.scratch)
    assert received.copy.read_bytes() == place.read_bytes() == pdf(2)
    assert (received.source, received.drop.id) == ("needs-attention", sheet.drop)


def test_each_saving_is_received_once_even_by_another_process(office: Office) -> None:
    clock = Clock()
    inbox, books = office.inbox(clock), office.books()
    inbox.put("sheet.pdf", pdf(1))
    place = office.inbox_folder / "needs-attention" / "sheet.pdf"
    for saving in (2, 3):
        place.write_bytes(pdf(saving))
        (sheet,) = saved_sheets(office, inbox, clock)
        keep(books, inbox.receive_sheet(sheet, office.scratch))
        assert saved_sheets(office, inbox, clock) == ()
        assert saved_sheets(office, office.inbox(clock), clock) == ()
    assert len(list(books.archive.deposits())) == 2


def test_a_sheet_that_is_being_saved_is_left_alone(office: Office) -> None:
    clock = Clock()
    inbox = office.inbox(clock)
    (office.inbox_folder / "needs-attention").mkdir()
    place = office.inbox_folder / "needs-attention" / "sheet.pdf"
    for size in range(1, 5):
        place.write_bytes(pdf(2)[: size * 5])
        assert saved_sheets(office, inbox, clock) == ()
    place.write_bytes(pdf(2))
    saved_sheets(office, inbox, clock)
    assert len(saved_sheets(office, inbox, clock)) == 1


def test_what_a_person_saved_is_never_written_over_nor_removed(office: Office) -> None:
    inbox = office.inbox()
    inbox.put("sheet.pdf", pdf(1))
    place = office.inbox_folder / "needs-attention" / "sheet.pdf"
    place.write_bytes(pdf(2))
    ours = hashlib.sha256(pdf(1)).hexdigest()
    with pytest.raises(SheetChanged):
        inbox.put("sheet.pdf", pdf(3), replaces=ours)
    assert not inbox.remove("sheet.pdf", ours)
    assert place.read_bytes() == pdf(2)


def test_what_we_wrote_is_replaced_and_removed(office: Office) -> None:
    inbox = office.inbox()
    inbox.put("slip.txt", b"one")
    inbox.put("slip.txt", b"two", replaces=hashlib.sha256(b"one").hexdigest())
    assert (office.inbox_folder / "needs-attention" / "slip.txt").read_bytes() == b"two"
    assert inbox.remove("slip.txt", hashlib.sha256(b"two").hexdigest())
    assert list((office.inbox_folder / "needs-attention").iterdir()) == []


def test_a_slip_cannot_be_written_elsewhere(office: Office) -> None:
    for name in ("../scan.pdf", "a/b.pdf", ".hidden", ""):
        with pytest.raises(ValueError, match="plain file name"):
            office.inbox().put(name, b"x")


def test_slips_are_shared_as_the_inbox_is(office: Office) -> None:
    office.inbox_folder.chmod(0o2770)
    office.inbox().put("slip.txt", b"x")
    folder = office.inbox_folder / "needs-attention"
    assert oct(folder.stat().st_mode & 0o7777) == "0o2770"
    assert oct((folder / "slip.txt").stat().st_mode & 0o777) == "0o660"
