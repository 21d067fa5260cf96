"""Whether a page that was recognised can be read at all, and what is wrong with it where it cannot.

Two looks. Before reading: how many dots there are to an inch of the paper, whatever the file says of itself; how
crisp the blank's own print is; whether other papers lie in the picture. After reading: how many boxes are hidden
or in doubt. A page is given back as a whole rather than asked about box by box where a new scan is less work.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model import Box, Decision, Method, Reading, Reason
from pipeline.reading.blanks import TILE, BlankPage
from pipeline.reading.laid import inside_picture
from pipeline.reading.pictures import LOOK, LOOK_DPI, Grey, Matrix, darkness, shrunk, warped
from pipeline.reading.register import TILE_MATCH, Fit, fit_of_laid, ink_level

# Source: 48 pages of two forms (development half; clean, copier, bad copy, photo) are .59 as crisp as the blank or more
# in every direction, at most .011 of their bare ground is dark, and they have 190 dots to the inch or more. A page
# blurred by 2 pixels at 300 dpi (.44) is read like a sharp one; by 3, or shaken by 9 (.32), words were misread. Of
# photos of a screen .09 to .35 of the ground is dark. With 110 dots figures are read, but nothing tells a wrong one.
LEAST_DOTS: Final = 120  # to the inch of the paper
LEAST_CRISP: Final = 0.4
MOST_GRAIN: Final = 0.05
# Source: 28 pages of two forms have at most .034 of such tiles, six under a note, with a folded corner or slid away
# at most .08, eight with a fold at least .14. A fold as high as a row of a table moved its ticks up by one row.
STRANGE_SHARE: Final = 0.11
# Source: the same pages: none has a quarter of its boxes hidden but one photo of a sheet so curled that half its boxes
# were not found. In doubt are at most a third of a page's boxes.
HIDDEN_SHARE: Final = 0.25
DOUBTFUL_MARKS: Final = 0.5
DOUBTFUL_SHARE: Final = 0.8
FEW_BOXES: Final = 8  # of fewer boxes a share says little
WHOLE: Final = 0.93  # of the paper: half an inch off its long side is less
AROUND_BOX: Final = 6.0  # points to which writing reaches beyond its box
EDGE: Final = 28.8  # points: the lid and the table show at the edges of a page
ENOUGH_GROUND: Final = 2_000  # pixels at LOOK_DPI
BLACK: Final = 80  # the brightest of a picture without light; paper in a dim photo is brighter
# Other papers: half inches beside the page with so many letters, as bright as its own paper. A fax's own line lies in
# one row of them; the grain of a dark table looked like letters before brightness was asked for.
LIKE_PAPER: Final = 0.8
LETTERS_A_CELL: Final = 3
LEAST_CELLS: Final = 14
FAINT: Final = 28  # darkness below which print cannot be read; what shines through from a back is lighter
FAINT_LETTERS: Final = 150
_MARKS: Final = frozenset({"on", "off", "doubtful", "present", "absent"})


def flaw_of(picture: Grey, transform: Matrix, blank: BlankPage, boxes: Sequence[Box]) -> Reason | None:
    """Why a page that lies so cannot be read; None where it can. transform: blank points to pixels.

    boxes: where people write, in points
    """
    if dots_per_inch(transform, blank.size) < LEAST_DOTS:
        return Reason.TOO_FEW_DOTS
    laid = darkness(warped(picture, transform, blank.size, LOOK), LOOK_DPI)
    fit = fit_of_laid(laid, blank)
    if crispness(laid, fit, blank) < LEAST_CRISP:
        return Reason.BLURRED
    if strange_share(laid, fit, blank) > STRANGE_SHARE:
        return Reason.MISPLACED_PAGE
    seen = inside_picture(picture, transform, blank.size)
    if grain(laid, seen, blank, boxes) > MOST_GRAIN:
        return Reason.POOR_SCAN
    if has_other_papers(picture, transform, blank.size):
        return Reason.SEVERAL_PAPERS
    return None


def dots_per_inch(transform: Matrix, size: tuple[float, float]) -> float:
    """Pixels to an inch of the paper in its middle, across or down, whichever are fewer."""
    x, y = size[0] / 2, size[1] / 2
    ends = np.array([[x - 36, y], [x + 36, y], [x, y - 36], [x, y + 36]])
    seen = moved(transform, ends)
    return float(min(np.hypot(*(seen[1] - seen[0])), np.hypot(*(seen[3] - seen[2]))))


def moved(transform: Matrix, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Points, one row each, sent through the matrix."""
    onto = np.c_[points, np.ones(len(points))] @ transform.T
    result: npt.NDArray[np.float64] = onto[:, :2] / onto[:, 2:]
    return result


