"""Everything that lies in the inbox, folder by folder, without ever following a link.

Folders are opened one inside the other by descriptor, so that a folder swapped for a link between the look
and the claim leads nowhere.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field as member
from pathlib import Path

from pipeline.inbox.names import NEEDS_ATTENTION, STATUS, is_junk_file, is_junk_folder

DEEPEST = 20  # folders inside folders; a deeper one is named to a person, since a hostile tree ends nowhere
_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Listed:
    """A name in the inbox that is not junk. folders: the sub-folders on the way to it, outermost first."""

    folders: tuple[str, ...] = member(repr=False)
    name: str = member(repr=False)
    found: os.stat_result = member(repr=False)

    @property
    def key(self) -> str:
        return "/".join((*self.folders, self.name))


def listed(root: Path) -> Iterator[Listed]:
    """Every file below the inbox that a person may have dropped.

    Raises OSError when root cannot be listed.
    """
    for entry in _listed_in(root, ()):
        if entry.folders or entry.name != STATUS:
            yield entry


def listed_sheets(root: Path) -> Iterator[Listed]:
    """Every file below needs-attention/, ours and what people saved there."""
    try:
        yield from _listed_in(root, (NEEDS_ATTENTION,))
    except FileNotFoundError:
        return


def _listed_in(root: Path, folders: tuple[str, ...]) -> Iterator[Listed]:
    with open_folder(root, folders) as fd:
        names = sorted(os.listdir(fd))
        for name in names:
            try:
                found = os.stat(name, dir_fd=fd, follow_symlinks=False)
            except FileNotFoundError:
                continue  # taken away since the listing
            if not _is_folder(found):
                if not is_junk_file(name):
                    yield Listed(folders, name, found)
            elif not is_junk_folder(name) and (folders or name != NEEDS_ATTENTION):
                yield from _listed_below(root, (*folders, name))


def _listed_below(root: Path, folders: tuple[str, ...]) -> Iterator[Listed]:
    try:
        if len(folders) <= DEEPEST:
            yield from _listed_in(root, folders)
            return
    except (FileNotFoundError, NotADirectoryError):
        return  # moved away, or swapped for something else, while we looked
    except OSError:  # no right to look, or the disk fails in this one folder
        pass
    try:
        with open_folder(root, folders[:-1]) as outer:
            found = os.stat(folders[-1], dir_fd=outer, follow_symlinks=False)
    except OSError:
        return
    yield Listed(folders[:-1], folders[-1], found)  # named to a person, as anything that is no file


def _is_folder(found: os.stat_result) -> bool:
    return (found.st_mode & 0o170000) == 0o040000


@contextmanager
def open_folder(root: Path, folders: tuple[str, ...]) -> Iterator[int]:
    """A descriptor of the folder, reached without following any link below root."""
    fd = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for name in folders:
            inner = os.open(name, _OPEN_FOLDER, dir_fd=fd)
            os.close(fd)
            fd = inner
        yield fd
    finally:
        os.close(fd)


@contextmanager
def open_listed(root: Path, folders: tuple[str, ...], name: str) -> Iterator[int]:
    """A descriptor of the file itself, never of what a link points to; does not wait on a pipe."""
    with open_folder(root, folders) as folder:
        fd = os.open(name, OPEN_FILE, dir_fd=folder)
    try:
        yield fd
    finally:
        os.close(fd)
