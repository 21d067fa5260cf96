"""Archive, journal and ledger stay in step, and the outbox alone is enough to go on."""

from __future__ import annotations

import errno
import hashlib
import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipeline import disk
from pipeline.archive import Archive, Books, Trouble, Wrong, act_path, read_head, write_head
from pipeline.errors import ArchiveError, SetupError
from pipeline.ledger import Identifier, LeaseLost, SheetState
from pipeline.model import CaseStatus, DepositKind, Drop, Outcome, PacketStatus
from tests.office import NOON, Office, act, busy_office, file_submission, make_packet, pdf, serve_once


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return busy_office(tmp_path)


def rows_of(books: Books) -> dict[str, list[tuple[object, ...]]]:
    with books.ledger.reading() as tx:
        return tx.index_rows()


def test_the_index_says_what_was_done(office: Office) -> None:
    with office.ledger().reading() as tx:
        assert sorted(drop.name for drop in tx.drops()) == ["scan 0.pdf", "scan 1.pdf", "scan 2.pdf"]
        assert tx.outcome_counts() == {Outcome.HELD: 3, Outcome.KEPT: 3}
        assert tx.find_cases("dmh_id", "1234567") == {"C-00000002"}
        assert tx.resolve_case("C-00000001") == "C-00000002"
        assert [case.id for case in tx.cases(CaseStatus.TRANSFERRED)] == ["C-00000002"]
        assert [each.withdrawn_by for each in tx.submissions("C-00000002")].count("A-withdraw") == 1
        packet = tx.packet("K1")
        assert packet is not None
        assert packet.status is PacketStatus.SENT
        (filed,) = tx.used_by_packet("K1")
        assert tx.packets_using(filed) == ("K1",)
        assert len(tx.sheets(state=SheetState.WAITING)) == 3


def test_a_new_state_folder_is_filled_from_the_outbox_alone(office: Office, tmp_path: Path) -> None:
    before = rows_of(office.books())
    shutil.copytree(office.outbox, tmp_path / "restored")
    restored = Books(Archive(tmp_path / "restored"), office.new_state(), lambda: NOON)
    assert rows_of(restored) == before
    with restored.ledger.reading() as tx:
        assert tx.jobs_to_do() == ()
    assert restored.verify(read_data=True) == ()


def test_reindex_rebuilds_the_very_same_rows(office: Office) -> None:
    books = office.books()
    before = rows_of(books)
    assert books.reindex() == ()
    assert rows_of(books) == before


def test_a_deposit_that_no_event_announced_is_found_by_reindex(office: Office) -> None:
    books = office.books()
    path = act_path("C-00000002", NOON.date(), "note", "A9")
    books.archive.publish(
        DepositKind.ACT, path, {"act.json": b"{}"}, id="A9", inputs={}, about={"act": "note"}
    )
    assert [trouble.wrong for trouble in books.verify()] == [Wrong.NOT_IN_JOURNAL]
    books.reindex()
    assert books.verify() == ()
    with books.ledger.reading() as tx:
        assert [each.id for each in tx.acts(act="note")] == ["A9"]


def test_what_was_recorded_once_is_not_recorded_again(office: Office) -> None:
    books = office.books()
    before = rows_of(books)
    books.record("drop", drop="D1", state="finished")
    books.record("drop", drop="D1", state="finished")
    after = rows_of(books)
    assert len(after["events"]) == len(before["events"]) + 1


def test_the_deposits_of_a_job_are_steps_of_it_with_what_they_were_made_from(office: Office) -> None:
    books = office.books()
    with books.ledger.reading() as tx:
        drop = tx.drops()[0].id
        steps = tx.steps_done(f"drop:{drop}")
        filed = [row for row in tx.submissions() if row.drop == drop]
        hashes = {row.id: row.manifest_sha256 for row in tx.deposits()}
    assert sorted(steps) == sorted(f"keep {each}" for each in (filed[0].id, next(iter_held(office, drop))))
    for step, (made_from, gave) in steps.items():
        assert len(made_from) == 52
        assert gave == hashes[step.removeprefix("keep ")]


