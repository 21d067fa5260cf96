"""A private copy of a file that people can still write to: hashed as it is copied, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from dataclasses import field as member
from datetime import UTC, datetime
from pathlib import Path

from pipeline.disk import CHUNK, PRIVATE, clear_away, our_own_write
from pipeline.errors import ArchiveError
from pipeline.inbox.filetype import HEAD, detect
from pipeline.inbox.listing import open_listed
from pipeline.inbox.settle import Identity, is_plain_file
from pipeline.model import Drop

ROOM = 3  # times a file's size that must be free before it is taken in


class StillChanging(Exception):
    """The file changed while it was copied, or is gone. Nothing is lost: a later look takes it up again."""


@dataclass(frozen=True, slots=True)
class Received:
    """A private copy of what came in, hashed while it was copied.

    copy: in the scratch folder; the caller removes it.  file_type: ending by the first bytes: pdf, tif, bin
    ...  owner: the user whose file it was, by number
    """

    drop: Drop
    copy: Path = member(repr=False)
    file_type: str
    source: str
    copied: Identity = member(repr=False)
    owner: int


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Copied:
    """identity: what the file was like before and after copying; file_type, owner: as in Received."""

    copy: Path = member(repr=False)
    sha256: str
    identity: Identity
    file_type: str
    owner: int


def copy_settled(
    root: Path, folders: tuple[str, ...], name: str, settled: Identity | None, scratch: Path
) -> Copied:
    """A copy of a settled file of the inbox.

    Raises StillChanging when the file is not, or not any more, what it was when it settled: a file overwritten
    in place while it was read gave a mixture of old and new bytes.
    """
    with our_own_write("Making the scratch folder"):  # it may have been wiped since we started
        scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    copy = scratch / f"copy-{os.urandom(8).hex()}"
    try:
        with open_listed(root, folders, name) as fd:
            before = os.fstat(fd)
            if not is_plain_file(before) or Identity.of(before) != settled:
                raise StillChanging
            _refuse_without_room(scratch, before.st_size)
            digest = _copy_hashed(fd, copy)
            after = Identity.of(os.fstat(fd))
            file_type = detect(os.pread(fd, HEAD, 0))
    except OSError as error:  # gone, or the share is; our own writes raise ArchiveError instead
        clear_away(copy)
        raise StillChanging from error
    except BaseException:
        clear_away(copy)  # a disk that is full must get its room back
        raise
    if after != settled:
        clear_away(copy)
        raise StillChanging
    return Copied(copy, digest, after, file_type, before.st_uid)


def _refuse_without_room(scratch: Path, size: int) -> None:
    """A copy, its deposit and its pictures must fit: a disk that fills up half way helps nobody."""
    if shutil.disk_usage(scratch).free < ROOM * size:
        raise ArchiveError(
            "there is too little room on the disk of this program. Nothing is lost: it goes on by itself once there is."
        )


def _copy_hashed(fd: int, target: Path) -> str:
    digest = hashlib.sha256()
    with our_own_write("Copying a file of the inbox into the state folder"):
        out = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE.file_mode)
    try:
        position = 0
        while chunk := os.pread(fd, CHUNK, position):
            digest.update(chunk)
            position += len(chunk)
            with our_own_write("Copying a file of the inbox into the state folder"):
                view = memoryview(chunk)
                while view:
                    view = view[os.write(out, view) :]
    finally:
        os.close(out)
    return digest.hexdigest()
