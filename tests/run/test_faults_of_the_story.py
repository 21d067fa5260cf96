"""One call to the disk fails in the real story: reading, checking, filing, the status page, sheets and their answers.

The calls are those that put the journal's lines, finished folders and made-again files in their place; each one that
the story makes fails in the long form, in every way, and a few of them in the short one.
"""

from __future__ import annotations

import shutil
from collections import Counter
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from pipeline.run.onedrop import seen_before
from tests.faults import Fault
from tests.figures import Figures
from tests.run.test_kills_of_the_story import a_day, kept, opened, whole, with_papers
from tests.test_faults import LONG, some_errors, struck_by

pytestmark = pytest.mark.slow

FIRST, EVERY = (1, 1) if LONG else (3, 6)
NONE = 0  # no call has this number: nothing fails
MOST_DAYS = 4  # after the one that was struck


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_papers(tmp_path_factory.mktemp("papers"))


@pytest.fixture(scope="module")
def undisturbed(papers: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = Path(shutil.copytree(papers, tmp_path_factory.mktemp("undisturbed") / "office"))
    days_without_faults(root)
    whole(root, Counter())
    return root


def days_without_faults(root: Path) -> None:
    for _ in range(MOST_DAYS):
        _, told = struck_by(Fault("rename", NONE, 0, root), partial(a_day, root))
        if not told:
            return
    raise AssertionError("it fails still, with nothing failing any more")


def filed(root: Path) -> set[str]:
    """The files of all cases. Not their bytes: a paper that had to wait was filed after others."""
    return {name for name in kept(root) if name.startswith("cases/")}


@pytest.mark.parametrize("call", ["pwrite", "rename", "replace"])
def test_whichever_call_of_a_day_fails_it_ends_as_a_day_without_faults(
    call: str, tmp_path: Path, papers: Path, undisturbed: Path, figures: Figures
) -> None:
    struck = True
    for number in count(FIRST, EVERY):
        for error in some_errors(call, number):
            root = Path(shutil.copytree(papers, tmp_path / f"{number}-{error}"))
            fault, told = struck_by(Fault(call, number, error, root), partial(a_day, root))
            struck = fault.struck
            if not struck:
                break
            assert not fault.synced_again, "a file whose fsync had failed was fsynced again"
            figures.counts.update({f"faults of {call}": 1, "said at once": int(told)})
            days_without_faults(root)
            whole(root, figures.counts)
            assert filed(undisturbed) == filed(root), f"{call} {number}, error {error}"
        if not struck:
            break
    assert figures.counts[f"faults of {call}"] > 0, f"the story makes no call of {call}"


def test_of_two_files_of_one_instant_only_one_repeats_the_other(undisturbed: Path) -> None:
    """Both were called a copy of the other, and nobody was asked, when the first had to be taken up again."""
    office = opened(undisturbed).office
    with office.ledger.reading() as tx:
        twins = [row for row in tx.drops() if len(tx.drops_with_sha(row.sha256)) > 1]
    assert 2 == len(twins)
    assert twins[0].received_at == twins[1].received_at
    assert [False, True] == sorted(bool(seen_before(office, row)) for row in twins)
