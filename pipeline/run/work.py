"""The queue at work: drops go out to be read, and are filed one by one as they come back, each under its lease.

What is out when a look is over stays out, and the next look goes on with it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Final, TypeAlias

from pipeline.errors import ArchiveError, SetupError
from pipeline.ledger import DropRow, DropState, Job, LeaseLost, PartRow
from pipeline.ledger.index import drop_job
from pipeline.model import Part, Reason
from pipeline.run.crew import Came
from pipeline.run.filing import settle
from pipeline.run.office import Office
from pipeline.run.onedrop import file_drop, seen_before
from pipeline.run.paper import Paper
from pipeline.run.queue import note_done, to_do
from pipeline.run.readdrop import ReadDrop, would_read_better
from pipeline.run.receiving import STRUCK_ENOUGH
from pipeline.run.turns import filing_turn
from pipeline.workers import Worked, finish, give_back, take

Progress: TypeAlias = Callable[[DropRow, tuple[PartRow, ...]], None]

ROUND_SECONDS: Final = 20.0  # of work, before new drops and saved sheets are looked for again
LONGEST_WAIT_SECONDS: Final = 2.0  # for what is out, before new drops and being asked to stop are looked for


def worked_on(office: Office, progress: Progress | None, stop: Callable[[], bool]) -> Iterator[DropRow]:
    """The drops that were dealt with, for as long as one look lasts: oldest first, as they come back.

    stop: asked between two drops.
    """
    for drop_id, worked, seconds in _Look(office, stop).ended():
        if worked is Worked.GAVE_UP:
            give_up_the_rest(office)
        with office.ledger.reading() as tx:
            row, parts = tx.drop(drop_id), tx.parts(drop=drop_id)
        if row is not None:
            note_done(office, row, parts, worked, seconds)
            if progress is not None:
                progress(row, parts)
            yield row


class _Look:
    """The work of one look. struck: failures of disk or machine in it, after which the rest waits."""

    def __init__(self, office: Office, stop: Callable[[], bool]) -> None:
        self._office = office
        self._crew = office.crew
        self._stop = stop
        self._queue = to_do(office)
        self._struck = 0
        self._until = time.monotonic() + ROUND_SECONDS

    @property
    def _is_over(self) -> bool:
        return self._stop() or time.monotonic() > self._until or self._struck >= STRUCK_ENOUGH

    def ended(self) -> Iterator[tuple[str, Worked, float]]:
        """Each drop with what became of its job, and the seconds it took."""
        while True:
            while self._queue and self._crew.has_room and not self._is_over:
                yield from self._begun(self._queue.pop(0))
            over = self._is_over
            self._crew.wait(0.0 if over else LONGEST_WAIT_SECONDS)
            self._crew.keep_leases()
            came = False
            while (back := self._crew.take_back()) is not None:
                came = True
                yield from self._came(back)
            if over or not (self._queue or came):
                return

    def _begun(self, drop_id: str) -> Iterator[tuple[str, Worked, float]]:
        """Out to be read; or dealt with at once, where there is nothing to do or to read."""
        taken: Job | Worked = Worked.FAILED
        seen, row = False, None
        with self._office.troubles.apart(_giving(drop_id), _DOING) as went:
            with self._office.ledger.reading() as tx:
                row = tx.drop(drop_id)
            seen = row is not None and bool(seen_before(self._office, row))
            taken = take(self._office.ledger, drop_job(drop_id))
            if isinstance(taken, Job) and not seen:
                self._give(taken)
        self._struck += not went.well
        if isinstance(taken, Worked):
            if went.well:
                self._office.troubles.over(_filing(drop_id))  # it is done, or another watcher's
            yield drop_id, taken, 0.0
        elif seen and row is not None:
            yield self._filed(taken, lambda: self._crew.read_here(taken).result(), 0.0)

    def _came(self, came: Came) -> Iterator[tuple[str, Worked, float]]:
        """Filed; or out once more, where its person became known while it was read."""
        drop_id = came.job.key.removeprefix(drop_job(""))
        with self._office.troubles.apart(_giving(drop_id), _DOING) as went:
            if came.read is not None and not came.again and would_read_better(self._office, came.read):
                self._give(came.job, again=True)
                return
        if went.well:
            yield self._filed(came.job, came.result, came.seconds)
        else:
            self._struck += 1
            give_back(self._office.ledger, came.job, "NotFiled", counts=False)

    def _give(self, job: Job, *, again: bool = False) -> None:
        try:
            self._crew.give(job, again=again)
        except Exception:  # no child could be started: the job is nobody's any more
            give_back(self._office.ledger, job, "NotGiven", counts=False)
            raise

    def _filed(self, job: Job, read: Callable[[], ReadDrop], seconds: float) -> tuple[str, Worked, float]:
        office, drop_id, began = self._office, job.key.removeprefix(drop_job("")), time.monotonic()
        worked = Worked.FAILED
        with office.troubles.apart(_filing(drop_id), _DOING) as went:
            worked = finish(office.ledger, job, partial(_file, office, read), office.log)
        self._struck += not went.well
        return drop_id, worked, seconds + time.monotonic() - began


_DOING: Final = "Reading and filing a paper"


def _giving(drop_id: str) -> str:
    """The place of a trouble in giving a drop out, which ends when it is out."""
    return f"giving:{drop_id}"


def _filing(drop_id: str) -> str:
    """The place of a trouble in filing a drop, which lasts, from its first failure, until the drop is filed."""
    return f"job:{drop_id}"


def _file(office: Office, read: Callable[[], ReadDrop], job: Job) -> None:
    """What one drop becomes, decided while nobody else files."""
    with office.ledger.reading() as tx:
        row = tx.drop(job.key.removeprefix(drop_job("")))
    assert row is not None, job.key
    with filing_turn(office.folders.state):
        with office.books.under(job):
            file_drop(office, row, read)
        if job.fence > 1:  # whoever had it before may have tied numbers to a form that was not filed
            with office.ledger.transaction() as tx:
                tx.drop_reservations()


def stop_working(office: Office) -> None:
    """Ends what is being read; its jobs are there for whoever comes next."""
    left = office.crew.in_hand
    office.crew.stop()
    for job in left:
        with suppress(ArchiveError, LeaseLost):  # the lease ends with this process anyhow
            give_back(office.ledger, job, "Stopped", counts=False, after_seconds=0.0)


def give_up_the_rest(office: Office) -> None:
    """Files that were given up, but whose slip could not be made then: tried again, so that none is forgotten."""
    with office.ledger.reading() as tx:
        given_up = [job.key.removeprefix(drop_job("")) for job in tx.poisoned_jobs() if job.kind == "drop"]
        open_still = [row.id for row in tx.drops(DropState.RECEIVED)] if given_up else []
    for drop_id in set(given_up) & set(open_still):
        try:
            _give_up(office, drop_id)
        except (ArchiveError, SetupError):
            raise
        except Exception as error:  # one file that cannot even be held must not stop the others
            office.log.failure("not-given-up", error, drop=drop_id)


def _give_up(office: Office, drop_id: str) -> None:
    """Three times it ended our workers: a person must look at the original, which is safe."""
    with office.ledger.reading() as tx:
        row = tx.drop(drop_id)
    if row is not None:
        settle(office, Paper(Part(drop_id, ()), row.received_at, (), reason=Reason.GAVE_UP))
        with filing_turn(office.folders.state), office.ledger.transaction() as tx:
            tx.drop_reservations()
        office.books.finish_drop(drop_id, DropState.GAVE_UP)
