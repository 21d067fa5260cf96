"""Text boxes of a scanned page: single lines, combs and areas, from the cut to a text with its doubts."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import cv2
import numpy as np

from pipeline.model import Reason, Vote, Widget
from pipeline.reading.combs import digit_pattern, has_gap, read_digits
from pipeline.reading.crossing import crosses, only_crosses
from pipeline.reading.fitted import load_thresholds
from pipeline.reading.hands import Script, script_of
from pipeline.reading.ink import (
    LEAST_INK,
    PRINT,
    SECOND_LOOK,
    Filling,
    Strokes,
    extent,
    is_streaked,
    marks,
    may_be_dirt,
    strokes_in,
)
from pipeline.reading.laid import Cut, LaidPage
from pipeline.reading.lines import as_line, line_picture, line_spans
from pipeline.reading.numerals import with_figures
from pipeline.reading.opinions import LISTED, list_for
from pipeline.reading.patterns import NUMBERS
from pipeline.reading.recogniser import Readers
from pipeline.reading.texts import ByHand, LineText, asked, looked_again, looked_at, read_line, tight
from pipeline.values import Expectation, Kind

MAY_HAVE_GAPS: Final = frozenset({Kind.TEXT, Kind.PERSON_NAME, Kind.ADDRESS, Kind.CHOICE})
FIGURES: Final = frozenset({*NUMBERS, Kind.DATE, Kind.MONTH, Kind.PHONE, Kind.ZIP, Kind.NPI, Kind.IDENTIFIER})
WORDS: Final = frozenset({Kind.TEXT, Kind.ADDRESS, Kind.EMAIL, Kind.PERSON_NAME})
FULL_LENGTH: Final = {Kind.DATE: 8, Kind.MONTH: 6, Kind.PHONE: 10, Kind.NPI: 10}  # digits of a whole one
BLACK_AND_WHITE: Final = 250  # ink level of a page without shades
THROUGH: Final = 0.85  # of the box's height: nobody writes so tall a 1
NARROW: Final = 0.25  # of the line's height
NEAR_STREAK: Final = 20  # pixels: half a figure
HALF_KEPT: Final = 0.6  # share of the blank's print kept, below which a text may lack a word
ENOUGH_PRINT: Final = 300  # pixels of print about a box that tell anything
WHOLE_PRINT: Final = 0.95  # share of the blank's print kept around a box
CELL_INK: Final = 40  # pixels of ink in a cell's middle that make it filled; a 1 has over a hundred
EDGE: Final = 3  # pixels: ink this near the right edge may go on beyond it
FULL_LINE: Final = 0.75  # of the area's width: a shorter line ended on purpose


@dataclass(frozen=True, slots=True)
class BoxText:
    """A text box of a scan. reason: None where it may be accepted if a machine printed it.

    hand: the same if a hand wrote it; by_hand: set where handwriting has a rule of its own
    no_ink: nothing stands in it, and no streak was taken from it
    """

    text: str = field(repr=False)
    confidence: float
    votes: tuple[Vote, ...]
    reason: Reason | None
    cut: Cut
    script: Script | None = None
    by_hand: ByHand | None = None
    hand: Reason | None = None
    no_ink: bool = False


def read_text(laid: LaidPage, widget: Widget, expect: Expectation, readers: Readers) -> BoxText:
    """What stands in the box; an empty text without reason is a sure blank."""
    cut = laid.cut(widget.box)
    strokes = strokes_in(cut)
    if strokes.filling is Filling.BLANK:
        lone = bool(cut.wiped) and expect.kind in NUMBERS  # a 1 may have gone with the streak it stood in
        reason = Reason.NOT_SURE if cut.faded or lone else None
        return BoxText("", 0.99, (), reason, cut, no_ink=not cut.wiped)
    if not readers.ready:
        return BoxText("", 0.0, (), Reason.NO_MODEL, cut, script_of(strokes), hand=Reason.NO_MODEL)
    if widget.comb:
        line = read_comb_box(strokes, widget.comb, expect, readers)
    elif widget.multiline or expect.kind is Kind.NARRATIVE:
        line = read_area(strokes, expect, readers)
    else:
        line = read_single(strokes, expect, readers)
    return settled(line, strokes, cut, expect, widget.comb)


def settled(line: LineText, strokes: Strokes, cut: Cut, expect: Expectation, cells: int = 0) -> BoxText:
    """Second thoughts: a faint box in which nobody reads anything is blank; worn ink is asked about.

    Of a machine's print less is lost than of a thin pen, so there what cannot be a piece of something longer
    may stand. cells: of a comb, 0 on a line.
    """
    if bool(line.votes) and not cut.faded and is_no_writing(line, strokes, cut, expect):
        return BoxText("", 0.9, line.votes, None, cut)
    worn = Reason.NOT_SURE if is_worn(strokes, cut, expect) else None
    at_first = Reason.READERS_DISAGREE if line.second else line.reason
    hand = (line.by_hand.reason if line.by_hand else at_first) or worn
    typed = line.reason or (None if stands_worn(line, strokes, cut, expect, cells) else worn)
    by_hand = line.by_hand and replace(line.by_hand, reason=hand, short=line.by_hand.short and worn is None)
    return BoxText(line.text, line.confidence, line.votes, typed, cut, script_of(strokes), by_hand, hand)


def is_no_writing(line: LineText, strokes: Strokes, cut: Cut, expect: Expectation) -> bool:
    """Whether the ink is dirt: no reader sees a character in it, or a bar at most where it runs on beyond the box."""
    if line.sees_nothing and (strokes.filling is Filling.FAINT or may_be_dirt(strokes)):
        return True
    if expect.kind in FIGURES:  # of which a tall 1 would be one
        return False
    return (line.sees_nothing and only_crosses(cut)) or (line.sees_bars and only_crosses(cut, sides=2))


def is_worn(strokes: Strokes, cut: Cut, expect: Expectation) -> bool:
    """Whether ink may be missing, or dirt be among it."""
    if strokes.filling in (Filling.FAINT, Filling.BROKEN):
        return True
    if runs_out(strokes) or is_streaked(cut) or is_ruled_through(strokes):
        return True
    return touches_streak(strokes, cut) or may_be_a_rim(cut, expect)


def may_be_a_rim(cut: Cut, expect: Expectation) -> bool:
    """Whether strokes that run on far beyond the box may be what was read: the rim of a cup is read as 1, by all
    readers alike."""
    return crosses(cut) if expect.kind in FIGURES else only_crosses(cut)


def touches_streak(strokes: Strokes, cut: Cut) -> bool:
    """Whether what is written stands where a streak was taken away: a stroke may have gone with it."""
    around = extent(strokes.mask)
    if around is None:
        return False
    left, _, right, _ = around
    return any(left - NEAR_STREAK <= column <= right + NEAR_STREAK for column in cut.wiped)


def is_ruled_through(strokes: Strokes) -> bool:
    """Whether a straight thin line runs from the box's top to its bottom: what is left of a streak is read as 1."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(strokes.mask, connectivity=8)
    wide, high = stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT]
    return bool(np.any((high >= THROUGH * strokes.mask.shape[0]) & (wide <= NARROW * high)))


