"""What holds for every test: whose files are whose, and that no state folder was left open to anybody.

Tests run as a careful office would: others may nothing, the group may read. So a file of the state folder that
relies on the umask, and not on the program, is wider than it may be, and found at the end.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.run.belonging import NOTE
from tests.shared import pytest_collection_modifyitems, pytest_configure, pytest_unconfigure

__all__ = ["pytest_collection_modifyitems", "pytest_configure", "pytest_unconfigure"]  # hooks

UMASK = 0o027
os.umask(UMASK)  # for what is made while tests are collected


@pytest.fixture(autouse=True)
def _as_a_careful_office() -> None:
    """The program narrows it for its own process; the next test starts as wide as the first."""
    os.umask(UMASK)


@pytest.fixture(autouse=True, scope="session")
def _no_state_is_open(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """After the last test: everything in every state folder that an office was opened on is for its user alone."""
    yield
    top = tmp_path_factory.getbasetemp()
    assert [str(path.relative_to(top)) for path in too_wide(top)] == []


def too_wide(top: Path) -> Iterator[Path]:
    """What is wider than 0600 or 0700 in the state folders below `top`."""
    for note in top.rglob(NOTE):
        for path in (note.parent, *note.parent.rglob("*")):
            try:
                mode = path.lstat().st_mode
            except FileNotFoundError:
                continue
            if not stat.S_ISLNK(mode) and stat.S_IMODE(mode) & 0o077:
                yield path
