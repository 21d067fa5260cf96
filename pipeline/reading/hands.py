"""Whether ink was written by hand. When unsure, it was: the callers trust handwriting less.

Type stands on one line, and does so in every box of the form; a hand does neither for long. So a box counts
as typed only when its own letters stand level and those of its page and of the whole form do.

Source: `thresholds.json`, with the figures. Letters' feet stray by a median of 0 of their height when typed (on worn
copies .04 at most for a page) and by .05 to .07 by hand; single pages by hand with few boxes stood as level as type,
whole forms did not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from pipeline.reading.fitted import HandRules, load_thresholds
from pipeline.reading.ink import Strokes
from pipeline.reading.lines import line_spans

LEAST_LETTERS: Final = 3
LEAST_BOXES: Final = 3


@dataclass(frozen=True, slots=True)
class Script:
    """How the ink of one box stands. feet: how far its letters stray from their line, by their height.

    tall: height of most letters in pixels, 0 without any
    """

    letters: int
    feet: float
    straight: float
    tall: float = 0.0


def script_of(strokes: Strokes) -> Script:
    """How the ink of a box stands; of several lines, their median."""
    spans = line_spans(strokes.mask) or [(0, strokes.mask.shape[0])]
    lines = [letter_boxes(strokes.mask[top:bottom]) for top, bottom in spans]
    heights = [high for line in lines for *_, high in line]
    spread = [baseline_spread(line) for line in lines if len(line) >= LEAST_LETTERS]
    return Script(
        letters=sum(len(line) for line in lines),
        feet=float(np.median(spread)) if spread else 1.0,
        straight=straightness(strokes),
        tall=float(np.percentile(heights, 75)) if heights else 0.0,
    )


def is_typed(
    script: Script, page: Sequence[Script], form: Sequence[Script], rules: HandRules | None = None
) -> bool:
    """Whether the box was typed, seen together with all written boxes of its page and of the whole form.

    rules: those that are loaded, if none are given
    """
    rules = rules or load_thresholds().hands
    strays = median_feet(form)
    if strays is None or strays > rules.level_form or (median_feet(page) or 0.0) > rules.level_page:
        return False
    level = rules.level_square if script.straight >= rules.square else rules.level_box
    if script.letters >= LEAST_LETTERS and script.feet > level:
        return False
    if script.straight >= rules.straight:
        return True
    heights = [item.tall for item in page if item.tall]
    tall = float(np.median(heights)) if heights else 0.0
    alike = bool(tall) and abs(script.tall - tall) <= rules.as_tall * tall
    return script.straight >= rules.round and strays <= rules.level_round and alike


def is_type_throughout(
    written: Sequence[Script], form: Sequence[Script], rules: HandRules | None = None
) -> bool:
    """Whether none of the written boxes is clearly a hand's, and there are enough of them to tell.

    On a bad copy single boxes of type look a little like a hand; hands that look like type do so in one box of four.
    """
    rules = rules or load_thresholds().hands
    strays = median_feet(form)
    if strays is None or strays > rules.level_form:
        return False
    return all(
        script.feet <= rules.level_worn and script.straight >= rules.straight_worn
        for script in written
        if script.letters >= LEAST_LETTERS
    )


def median_feet(scripts: Sequence[Script]) -> float | None:
    """How far letters stray in most boxes; None where too few boxes have letters enough to tell."""
    telling = [item.feet for item in scripts if item.letters >= LEAST_LETTERS]
    return float(np.median(telling)) if len(telling) >= LEAST_BOXES else None


def straightness(strokes: Strokes) -> float:
    """Share of the edges, by strength, that run upright or level."""
    dark = cv2.GaussianBlur(strokes.dark, (0, 0), 1.0).astype(np.float32)
    near = cv2.dilate(strokes.mask, np.ones((5, 5), np.uint8)) > 0
    across, down = abs(cv2.Sobel(dark, cv2.CV_32F, 1, 0)), abs(cv2.Sobel(dark, cv2.CV_32F, 0, 1))
    strength = np.hypot(across, down) * near
    total = float(strength.sum())
    if total <= 0:
        return 0.0
    straight = np.minimum(across, down) < np.tan(np.radians(8)) * np.maximum(across, down)
    return float(strength[straight].sum()) / total


def letter_boxes(mask: np.ndarray) -> list[tuple[int, int, int, int]]:
    """Left, top, width, height of each connected piece that is high enough to be a letter."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(mask))
    return [(int(x), int(y), int(w), int(h)) for x, y, w, h, _ in stats[1:count] if h >= 14]


def baseline_spread(letters: Sequence[tuple[int, int, int, int]]) -> float:
    """How far most letters' feet lie from their common line, which may slope, by the letters' height."""
    feet = np.array([top + height for _, top, _, height in letters], dtype=np.float64)
    middle = np.array([left + width / 2 for left, _, width, _ in letters], dtype=np.float64)
    tall = float(np.median([height for *_, height in letters]))
    order = np.argsort(middle)
    steps = np.diff(middle[order])
    if steps.size and float(np.median(steps)) > 0:
        slope = np.median(np.diff(feet[order])) / float(np.median(steps))
        feet = feet - slope * middle
    return float(np.percentile(abs(feet - np.median(feet)), 60)) / max(tall, 1.0)
