"""Where a page's blank lies in its picture, and how sure that is.

A pose is believed only when the blank's print is found again where the pose says: two markers or many
matching features can look convincing and be a centimetre off.

Source of the gates: 41 pages of 6 public forms degraded by copier, fax and camera: true pages found
at least .67 of the print and a median tile match of .87, strange forms at most .56 and .19.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.reading.blanks import FEATURE_SIDE, TILE, BlankPage, Features, features_of
from pipeline.reading.pictures import LOOK, Grey, Matrix, darkness, shrunk, warped

PRINT_FOUND: Final = 0.6
TILE_MATCH: Final = 0.5
MARKER_POINTS: Final = 21.6  # 0.3 in
MARKER_INSET: Final = 43.2  # 0.6 in
MARKER_SIDE: Final = 1_600  # pixels; markers are found as well as on the full picture, four times faster
LEAST_MARKERS: Final = 3  # a pose from two was 36 px off
LEAST_INLIERS: Final = 18
NEAREST: Final = 5  # tiles that say how the page lies at a place
SEARCH: Final = 12  # pixels at LOOK_DPI a tile may be off: 2 mm


@dataclass(frozen=True, slots=True)
class Pose:
    """A transform from blank points to picture pixels, and what spoke for it."""

    transform: Matrix
    support: int


@dataclass(frozen=True, slots=True)
class Fit:
    """How well the blank is found again.

    found:   share of the blank's print that is there
    match:   median tile correlation
    centres: centres in blank points of the tiles that matched; shifts: how far each lies off, in points
    places: centres of all tiles; matches: the correlation of each
    """

    found: float
    match: float
    centres: npt.NDArray[np.float64]
    shifts: npt.NDArray[np.float64]
    places: npt.NDArray[np.float64]
    matches: npt.NDArray[np.float64]

    @property
    def holds(self) -> bool:
        return self.found >= PRINT_FOUND and self.match >= TILE_MATCH

    @property
    def quality(self) -> float:
        return round(max(0.0, min(self.found, 1.0)), 3)

    def match_at(self, x: float, y: float) -> float:
        """How well the blank is found again around this place: median correlation of the nearest tiles."""
        if len(self.places) == 0:
            return 1.0
        away = np.hypot(self.places[:, 0] - x, self.places[:, 1] - y)
        return float(np.median(self.matches[np.argsort(away)[:NEAREST]]))

    def shift_at(self, x: float, y: float) -> tuple[float, float]:
        """How far print near this place of the blank lies off, in points: median of the nearest tiles."""
        if len(self.centres) == 0:
            return 0.0, 0.0
        away = np.hypot(self.centres[:, 0] - x, self.centres[:, 1] - y)
        nearest = np.argsort(away)[:NEAREST]
        across, down = np.median(self.shifts[nearest], axis=0)
        return float(across), float(down)


def marker_pose(picture: Grey, size: tuple[float, float]) -> Pose | None:
    """The pose by the corner markers of a generated blank; None with fewer than three of them."""
    small, factor = shrunk(picture, MARKER_SIDE)
    words = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    detector = cv2.aruco.ArucoDetector(words, cv2.aruco.DetectorParameters())
    corners, ids, _ = detector.detectMarkers(small)
    if ids is None:
        return None
    width, height = size
    far_x, far_y = width - MARKER_INSET - MARKER_POINTS, height - MARKER_INSET - MARKER_POINTS
    places = {
        0: (MARKER_INSET, MARKER_INSET),
        1: (far_x, MARKER_INSET),
        2: (far_x, far_y),
        3: (MARKER_INSET, far_y),
    }
    onto: list[Any] = []
    seen: list[Any] = []
    for found, number in zip(corners, ids.ravel(), strict=True):
        if int(number) in places:
            left, top = places.pop(int(number))
            square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=np.float64) * MARKER_POINTS
            onto.append(square + np.array([left, top]))
            seen.append(found.reshape(4, 2) / factor)
    if len(onto) < LEAST_MARKERS:
        return None
    transform, _ = cv2.findHomography(np.concatenate(onto), np.concatenate(seen), 0)
    if transform is None or not is_sane(transform, size, picture.shape):
        return None
    return Pose(np.asarray(transform, dtype=np.float64), len(onto))


def page_features(picture: Grey, dpi: float) -> Features:
    """Features of a page's picture, in its pixels."""
    even = cv2.bitwise_not(darkness(picture, dpi))
    small, factor = shrunk(np.asarray(even, dtype=np.uint8), FEATURE_SIDE)
    found = features_of(small)
    return Features(found.places / factor, found.marks)


