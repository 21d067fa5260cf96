"""Where the letters of a value stand in the box of a field: on one line, on several, in a comb, in a list.

Nothing is cut: text that does not fit is set smaller, down to SMALLEST, and then refused. Lengths are points, origin
at the bottom left of the box. align is the form's: 0 left, 1 middle, 2 right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.rendering.formfonts import Face

SMALLER = "is set in smaller letters than the form wants"
SMALLEST = 4.5
USUAL = 12.0
MOST_ROWS = 300  # of one box; a page of the smallest letters has 150
_ASCENT, _DESCENT = 0.74, 0.21  # of Helvetica, capitals and descenders; as shares of the size
_LEADING = 1.16


class DoesNotFitError(Exception):
    """The text is too long for its box, even in the smallest letters."""


@dataclass(frozen=True, slots=True)
class Paper:
    """The widget as its text sees it: turned upright, with the width of its border."""

    width: float
    height: float
    turn: int
    border: float

    @property
    def pad(self) -> float:
        return max(2.0, 2 * self.border)


@dataclass(frozen=True, slots=True)
class Line:
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Setting:
    """A text with its places. bars: bottom and height of the rows of a list that are chosen."""

    size: float
    lines: tuple[Line, ...]
    bars: tuple[tuple[float, float], ...] = ()


def set_line(text: str, paper: Paper, face: Face, size: float, align: int) -> Setting:
    """One line, in the middle of the height."""
    room = paper.width - 2 * paper.pad
    fitting = min(size or USUAL, (paper.height - 2 * paper.border) / (_ASCENT + _DESCENT))
    wide = face.width(text, 1.0)
    size = _enough(min(fitting, room / wide) if wide > 0 else fitting)
    return Setting(size, (Line(_left(wide * size, paper, align), _baseline(paper.height, size), text),))


def set_comb(text: str, cells: int, paper: Paper, face: Face, size: float, align: int) -> Setting:
    """A letter in the middle of each cell."""
    cell = paper.width / cells
    widest = max((face.width(letter, 1.0) for letter in text), default=0.0)
    fitting = min(size or USUAL, (paper.height - 2 * paper.border) / (_ASCENT + _DESCENT))
    size = _enough(min(fitting, cell / widest) if widest > 0 else fitting)
    first = {1: (cells - len(text)) // 2, 2: cells - len(text)}.get(align, 0)
    up = _baseline(paper.height, size)
    return Setting(
        size,
        tuple(
            Line(cell * (first + at + 0.5) - face.width(letter, size) / 2, up, letter)
            for at, letter in enumerate(text)
        ),
    )


def set_lines(text: str, paper: Paper, face: Face, size: float, align: int) -> Setting:
    """Lines broken at words, from the top; smaller letters until all of them fit."""
    room, high = paper.width - 2 * paper.pad, paper.height - 2 * paper.border - 2
    size = _enough(min(size or USUAL, high / (_ASCENT + _DESCENT)))
    while True:
        rows = wrapped(text, face, size, room)
        if ((len(rows) - 1) * _LEADING + _ASCENT + _DESCENT) * size <= high:
            break
        size = _enough(size - 0.5)
    top = paper.height - paper.border - 1 - _ASCENT * size
    return Setting(
        size,
        tuple(
            Line(_left(face.width(row, size), paper, align), top - at * _LEADING * size, row)
            for at, row in enumerate(rows)
        ),
    )


def set_list(options: Sequence[str], chosen: Sequence[int], paper: Paper, face: Face, size: float) -> Setting:
    """The options of a list from the first one chosen on, or from the top where all fit; the chosen on a bar."""
    high, room = paper.height - 2 * paper.border, paper.width - 2 * paper.pad
    widest = max((face.width(option, 1.0) for option in options), default=0.0)
    size = _enough(min(size or USUAL, high / _LEADING, room / widest if widest else USUAL))
    rows = int(high / (_LEADING * size) + 1e-6)
    first = 0 if len(options) <= rows or not chosen else min(*chosen, len(options) - rows)
    if chosen and max(chosen) >= first + rows:
        raise DoesNotFitError
    tops = {
        at: paper.height - paper.border - (at - first) * _LEADING * size for at in range(first, first + rows)
    }
    shown = [(at, top) for at, top in tops.items() if at < len(options)]
    return Setting(
        size,
        tuple(Line(paper.pad, top - _ASCENT * size - 0.1 * size, options[at]) for at, top in shown),
        tuple((top - _LEADING * size, _LEADING * size) for at, top in shown if at in chosen),
    )


def wrapped(text: str, face: Face, size: float, room: float) -> list[str]:
    """Lines no wider than the room; only the space at which a line is broken goes, words longer than it are broken."""
    rows: list[str] = []
    for paragraph in text.split("\n"):
        row = ""
        for at, word in enumerate(paragraph.split(" ")):
            longer = word if at == 0 else f"{row} {word}"
            if at and face.width(longer, size) > room:
                rows.append(row)
                longer = word
            while face.width(longer, size) > room:
                cut = _fitting(longer, face, size, room)
                rows.append(longer[:cut])
                longer = longer[cut:]
                if len(rows) > MOST_ROWS:
                    raise DoesNotFitError
            row = longer
        rows.append(row)
    return rows


def _fitting(word: str, face: Face, size: float, room: float) -> int:
    cut = 1
    while cut < len(word) and face.width(word[: cut + 1], size) <= room:
        cut += 1
    if face.width(word[:cut], size) > room:
        raise DoesNotFitError
    return cut


def _enough(size: float) -> float:
    if size < SMALLEST:
        raise DoesNotFitError
    return size


def _left(wide: float, paper: Paper, align: int) -> float:
    spare = paper.width - 2 * paper.pad - wide
    return paper.pad + {1: spare / 2, 2: spare}.get(align, 0.0)


def _baseline(height: float, size: float) -> float:
    return (height - (_ASCENT + _DESCENT) * size) / 2 + _DESCENT * size
