"""Places in `.tmp/` of the archive to write at before a name is given, and what dead processes left there."""

from __future__ import annotations

import os
import socket
from functools import cache
from pathlib import Path

from pipeline.archive.paths import TEMPORARY
from pipeline.disk import clear_away, make_folders, our_own_read, sharing_of
from pipeline.errors import ArchiveError
from pipeline.model import short_id


def temporary_place(root: Path) -> Path:
    """A free place to write at, whose name says which process of which machine is at work there."""
    try:
        sharing = sharing_of(root)
    except FileNotFoundError:
        raise ArchiveError(f"The outbox {root} is not there. Is the share connected?") from None
    make_folders(root / TEMPORARY, root, sharing)
    return root / TEMPORARY / f"{_machine()}-{os.getpid()}-{os.urandom(6).hex()}"


def leftovers(root: Path) -> tuple[str, ...]:
    """Names in `.tmp/` of what processes that are no more left half-written."""
    try:
        with our_own_read("Looking through the outbox"):
            names = sorted(os.listdir(root / TEMPORARY))
    except FileNotFoundError:
        return ()
    return tuple(name for name in names if not _maker_lives(name))


def clear_leftovers(root: Path) -> int:
    """Removes them, never the work of a living process; how many there were."""
    left = leftovers(root)
    for name in left:
        clear_away(root / TEMPORARY / name)
    return len(left)


@cache
def _machine() -> str:
    return short_id("machine", socket.gethostname(), length=6)


def _maker_lives(name: str) -> bool:
    machine, _, rest = name.partition("-")
    if machine != _machine():
        return True  # another machine's: not ours to judge
    return Path(f"/proc/{rest.partition('-')[0]}").exists()
