"""Every call to the disk fails once, in every way disks fail: nothing lost, nothing twice, never a false success."""

from __future__ import annotations

import os
import pickle
import traceback
from pathlib import Path

import pytest

from pipeline import workers
from pipeline.errors import ArchiveError, SetupError
from tests.faults import CALLS, ERRORS, SHORT, Fault, failing
from tests.figures import Figures
from tests.office import Office, serve_once
from tests.test_kills import TWO, drop_all, everything_is_kept_once, nothing_is_half, retry_what_was_given_up

LONG = bool(os.environ.get("TORTURE"))


def struck_by(fault: Fault, office: Office) -> tuple[Fault, bool]:
    """The story in a child in which one call fails: the fault as it ended, and whether the story said so."""
    answer = office.root / "answer"
    pid = os.fork()
    if pid == 0:
        told = False
        workers.RETRY_SECONDS = 0.0  # the test does not wait
        try:
            with failing(fault):
                serve_once(office)
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


def errors_for(call: str, number: int) -> list[int]:
    errors = [*ERRORS, SHORT] if call == "write" else [*ERRORS]
    return errors if LONG else [errors[number % len(errors)]]


@pytest.mark.slow
@pytest.mark.parametrize("call", [call for call in CALLS if call != "replace"])
def test_whichever_call_fails_the_papers_are_kept_once_in_the_end(
    call: str, tmp_path: Path, figures: Figures
) -> None:
    number = 0
    while True:
        number += 1
        ended = False
        for error in errors_for(call, number):
            root = tmp_path / f"{number}-{error}"
            root.mkdir()
            office = Office.at(root)
            drop_all(office, TWO)
            fault, told = struck_by(Fault(call, number, error, root), office)
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
