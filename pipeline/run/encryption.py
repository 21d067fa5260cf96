"""Whether the disk under a folder is encrypted, as far as Linux tells: dm-crypt (LUKS) below it, or none, or unknown.

Other ways to encrypt (ZFS, fscrypt, a disk that does it by itself, the host of a virtual machine) cannot be seen from
here, and are never guessed.

Source: Linux, Documentation/ABI/testing/sysfs-block-dm (dm/uuid) and sysfs-block (slaves); cryptsetup prefixes the
uuid of what it opens with CRYPT-.
"""

from __future__ import annotations

import os
from enum import Enum, auto
from pathlib import Path

SYS = Path("/sys")
MOUNTS = Path("/proc/self/mountinfo")


class Encryption(Enum):
    ON = auto()
    OFF = auto()
    UNKNOWN = auto()


def encryption_of(folder: Path, sys: Path = SYS, mounts: Path = MOUNTS) -> Encryption:
    """Whether everything written into the folder goes through dm-crypt."""
    device = _device_of(folder, mounts)
    if device is None:
        return Encryption.UNKNOWN
    block = sys / "dev" / "block" / device
    return _of_block(block.resolve()) if block.exists() else Encryption.UNKNOWN


def _of_block(block: Path) -> Encryption:
    """On when it is a crypt device or all that lies below it is; a partition lies on its disk."""
    if _text(block / "dm" / "uuid").startswith("CRYPT-"):
        return Encryption.ON
    if (block / "partition").exists():
        return _of_block(block.parent)
    if not (block / "slaves").is_dir():
        return Encryption.UNKNOWN
    below = [_of_block(each.resolve()) for each in sorted((block / "slaves").iterdir())]
    if not below:
        return Encryption.OFF
    if all(each is Encryption.ON for each in below):
        return Encryption.ON
    return Encryption.UNKNOWN if Encryption.UNKNOWN in below else Encryption.OFF


def _device_of(folder: Path, mounts: Path) -> str | None:
    """`8:1` of the block device below a folder; None where a file system shows none (overlay, ZFS, a share)."""
    found = folder.stat().st_dev
    if os.major(found):
        return f"{os.major(found)}:{os.minor(found)}"
    anonymous = f"{os.major(found)}:{os.minor(found)}"  # btrfs: ask what it was mounted from
    for line in _text(mounts).splitlines():
        before, _, after = line.partition(" - ")
        if before.split()[2:3] == [anonymous]:
            source = Path(after.split()[1])
            try:
                rdev = source.stat().st_rdev if source.is_absolute() else 0
            except OSError:
                return None
            return f"{os.major(rdev)}:{os.minor(rdev)}" if rdev else None
    return None


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
