"""What children of the crew send when they are stopped, killed or gone mad: it strikes their own file only."""

from __future__ import annotations

import os
import pickle
import resource
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import Pipe, active_children
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from pipeline.errors import SetupError
from pipeline.ledger import Job, JobState
from pipeline.model import Reason
from pipeline.run.answers import Arriving, send_answer
from pipeline.run.crew import Came, Crew, ReaderFailed, ReaderLost
from pipeline.run.queue import to_do
from pipeline.run.readdrop import ReadDrop
from pipeline.workers import take
from tests.run.office import ROOT, AnOffice

FLAWED = ReadDrop(flaw=Reason.DAMAGED)


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Crew]:
    """Of two; a child is started when it is first needed."""
    made = Crew(AnOffice.at(tmp_path).office, 2)
    yield made
    made.stop()


def job(name: str) -> Job:
    return Job(f"drop:{name}", "drop", JobState.RUNNING, "", 1, 1)


def in_place_of_a_child(crew: Crew, number: int, given: Job) -> Connection:
    """The other end of the pipe of a hand that was given a job."""
    hand = crew._hands[number]
    hand.pipe, theirs = Pipe()
    hand._send(given)
    assert theirs.recv() == given.key
    return theirs


def sent(answer: object) -> bytes:
    """The bytes of an answer on its way."""
    ours, theirs = Pipe()
    send_answer(theirs, answer)
    return os.read(ours.fileno(), 1 << 20)


def test_a_child_that_stops_in_the_middle_of_an_answer_keeps_no_other_waiting(crew: Crew) -> None:
    stopped = in_place_of_a_child(crew, 0, job("1"))
    other = in_place_of_a_child(crew, 1, job("2"))
    answer = sent(("drop:1", FLAWED, None))
    os.write(stopped.fileno(), answer[:-3])
    send_answer(other, ("drop:2", FLAWED, None))
    crew.wait(1.0)
    came = crew.take_back()
    assert came is not None
    assert (came.job, came.read) == (job("2"), FLAWED)

    began = time.monotonic()
    crew.wait(0.05)
    assert crew.take_back() is None
    assert 0.05 <= time.monotonic() - began < 5.0
    os.write(stopped.fileno(), answer[-3:])
    crew.wait(1.0)
    assert (late := crew.take_back()) is not None
    assert late.job == job("1"), "and goes on where it stopped"


def test_an_answer_in_many_pieces_comes_in_one_wait(crew: Crew) -> None:
    theirs = in_place_of_a_child(crew, 0, job("1"))
    answer = sent(("drop:1", FLAWED, None))
    pid = os.fork()
    if pid == 0:
        for byte in answer:
            os.write(theirs.fileno(), bytes([byte]))
            time.sleep(0.001)
        os._exit(0)
    crew.wait(10.0)
    os.waitpid(pid, 0)
    assert (came := crew.take_back()) is not None
    assert came.read == FLAWED


@pytest.mark.parametrize(
    "said",
    [
        sent(("drop:another", FLAWED, None)),
        sent(("drop:1", None, None)),
        sent(("drop:1", FLAWED, KeyError())),
        sent("no answer"),
        b"\xff" * 100,
        bytes(100),
        (9).to_bytes(8, "big") + b"no pickle",
        sent(("drop:1", FLAWED, None)) * 2,
    ],
)
def test_what_is_no_answer_to_what_it_was_given_costs_a_child_its_place(crew: Crew, said: bytes) -> None:
    mad = in_place_of_a_child(crew, 0, job("1"))
    other = in_place_of_a_child(crew, 1, job("2"))
    send_answer(other, ("drop:2", FLAWED, None))
    os.write(mad.fileno(), said)
    found: dict[str, Came] = {}
    while len(found) < 2:
        crew.wait(1.0)
        while (came := crew.take_back()) is not None:
            found[came.job.key] = came

    assert isinstance(found["drop:1"].error, ReaderLost)
    assert found["drop:2"].read == FLAWED
    assert crew._hands[0].pipe is None


def test_nothing_that_is_half_there_is_unpickled() -> None:
    ours, theirs = Pipe()
    arriving = Arriving(ours)
    data = sent(("drop:1", FLAWED, None))
    for byte in data[:-1]:
        os.write(theirs.fileno(), bytes([byte]))
        assert arriving.whole() is None
    theirs.close()
    with pytest.raises(EOFError):
        arriving.whole()
    assert pickle.loads(data[8:]) == ("drop:1", FLAWED, None)


