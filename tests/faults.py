"""A machine that fails on purpose: the n-th call of a kind goes wrong once, as disks and shares go wrong.

Everything the program does to the disk goes through `os`, so that is where it fails. What a test must not do is
fail the test's own files: only calls below a given folder count.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

CALLS = (
    *(
        "open",
        "write",
        "pwrite",
        "ftruncate",
        "fsync",
        "rename",
        "replace",
        "link",
        "unlink",
        "mkdir",
        "rmdir",
    ),
    "commit",
)
WRITES = ("write", "pwrite")
ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS, errno.EDQUOT, errno.ESTALE, errno.EINTR)
SHORT = -1  # instead of an error: half of what should be written is written


@dataclass(slots=True)
class Fault:
    """Which call fails and how. seen: calls of the kind so far; struck: whether it failed.

    synced_again: whether a file whose fsync had failed was fsynced once more
    """

    call: str
    number: int
    error: int
    below: Path
    seen: int = 0
    struck: bool = False
    synced_again: bool = False
    broken: set[tuple[int, int] | None] = field(default_factory=set)

    def strikes(self) -> bool:
        self.seen += 1
        if self.struck or self.seen != self.number:
            return False
        self.struck = True
        return True


def errors_for(call: str) -> tuple[int, ...]:
    """All the ways in which a call of this kind fails."""
    return (*ERRORS, SHORT) if call in WRITES else ERRORS


def _place(first: object) -> str:
    """The path a call is about: of a descriptor what it is open on, of a relative name the folder it is in."""
    if isinstance(first, int):
        return os.readlink(f"/proc/self/fd/{first}")
    return os.fsdecode(first)  # type: ignore[arg-type]


def _is_below(fault: Fault, arguments: tuple[Any, ...], named: dict[str, Any]) -> bool:
    folder = named.get("dir_fd") or named.get("src_dir_fd")
    try:
        place = _place(arguments[0])
        if folder is not None and not os.path.isabs(place):
            place = os.path.join(_place(folder), place)
    except OSError:
        return False
    return os.path.abspath(place).startswith(f"{fault.below}/")


def _failing_call(fault: Fault, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any, **named: Any) -> Any:
        reads = name == "open" and not (arguments[1] if len(arguments) > 1 else 0) & (os.O_WRONLY | os.O_RDWR)
        if reads or not _is_below(fault, arguments, named):
            return real(*arguments, **named)
        inode = _inode(arguments[0], named) if name in ("fsync", "unlink") else None
        fault.synced_again |= name == "fsync" and inode in fault.broken
        if fault.call != name or not fault.strikes():
            if name == "unlink":
                fault.broken.discard(inode)  # its number is given to the next file
            return real(*arguments, **named)
        if name == "fsync" and inode is not None:
            fault.broken.add(inode)
        if fault.error == SHORT:
            return real(arguments[0], arguments[1][: len(arguments[1]) // 2], *arguments[2:])
        raise OSError(fault.error, os.strerror(fault.error))

    return call


def _inode(file: Any, named: dict[str, Any]) -> tuple[int, int] | None:
    """Disk and number of a plain file; None for a folder, which is synced again for each name in it."""
    try:
        found = os.fstat(file) if isinstance(file, int) else os.stat(file, dir_fd=named.get("dir_fd"))
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if stat.S_ISREG(found.st_mode) else None


@contextmanager
def failing(fault: Fault) -> Iterator[Fault]:
    """Inside, the call fails once. For use in a process of its own."""

    def commit(connection: Connection) -> None:
        if fault.call == "commit" and fault.strikes():
            raise OperationalError("COMMIT", {}, OSError(fault.error, "database or disk is full"))

    before = {name: getattr(os, name) for name in CALLS if name != "commit"}
    for name, real in before.items():
        setattr(os, name, _failing_call(fault, name, real))
    event.listen(Engine, "commit", commit)
    try:
        yield fault
    finally:
        event.remove(Engine, "commit", commit)
        for name, real in before.items():
            setattr(os, name, real)
