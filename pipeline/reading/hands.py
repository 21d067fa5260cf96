"""Whether ink was written by hand. When unsure, it was: the callers trust handwriting less.

Type stands on one line and its strokes run straight up and across; a hand does neither for long.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.reading.ink import Strokes

TYPED_EDGES: Final = 0.52  # share of edge that runs within 8 degrees of upright or level
TYPED_BASELINE: Final = 0.06  # spread of the letters' feet, as a share of their height
LEAST_LETTERS: Final = 3


def looks_handwritten(strokes: Strokes) -> bool:
    """True unless both the strokes' directions and the letters' feet look typed."""
    edges, feet, letters = straightness(strokes), baseline_spread(strokes), 0
    letters = len(letter_boxes(strokes))
    if letters < LEAST_LETTERS:
        return True
    return not (edges >= TYPED_EDGES and feet <= TYPED_BASELINE)


def straightness(strokes: Strokes) -> float:
    """Share of the edges, by strength, that run upright or level."""
    dark = cv2.GaussianBlur(strokes.dark, (0, 0), 1.0).astype(np.float32)
    near = cv2.dilate(strokes.mask, np.ones((5, 5), np.uint8)) > 0
    across, down = cv2.Sobel(dark, cv2.CV_32F, 1, 0), cv2.Sobel(dark, cv2.CV_32F, 0, 1)
    strength = np.hypot(across, down) * near
    total = float(strength.sum())
    if total <= 0:
        return 0.0
    straight = np.minimum(abs(across), abs(down)) < np.tan(np.radians(8)) * np.maximum(abs(across), abs(down))
    return float(strength[straight].sum()) / total


def letter_boxes(strokes: Strokes) -> list[tuple[int, int, int, int]]:
    """Left, top, width, height of each connected piece that is high enough to be a letter."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(strokes.mask)
    return [(int(x), int(y), int(w), int(h)) for x, y, w, h, _ in stats[1:count] if h >= 14]


def baseline_spread(strokes: Strokes) -> float:
    """Median distance of the letters' feet from their common line, as a share of the letters' height."""
    letters = letter_boxes(strokes)
    if len(letters) < LEAST_LETTERS:
        return 1.0
    feet = np.array([top + height for _, top, _, height in letters], dtype=np.float64)
    middle = np.array([left + width / 2 for left, _, width, _ in letters], dtype=np.float64)
    tall = float(np.median([height for *_, height in letters]))
    if np.ptp(middle) > 0:
        slope = np.median(np.diff(feet[np.argsort(middle)])) / max(
            1.0, float(np.median(np.diff(np.sort(middle))))
        )
        feet = feet - slope * middle
    return float(np.percentile(abs(feet - np.median(feet)), 60)) / max(tall, 1.0)