def iter_held(office: Office, drop: str) -> Iterator[str]:
    with office.ledger().reading() as tx:
        yield from (f"{part.id}-1" for part in tx.parts(drop=drop, outcome=Outcome.HELD))


def test_who_slept_while_another_took_the_job_publishes_nothing(office: Office) -> None:
    books = office.books()
    with books.ledger.transaction() as tx:
        tx.add_job("drop:D9", "drop")
        sleeper = tx.take_job("drop:D9", "me", lease_seconds=0)
        assert sleeper is not None
        assert tx.take_job("drop:D9", "another") is not None
    before = rows_of(books)
    with books.under(sleeper):
        with pytest.raises(LeaseLost):
            file_submission(books, "D9", "P9", case="C-00000009")
        with pytest.raises(LeaseLost):
            books.finish_drop("D9")
    assert rows_of(books) == before
    assert not list(office.outbox.glob("cases/C-00000009"))
    assert books.verify() == ()


def test_an_intact_archive_has_no_trouble(office: Office) -> None:
    assert office.books().verify(read_data=True) == ()


def test_every_flipped_byte_is_found_and_named(office: Office) -> None:
    books, chance = office.books(), random.Random(7)
    files = [path for path in office.outbox.rglob("*") if path.is_file()]
    for file in files:
        data = bytearray(file.read_bytes())
        place = chance.randrange(len(data))
        data[place] ^= 1 << chance.randrange(8)
        whole = file.read_bytes()
        file.write_bytes(data)
        named = {trouble.path for trouble in books.verify(read_data=True)}
        assert any(str(file.relative_to(office.outbox)).startswith(path) for path in named), file.name
        file.write_bytes(whole)
    assert books.verify(read_data=True) == ()


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        (
            "UPDATE submissions SET case_id = 'C-00000009' WHERE id = (SELECT min(id) FROM submissions)",
            "submissions",
        ),
        ("UPDATE events SET ids = '{}' WHERE seq = 4", "events"),
        ("UPDATE events SET at = 'once upon a time' WHERE seq = (SELECT max(seq) FROM events)", "events"),
        ("DELETE FROM submissions", "submissions"),
        ("DELETE FROM drops", "drops"),
        ("UPDATE case_identifiers SET value = '7654321'", "case_identifiers"),
        ("INSERT INTO acts SELECT 'A0', act, case_id, target, path, seq FROM acts LIMIT 1", "acts"),
    ],
)
def test_a_ledger_that_is_not_what_the_archive_says_is_named(
    office: Office, statement: str, table: str
) -> None:
    books = office.books()
    change_the_ledger(office, statement)
    found = books.verify()
    assert {(each.path, each.wrong) for each in found} == {(f"ledger/{table}", Wrong.LEDGER)}
    assert not any("7654321" in str(each) or "1234567" in str(each) for each in found)
    books.reindex()
    assert books.verify() == ()


def change_the_ledger(office: Office, statement: str) -> None:
    raw = sqlite3.connect(office.root / "state" / "ledger.db")
    raw.execute(statement)
    raw.commit()
    raw.close()


def test_a_ledger_that_lost_its_last_event_is_named(office: Office) -> None:
    books = office.books()
    change_the_ledger(office, "DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)")
    assert "ends at event" in "".join(str(each) for each in books.verify() if each.path == "ledger")


def test_a_drop_that_nobody_would_read_is_named(office: Office) -> None:
    books = office.books()
    copy = office.scratch / "copy"
    copy.write_bytes(pdf(9))
    drop = Drop("D9", hashlib.sha256(pdf(9)).hexdigest(), len(pdf(9)), NOON, "scan.pdf", "")
    books.keep_original(drop, copy, "pdf", "inbox", NOON.date())
    assert books.verify() == ()
    change_the_ledger(office, "DELETE FROM jobs WHERE state = 'ready'")
    assert [each.path for each in books.verify()] == ["ledger/jobs"]


