"""Pulling the plug after every durable step: nothing lost, nothing twice, nothing half."""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline import disk
from pipeline.archive import Archive, Wrong
from pipeline.archive.verify import troubles_of_files
from pipeline.model import DepositKind
from tests.office import Office, pdf, serve_once

FOUR = {"scan.pdf": pdf(1), "monday/scan.pdf": pdf(2), "again.pdf": pdf(1), "Zoë & Söhne (1).pdf": pdf(3)}
TWO = {name: FOUR[name] for name in ("scan.pdf", "monday/scan.pdf")}


def drop_all(office: Office, dropped: dict[str, bytes]) -> None:
    for name, data in dropped.items():
        file = office.inbox_folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(data)


def killed_after(step: int, work: Callable[[], None]) -> bool:
    """Runs the work in a child that is killed (SIGKILL) after so many durable steps; whether it was."""
    pid = os.fork()
    if pid == 0:
        left = [step]

        def count(name: str) -> None:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        disk.pull_the_plug_with(count)
        try:
            work()
        except BaseException:
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the child failed instead of being killed"
    return os.WIFSIGNALED(status)


def finish_in_a_child(work: Callable[[], None]) -> None:
    assert not killed_after(0, work)


def kept_originals(office: Office) -> Counter[tuple[str, bytes]]:
    archive = Archive(office.outbox)
    found: Counter[tuple[str, bytes]] = Counter()
    for deposit in archive.deposits(DepositKind.RECEIVED):
        original = next(file.name for file in deposit.files if file.name.startswith("original."))
        found[original, archive.read(deposit, original)] += 1
    return found


def nothing_is_half(office: Office) -> None:
    """Whatever is visible at this moment is whole, although the plug was just pulled."""
    harmless = {Wrong.LEFTOVER, Wrong.NOT_IN_JOURNAL}
    assert [
        each for each in troubles_of_files(Archive(office.outbox), True) if each.wrong not in harmless
    ] == []


def everything_is_kept_once(office: Office, dropped: dict[str, bytes]) -> None:
    assert kept_originals(office) == Counter(("original.pdf", data) for data in dropped.values())
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
def test_after_a_kill_at_every_single_step_each_drop_is_kept_exactly_once(tmp_path: Path) -> None:
    for step, office in offices(tmp_path):
        drop_all(office, TWO)
        killed = killed_after(step, lambda office=office: serve_once(office))  # type: ignore[misc]
        nothing_is_half(office)
        finish_in_a_child(lambda office=office: serve_once(office))  # type: ignore[misc]
        everything_is_kept_once(office, TWO)
        if not killed:
            break
    assert step > 70, "the plug was pulled at fewer steps than the story has"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_after_one_kill_upon_another_each_drop_is_kept_exactly_once(tmp_path: Path, seed: int) -> None:
    office, chance = Office.at(tmp_path), random.Random(seed)
    drop_all(office, FOUR)
    while killed_after(chance.randint(1, 60), lambda: serve_once(office)):
        nothing_is_half(office)
    retry_what_was_given_up(office)
    serve_once(office)
    everything_is_kept_once(office, FOUR)
