"""Words that stand in a box of a born-digital page, the blank's own print left out."""

from __future__ import annotations

import numpy as np

from pipeline.model import Box, PageMatch, Widget
from pipeline.reading.blanks import BlankPage
from pipeline.reading.pages import OpenedPage, Word

NEAR = 2.0  # points within which a word of the page is the blank's own
BLANK_OF_HEIGHT = 0.25  # width of a blank in heights of a word
PADDING = 4.0  # points that programs leave free beside the border


def words_in(page: OpenedPage, match: PageMatch, blank: BlankPage, widget: Widget) -> str:
    """The text inside the box, lines in order; a comb's letters joined without blanks."""
    box = placed(widget.box, match, page)
    inside = [word for word in page.words if holds(box, word.box)]
    if not inside:
        return ""
    own = {key_of(word.text, placed(word.box, match, page)) for word in blank.words}
    written = [word for word in inside if not is_own(word, own)]
    if widget.comb:
        return "".join(word.text for word in sorted(written, key=lambda word: word.box.x0))
    return text_of(lines_of(written), box)


def text_of(lines: list[list[Word]], box: Box) -> str:
    """The lines as written. Where a line was only full, and the next word had no room, it goes on with a blank."""
    text = ""
    for number, line in enumerate(lines):
        if number:
            text += " " if was_full(lines[number - 1], line[0], box) else "\n"
        text += " ".join(word.text for word in line)
    return text


def was_full(line: list[Word], following: Word, box: Box) -> bool:
    """Whether the first word of the next line would not have fitted behind this one."""
    last = line[-1].box
    return last.x1 + BLANK_OF_HEIGHT * last.height + following.box.width + PADDING > box.x1


def placed(box: Box, match: PageMatch, page: OpenedPage) -> Box:
    """A box of the blank where it lies on the page, in points of the page as displayed."""
    onto = np.array(match.transform).reshape(3, 3)
    corners = onto @ np.array([[box.x0, box.x1], [box.top, box.bottom], [1.0, 1.0]])
    (x0, x1), (top, bottom) = (corners[:2] / corners[2]) * 72 / page.dpi
    return Box(float(min(x0, x1)), float(min(top, bottom)), float(max(x0, x1)), float(max(top, bottom)))


def holds(box: Box, word: Box) -> bool:
    x, y = word.centre
    return box.x0 - 1 <= x <= box.x1 + 1 and box.top - 1 <= y <= box.bottom + 1


def key_of(text: str, box: Box) -> tuple[str, int, int]:
    x, y = box.centre
    return text, round(x), round(y)


def is_own(word: Word, own: set[tuple[str, int, int]]) -> bool:
    """Whether the blank prints the same word at this place."""
    text, x, y = key_of(word.text, word.box)
    reach = round(NEAR)
    around = range(-reach, reach + 1)
    return any((text, x + across, y + down) in own for across in around for down in around)


def lines_of(words: list[Word]) -> list[list[Word]]:
    """Words line by line: a word begins a new line where it lies more than half its height lower."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda word: word.box.centre[1]):
        if lines and word.box.centre[1] - lines[-1][-1].box.centre[1] < 0.5 * max(word.box.height, 1):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda word: word.box.x0) for line in lines]