@contextmanager
def only_so_many_descriptors(free: int) -> Iterator[None]:
    """This process can open no more than these as long as the block lasts."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = max(int(name) for name in os.listdir("/proc/self/fd"))
    resource.setrlimit(resource.RLIMIT_NOFILE, (used + 1, before[1]))
    taken = []
    try:
        with suppress(OSError):
            while True:
                taken.append(os.dup(0))
        for _ in range(free):
            os.close(taken.pop())
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
        for descriptor in taken:
            os.close(descriptor)


def test_a_child_that_cannot_be_started_is_started_the_next_time(crew: Crew) -> None:
    with only_so_many_descriptors(3), pytest.raises(OSError, match="open files"):
        crew.give(job("1"))
    assert not crew.in_hand
    assert active_children() == []
    crew.give(job("1"))
    assert [given.key for given in crew.in_hand] == ["drop:1"]
    assert len(active_children()) == 1
    crew.stop()


def test_a_place_is_kept_for_each_that_came_back_and_may_have_to_be_read_again(crew: Crew) -> None:
    theirs = in_place_of_a_child(crew, 0, job("1"))
    send_answer(theirs, ("drop:1", FLAWED, None))
    crew.wait(1.0)
    assert crew.has_room
    in_place_of_a_child(crew, 1, job("2"))
    assert not crew.has_room
    assert crew.take_back() is not None
    assert crew.has_room


def test_a_job_that_could_not_be_given_back_does_not_wait_for_its_lease_to_run_out(tmp_path: Path) -> None:
    office = AnOffice.at(tmp_path).office
    with office.ledger.transaction() as tx:
        for name in ("drop:given back in vain", "drop:in hand", "drop:of another"):
            tx.add_job(name, "drop")
    taken = take(office.ledger, "drop:given back in vain")
    out = take(office.ledger, "drop:in hand")
    assert isinstance(taken, Job)
    assert isinstance(out, Job)
    with office.ledger.transaction() as tx:
        tx.take_job("drop:of another", "another-host/1/1")
    office.crew = Crew(office, 1)
    in_place_of_a_child(office.crew, 0, out)

    assert to_do(office) == ["given back in vain"]
    with office.ledger.reading() as tx:
        assert [job.attempts for job in tx.jobs(JobState.READY)] == [0]
    office.crew.stop()


def test_a_paper_is_taken_in_although_scratch_was_wiped(tmp_path: Path) -> None:
    office = AnOffice.at(tmp_path)
    shutil.rmtree(office.office.scratch)
    assert [(Reason.UNSUPPORTED_TYPE,)] == [part.reasons for part in office.drop(b"no paper")]


@pytest.mark.slow
def test_who_reads_by_other_forms_than_the_watcher_files_by_reads_nothing(tmp_path: Path) -> None:
    site = tmp_path / "site"
    for folder in ("forms", "schemas", "templates"):
        shutil.copytree(ROOT / folder, site / folder, ignore=shutil.ignore_patterns("samples"))
    (tmp_path / "inbox").mkdir()
    crew = Crew(AnOffice.opened(tmp_path, site).office, 1)
    form = next((site / "forms").glob("*/*/form.yaml"))
    before = form.read_text()
    form.write_text(f"{before}# changed while the watcher runs\n")
    crew.give(job("1"))
    crew.wait(60.0)
    assert (came := crew.take_back()) is not None
    assert isinstance(came.error, SetupError)
    assert "Restart" in str(came.error)

    form.write_text(before)
    crew.give(job("1"))
    crew.wait(60.0)
    assert (came := crew.take_back()) is not None
    assert isinstance(came.error, ReaderFailed), "it looks for the paper now, and there is none"
    crew.stop()


@pytest.mark.slow
def test_a_signal_to_all_processes_ends_no_child(crew: Crew) -> None:
    crew.give(job("of nobody"))
    crew.wait(60.0)
    assert crew.take_back() is not None
    (child,) = active_children()
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(child.pid or 0, each)
    crew.give(job("of nobody"))
    crew.wait(60.0)
    assert (came := crew.take_back()) is not None
    assert not isinstance(came.error, ReaderLost)
    assert [child] == active_children()