def is_cut_off(picture: Grey, transform: Matrix, size: tuple[float, float]) -> bool:
    """Whether a strip of the paper, wider than the margin of a form, lies outside the picture."""
    across, down = np.meshgrid(np.linspace(0, size[0], 35), np.linspace(0, size[1], 45))
    seen = moved(transform, np.c_[across.ravel(), down.ravel()])
    height, width = picture.shape
    inside = (seen[:, 0] >= 0) & (seen[:, 0] < width) & (seen[:, 1] >= 0) & (seen[:, 1] < height)
    return float(inside.mean()) < WHOLE


def strange_share(laid: Grey, fit: Fit, blank: BlankPage) -> float:
    """The share of the blank's tiles in whose place something else is printed, as below a fold that swallowed a strip.

    Where nothing is printed at all, a page is only cut off or covered: its boxes are asked about one by one.
    """
    level = ink_level(laid, blank.look)
    strange = sum(
        match <= TILE_MATCH
        and share_inked(laid[top : top + TILE, left : left + TILE], 0.4 * level)
        > 0.4 * share_inked(blank.look[top : top + TILE, left : left + TILE], 90)
        for (left, top), match in zip(blank.tiles, fit.matches, strict=True)
    )
    return float(strange) / max(1, len(fit.matches))


def share_inked(tile: Grey, threshold: float) -> float:
    return float((tile > threshold).mean())


def crispness(laid: Grey, fit: Fit, blank: BlankPage) -> float:
    """How steep the edges of the blank's print are here, as a share of how steep they are on the blank: about 1.

    In the direction in which they are least so: a page that was moved while it was taken is sharp across it. Measured
    against the darkness of the print: a faint page is not a blurred one.
    """
    alike = [place for place, match in zip(blank.tiles, fit.matches, strict=True) if match > TILE_MATCH]
    known = steepness(blank.look, alike)
    clear = known.min(axis=1, initial=np.inf) > 0
    if not clear.any():
        return 1.0
    least = float(np.median(steepness(laid, alike)[clear] / known[clear], axis=0).min())
    return least * ink_level(blank.look, blank.look) / ink_level(laid, blank.look)


def steepness(page: Grey, tiles: Sequence[tuple[int, int]]) -> npt.NDArray[np.float64]:
    """The steep end of the edges in each of these tiles of a page, one row each, for each of four directions."""
    if not tiles:
        return np.zeros((0, 4))
    pieces = [page[top : top + TILE, left : left + TILE] for left, top in tiles]
    across = np.stack([cv2.Sobel(piece, cv2.CV_32F, 1, 0) for piece in pieces])
    down = np.stack([cv2.Sobel(piece, cv2.CV_32F, 0, 1) for piece in pieces])
    slanted = (across, (across + down) / np.sqrt(2), down, (down - across) / np.sqrt(2))
    return np.stack([np.percentile(np.abs(edges), 97, axis=(1, 2)) for edges in slanted], axis=1)


def grain(laid: Grey, seen: Grey, blank: BlankPage, boxes: Sequence[Box]) -> float:
    """The share of the bare ground that is dark, where the blank prints nothing and nobody writes: of a screen's rows
    and of moire there is much, of a dirty copy little. seen: 1 where the picture shows the page, a point a pixel."""
    height, width = laid.shape
    shown: Any = cv2.resize(cv2.erode(seen, np.ones((9, 9), np.uint8)), (width, height))
    bare = (cv2.dilate(blank.look, np.ones((25, 25), np.uint8)) < 30) & (shown > 0)
    for box in boxes:
        rows = slice(max(int((box.top - AROUND_BOX) * LOOK), 0), int((box.bottom + AROUND_BOX) * LOOK))
        bare[rows, max(int((box.x0 - AROUND_BOX) * LOOK), 0) : int((box.x1 + AROUND_BOX) * LOOK)] = False
    rim = round(EDGE * LOOK)
    inner = bare[rim:-rim, rim:-rim]
    if int(np.count_nonzero(inner)) < ENOUGH_GROUND:
        return 0.0
    return float((laid[rim:-rim, rim:-rim][inner] > 0.3 * ink_level(laid, blank.look)).mean())


