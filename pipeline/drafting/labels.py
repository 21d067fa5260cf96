"""The words printed beside a box, which most likely say what it is for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.model import Box
from pipeline.reading.pages import Word
from pipeline.reading.seen import SeenBlank, SeenWidget

LONGEST = 60
# Words that join a sentence around a line to write on and name nothing by themselves.
JOINING = frozenset(
    {
        "i",
        "in",
        "at",
        "on",
        "the",
        "and",
        "of",
        "to",
        "a",
        "an",
        "by",
        "is",
        "am",
        "are",
        "my",
        "me",
        "or",
        "for",
        "from",
    }
    | {"with", "this", "that", "as"}
)
LEFT_REACH, ABOVE_REACH, BELOW_REACH = 130.0, 26.0, 14.0


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of one line that stand close together."""

    text: str
    box: Box


def phrases(words: Sequence[Word]) -> list[Phrase]:
    """The print of a page as phrases: a gap wider than two blanks begins another."""
    found: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (round(word.box.bottom / 2), word.box.x0)):
        last = found[-1][-1].box if found else None
        gap = max(0.55 * word.box.height, 3.0)
        if last and abs(last.bottom - word.box.bottom) < 2.5 and -1 < word.box.x0 - last.x1 < gap:
            found[-1].append(word)
        else:
            found.append([word])
    return [Phrase(" ".join(word.text for word in run), _around(run)) for run in found]


def _around(run: Sequence[Word]) -> Box:
    boxes = [word.box for word in run]
    return Box(
        min(b.x0 for b in boxes),
        min(b.top for b in boxes),
        max(b.x1 for b in boxes),
        max(b.bottom for b in boxes),
    )


def names_something(text: str) -> bool:
    words = re.findall(r"[A-Za-z]+", text)
    return any(word.lower() not in JOINING for word in words) and len("".join(words)) >= 2


class Print:
    """The print around the boxes of one blank."""

    def __init__(self, blank: SeenBlank) -> None:
        self.lines = {page: phrases(words) for page, words in enumerate(blank.words, 1)}
        self.boxes = {
            page: [widget.box for widget in blank.widgets if widget.page == page] for page in self.lines
        }

    def label(self, widget: SeenWidget, box: Box | None = None) -> str:
        """What a text box is for: words inside it at its top, to its left, above, else under it; may be empty."""
        where = box or widget.box
        scored = [
            (score, phrase.text)
            for phrase in self.lines[widget.page]
            if names_something(phrase.text) and (score := self._nearness(widget.page, where, phrase.box))
        ]
        return tidy(min(scored)[1]) if scored else ""

    def _nearness(self, page: int, box: Box, words: Box) -> float:
        """How far the words lie from the box as a label does; 0 where they are none."""
        across, down = words.centre
        if box.x0 - 2 <= words.x0 and across < box.x1 and box.top - 2 <= down <= box.bottom:
            return 0.5
        level = min(box.bottom, words.bottom) - max(box.top, words.top)
        gap = box.x0 - words.x1
        if level > 0.4 * words.height and -3 <= gap <= LEFT_REACH and not self._between(page, words, box):
            return 1 + 0.3 * max(gap, 0)
        if (
            self._claimed(page, words, box)
            or words.x0 > box.x1
            or words.x1 < box.x0 + 1
            or words.x0 < box.x0 - 60
        ):
            return 0
        drift = abs(words.x0 - box.x0) / 8 if words.x0 < box.x0 - 12 or words.x0 > box.x0 + 25 else 0
        gap = box.top - words.bottom
        if -4 <= gap <= ABOVE_REACH and not self._between(page, words, box):
            return 2 + max(gap, 0) + drift
        gap = words.top - box.bottom
        if -2 <= gap <= BELOW_REACH and not self._between(page, words, box):
            return 8 + max(gap, 0) + drift
        return 0

    def _claimed(self, page: int, words: Box, box: Box) -> bool:
        """Whether another box follows the words at once on their line: a sentence with lines to write on."""
        return any(
            -3 <= other.x0 - words.x1 <= 12
            and min(other.bottom, words.bottom) - max(other.top, words.top) > 0.4 * words.height
            for other in self.boxes[page]
            if other != box
        )

    def _between(self, page: int, words: Box, box: Box) -> bool:
        """Whether another box lies on the way: then the words belong to that one."""
        y = words.centre[1]
        path = Box(min(words.x1, box.x0), min(y, box.centre[1]), max(words.x1, box.x0), max(y, box.centre[1]))
        if words.x1 > box.x0:
            left, right = max(words.x0, box.x0), min(words.x1, box.x1)
            path = Box(left, min(words.bottom, box.bottom), right, max(words.top, box.top))
        for other in self.boxes[page]:
            inside = box.x0 - 1 <= other.centre[0] <= box.x1 + 1 and box.top <= other.centre[1] <= box.bottom
            if not inside and _overlap(path, other):
                return True
        return False

    def right_of(self, widget: SeenWidget) -> str:
        """The words behind a tick box, as far as the next box."""
        box = widget.box
        best: tuple[float, str] | None = None
        for phrase in self.lines[widget.page]:
            level = min(box.bottom, phrase.box.bottom) - max(box.top, phrase.box.top)
            gap = phrase.box.x0 - box.x1
            if (
                level > 0.4 * min(phrase.box.height, box.height)
                and -8 <= gap <= 30
                and phrase.box.x1 > box.x1
            ):
                best = min(best or (gap, phrase.text), (gap, phrase.text))
        return tidy(best[1]) if best else ""

    def heading(self, page: int, box: Box) -> str:
        """The words that head a group of marks: to the left of the first one, else above it."""
        left = [
            (box.x0 - phrase.box.x1, phrase.text)
            for phrase in self.lines[page]
            if abs(phrase.box.centre[1] - box.centre[1]) < 8
            and -2 <= box.x0 - phrase.box.x1 <= 250
            and names_something(phrase.text)
            and not self._between(page, phrase.box, box)
        ]
        return tidy(min(left)[1]) if left else self.above(page, box)

    def above(self, page: int, box: Box, reach: float = 30.0) -> str:
        """The nearest words over a box that begin near its left edge or lie over it."""
        over = [
            (box.top - phrase.box.bottom, phrase.text)
            for phrase in self.lines[page]
            if -4 <= box.top - phrase.box.bottom <= reach
            and phrase.box.x0 < box.x1
            and phrase.box.x1 > box.x0 - 12
            and names_something(phrase.text)
        ]
        return tidy(min(over)[1]) if over else ""

    def left_words(self, page: int, box: Box) -> str:
        """What is printed at the left of a row of a table."""
        left = [
            (box.x0 - phrase.box.x1, phrase.text)
            for phrase in self.lines[page]
            if abs(phrase.box.centre[1] - box.centre[1]) < 8 and 0 <= box.x0 - phrase.box.x1 <= 250
        ]
        return tidy(min(left)[1]) if left else ""


def _overlap(one: Box, other: Box) -> bool:
    return (
        min(one.x1, other.x1) - max(one.x0, other.x0) > 1
        and min(one.bottom, other.bottom) - max(one.top, other.top) >= 0
    )


def tidy(text: str) -> str:
    """A label without its colon, dots to write on and numbering; the last words of a long sentence."""
    text = re.sub(r"[_.…]{3,}", " ", text)
    text = re.sub(r"^\(?\d{1,2}[a-z]?[.)]\s+", "", text.strip())
    text = " ".join(text.strip(" :;*_-–").split())
    if len(text) > LONGEST:
        text = text[-LONGEST:].partition(" ")[2]
    return text[:1].upper() + text[1:]
