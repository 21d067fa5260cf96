"""Work goes on when a worker is killed, and the blame falls on the right file."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from pipeline.errors import ArchiveError
from pipeline.ledger import Job, Ledger, open_ledger
from pipeline.workers import (
    Worked,
    free_dead_leases,
    local_executor,
    owner_lives,
    owner_name,
    run_jobs,
    work_on,
)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    ledger = open_ledger(tmp_path)
    with ledger.transaction() as tx:
        for number in range(6):
            tx.add_job(f"{tmp_path}:{number}", "drop")
    return ledger


def write_a_line(key: str) -> Worked:
    """The task of a worker: notes that it was here. Number 3 ends its worker each time."""
    folder, _, number = key.rpartition(":")

    def work(job: Job) -> None:
        if number == "3":
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.05)
        with (Path(folder) / number).open("a") as file:
            file.write("done\n")

    ledger = open_ledger(Path(folder))
    free_dead_leases(ledger)
    return work_on(ledger, key, work)


@pytest.mark.slow
def test_a_file_that_kills_its_worker_stops_nobody_else(ledger: Ledger, tmp_path: Path) -> None:
    keys = [f"{tmp_path}:{number}" for number in range(6)]
    with local_executor(2) as executor:
        ended = dict(run_jobs(executor, keys, write_a_line))
    with local_executor(2) as executor:
        again = dict(run_jobs(executor, keys, write_a_line))
    killer = keys[3]
    assert ended[killer] is Worked.GAVE_UP
    assert {key: worked for key, worked in ended.items() if key != killer} == dict.fromkeys(
        [key for key in keys if key != killer], Worked.DONE
    )
    assert again[killer] is Worked.GAVE_UP
    assert [(tmp_path / str(n)).read_text() for n in (0, 1, 2, 4, 5)] == ["done\n"] * 5
    free_dead_leases(ledger)
    with ledger.reading() as tx:
        assert [job.key for job in tx.poisoned_jobs()] == [killer]


def test_one_worker_works_in_this_process() -> None:
    with local_executor(1) as executor:
        assert executor.submit(os.getpid).result() == os.getpid()


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
