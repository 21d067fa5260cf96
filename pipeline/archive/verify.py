"""What is wrong with the archive: every file missing, changed or too many, by name. Changes nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from pipeline.archive.deposit import Archive
from pipeline.archive.paths import IDENTITY, JOURNAL, MANIFEST, TEMPORARY
from pipeline.disk import sha256_of
from pipeline.errors import ArchiveError
from pipeline.model import Deposit


class Wrong(StrEnum):
    """What is wrong with one place. Leftovers and what is not in the journal lost nothing."""

    MISSING = "missing"
    CHANGED = "changed"
    EXTRA = "extra"
    DAMAGED = "damaged"
    CHAIN = "chain"
    NOT_IN_JOURNAL = "not-in-journal"
    LEDGER = "ledger"
    LEFTOVER = "leftover"


@dataclass(frozen=True, slots=True, order=True)
class Trouble:
    """One thing that is wrong: where (path in the archive), what, and in words."""

    path: str
    wrong: Wrong
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


def troubles_of_files(archive: Archive, read_data: bool) -> Iterator[Trouble]:
    """Every deposit against its manifest, and everything that lies outside any deposit."""
    inside: list[str] = []
    for path in archive.paths():
        inside.append(path)
        try:
            deposit = archive.deposit(path)
        except ArchiveError as error:
            yield Trouble(path, Wrong.DAMAGED, str(error))
            continue
        yield from _troubles_of(archive, deposit, read_data)
    yield from _outside(archive, frozenset(inside))


def _troubles_of(archive: Archive, deposit: Deposit, read_data: bool) -> Iterator[Trouble]:
    there = dict(_files_below(archive, deposit.path))
    there.pop(MANIFEST, None)
    for entry in deposit.files:
        place = f"{deposit.path}/{entry.name}"
        size = there.pop(entry.name, None)
        if size is None:
            yield Trouble(place, Wrong.MISSING, "is missing. Restore it from a copy.")
        elif size != entry.size:
            yield Trouble(
                place, Wrong.CHANGED, f"has {size} bytes, not {entry.size}. Restore it from a copy."
            )
        elif read_data and sha256_of(archive.root / place) != entry.sha256:
            yield Trouble(
                place, Wrong.CHANGED, "has other bytes than were published. Restore it from a copy."
            )
    for name in sorted(there):
        yield Trouble(
            f"{deposit.path}/{name}", Wrong.EXTRA, "was added later. Take it out; drop it into the inbox."
        )


def _files_below(archive: Archive, path: str) -> Iterator[tuple[str, int]]:
    """Name and size of everything in a deposit; -1 for what is no plain file."""
    top = archive.root / path
    for folder, names, files in os.walk(top):
        below = os.path.relpath(folder, top)
        for name in (*files, *(each for each in names if os.path.islink(os.path.join(folder, each)))):
            found = os.lstat(os.path.join(folder, name))
            plain = (found.st_mode & 0o170000) == 0o100000
            yield (name if below == "." else f"{below}/{name}"), found.st_size if plain else -1


def _outside(archive: Archive, inside: frozenset[str]) -> Iterator[Trouble]:
    for name in archive.leftovers():
        message = "was left by an interrupted run; the next start clears it."
        yield Trouble(f"{TEMPORARY}/{name}", Wrong.LEFTOVER, message)
    for folder, names, files in os.walk(archive.root):
        path = os.path.relpath(folder, archive.root)
        path = "" if path == "." else path
        if path in inside or path in (JOURNAL, TEMPORARY):
            names.clear()
            continue
        for name in files:
            place = f"{path}/{name}".lstrip("/")
            if place not in (IDENTITY, ".gitkeep"):
                message = "belongs to no deposit. Take it out; drop it into the inbox."
                yield Trouble(place, Wrong.EXTRA, message)