def stands_worn(line: LineText, strokes: Strokes, cut: Cut, expect: Expectation, cells: int) -> bool:
    """Whether a typed text that two readers agree on may stand though the copy is worn.

    What breaks type breaks the print around it too: where that is whole, dots beside the text are dirt.
    """
    complete = is_complete(line.text, expect, cells)
    if complete and cells and expect.kind in FULL_LENGTH and read_by_all(line):
        return True  # no cell is left that could hold more, and none of them is empty rightly
    if runs_out(strokes) or is_ruled_through(strokes) or may_be_a_rim(cut, expect):
        return False
    if strokes.filling is Filling.BROKEN and not is_streaked(cut):
        whole = cut.kept >= WHOLE_PRINT and int(np.count_nonzero(cut.printed > PRINT)) >= ENOUGH_PRINT
        return whole or (complete and expect.kind in LISTED)
    if strokes.filling is Filling.FAINT and cut.kept >= HALF_KEPT and nothing_fainter(strokes, cut):
        return not is_streaked(cut)
    return complete


def read_by_all(line: LineText) -> bool:
    """Whether both readers of the line and that of the cells read the same."""
    wanted = tight(line.text)
    return len(line.votes) > 2 and all(tight(vote.text) == wanted for vote in line.votes)


def nothing_fainter(strokes: Strokes, cut: Cut) -> bool:
    """Whether a grey picture shows no paler ink beside what was read; in black and white that cannot be known."""
    if cut.level >= BLACK_AND_WHITE:
        return False
    paler = marks(strokes.dark, SECOND_LOOK * cut.level)
    paler[cv2.dilate(strokes.mask, np.ones((15, 15), np.uint8)) > 0] = 0
    return int(np.count_nonzero(paler)) < LEAST_INK


