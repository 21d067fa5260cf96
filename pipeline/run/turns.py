"""Who files: one process at a time, so that of two papers that belong together the second finds the first.

Two watchers may serve one inbox and read at once. What a paper is, though, depends on what is filed already (its other
page, its person, the same paper again), and that must not change while it is decided. The lock is the kernel's: it
goes with the process that holds it.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pipeline.errors import ArchiveError

LOCK: Final = "filing.lock"
LONGEST_SECONDS: Final = (
    60.0  # an answer about one paper may make others be decided anew, which takes a while
)
_AGAIN_SECONDS: Final = 0.02


@contextmanager
def filing_turn(state: Path, longest_seconds: float = LONGEST_SECONDS) -> Iterator[None]:
    """Nobody else files as long as the block lasts. Raises ArchiveError when another process does not end."""
    fd = os.open(state / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        _locked(fd, time.monotonic() + longest_seconds)
        yield
    finally:
        os.close(fd)


def _locked(fd: int, until: float) -> None:
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > until:
                raise ArchiveError(
                    "Another watcher of this office files a paper and does not end. It is tried again; if this stays, "
                    "restart the watchers."
                ) from None
        time.sleep(_AGAIN_SECONDS)
