"""Durable writing: what returns from here survives a pulled plug, or it raises.

What the file system promises and what not. rename(2) within one file system is atomic: others see the old
or the new, never a mixture. Nothing is on the disk before fsync, neither a file's bytes nor, without fsync
on the folder, its name. After a failed fsync the kernel may have dropped the pages, and a second fsync
reports success all the same, so a failed write is thrown away and never "retried" in place. rename onto an
existing file replaces it silently, and so is never used here for what must not be overwritten: files get
their name by link(2), which fails when the name is taken, and a folder renamed onto one that holds files
fails.

Every durable step calls `step`, so that a test can pull the plug after each of them.

Source: PostgreSQL 11.2 release notes (fsync failure is final); rename(2), link(2), fsync(2).
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ArchiveError, SetupError

CHUNK = 1 << 20


def _carry_on(name: str) -> None:
    return None


_after_step: Callable[[str], None] = _carry_on


def pull_the_plug_with(hook: Callable[[str], None] | None) -> None:
    """Calls `hook` after every durable step of this process. Tests end the process there."""
    global _after_step  # noqa: PLW0603  # one switch for the whole process is what a plug is
    _after_step = hook or _carry_on


def step(name: str) -> None:
    """Marks that something durable has just happened."""
    _after_step(name)


def keep_private() -> None:
    """From here on, what this process makes is for its own user only, unless it is shared on purpose."""
    os.umask(0o077)


@dataclass(frozen=True, slots=True)
class Sharing:
    """Who may see what lies in a folder that people share: group and modes of the folder at its top."""

    gid: int
    folder_mode: int
    file_mode: int

    def read_only(self) -> Sharing:
        """The same for files that nobody changes again."""
        return Sharing(self.gid, self.folder_mode, self.file_mode & 0o444)


def sharing_of(top: Path) -> Sharing:
    found = top.stat()
    mode = stat.S_IMODE(found.st_mode)
    return Sharing(found.st_gid, mode, mode & 0o666)


PRIVATE = Sharing(-1, 0o700, 0o600)


@contextmanager
def our_own_write(doing: str) -> Iterator[None]:
    """Turns a failure of our own writing into ArchiveError.

    Reading what a person dropped never happens inside: a full disk must not look like a bad scan.
    """
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else type(error).__name__
        raise ArchiveError(
            f"{doing}: {reason}. Nothing was acknowledged; it is tried again when this is mended."
        ) from error


@contextmanager
def our_own_read(doing: str) -> Iterator[None]:
    """Turns a failure of reading what is ours into ArchiveError; what is simply not there stays OSError.

    A share that went away must not look like a bad scan: the file waits, and no try is counted against it.
    """
    try:
        yield
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else type(error).__name__
        raise ArchiveError(
            f"{doing}: {reason}. Nothing was changed; it is tried again when the disk or share answers."
        ) from error


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network shares cannot, and say so
            raise
    finally:
        os.close(fd)
    step("sync-folder")


def make_folders(folder: Path, top: Path, sharing: Sharing) -> None:
    """Makes `folder` and what is missing between it and `top`, each name durable."""
    missing: list[Path] = []
    while folder != top and not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        try:
            each.mkdir(0o700)
        except FileExistsError:
            continue  # somebody else made it at the same moment
        share(each, sharing.gid, sharing.folder_mode)
        sync_folder(each.parent)


def share(path: Path, gid: int, mode: int) -> None:
    """Gives a path its group and mode, where it has them not yet: each change is one more for the disk to write."""
    found = path.lstat()
    if gid >= 0 and found.st_gid != gid:
        try:
            os.chown(path, -1, gid, follow_symlinks=False)
        except PermissionError:
            mode &= ~0o070  # the group it has is not the one meant: better too narrow than too wide
        else:
            found = path.lstat()  # the change of its group may have taken bits from it
    if stat.S_IMODE(found.st_mode) != mode:
        path.chmod(mode)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, so that a later look can tell whether somebody changed it."""

    size: int
    mtime_ns: int
    sha256: str


def write_new(path: Path, data: bytes | Path, sharing: Sharing = PRIVATE) -> Written:
    """Writes a file that does not exist yet; its bytes are durable, its name once the folder is synced."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        digest, size = hashlib.sha256(), 0
        for chunk in _chunks(data):
            digest.update(chunk)
            size += len(chunk)
            _write_all(fd, chunk)
        share(path, sharing.gid, sharing.file_mode)
        os.fsync(fd)
        mtime_ns = os.fstat(fd).st_mtime_ns
    finally:
        os.close(fd)
    step("write-file")
    return Written(size, mtime_ns, digest.hexdigest())


def _chunks(data: bytes | Path) -> Iterator[bytes]:
    if isinstance(data, bytes):
        yield data
        return
    with data.open("rb") as source:
        while chunk := source.read(CHUNK):
            yield chunk


def _write_all(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def put_in_place(temporary: Path, target: Path) -> None:
    """Gives a finished file its name, replacing what had it. Only for what can be made again."""
    os.replace(temporary, target)
    step("replace-file")
    sync_folder(target.parent)


def name_new_file(temporary: Path, target: Path) -> None:
    """Gives a finished file its name. Raises FileExistsError when the name is taken."""
    os.link(temporary, target)
    step("link-file")
    temporary.unlink()
    sync_folder(target.parent)


def name_new_folder(temporary: Path, target: Path) -> None:
    """Gives a finished folder its name. Raises FileExistsError when a folder with files has it.

    Needs no RENAME_NOREPLACE: rename(2) of a folder replaces an empty folder at most, and every deposit
    holds at least its manifest.
    """
    try:
        os.rename(temporary, target)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from error
        raise
    step("rename-folder")
    sync_folder(target.parent)


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def clear_away(folder: Path) -> None:
    """Removes a temporary folder or file of ours, as far as it can be; what stays is cleared at the next start."""
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder, ignore_errors=True)
    else:
        with suppress(OSError):
            folder.unlink(missing_ok=True)


def write_out(out: Path, data: bytes) -> Path:
    """The file a person asked for by name. Raises SetupError where it cannot lie there."""
    try:
        out.write_bytes(data)
    except OSError as failure:
        raise SetupError(f"{out} cannot be written: {failure.strerror}. Give another place.") from failure
    return out
