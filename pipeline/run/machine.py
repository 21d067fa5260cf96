"""Examines what an office relies on day and night: its backup, clock, disk encryption, rights and bell.

One line each, in words that a clerk can pass on. Where something cannot be seen from here, that is said; nothing is
guessed. Changes nothing but a probe in the inbox, which is removed again.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.archive.journal import Journal
from pipeline.archive.paths import JOURNAL
from pipeline.errors import PipelineError
from pipeline.folders import on_network_share, rights_of_others
from pipeline.inbox import Doorbell
from pipeline.run.doctor import Examined, Health
from pipeline.run.encryption import Encryption, encryption_of
from pipeline.site import load_site
from pipeline.site.program import Access

OLDEST_BACKUP = timedelta(days=2)  # a nightly one that failed once, and no more
CLOCK_SLACK = timedelta(minutes=1)


def examine_machine(
    site: Path, inbox: Path, outbox: Path, state: Path, backup: Path | None, now: datetime
) -> tuple[Examined, ...]:
    """What was found. Folders that are not there are passed over: `doctor` has said so.

    backup: a file that the backup touches, or a folder it writes to; None for the one the site names
    """
    try:
        program = load_site(site).program
        access, named = program.access, program.backup
    except PipelineError:  # the mistakes of the site are listed apart
        access, named = Access.MODES, ""
    there = {
        name: folder
        for name, folder in (("Inbox", inbox), ("Outbox", outbox), ("State", state))
        if folder.is_dir()
    }
    found = [examine_backup(backup or (Path(named) if named else None), now), *_clock(outbox, now)]
    found += [_rights(name, folder, access) for name, folder in there.items() if name != "State"]
    found += [_encryption(name, there[name]) for name in ("Outbox", "State") if name in there]
    found += [_bell(folder) for name, folder in there.items() if name == "Inbox"]
    return tuple(found)


# --- backup ---------------------------------------------------------------------------------------


def examine_backup(place: Path | None, now: datetime) -> Examined:
    if place is None:
        return Examined(
            "Backup: nobody said where",
            Health.WARNING,
            "Write `backup:` into schemas/program.yaml, or give --backup (docs/backup.md).",
        )
    try:
        newest = newest_of(place)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        return Examined(f"Backup: {place} cannot be seen", Health.WARNING, f"{reason}. Is the disk mounted?")
    if newest is None:
        return Examined(f"Backup: nothing lies in {place}", Health.WARNING, "Look whether the backup runs.")
    age = now - newest
    words = f"Backup: {_age(age)}"
    if age > OLDEST_BACKUP:
        return Examined(words, Health.WARNING, "Look whether the backup still runs.")
    return Examined(words, Health.GOOD)


def newest_of(place: Path) -> datetime | None:
    """When a file, or the newest file below a folder, was written; None for a folder without any."""
    if not place.is_dir():
        return datetime.fromtimestamp(place.stat().st_mtime, UTC)
    newest = max(
        ((Path(folder) / name).lstat().st_mtime for folder, _, names in os.walk(place) for name in names),
        default=None,
    )
    return None if newest is None else datetime.fromtimestamp(newest, UTC)


def _age(age: timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    if hours < 1:
        return "less than an hour old"
    return f"{hours} hours old" if hours < 48 else f"{hours // 24} days old"


# --- clock ----------------------------------------------------------------------------------------


def _clock(outbox: Path, now: datetime) -> Iterator[Examined]:
    try:
        head = Journal(outbox / JOURNAL).head()
    except PipelineError:  # `verify` says what is wrong with it
        head = None
    if head is not None and head.at > now + CLOCK_SLACK:
        yield Examined(
            "Clock: before the newest event of the archive",
            Health.BAD,
            "Set the clock right. Papers are dated by this clock, and the newest event lies in its future, "
            "so it is or was wrong.",
        )
    match _is_synchronised():
        case True:
            yield Examined("Clock: set by the network", Health.GOOD)
        case False:
            yield Examined(
                "Clock: not set by the network", Health.WARNING, "Turn it on: timedatectl set-ntp true."
            )
        case None:
            yield Examined("Clock: cannot tell whether it is set by the network", Health.GOOD)


def _is_synchronised() -> bool | None:
    """As systemd says; None where there is none to ask."""
    tool = shutil.which("timedatectl")
    if tool is None:
        return None
    try:
        said = subprocess.run(
            [tool, "show", "--property=NTPSynchronized", "--value"],
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return {"yes": True, "no": False}.get(said.stdout.strip())


# --- folders --------------------------------------------------------------------------------------


def _rights(name: str, folder: Path, access: Access) -> Examined:
    if access is Access.ACL:
        to_do = "The site says `access: acl`. Look at the lists of the file server: they cannot be seen from here."
        return Examined(f"{name}: who may open it is up to the file server", Health.WARNING, to_do)
    if rights_of_others(folder):
        return Examined(
            f"{name}: open to every user of this machine", Health.BAD, f"Run: chmod o-rwx {folder}"
        )
    return Examined(f"{name}: closed to other users of this machine", Health.GOOD)


def _encryption(name: str, folder: Path) -> Examined:
    match encryption_of(folder):
        case Encryption.ON:
            return Examined(f"{name}: disk encrypted", Health.GOOD)
        case Encryption.OFF:
            to_do = "Whoever takes the disk can read it. Move it to an encrypted one (docs/security.md)."
            return Examined(f"{name}: disk not encrypted by this machine", Health.WARNING, to_do)
        case Encryption.UNKNOWN:
            to_do = "Ask whoever set up the machine or the file server whether the disk is encrypted."
            return Examined(f"{name}: cannot tell whether the disk is encrypted", Health.WARNING, to_do)


def _bell(inbox: Path) -> Examined:
    if on_network_share(inbox):
        return Examined("Inbox rings no bell: a share, looked at every few seconds", Health.GOOD)
    bell = Doorbell(inbox)
    try:
        bell.tend()
        rings = bell.rings
    finally:
        bell.stop()
    if rings:
        return Examined("Inbox rings when a file comes", Health.GOOD)
    to_do = "It is looked at every few seconds instead. If many folders are watched, raise fs.inotify.max_user_watches."
    return Examined("Inbox rings no bell", Health.WARNING, to_do)
