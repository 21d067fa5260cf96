"""Pages that look alike are told apart by the print in which they differ, read at its place.

Counting features or comparing pictures cannot tell "person 2" from "person 3", nor two editions that differ
in a date. Reading the words that only one of them prints can. Where nothing speaks clearly, nobody is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np

from pipeline.model import Box
from pipeline.reading.blanks import BlankPage
from pipeline.reading.decode import free
from pipeline.reading.pages import Word
from pipeline.reading.pictures import DPI, SCALE, Grey, Matrix, darkness, warped
from pipeline.reading.recogniser import Recogniser
from pipeline.values import fold_case

MOST_WORDS: Final = 12  # enough to be sure, few enough to be quick
SPOKEN: Final = 0.6  # share of its own words a page must show
SILENT: Final = 0.34  # share that the others may show at most
SAME_PLACE: Final = 3.0  # points


def told_apart(
    picture: Grey, twins: Sequence[tuple[BlankPage, Matrix]], reader: Recogniser | None
) -> int | None:
    """Which of the twins the page is, by its number in the list; None where its print does not say."""
    if reader is None:
        return None
    shares = [
        share_read(
            picture,
            blank,
            transform,
            own_words(blank, [other for other, _ in twins if other is not blank]),
            reader,
        )
        for blank, transform in twins
    ]
    best = int(np.argmax(shares))
    others = [share for place, share in enumerate(shares) if place != best]
    return best if shares[best] >= SPOKEN and max(others, default=0.0) <= SILENT else None


class Worded(Protocol):
    """A page that knows its printed words."""

    @property
    def words(self) -> Sequence[Word]: ...


def own_words(blank: Worded, others: Sequence[Worded], most: int = MOST_WORDS) -> list[Word]:
    """Words this blank prints and none of the others prints at the same place, longest first, at most `most`."""
    own = [
        word
        for word in blank.words
        if len(fold_case(word.text)) > 0 and not all(prints(other, word) for other in others)
    ]
    return sorted(own, key=lambda word: -len(word.text))[:most]


def prints(blank: Worded, word: Word) -> bool:
    x, y = word.box.centre
    return any(
        other.text == word.text
        and abs(other.box.centre[0] - x) < SAME_PLACE
        and abs(other.box.centre[1] - y) < SAME_PLACE
        for other in blank.words
    )


def share_read(
    picture: Grey, blank: BlankPage, transform: Matrix, words: Sequence[Word], reader: Recogniser
) -> float:
    """The share of the words that are read at their places."""
    if not words:
        return 0.0
    light = 255 - darkness(warped(picture, transform, blank.size, SCALE), DPI)
    found = sum(
        fold_case(word.text) == fold_case(free(reader.read(piece)).text)
        for word in words
        if (piece := cut_word(light, word.box)).size
    )
    return found / len(words)


def cut_word(light: Grey, box: Box) -> Grey:
    pad = 1.5
    rows = slice(max(round((box.top - pad) * SCALE), 0), round((box.bottom + pad) * SCALE))
    columns = slice(max(round((box.x0 - pad) * SCALE), 0), round((box.x1 + pad) * SCALE))
    return np.ascontiguousarray(light[rows, columns])
