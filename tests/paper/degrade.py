"""What scanners, copiers, fax lines and telephones do to a page, and where each point of it ends up.

Everything comes from a seeded generator: the same page, severity and seed give the same picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import cv2
import numpy as np
from PIL import Image

from tests.paper.geometry import (
    Curl,
    Lie,
    Matrix,
    Picture,
    Points,
    about_centre,
    points_to_pixels,
    resized,
)
from tests.paper.wear import (
    coffee_stain,
    cut_corner,
    faint_toner,
    grain,
    light,
    punch_holes,
    specks,
    streaks,
    threshold,
)


class Severity(IntEnum):
    """CLEAN: flat-bed scan at 300 dpi. COPIER: a copy, a little askew, some upside down.
    BAD_COPY: fax or third-generation copy, black and white only, damaged. PHOTO: a telephone's camera."""

    CLEAN = 0
    COPIER = 1
    BAD_COPY = 2
    PHOTO = 3


@dataclass(frozen=True, slots=True)
class Shot:
    """A page as it arrived, with the truth about it.

    homography: points on the blank to pixels. bend: most pixels by which a curled sheet leaves it (0 if flat)
    turns:      quarters by which the page lies turned left; damage: what was done to it, by name
    """

    image: Image.Image
    homography: Matrix
    bend: float
    turns: int
    dpi: float
    damage: tuple[str, ...]
    lie: Lie

    def where(self, points: Points) -> Points:
        """The pixels where points of the blank (one row each) are to be seen, curl included."""
        return self.lie.where(points)


def degraded(
    page: Image.Image,
    severity: Severity,
    seed: int,
    *,
    dpi: float = 300,
    turns: int | None = None,
    scan_dpi: float | None = None,
    colour: bool = False,
) -> Shot:
    """The page after a scanner or camera. dpi: of `page`.

    turns: force how it lies; scan_dpi: force the resolution of a copy (pages of one job share it); else
    chance decides. colour: CLEAN and COPIER keep the ink's colour, as office scanners set to colour do.
    """
    rng = np.random.default_rng([seed, int(severity), 4711])
    make = {
        Severity.CLEAN: _clean,
        Severity.COPIER: _copier,
        Severity.BAD_COPY: _bad_copy,
        Severity.PHOTO: _photo,
    }[severity]
    picture, lie, resolution, damage = make(page, _Job(dpi, scan_dpi, colour), rng)
    quarters = chance_turns(severity, seed) if turns is None else turns % 4
    lie = lie.turned(quarters)
    homography, bend = lie.homography(page.width * 72 / dpi, page.height * 72 / dpi)
    image = Image.fromarray(np.ascontiguousarray(np.rot90(picture, quarters)))
    if severity is Severity.BAD_COPY:
        image = image.convert("1", dither=Image.Dither.NONE)
    return Shot(image, homography, bend, quarters, resolution, damage, lie)


def chance_turns(severity: Severity, seed: int) -> int:
    """By how many quarters a page was laid turned left: copies now and then upside down, photos any way."""
    chances = {
        Severity.CLEAN: (1.0, 0.0, 0.0, 0.0),
        Severity.COPIER: (0.8, 0.0, 0.2, 0.0),
        Severity.BAD_COPY: (0.7, 0.05, 0.2, 0.05),
        Severity.PHOTO: (0.4, 0.2, 0.2, 0.2),
    }[severity]
    return int(np.random.default_rng([seed, int(severity), 1147]).choice(4, p=chances))


SCAN_DPI = (200.0, 240.0, 300.0)


@dataclass(frozen=True, slots=True)
class _Job:
    """dpi: of the page as printed; scan_dpi: asked of the scanner, None for chance."""

    dpi: float
    scan_dpi: float | None
    colour: bool

    def toned(self, page: Image.Image) -> Picture:
        return np.asarray(page.convert("RGB" if self.colour else "L"))


_Made = tuple[Picture, Lie, float, tuple[str, ...]]


def _scan(page: Picture, dpi: float, out_dpi: float, turn: Matrix, ground: int = 255) -> tuple[Picture, Lie]:
    """A flat page turned by `turn` at its own resolution and then scanned at another, lid of that tone."""
    scale = out_dpi / dpi
    size = round(page.shape[1] * scale), round(page.shape[0] * scale)
    lie = Lie(points_to_pixels(dpi), resized(scale) @ turn, size)
    soft = cv2.GaussianBlur(page, (0, 0), 0.45 / scale) if scale < 0.95 else page
    return lie.picture(np.asarray(soft, np.uint8), (ground,) * 3), lie


