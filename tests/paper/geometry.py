"""How a sheet lay when it was scanned or photographed: from points on the blank to pixels of the picture.

Matrices are 3x3 and act on columns (x, y, 1). Pixel (0, 0) is the centre of the top left pixel, as in
OpenCV; a point of the blank is 1/72 inch, origin at the top left.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Points = NDArray[np.float64]
Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Curl:
    """How a sheet bends: shifts in flat pixels that grow and fade over its width and height.

    rise: up and down along the width; squeeze: sideways along the width; phase: where the fold lies
    """

    width: float
    height: float
    rise: float
    squeeze: float
    phase: float

    def shift(self, points: NDArray[np.floating]) -> NDArray[np.floating]:
        """What to add to a position in the bent picture to get the position on the flat sheet."""
        across, down = points[..., 0] / self.width, points[..., 1] / self.height
        swell = np.sin(np.pi * (across + self.phase)) * (1 - 0.5 * down)
        return np.stack([self.squeeze * np.sin(2 * np.pi * across), self.rise * swell], axis=-1)


@dataclass(frozen=True, slots=True)
class Lie:
    """Where the flat sheet's pixels go. flat: points of the blank to pixels of the printed page."""

    flat: Matrix
    warp: Matrix
    size: tuple[int, int]
    curl: Curl | None = None

    def where(self, points: Points) -> Points:
        """The true pixels, curl and all, of points on the blank, one row each."""
        flat = moved(self.flat, points)
        bent = flat
        if self.curl is not None:
            for _ in range(20):
                bent = np.asarray(flat - self.curl.shift(bent), np.float64)
        return moved(self.warp, bent)

    def homography(self, width: float, height: float) -> tuple[Matrix, float]:
        """The best single matrix from points to pixels, and its worst error on a page of that size."""
        if self.curl is None:
            return normal(self.warp @ self.flat), 0.0
        x, y = np.meshgrid(np.linspace(0, width, 18), np.linspace(0, height, 22))
        points = np.stack([x.ravel(), y.ravel()], axis=1)
        true = self.where(points)
        matrix, _ = cv2.findHomography(points, true, 0)
        fitted = normal(np.asarray(matrix, np.float64))
        return fitted, float(np.linalg.norm(moved(fitted, points) - true, axis=1).max())

    def picture(self, page: Picture, ground: tuple[int, ...]) -> Picture:
        """The page as it then looks, on a ground of that colour."""
        width, height = self.size
        if self.curl is None:
            out = cv2.warpPerspective(
                page,
                self.warp,
                self.size,
                flags=cv2.INTER_AREA,
                borderMode=cv2.BORDER_CONSTANT,
                borderValue=ground,
            )
            return np.asarray(out, np.uint8)
        back = self._back(width, height)
        out = cv2.remap(
            page,
            back[..., 0],
            back[..., 1],
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=ground,
        )
        return np.asarray(out, np.uint8)

    def _back(self, width: int, height: int) -> NDArray[np.float32]:
        """For each pixel of the picture the position on the flat sheet. In single precision: it is large."""
        (a, b, c), (d, e, f), (g, h, i) = np.linalg.inv(self.warp).astype(np.float32)
        x, y = np.arange(width, dtype=np.float32)[None, :], np.arange(height, dtype=np.float32)[:, None]
        depth = g * x + h * y + i
        back = np.stack([(a * x + b * y + c) / depth, (d * x + e * y + f) / depth], axis=-1)
        if self.curl is not None:
            back += self.curl.shift(back)
        return back.astype(np.float32)

    def turned(self, quarters: int) -> Lie:
        """The same after the picture was turned left by so many quarters, as `np.rot90` turns it."""
        width, height = self.size
        turns = {
            0: np.eye(3),
            1: np.array([(0, 1, 0), (-1, 0, width - 1), (0, 0, 1)]),
            2: np.array([(-1, 0, width - 1), (0, -1, height - 1), (0, 0, 1)]),
            3: np.array([(0, -1, height - 1), (1, 0, 0), (0, 0, 1)]),
        }
        quarters %= 4
        size = (height, width) if quarters % 2 else (width, height)
        return Lie(self.flat, np.asarray(turns[quarters] @ self.warp, np.float64), size, self.curl)


def moved(matrix: Matrix, points: Points) -> Points:
    """Points, one row each, sent through a matrix."""
    ahead = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(ahead[:, :2] / ahead[:, 2:])


def normal(matrix: Matrix) -> Matrix:
    return np.asarray(matrix / matrix[2, 2], np.float64)


def points_to_pixels(dpi: float) -> Matrix:
    """From points to pixels of a page rendered at `dpi`; pixel centres lie half a pixel in."""
    scale = dpi / 72
    return np.array([(scale, 0, -0.5), (0, scale, -0.5), (0, 0, 1.0)])


def about_centre(size: tuple[int, int], degrees: float, scale: float, shift: tuple[float, float]) -> Matrix:
    """Turn left by degrees and scale about the centre of a picture, then shift by pixels."""
    turn = np.eye(3)
    turn[:2] = cv2.getRotationMatrix2D(((size[0] - 1) / 2, (size[1] - 1) / 2), degrees, scale)
    turn[:2, 2] += shift
    return turn


def resized(scale: float) -> Matrix:
    """From pixels of one resolution to another, pixel centres kept."""
    return np.array([(scale, 0, scale / 2 - 0.5), (0, scale, scale / 2 - 0.5), (0, 0, 1.0)])
