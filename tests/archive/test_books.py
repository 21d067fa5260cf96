"""Archive, journal and ledger stay in step, and the outbox alone is enough to go on."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from pipeline.archive import Archive, Books, Wrong, act_path, held_path
from pipeline.disk import pull_the_plug_with
from pipeline.errors import ArchiveError
from pipeline.ledger import Job, JobState, LeaseLost, PartRow, SheetState, open_ledger
from pipeline.model import CaseStatus, DepositKind, Drop, Outcome, PacketStatus, Part, Reason
from pipeline.values import Json
from pipeline.workers import Worked, work_on
from tests.archive.damage import lose_the_end_of_the_journal, one
from tests.office import NOON, Office, busy_office, file_submission, make_packet, pdf, serve_once


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return busy_office(tmp_path)


def rows_of(books: Books) -> dict[str, list[tuple[object, ...]]]:
    with books.ledger.reading() as tx:
        return tx.index_rows()


def test_the_index_says_what_was_done(office: Office) -> None:
    with office.ledger().reading() as tx:
        assert sorted(drop.name for drop in tx.drops()) == ["scan 0.pdf", "scan 1.pdf", "scan 2.pdf"]
        assert Counter(part.outcome for part in tx.parts()) == {Outcome.HELD: 3, Outcome.KEPT: 3}
        assert tx.find_cases("dmh_id", "1234567") == {"C-00000002"}
        assert tx.resolve_case("C-00000001") == "C-00000002"
        assert [case.id for case in tx.cases(CaseStatus.TRANSFERRED)] == ["C-00000002"]
        assert [each.withdrawn_by for each in tx.submissions("C-00000002")].count("A-withdraw") == 1
        packet = tx.packet("K1")
        assert packet is not None
        assert packet.status is PacketStatus.SENT
        (filed,) = (
            each.id for each in tx.submissions("C-00000002") if each.drop == "D1" and not each.withdrawn_by
        )
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


@pytest.mark.parametrize("kind", ["event", "act"])
def test_a_kind_that_only_a_newer_program_knows_is_told_and_nothing_is_done(
    kind: str, office: Office
) -> None:
    books = office.books()
    if kind == "event":
        at = next(books.journal.events()).at
        books.journal.append([("put-aside", {"part": "P9"})], at)
        again = office.books
    else:
        path = act_path("C-00000002", NOON.date(), "put-aside", "A9")
        books.archive.publish(
            DepositKind.ACT, path, {"act.json": b"{}"}, id="A9", inputs={}, about={"act": "put-aside"}
        )
        again = books.reindex  # type: ignore[assignment]
    with pytest.raises(ArchiveError, match="uses a code this program does not know"):
        again()


def test_a_deposit_that_no_event_announced_is_found_by_reindex(office: Office) -> None:
    books = office.books()
    path = act_path("C-00000002", NOON.date(), "settle", "A9")
    books.archive.publish(
        DepositKind.ACT, path, {"act.json": b"{}"}, id="A9", inputs={}, about={"act": "settle"}
    )
    assert [trouble.wrong for trouble in books.verify()] == [Wrong.NOT_IN_JOURNAL]
    books.reindex()
    assert books.verify() == ()
    with books.ledger.reading() as tx:
        assert [each.id for each in tx.acts(act="settle")] == ["A9"]


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


def a_part(drop: str) -> PartRow:
    return PartRow(Part(drop, (1,)).id, drop, (1,), Outcome.HELD, reasons=(Reason.UNKNOWN_FORM,), round=1)


def publish_held(books: Books, part: PartRow) -> None:
    about: dict[str, Json] = {"part": part.id, "round": 1, "case": ""}
    path = held_path(part.id, 1)
    books.publish(
        DepositKind.HELD, path, {"slip.txt": b"?"}, id=part.id, inputs={}, about=about, settles=[part]
    )


def test_a_deposit_and_the_part_it_settles_are_one_write_of_the_journal(office: Office) -> None:
    books, steps, part = office.books(), Counter[str](), a_part("D9")
    pull_the_plug_with(lambda name: steps.update([name]))
    try:
        publish_held(books, part)
        books.finish_drop("D9", settles=[a_part("D8")])
    finally:
        pull_the_plug_with(None)
    assert (steps["append-event"], steps["commit"]) == (2, 2)
    with books.ledger.reading() as tx:
        assert [event.kind for event in tx.events()][-4:] == ["deposit", "part", "part", "drop"]
        assert tx.part(part.id) == part
    said = [*books.journal.events()]
    publish_held(books, part)
    assert [*books.journal.events()] == said
    assert [trouble for trouble in books.verify() if trouble.path.startswith("held/")] == []
    before = rows_of(books)
    assert books.reindex() == ()
    assert rows_of(books) == before


def test_of_one_write_that_was_torn_between_its_events_the_rest_is_said_again(office: Office) -> None:
    part = a_part("D9")
    journal = office.outbox / "journal" / "000000001.jsonl"
    before = journal.read_bytes()
    office.ledger().close()
    shutil.copytree(office.root / "state", office.root / "before")
    publish_held(office.books(), part)
    deposit, end, rest = journal.read_bytes().removeprefix(before).partition(b"\n")
    journal.write_bytes(before + deposit + end + rest[: len(rest) // 2])
    books = Books(Archive(office.outbox), open_ledger(office.root / "before"), lambda: NOON)
    with books.ledger.reading() as tx:
        assert tx.part(part.id) is None
    publish_held(books, part)
    assert journal.read_bytes() == before + deposit + end + rest
    assert books.verify() == ()


def test_who_loses_the_job_while_it_publishes_settles_no_part(office: Office) -> None:
    books, part = office.books(), a_part("D9")
    job = held_job(books)

    def steal(step: str) -> None:
        if step == "rename-folder":
            pull_the_plug_with(None)
            with office.ledger().transaction() as tx:
                tx.free_dead_leases(lambda owner: False)
                assert tx.take_job(job.key, "another") is not None

    pull_the_plug_with(steal)
    with pytest.raises(LeaseLost), books.under(job):
        publish_held(books, part)
    assert [each.kind for each in books.journal.events()][-1] == "deposit"
    with office.books().ledger.reading() as tx:
        assert tx.part(part.id) is None
    assert office.books().verify() == ()


def held_job(books: Books) -> Job:
    with books.ledger.transaction() as tx:
        tx.add_job("drop:D9", "drop")
        job = tx.take_job("drop:D9", "me")
    assert job is not None
    return job


def test_a_step_that_nothing_follows_is_written_when_the_job_is_over(office: Office) -> None:
    books = office.books()
    with books.under(held_job(books)):
        books.note_step("read", input="abc", output="def")
        with books.ledger.reading() as tx:
            assert tx.steps_done("drop:D9") == {}
    with books.ledger.reading() as tx:
        assert tx.steps_done("drop:D9") == {"read": ("abc", "def")}


def test_a_step_is_written_with_what_follows_it(office: Office) -> None:
    books = office.books()
    with books.under(held_job(books)):
        books.note_step("read", input="abc", output="def")
        books.record("supporting", part="P9")
        with books.ledger.reading() as tx:
            assert tx.steps_done("drop:D9") == {"read": ("abc", "def")}


def test_a_step_of_a_job_that_fails_is_not_taken_for_one_of_the_next(office: Office) -> None:
    books = office.books()
    job = held_job(books)

    def fail() -> None:
        with books.under(job):
            books.note_step("read", input="abc", output="def")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with books.under(job):
        books.record("supporting", part="P9")
    with books.ledger.reading() as tx:
        assert tx.steps_done("drop:D9") == {}


def test_who_slept_while_another_took_the_job_notes_no_step(office: Office) -> None:
    books = office.books()
    sleeper = held_job(books)
    with books.ledger.transaction() as tx:
        tx.free_dead_leases(lambda _: False)
        assert tx.take_job("drop:D9", "another") is not None
    with pytest.raises(LeaseLost), books.under(sleeper):
        books.note_step("read", input="abc", output="def")
    with books.ledger.reading() as tx:
        assert tx.steps_done("drop:D9") == {}


def test_a_job_that_failed_once_and_is_ended_by_its_drop_carries_no_error(office: Office) -> None:
    books = office.books()
    failed = held_job(books)
    with books.ledger.transaction() as tx:
        tx.give_back_job(failed, "Failed", counts=True)

    def ended(job: Job) -> None:
        with books.under(job):
            books.finish_drop("D9")

    assert work_on(books.ledger, "drop:D9", ended) is Worked.DONE
    with books.ledger.reading() as tx:
        job = tx.job("drop:D9")
    assert job is not None
    assert (job.state, job.error) == (JobState.DONE, "")


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
