"""Text in the form in which Word's and the PDF's can be compared: without what layout may change, and nothing
else. Spaces, line ends, ligatures and invisible marks go; signs, dashes and capitals stay.
"""

from __future__ import annotations

import unicodedata

HYPHEN = "-"
SOFT_HYPHEN = "\xad"
# Where letters run from right to left, PDFium gives the mirror image of such signs, and ½ as 1/2.
ONE_FORM = str.maketrans(")]}>»”’≥⁄", "([{<«“‘≤/")
_SKIN_TONES = range(0x1F3FB, 0x1F400)  # drawn into the emoji before them
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
# LibreOffice draws the two other hyphens as the usual one. PDFium gives \x02 for a hyphen at the end of a line.
_HYPHENS = "‐‑\x02"


class _Comparable(dict[int, str | None]):
    """What stands for each character, worked out when it is first met; None where it is left out."""

    def __missing__(self, number: int) -> str | None:
        char = chr(number)
        found: str | None = _LIGATURES.get(char, char)
        if char in _HYPHENS:
            found = HYPHEN
        elif (
            char.isspace() or number in _SKIN_TONES or unicodedata.category(char) in ("Cf", "Cc", "Co", "Cn")
        ):
            found = None
        self[number] = found
        return found


_TABLE = _Comparable()


def comparable(text: str) -> str:
    """The text without what layout changes. A minus, a hyphen and a dash differ from each other and from nothing."""
    return unicodedata.normalize("NFC", text).translate(_TABLE)


def letters_in_any_order(text: str) -> str:
    """Comparable text whose brackets look one way and whose marks over and under letters are left out: right to
    left, and where a script joins letters, characters are drawn in another order than they are written."""
    return "".join(
        char
        for char in unicodedata.normalize("NFKC", text).translate(ONE_FORM)
        if unicodedata.category(char) not in ("Mn", "Mc") and not char.isspace()
    )


def is_right_to_left(text: str) -> bool:
    return not text.isascii() and any(unicodedata.bidirectional(char) in ("R", "AL") for char in text)


def is_drawn_in_another_order(text: str) -> bool:
    """Whether a line has right-to-left or joined letters, whose order only their number can prove."""
    if text.isascii():
        return False
    return is_right_to_left(text) or any(unicodedata.category(char) in ("Mn", "Mc") for char in text)
