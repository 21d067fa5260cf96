"""On which page of a document a value or a line of it stands, as the proof found it.

Only the body counts: what a header or a footer says is on every page, and no one would look for it there.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.rendering.changed import MadePart
from pipeline.rendering.comparable import comparable
from pipeline.rendering.pagetext import PdfText
from pipeline.rendering.paperstory import PaperLine
from pipeline.rendering.printed import Insertion

_ROW = re.compile(r"\.\d+(?=\.)")


@dataclass(frozen=True, slots=True)
class Standing:
    """A value that was printed, or a line of the template's own words, and the pages on which it stands, from 1.

    place: of the value, rows left out, empty for a line; words: of the line, comparable; pages: empty where no PDF says
    them; blank: only a line to fill in
    """

    place: str
    words: str = field(default="", repr=False)
    pages: tuple[int, ...] = ()
    blank: bool = False


def standings_on_paper(spans: Iterable[tuple[PaperLine, int, int]], text: PdfText) -> tuple[Standing, ...]:
    """What stands where: lines with their spans in the comparable text, in the order in which they were read."""
    if not text.logical_pages:
        return ()
    sheets = _Sheets(text)
    return tuple(each for line, begin, end in spans for each in _of_line(line, begin, end, sheets))


def standings_in_word(lines: Iterable[PaperLine]) -> tuple[Standing, ...]:
    """What stands in a document of which there is no PDF."""
    found: list[Standing] = []
    for line in lines:
        found += [_of_value(value, ()) for value in line.values if value.place]
        if not line.values and line.text:
            found.append(Standing("", line.text))
    return tuple(found)


def standings_carried_over(lines: Sequence[Standing], body: MadePart) -> tuple[Standing, ...]:
    """What stands in an edited document: its lines, in the order in which they stand on paper, and the values that
    are still in its text. Of a line that is not found on paper as the text has it, no page is told."""
    there: dict[str, deque[Standing]] = defaultdict(deque)
    for each in lines:
        there[each.words].append(each)
    found: list[Standing] = []
    begin = 0
    for line in body.text.split("\n"):
        words, end = comparable(line), begin + len(line)
        pages = there[words].popleft().pages if there[words] else ()
        within = [value for value in body.values if value.start < end and value.end > begin]
        found += [Standing(_ROW.sub("", value.place), "", pages, value.blank) for value in within]
        begin = end + 1
    return (*lines, *found)


def standings_of_place(standings: Sequence[Standing], place: str) -> list[Standing]:
    """Where values of the place stand; of a table, values of its rows; of `table.column`, values of that column."""
    return [each for each in standings if each.place == place or each.place.startswith(f"{place}.")]


def standings_of_heading(standings: Sequence[Standing], heading: str) -> list[Standing]:
    """Where a line of the template stands that says just this."""
    words = comparable(heading)
    return [each for each in standings if not each.place and each.words == words]


class _Sheets:
    """The page of each character of the comparable text."""

    def __init__(self, text: PdfText) -> None:
        self.begins: list[int] = []
        self.numbers: list[int] = []
        pieces = [comparable(line) for line in text.logical.split("\n")]
        self.text = "".join(pieces)
        at = 0
        for piece, page in zip(pieces, text.logical_pages, strict=True):
            if piece:
                self.begins.append(at)
                self.numbers.append(page)
                at += len(piece)

    def pages(self, begin: int, end: int) -> tuple[int, ...]:
        """The pages of the characters from `begin` up to before `end`."""
        first = max(bisect_right(self.begins, begin) - 1, 0)
        last = max(bisect_right(self.begins, max(begin, end - 1)), first + 1)
        return tuple(sorted(set(self.numbers[first:last])))


def _of_line(line: PaperLine, begin: int, end: int, sheets: _Sheets) -> Iterator[Standing]:
    """The values of a line, each looked up within it; the line itself where it holds none.

    A value that a hyphen or a note divides is on the pages of its line.
    """
    unbroken = end - len(line.text)
    if unbroken >= begin and sheets.text[unbroken:end] == line.text:
        begin = unbroken  # else a note or a field lies between, and it is somewhere after what came before it
    if not line.values:
        if line.text:
            yield Standing("", line.text, sheets.pages(begin, end))
        return
    at = begin
    for atom in line.atoms:
        if atom.insertion is None or not atom.insertion.place or not atom.text:
            continue
        found = sheets.text.find(atom.text, at, end)
        if found < 0:
            yield _of_value(atom.insertion, sheets.pages(begin, end))
            continue
        at = found + len(atom.text)
        yield _of_value(atom.insertion, sheets.pages(found, at))


def _of_value(value: Insertion, pages: tuple[int, ...]) -> Standing:
    return Standing(place_of(value), "", pages, value.blank)


def place_of(value: Insertion) -> str:
    """The place of a value, rows left out."""
    return _ROW.sub("", value.place)
