"""The queue: who may work on what, for how long, and whose result counts.

A lease runs on the machine's boot clock, which no change of the time of day moves; with another boot every
lease of the last one is void. `fence` counts the takers: a worker that was asleep while its lease ran out
comes back with an old number and can finish nothing. A job whose takers ended without a word three times is
poisoned and goes to a person instead of round and round.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Update, and_, bindparam, or_, select, update

from pipeline.ledger.engine import put
from pipeline.ledger.rows import Job, JobState
from pipeline.ledger.tables import jobs, steps
from pipeline.values import instant

LEASE_SECONDS = 3600.0  # a stack of 500 scanned pages; dead owners are found sooner (free_dead_leases)
ATTEMPTS = 3
_STILL_HELD = (JobState.RUNNING, JobState.DONE)  # done: the event of its drop may have ended it

# Built once: to build one anew cost three times what it takes to run it.
_JOB = select(jobs).where(jobs.c.key == bindparam("job"))
_ANOTHER_BOOT = jobs.c.boot != bindparam("this_boot")
_MAY_BE_TAKEN = or_(
    and_(jobs.c.state == JobState.READY, or_(jobs.c.not_before_ms <= bindparam("now_ms"), _ANOTHER_BOOT)),
    and_(jobs.c.state == JobState.RUNNING, or_(jobs.c.lease_until_ms <= bindparam("now_ms"), _ANOTHER_BOOT)),
)
_TO_DO = select(jobs.c.key).where(_MAY_BE_TAKEN).order_by(jobs.c.key)
_TO_DO_OF_KIND = _TO_DO.where(jobs.c.kind == bindparam("of_kind"))
_THIS_ONE = update(jobs).where(jobs.c.key == bindparam("job"), _MAY_BE_TAKEN)
_TAKE = (
    _THIS_ONE.where(jobs.c.attempts < ATTEMPTS)
    .values(
        state=JobState.RUNNING,
        owner=bindparam("taker"),
        boot=bindparam("this_boot"),
        lease_until_ms=bindparam("until_ms"),
        fence=jobs.c.fence + 1,
        attempts=jobs.c.attempts + 1,
    )
    .returning(*jobs.c)
)
_POISON = _THIS_ONE.where(jobs.c.attempts >= ATTEMPTS).values(state=JobState.POISONED)


def boot_milliseconds() -> int:
    """Milliseconds since this machine started, sleep included."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


def boot_id() -> str:
    file = Path("/proc/sys/kernel/random/boot_id")
    return file.read_text().strip() if file.exists() else ""


class LeaseLost(Exception):
    """Somebody else has taken the job since: what was done must not be recorded."""


