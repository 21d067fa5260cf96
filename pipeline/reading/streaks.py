"""Lines that a dirty scanner draws down a whole page, taken away before anything is read.

Dirt on the glass stands still while the paper moves, so its line is straight, runs along the edge of the picture
and does not end with a box. A line that somebody drew does none of these for long, and stays.
"""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.reading.pictures import Grey, Matrix

INKED: Final = 0.35  # of the page's ink level
PRINTED: Final = 40  # darkness of the blank that counts as print
LONG: Final = 0.5  # share of the bare rows of a column that a streak inks; lines of text ink a fifth
BARE: Final = 0.4  # share of a column that must be free of print, to judge it
WIDEST: Final = 5  # columns at LOOK_DPI, 0.03 in: a broader band is a shadow or the paper's edge
MOST: Final = 8  # streaks: more are a picture or a dark page, not dirt


def slant_of(transform: Matrix, size: tuple[float, float]) -> float:
    """How far the picture's own vertical (or horizontal, if it lies sideways) leans on the blank: across for each
    step down."""
    back = np.linalg.inv(transform)
    width, height = size
    middle: Any = cv2.perspectiveTransform(np.array([[[width / 2, height / 2]]], np.float64), transform)[0, 0]
    steps = middle + np.array([[(0, 0), (0, 200), (200, 0)]], np.float64)
    here, down, along = cv2.perspectiveTransform(steps, back)[0]
    step = max((down - here, along - here), key=lambda each: abs(float(each[1])))
    return float(step[0] / step[1])


def streaks_on(look: Grey, blank: Grey, level: float, slant: float) -> npt.NDArray[np.uint8]:
    """1 where a streak runs, else 0. look, blank: darkness of page and blank at LOOK_DPI."""
    bare = (cv2.dilate(blank, np.ones((5, 5), np.uint8)) < PRINTED).astype(np.uint8)
    inked = (look > max(INKED * level, 24.0)).astype(np.uint8) & bare
    height, width = look.shape
    upright = np.array([[1.0, -slant, slant * height / 2], [0.0, 1.0, 0.0]])
    nearest = cv2.INTER_NEAREST
    straight_ink = cv2.warpAffine(inked, upright, (width, height), flags=nearest)
    straight_bare = cv2.warpAffine(bare, upright, (width, height), flags=nearest)
    wandering = cv2.dilate(straight_ink, np.ones((1, 3), np.uint8)) & straight_bare
    ink, room = wandering.sum(axis=0, dtype=np.int64), straight_bare.sum(axis=0, dtype=np.int64)
    dark = (ink >= LONG * np.maximum(room, 1)) & (room >= BARE * height)
    found = np.zeros((height, width), np.uint8)
    runs = column_runs(dark)
    if len(runs) > MOST:
        return found
    for left, right in runs:
        if right - left <= WIDEST:
            rows = np.flatnonzero(wandering[:, left:right].any(axis=1))
            found[rows[0] : rows[-1] + 1, left:right] = 1
    leaning: Any = cv2.warpAffine(found, upright, (width, height), flags=nearest | cv2.WARP_INVERSE_MAP)
    return np.asarray(leaning, np.uint8)


def column_runs(dark: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Left and right (exclusive) of each run of columns."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], dark, [False]]).astype(np.int8)))
    return [(int(left), int(right)) for left, right in zip(edges[::2], edges[1::2], strict=True)]


def enlarged(streaks: npt.NDArray[np.uint8], shape: tuple[int, ...]) -> npt.NDArray[np.uint8]:
    """The streaks at another resolution, a pixel wider on both sides. shape: rows and columns."""
    where: Any = cv2.resize(streaks, (shape[1], shape[0]), interpolation=cv2.INTER_NEAREST)
    return np.asarray(cv2.dilate(where, np.ones((1, 3), np.uint8)), np.uint8)


def without_streaks(dark: Grey, printed: Grey, streaks: npt.NDArray[np.uint8]) -> Grey:
    """The page's darkness without its streaks; writing that they cross is closed again over their width.

    Where the blank prints, the page stays as it is. streaks: 1 where one runs, of the same shape
    """
    if not streaks.any():
        return dark
    where = (streaks > 0) & (printed < PRINTED)
    wiped = np.where(where, 0, dark).astype(np.uint8)
    closed: Any = cv2.morphologyEx(wiped, cv2.MORPH_CLOSE, np.ones((1, 15), np.uint8))
    result: Grey = np.where(where, np.minimum(closed, dark), dark).astype(np.uint8)
    return result
