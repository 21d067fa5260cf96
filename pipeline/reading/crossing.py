"""Strokes that run on far beyond a box: the rim of a cup, a crease, a line down the page."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.reading.ink import FIRST_LOOK, MOST_DIRT, STREAK_BEYOND, has_stroke, marks, without_print
from pipeline.reading.laid import Cut

BRIDGED: Final = 9  # pixels: what is wiped where a stroke crosses a printed line


def only_crosses(cut: Cut, sides: int = 1) -> bool:
    """Whether all ink but specks belongs to strokes that run on far beyond the box: the rim of a cup, a line down the
    page. What somebody wrote into the box lies in it, or leaves it on one side with a long foot.

    sides: of the box on which a stroke must leave it
    """
    crossing, rest = crossing_strokes(cut, sides)
    return bool(crossing.any()) and int(np.count_nonzero(rest)) < MOST_DIRT and not has_stroke(rest)


def crosses(cut: Cut) -> bool:
    """Whether a stroke that runs on far beyond the box is as high in it as a letter."""
    crossing, _ = crossing_strokes(cut)
    return has_stroke(crossing)


def crossing_strokes(cut: Cut, sides: int = 1) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """The ink inside the box, in two masks: of strokes that run on far beyond it, and all other."""
    left, top, right, bottom = cut.inside
    ink = marks(without_print(cut.dark, cut.printed, cut.level), FIRST_LOOK * cut.level)
    joined = cv2.dilate(ink, np.ones((BRIDGED, BRIDGED), np.uint8))  # over the printed lines that they cross
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    x, y, wide, high = (stats[:, place] for place in range(4))
    reach = STREAK_BEYOND + BRIDGED // 2
    leaves = (x <= left - reach, y <= top - reach, x + wide >= right + reach, y + high >= bottom + reach)
    out = np.sum(leaves, axis=0) >= sides
    out[0] = False
    inside = (slice(top, bottom), slice(left, right))
    is_out, inked = out[labels[inside]], ink[inside] > 0
    return (is_out & inked).astype(np.uint8), (~is_out & inked).astype(np.uint8)