def _clean(page: Image.Image, job: _Job, rng: np.random.Generator) -> _Made:
    size = page.size
    turn = about_centre(size, rng.uniform(-0.3, 0.3), 1.0, (rng.uniform(-8, 8), rng.uniform(-8, 8)))
    out = job.scan_dpi or 300.0
    picture, lie = _scan(job.toned(page), job.dpi, out, turn)
    picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.5), np.uint8)
    return grain(picture, 2.5, rng), lie, out, ()


def _copier(page: Image.Image, job: _Job, rng: np.random.Generator) -> _Made:
    out = job.scan_dpi or float(rng.choice(SCAN_DPI))
    turn = about_centre(
        page.size, rng.uniform(-2, 2), rng.uniform(0.97, 1.015), (rng.uniform(-25, 25), rng.uniform(-25, 25))
    )
    picture, lie = _scan(job.toned(page), job.dpi, out, turn)
    picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.5, 0.9)), np.uint8)
    level = picture.astype(np.float32)
    level = 255 - (255 - level) * rng.uniform(0.8, 1.1) - rng.uniform(0, 14)
    picture = grain(level.clip(0, 255).astype(np.uint8), rng.uniform(4, 9), rng)
    return specks(picture, int(rng.integers(20, 120)), rng), lie, out, ("noise",)


def _bad_copy(page: Image.Image, job: _Job, rng: np.random.Generator) -> _Made:
    out = job.scan_dpi or float(rng.choice(SCAN_DPI))
    turn = about_centre(
        page.size, rng.uniform(-5, 5), rng.uniform(0.95, 1.01), (rng.uniform(-30, 30), rng.uniform(-30, 30))
    )
    sheet, done = np.asarray(page.convert("L")), list[str]()
    for name, damage, chance in (
        ("stain", coffee_stain, 0.4),
        ("holes", punch_holes, 0.4),
        ("faint", faint_toner, 0.5),
        ("cut", cut_corner, 0.35),
    ):
        if rng.random() < chance:
            sheet, done = damage(sheet, rng), [*done, name]
    picture, lie = _scan(sheet, job.dpi, out, turn, ground=int(rng.choice([255, 255, 255, 0])))
    picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.5, 0.9)), np.uint8)
    picture = grain(picture, rng.uniform(8, 18), rng)
    if rng.random() < 0.5:
        picture, done = streaks(picture, rng), [*done, "streaks"]
    picture = threshold(picture, rng.uniform(0.5, 0.68))
    picture = specks(picture, int(rng.integers(100, 500)), rng)
    return picture, lie, out, tuple(done)


def _photo(page: Image.Image, job: _Job, rng: np.random.Generator) -> _Made:
    sheet, dpi = np.asarray(page.convert("RGB")), job.dpi
    tall = int(rng.integers(2900, 3700))
    wide = tall * 3 // 4
    share = rng.uniform(0.86, 0.94)
    half_height = tall * share / 2
    half_width = half_height * sheet.shape[1] / sheet.shape[0]
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (half_width, half_height)
    corners = corners * (1 + rng.uniform(-0.06, 0.0, (4, 2)))
    lean = np.radians(rng.uniform(-3, 3))
    turn = np.array([(np.cos(lean), -np.sin(lean)), (np.sin(lean), np.cos(lean))])
    corners = (corners @ turn.T) * min(1.0, wide * 0.485 / half_width) + (wide / 2, tall / 2)
    height, width = sheet.shape[:2]
    edges = np.array([(0, 0), (width - 1, 0), (width - 1, height - 1), (0, height - 1)], np.float32)
    warp = cv2.getPerspectiveTransform(edges, corners.astype(np.float32))
    curl = Curl(
        width,
        height,
        rng.uniform(-28, 28) * dpi / 300,
        rng.uniform(-7, 7) * dpi / 300,
        rng.uniform(-0.3, 0.3),
    )
    lie = Lie(points_to_pixels(dpi), np.asarray(warp, np.float64), (wide, tall), curl)
    soft = np.asarray(cv2.GaussianBlur(sheet, (0, 0), 0.6), np.uint8)
    table = tuple(int(v) for v in rng.integers(40, 150, 3))
    picture = lie.picture(soft, table)
    picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.6, 1.1)), np.uint8)
    picture = grain(light(picture, rng), rng.uniform(2, 6), rng)
    long_edge = float(np.linalg.norm(corners[3] - corners[0]))
    return picture, lie, long_edge / (height / dpi), ("perspective", "curl", "shadow")
