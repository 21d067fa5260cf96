"""The inbox as the story sees it: look, claim, receive, finish, and the sheets in needs-attention."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from dataclasses import field as member
from datetime import datetime
from pathlib import Path

from pipeline.disk import clear_away, our_own_write
from pipeline.errors import SetupError
from pipeline.inbox.attention import RELIST_SECONDS, Attention
from pipeline.inbox.claims import BYTES, CannotMove, Claim, claims_of, release, take, take_over
from pipeline.inbox.copying import Received, copy_settled, utc_now
from pipeline.inbox.listing import Listed, listed, open_listed
from pipeline.inbox.names import CLAIMS, readable
from pipeline.inbox.settle import Identity, SettleWatch, closing_now, is_plain_file, somebody_writes
from pipeline.model import Drop, Reason, short_id

LARGEST_BYTES = 256 << 20  # larger ones are named and stay; the readers refuse far smaller ones with a slip


@dataclass(frozen=True, slots=True)
class Candidate:
    """A settled file, ready to be claimed."""

    listed: Listed = member(repr=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """Something in the inbox that is never followed, read or removed: a link, a pipe, a device, a giant.

    changed_at: its date, in seconds, as people see it in their window; None for a claim
    """

    name: str = member(repr=False)
    reason: Reason
    detail: str
    changed_at: float | None = None


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


@dataclass(slots=True)
class _Claims:
    """What a look at the claims found, while it is put together."""

    ready: list[Claim] = member(default_factory=list)
    waits: list[float] = member(default_factory=list)
    refused: list[Refused] = member(default_factory=list)


def _refused(entry: Listed, reason: Reason, detail: str) -> Refused:
    return Refused(readable(entry.key), reason, detail, entry.found.st_mtime)


AWAY = Look((), (), 0, (), True, RELIST_SECONDS)


class Inbox(Attention):
    """The shared folder. One object per process; two processes may serve one inbox."""

    def __init__(
        self,
        root: Path,
        settle_seconds: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
        largest_bytes: int = LARGEST_BYTES,
        served: bool = False,
    ) -> None:
        """served: it was served before, so that it is away until our own folder in it is there again."""
        if not root.is_dir():
            raise SetupError(
                f"There is no inbox folder at {root}. Mount the share or make the folder, or give another with --inbox."
            )
        self.root = root
        self._now = now
        self._largest = largest_bytes
        self._files = SettleWatch(settle_seconds, clock)
        self._claims = SettleWatch(settle_seconds, clock)
        self._sheets = SettleWatch(settle_seconds, clock)
        self._seen_sheets: dict[str, Identity] = {}
        self._immovable: dict[str, Identity] = {}
        if served and not (root / CLAIMS).is_dir():
            return
        try:
            (root / CLAIMS).mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise SetupError(
                f"Nothing may be written into the inbox {root}: {os.strerror(error.errno or 0)}. "
                "Give the user of this program the right to write there."
            ) from error
        self.clear_leftovers()

    # --- looking ---

    def look(self) -> Look:
        """One listing of everything.

        An inbox that cannot be listed is away, which is no error and empties nothing.
        """
        try:
            entries = list(listed(self.root))
            if not (self.root / CLAIMS).is_dir():
                return AWAY  # a bare mount point looks like an inbox; our own folder tells them apart
            claims = self._look_at_claims()
        except OSError:
            return AWAY
        ready: list[Listed] = []
        refused, waits = claims.refused, claims.waits
        for entry in entries:
            if (why := self._why_refused(entry)) is not None:
                refused.append(why)
                continue
            try:
                wait = self._wait_for(entry)
            except PermissionError:
                refused.append(_refused(entry, Reason.NOT_A_FILE, "a file that may not be read"))
                continue
            if wait:
                waits.append(wait)
            else:
                ready.append(entry)
        self._files.forget_all_but(entry.key for entry in entries)
        ready.sort(key=lambda entry: (entry.found.st_mtime_ns, entry.key))
        next_look = min([RELIST_SECONDS, *waits])
        return Look(
            tuple(map(Candidate, ready)),
            tuple(claims.ready),
            len(waits),
            tuple(refused),
            False,
            max(next_look, 0.01),
        )

    def _why_refused(self, entry: Listed) -> Refused | None:
        if not is_plain_file(entry.found):
            return _refused(entry, Reason.NOT_A_FILE, "a link, pipe, device or unreadable folder")
        if entry.found.st_size > self._largest:
            return _refused(entry, Reason.TOO_LARGE, f"a file of more than {self._largest >> 20} MB")
        if self._immovable.get(entry.key) == Identity.of(entry.found):
            return _refused(entry, Reason.NOT_A_FILE, "a file that may not be moved")
        return None

    def _wait_for(self, entry: Listed) -> float:
        return self._files.seconds_to_wait(
            entry.key, Identity.of(entry.found), lambda: closing_now(self.root, entry.folders, entry.name)
        )

    def _look_at_claims(self) -> _Claims:
        """Claims to go on with. One that changed since it was claimed settles first, like any other file."""
        found = _Claims()
        known: list[str] = []
        for claim in claims_of(self.root, self._now):
            try:
                stat = claim.file.lstat()
                wait = self._wait_for_claim(claim, Identity.of(stat))
            except FileNotFoundError:
                continue
            except PermissionError:
                found.refused.append(Refused(claim.name, Reason.NOT_A_FILE, "a file that may not be read"))
                continue
            known.append(claim.cid)
            if not is_plain_file(stat):
                found.refused.append(Refused(claim.name, Reason.NOT_A_FILE, "a link, pipe or device"))
            elif wait:
                found.waits.append(wait)
            else:
                found.ready.append(replace(claim, settled=Identity.of(stat)))
        self._claims.forget_all_but(known)
        return found

    def _wait_for_claim(self, claim: Claim, identity: Identity) -> float:
        if identity == claim.settled:
            return 0.0
        return self._claims.seconds_to_wait(
            claim.cid, identity, lambda: closing_now(self.root, (CLAIMS, claim.cid), BYTES)
        )

    def unfinished_claims(self) -> tuple[Claim, ...]:
        """Claims whose file still lies in the inbox and has settled."""
        return tuple(self._look_at_claims().ready)

    # --- taking ---

    def claim(self, candidate: Candidate) -> Claim | None:
        """The file as ours, or None when it was taken away, claimed by another watcher, or may not be moved.

        One that may not be moved is refused by name from the next look on, until it changes.
        """
        try:
            with our_own_write("Claiming a file of the inbox"):
                return take(self.root, candidate.listed, self._now())
        except CannotMove:
            self._immovable[candidate.listed.key] = Identity.of(candidate.listed.found)
            return None

    def receive(self, claim: Claim, scratch: Path) -> Received:
        """A private copy and its SHA-256. The claimed file itself stays until `finish`.

        Raises StillChanging when it changed under our hands, is gone, or is no plain file any more.
        """
        copied = copy_settled(self.root, (CLAIMS, claim.cid), BYTES, claim.settled, scratch)
        drop = Drop(
            id=short_id("drop", copied.sha256, claim.cid),
            sha256=copied.sha256,
            size=copied.identity.size,
            received_at=claim.received_at,
            name=claim.name,
            batch=claim.batch,
        )
        return Received(drop, copied.copy, copied.file_type, "inbox", copied.identity, copied.owner)

    def finish(self, claim: Claim, received: Received) -> bool:
        """Removes the claimed file, whose copy the archive now has.

        False when it grew: it stays, to be taken again.
        """
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
