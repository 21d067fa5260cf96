"""Who may work, and what becomes of a job that fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import ArchiveError
from pipeline.ledger import Job, Ledger, open_ledger
from pipeline.workers import (
    Worked,
    free_dead_leases,
    owner_lives,
    owner_name,
    work_on,
)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    ledger = open_ledger(tmp_path)
    with ledger.transaction() as tx:
        for number in range(6):
            tx.add_job(f"{tmp_path}:{number}", "drop")
    return ledger


def test_a_bug_in_one_file_is_tried_again_and_then_given_up(tmp_path: Path) -> None:
    now = [0]
    ledger = open_ledger(tmp_path, lambda: now[0])
    with ledger.transaction() as tx:
        tx.add_job("drop:1", "drop")

    def bug(job: Job) -> None:
        raise KeyError("legal_last")

    worked = []
    for _ in range(4):
        worked.append(work_on(ledger, "drop:1", bug))
        now[0] += 60_000
    assert worked == [Worked.FAILED, Worked.FAILED, Worked.GAVE_UP, Worked.GAVE_UP]
    with ledger.reading() as tx:
        assert [job.error for job in tx.poisoned_jobs()] == ["KeyError"]


def test_a_full_disk_stops_the_work_and_blames_no_file(ledger: Ledger, tmp_path: Path) -> None:
    def full(job: Job) -> None:
        raise ArchiveError("No space left on device")

    with pytest.raises(ArchiveError):
        work_on(ledger, f"{tmp_path}:0", full)
    with ledger.reading() as tx:
        job = tx.job(f"{tmp_path}:0")
    assert job is not None
    assert job.attempts == 0


def test_a_holder_is_known_by_process_and_start_time() -> None:
    mine = owner_name()
    assert owner_lives(mine)
    host, pid, started = mine.rsplit("/", 2)
    assert not owner_lives(f"{host}/{pid}/{int(started) - 1}")
    assert owner_lives(f"another-host/{pid}/1")


def test_what_a_killed_process_held_is_free_while_others_keep_theirs(ledger: Ledger, tmp_path: Path) -> None:
    host, pid, began = owner_name().rsplit("/", 2)
    with ledger.transaction() as tx:
        dead = tx.take_job(f"{tmp_path}:0", f"{host}/{pid}/{int(began) - 1}")
        alive = tx.take_job(f"{tmp_path}:1", owner_name())
    assert dead is not None
    assert alive is not None
    assert free_dead_leases(ledger) == 1
    with ledger.reading() as tx:
        assert dead.key in tx.jobs_to_do()
        assert alive.key not in tx.jobs_to_do()
