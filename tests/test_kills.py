"""Pulling the plug after every durable step: nothing lost, nothing twice, nothing half."""

from __future__ import annotations

import os
import random
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from pipeline import disk
from pipeline.archive import Archive, Wrong
from pipeline.archive.verify import troubles_of_files
from pipeline.disk import sha256_of
from pipeline.inbox import claims
from pipeline.model import DepositKind
from tests.figures import Figures
from tests.office import Office, pdf, serve_once

LONG = bool(os.environ.get("TORTURE"))
FOUR = {"scan.pdf": pdf(1), "monday/scan.pdf": pdf(2), "again.pdf": pdf(1), "Zoë & Söhne (1).pdf": pdf(3)}
TWO = {name: FOUR[name] for name in ("scan.pdf", "monday/scan.pdf")}


def drop_all(office: Office, dropped: dict[str, bytes]) -> None:
    for name, data in dropped.items():
        file = office.inbox_folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(data)


def killed_after(step: int, work: Callable[[], None], told: Path | None = None) -> bool:
    """Runs the work in a child that is killed (SIGKILL) after so many durable steps; whether it was.

    told: the file that is told after which kind of step
    """
    pid = os.fork()
    if pid == 0:
        left = [step]

        def count(name: str) -> None:
            left[0] -= 1
            if left[0] == 0:
                _tell(told, name)
                os.kill(os.getpid(), signal.SIGKILL)

        disk.pull_the_plug_with(count)
        try:
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the child failed instead of being killed"
    return os.WIFSIGNALED(status)


def _tell(told: Path | None, step: str) -> None:
    """A line with the step and what of ours it was done for: a commit of a claim is another than one of its end."""
    if told is None:
        return
    frame, low = sys._getframe(1), ("disk.py", "store.py", "contextlib.py", "test_kills.py")
    while frame.f_back is not None and Path(frame.f_code.co_filename).name in low:
        frame = frame.f_back
    with told.open("a") as file:
        file.write(f"{step} ({Path(frame.f_code.co_filename).stem}.{frame.f_code.co_name})\n")


def finish_in_a_child(work: Callable[[], None]) -> None:
    assert not killed_after(0, work)


def kept_originals(office: Office) -> Counter[tuple[str, bytes]]:
    archive = Archive(office.outbox)
    found: Counter[tuple[str, bytes]] = Counter()
    for deposit in archive.deposits(DepositKind.RECEIVED):
        original = next(file.name for file in deposit.files if file.name.startswith("original."))
        found[original, archive.read(deposit, original)] += 1
    return found


def nothing_is_half(outbox: Path, figures: Figures) -> None:
    """Whatever is visible at this moment is whole, although the plug was just pulled."""
    harmless = {Wrong.LEFTOVER, Wrong.NOT_IN_JOURNAL}
    torn = [each for each in troubles_of_files(Archive(outbox), True) if each.wrong not in harmless]
    figures.counts["torn"] += len(torn)
    assert torn == []


def everything_is_kept_once(office: Office, dropped: dict[str, bytes], figures: Figures) -> None:
    due, kept = Counter(("original.pdf", data) for data in dropped.values()), kept_originals(office)
    figures.counts.update(papers=due.total(), lost=(due - kept).total(), twice=(kept - due).total())
    assert due == kept
    assert list((office.inbox_folder / ".claims").glob("*/bytes")) == []
    assert list(office.inbox_folder.rglob("*.pdf")) == []
    books = office.books()
    assert books.verify(read_data=True) == ()
    with books.ledger.reading() as tx:
        rows = tx.index_rows()
        assert len(tx.drops()) == len(dropped)
        assert len(tx.parts()) == 2 * len(dropped)
        assert len(tx.submissions()) == len(dropped)
        assert sorted(drop.name for drop in tx.drops()) == sorted(Path(name).name for name in dropped)
        assert Counter(event.kind for event in tx.events()) == {
            "deposit": 3 * len(dropped),
            "part": 2 * len(dropped),
            "drop": len(dropped),
        }
        assert tx.jobs_to_do() == ()
    books.reindex()
    with books.ledger.reading() as tx:
        assert tx.index_rows() == rows


