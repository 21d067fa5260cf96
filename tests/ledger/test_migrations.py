"""A ledger that an older program left opens with work in every state, and nothing of it is stuck."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Connection

from pipeline.errors import ArchiveError, SetupError
from pipeline.ledger import DropState, Job, JobState, Ledger, SheetState, engine, open_ledger
from pipeline.model import Outcome
from tests.ledger.freeze import BOOT, CASE, CLOCK_MS, LAPSED, LIVE, POISONED, READY, WAITING

HERE = Path(__file__).parent
OLD = sorted(HERE.glob("version-*.sql"))
LATER_MS = CLOCK_MS + 61_000  # the short leases have run out, the long one has not


def thawed(state: Path, sql: Path) -> Path:
    raw = sqlite3.connect(state / "ledger.db")
    raw.executescript(sql.read_text(encoding="utf-8"))
    raw.close()
    return state


def opened(state: Path) -> Ledger:
    return open_ledger(state, lambda: LATER_MS, BOOT)


def schema(file: Path) -> dict[str, list[tuple[str, str, int, int]]]:
    """Name, type, whether it may be empty and place in the key of each column, by table."""
    raw = sqlite3.connect(file)
    tables = [
        name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'index')")
    ]
    found = {
        table: sorted((c[1], c[2], c[3], c[5]) for c in raw.execute(f"PRAGMA table_info({table})"))
        for table in sorted(tables)
    }
    raw.close()
    return found


def take(ledger: Ledger, drop: str) -> Job | None:
    with ledger.transaction() as tx:
        return tx.take_job(f"drop:{drop}", "me")


def test_the_format_of_this_program_is_frozen() -> None:
    assert HERE / f"version-{engine.SCHEMA_VERSION}.sql" in OLD, "run tests.ledger.freeze"
    assert len(OLD) == engine.SCHEMA_VERSION


@pytest.mark.parametrize("sql", OLD, ids=lambda sql: sql.stem)
def test_a_ledger_of_every_version_opens_and_nothing_in_it_is_stuck(tmp_path: Path, sql: Path) -> None:
    ledger = opened(thawed(tmp_path, sql))
    with ledger.reading() as tx:
        assert set(tx.jobs_to_do()) == {f"drop:{drop}" for drop in (READY, LAPSED, WAITING)}
        assert [job.key for job in tx.poisoned_jobs()] == [f"drop:{POISONED}"]
        assert [job.key for job in tx.jobs(JobState.RUNNING)] == [f"drop:{LAPSED}", f"drop:{LIVE}"]
        assert len(tx.jobs(JobState.DONE)) == 2
    assert take(ledger, LIVE) is None
    with ledger.transaction() as tx:
        tx.retry_job(f"drop:{POISONED}")
        assert tx.free_dead_leases(lambda owner: False) == 2  # their machine was switched off for good
    for drop in (READY, LAPSED, LIVE, WAITING, POISONED):
        job = take(ledger, drop)
        assert job is not None, drop
        with ledger.transaction() as tx:
            tx.step_done(job, "read", input="abc", output="def")
            tx.finish_job(job)
    with ledger.reading() as tx:
        assert {job.state for job in tx.jobs()} == {JobState.DONE}


@pytest.mark.parametrize("sql", OLD, ids=lambda sql: sql.stem)
def test_every_row_of_an_older_ledger_is_still_understood(tmp_path: Path, sql: Path) -> None:
    with opened(thawed(tmp_path, sql)).reading() as tx:
        assert (len(tx.drops(DropState.FINISHED)), len(tx.drops(DropState.RECEIVED))) == (2, 5)
        assert Counter(part.outcome for part in tx.parts()) == {Outcome.HELD: 2, Outcome.KEPT: 2}
        assert [bool(row.withdrawn_by) for row in tx.submissions(CASE)].count(True) == 1
        assert tx.find_cases("dmh_id", "1234567") == {CASE}
        assert [packet.id for packet in tx.packets(CASE)] == ["K1"]
        assert [act.act for act in tx.acts(CASE)] == ["withdraw"]
        assert len(tx.sheets(state=SheetState.WAITING)) == 2
        numbers = [event.seq for event in tx.events()]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(tx.deposits()) > 8


@pytest.mark.parametrize("sql", OLD[:-1], ids=lambda sql: sql.stem)
def test_an_older_ledger_becomes_like_a_new_one_and_is_copied_first(tmp_path: Path, sql: Path) -> None:
    (tmp_path / "new").mkdir()
    opened(tmp_path / "new").close()
    before = schema(thawed(tmp_path, sql) / "ledger.db")
    opened(tmp_path).close()
    assert schema(tmp_path / "ledger.db") == schema(tmp_path / "new" / "ledger.db")
    copy = tmp_path / f"ledger-{sql.stem}.db"
    assert schema(copy) == before
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert not list(tmp_path.glob(".ledger*"))


def test_a_migration_that_fails_leaves_the_ledger_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    thawed(tmp_path, OLD[0])
    before = schema(tmp_path / "ledger.db")

    def half(connection: Connection) -> None:
        engine.MIGRATIONS[1](connection)
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(engine, "_migrate", half)
        with pytest.raises(ZeroDivisionError):
            opened(tmp_path)
    assert schema(tmp_path / "ledger.db") == before
    opened(tmp_path)


def test_a_ledger_that_cannot_be_copied_is_not_migrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    thawed(tmp_path, OLD[0])
    before = schema(tmp_path / "ledger.db")

    def full(fd: int) -> None:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        with pytest.raises(ArchiveError, match="No space left"):
            opened(tmp_path)
    assert schema(tmp_path / "ledger.db") == before


def test_two_that_open_an_old_ledger_at_once_migrate_it_once(tmp_path: Path) -> None:
    thawed(tmp_path, OLD[0])
    with ThreadPoolExecutor(4) as pool:
        for ledger in pool.map(lambda _: opened(tmp_path), range(4)):
            ledger.close()
    assert "input" not in {name for name, *_ in schema(tmp_path / "ledger-version-1.db")["steps"]}
    opened(tmp_path)


def test_a_newer_ledger_is_refused_and_not_touched(tmp_path: Path) -> None:
    thawed(tmp_path, OLD[-1])
    raw = sqlite3.connect(tmp_path / "ledger.db")
    raw.execute("UPDATE about SET value = '99' WHERE name = 'schema_version'")
    raw.execute("DROP TABLE steps")
    raw.commit()
    raw.close()
    before = schema(tmp_path / "ledger.db")
    with pytest.raises(SetupError, match="version 99"):
        open_ledger(tmp_path)
    assert schema(tmp_path / "ledger.db") == before
