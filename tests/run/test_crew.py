"""Children read, one process files: nothing becomes something else by it, and who is killed harms one file only."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from multiprocessing import active_children
from pathlib import Path
from typing import TypeVar

import pytest

from pipeline.errors import ArchiveError
from pipeline.ledger import Identifier, Job, JobState, PartRow
from pipeline.model import Decision, Outcome, Reason
from pipeline.run import crew as crews
from pipeline.run import work
from pipeline.run.crew import Came, Crew, ReaderFailed, ReaderLost, fitting_workers
from pipeline.run.onedrop import file_drop
from pipeline.run.queue import to_do
from pipeline.run.readdrop import ReadDrop, would_read_better
from pipeline.run.readingchild import read_drop
from pipeline.run.receiving import take_in
from pipeline.run.story import once
from pipeline.run.turns import filing_turn
from pipeline.run.work import ROUND_SECONDS, stop_working, worked_on
from pipeline.workers import take
from tests.run.office import ROOT, AnOffice, on_a_screen, pages_of, prepared_state

pytestmark = pytest.mark.slow

Found = TypeVar("Found")

FILES = {
    "intake.pdf": on_a_screen("intake", 1),
    "choice.pdf": on_a_screen("waiver-choice", 1),
    "again.pdf": on_a_screen("waiver-choice", 1),
    "page-1.pdf": pages_of(on_a_screen("waiver-choice", 2), only={1}),
    "no-paper.pdf": b"%PDF-1.4 that is none",
}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[AnOffice]:
    """An office with two children, as the watcher has them."""
    made = AnOffice.at(tmp_path)
    prepared_state(tmp_path / "state")
    made.office.crew = Crew(made.office, 2)
    yield made
    made.office.crew.stop()


def given_out(office: AnOffice, *names: str) -> list[Job]:
    """Jobs of files that were taken in, given to the crew."""
    jobs = []
    for name in names:
        (office.inbox / name).write_bytes(FILES[name])
    for _ in range(3):
        take_in(office.office, office.office.inbox.look(), lambda: False)
        time.sleep(0.03)
    for drop in to_do(office.office):
        job = take(office.office.ledger, f"drop:{drop}")
        assert isinstance(job, Job)
        office.office.crew.give(job)
        jobs.append(job)
    return jobs


def came_back(crew: Crew, count: int) -> dict[str, Came]:
    found: dict[str, Came] = {}
    until = time.monotonic() + 60
    while len(found) < count and time.monotonic() < until:
        crew.wait(1.0)
        while (came := crew.take_back()) is not None:
            found[came.job.key] = came
    return found


def test_what_children_read_becomes_what_it_becomes_without_them(office: AnOffice, tmp_path: Path) -> None:
    alone = AnOffice.at(tmp_path / "alone")
    for name, data in FILES.items():
        (office.inbox / name).write_bytes(data)
        (alone.inbox / name).write_bytes(data)
    office.take()
    alone.take()

    assert stands(alone) == stands(office)
    outcomes = {outcome for outcome, _, _ in stands(office)}
    assert {"kept", "duplicate", "held", "refused"} <= outcomes
    assert len(active_children()) == 2, "children read, and wait for more"


def stands(office: AnOffice) -> list[tuple[str, str, tuple[Reason, ...]]]:
    """What every part has become in the end, whichever was filed first."""
    with office.office.ledger.reading() as tx:
        return sorted((part.outcome.value, part.form, part.reasons) for part in tx.parts())


@pytest.mark.parametrize("first", [0, 1, 2])
def test_of_a_file_dropped_three_times_at_once_one_is_filed_whichever_is_read_first(
    first: int, tmp_path: Path
) -> None:
    office = AnOffice.at(tmp_path)
    for name in ("one.pdf", "two.pdf", "three.pdf"):
        (office.inbox / name).write_bytes(on_a_screen("intake", 3))
    for _ in range(3):
        take_in(office.office, office.office.inbox.look(), lambda: False)
        time.sleep(0.03)
    with office.office.ledger.reading() as tx:
        rows = [row for drop in to_do(office.office) if (row := tx.drop(drop)) is not None]
    for row in (rows[first], *(row for row in reversed(rows) if row is not rows[first])):
        file_drop(office.office, row, partial(read_drop, office.office, row))

    outcomes = sorted(outcome for outcome, _, _ in stands(office))
    assert ["duplicate", "duplicate", "held"] == outcomes


def test_a_child_that_is_killed_takes_the_blame_for_its_own_file_only(office: AnOffice) -> None:
    crew = office.office.crew
    killed, other = given_out(office, "intake.pdf", "choice.pdf")
    first = min(active_children(), key=lambda child: child.pid or 0)
    first.kill()
    came = came_back(crew, 2)

    with pytest.raises(ReaderLost):
        came[killed.key].result()
    assert [each.part.form for each in came[other.key].result().parts] == ["waiver-choice"]
    assert crew.in_hand == ()
    scratch = {entry.name.partition("-")[0] for entry in (office.root / "state" / "scratch").iterdir()}
    assert str(first.pid) not in scratch


def test_a_file_that_kills_whoever_reads_it_is_held_for_a_person(office: AnOffice) -> None:
    parts: list[PartRow] = []
    (office.inbox / "scan.pdf").write_bytes(FILES["choice.pdf"])
    now = time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
    clock = [now]
    office.office.ledger._milliseconds = lambda: clock[0]
    give = office.office.crew.give

    def give_and_kill(job: Job, *, again: bool = False) -> None:
        give(job, again=again)
        for child in active_children():
            child.kill()

    office.office.crew.give = give_and_kill  # type: ignore[method-assign]
    with office.office.ledger.transaction() as tx:  # what a filing that was killed leaves behind
        tx.reserve_identifiers("C-NONE", "S-NONE", [Identifier("person.dmh_id", "7041186", unique=True)])
    for _ in range(12):
        once(office.office, lambda row, found: parts.extend(found))
        time.sleep(0.03)
        clock[0] += 31_000

    assert [(Outcome.HELD, (Reason.GAVE_UP,))] == [(part.outcome, part.reasons) for part in parts]
    assert len(office.sheets) == 1
    assert office.office.find_case("7041186") is None
    assert office.office.books.verify() == ()


def test_what_is_being_read_when_the_watcher_stops_is_given_back_without_blame(office: AnOffice) -> None:
    given_out(office, "intake.pdf", "choice.pdf")
    stop_working(office.office)
    with office.office.ledger.reading() as tx:
        jobs = tx.jobs()

    assert [(JobState.READY, 0)] * 2 == [(job.state, job.attempts) for job in jobs]
    assert active_children() == []
    assert len(to_do(office.office)) == 2, "and may be taken at once"


def test_numbers_tied_to_a_form_that_was_not_filed_after_all_are_free_again(office: AnOffice) -> None:
    given_out(office, "choice.pdf")
    stop_working(office.office)
    with office.office.ledger.transaction() as tx:
        tx.reserve_identifiers("C-NONE", "S-NONE", [Identifier("person.dmh_id", "7041186", unique=True)])
    assert office.take() != ()
    assert office.office.find_case("7041186") is None
    assert office.office.books.verify() == ()


def test_what_came_back_to_a_look_that_broke_off_is_filed_by_the_next(office: AnOffice) -> None:
    crew = office.office.crew
    jobs = given_out(office, "intake.pdf", "choice.pdf")
    until = time.monotonic() + 60
    while any(hand.job is not None for hand in crew._hands) and time.monotonic() < until:
        crew.wait(1.0)
    broken_off = worked_on(office.office, None, lambda: False)
    first = next(broken_off)
    del broken_off

    (kept,) = crew.in_hand
    assert kept.key != f"drop:{first.id}", "the other one is still ours, and its lease is renewed"
    (second,) = worked_on(office.office, None, lambda: False)
    assert {f"drop:{first.id}", f"drop:{second.id}"} == {job.key for job in jobs}
    assert not crew.in_hand


def test_what_cannot_be_looked_up_when_it_comes_back_is_given_back_and_told(
    office: AnOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> bool:
        raise ArchiveError("The ledger does not answer.")

    (job,) = given_out(office, "choice.pdf")
    with monkeypatch.context() as patch:
        patch.setattr(work, "would_read_better", broken)
        until = time.monotonic() + 60
        while office.office.crew.in_hand and time.monotonic() < until:
            assert list(worked_on(office.office, None, lambda: False)) == []
    with office.office.ledger.reading() as tx:
        now = tx.job(job.key)

    assert now is not None
    assert (now.state, now.attempts) == (JobState.READY, 0)
    assert ["does not answer" in each.words for each in office.office.troubles.now] == [True]


def test_a_watcher_whose_children_are_all_at_work_hears_that_it_is_to_stop(office: AnOffice) -> None:
    given_out(office, "intake.pdf", "choice.pdf")
    for child in active_children():
        os.kill(child.pid or 0, signal.SIGSTOP)
    (office.inbox / "page-1.pdf").write_bytes(FILES["page-1.pdf"])
    for _ in range(3):
        take_in(office.office, office.office.inbox.look(), lambda: False)
        time.sleep(0.03)
    began = time.monotonic()
    dealt_with = list(worked_on(office.office, None, lambda: time.monotonic() > began + 0.1))

    assert dealt_with == []
    assert len(to_do(office.office)) == 1, "one waits, two are out"
    assert time.monotonic() - began < ROUND_SECONDS / 2


def test_the_lease_of_what_is_out_is_renewed(office: AnOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crews, "HEARTBEAT_SECONDS", 0.0)
    (job,) = given_out(office, "choice.pdf")
    before = lease_of(office, job)
    office.office.crew.keep_leases()
    assert lease_of(office, job) > before


def lease_of(office: AnOffice, job: Job) -> int:
    raw = sqlite3.connect(office.root / "state" / "ledger.db")
    try:
        return int(raw.execute("SELECT lease_until_ms FROM jobs WHERE key = ?", (job.key,)).fetchone()[0])
    finally:
        raw.close()


def test_a_file_that_is_never_read_to_its_end_is_taken_from_its_child(
    office: AnOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    (job,) = given_out(office, "choice.pdf")
    for child in active_children():
        os.kill(child.pid or 0, signal.SIGSTOP)
    office.office.crew.wait(0.01)
    assert office.office.crew.take_back() is None
    monkeypatch.setattr(crews, "LONGEST_SECONDS", 0.0)
    office.office.crew.wait(0.01)
    came = office.office.crew.take_back()

    assert came is not None
    assert came.job == job
    assert isinstance(came.error, ReaderLost)
    assert active_children() == []


def test_a_mistake_in_a_child_travels_by_its_kind_alone(office: AnOffice) -> None:
    crew = office.office.crew
    crew.give(Job("drop:of nobody Quillfeather", "drop", JobState.RUNNING, "", 1, 1))
    (came,) = came_back(crew, 1).values()

    assert isinstance(came.error, ReaderFailed)
    assert came.error.kind == "AssertionError"
    assert "Quillfeather" not in str(came.error)
    assert not crew.in_hand
    given_out(office, "choice.pdf")
    assert [came.error for came in came_back(crew, 1).values()] == [None], "and the child goes on"


def doubted(read: ReadDrop) -> ReadDrop:
    """The same file with its names read without being sure of them."""
    unsure = [
        replace(
            part,
            readings=tuple(
                replace(reading, decision=Decision.ASK) if reading.field == "legal_last" else reading
                for reading in part.readings
            ),
        )
        for part in read.parts
    ]
    return replace(read, parts=tuple(unsure))


class Unsure(Crew):
    """Reads here, is not sure of a name at first, and a person is filed meanwhile."""

    def __init__(self, office: AnOffice) -> None:
        super().__init__(office.office, 0)
        self.given: list[bool] = []

    def give(self, job: Job, *, again: bool = False) -> None:
        self.given.append(again)
        super().give(job, again=again)

    def take_back(self) -> Came | None:
        came = super().take_back()
        if came is None or came.read is None or came.again:
            return came
        return replace(came, read=replace(doubted(came.read), people="others"))


def test_a_name_that_was_not_sure_is_read_again_once_when_the_office_knows_more_people(
    tmp_path: Path,
) -> None:
    office = AnOffice.at(tmp_path)
    office.office.crew = crew = Unsure(office)
    (part,) = office.drop(FILES["choice.pdf"])

    assert crew.given == [False, True]
    assert Reason.NOT_SURE not in part.reasons


def test_what_was_sure_or_is_of_the_same_people_is_read_once(tmp_path: Path) -> None:
    office = AnOffice.at(tmp_path)
    office.drop(FILES["choice.pdf"])
    with office.office.ledger.reading() as tx:
        (row,) = tx.drops()
    read = read_drop(office.office, row)

    assert not would_read_better(office.office, doubted(read))
    assert not would_read_better(office.office, replace(read, people="others"))
    assert would_read_better(office.office, replace(doubted(read), people="others"))


def test_children_end_with_a_watcher_that_is_killed(tmp_path: Path) -> None:
    for name in ("inbox", "outbox", "state"):
        (tmp_path / name).mkdir(mode=0o700)
    prepared_state(tmp_path / "state")
    (tmp_path / "inbox" / "scan.pdf").write_bytes(FILES["choice.pdf"])
    places = [f"--{name}={tmp_path / name}" for name in ("inbox", "outbox", "state")]
    command = [sys.executable, "-m", "pipeline", "watch", "--workers=1", "--settle=0.1", *places]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as watcher:
        children = waited_for(lambda: children_of(watcher.pid))
        watcher.kill()
    assert children
    assert waited_for(lambda: not any(Path(f"/proc/{child}").exists() for child in children))


def children_of(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def waited_for(what: Callable[[], Found]) -> Found:
    """What it gives once it is something, after half a minute at most."""
    until = time.monotonic() + 30
    while not (found := what()) and time.monotonic() < until:
        time.sleep(0.05)
    return found


def test_a_machine_has_one_reading_process_at_least_and_no_more_than_cores() -> None:
    assert 1 <= fitting_workers() <= len(os.sched_getaffinity(0))


def test_one_process_files_at_a_time(tmp_path: Path) -> None:
    with (
        filing_turn(tmp_path),
        pytest.raises(ArchiveError, match="restart the watchers"),
        filing_turn(tmp_path, 0.05),
    ):
        pass
    with filing_turn(tmp_path, 0.05):
        assert (tmp_path / "filing.lock").stat().st_mode & 0o077 == 0
