"""A scratch folder of each process, so that what a killed one left behind is known and cleared away.

Copies of papers and pictures of their pages lie there for as long as a file is worked on.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from pipeline.disk import clear_away
from pipeline.workers import started

LEFT_SECONDS = 86_400.0  # what has no owner's name may be of an older version that is still at work


def own_scratch(top: Path) -> Path:
    """A folder of this process below `top`; those of processes that are no more are removed first."""
    for entry in list(top.iterdir()):
        if not _is_in_use(entry):
            clear_away(entry)
    own = scratch_of(top, os.getpid())
    own.mkdir(mode=0o700, exist_ok=True)
    return own


def scratch_of(top: Path, pid: int) -> Path:
    """The folder below `top` of a process that lives."""
    return top / f"{pid}-{started(pid)}"


def _is_in_use(entry: Path) -> bool:
    pid, _, began = entry.name.partition("-")
    if pid.isdigit() and began.isdigit():
        return started(int(pid)) == began
    try:
        return time.time() - entry.lstat().st_mtime < LEFT_SECONDS
    except FileNotFoundError:
        return True  # another process is at it
