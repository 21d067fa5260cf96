"""Whether a tick box is marked, empty or doubtful, from the ink inside and around it.

Source: `thresholds.json` holds the shares of ink by which it is decided and the figures behind them; the band
between a half and 1.6 times the threshold is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2
import numpy as np

from pipeline.model import Box
from pipeline.reading.fitted import TickRules, load_thresholds
from pipeline.reading.ink import beside_print, broken_strokes, is_streaked, marks, without_print
from pipeline.reading.laid import Cut, LaidPage

STRUCK_BEYOND: Final = (
    0.4  # of the box: so far on both sides, on one height, only a stroke that crosses it out reaches
)
SCRIBBLED: Final = 0.72  # share of the box and of its surroundings that is ink
PRINTED_BOX: Final = 60
FOUND: Final = 0.35  # correlation with the blank, below which the box is not where it should be


def printed_square(cut: Cut) -> tuple[int, int, int, int]:
    """The box printed inside a larger widget, in pixels of the cut; the widget itself where none is printed.

    Widgets of 18 points over printed boxes of 9 were met; ink beside the box is not a tick.
    """
    left, top, right, bottom = cut.inside
    reach = 6
    area = cut.printed[max(top - reach, 0) : bottom + reach, max(left - reach, 0) : right + reach]
    count, _, stats, _ = cv2.connectedComponentsWithStats((area > PRINTED_BOX).astype(np.uint8))
    best, size = None, 0
    for x, y, width, height, ink in stats[1:count]:
        square = 0.6 < width / max(height, 1) < 1.7 and min(width, height) >= 20
        hollow = ink < 0.55 * width * height
        if square and hollow and width * height > size:
            size = int(width * height)
            best = (int(x), int(y), int(x + width), int(y + height))
    if best is None:
        return left, top, right, bottom
    shift_x, shift_y = max(left - reach, 0), max(top - reach, 0)
    return best[0] + shift_x, best[1] + shift_y, best[2] + shift_x, best[3] + shift_y


def tick_ink(cut: Cut) -> tuple[float, bool]:
    """Mean darkness inside as a share of the page's ink (0 to 1), and whether it looks crossed out."""
    left, top, right, bottom = printed_square(cut)
    clean = without_print(cut.dark, cut.printed, cut.level)
    inset = max(3, round(0.14 * min(right - left, bottom - top)))
    inner = clean[top + inset : bottom - inset, left + inset : right - inset].astype(np.float32)
    if inner.size == 0:
        return 0.0, False
    relative = np.clip(inner / cut.level, 0, 1)
    relative[relative < 0.25] = 0.0  # paper noise does not add up to ink
    square = (left, top, right, bottom)
    return float(relative.mean()), struck_through(cut, square) or scribbled(clean, cut.level, square)


def struck_through(cut: Cut, square: tuple[int, int, int, int]) -> bool:
    """Whether a stroke runs on over both sides of the box, further than a mark that is merely large.

    Looked at between the printed letters beside the box, since print and pen cannot be told apart there.
    """
    left, top, right, bottom = square
    beyond = round(STRUCK_BEYOND * (right - left))
    if left - beyond < 0 or right + beyond > cut.dark.shape[1]:
        return False
    ink = cv2.dilate(marks(cut.dark, 0.4 * cut.level), np.ones((7, 1), np.uint8)) > 0
    bare = cv2.dilate((cut.printed > PRINTED_BOX).astype(np.uint8), np.ones((5, 5), np.uint8)) == 0
    sides = (slice(left - beyond, left - 3), slice(right + 3, right + beyond))
    return all(runs_across(ink[top:bottom, side], bare[top:bottom, side]) for side in sides)


def runs_across(ink: np.ndarray, bare: np.ndarray) -> bool:
    """Whether some row is inked nearly wherever the blank leaves it bare, and it leaves enough bare."""
    open_places = bare.sum(axis=1)
    inked = (ink & bare).sum(axis=1)
    enough = open_places >= 0.25 * ink.shape[1]
    return bool(np.any(enough & (inked >= 0.85 * open_places)))


def scribbled(clean: np.ndarray, level: float, square: tuple[int, int, int, int]) -> bool:
    """Whether box and surroundings are scribbled over; a box merely filled in is a mark."""
    left, top, right, bottom = square
    mask = marks(clean, 0.4 * level)
    rim_y, rim_x = round(0.3 * (bottom - top)), round(0.3 * (right - left))
    outer = mask[max(top - rim_y, 0) : bottom + rim_y, max(left - rim_x, 0) : right + rim_x]
    inner = mask[top:bottom, left:right]
    spilled = (float(outer.sum()) - float(inner.sum())) / max(1, outer.size - inner.size)
    return float(inner.mean()) > SCRIBBLED and spilled > 0.35


def has_dots(cut: Cut) -> bool:
    """Whether what is left of a broken stroke lies in the box."""
    left, top, right, bottom = printed_square(cut)
    inner = without_print(cut.dark, cut.printed, cut.level)[top:bottom, left:right]
    return bool(broken_strokes(inner, beside_print(cut.printed)[top:bottom, left:right], cut.level).any())


@dataclass(frozen=True, slots=True)
class Tick:
    """A tick box as seen. text: `on`, `off` or `doubtful`; confidence: 0 to 1.

    weak: doubtful for want of ink, so that a clear mark beside it in the same choice settles it
    """

    text: str
    confidence: float
    cut: Cut
    weak: bool = False


@dataclass(frozen=True)
class Look:
    """What is seen of a tick box. share: of its inside that is ink, 0 to 1; struck: it looks crossed out."""

    cut: Cut
    share: float
    struck: bool

    @cached_property
    def streaked(self) -> bool:
        return is_streaked(self.cut)

    @cached_property
    def dotted(self) -> bool:
        return has_dots(self.cut)


def look_at(laid: LaidPage, box: Box) -> Look:
    """The tick box cut out of the page, and the ink in it."""
    cut = laid.cut(box, around=11.0)
    return Look(cut, *tick_ink(cut))


def read_tick(laid: LaidPage, box: Box) -> Tick:
    """Whether the box is ticked, and how sure that is."""
    return decided(look_at(laid, box), load_thresholds().ticks)


def decided(look: Look, rules: TickRules) -> Tick:
    """Whether what is seen is a mark under these rules."""
    cut, share = look.cut, look.share
    little = share <= rules.most_unmarked
    if share >= rules.sure_empty and look.streaked:
        return Tick("doubtful", 0.3, cut, weak=little)
    if look.struck and share >= rules.sure_empty:
        return Tick("doubtful", 0.3, cut)
    if cut.match < FOUND:
        return Tick("doubtful", 0.2, cut)
    if cut.faded and share <= rules.sure_marked:
        return Tick("doubtful", 0.3, cut, weak=little)  # print is lost here, and a thin stroke would be too
    if share < rules.sure_empty and look.dotted:
        return Tick("doubtful", 0.3, cut, weak=True)
    if share < rules.sure_empty:
        return Tick("off", 1.0 - share / rules.threshold, cut)
    if share > rules.sure_marked:
        return Tick("on", min(1.0, 0.5 + share / (4 * rules.threshold)), cut)
    return Tick("doubtful", 0.4, cut, weak=little)
