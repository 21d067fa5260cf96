"""The four folders of an office: site, inbox, outbox and state; refused when they lie inside one another or are open
to anybody.

Must not create anything but the inbox, the outbox and the state folder themselves.
"""

from __future__ import annotations

import os
import shlex
import stat
from contextlib import suppress
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from pipeline.errors import SetupError

GIT_KEEPS = ".gitkeep"

# Source: statfs(2), linux/magic.h. SQLite's WAL needs shared memory of one machine, which no share has.
_NETWORK_SHARES = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "afs",
        "ceph",
        "glusterfs",
        "virtiofs",
        "vboxsf",
        "prl_fs",
        "autofs",
    }
)


@dataclass(frozen=True, slots=True)
class Folders:
    """Where everything lies. All absolute, none inside another."""

    site: Path
    inbox: Path
    outbox: Path
    state: Path

    @property
    def scratch(self) -> Path:
        return self.state / "scratch"


def open_folders(site: Path, inbox: Path, outbox: Path, state: Path, *, make_inbox: bool = True) -> Folders:
    """The folders, made where missing. Raises SetupError when two overlap or the ledger would lie on a share.

    make_inbox: False for one that was served before: where it is missing, a share is not mounted
    """
    found = named_folders(site, inbox, outbox, state)
    for shared in (found.inbox, found.outbox) if make_inbox else (found.outbox,):
        if not shared.is_dir():
            _make(shared, 0o770)
        elif _is_as_git_made_it(shared):
            _close(shared)
    if not found.state.is_dir():
        _make(found.state, 0o700)
    try:
        found.state.chmod(0o700)
        found.scratch.mkdir(mode=0o700, exist_ok=True)
        found.scratch.chmod(0o700)
    except OSError as error:
        raise SetupError(
            f"The state folder {found.state} cannot be used: {os.strerror(error.errno or 0)}. "
            "It must belong to the user this program runs as."
        ) from error
    return found


def named_folders(site: Path, inbox: Path, outbox: Path, state: Path) -> Folders:
    """The folders, which may be missing; makes none. Raises SetupError as `open_folders` does."""
    found = Folders(site.resolve(), inbox.resolve(), outbox.resolve(), state.resolve())
    refuse_overlap(found)
    refuse_ledger_on_a_share(found)
    return found


def refuse_ledger_on_a_share(folders: Folders) -> None:
    if on_network_share(folders.state):
        raise SetupError(
            f"The state folder {folders.state} lies on a network share, where the ledger cannot be kept whole. "
            "Give --state a folder on a disk of this machine."
        )


def rights_of_others(folder: Path) -> int:
    """What users outside its group may do in a folder, as the last figure of its mode; 0 is nothing."""
    return stat.S_IMODE(folder.stat().st_mode) & 0o007


def refuse_open_to_others(folders: Folders) -> None:
    """Raises SetupError when anybody on this machine may look into inbox or outbox.

    What is made there takes the mode of the folder at its top, so an open one would open everything. (The state
    folder is closed whenever it is opened.)
    """
    for name, folder in (("inbox", folders.inbox), ("outbox", folders.outbox)):
        if folder.is_dir() and rights_of_others(folder):  # an inbox that is not mounted is away, not open
            mode = stat.S_IMODE(folder.stat().st_mode)
            raise SetupError(
                f"The {name} {folder} is open to every user of this machine (mode {mode:o}). "
                f"Close it with: chmod o-rwx {shlex.quote(str(folder))}. If the file server's own lists decide who "
                "may open it, write the line `access: acl` into schemas/program.yaml."
            )


def _is_as_git_made_it(folder: Path) -> bool:
    """Whether it is that of a fresh checkout, which git makes for everybody, and nobody has put anything in yet."""
    try:
        return os.listdir(folder) == [GIT_KEEPS]
    except OSError:
        return False


def _close(folder: Path) -> None:
    with suppress(OSError):  # where it cannot be closed it is refused a moment later
        folder.chmod(stat.S_IMODE(folder.stat().st_mode) & ~0o007)


def _make(folder: Path, mode: int) -> None:
    try:
        folder.mkdir(parents=True)
        folder.chmod(mode)
    except OSError as error:
        raise SetupError(f"Cannot make the folder {folder}: {os.strerror(error.errno or 0)}.") from error


def refuse_overlap(folders: Folders) -> None:
    """Raises SetupError when inbox, outbox and state are not apart, or one of them holds the site's data.

    A checkout is a site and holds inbox, outbox and state beside forms/, schemas/ and templates/; that is
    allowed. An outbox inside the inbox would be eaten as fast as it is filled.
    """
    apart = {"inbox": folders.inbox, "outbox": folders.outbox, "state": folders.state}
    for (one_name, one), (other_name, other) in combinations(apart.items(), 2):
        if one == other or one.is_relative_to(other) or other.is_relative_to(one):
            raise SetupError(
                f"The {one_name} ({one}) and the {other_name} ({other}) overlap. "
                "Give each a folder of its own, none inside another."
            )
    for name, folder in apart.items():
        for data in ("forms", "schemas", "templates"):
            place = folders.site / data
            if place.is_relative_to(folder) or folder.is_relative_to(place):
                raise SetupError(
                    f"The {name} ({folder}) and the site's {data} ({place}) overlap. "
                    f"Give the {name} a folder of its own."
                )


def file_system_of(folder: Path) -> str:
    """The type of the file system a folder lies on, as the mount table names it; empty where unknown."""
    table = Path("/proc/self/mounts")
    if not table.exists():
        return ""
    best, kind = -1, ""
    for line in table.read_text(errors="replace").splitlines():
        _, mount, fs_type, *_ = line.split(" ")
        where = Path(mount.replace("\\040", " "))
        if folder.is_relative_to(where) and len(where.parts) >= best:  # a later mount covers an earlier one
            best, kind = len(where.parts), fs_type
    return kind


def on_network_share(folder: Path) -> bool:
    """Whether a folder lies on a share of another machine, which rings no bell when a file comes."""
    kind = file_system_of(folder)
    return kind in _NETWORK_SHARES or kind.startswith("fuse.")
