"""Claims: the files that are ours, each in a folder `inbox/.claims/<cid>/` with a note of where it came from.

The claim is one rename, and a rename is one step only inside one file system; the state folder may be on
another disk, so claimed files stay in a dot folder of the inbox itself, which Samba hides. The note
(`claim.json`: name, batch, instant, size) is durable before the rename, because the rename loses the name;
the folder is new, because a rename onto an existing file would silently replace it. `cid` is the claim's
identity: it survives a crash and every later taking up, and the drop's id is made of it. (A new id per
taking up wrote 203 drops for 200 files in a trial of 466 kills.)
"""

from __future__ import annotations

import base64
import errno
import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field as member
from datetime import UTC, datetime
from pathlib import Path

from pipeline.disk import PRIVATE, clear_away, step, sync_folder, write_new
from pipeline.inbox.listing import Listed, open_folder
from pipeline.inbox.names import CLAIMS, readable
from pipeline.inbox.settle import Identity
from pipeline.model import canonical_json, short_id
from pipeline.values import Json, instant

NOTE = "claim.json"
BYTES = "bytes"
_LEFTOVER_SECONDS = 86_400.0


# no right to move it, or the sub-folder is a mount of another disk
_NEVER_OURS = frozenset({errno.EPERM, errno.EACCES, errno.EXDEV, errno.EROFS})


class CannotMove(Exception):
    """The file may be seen but not taken. It is named to a person instead."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A file that was taken from the inbox and lies in its own folder until its copy is kept.

    settled: what the file was like when it had settled; None when that is not known (it settles again)
    """

    cid: str
    folder: Path = member(repr=False)
    received_at: datetime
    settled: Identity | None
    name: str = member(repr=False)
    batch: str = member(default="", repr=False)

    @property
    def file(self) -> Path:
        return self.folder / BYTES


def take(root: Path, listed: Listed, at: datetime) -> Claim | None:
    """The claim of a settled file, or None when it was gone already. One rename; a crash leaves either."""
    claim = _new_claim(root, listed.name, "/".join(listed.folders), at, Identity.of(listed.found))
    try:
        with open_folder(root, listed.folders) as source:
            os.rename(listed.name, claim.file, src_dir_fd=source)
            step("claim")
            sync_folder(claim.folder)
            os.fsync(source)
            step("sync-source")
    except OSError as error:
        if os.path.lexists(claim.file):  # over NFS a repeated rename may say "gone" although it worked
            return claim
        clear_away(claim.folder)
        if error.errno in _NEVER_OURS:
            raise CannotMove from error
        return None  # gone, or held by somebody just now: the next look knows
    return claim


def take_over(root: Path, claim: Claim, at: datetime) -> Claim:
    """The same file as a new claim: it grew after it was copied, so it is another arrival."""
    again = _new_claim(root, claim.name, claim.batch, at, None)
    os.rename(claim.file, again.file)
    step("take-over")
    sync_folder(again.folder)
    release(claim)
    return again


def release(claim: Claim) -> None:
    """Removes a claim whose file is gone or safely kept.

    The file goes first, so that a crash leaves no doubt.
    """
    claim.file.unlink(missing_ok=True)
    step("unlink-claimed")
    try:
        (claim.folder / NOTE).unlink(missing_ok=True)
        claim.folder.rmdir()
    except OSError:
        clear_away(claim.folder)  # something else lies in it
    step("clear-claim")


def _new_claim(root: Path, name: str, batch: str, at: datetime, settled: Identity | None) -> Claim:
    claims = root / CLAIMS
    claims.mkdir(mode=0o700, exist_ok=True)
    cid = short_id("claim", os.urandom(32), length=16)
    claim = Claim(cid, claims / cid, at.astimezone(UTC), settled, readable(name), readable(batch))
    claim.folder.mkdir(mode=0o700)
    write_new(claim.folder / NOTE, _note(claim, name), PRIVATE)
    sync_folder(claim.folder)
    sync_folder(claims)
    return claim


def _note(claim: Claim, name: str) -> bytes:
    seen = claim.settled
    note: dict[str, Json] = {
        "format": 1,
        "cid": claim.cid,
        "name": claim.name,
        "batch": claim.batch,
        "received_at": instant(claim.received_at),
        "settled": [seen.size, seen.mtime_ns, seen.inode] if seen else None,
    }
    raw = os.fsencode(name)
    if raw != claim.name.encode():
        note["name_bytes"] = base64.urlsafe_b64encode(raw).decode()
    return canonical_json(note)


def claims_of(root: Path, now: Callable[[], datetime]) -> Iterator[Claim]:
    """Every claim whose file still lies in the inbox, oldest first."""
    found = [_read_claim(folder, now) for folder in _folders(root / CLAIMS)]
    yield from sorted((each for each in found if each), key=lambda claim: (claim.received_at, claim.cid))


def _folders(claims: Path) -> list[Path]:
    try:
        with os.scandir(claims) as entries:
            return [claims / entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except FileNotFoundError:
        return []


def _read_claim(folder: Path, now: Callable[[], datetime]) -> Claim | None:
    if not os.path.lexists(folder / BYTES):
        _clear_leftover(folder, now)
        return None
    try:
        note = json.loads((folder / NOTE).read_bytes())
        settled = note["settled"]
        return Claim(
            cid=folder.name,
            folder=folder,
            received_at=datetime.fromisoformat(note["received_at"]),
            settled=Identity(*settled) if settled else None,
            name=note["name"],
            batch=note["batch"],
        )
    except FileNotFoundError:
        return _without_note(folder, now)
    except (ValueError, KeyError, TypeError):
        clear_away(
            folder / NOTE
        )  # torn by a power cut on a share that lied about fsync; the file itself is here
        return _without_note(folder, now)


def _without_note(folder: Path, now: Callable[[], datetime]) -> Claim | None:
    """A claim that lost its note still holds somebody's paper: it gets a new one, without the name."""
    claim = Claim(folder.name, folder, now().astimezone(UTC), None, "name-lost", "")
    try:
        write_new(folder / NOTE, _note(claim, claim.name), PRIVATE)
    except (FileExistsError, FileNotFoundError):
        return None  # another watcher is at it
    return claim


def _clear_leftover(folder: Path, now: Callable[[], datetime]) -> None:
    """A folder without its file: the crash came before the rename, or after all was done."""
    try:
        age = now().timestamp() - folder.stat().st_mtime
    except FileNotFoundError:
        return
    if age > _LEFTOVER_SECONDS:  # younger ones may belong to a claim that another watcher is just making
        with suppress(
            OSError
        ):  # never the whole tree: another watcher's clock may be wrong, and its paper here now
            (folder / NOTE).unlink(missing_ok=True)
            folder.rmdir()
