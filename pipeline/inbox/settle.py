"""When a file has come to rest: unchanged over at least two looks and long enough by our own clock.

Never compares a file's date with the time of day: the two come from different machines. A file that grows
in bursts (a scanner that appends page after page, each state a valid PDF) must be quiet for twice its
longest pause. One that does not end as its type ends, or that somebody still holds open for writing, waits
longer.
"""

from __future__ import annotations

import fcntl
import os
import signal
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.inbox.filetype import HEAD, TAIL, detect, looks_finished
from pipeline.inbox.listing import open_listed

EMPTY_OR_UNFINISHED = 10  # times the settling time, before such a file is taken as it is
OPEN_FOR_WRITING = 120  # times the settling time: ten minutes at the default
LONGEST_PAUSE_SECONDS = 60.0

_F_SETSIG = 10  # Source: linux/fcntl.h


@dataclass(frozen=True, slots=True)
class Identity:
    """What changes when somebody writes to a file or puts another in its place."""

    size: int
    mtime_ns: int
    inode: int

    @classmethod
    def of(cls, found: os.stat_result) -> Identity:
        return cls(found.st_size, found.st_mtime_ns, found.st_ino)


def is_plain_file(found: os.stat_result) -> bool:
    """A regular file with one name: no link, pipe, socket or device."""
    return stat.S_ISREG(found.st_mode) and found.st_nlink == 1


@dataclass(slots=True)
class _Watched:
    identity: Identity
    since: float
    looks: int = 1
    longest_pause: float = 0.0
    settled: bool = False


class SettleWatch:
    """Remembers when each file last changed, from look to look."""

    def __init__(self, settle_seconds: float, clock: Callable[[], float]) -> None:
        self.settle_seconds = settle_seconds
        self._clock = clock
        self._watched: dict[str, _Watched] = {}

    def seconds_to_wait(self, key: str, identity: Identity, closing: Callable[[], Closing]) -> float:
        """0 when the file has settled, else the seconds until it may have. `closing` is asked only then."""
        now = self._clock()
        seen = self._watched.get(key)
        if seen is None:
            seen = self._watched[key] = _Watched(identity, now)
        elif seen.identity != identity:
            pause = 0.0 if seen.settled or seen.identity.inode != identity.inode else now - seen.since
            longest = 0.0 if seen.settled else seen.longest_pause  # saved again later is a new beginning
            seen = self._watched[key] = _Watched(identity, now, longest_pause=max(longest, pause))
        else:
            seen.looks += 1
        quiet = now - seen.since
        needed = max(self.settle_seconds, min(2 * seen.longest_pause, LONGEST_PAUSE_SECONDS))
        if identity.size == 0:
            needed = max(needed, EMPTY_OR_UNFINISHED * self.settle_seconds)
        if quiet < needed:
            return needed - quiet
        if seen.looks < 2:
            return min(0.05, self.settle_seconds) or 0.001
        wait = max(0.0, self._extra(closing()) - quiet)
        seen.settled = wait == 0
        return wait

    def _extra(self, closing: Closing) -> float:
        if closing.open_for_writing:
            return OPEN_FOR_WRITING * self.settle_seconds
        return 0.0 if closing.looks_finished else EMPTY_OR_UNFINISHED * self.settle_seconds

    def forget_all_but(self, keys: Iterable[str]) -> None:
        keep = set(keys)
        self._watched = {key: seen for key, seen in self._watched.items() if key in keep}


@dataclass(frozen=True, slots=True)
class Closing:
    """How a file ends: as files of its type do, and with nobody writing to it any more."""

    looks_finished: bool
    open_for_writing: bool


def closing_of(fd: int) -> Closing:
    size = os.fstat(fd).st_size
    head = os.pread(fd, HEAD, 0)
    tail = os.pread(fd, TAIL, max(0, size - TAIL))
    finished = size == 0 or looks_finished(detect(head), head, tail, size)
    return Closing(finished, somebody_writes(fd))


def closing_now(root: Path, folders: tuple[str, ...], name: str) -> Closing:
    """How a file of the inbox ends at this moment. Raises PermissionError when it may not be read."""
    try:
        with open_listed(root, folders, name) as fd:
            return closing_of(fd)
    except PermissionError:
        raise
    except OSError:
        return Closing(looks_finished=False, open_for_writing=True)  # cannot be read now; later perhaps


def somebody_writes(fd: int) -> bool:
    """Whether another program of this machine (Samba included) holds the file open for writing.

    A read lease is granted only where nobody does. Where leases are not to be had (network shares, files of
    another owner) the answer is False and the quiet time alone decides. Source: fcntl(2), F_SETLEASE.
    """
    try:
        fcntl.fcntl(fd, _F_SETSIG, signal.SIGURG)  # the default signal of a broken lease ends the process
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False
