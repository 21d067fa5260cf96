"""Whatever is not as it was left is named: files, rows of the ledger, and the end of the chain."""

from __future__ import annotations

import errno
import hashlib
import os
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import disk
from pipeline.archive import Archive, Books, Trouble, Wrong, read_head, write_head
from pipeline.errors import SetupError
from pipeline.ledger import Identifier
from pipeline.model import Drop
from tests.archive.damage import change_the_ledger, lose_the_end_of_the_journal, one
from tests.office import NOON, Office, act, busy_office, pdf


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return busy_office(tmp_path)


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
    act(books, "settle")
    head = read_head(tmp_path / "head.json")
    assert books.examine(head=head).troubles == ()
    for gone in ("*-settle-*", "*-merge-*", "*-packet-status-*"):
        shutil.rmtree(one(office, f"cases/*/acts/{gone}"))
        lose_the_end_of_the_journal(office)
    again = Books(Archive(office.outbox), office.ledger(), lambda: NOON, check=False)
    again.reindex()
    assert again.verify() == ()
    (found,) = again.examine(head=head).troubles
    assert "was cut off" in found.message
    act(again, "settle")
    act(again, "confirm")
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


def lose_a_file(office: Office) -> None:
    one(office, "received/*/*/original.pdf").unlink()


def add_a_file(office: Office) -> None:
    (one(office, "received/*/*") / "note.txt").write_text("x")


def lose_a_deposit(office: Office) -> None:
    shutil.rmtree(one(office, "cases/*/submissions/*"))


def add_a_stray_file(office: Office) -> None:
    (office.outbox / "cases" / "list.xlsx").write_bytes(b"x")


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