def is_complete(text: str, expect: Expectation, cells: int) -> bool:
    """Whether a valid text of this kind can be no piece of a longer one that lost a character."""
    digits = sum(ch.isdigit() for ch in text)
    if expect.kind in FULL_LENGTH:
        return digits == FULL_LENGTH[expect.kind]
    if expect.kind is Kind.IDENTIFIER:
        return 0 < cells == len(text)
    entries = [tight(entry) for entry in list_for(expect)] if expect.kind in LISTED else []
    said = tight(text)
    return said in entries and not any(said in entry and said != entry for entry in entries)


def runs_out(strokes: Strokes) -> bool:
    """Whether writing reaches the right edge: it may go on outside, or a viewer may have cut it off."""
    return int(strokes.mask[:, -EDGE:].sum()) >= 8


def read_single(strokes: Strokes, expect: Expectation, readers: Readers) -> LineText:
    line = as_line(strokes)
    if line is None:
        return LineText("", 0.0, (), Reason.NOT_SURE)
    seen = looked_at(line, readers)
    read = read_line(line, expect, readers, seen=seen)
    if expect.kind in FIGURES:
        return with_figures(read, strokes, seen, expect, readers)
    level = expect.kind in WORDS and script_of(strokes).feet <= load_thresholds().hands.level_box
    return looked_again(read, line, expect, readers) if level else read


def read_comb_box(strokes: Strokes, count: int, expect: Expectation, readers: Readers) -> LineText:
    """A comb: which cells are filled, then the whole strip with exactly that many characters, and each cell."""
    cells = filled_cells(strokes, count)
    line = as_line(strokes)
    if line is None or not any(cells):
        return LineText("", 0.0, (), Reason.NOT_SURE)
    read = read_digits(strokes, line, cells, expect, readers) or read_line(line, expect, readers, cells)
    if readers.cells is None and digit_pattern(expect, sum(cells)) is not None:
        # two readers are enough for print only
        read = replace(read, by_hand=ByHand(read.reason or Reason.NO_MODEL))
    if has_gap(cells) and expect.kind not in MAY_HAVE_GAPS:
        return asked(read, Reason.NOT_SURE)  # a thin 1 was lost, or a streak stands behind the last cell
    return read


def filled_cells(strokes: Strokes, count: int) -> list[bool]:
    """Which of the comb's even cells hold ink, dividers and their neighbourhood left out."""
    width = strokes.mask.shape[1]
    edges = np.linspace(0, width, count + 1)
    rim = max(2.0, 0.1 * width / count)
    return [
        int(strokes.mask[:, round(left + rim) : round(right - rim)].sum()) >= CELL_INK
        for left, right in itertools.pairwise(edges)
    ]


def read_area(strokes: Strokes, expect: Expectation, readers: Readers) -> LineText:
    """Running text: line by line, joined where a line ran to the edge, broken where it ended early."""
    spans = line_spans(strokes.mask)
    lines: list[LineText] = []
    ends: list[float] = []
    plain = Expectation(Kind.TEXT)
    for top, bottom in spans:
        around = extent(strokes.mask[top:bottom])
        if around is None:
            continue
        left, upper, right, lower = around
        picture = line_picture(strokes.dark, (left, top + upper, right, top + lower), pad=6)
        lines.append(read_line(picture, plain, readers))
        ends.append(right / strokes.mask.shape[1])
    if not lines:
        return LineText("", 0.0, (), Reason.NOT_SURE)
    return joined(lines, ends)


def joined(lines: Sequence[LineText], ends: Sequence[float]) -> LineText:
    def together(texts: Sequence[str]) -> str:
        whole = ""
        for text, end in zip(texts, ends, strict=True):
            whole += text + (" " if end >= FULL_LINE else "\n")
        return whole.strip()

    votes = tuple(
        Vote(
            lines[0].votes[place].reader,
            together([line.votes[place].text for line in lines]),
            min(line.votes[place].confidence for line in lines),
        )
        for place in range(len(lines[0].votes))
    )
    reason = next((line.reason for line in lines if line.reason is not None), None)
    confidence = min(line.confidence for line in lines)
    freely = tuple(free for line in lines for free in line.freely)
    return LineText(together([line.text for line in lines]), confidence, votes, reason, freely=freely)
