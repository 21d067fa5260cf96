"""The inbox as the story sees it: look, claim, receive, finish, and the sheets in needs-attention."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as member
from datetime import UTC, datetime
from pathlib import Path

from pipeline.disk import (
    CHUNK,
    PRIVATE,
    Written,
    clear_away,
    our_own_write,
    put_in_place,
    sha256_of,
    share,
    sharing_of,
    write_new,
)
from pipeline.errors import DropError, SetupError
from pipeline.inbox.claims import BYTES, Claim, claims_of, release, take, take_over
from pipeline.inbox.filetype import HEAD, detect
from pipeline.inbox.listing import Listed, listed, listed_sheets, open_listed
from pipeline.inbox.names import CLAIMS, NEEDS_ATTENTION, STATUS, readable
from pipeline.inbox.settle import Closing, Identity, SettleWatch, closing_of, is_plain_file, somebody_writes
from pipeline.model import Drop, Reason, short_id

RELIST_SECONDS = 60.0
LARGEST_BYTES = 1 << 30


class StillChanging(Exception):
    """The file changed while it was copied, or is gone. Nothing is lost: a later look takes it up again."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A settled file, ready to be claimed."""

    listed: Listed = member(repr=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """Something in the inbox that is never followed, read or removed: a link, a pipe, a device, a giant."""

    name: str = member(repr=False)
    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file in needs-attention/ whose bytes are not those we wrote: a clerk saved into it, or put it there."""

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


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at the inbox found.

    ready: settled files, oldest first.  claims: files claimed before and not finished, ready to go on with.
    waiting: files that have not settled.  away: the folder cannot be listed, or is an empty mount point.
    """

    ready: tuple[Candidate, ...]
    claims: tuple[Claim, ...]
    waiting: int
    refused: tuple[Refused, ...]
    away: bool
    next_look_seconds: float


@dataclass(frozen=True, slots=True)
class Received:
    """A private copy of what came in, hashed while it was copied.

    copy: in the scratch folder; the caller removes it.  file_type: ending by the first bytes: pdf, tif, bin ...
    """

    drop: Drop
    copy: Path = member(repr=False)
    file_type: str
    source: str
    copied: Identity = member(repr=False)


def utc_now() -> datetime:
    return datetime.now(UTC)


AWAY = Look((), (), 0, (), True, RELIST_SECONDS)


class Inbox:
    """The shared folder. One object per process; two processes may serve one inbox."""

    def __init__(
        self,
        root: Path,
        settle_seconds: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
        largest_bytes: int = LARGEST_BYTES,
    ) -> None:
        if not root.is_dir():
            raise SetupError(f"There is no inbox folder at {root}. Make it, or give another with --inbox.")
        self.root = root
        self._now = now
        self._largest = largest_bytes
        self._files = SettleWatch(settle_seconds, clock)
        self._claims = SettleWatch(settle_seconds, clock)
        self._sheets = SettleWatch(settle_seconds, clock)
        (root / CLAIMS).mkdir(mode=0o700, exist_ok=True)

    # --- looking ---

    def look(self) -> Look:
        """One listing of everything. An inbox that cannot be listed is away, which is no error and empties nothing."""
        if not (self.root / CLAIMS).is_dir():
            return AWAY  # an empty mount point looks like an empty inbox; our own folder tells them apart
        try:
            entries = list(listed(self.root))
            claims, claims_wait = self._ready_claims()
        except OSError:
            return AWAY
        ready: list[Listed] = []
        refused: list[Refused] = []
        waits = list(claims_wait)
        for entry in entries:
            if (why := self._why_refused(entry)) is not None:
                refused.append(why)
                continue
            try:
                wait = self._wait_for(entry)
            except PermissionError:
                refused.append(Refused(readable(entry.key), Reason.NOT_A_FILE, "it may not be read"))
                continue
            if wait:
                waits.append(wait)
            else:
                ready.append(entry)
        self._files.forget_all_but(entry.key for entry in entries)
        ready.sort(key=lambda entry: (entry.found.st_mtime_ns, entry.key))
        next_look = min([RELIST_SECONDS, *waits])
        return Look(
            tuple(map(Candidate, ready)), claims, len(waits), tuple(refused), False, max(next_look, 0.01)
        )

    def _why_refused(self, entry: Listed) -> Refused | None:
        if not is_plain_file(entry.found):
            return Refused(readable(entry.key), Reason.NOT_A_FILE, "link, pipe, device or unreadable folder")
        if entry.found.st_size > self._largest:
            return Refused(readable(entry.key), Reason.TOO_LARGE, f"more than {self._largest >> 20} MB")
        return None

    def _wait_for(self, entry: Listed) -> float:
        return self._files.seconds_to_wait(
            entry.key, Identity.of(entry.found), lambda: self._closing(entry.folders, entry.name)
        )

    def _closing(self, folders: tuple[str, ...], name: str) -> Closing:
        try:
            with open_listed(self.root, folders, name) as fd:
                return closing_of(fd)
        except PermissionError:
            raise
        except OSError:
            return Closing(looks_finished=False, open_for_writing=True)  # cannot be read now; later perhaps

    def _ready_claims(self) -> tuple[tuple[Claim, ...], list[float]]:
        """Claims to go on with. One that changed since it was claimed settles first, like any other file."""
        ready: list[Claim] = []
        waits: list[float] = []
        known: list[str] = []
        for claim in claims_of(self.root, self._now):
            try:
                identity = Identity.of(claim.file.lstat())
            except FileNotFoundError:
                continue
            known.append(claim.cid)
            wait = 0.0
            if identity != claim.settled:
                wait = self._claims.seconds_to_wait(
                    claim.cid,
                    identity,
                    lambda cid=claim.cid: self._closing((CLAIMS, cid), BYTES),  # type: ignore[misc]
                )
            if wait:
                waits.append(wait)
            else:
                ready.append(
                    Claim(claim.cid, claim.folder, claim.received_at, identity, claim.name, claim.batch)
                )
        self._claims.forget_all_but(known)
        return tuple(ready), waits

    def unfinished_claims(self) -> tuple[Claim, ...]:
        """Claims whose file still lies in the inbox and has settled."""
        return self._ready_claims()[0]

    # --- taking ---

    def claim(self, candidate: Candidate) -> Claim | None:
        """The file as ours, or None when it was taken away or claimed by another watcher."""
        with our_own_write("Claiming a file of the inbox"):
            return take(self.root, candidate.listed, self._now())

    def receive(self, claim: Claim, scratch: Path) -> Received:
        """A private copy and its SHA-256. The claimed file itself stays until `finish`.

        Raises StillChanging when it changed under our hands or is gone, DropError when it is not a plain file.
        """
        copy, digest, identity, file_type = self._copy((CLAIMS, claim.cid), BYTES, claim.settled, scratch)
        drop = Drop(
            id=short_id("drop", digest, claim.cid),
            sha256=digest,
            size=identity.size,
            received_at=claim.received_at,
            name=claim.name,
            batch=claim.batch,
        )
        return Received(drop, copy, file_type, "inbox", identity)

    def finish(self, claim: Claim, received: Received) -> bool:
        """Removes the claimed file, whose copy the archive now has. False when it grew: it stays, to be taken again."""
        clear_away(received.copy)
        with our_own_write("Finishing a claim of the inbox"):
            try:
                with open_listed(self.root, (CLAIMS, claim.cid), BYTES) as fd:
                    if somebody_writes(fd):
                        return False
                    same = Identity.of(os.fstat(fd)) == received.copied
            except FileNotFoundError:
                same = True  # another watcher finished it
            if not same:
                take_over(self.root, claim, self._now())
                return False
            release(claim)
            return True

    def _copy(
        self, folders: tuple[str, ...], name: str, settled: Identity | None, scratch: Path
    ) -> tuple[Path, str, Identity, str]:
        copy = scratch / f"copy-{os.urandom(8).hex()}"
        try:
            with open_listed(self.root, folders, name) as fd:
                before = os.fstat(fd)
                if not is_plain_file(before):
                    raise DropError(Reason.NOT_A_FILE, "it became a link, a pipe or a device")
                if Identity.of(before) != settled:
                    raise StillChanging
                digest = _copy_hashed(fd, copy)
                after = os.fstat(fd)
                head = os.pread(fd, HEAD, 0)
        except OSError as error:  # gone, or the share is; our own writes raise ArchiveError instead
            clear_away(copy)
            raise StillChanging from error
        if Identity.of(after) != settled:
            clear_away(copy)
            raise StillChanging
        return copy, digest, Identity.of(after), detect(head)

    # --- needs-attention ---

    def changed_sheets(self, known: Mapping[str, Written], is_ours: Callable[[str], bool]) -> SheetLook:
        """Sheets saved by a person since we last wrote or took them.

        known: by path below needs-attention/, what we last wrote or took there.  is_ours: whether a SHA-256 is of
        something we once wrote (after the state was lost, our own slips must not come in as paper).
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
                lambda entry=entry: self._closing(entry.folders, entry.name),  # type: ignore[misc]
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
        copy, digest, identity, file_type = self._copy(way, name, sheet.identity, scratch)
        saving = short_id("saved", sheet.name.encode(errors="surrogateescape"), str(identity.mtime_ns))
        drop = Drop(
            id=short_id("drop", digest, saving),
            sha256=digest,
            size=identity.size,
            received_at=self._now(),
            name=readable(name),
            batch=NEEDS_ATTENTION,
        )
        return Received(drop, copy, file_type, NEEDS_ATTENTION, identity)

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
