"""Which letters no font of this machine can draw. LibreOffice borrows a letter from any font that has it; one that none
has it draws as an empty box, and the text of the PDF says nothing of it.
"""

from __future__ import annotations

import subprocess
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeAlias

Ranges: TypeAlias = tuple[tuple[int, int], ...]
"""First and last code points, in order, none touching the next."""

_SECONDS: Final = 60
# What is never drawn: spaces and line ends, joiners, marks of direction, selectors of variants.
_UNDRAWN: Final = ("Z", "Cc", "Cf")
_SELECTORS: Final = range(0xFE00, 0xFE10)


def without_glyph(text: str, drawn: Ranges | None) -> str:
    """The letters of the text that no font has, each once. drawn: what fonts have; None where that is not known."""
    if drawn is None:
        return ""
    starts = [first for first, _ in drawn]
    lacking = []
    for letter in dict.fromkeys(unicodedata.normalize("NFC", text)):
        code = ord(letter)
        if unicodedata.category(letter).startswith(_UNDRAWN) or code in _SELECTORS:
            continue
        at = bisect_right(starts, code) - 1
        if at < 0 or code > drawn[at][1]:
            lacking.append(letter)
    return "".join(lacking)


def named(letters: str) -> str:
    """Letters as a message names them, by number: they cannot be shown."""
    return ", ".join(f"U+{ord(letter):04X}" for letter in letters[:5])


@lru_cache(maxsize=4)
def drawn_by_fonts(libreoffice: Path) -> Ranges | None:
    """What the fonts of this machine, and those that came with LibreOffice, can draw; None where nothing tells.

    Source: fc-list(1) and fc-scan(1), the format of the charset of a font.
    """
    own = libreoffice.resolve().parent.parent / "share" / "fonts"
    said = _said("fc-list", "--format", "%{charset}\\n")
    if own.is_dir():
        said += _said("fc-scan", "--format", "%{charset}\\n", str(own))
    found = merged(_ranges(said.split()))
    return found or None


def _said(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False).stdout
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return ""


def _ranges(words: Iterable[str]) -> Iterable[tuple[int, int]]:
    for word in set(words):
        first, _, last = word.partition("-")
        try:
            yield int(first, 16), int(last or first, 16)
        except ValueError:
            continue


def merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    found: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return tuple(found)