def test_a_number_reserved_for_a_form_in_hand_is_no_trouble_but_one_nobody_files_is(office: Office) -> None:
    books = office.books()
    with books.ledger.transaction() as tx:
        tx.reserve_identifiers("C-00000002", "S9", [Identifier("dmh_id", "7777777", unique=True)])
        tx.add_job("drop:D9", "drop")
    assert books.verify() == ()
    change_the_ledger(office, "UPDATE jobs SET state = 'done'")
    assert [each.path for each in books.verify()] == ["ledger/case_identifiers"]


def test_a_chain_cut_off_everywhere_shows_against_a_head_written_earlier(
    office: Office, tmp_path: Path
) -> None:
    books = office.books()
    write_head(books.head(), tmp_path / "head.json")
    act(books, "note")
    head = read_head(tmp_path / "head.json")
    assert books.examine(head=head).troubles == ()
    for gone in ("*-note-*", "*-merge-*", "*-packet-status-*"):
        shutil.rmtree(one(office, f"cases/*/acts/{gone}"))
        lose_the_end_of_the_journal(office)
    again = Books(Archive(office.outbox), office.ledger(), lambda: NOON, check=False)
    again.reindex()
    assert again.verify() == ()
    (found,) = again.examine(head=head).troubles
    assert "was cut off" in found.message
    act(again, "note")
    act(again, "another")
    (found,) = again.examine(head=head).troubles
    assert "written anew" in found.message


def test_a_head_of_another_archive_is_refused(office: Office) -> None:
    books = office.books()
    (found,) = books.examine(head=replace(books.head(), archive="ANOTHER")).troubles
    assert "another archive" in found.message


@pytest.mark.parametrize("data", [b"", b"{}", b'{"format":1,"archive":"A","events":-1,"hash":""}'])
def test_a_file_that_is_no_head_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "head.json").write_bytes(data)
    with pytest.raises(SetupError, match="no head of a chain"):
        read_head(tmp_path / "head.json")
    with pytest.raises(SetupError, match="No such file"):
        read_head(tmp_path / "none.json")


def test_an_office_goes_on_with_a_restored_outbox_and_a_new_state_folder(
    office: Office, tmp_path: Path
) -> None:
    """The machine is gone; what is left is a copy of the outbox alone."""
    shutil.copytree(office.outbox, tmp_path / "copy")
    after = Office.at(new_folder(tmp_path / "new machine"))
    shutil.copytree(tmp_path / "copy", after.outbox, dirs_exist_ok=True)
    assert Books(Archive(after.outbox), after.ledger(), lambda: NOON, check=False).reindex() == ()
    for number in (3, 4, 1):  # two new papers, and one that had come before
        (after.inbox_folder / f"scan {number}.pdf").write_bytes(pdf(number))
    serve_once(after)
    books = after.books()
    with books.ledger.reading() as tx:
        assert len(tx.drops()) == 6
        assert tx.jobs_to_do() == ()
        filed = tx.submissions("C-00000002")[0].id
    make_packet(books, "K2", filed)
    with books.ledger.reading() as tx:
        assert [packet.id for packet in tx.packets("C-00000002")] == ["K1", "K2"]
    assert [event.seq for event in books.journal.events()] == list(range(1, books.head().events + 1))
    assert list(after.inbox_folder.glob("*.pdf")) == []
    assert books.verify(read_data=True) == ()


