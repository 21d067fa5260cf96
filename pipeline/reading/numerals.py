"""Numbers written on a line, not into cells: each figure is found in the ink and shown to the digit network.

The two readers of a line share their training, so for handwriting their agreement is no second source. The
network sees one figure at a time and was trained apart. Where the ink cannot be parted into as many figures as
the readers read, it says nothing, and the number is asked about as before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model import Reason, Vote
from pipeline.reading.combs import ALL, Sight, doubt, weigh
from pipeline.reading.digits import NO_DIGIT, one_cell
from pipeline.reading.fitted import load_rules
from pipeline.reading.ink import Strokes, extent
from pipeline.reading.lines import FRAME, PAD
from pipeline.reading.patterns import NUMBERS
from pipeline.reading.pictures import Grey
from pipeline.reading.recogniser import ALPHABET, HEIGHT, STEP, Probabilities, Readers
from pipeline.reading.texts import ByHand, LineText, whole_number
from pipeline.values import Expectation, Kind

SMALL: Final = 0.5  # of a figure's height: what is lower is a point, a comma or a dash
OVER: Final = 0.5  # of its width: a stroke that lies so far over another belongs to the same figure
TOUCHING: Final = 1.3  # times as wide as high: two figures in one piece
LEAST_INK: Final = 4  # pixels
TALL: Final = re.compile(r"[0-9A-Z$/()]")  # as high as figures; points, commas, dashes and blanks are not
MONEYS: Final = frozenset({Kind.MONEY, Kind.UNITS, Kind.IDENTIFIER})  # which want a second source of a hand


@dataclass(frozen=True, slots=True)
class Piece:
    """The ink of one figure: its labels, and its extent in pixels of the strokes."""

    labels: tuple[int, ...]
    left: int
    right: int
    high: int


def with_figures(
    read: LineText,
    strokes: Strokes,
    seen: Sequence[Probabilities],
    expect: Expectation,
    readers: Readers,
) -> LineText:
    """The reading with the network's vote, and whether it may be believed of a hand.

    seen: the line as the two readers see it. Unchanged where the figures cannot be parted.
    """
    pattern = re.sub(r"\d", "9", read.text)
    if readers.cells is None or "9" not in pattern:
        return read
    pictures = figures_in(strokes)
    tall = [place for place, sign in enumerate(pattern) if TALL.match(sign)]
    if len(pictures) > len(tall) or (len(pictures) != len(tall) and may_lack(read.text, expect)):
        return replace(read, by_hand=ByHand(read.reason or Reason.NOT_SURE))  # a thin 1 was overlooked
    parted = len(pictures) == len(tall)
    if not parted and expect.kind in MONEYS:
        pictures = figures_along(strokes, seen[0], read.text)
    if len(pictures) != len(tall):
        return read
    cells = np.zeros((len(pattern), NO_DIGIT + 1), np.float32)
    digits = [place for place in tall if pattern[place] == "9"]
    shown = [pictures[tall.index(place)] for place in digits]
    cells[digits] = readers.cells.read(np.stack(shown))
    voted = _voted(read, Sight(seen[0], seen[1], cells), pattern, expect, readers.cells.name)
    # figures cut apart by guess can only speak for what both readers read
    bears_out = read.reason is None and voted.by_hand == ByHand(None) and voted.text == read.text
    return voted if parted or bears_out else read


def _voted(read: LineText, sight: Sight, pattern: str, expect: Expectation, name: str) -> LineText:
    rules = load_rules()
    weighed = weigh(sight, pattern, (), expect, rules.weights)
    if weighed is None or not weighed.valid:
        return read
    votes = (*read.votes, Vote(name, weighed.said[2], round(weighed.sure[2], 3)))
    not_sure = doubt(weighed, rules)
    if weighed.text != read.text or weighed.agreed != ALL:
        # one reader of the line and the network, far ahead
        believed = not_sure is None and weighed.fits and is_clear(weighed.text, read.votes, expect)
        reason = None if believed else read.reason or Reason.READERS_DISAGREE
        if read.reason is None:  # the readers of the line agree, which is enough for type
            return replace(read, votes=votes, by_hand=ByHand(reason, text=weighed.text))
        return replace(read, text=weighed.text, votes=votes, by_hand=ByHand(reason))
    if read.reason is Reason.READERS_DISAGREE and weighed.fits and differ_in_length(read.votes):
        believed = not_sure is None and is_clear(weighed.text, read.votes, expect)
        return replace(read, votes=votes, by_hand=ByHand(None if believed else read.reason))
    doubted = not_sure if expect.kind is not Kind.INTEGER else None
    return replace(read, votes=votes, by_hand=ByHand(read.reason or doubted))


def is_clear(text: str, votes: Sequence[Vote], expect: Expectation) -> bool:
    """Whether no point or stroke between figures is in doubt: the network sees figures only.

    Readers that see as many figures must set the same signs between them, others as many signs.
    """
    if expect.kind in NUMBERS and not whole_number(text, expect.kind):
        return False
    plain = [re.sub(r"[,$\s]", "", vote.text) for vote in votes[:2]]
    if differ_in_length(votes[:2]):
        plain = [re.sub(r"\d", "", each) for each in plain]
    return len({re.sub(r"\d", "9", each) for each in plain}) == 1


def may_lack(text: str, expect: Expectation) -> bool:
    """Whether a date would be one too with a figure more: 10/2/2026 was 10/21/2026."""
    return expect.kind is Kind.DATE and sum(ch.isdigit() for ch in text) < 8


def differ_in_length(votes: Sequence[Vote]) -> bool:
    """Whether the two readers differ in how many figures they see: the ink shows how many there are.

    Where they see as many, they differ in a figure or in where a point stands.
    """
    counts = {sum(ch.isdigit() for ch in vote.text) for vote in votes}
    return len(counts) > 1


def figures_in(strokes: Strokes) -> list[Grey]:
    """One picture for each tall piece of ink, from left to right, as the network knows them; empty where some
    touch each other."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(strokes.mask, connectivity=8)
    boxes = [
        Piece((place,), int(x), int(x + wide), int(high))
        for place, (x, _, wide, high, ink) in enumerate(stats)
        if place and ink >= LEAST_INK
    ]
    if not boxes:
        return []
    tall = float(np.percentile([box.high for box in boxes], 80))
    pieces = joined(boxes, tall)
    if any(piece.right - piece.left > TOUCHING * tall for piece in pieces):
        return []
    return [one_cell(strokes.dark, inked(labels, piece)) for piece in pieces]