def retry_what_was_given_up(office: Office) -> None:
    """A job whose worker was killed three times waits for a person; here the cause is known."""
    with office.ledger().transaction() as tx:
        for job in tx.poisoned_jobs():
            tx.retry_job(job.key)


def offices(root: Path) -> Iterator[tuple[int, Office]]:
    number = 0
    while True:
        number += 1
        (root / str(number)).mkdir()
        yield number, Office.at(root / str(number))


@pytest.mark.slow
def test_after_a_kill_at_every_single_step_each_drop_is_kept_exactly_once(
    tmp_path: Path, figures: Figures
) -> None:
    for step, office in offices(tmp_path):
        drop_all(office, TWO)
        killed = killed_after(step, lambda office=office: serve_once(office), figures.told)  # type: ignore[misc]
        figures.counts["kills"] += killed
        nothing_is_half(office.outbox, figures)
        finish_in_a_child(lambda office=office: serve_once(office))  # type: ignore[misc]
        everything_is_kept_once(office, TWO, figures)
        if not killed:
            break
    assert step > 70, "the plug was pulled at fewer steps than the story has"
    assert len(figures.steps) >= 15, "the story has fewer kinds of steps than it had"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(200 if LONG else 14))
def test_after_one_kill_upon_another_each_drop_is_kept_exactly_once(
    tmp_path: Path, seed: int, figures: Figures
) -> None:
    office, chance = Office.at(tmp_path), random.Random(seed)
    drop_all(office, FOUR)
    while killed_after(chance.randint(1, 30), lambda: serve_once(office), figures.told):
        figures.counts["kills"] += 1
        nothing_is_half(office.outbox, figures)
    retry_what_was_given_up(office)
    serve_once(office)
    everything_is_kept_once(office, FOUR, figures)


# --- several workers ------------------------------------------------------------------------------


def claim_all(office: Office) -> None:
    """Claimed beforehand, so that ids depend on the file alone and archives can be compared byte by byte."""
    inbox = office.inbox()
    inbox.look()
    ready = sorted(inbox.look().ready, key=lambda each: each.listed.key)
    with pytest.MonkeyPatch.context() as patched:
        for number, candidate in enumerate(ready):
            patched.setattr(claims, "short_id", lambda kind, _, length, number=number: f"{number:0{length}d}")
            assert inbox.claim(candidate) is not None


def killed_together(office: Office, chance: random.Random, workers: int, told: Path) -> int:
    """Several workers on one office at once, each killed after a step of its own; how many were."""
    children = []
    for step in [chance.randint(1, 30) for _ in range(workers)]:
        pid = os.fork()
        if pid == 0:
            with suppress(BaseException):
                os._exit(int(killed_after(step, lambda: serve_once(office), told)))
            os._exit(2)
        children.append(pid)
    ends = [os.WEXITSTATUS(os.waitpid(pid, 0)[1]) for pid in children]
    assert set(ends) <= {0, 1}, "a worker failed instead of being killed"
    return sum(ends)


def without_journal(office: Office) -> dict[str, str]:
    """Every file of the archive by its bytes, but what says in which order things came."""
    return {
        str(path.relative_to(office.outbox)): sha256_of(path)
        for path in office.outbox.rglob("*")
        if path.is_file() and "journal" not in path.parts and path.name != "archive.json"
    }


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(80 if LONG else 8))
def test_three_workers_killed_again_and_again_keep_what_one_that_is_left_alone_keeps(
    tmp_path: Path, seed: int, figures: Figures
) -> None:
    chance, archives = random.Random(1000 + seed), []
    for name in ("alone", "killed"):
        (tmp_path / name).mkdir()
        office = Office.at(tmp_path / name)
        drop_all(office, FOUR)
        claim_all(office)
        while name == "killed" and (fallen := killed_together(office, chance, 3, figures.told)):
            figures.counts["kills"] += fallen
            nothing_is_half(office.outbox, figures)
        retry_what_was_given_up(office)
        serve_once(office)
        everything_is_kept_once(office, FOUR, figures)
        archives.append(without_journal(office))
    figures.counts["files unlike those without kills"] += len(dict(archives[0].items() ^ archives[1].items()))
    assert archives[0] == archives[1]
