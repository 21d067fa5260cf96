"""The folder needs-attention/: what we ask lies there, and what people save into it is paper that came in.

A sheet is answered by saving it in place, so nothing there is ever renamed or rewritten under somebody's
hands: it is copied and hashed where it lies.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as member
from datetime import datetime
from pathlib import Path

from pipeline.disk import (
    Written,
    clear_away,
    our_own_write,
    put_in_place,
    sha256_of,
    share,
    sharing_of,
    write_new,
)
from pipeline.inbox.copying import Received, copy_settled
from pipeline.inbox.listing import Listed, listed_sheets, open_listed
from pipeline.inbox.names import NEEDS_ATTENTION, STATUS, readable
from pipeline.inbox.settle import Identity, SettleWatch, closing_now, is_plain_file
from pipeline.model import Drop, short_id

RELIST_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file in needs-attention/ whose bytes are not ours: a clerk saved into it, or put it there."""

    name: str = member(repr=False)
    identity: Identity


@dataclass(frozen=True, slots=True)
class SheetLook:
    """changed: to be received. touched: saved without a change, by path, so that it is not hashed again.

    waiting: still being written; next_look_seconds as in `Look`.
    """

    changed: tuple[Sheet, ...]
    touched: Mapping[str, Written]
    waiting: int
    next_look_seconds: float


class Attention:
    """What the inbox can do with slips, sheets and STATUS.html."""

    root: Path
    _now: Callable[[], datetime]
    _sheets: SettleWatch

    def changed_sheets(self, known: Mapping[str, Written], is_ours: Callable[[str], bool]) -> SheetLook:
        """Sheets saved by a person since we last wrote or took them.

        known: by path below needs-attention/, what we last wrote or took there.  is_ours: whether a SHA-256
        is of something we once wrote (after the state was lost, our own slips must not come in as paper).
        """
        changed: list[Sheet] = []
        touched: dict[str, Written] = {}
        waits: list[float] = []
        try:
            entries = [entry for entry in listed_sheets(self.root) if is_plain_file(entry.found)]
        except OSError:
            return SheetLook((), {}, 0, RELIST_SECONDS)
        for entry in entries:
            path = "/".join((*entry.folders[1:], entry.name))
            identity, last = Identity.of(entry.found), known.get(path)
            if last is not None and (last.size, last.mtime_ns) == (identity.size, identity.mtime_ns):
                continue
            if wait := self._sheets.seconds_to_wait(
                entry.key,
                identity,
                lambda entry=entry: closing_now(self.root, entry.folders, entry.name),  # type: ignore[misc]
            ):
                waits.append(wait)
                continue
            digest = self._hash_sheet(entry)
            if digest and (is_ours(digest) or (last is not None and last.sha256 == digest)):
                touched[path] = Written(identity.size, identity.mtime_ns, digest)
            elif digest:
                changed.append(Sheet(path, identity))
        self._sheets.forget_all_but(entry.key for entry in entries)
        return SheetLook(tuple(changed), touched, len(waits), max(0.01, min([RELIST_SECONDS, *waits])))

    def _hash_sheet(self, entry: Listed) -> str:
        try:
            with open_listed(self.root, entry.folders, entry.name) as fd:
                return hashlib.file_digest(os.fdopen(fd, "rb", closefd=False), "sha256").hexdigest()
        except OSError:
            return ""  # held by the program that saves it; the next look finds it again

    def receive_sheet(self, sheet: Sheet, scratch: Path) -> Received:
        """A copy of a saved sheet. The same saving gives the same drop id, however often it is received."""
        *folders, name = sheet.name.split("/")
        way = (NEEDS_ATTENTION, *folders)
        copied = copy_settled(self.root, way, name, sheet.identity, scratch)
        saving = short_id("saved", sheet.name.encode(errors="surrogateescape"), str(sheet.identity.mtime_ns))
        drop = Drop(
            id=short_id("drop", copied.sha256, saving),
            sha256=copied.sha256,
            size=copied.identity.size,
            received_at=self._now(),
            name=readable(name),
            batch=NEEDS_ATTENTION,
        )
        return Received(drop, copied.copy, copied.file_type, NEEDS_ATTENTION, copied.identity)

    def put(self, name: str, data: bytes) -> Written:
        """Writes a slip or sheet into needs-attention in one step; replaces what we wrote there before."""
        return self._put(self.root / NEEDS_ATTENTION, name, data)

    def write_status(self, html: bytes) -> None:
        self._put(self.root, STATUS, html)

    def _put(self, folder: Path, name: str, data: bytes) -> Written:
        if name != os.path.basename(name) or name.startswith("."):
            raise ValueError("a slip's name is one plain file name")
        with our_own_write(f"Writing into {folder.name}"):
            sharing = sharing_of(self.root)
            if not folder.is_dir():
                folder.mkdir()
                share(folder, sharing.gid, sharing.folder_mode)
            temporary = folder / f".tmp-{os.urandom(8).hex()}"
            try:
                written = write_new(temporary, data, sharing)
                put_in_place(temporary, folder / name)
            except OSError:
                clear_away(temporary)
                raise
            return written

    def remove(self, name: str, sha256: str) -> bool:
        """Removes a slip or sheet if its bytes are still those; False when a person changed or removed it."""
        path = self.root / NEEDS_ATTENTION / name
        try:
            if path.is_symlink() or sha256_of(path) != sha256:
                return False
            path.unlink()
        except FileNotFoundError:
            return False
        return True