def new_folder(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_reindex_does_not_take_an_unconnected_outbox_for_an_empty_one(office: Office, tmp_path: Path) -> None:
    books = office.books()
    before = rows_of(books)
    office.outbox.rename(tmp_path / "unplugged")
    office.outbox.mkdir()
    with pytest.raises(ArchiveError, match="not connected"):
        books.reindex()
    with pytest.raises(ArchiveError, match="not connected"):
        books.record("drop", drop="D1", state="received")
    assert list(office.outbox.iterdir()) == []
    assert rows_of(books) == before


def test_what_the_disk_does_not_give_back_is_named(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    books = office.books()
    bad = one(office, "received/*/*/original.pdf")
    real = disk.sha256_of

    def fail(file: Path) -> str:
        if file == bad:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(file)

    monkeypatch.setattr("pipeline.archive.verify.sha256_of", fail)
    (found,) = books.verify(read_data=True)
    assert (found.path, found.wrong) == (str(bad.parent.relative_to(office.outbox)), Wrong.UNREADABLE)


def one(office: Office, pattern: str) -> Path:
    return sorted(office.outbox.glob(pattern))[0]


def lose_a_file(office: Office) -> None:
    one(office, "received/*/*/original.pdf").unlink()


def add_a_file(office: Office) -> None:
    (one(office, "received/*/*") / "note.txt").write_text("x")


def lose_a_deposit(office: Office) -> None:
    shutil.rmtree(one(office, "cases/*/submissions/*"))


def add_a_stray_file(office: Office) -> None:
    (office.outbox / "cases" / "list.xlsx").write_bytes(b"x")


def lose_the_end_of_the_journal(office: Office) -> None:
    segment = one(office, "journal/*")
    segment.write_bytes(b"".join(segment.read_bytes().splitlines(keepends=True)[:-1]))


def link_a_file(office: Office) -> None:
    file = one(office, "received/*/*/original.pdf")
    file.unlink()
    file.symlink_to("/etc/passwd")


@pytest.mark.parametrize(
    ("damage", "wrong"),
    [
        (lose_a_file, Wrong.MISSING),
        (add_a_file, Wrong.EXTRA),
        (lose_a_deposit, Wrong.MISSING),
        (add_a_stray_file, Wrong.EXTRA),
        (lose_the_end_of_the_journal, Wrong.CHAIN),
        (link_a_file, Wrong.CHANGED),
    ],
)
def test_what_is_missing_changed_or_too_much_is_named(
    office: Office, damage: Callable[[Office], None], wrong: Wrong
) -> None:
    books = office.books()
    damage(office)
    found: tuple[Trouble, ...] = books.verify()
    assert wrong in {trouble.wrong for trouble in found}


def test_an_outbox_that_is_not_connected_is_not_taken_for_an_empty_one(
    office: Office, tmp_path: Path
) -> None:
    office.outbox.rename(tmp_path / "unplugged")
    office.outbox.mkdir()
    with pytest.raises(ArchiveError, match="empty or not connected"):
        office.books()
    assert list(office.outbox.iterdir()) == []


def test_an_older_outbox_under_a_newer_ledger_is_refused_until_reindex(office: Office) -> None:
    lose_the_end_of_the_journal(office)
    with pytest.raises(ArchiveError, match="run reindex"):
        office.books()
    books = Books(Archive(office.outbox), office.ledger(), lambda: NOON, check=False)
    books.reindex()
    assert office.books().verify() == ()


def test_a_damaged_deposit_does_not_keep_the_others_from_the_index(office: Office) -> None:
    one(office, "received/*/*/manifest.json").write_bytes(b"{")
    books = Books(Archive(office.outbox), office.new_state(), lambda: NOON, check=False)
    assert [trouble.wrong for trouble in books.reindex()] == [Wrong.DAMAGED]
    with books.ledger.reading() as tx:
        assert (len(tx.drops()), len(tx.parts())) == (2, 6)


def test_a_sheet_received_again_after_midnight_is_the_same_drop(office: Office) -> None:
    books = office.books()
    with books.ledger.reading() as tx:
        row = tx.drops()[0]
    copy = office.scratch / "copy"
    copy.write_bytes(pdf(0))
    drop = Drop(row.id, row.sha256, row.size, NOON, row.name, row.batch)
    assert books.keep_original(drop, copy, "pdf", "inbox", date(2026, 11, 23)).path == row.path
