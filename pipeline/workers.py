"""Where work runs: an Executor that outlives a killed worker, and the lease around each job.

    local_executor(workers)              an Executor: 1 works in this process, more in child processes
    work_on(ledger, key, work)           takes the job's lease, works, finishes; what became of it
    run_jobs(executor, keys, task)       submits keys, gives (key, Worked) as they end
    free_dead_leases(ledger)             at start and between looks: what killed workers held is free

Only job keys travel to a worker; the ledger decides who may work (lease) and whose result counts (fencing
token). `task` must be a function of a module, taking the key. The standard pool dies as a whole when one
worker is killed and loses what was in flight; here the suspects are run again one at a time, so that the
blame for a killed worker falls on the file that kills it and not on its neighbours.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.errors import ArchiveError, SetupError
from pipeline.ledger import Job, JobState, LeaseLost, Ledger
from pipeline.log import Log

RETRY_SECONDS = 30.0
_TRIES = 3


class Worked(StrEnum):
    """done: now or before. not-ours: another has the lease. failed: given back, tried again later.

    gave-up: it ended its workers, or failed, three times; a person must look at it.
    """

    DONE = "done"
    NOT_OURS = "not-ours"
    FAILED = "failed"
    GAVE_UP = "gave-up"


_OF_STATE = {JobState.DONE: Worked.DONE, JobState.POISONED: Worked.GAVE_UP}


class WorkerLost(Exception):
    """A worker was killed at this task each time it was tried."""


# --- leases ---------------------------------------------------------------------------------------


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
    """Frees the jobs of workers that are no more; how many."""
    with ledger.transaction() as tx:
        return tx.free_dead_leases(owner_lives)


def work_on(ledger: Ledger, key: str, work: Callable[[Job], None], log: Log | None = None) -> Worked:
    """Does one job under its lease. What fails leaves its trace in the log.

    A failure of disk or machine gives the job back without blame and is raised: it would strike the next
    one too. Any other failure is the job's own: it is given back, and after three times given up.
    """
    with ledger.transaction() as tx:
        job = tx.take_job(key, owner_name())
        if job is None:
            found = tx.job(key)
            return _OF_STATE.get(found.state, Worked.NOT_OURS) if found else Worked.NOT_OURS
    try:
        work(job)
        with ledger.transaction() as tx:
            tx.finish_job(job)
    except LeaseLost:
        return Worked.NOT_OURS
    except (ArchiveError, SetupError) as error:
        if log is not None:
            log.failure("job-given-back", error, job=key, attempt=job.attempts)
        _give_back(ledger, job, type(error).__name__, counts=False)
        raise
    except Exception as error:  # the loop must survive whatever one file does
        if log is not None:
            log.failure("job-failed", error, job=key, attempt=job.attempts)
        return _give_back(ledger, job, type(error).__name__, counts=True)
    return Worked.DONE


def _give_back(ledger: Ledger, job: Job, error: str, *, counts: bool) -> Worked:
    try:
        with ledger.transaction() as tx:
            return (
                Worked.GAVE_UP
                if tx.give_back_job(job, error, RETRY_SECONDS, counts=counts)
                else Worked.FAILED
            )
    except (LeaseLost, ArchiveError):
        return Worked.FAILED  # the lease runs out by itself


def run_jobs(
    executor: Executor, keys: Iterable[str], task: Callable[[str], Worked]
) -> Iterator[tuple[str, Worked]]:
    """Each key with what became of it, as they end. Raises what stops everything (disk, machine)."""
    futures = {executor.submit(task, key): key for key in keys}
    for future in as_completed(futures):
        try:
            yield futures[future], future.result()
        except WorkerLost:
            yield futures[future], Worked.GAVE_UP


# --- executors ------------------------------------------------------------------------------------


def local_executor(workers: int) -> Executor:
    """Runs tasks here: in this process for one worker, in supervised child processes for more."""
    return Inline() if workers <= 1 else SupervisedPool(workers)


class Inline(Executor):
    """Runs each task when it is submitted."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # handed to whoever asks for the result, as every executor does
            future.set_exception(error)
        return future


class SupervisedPool(Executor):
    """Child processes; when one is killed, what was in flight is run again, one task at a time."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._careful: ProcessPoolExecutor | None = None

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        outer: Future[Any] = Future()
        self._start(outer, lambda pool: pool.submit(fn, *args, **kwargs), tries=1)
        return outer

    def _start(
        self, outer: Future[Any], send: Callable[[ProcessPoolExecutor], Future[Any]], tries: int
    ) -> None:
        try:
            try:
                inner = send(self._pool_for(tries))
            except BrokenProcessPool:
                self._forget_pool(tries)
                inner = send(self._pool_for(tries))
        except Exception as error:  # shut down meanwhile; whoever waits for the result must hear of it
            outer.set_exception(error)
            return

        def ended(done: Future[Any]) -> None:
            error = done.exception()
            if error is None:
                outer.set_result(done.result())
            elif not isinstance(error, BrokenProcessPool):
                outer.set_exception(error)
            elif tries >= _TRIES:
                self._forget_pool(tries)
                outer.set_exception(WorkerLost())
            else:
                self._forget_pool(tries)
                threading.Thread(target=self._start, args=(outer, send, tries + 1), daemon=True).start()

        inner.add_done_callback(ended)

    def _pool_for(self, tries: int) -> ProcessPoolExecutor:
        with self._lock:
            if tries == 1:
                self._pool = self._pool or _new_pool(self._workers)
                return self._pool
            self._careful = self._careful or _new_pool(1)
            return self._careful

    def _forget_pool(self, tries: int) -> None:
        with self._lock:
            if tries == 1:
                self._pool = None
            else:
                self._careful = None

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        for pool in (self._pool, self._careful):
            if pool is not None:
                pool.shutdown(wait=wait, cancel_futures=cancel_futures)


def _new_pool(workers: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")  # a fork would copy locks that threads of ours hold
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_leave_interrupts_to_the_parent)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.umask(0o077)