def has_other_papers(picture: Grey, transform: Matrix, size: tuple[float, float]) -> bool:
    """Whether so much is written outside the page that it must be another paper in the same picture."""
    small, factor = shrunk(picture, 1400)
    dots = dots_per_inch(transform, size) * factor
    mask = letters(darkness(small, dots), dots)
    width, height = size
    around = 9.0  # points: print of the page itself, and its edge
    corners = np.array(
        [
            [-around, -around],
            [width + around, -around],
            [width + around, height + around],
            [-around, height + around],
        ]
    )
    outline = (moved(transform, corners) * factor).round().astype(np.int32)
    outside = np.ones(small.shape, np.uint8)
    cv2.fillConvexPoly(outside, outline, 0)
    at = mask.astype(int)
    white = paper(small, dots)
    sheet = float(np.median(white[outside == 0])) if (outside == 0).any() else 255.0
    beside = (outside[at[:, 1], at[:, 0]] > 0) & (white[at[:, 1], at[:, 0]] > LIKE_PAPER * sheet)
    places = mask[beside]
    cells, counts = np.unique((places / (dots / 2)).astype(int), axis=0, return_counts=True)
    full = cells[counts >= LETTERS_A_CELL]
    if len(full) < LEAST_CELLS:
        return False
    return len(np.unique(full[:, 0])) >= 3 and len(np.unique(full[:, 1])) >= 3


def paper(picture: Grey, dots: float) -> Grey:
    """The brightest shade within a sixth of an inch of each place: a table is darker than paper."""
    reach = max(3, round(dots / 6) | 1)
    bright: Grey = cv2.dilate(cv2.medianBlur(picture, 5), np.ones((reach, reach), np.uint8))
    return bright


def letters(dark: Grey, dots: float, threshold: float = 90.0) -> npt.NDArray[np.float64]:
    """Centres (x, y) of the marks that have the size of letters. dots: to the inch."""
    mask = (dark > threshold).astype(np.uint8)
    count, _, stats, centres = cv2.connectedComponentsWithStats(mask)
    point = dots / 72
    wide, tall = stats[:, cv2.CC_STAT_WIDTH] / point, stats[:, cv2.CC_STAT_HEIGHT] / point
    like = (tall > 3) & (tall < 16) & (wide > 1) & (wide < 22) & (np.arange(count) > 0)
    found: npt.NDArray[np.float64] = np.asarray(centres[like], np.float64)
    return found


def is_blank(picture: Grey, dpi: float) -> bool:
    """Whether nothing is on the page: no ink beyond specks, edges and punch holes left out."""
    small, factor = shrunk(picture, 1100)
    dark = darkness(small, dpi * factor)
    edge = round(0.05 * max(small.shape))
    inside = cv2.medianBlur(dark, 3)[edge:-edge, edge:-edge]
    return float((inside > 70).mean()) < 0.0006


def look_of_empty(picture: Grey, dpi: float) -> Reason:
    """What a picture is on which nothing stands out: black, print far too faint, or truly a blank page."""
    if is_black(picture):
        return Reason.BLACK_PAGE
    return Reason.UNREADABLE_PAGE if has_faint_print(picture, dpi) else Reason.BLANK_PAGE


def is_black(picture: Grey) -> bool:
    """Whether hardly any light fell on the picture."""
    return float(np.percentile(picture[::4, ::4], 99)) < BLACK


def has_faint_print(picture: Grey, dpi: float) -> bool:
    """Whether a page that looks empty holds print, only far too faint."""
    small, factor = shrunk(picture, 1400)
    return len(letters(darkness(small, dpi * factor), dpi * factor, FAINT)) >= FAINT_LETTERS


def flaw_in(readings: Sequence[Reading]) -> Reason | None:
    """Why the boxes of one page, as they were read, speak against the whole page; None where they do not.

    Only boxes that were read from its picture speak.
    """
    readings = [reading for reading in readings if reading.method in (Method.INK, Method.RECOGNISED)]
    if len(readings) < FEW_BOXES:
        return None
    hidden = sum(reading.reason is Reason.BOX_HIDDEN for reading in readings)
    if hidden > HIDDEN_SHARE * len(readings):
        return Reason.MISPLACED_PAGE
    # A hand that is hard to read is no bad scan: whether a box is ticked does not depend on the hand.
    marks = [reading for reading in readings if reading.text in _MARKS]
    if len(marks) >= FEW_BOXES:
        return Reason.POOR_SCAN if share_asked(marks) > DOUBTFUL_MARKS else None
    return Reason.POOR_SCAN if share_asked(readings) > DOUBTFUL_SHARE else None


def share_asked(readings: Sequence[Reading]) -> float:
    """The share of boxes in doubt, those left out that no reader was there for."""
    asked = sum(
        reading.decision is Decision.ASK and reading.reason is not Reason.NO_MODEL for reading in readings
    )
    return asked / len(readings)
