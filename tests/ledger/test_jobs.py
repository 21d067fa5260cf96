"""A job has one holder at a time, and only the newest may finish it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ledger import Job, JobState, LeaseLost, Ledger, open_ledger


class BootClock:
    def __init__(self) -> None:
        self.milliseconds = 1_000

    def __call__(self) -> int:
        return self.milliseconds


@pytest.fixture
def clock() -> BootClock:
    return BootClock()


@pytest.fixture
def ledger(tmp_path: Path, clock: BootClock) -> Ledger:
    ledger = open_ledger(tmp_path, clock, boot="first")
    with ledger.transaction() as tx:
        tx.add_job("drop:1", "drop")
    return ledger


def take(ledger: Ledger, owner: str = "me") -> Job | None:
    with ledger.transaction() as tx:
        return tx.take_job("drop:1", owner, lease_seconds=60)


def taken(ledger: Ledger, owner: str = "me") -> Job:
    job = take(ledger, owner)
    assert job is not None
    return job


def test_only_one_gets_the_lease(ledger: Ledger) -> None:
    taken(ledger)
    assert take(ledger, "other") is None


def test_a_finished_job_is_not_done_again(ledger: Ledger) -> None:
    job = taken(ledger)
    with ledger.transaction() as tx:
        tx.finish_job(job)
        tx.add_job("drop:1", "drop")
        assert tx.jobs_to_do() == ()
    assert take(ledger) is None


def test_a_lease_that_ran_out_is_taken_over_and_the_sleeper_finishes_nothing(
    ledger: Ledger, clock: BootClock
) -> None:
    sleeper = taken(ledger)
    clock.milliseconds += 61_000
    second = taken(ledger, "other")
    assert second.fence == sleeper.fence + 1
    with pytest.raises(LeaseLost), ledger.transaction() as tx:
        tx.finish_job(sleeper)
    with pytest.raises(LeaseLost), ledger.transaction() as tx:
        tx.step_done(sleeper, "read", input="abc", output="def")
    with pytest.raises(LeaseLost), ledger.transaction() as tx:
        tx.hold_job(sleeper)
    with ledger.transaction() as tx:
        tx.finish_job(second)


def test_a_renewed_lease_lasts(ledger: Ledger, clock: BootClock) -> None:
    job = taken(ledger)
    clock.milliseconds += 50_000
    with ledger.transaction() as tx:
        tx.renew_job(job, lease_seconds=60)
    clock.milliseconds += 50_000
    assert take(ledger, "other") is None


def test_after_a_restart_of_the_machine_every_lease_is_void_at_once(ledger: Ledger, tmp_path: Path) -> None:
    taken(ledger)
    ledger.close()
    after = open_ledger(tmp_path, BootClock(), boot="second")
    assert taken(after).fence == 2


def test_a_job_that_ended_three_workers_goes_to_a_person(ledger: Ledger, clock: BootClock) -> None:
    for _ in range(3):
        taken(ledger)
        clock.milliseconds += 61_000
    assert take(ledger) is None
    with ledger.transaction() as tx:
        assert [job.key for job in tx.poisoned_jobs()] == ["drop:1"]
        assert tx.jobs_to_do() == ()
        tx.retry_job("drop:1")
    assert taken(ledger).attempts == 1


def test_a_full_disk_is_not_the_fault_of_the_job(ledger: Ledger) -> None:
    for _ in range(10):
        job = taken(ledger)
        with ledger.transaction() as tx:
            assert not tx.give_back_job(job, "ArchiveError", counts=False)
    with ledger.reading() as tx:
        found = tx.job("drop:1")
    assert found is not None
    assert (found.state, found.attempts, found.error) == (JobState.READY, 0, "ArchiveError")


def test_a_job_given_back_waits_its_time(ledger: Ledger, clock: BootClock) -> None:
    job = taken(ledger)
    with ledger.transaction() as tx:
        tx.give_back_job(job, "ValueError", after_seconds=30, counts=True)
    assert take(ledger) is None
    clock.milliseconds += 30_000
    assert taken(ledger).attempts == 2


def test_what_dead_workers_held_is_free_at_once(ledger: Ledger) -> None:
    taken(ledger, "dead")
    with ledger.transaction() as tx:
        assert tx.free_dead_leases(lambda owner: owner != "dead") == 1
    taken(ledger, "other")


def test_steps_are_remembered_with_what_they_gave(ledger: Ledger) -> None:
    job = taken(ledger)
    with ledger.transaction() as tx:
        tx.step_done(job, "read", input="abc", output="def")
        tx.step_done(job, "read", input="abc", output="def")
        tx.hold_job(job)
    with ledger.reading() as tx:
        assert tx.steps_done("drop:1") == {"read": ("abc", "def")}
