"""What holds for every test: whose files are whose, that no state folder was left open to anybody, that no log and
no journal names anybody, and that nothing beyond this machine was asked for.

Tests run as a careful office would: others may nothing, the group may read. So a file of the state folder that
relies on the umask, and not on the program, is wider than it may be, and found at the end.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import log
from pipeline.archive.paths import JOURNAL
from pipeline.run.belonging import NOTE
from tests.figures import figures
from tests.paper.people import WORDS
from tests.shared import pytest_collection_modifyitems, pytest_configure, pytest_unconfigure

__all__ = ["figures", "pytest_collection_modifyitems", "pytest_configure", "pytest_unconfigure"]  # hooks

UMASK = 0o027
os.umask(UMASK)  # for what is made while tests are collected


@pytest.fixture(autouse=True)
def _as_a_careful_office() -> None:
    """The program narrows it for its own process; the next test starts as wide as the first."""
    os.umask(UMASK)


@pytest.fixture(autouse=True)
def _nothing_beyond_this_machine() -> Iterator[None]:
    """Fails the test in which a connection to another machine, or its address, was asked for."""
    yield
    asked, beyond[:] = beyond.copy(), []
    assert asked == []


@pytest.fixture(autouse=True, scope="session")
def _nothing_is_open_and_nobody_named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """After the last test: everything in every state folder that an office was opened on is for its user alone, and
    no log and no journal holds a name of the invented people."""
    yield
    top = tmp_path_factory.getbasetemp()
    assert [str(path.relative_to(top)) for path in too_wide(top)] == []
    assert named_in_logs(top) == []


beyond: list[str] = []
"""What was asked of the network in the test that runs: the call, without where to."""


def _note_what_goes_beyond(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        if isinstance(address, tuple) and address and not _is_here(str(address[0])):
            beyond.append(event)
    elif event == "socket.getaddrinfo" and not _is_here(str(arguments[0] or "localhost")):
        beyond.append(event)


def _is_here(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


sys.addaudithook(_note_what_goes_beyond)

_NAME = re.compile(r"\b[A-Z][a-z]{3,}\b")
NAMES = frozenset(_NAME.findall(str([WORDS["first"], WORDS["last"], [city for city, *_ in WORDS["places"]]])))


def named_in_logs(top: Path) -> list[str]:
    """Names of invented people in the logs and journals below `top`, with where they stand."""
    files = [*top.rglob(f"{log.NAME}*"), *top.rglob(f"{JOURNAL}/*.jsonl")]
    return [
        f"{name} in {path.relative_to(top)}"
        for path in files
        if path.is_file()
        for name in sorted(NAMES & set(_NAME.findall(path.read_text("utf-8", "replace"))))
    ]


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
