"""The lease around each job: who may work, and whose result counts.

    take(ledger, key)                    the job under our lease, or what has become of it
    finish(ledger, job, work)            does it and ends it, or gives it back; what became of it
    work_on(ledger, key, work)           both
    free_dead_leases(ledger)             at start and between looks: what killed processes held is free

The ledger decides who may work (lease) and whose result counts (fencing token).
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from pathlib import Path

from pipeline.errors import ArchiveError, SetupError
from pipeline.ledger import Job, JobState, LeaseLost, Ledger
from pipeline.log import Log

RETRY_SECONDS = 30.0


class Worked(StrEnum):
    """done: now or before. not-ours: another has the lease. failed: given back, tried again later.

    gave-up: it ended its workers, or failed, three times; a person must look at it.
    """

    DONE = "done"
    NOT_OURS = "not-ours"
    FAILED = "failed"
    GAVE_UP = "gave-up"


_OF_STATE = {JobState.DONE: Worked.DONE, JobState.POISONED: Worked.GAVE_UP}


def owner_name() -> str:
    """Who we are in a lease: machine, process, and when it started (process numbers are used again)."""
    return _name_of(os.getpid())


@cache
def _name_of(pid: int) -> str:
    return f"{socket.gethostname()}/{pid}/{started(pid)}"


def owner_lives(owner: str) -> bool:
    """Whether a holder of a lease is still at work; one of another machine is believed to be."""
    parts = owner.rsplit("/", 2)
    if len(parts) != 3 or parts[0] != socket.gethostname():
        return True
    return parts[2] != "" and started(int(parts[1])) == parts[2]


def started(pid: int) -> str:
    """Start time of a process in clock ticks since boot; empty when it is no more.

    Source: proc(5), field 22.
    """
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def free_dead_leases(ledger: Ledger) -> int:
    """Frees the jobs of processes that are no more; how many."""
    with ledger.reading() as tx:
        if all(owner_lives(job.owner) for job in tx.jobs(JobState.RUNNING)):
            return 0
    with ledger.transaction() as tx:
        return tx.free_dead_leases(owner_lives)


def take(ledger: Ledger, key: str) -> Job | Worked:
    """The job under our lease; or what has become of it, where it is not to be had."""
    with ledger.transaction() as tx:
        if (job := tx.take_job(key, owner_name())) is not None:
            return job
        found = tx.job(key)
    return _OF_STATE.get(found.state, Worked.NOT_OURS) if found else Worked.NOT_OURS


def finish(ledger: Ledger, job: Job, work: Callable[[Job], None], log: Log | None = None) -> Worked:
    """Does a job that we hold. What fails leaves its trace in the log.

    A failure of disk or machine gives the job back without blame and is raised: it would strike the next
    one too. Any other failure is the job's own: it is given back, and after three times given up.
    """
    try:
        work(job)
        with ledger.transaction() as tx:
            tx.finish_job(job)
    except LeaseLost:
        return Worked.NOT_OURS
    except (ArchiveError, SetupError) as error:
        if log is not None:
            log.failure("job-given-back", error, job=job.key, attempt=job.attempts)
        give_back(ledger, job, type(error).__name__, counts=False)
        raise
    except Exception as error:  # the loop must survive whatever one file does
        if log is not None:
            log.failure("job-failed", error, job=job.key, attempt=job.attempts)
        return give_back(ledger, job, type(error).__name__, counts=True)
    return Worked.DONE


def work_on(ledger: Ledger, key: str, work: Callable[[Job], None], log: Log | None = None) -> Worked:
    """Takes a job and does it: one after the other, in this process."""
    job = take(ledger, key)
    return finish(ledger, job, work, log) if isinstance(job, Job) else job


def give_back(
    ledger: Ledger, job: Job, error: str, *, counts: bool, after_seconds: float | None = None
) -> Worked:
    """The job for whoever comes, after a while; given up, when it failed often enough. Nothing fails by it.

    after_seconds: RETRY_SECONDS if left out
    """
    after_seconds = RETRY_SECONDS if after_seconds is None else after_seconds
    try:
        with ledger.transaction() as tx:
            given_up = tx.give_back_job(job, error, after_seconds, counts=counts)
        return Worked.GAVE_UP if given_up else Worked.FAILED
    except (LeaseLost, ArchiveError):
        return Worked.FAILED  # the lease runs out by itself