def feature_pose(page: Features, blank: BlankPage, shape: tuple[int, ...]) -> Pose | None:
    """The pose under which most features of the blank are found on the page; None where too few are."""
    known = blank.features
    if len(page.places) < LEAST_INLIERS or len(known.places) < LEAST_INLIERS:
        return None
    best, second = nearest_two(known.marks, page.marks)
    close = best[1] < 0.8 * second
    if int(close.sum()) < LEAST_INLIERS:
        return None
    onto, seen = known.places[close], page.places[best[0][close].astype(int)]
    cv2.setRNGSeed(7)  # the same page must always be read the same way
    transform, inliers = cv2.findHomography(onto, seen, cv2.USAC_MAGSAC, 4.0, maxIters=3000, confidence=0.999)
    if transform is None or int(inliers.sum()) < LEAST_INLIERS or not is_sane(transform, blank.size, shape):
        return None
    return Pose(np.asarray(transform, dtype=np.float64), int(inliers.sum()))


def nearest_two(
    wanted: npt.NDArray[np.float32], among: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """For each wanted descriptor (index, distance) of the nearest, and the distance of the second."""
    products = wanted @ among.T
    first = products.argmax(axis=1)
    rows = np.arange(len(wanted))
    best = products[rows, first].copy()
    products[rows, first] = -1
    second = products.max(axis=1)
    distance = np.sqrt(np.maximum(0, 2 - 2 * best))
    return np.stack([first.astype(np.float32), distance]), np.sqrt(np.maximum(0, 2 - 2 * second))


def is_sane(transform: Any, size: tuple[float, float], shape: tuple[int, ...]) -> bool:
    """Whether a sheet of paper can lie so: convex, not mirrored, most of it inside the picture, not tiny."""
    width, height = size
    edges = np.array([[[0, 0], [width, 0], [width, height], [0, height]]], dtype=np.float64)
    if not np.all(np.isfinite(transform)):
        return False
    corners: Any = cv2.perspectiveTransform(edges, np.asarray(transform, dtype=np.float64))[0]
    along = np.roll(corners, -1, 0) - corners
    onward = np.roll(along, -1, 0)
    if not np.all(along[:, 0] * onward[:, 1] - along[:, 1] * onward[:, 0] > 0):
        return False
    area = float(cv2.contourArea(corners.astype(np.float32)))
    sheet = float(shape[0] * shape[1])
    sides = np.hypot(along[:, 0], along[:, 1])
    opposite = max(sides[0] / sides[2], sides[2] / sides[0], sides[1] / sides[3], sides[3] / sides[1])
    return 0.15 * sheet < area < 2.5 * sheet and float(opposite) < 1.8


def fit_of(picture: Grey, transform: Matrix, blank: BlankPage) -> Fit:
    """How much of the blank is found again under this pose, tile by tile, with each tile's own shift."""
    laid = darkness(warped(picture, transform, blank.size, LOOK), LOOK * 72)
    return fit_of_laid(laid, blank)


def fit_of_laid(laid: Grey, blank: BlankPage) -> Fit:
    look = blank.look
    around = cv2.copyMakeBorder(laid, SEARCH, SEARCH, SEARCH, SEARCH, cv2.BORDER_CONSTANT, value=0)
    matches, places, shifts, centres = [], [], [], []
    wanted = found = 0.0
    level = ink_level(laid, look)
    for left, top in blank.tiles:
        tile = look[top : top + TILE, left : left + TILE]
        place = around[top : top + TILE + 2 * SEARCH, left : left + TILE + 2 * SEARCH]
        if place.shape != (TILE + 2 * SEARCH, TILE + 2 * SEARCH):
            continue
        scores = cv2.matchTemplate(place, tile, cv2.TM_CCOEFF_NORMED)
        _, best, _, (across, down) = cv2.minMaxLoc(scores)
        there = place[down : down + TILE, across : across + TILE]
        ink = tile > 90
        wanted += float(ink.sum())
        found += float((cv2.dilate(there, np.ones((3, 3), np.uint8))[ink] > 0.4 * level).sum())
        matches.append(best)
        places.append((left + TILE / 2, top + TILE / 2))
        if best > TILE_MATCH:
            shifts.append((across - SEARCH, down - SEARCH))
            centres.append((left + TILE / 2, top + TILE / 2))
    return Fit(
        found=found / wanted if wanted else 0.0,
        match=float(np.median(matches)) if matches else 0.0,
        centres=np.array(centres, dtype=np.float64).reshape(-1, 2) / LOOK,
        shifts=np.array(shifts, dtype=np.float64).reshape(-1, 2) / LOOK,
        places=np.array(places, dtype=np.float64).reshape(-1, 2) / LOOK,
        matches=np.array(matches, dtype=np.float64),
    )


def ink_level(laid: Grey, look: Grey) -> float:
    """How dark this page's own print is, 0 to 255: the yardstick for all ink on it."""
    print_there = cv2.dilate(laid, np.ones((5, 5), np.uint8))[look > 150]
    if print_there.size < 50:
        return 200.0
    return float(np.clip(np.percentile(print_there, 60), 40, 255))
