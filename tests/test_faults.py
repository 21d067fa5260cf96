"""Every call to the disk fails once, in every way disks fail: nothing lost, nothing twice, never a false success.

Here on the road of a drop without its reading; the whole story fails in tests/run/test_faults_of_the_story.py.
"""

from __future__ import annotations

import os
import pickle
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from pipeline import workers
from pipeline.errors import ArchiveError, SetupError
from tests.faults import CALLS, Fault, errors_for, failing
from tests.figures import Figures
from tests.office import Office, serve_once
from tests.test_kills import TWO, drop_all, everything_is_kept_once, nothing_is_half, retry_what_was_given_up

LONG = bool(os.environ.get("TORTURE"))


def struck_by(fault: Fault, story: Callable[[], object]) -> tuple[Fault, bool]:
    """The story in a child in which one call fails: the fault as it ended, and whether the story said so."""
    answer = fault.below / "answer"
    pid = os.fork()
    if pid == 0:
        told = False
        workers.RETRY_SECONDS = 0.0  # the test does not wait
        try:
            with failing(fault):
                story()
        except (ArchiveError, SetupError):
            told = True
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        answer.write_bytes(pickle.dumps((fault, told)))
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    assert os.WEXITSTATUS(status) == 0, (
        f"{fault.call} {fault.number}: another failure than one of ours came through"
    )
    ended, told = pickle.loads(answer.read_bytes())
    answer.unlink()
    return ended, told


def some_errors(call: str, number: int) -> tuple[int, ...]:
    """All errors in the long form; else another one at each number."""
    errors = errors_for(call)
    return errors if LONG else (errors[number % len(errors)],)


def with_papers(root: Path, call: str) -> Office:
    """An office with its papers in the inbox. Only a line that was never finished makes the journal cut one off."""
    root.mkdir()
    office = Office.at(root)
    if call == "ftruncate":
        drop_all(office, {"scan.pdf": TWO["scan.pdf"]})
        serve_once(office)
        with next((office.outbox / "journal").glob("*.jsonl")).open("ab") as journal:
            journal.write(b'{"at": "2026-')
        drop_all(office, {"monday/scan.pdf": TWO["monday/scan.pdf"]})
    else:
        drop_all(office, TWO)
    return office


@pytest.mark.slow
@pytest.mark.parametrize("call", [call for call in CALLS if call != "replace"])
def test_whichever_call_fails_the_papers_are_kept_once_in_the_end(
    call: str, tmp_path: Path, figures: Figures
) -> None:
    number = 0
    while True:
        number += 1
        ended = False
        for error in some_errors(call, number):
            root = tmp_path / f"{number}-{error}"
            office = with_papers(root, call)
            fault, told = struck_by(Fault(call, number, error, root), partial(serve_once, office))
            if not fault.struck:
                ended = True
                break
            figures.counts.update({"faults": 1, f"of {call}": 1, "that were said at once": told})
            assert not fault.synced_again, "a file whose fsync had failed was fsynced again"
            nothing_is_half(office.outbox, figures)
            if not told:
                serve_once(office)  # what was left is found by the next look, without anybody's help
            serve_once(office)
            retry_what_was_given_up(office)
            serve_once(office)
            everything_is_kept_once(office, TWO, figures)
        if ended:
            break
    assert number > 1, f"the story makes no call of {call}"
