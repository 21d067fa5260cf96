"""Which names in a shared folder are not paper: what scanners, browsers and systems leave behind.

Skipped names are left alone for ever and never mentioned; everything else is taken or named to a person.
"""

from __future__ import annotations

import os

NEEDS_ATTENTION = "needs-attention"
STATUS = "STATUS.html"
CLAIMS = ".claims"

# Source: the ignore lists of paperless-ngx 2.x and what Synology, QNAP and Windows leave on a share.
_JUNK_FILES = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"})
_JUNK_FOLDERS = frozenset(
    {"@eadir", "__macosx", "#recycle", "$recycle.bin", "system volume information", "lost+found"}
)
_UNFINISHED = (".part", ".partial", ".crdownload", ".download", ".opdownload", ".tmp", ".filepart")
_LOCKS = ("~$", "~wrl")  # Word beside an open document


def is_junk_file(name: str) -> bool:
    """Whether a file is none that a person dropped, or one that is still on its way under another name."""
    folded = name.casefold()
    return (
        name.startswith(".")
        or folded in _JUNK_FILES
        or folded.startswith(_LOCKS)
        or folded.endswith(_UNFINISHED)
    )


def is_junk_folder(name: str) -> bool:
    return name.startswith(".") or name.casefold() in _JUNK_FOLDERS


def readable(name: str) -> str:
    """A file name as text that can be kept: bytes that are no UTF-8 become question marks in a box."""
    return os.fsencode(name).decode("utf-8", "replace")
