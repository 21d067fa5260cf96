"""The ledger: one writer at a time, all or nothing, and one person per number."""

from __future__ import annotations

import sqlite3
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from pipeline.errors import ArchiveError, SetupError
from pipeline.ledger import (
    Identifier,
    IdentifierTaken,
    Ledger,
    PartRow,
    SubmissionRow,
    Transaction,
    ledger_in_memory,
    open_ledger,
)
from pipeline.ledger.sqlite import advice
from pipeline.model import Outcome, Reason
from tests.office import NOON

DMH = Identifier("dmh_id", "1234567", unique=True)
NAME = Identifier("name-and-birth-date", "annlee|2001-01-01", unique=False)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return open_ledger(tmp_path)


def submit(tx: Transaction, submission: str, case: str, **fields: str) -> None:
    tx.open_case(case, submission)
    row = SubmissionRow(
        id=submission,
        part=f"P{submission}",
        drop="D1",
        case=case,
        form=fields.get("form", "intake"),
        edition="2026-11",
        received_at=NOON,
        effective=date.fromisoformat(fields.get("effective", "2026-11-01")),
        period=fields.get("period", ""),
        values_hash="a" * 64,
        path=f"cases/{case}/submissions/{submission}",
    )
    tx.put_submission(row)


def test_what_a_failing_block_wrote_is_undone(ledger: Ledger) -> None:
    def fail_half_way() -> None:
        with ledger.transaction() as tx:
            tx.open_case("C-1", "S1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    with ledger.reading() as tx:
        assert tx.case("C-1") is None


def test_a_part_comes_back_as_it_was_put(ledger: Ledger) -> None:
    reasons = (Reason.NOT_SURE, Reason.RULE_BROKEN)
    row = PartRow("P1", "D1", (2, 3), Outcome.HELD, "intake", "2026-11", reasons, round=2, path="held/P1/2")
    with ledger.transaction() as tx:
        tx.put_part(row)
    with ledger.reading() as tx:
        assert tx.part("P1") == row
        assert tx.parts(drop="D1", outcome=Outcome.HELD) == (row,)
        assert tx.parts(outcome=Outcome.KEPT) == ()


def test_a_number_belongs_to_one_case_and_a_name_to_many(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.reserve_identifiers("C-1", "S1", [DMH, NAME])
        submit(tx, "S1", "C-1")
        tx.reserve_identifiers("C-1", "S2", [DMH])
        tx.reserve_identifiers("C-2", "S3", [NAME])
        with pytest.raises(IdentifierTaken) as taken:
            tx.reserve_identifiers("C-2", "S3", [DMH])
        assert (taken.value.type, taken.value.case) == ("dmh_id", "C-1")
        assert "1234567" not in str(taken.value)
        assert tx.find_cases(NAME.type, NAME.value) == {"C-1", "C-2"}


def test_two_forms_of_one_new_person_at_the_same_moment_open_one_case(ledger: Ledger) -> None:
    def reserve(number: int) -> bool:
        try:
            with ledger.transaction() as tx:
                tx.reserve_identifiers(f"C-{number}", f"S{number}", [DMH])
            return True
        except IdentifierTaken:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(reserve, range(16))) == 1


def test_a_withdrawn_submission_gives_its_numbers_free(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.reserve_identifiers("C-1", "S1", [DMH])
        submit(tx, "S1", "C-1")
        tx.withdraw_submission("S1", "A1")
        assert tx.find_cases(DMH.type, DMH.value) == set()
        tx.reserve_identifiers("C-2", "S2", [DMH])


def test_a_merged_case_is_found_under_the_one_that_took_it_over(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.reserve_identifiers("C-1", "S1", [DMH])
        submit(tx, "S1", "C-1")
        submit(tx, "S2", "C-2")
        submit(tx, "S3", "C-3")
        tx.merge_case("C-1", "C-2")
        tx.merge_case("C-2", "C-3")
        assert tx.find_cases(DMH.type, DMH.value) == {"C-3"}
        assert [case.id for case in tx.cases()] == ["C-3"]
        tx.reserve_identifiers("C-3", "S4", [DMH])


def test_the_numbers_of_a_case_are_those_of_forms_that_still_count(ledger: Ledger) -> None:
    other = Identifier("dmh_id", "7654321", unique=True)
    with ledger.transaction() as tx:
        tx.reserve_identifiers("C-1", "S1", [DMH])
        submit(tx, "S1", "C-1")
        tx.reserve_identifiers("C-1", "S2", [other, NAME])
        submit(tx, "S2", "C-1")
        tx.withdraw_submission("S2", "A1")
        assert tx.identifiers("C-1") == (DMH,)


def test_a_case_has_the_numbers_of_the_cases_that_were_merged_into_it(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.reserve_identifiers("C-1", "S1", [DMH])
        submit(tx, "S1", "C-1")
        tx.reserve_identifiers("C-2", "S2", [NAME])
        submit(tx, "S2", "C-2")
        tx.merge_case("C-1", "C-2")
        assert set(tx.identifiers("C-2")) == {DMH, NAME}


def test_cases_merged_into_each_other_do_not_go_round_for_ever(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        submit(tx, "S1", "C-1")
        submit(tx, "S2", "C-2")
        tx.merge_case("C-1", "C-2")
        tx.merge_case("C-2", "C-1")
        assert tx.resolve_case("C-1") in {"C-1", "C-2"}


def test_submissions_come_in_the_order_of_the_fold(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        submit(tx, "S3", "C-1", effective="2026-12-01")
        submit(tx, "S1", "C-1", effective="2026-11-01")
        submit(tx, "S2", "C-1", effective="2026-11-01", form="monthly", period="2026-11")
        assert [each.id for each in tx.submissions("C-1")] == ["S1", "S2", "S3"]
        assert [each.id for each in tx.submissions("C-1", form="monthly", period="2026-11")] == ["S2"]


def test_a_refiled_submission_takes_its_numbers_with_it(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.reserve_identifiers("C-1", "S1", [DMH])
        submit(tx, "S1", "C-1")
        tx.open_case("C-2", "S9")
        tx.move_submission("S1", "C-2")
        assert tx.find_cases(DMH.type, DMH.value) == {"C-2"}
        assert tx.identifiers("C-1") == ()


def test_reservations_that_were_never_filed_can_be_dropped(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.reserve_identifiers("C-1", "S1", [DMH])
        assert tx.drop_reservations() == 1
        assert tx.find_cases(DMH.type, DMH.value) == set()


def test_a_new_ledger_that_another_process_is_just_making_is_waited_for(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE theirs (x)")
    other.execute("BEGIN IMMEDIATE")
    done = threading.Timer(0.1, lambda: other.execute("COMMIT"))
    done.start()
    with open_ledger(tmp_path).reading() as tx:
        assert tx.drops() == ()
    done.join()
    other.close()


def test_a_connection_is_used_again_and_never_by_two_at_once(ledger: Ledger) -> None:
    with ledger.reading() as tx:
        first = tx.connection
        assert tx.note("said") == ""
        with ledger.transaction() as writing:
            assert writing.connection is not first
            writing.put_note("said", "meanwhile")
        assert tx.note("said") == ""  # a view is of one moment
    with ledger.reading() as tx:
        assert tx.note("said") == "meanwhile"
        assert tx.connection in (first, writing.connection)


def test_a_connection_on_which_something_failed_is_not_used_again(ledger: Ledger) -> None:
    with ledger.reading() as tx:
        broken = tx.connection
    with pytest.raises(ArchiveError), ledger.transaction() as tx:
        tx.connection.execute(text("no such word"))
    with ledger.reading() as tx:
        assert tx.connection is not broken
    assert broken.closed


def test_the_ledger_file_is_for_its_own_user_only(ledger: Ledger, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "ledger.db").stat().st_mode) == 0o600


def test_a_commit_is_on_the_disk_and_tables_are_strict(ledger: Ledger, tmp_path: Path) -> None:
    with ledger.reading() as tx:
        assert tx.connection.execute(text("PRAGMA synchronous")).scalar() == 2
        assert tx.connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert tx.connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    raw = sqlite3.connect(tmp_path / "ledger.db")
    with pytest.raises(sqlite3.IntegrityError, match="cannot store TEXT"):
        raw.execute("INSERT INTO acts VALUES ('A1', 'note', '', '', '', 'many')")
    raw.close()


def test_a_ledger_of_another_version_is_refused_with_advice(ledger: Ledger, tmp_path: Path) -> None:
    ledger.close()
    raw = sqlite3.connect(tmp_path / "ledger.db")
    raw.execute("UPDATE about SET value = '99' WHERE name = 'schema_version'")
    raw.commit()
    raw.close()
    with pytest.raises(SetupError, match="version 99"):
        open_ledger(tmp_path)


def test_the_version_tells_whether_anybody_has_committed_anything(tmp_path: Path) -> None:
    ledger, other = open_ledger(tmp_path), open_ledger(tmp_path)
    before = ledger.version()
    with ledger.reading() as tx, other.reading():
        tx.drops()
    with pytest.raises(ZeroDivisionError), ledger.transaction() as tx:
        tx.put_note("undone", str(1 // 0))
    assert ledger.version() == before
    seen = {before}
    for writer in (ledger, other, ledger):
        with writer.transaction() as tx:
            tx.put_note("note", f"{len(seen)}")
        seen.add(ledger.version())
        assert ledger.version() in seen
    assert len(seen) == 4
    ledger.close()
    assert ledger.version() not in seen


def test_a_ledger_in_memory_never_says_that_nothing_has_changed() -> None:
    ledger = ledger_in_memory()
    assert ledger.version() != ledger.version()


def error_of(path: Path, statement: str) -> sqlite3.Error:
    with pytest.raises(sqlite3.Error) as failure:
        sqlite3.connect(path, timeout=0, isolation_level=None).execute(statement)
    return failure.value


def test_what_is_said_of_an_error_of_the_ledger_fits_its_cause(ledger: Ledger, tmp_path: Path) -> None:
    with ledger.transaction():
        assert "Another program has locked" in advice(error_of(tmp_path / "ledger.db", "BEGIN IMMEDIATE"))
    (tmp_path / "torn.db").write_bytes(b"no database at all" * 100)
    assert "run verify" in advice(error_of(tmp_path / "torn.db", "SELECT * FROM sqlite_master"))
    assert "Run doctor" in advice(error_of(tmp_path, "SELECT 1"))
    assert "not full" in advice(OSError())
