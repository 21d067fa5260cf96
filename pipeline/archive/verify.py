"""What is wrong with archive, journal and ledger: every file, row and event, by name. Changes nothing.

Files are held against their manifests, manifests against the journal, the journal against its own chain and a head
that was written earlier. Then the index is built once more from the archive, in memory and through the very code
that reindex uses, and every row of the ledger is held against it.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum

from pipeline.archive.deposit import Archive, identity_bytes
from pipeline.archive.head import Head, broken_at
from pipeline.archive.indexing import index_all
from pipeline.archive.journal import Journal
from pipeline.archive.paths import IDENTITY, JOURNAL, MANIFEST, TEMPORARY
from pipeline.disk import sha256_of
from pipeline.errors import ArchiveError
from pipeline.ledger import Ledger, ledger_in_memory
from pipeline.model import Deposit

ARCHIVE_NOTE = "archive"


class Wrong(StrEnum):
    """What is wrong with one place. Leftovers and what is not in the journal lost nothing."""

    MISSING = "missing"
    CHANGED = "changed"
    EXTRA = "extra"
    DAMAGED = "damaged"
    UNREADABLE = "unreadable"
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


@dataclass(slots=True)
class Seen:
    """How much was looked at. bytes: of file data that was hashed."""

    files: int = 0
    bytes: int = 0
    events: int = 0


@dataclass(frozen=True, slots=True)
class Verified:
    """What a look through everything found, and how long it took."""

    troubles: tuple[Trouble, ...]
    seen: Seen
    seconds: float

    def __str__(self) -> str:
        megabytes = self.seen.bytes / 1e6
        rate = f" ({megabytes / self.seconds:.0f} MB/s)" if self.seen.bytes and self.seconds else ""
        return (
            f"{self.seen.files} files, {self.seen.events} events; "
            f"{megabytes:.1f} MB hashed in {self.seconds:.1f} s{rate}."
        )


def verify(
    archive: Archive, journal: Journal, ledger: Ledger, read_data: bool, head: Head | None = None
) -> Verified:
    """Everything against everything. head: one written earlier, through which the chain must go."""
    seen, began = Seen(), time.monotonic()
    with ThreadPoolExecutor(1) as pool:  # hashing leaves the interpreter free for the rows
        files = pool.submit(_all_of, troubles_of_files(archive, read_data, seen))
        found = _all_of(_of_the_identity(archive, ledger))
        found += _all_of(_of_the_journal(archive, journal, head, seen))
        found += _all_of(_of_the_ledger(archive, journal, ledger))
        found += files.result()
    return Verified(tuple(sorted(set(found))), seen, time.monotonic() - began)


def _all_of(part: Iterator[Trouble]) -> list[Trouble]:
    """The troubles of one part, and what kept us from looking at the rest of it."""
    found: list[Trouble] = []
    try:
        found.extend(part)
    except ArchiveError as error:
        found.append(Trouble(JOURNAL, Wrong.UNREADABLE, str(error)))
    return found


# --- files ----------------------------------------------------------------------------------------


def troubles_of_files(archive: Archive, read_data: bool, seen: Seen | None = None) -> Iterator[Trouble]:
    """Every deposit against its manifest, and everything that lies outside any deposit."""
    seen = Seen() if seen is None else seen
    inside: list[str] = []
    for path in archive.paths():
        inside.append(path)
        try:
            deposit = archive.deposit(path)
        except ArchiveError as error:
            yield Trouble(path, Wrong.DAMAGED, str(error))
            continue
        try:
            yield from _troubles_of(archive, deposit, read_data, seen)
        except OSError as error:
            yield Trouble(path, Wrong.UNREADABLE, f"cannot be read: {os.strerror(error.errno or 0)}.")
    yield from _outside(archive, frozenset(inside))


def _troubles_of(archive: Archive, deposit: Deposit, read_data: bool, seen: Seen) -> Iterator[Trouble]:
    there = dict(_files_below(archive, deposit.path))
    there.pop(MANIFEST, None)
    for entry in deposit.files:
        place = f"{deposit.path}/{entry.name}"
        size = there.pop(entry.name, None)
        seen.files += 1
        if size is None:
            yield Trouble(place, Wrong.MISSING, "is missing. Restore it from a copy.")
        elif size != entry.size:
            yield Trouble(
                place, Wrong.CHANGED, f"has {size} bytes, not {entry.size}. Restore it from a copy."
            )
        elif read_data:
            seen.bytes += size
            if sha256_of(archive.root / place) != entry.sha256:
                message = "has other bytes than were published. Restore it from a copy."
                yield Trouble(place, Wrong.CHANGED, message)
    for name in sorted(there):
        yield Trouble(
            f"{deposit.path}/{name}", Wrong.EXTRA, "was added later. Take it out; drop it into the inbox."
        )


def _files_below(archive: Archive, path: str) -> Iterator[tuple[str, int]]:
    """Name and size of everything in a deposit; -1 for what is no plain file."""
    top = archive.root / path
    for folder, names, files in os.walk(top, onerror=_raise):
        below = os.path.relpath(folder, top)
        for name in (*files, *(each for each in names if os.path.islink(os.path.join(folder, each)))):
            found = os.lstat(os.path.join(folder, name))
            plain = stat.S_ISREG(found.st_mode)
            yield (name if below == "." else f"{below}/{name}"), found.st_size if plain else -1


def _raise(error: OSError) -> None:
    raise error


def _outside(archive: Archive, inside: frozenset[str]) -> Iterator[Trouble]:
    for name in archive.leftovers():
        message = "was left by an interrupted run; the next start clears it."
        yield Trouble(f"{TEMPORARY}/{name}", Wrong.LEFTOVER, message)
    message = "belongs to no deposit. Take it out; drop it into the inbox."
    for folder, names, files in os.walk(archive.root):
        path = os.path.relpath(folder, archive.root)
        path = "" if path == "." else path
        if path in inside or path in (JOURNAL, TEMPORARY):
            names.clear()
            continue
        links = [name for name in names if os.path.islink(os.path.join(folder, name))]
        for name in (*files, *links):
            place = f"{path}/{name}".lstrip("/")
            if place != IDENTITY and not _keeps_git_happy(archive, place):
                yield Trouble(place, Wrong.EXTRA, message)


def _keeps_git_happy(archive: Archive, place: str) -> bool:
    return place == ".gitkeep" and (archive.root / place).lstat().st_size == 0


def _of_the_identity(archive: Archive, ledger: Ledger) -> Iterator[Trouble]:
    with ledger.reading() as tx:
        known = tx.note(ARCHIVE_NOTE)
    try:
        found = archive.identity
    except ArchiveError as error:
        yield Trouble(IDENTITY, Wrong.DAMAGED, str(error))
        return
    if not found:
        if known:
            yield Trouble(
                IDENTITY, Wrong.MISSING, "is missing. Connect the share, or restore it from a copy."
            )
    elif known not in ("", found) or (archive.root / IDENTITY).read_bytes() != identity_bytes(found):
        yield Trouble(IDENTITY, Wrong.CHANGED, "is not the one the ledger knows. Restore it from a copy.")


# --- the chain ------------------------------------------------------------------------------------


def _of_the_journal(archive: Archive, journal: Journal, head: Head | None, seen: Seen) -> Iterator[Trouble]:
    for name in journal.strangers():
        message = "belongs to no deposit. Take it out; drop it into the inbox."
        yield Trouble(f"{JOURNAL}/{name}", Wrong.EXTRA, message)
    for segment, message in journal.breaks():
        yield Trouble(f"{JOURNAL}/{segment}", Wrong.CHAIN, message)
    if head is not None:
        for message in broken_at(head, archive.identity, journal):
            yield Trouble(JOURNAL, Wrong.CHAIN, message)
    there = set(archive.paths())  # before the journal: what is published meanwhile is no trouble
    announced: dict[str, str] = {}
    for event in journal.events():
        seen.events += 1
        if event.kind == "deposit":
            announced[str(event.ids.get("path"))] = str(event.ids.get("manifest_sha256"))
    for path, manifest in announced.items():
        yield from _of_an_announced(archive, path, manifest, path in there)
    for path in sorted(there - announced.keys()):
        message = "is not in the journal; a run was interrupted. Run reindex."
        yield Trouble(path, Wrong.NOT_IN_JOURNAL, message)


def _of_an_announced(archive: Archive, path: str, manifest: str, is_there: bool) -> Iterator[Trouble]:
    try:
        if not is_there and not archive.has(path):
            yield Trouble(path, Wrong.MISSING, "the whole deposit is missing. Restore it from a copy.")
        elif archive.manifest_sha256(path) != manifest:
            yield Trouble(f"{path}/{MANIFEST}", Wrong.CHANGED, "is not the one the journal announced.")
    except ArchiveError as error:
        yield Trouble(path, Wrong.UNREADABLE, str(error))
    except ValueError:
        yield Trouble(JOURNAL, Wrong.CHAIN, "announces a deposit at a place that cannot be.")


# --- the ledger -----------------------------------------------------------------------------------


def _of_the_ledger(archive: Archive, journal: Journal, ledger: Ledger) -> Iterator[Trouble]:
    try:
        if damage := ledger.trouble():
            yield Trouble("ledger", Wrong.LEDGER, f"is damaged ({damage}). Run reindex with a new --state.")
            return
        yield from _of_its_rows(archive, journal, ledger)
        with ledger.transaction() as tx:  # nobody is between journal and ledger now
            known, last = tx.last_event_number(), journal.head()
        if last is not None and known < last.seq:
            message = f"ends at event {known}, the journal at {last.seq}. Run reindex."
            yield Trouble("ledger", Wrong.LEDGER, message)
    except ArchiveError as error:
        yield Trouble("ledger", Wrong.LEDGER, f"could not be compared: {error}")


def _of_its_rows(archive: Archive, journal: Journal, ledger: Ledger) -> Iterator[Trouble]:
    with ledger.reading() as found:
        known, last = found.last_event_number(), journal.head()
        if known > (written := last.seq if last is not None else 0):
            message = f"ends at event {written}; the ledger knows {known}. Events are gone."
            yield Trouble(JOURNAL, Wrong.CHAIN, message)
            return
        rebuilt_ledger = ledger_in_memory()
        try:
            with rebuilt_ledger.transaction() as rebuilt:
                if index_all(rebuilt, archive, journal, up_to=known):
                    message = "was not compared: the archive must be mended first. Run verify again then."
                    yield Trouble("ledger", Wrong.LEDGER, message)
                    return
                for each in found.differences(rebuilt):
                    message = f"{each.message} Run reindex."
                    yield Trouble(f"ledger/{each.table}", Wrong.LEDGER, message)
        finally:
            rebuilt_ledger.close()