def figures_along(strokes: Strokes, seen: Probabilities, text: str) -> list[Grey]:
    """One picture for each tall sign of the text, cut where a reader saw one sign end and the next begin; empty
    where it did not see this text. For figures that touch each other."""
    around = extent(strokes.mask)
    middles = places_of(seen, text)
    if around is None or not middles:
        return []
    left, top, right, bottom = around
    high = bottom + PAD - max(top - PAD, 0) + 2 * FRAME
    first = max(left - PAD, 0) - PAD
    at = [first + (middle + 0.5) * STEP * high / HEIGHT for middle in middles]
    edges = [left, *(round((a + b) / 2) for a, b in pairwise(at)), right]
    pictures = []
    for sign, start, end in zip(text.replace(" ", ""), edges, edges[1:], strict=False):
        own = np.zeros_like(strokes.mask)
        own[:, start:end] = strokes.mask[:, start:end]
        if TALL.match(sign):
            pictures.append(one_cell(strokes.dark, own))
    return pictures


def places_of(seen: Probabilities, text: str) -> list[float]:
    """For each sign of the text the step of the line at which the reader sees it; empty where it reads another."""
    best = seen.rows.argmax(axis=1)
    signs, steps = [], []
    for step, place in enumerate(best):
        if place and (step == 0 or place != best[step - 1]):
            signs.append(ALPHABET[place - 1])
            steps.append([step])
        elif place:
            steps[-1].append(step)
    found = [(sign, float(np.mean(run))) for sign, run in zip(signs, steps, strict=True) if sign != " "]
    return [step for _, step in found] if [sign for sign, _ in found] == list(text.replace(" ", "")) else []


def inked(labels: npt.NDArray[np.int32], piece: Piece) -> npt.NDArray[np.uint8]:
    own: npt.NDArray[np.uint8] = np.isin(labels, piece.labels).astype(np.uint8)
    return own


def joined(pieces: Sequence[Piece], tall: float) -> list[Piece]:
    """The figures: pieces that lie over each other are one, what is small and stands apart is none."""
    whole: list[Piece] = []
    for piece in sorted(pieces, key=lambda each: each.left):
        before = whole[-1] if whole else None
        if before is not None and is_over(before, piece):
            whole[-1] = Piece(
                before.labels + piece.labels,
                before.left,
                max(before.right, piece.right),
                max(before.high, piece.high),
            )
        else:
            whole.append(piece)
    return [piece for piece in whole if piece.high >= SMALL * tall]


def is_over(before: Piece, piece: Piece) -> bool:
    """Whether two pieces lie above each other, as the strokes of a 5 do."""
    shared = min(piece.right, before.right) - piece.left
    narrow = min(piece.right - piece.left, before.right - before.left)
    return shared > OVER * narrow
