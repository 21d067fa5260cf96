"""The folder needs-attention/: what we ask lies there, and what people save into it is paper that came in.

A sheet is answered by saving it in place, so nothing there is ever renamed or rewritten under somebody's
hands: it is copied and hashed where it lies.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field as member
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from pipeline.disk import (
    clear_away,
    our_own_write,
    put_in_place,
    share,
    sharing_of,
    write_new,
)
from pipeline.inbox.copying import Received, StillChanging, copy_settled
from pipeline.inbox.listing import Listed, listed_sheets, open_listed
from pipeline.inbox.names import NEEDS_ATTENTION, STATUS, readable
from pipeline.inbox.settle import Identity, SettleWatch, closing_now, is_plain_file
from pipeline.model import Drop, short_id

RELIST_SECONDS = 60.0
TEMPORARY = ".tmp-"
LEFT_SECONDS = 86_400.0  # a clock of another machine may be hours off


Listing: TypeAlias = tuple[tuple[str, int, int, int, int, int], ...]


class SheetChanged(Exception):
    """What lies in needs-attention under this name was saved by a person: receive it first."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file in needs-attention/ whose bytes are not ours: a clerk saved into it, or put it there.

    drop: the id it gets as a drop. The same saving gives the same id, however often it is received.
    """

    name: str = member(repr=False)
    identity: Identity
    drop: str


@dataclass(frozen=True, slots=True)
class SheetLook:
    """changed: to be received. waiting: still being saved; next_look_seconds as in `Look`.

    listing: all that lies there as it is; equal to an earlier one where nothing has come, gone or changed since. None
    where the folder could not be listed.
    """

    changed: tuple[Sheet, ...]
    waiting: int
    next_look_seconds: float
    listing: Listing | None = member(default=None, repr=False)


class Attention:
    """What the inbox can do with slips, sheets and STATUS.html."""

    root: Path
    _now: Callable[[], datetime]
    _sheets: SettleWatch
    _seen_sheets: dict[str, Identity]

    def clear_leftovers(self) -> None:
        """Removes what a killed process was writing into the inbox and needs-attention a day ago or longer."""
        for folder in (self.root, self.root / NEEDS_ATTENTION):
            with suppress(OSError):
                for entry in folder.glob(f"{TEMPORARY}*"):
                    if self._now().timestamp() - entry.lstat().st_mtime > LEFT_SECONDS:
                        clear_away(entry)

    def changed_sheets(
        self, is_ours: Callable[[str], bool], was_received: Callable[[str], bool]
    ) -> SheetLook:
        """Sheets that people saved and that were not received yet.

        is_ours: whether a SHA-256 is of a slip or sheet as we made it.  was_received: whether a drop of
        this id was kept. Each saving is hashed once by each process, so nothing need be remembered
        elsewhere.
        """
        changed: list[Sheet] = []
        waits: list[float] = []
        try:
            found = list(listed_sheets(self.root))
        except OSError:
            return SheetLook((), 0, RELIST_SECONDS)
        entries = [entry for entry in found if is_plain_file(entry.found)]
        for entry in entries:
            if self._seen_sheets.get(entry.key) == Identity.of(entry.found):
                continue
            if wait := self._wait_for_sheet(entry):
                waits.append(wait)
            elif digest := self._hash_sheet(entry):
                sheet = _sheet(entry, digest)
                if is_ours(digest) or was_received(sheet.drop):
                    self._seen_sheets[entry.key] = sheet.identity
                else:
                    changed.append(sheet)
        self._sheets.forget_all_but(entry.key for entry in entries)
        again = max(0.01, min([RELIST_SECONDS, *waits]))
        return SheetLook(tuple(changed), len(waits), again, tuple(map(_as_it_is, found)))

    def _wait_for_sheet(self, entry: Listed) -> float:
        try:
            return self._sheets.seconds_to_wait(
                entry.key,
                Identity.of(entry.found),
                lambda: closing_now(self.root, entry.folders, entry.name),
            )
        except PermissionError:
            return RELIST_SECONDS  # Acrobat may keep what it saves to itself for a while

    def _hash_sheet(self, entry: Listed) -> str:
        try:
            with open_listed(self.root, entry.folders, entry.name) as fd:
                return hashlib.file_digest(os.fdopen(fd, "rb", closefd=False), "sha256").hexdigest()
        except OSError:
            return ""  # held by the program that saves it; the next look finds it again

    def receive_sheet(self, sheet: Sheet, scratch: Path) -> Received:
        """A copy of a saved sheet; the sheet itself stays as it lies. Raises StillChanging."""
        *folders, name = sheet.name.split("/")
        copied = copy_settled(self.root, (NEEDS_ATTENTION, *folders), name, sheet.identity, scratch)
        drop = Drop(
            id=sheet.drop,
            sha256=copied.sha256,
            size=copied.identity.size,
            received_at=self._now(),
            name=readable(name),
            batch=NEEDS_ATTENTION,
        )
        if drop_of_sheet(sheet.name, sheet.identity, copied.sha256) != sheet.drop:
            clear_away(copied.copy)
            raise StillChanging  # other bytes under the same size and date
        return Received(drop, copied.copy, copied.file_type, NEEDS_ATTENTION, copied.identity, copied.owner)

    def put(self, name: str, data: bytes, replaces: str = "") -> None:
        """Writes a slip or sheet into needs-attention in one step.

        replaces: SHA-256 of what may lie there now. Raises SheetChanged where something else does: a person
        saved into it, and that must come in first.
        """
        lies_there = self._sha256_there(name)
        if lies_there not in ("", replaces, hashlib.sha256(data).hexdigest()):
            raise SheetChanged
        self._put(self.root / NEEDS_ATTENTION, name, data)

    def _sha256_there(self, name: str) -> str:
        if name != os.path.basename(name) or name.startswith(".") or not name:
            raise ValueError("a slip's name is one plain file name")
        try:
            with open_listed(self.root, (NEEDS_ATTENTION,), name) as fd:
                return hashlib.file_digest(os.fdopen(fd, "rb", closefd=False), "sha256").hexdigest()
        except FileNotFoundError:
            return ""

    def under_other_names(self, known: Collection[str]) -> dict[str, str]:
        """SHA-256 of each file that lies there under a name that is none of these; empty where it is held just now."""
        try:
            entries = [entry for entry in listed_sheets(self.root) if is_plain_file(entry.found)]
        except OSError:
            return {}
        others = [
            entry for entry in entries if entry.folders == (NEEDS_ATTENTION,) and entry.name not in known
        ]
        return {entry.name: self._hash_sheet(entry) for entry in others}

    def write_status(self, html: bytes) -> None:
        self._put(self.root, STATUS, html)

    def _put(self, folder: Path, name: str, data: bytes) -> None:
        with our_own_write(f"Writing into {folder.name}"):
            sharing = sharing_of(self.root)
            if not folder.is_dir():
                folder.mkdir()
                share(folder, sharing.gid, sharing.folder_mode)
            temporary = folder / f"{TEMPORARY}{os.urandom(8).hex()}"
            try:
                write_new(temporary, data, sharing)
                put_in_place(temporary, folder / name)
            except OSError:
                clear_away(temporary)
                raise

    def remove(self, name: str, sha256: str) -> bool:
        """Removes a slip or sheet if its bytes are still those; False when a person changed or removed it."""
        if self._sha256_there(name) != sha256:
            return False
        (self.root / NEEDS_ATTENTION / name).unlink(missing_ok=True)
        return True


def drop_of_sheet(name: str, identity: Identity, sha256: str) -> str:
    """The drop id of one saving of a sheet: its place, its bytes and when it was saved."""
    saving = short_id("saved", name.encode(errors="surrogateescape"), str(identity.mtime_ns))
    return short_id("drop", sha256, saving)


def _as_it_is(entry: Listed) -> tuple[str, int, int, int, int, int]:
    found = entry.found
    return entry.key, found.st_size, found.st_mtime_ns, found.st_ino, found.st_mode, found.st_nlink


def _sheet(entry: Listed, sha256: str) -> Sheet:
    name, identity = "/".join((*entry.folders[1:], entry.name)), Identity.of(entry.found)
    return Sheet(name, identity, drop_of_sheet(name, identity, sha256))
