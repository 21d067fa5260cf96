"""Whether pages show what their text says: each page's code, and a few boxes, printed to an image and read back.

The text of a PDF may be right where its picture is not: a letter that the font lacks, a shape over a line, white on
white. Who reads is passed in: the same eyes that read scans.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pypdfium2

from pipeline.rendering.stamps import code_square

Picture = npt.NDArray[np.uint8]
"""Grey, dark on white, rows by columns."""

CODE_DPI: Final = 200.0  # as the office's scanner will see it; 4 pixels a module
# A line of 11 points is 34 pixels high, near what the readers were taught; then larger.
LINE_DPI: Final = (220.0, 330.0)
_QUIET = 6.0  # points around a code, four modules, which its readers need
_AROUND = 2.5  # points around a line
_ONE_LINE = 1.5  # times as high as its letters
LEAST_LETTERS: Final = 5  # of a value that is looked at: shorter ones are read too badly, and stand in others
# How much of two texts may differ: a misread accent is no other value. Of figures nothing may.
_MOST_WRONG: Final = 0.2


@dataclass(frozen=True, slots=True)
class Eyes:
    """Readers of pictures. codes: the texts of the codes in a picture; line: what one line of print says"""

    codes: Callable[[Picture], Collection[str]]
    line: Callable[[Picture], str]


@dataclass(frozen=True, slots=True)
class SeenBox:
    """A value that is looked for on a page. what: its name in words; page: from 0"""

    what: str
    page: int
    text: str = field(repr=False)


def can_be_seen(text: str) -> bool:
    """Whether a value is one that its reader can tell from others: some letters or figures, in one line."""
    return LEAST_LETTERS <= len(_plain(text)) and len(text) <= 40 and "\n" not in text and text.isprintable()


def box_on(pdf: bytes, what: str, text: str) -> SeenBox | None:
    """The first page that has these words in one line; None where none has."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        for number, page in enumerate(document):
            if edges_of(page, text) is not None:
                return SeenBox(what, number, text)
    finally:
        document.close()
    return None


def seen_failures(pdf: bytes, codes: Sequence[str], boxes: Sequence[SeenBox], eyes: Eyes) -> list[str]:
    """What of the pages does not look as it should, in words; empty where all does.

    codes: of each page, as it is printed
    """
    document = pypdfium2.PdfDocument(pdf)
    try:
        failures = [
            f"The code of packet page {number + 1} cannot be read from its picture."
            for number, code in enumerate(codes)
            if code not in eyes.codes(_code_picture(document[number]))
        ]
        return failures + [
            f"{box.what} on packet page {box.page + 1} does not look as it should."
            for box in boxes
            if not any(_says(seen, box.text) for seen in _lines(document[box.page], box.text, eyes))
        ]
    finally:
        document.close()


def _code_picture(page: Any) -> Picture:
    width, _ = page.get_size()
    left, foot, right, top = code_square(width)
    return _picture(page, (left - _QUIET, foot - _QUIET, right + _QUIET, top + _QUIET), CODE_DPI)


def _lines(page: Any, text: str, eyes: Eyes) -> Iterator[str]:
    """What is seen where the page's text has these words first in one line; nothing where it has not."""
    if (edges := edges_of(page, text)) is not None:
        for dpi in LINE_DPI:
            yield eyes.line(_picture(page, edges, dpi))


def edges_of(page: Any, text: str) -> tuple[float, float, float, float] | None:
    """Left, foot, right and top of the first place where these words stand in one line, in points."""
    drawn = page.get_textpage()
    search = drawn.search(text, match_case=True, match_whole_word=True)
    while (found := search.get_next()) is not None:
        index, count = found
        # the boxes of single letters leave room for what a letter that is not drawn would take
        boxes = [drawn.get_charbox(index + number, loose=True) for number in range(count)]
        left, foot = min(box[0] for box in boxes), min(box[1] for box in boxes)
        right, top = max(box[2] for box in boxes), max(box[3] for box in boxes)
        if top - foot < _ONE_LINE * max(box[3] - box[1] for box in boxes):
            return left - _AROUND, foot - _AROUND, right + _AROUND, top + _AROUND
    return None


def _picture(page: Any, edges: tuple[float, float, float, float], dpi: float) -> Picture:
    """A part of a page, edges left, foot, right and top in points from its lower left corner."""
    width, height = page.get_size()
    left, foot, right, top = edges
    crop = (max(left, 0), max(foot, 0), max(width - right, 0), max(height - top, 0))
    drawn = page.render(scale=dpi / 72, crop=crop, grayscale=True)
    return np.ascontiguousarray(drawn.to_numpy().reshape(drawn.height, drawn.width))


def _says(seen: str, wanted: str) -> bool:
    """Whether a line that was read is this text, as far as a reader of print can tell."""
    one, other = _plain(seen), _plain(wanted)
    figures = [letter for letter in other if letter.isdigit()]
    if [letter for letter in one if letter.isdigit()] != figures:
        return False
    return _distance(one, other) <= _MOST_WRONG * len(other)


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _distance(one: str, other: str) -> int:
    """How many letters must be changed, added or left out. Source: Levenshtein, 1965."""
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, wanted in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (letter != wanted))
    return row[-1]
