"""Archive, journal and ledger stay in step, and the outbox alone is enough to go on."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pipeline.archive import Archive, Books, Trouble, Wrong, act_path, packet_path
from pipeline.errors import ArchiveError
from pipeline.ledger import Identifier, SheetState
from pipeline.model import CaseStatus, DepositKind, Drop, Outcome, PacketStatus
from pipeline.values import Json
from tests.office import NOON, Office, file_submission, pdf, serve_once


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office with three drops kept, two cases, a packet, and decisions about them."""
    office = Office.at(tmp_path)
    for number in range(3):
        (office.inbox_folder / f"scan {number}.pdf").write_bytes(pdf(number))
    serve_once(office)
    books = office.books()
    dmh = Identifier("dmh_id", "1234567", unique=True)
    filed = file_submission(books, "D1", "P1", case="C-00000002", identifiers=[dmh])
    wrong = file_submission(books, "D1", "P2", case="C-00000002")
    path = packet_path("C-00000002", NOON.date(), "isp", "K1")
    about: dict[str, Json] = {"case": "C-00000002", "name": "isp", "as_of": "2026-11-22", "status": "draft"}
    packet = {"plan.docx": b"word"}
    books.publish(
        DepositKind.PACKET, path, packet, id="K1", inputs={"t": "1"}, about={**about, "uses": [filed]}
    )
    act(books, "withdraw", target=wrong)
    act(books, "case-status", status="transferred")
    act(books, "packet-status", target="K1", status="sent")
    act(books, "merge", case="C-00000001", into="C-00000002")
    return office


def act(books: Books, name: str, case: str = "C-00000002", **about: Json) -> None:
    books.publish(
        DepositKind.ACT,
        act_path(case, NOON.date(), name, f"A-{name}"),
        {"act.json": b"{}"},
        id=f"A-{name}",
        inputs={"act": name},
        about={"act": name, "case": case, **about},
    )


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


def test_an_intact_archive_has_no_trouble(office: Office) -> None:
    assert office.books().verify(read_data=True) == ()


def test_every_flipped_byte_is_found_and_named(office: Office) -> None:
    books, chance = office.books(), random.Random(7)
    files = [path for path in office.outbox.rglob("*") if path.is_file() and path.name != "archive.json"]
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
