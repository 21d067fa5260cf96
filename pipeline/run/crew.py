"""The crew: child processes that read files, while this process alone files what they have read.

Reading is nearly all of the work and changes nothing, so it may be done elsewhere, twice, or in vain. Each child
reads one file at a time through a pipe of its own, so that a child that is killed (no memory, a fault in a native
library) takes the blame for its own file and for no other. Without children (`workers=0`) the same is done here, at
once.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing import connection, get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import TYPE_CHECKING, Final

from pipeline.disk import clear_away
from pipeline.errors import ArchiveError
from pipeline.ledger import Job, LeaseLost
from pipeline.run.answers import Arriving
from pipeline.run.scratch import scratch_of

if TYPE_CHECKING:  # a watcher that has nothing to read does without the libraries that read
    from pipeline.run.office import Office, Settings
    from pipeline.run.readdrop import ReadDrop

GIGABYTES_EACH: Final = 1.0  # of a child with its models: 606 MB measured, and room for large pages
MOST: Final = 4  # more would only wait for the one that files
READS_EACH: Final = (
    500  # files, then a new child takes its place: native libraries never give all memory back
)
IDLE_SECONDS: Final = 600.0  # after which a child goes home; the next file then waits two seconds for another
HEARTBEAT_SECONDS: Final = 60.0  # between two renewals of the leases of what is out
LONGEST_SECONDS: Final = 1800.0  # for one file; a stack of 250 pages, the most that are taken, needs 450


class ReaderLost(Exception):
    """A child was killed, or had to be, while it read this file."""


class ReaderFailed(Exception):
    """A bug met this file in a child, in whose log line it is told. kind: the name of the error's class."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(kind)


@dataclass(frozen=True, slots=True)
class Came:
    """What came back of a job: what was read of its drop, or the error that whoever files it is to meet.

    seconds: by the clock, since it was given; again: whether it had been read before
    """

    job: Job
    read: ReadDrop | None
    error: Exception | None
    seconds: float
    again: bool = False

    def result(self) -> ReadDrop:
        if self.error is not None:
            raise self.error
        assert self.read is not None
        return self.read


def fitting_workers() -> int:
    """How many children suit this machine: one a core, as far as its memory goes, at least one."""
    gigabytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    return max(1, min(MOST, len(os.sched_getaffinity(0)), int(gigabytes / 2 / GIGABYTES_EACH)))


class Crew:
    """Of one office in one process."""

    def __init__(self, office: Office, workers: int) -> None:
        self._office = office
        self._hands = [_Hand(office) for _ in range(workers)]
        self._back: list[Came] = []
        self._renewed = time.monotonic()

    @property
    def has_room(self) -> bool:
        """Whether a child is free; one is kept for each that came back, which may have to be read once more."""
        free = sum(hand.job is None for hand in self._hands) if self._hands else 1
        return free > len(self._back)

    @property
    def in_hand(self) -> tuple[Job, ...]:
        """The jobs that were given out and were not taken back yet: of them nobody else may know."""
        busy = [hand.job for hand in self._hands if hand.job is not None]
        return (*busy, *(came.job for came in self._back))

    def give(self, job: Job, *, again: bool = False) -> None:
        """A drop to be read. Only where there is room."""
        if self._hands:
            next(hand for hand in self._hands if hand.job is None).give(job, again)
        else:
            self._back.append(replace(self.read_here(job), again=again))

    def read_here(self, job: Job) -> Came:
        """The same at once and in this process."""
        from pipeline.run.readingchild import read_job  # noqa: PLC0415  # the watcher does without what reads

        began = time.monotonic()
        read, met = None, None
        try:
            read = read_job(self._office, job.key)
        except Exception as error:  # met by whoever files this drop, as if it had happened there
            met = error
        return Came(job, read, met, time.monotonic() - began)

    def wait(self, seconds: float) -> None:
        """Until something has come back, so many seconds at most."""
        until = time.monotonic() + seconds
        while busy := {
            hand.pipe: hand for hand in self._hands if hand.job is not None and hand.pipe is not None
        }:
            left = 0.0 if self._back else max(0.0, until - time.monotonic())
            ready = connection.wait(list(busy), left)
            for pipe, hand in busy.items():  # one by one: what failed at the second would lose the first
                came = hand.take() if pipe in ready else hand.lose() if hand.is_overdue else None
                self._back += [came] if came is not None else []
            if self._back or not left:
                return

    def take_back(self) -> Came | None:
        """What came back first; it stays here until it is asked for, whatever happens to the look that waited."""
        return self._back.pop(0) if self._back else None

    def keep_leases(self) -> None:
        """Renews the leases of what is out, now and then. One that was lost shows when its drop is filed."""
        if not self.in_hand or time.monotonic() - self._renewed < HEARTBEAT_SECONDS:
            return
        self._renewed = time.monotonic()
        for job in self.in_hand:
            with suppress(LeaseLost, ArchiveError), self._office.ledger.transaction() as tx:
                tx.renew_job(job)

    def rest(self) -> None:
        """Sends home whoever had nothing to do for a while."""
        for hand in self._hands:
            if hand.is_idle:
                hand.end()

    def stop(self) -> None:
        """Ends all reading. Nothing is lost by it but time: what was in hand is read again."""
        for hand in self._hands:
            hand.end()
        self._back = []