class Jobs:
    """Work to do, taken under a lease."""

    connection: Connection
    milliseconds: Callable[[], int]
    boot: str

    def add_job(self, key: str, kind: str) -> None:
        """Adds a job; one that is there stays as it is, done or not."""
        values = {"key": key, "kind": kind, "state": JobState.READY}
        put(self.connection, jobs, values, keep=True)

    def job(self, key: str) -> Job | None:
        found = self.connection.execute(_JOB, {"job": key}).first()
        return None if found is None else _job(found)

    def jobs(self, state: JobState | None = None, kind: str | None = None) -> tuple[Job, ...]:
        query = select(jobs).order_by(jobs.c.key)
        if state is not None:
            query = query.where(jobs.c.state == state)
        if kind is not None:
            query = query.where(jobs.c.kind == kind)
        return tuple(map(_job, self.connection.execute(query)))

    def jobs_to_do(self, kind: str | None = None) -> tuple[str, ...]:
        """Keys of the jobs that may be taken now: ready, or their lease ran out."""
        query, given = (_TO_DO, {}) if kind is None else (_TO_DO_OF_KIND, {"of_kind": kind})
        return tuple(self.connection.execute(query, self._now() | given).scalars())

    def take_job(self, key: str, owner: str, lease_seconds: float = LEASE_SECONDS) -> Job | None:
        """The job under our lease; None when it is done, taken by another, or poisoned by this very look."""
        this = {"job": key} | self._now()
        taken = {"taker": owner, "until_ms": self.milliseconds() + int(lease_seconds * 1000)}
        row = self.connection.execute(_TAKE, this | taken).first()
        if row is None:
            self.connection.execute(_POISON, this)
            return None
        return _job(row)

    def renew_job(self, job: Job, lease_seconds: float = LEASE_SECONDS) -> None:
        """More time for the holder. Raises LeaseLost."""
        self._held(job, lease_until_ms=self.milliseconds() + int(lease_seconds * 1000))

    def hold_job(self, job: Job) -> None:
        """Raises LeaseLost when somebody else has taken the job since; changes nothing."""
        found = self.job(job.key)
        if found is None or found.fence != job.fence or found.state not in _STILL_HELD:
            raise LeaseLost(job.key)

    def _is_finished(self, job: Job) -> bool:
        """Whether the job as we hold it is done and no error of an earlier try is noted any more."""
        found = self.job(job.key)
        ended = (job.fence, JobState.DONE, "")
        return found is not None and (found.fence, found.state, found.error) == ended

    def finish_job(self, job: Job) -> None:
        """Done, if we still hold it. Raises LeaseLost. Most often the event of its drop has said so already: then
        nothing is written, and the disk need not be waited for."""
        if not self._is_finished(job):
            self._held(job, state=JobState.DONE, owner="", error="")

    def give_back_job(self, job: Job, error: str, after_seconds: float = 0.0, *, counts: bool) -> bool:
        """Ready again after a while; or poisoned, and True, when it failed often enough.

        counts: whether the job itself is to blame, and not a full disk. Raises LeaseLost.
        """
        given_up = counts and job.attempts >= ATTEMPTS
        self._held(
            job,
            state=JobState.POISONED if given_up else JobState.READY,
            owner="",
            error=error,
            not_before_ms=self.milliseconds() + int(after_seconds * 1000),
            attempts=job.attempts if counts else job.attempts - 1,
        )
        return given_up

    def poisoned_jobs(self) -> tuple[Job, ...]:
        return self.jobs(JobState.POISONED)

    def retry_job(self, key: str) -> None:
        """A poisoned job to be tried again from the beginning. No command does so, since a file that was given up is
        held with a sheet; the tests of kills do, which know the cause."""
        self.connection.execute(
            update(jobs)
            .where(jobs.c.key == key, jobs.c.state == JobState.POISONED)
            .values(state=JobState.READY, owner="", attempts=0, not_before_ms=0)
        )

    def free_dead_leases(self, is_alive: Callable[[str], bool]) -> int:
        """Frees what owners of this boot hold who are no more, without waiting for the lease to run out."""
        freed = 0
        for job in self.jobs(JobState.RUNNING):
            if not is_alive(job.owner):
                values = {"lease_until_ms": 0}
                self.connection.execute(
                    update(jobs).where(jobs.c.key == job.key, jobs.c.fence == job.fence).values(**values)
                )
                freed += 1
        return freed

    def step_done(self, job: Job, step: str, *, input: str, output: str) -> None:
        """Notes a step of a job, with the hashes of what it was made from and gave, and renews its lease.

        Raises LeaseLost.
        """
        self.renew_job(job)
        values = {
            "job_key": job.key,
            "step": step,
            "fence": job.fence,
            "input": input,
            "output": output,
            "at": instant(datetime.now(UTC)),
        }
        put(self.connection, steps, values)

    def steps_done(self, key: str) -> dict[str, tuple[str, str]]:
        """Names of the steps done for a job, each with the hashes of its input and output, in their order."""
        query = select(steps).where(steps.c.job_key == key).order_by(steps.c.at, steps.c.step)
        return {row.step: (row.input, row.output) for row in self.connection.execute(query)}

    def _now(self) -> dict[str, Any]:
        return {"now_ms": self.milliseconds(), "this_boot": self.boot}

    def _held(self, job: Job, **values: Any) -> None:
        given = {f"new_{name}": value for name, value in values.items()}
        held = {"job": job.key, "our_fence": job.fence}
        if self.connection.execute(_change_if_held(tuple(values)), held | given).rowcount != 1:
            raise LeaseLost(job.key)


@cache
def _change_if_held(names: tuple[str, ...]) -> Update:
    return (
        update(jobs)
        .where(jobs.c.key == bindparam("job"), jobs.c.fence == bindparam("our_fence"))
        .where(or_(*(jobs.c.state == state for state in _STILL_HELD)))
        .values({name: bindparam(f"new_{name}") for name in names})
    )


def _job(row: Row[Any]) -> Job:
    return Job(row.key, row.kind, JobState(row.state), row.owner, row.fence, row.attempts, row.error)