class _Hand:
    """One child, started when it is first needed."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._child: SpawnProcess | None = None
        self._scratch = office.folders.scratch
        self.pipe: Connection | None = None
        self.job: Job | None = None
        self._answer: Arriving | None = None
        self._since = 0.0
        self._given = 0
        self._again = False

    @property
    def is_overdue(self) -> bool:
        return self.job is not None and time.monotonic() - self._since > LONGEST_SECONDS

    @property
    def is_idle(self) -> bool:
        return self.job is None and time.monotonic() - self._since > IDLE_SECONDS

    def give(self, job: Job, again: bool) -> None:
        self._again = again
        if self.pipe is None or self._given >= READS_EACH:
            self._start()
        try:
            self._send(job)
        except OSError:  # the child was killed while it had nothing to do, which is no file's fault
            self._start()
            self._send(job)

    def _send(self, job: Job) -> None:
        assert self.pipe is not None
        self._answer = Arriving(self.pipe)
        self.pipe.send(job.key)
        self.job, self._since, self._given = job, time.monotonic(), self._given + 1

    def take(self) -> Came | None:
        """What the child has sent; None while it is not whole; that the child was lost where it is no more, or where
        this is no answer to what it was given.
        """
        assert self.job is not None
        assert self._answer is not None
        try:
            answer = self._answer.whole()
            if answer is None:
                return None
            key, read, error = answer
            if key != self.job.key or (read is None) == (error is None):
                return self.lose()
        except (
            Exception
        ):  # whatever a child sends that was cut off or has gone mad: it strikes its own file only
            return self.lose()
        came = Came(self.job, read, error, time.monotonic() - self._since, self._again)
        self.job, self._since = None, time.monotonic()
        return came

    def lose(self) -> Came:
        assert self.job is not None
        lost = Came(self.job, None, ReaderLost(), time.monotonic() - self._since)
        self.end()
        return lost

    def end(self) -> None:
        """No child, nothing in hand, and nothing left in its scratch folder."""
        if self.pipe is not None:
            self.pipe.close()
        if self._child is not None:
            self._child.kill()
            self._child.join()
            clear_away(self._scratch)
        self.pipe = self._child = self.job = self._answer = None

    def _start(self) -> None:
        self.end()
        context = get_context("spawn")  # a fork would copy locks that threads of ours hold
        pipe, theirs = context.Pipe()
        child = context.Process(
            target=_serve, args=(self._office.settings, self._office.read_by, theirs), daemon=True
        )
        try:
            child.start()
        except BaseException:  # no memory, no descriptors: there is no child, and nobody to be written to
            pipe.close()
            raise
        finally:
            theirs.close()  # so that the pipe ends when the child does
        assert child.pid is not None
        self.pipe, self._child, self._given = pipe, child, 0
        self._scratch = scratch_of(self._office.folders.scratch, child.pid)


def _serve(settings: Settings, read_by: str, pipe: Connection) -> None:
    from pipeline.run.readingchild import serve  # noqa: PLC0415

    serve(settings, read_by, pipe)
