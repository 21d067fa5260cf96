"""What a hand or a typewriter left in a box: the print of the blank taken away, specks not counted.

Ink is measured against the page's own print. A fixed threshold called thin grey print blank and lost a
whole page of typed values; so a box is blank only when a second look at half the threshold is empty too.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.reading.laid import Cut
from pipeline.reading.pictures import Grey

PRINT: Final = 50  # darkness of the blank above which a place is print
FIRST_LOOK: Final = 0.45  # of the page's ink level
SECOND_LOOK: Final = 0.22
SPECK: Final = 20  # pixels at 300 dpi: smaller marks are noise; the dot of an i has forty
FADED_SPECK: Final = 4  # where print is broken up, strokes are too
FADED_INK: Final = 40
NEAR_DOTS: Final = 13
MANY_DOTS: Final = 6
STREAK_BEYOND: Final = (
    24  # pixels beyond a box's edge through which a streak runs on; boxes stand further apart
)
STREAK_SHARE: Final = 0.6  # of the rows of a column
LETTER: Final = 18  # pixels: lower case of 8 points is 20 high
POINT: Final = 8  # a decimal point on a fax has hardly more; beside figures it must not be taken for dirt
DUST: Final = 0.42  # of a letter's height
LEAST_INK: Final = 90  # a decimal point or a short dash has a hundred
THIN_STROKE: Final = 45  # pixels of ink: a 1 of a thin pen on a fax has sixty
MOST_DIRT: Final = 350
EDGE_THICK: Final = 4  # pixels: what is left of a printed line after it was wiped
EDGE_LONG: Final = 4  # times as long as thick


class Filling(StrEnum):
    """Whether something stands in a box."""

    BLANK = "blank"
    FAINT = "faint"
    BROKEN = "broken"
    WRITTEN = "written"


@dataclass(frozen=True, slots=True)
class Strokes:
    """Ink in a box without the blank's print; `dark` is the darkness, `mask` what counts as ink."""

    dark: Grey
    mask: npt.NDArray[np.uint8]
    filling: Filling


def strokes_in(cut: Cut, reach: int = 0) -> Strokes:
    """The ink inside the box; `reach` pixels beyond its edges are looked at too."""
    left, top, right, bottom = cut.inside
    rows = slice(max(top - reach, 0), bottom + reach)
    columns = slice(max(left - reach, 0), right + reach)
    # print is wiped before the box is cut out: a line just outside it reaches in by a pixel
    clean = without_lines(without_print(cut.dark, cut.printed, cut.level)[rows, columns])
    beside = beside_print(cut.printed)[rows, columns]
    speck, least = (FADED_SPECK, FADED_INK) if cut.faded else (SPECK, LEAST_INK)
    pieces = pieces_of(clean, FIRST_LOOK * cut.level)
    edges = pieces.edges(beside)
    strong = pieces.mask_of(pieces.at_least(speck) & ~edges)
    if int(np.count_nonzero(strong)) >= least or has_stroke(strong):
        every = pieces.mask_of(pieces.at_least(min(speck, POINT)) & ~edges)
        if goes_on(strong, broken_strokes(clean, beside, cut.level)):
            return Strokes(clean, every, Filling.BROKEN)
        return without_dust(clean, every, Filling.FAINT if cut.faded else Filling.WRITTEN)
    paler = pieces_of(clean, SECOND_LOOK * cut.level)
    weak = paler.mask_of(paler.at_least(speck) & ~paler.edges(beside))
    if int(np.count_nonzero(weak)) >= least:
        letters = broken_strokes(clean, beside, cut.level).any()
        return Strokes(clean, weak, Filling.BROKEN if letters else Filling.FAINT)
    broken = broken_strokes(clean, beside, cut.level)
    if broken.any():
        return Strokes(clean, broken, Filling.BROKEN)
    return Strokes(clean, strong, Filling.BLANK)


def has_stroke(mask: npt.NDArray[np.uint8]) -> bool:
    """Whether some ink hangs together over a letter's height, as a 1 does and dirt does not."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    pieces = stats[1:]
    return bool(
        np.any((pieces[:, cv2.CC_STAT_HEIGHT] >= LETTER) & (pieces[:, cv2.CC_STAT_AREA] >= THIN_STROKE))
    )


def may_be_dirt(strokes: Strokes) -> bool:
    """Whether there is little ink and none of it hangs together like a stroke.

    Source: of 50 boxes in which neither reader read anything, 48 were blank; the other two were full of writing.
    """
    return int(np.count_nonzero(strokes.mask)) < MOST_DIRT and not has_stroke(strokes.mask)


def goes_on(strong: npt.NDArray[np.uint8], broken: npt.NDArray[np.uint8]) -> bool:
    """Whether broken strokes lie beside the good ones: the copy lost a word, or half of one."""
    around = extent(strong)
    if around is None:
        return False
    left, top, right, bottom = around
    outside = broken.copy()
    outside[max(top - LETTER, 0) : bottom + LETTER, max(left - LETTER, 0) : right + LETTER] = 0
    return int(np.count_nonzero(outside)) >= 15


def broken_strokes(dark: Grey, beside: Grey, level: float) -> npt.NDArray[np.uint8]:
    """Ink of strokes that a copier broke into dots: so many dots so near each other that they make a letter.

    Dots of dirt lie apart. A thin pen on a third copy left only these while the printed lines stayed. A thin
    row of dots along a printed line is what is left of the line. beside: 1 where the blank prints nearby.
    """
    dots = (dark > max(SECOND_LOOK * level, 24.0)).astype(np.uint8)
    near = cv2.dilate(dots, np.ones((NEAR_DOTS, NEAR_DOTS), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(near)
    _, _, _, centres = cv2.connectedComponentsWithStats(dots)
    places = centres[1:].round().astype(int)
    pieces = np.bincount(labels[places[:, 1], places[:, 0]], minlength=count)
    inked = np.bincount(labels[dots > 0], minlength=count)
    size = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) - NEAR_DOTS + 1
    keep = (size >= LETTER) & ((inked >= LEAST_INK) | (pieces >= MANY_DOTS)) & (np.arange(count) > 0)
    along = np.bincount(labels[(dots > 0) & (beside > 0)], minlength=count) >= 0.8 * inked
    thin = np.minimum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) - NEAR_DOTS + 1 < LETTER // 2
    keep &= ~(along & thin)
    kept: npt.NDArray[np.uint8] = (keep[labels] & (dots > 0)).astype(np.uint8)
    return kept


def beside_print(printed: Grey) -> Grey:
    """1 where the blank prints within six pixels, else 0."""
    around: Grey = cv2.dilate((printed > PRINT).astype(np.uint8), np.ones((NEAR_DOTS, NEAR_DOTS), np.uint8))
    return around


def is_streaked(cut: Cut) -> bool:
    """Whether a mark runs down through the box from above to below it: a dirty drum, not writing.

    It runs on right beyond the edges: marks in the boxes above and below are no streak.
    """
    left, top, right, bottom = cut.inside
    clean = marks(without_print(cut.dark, cut.printed, cut.level), FIRST_LOOK * cut.level, 3)
    wide = cv2.dilate(clean[:, left:right], np.ones((1, 5), np.uint8)) > 0
    bare = cv2.dilate((cut.printed[:, left:right] > PRINT).astype(np.uint8), np.ones((5, 5), np.uint8)) == 0
    beyond = min(STREAK_BEYOND, top)
    bands = (slice(top - beyond, top), slice(top, bottom), slice(bottom, bottom + beyond))
    runs = [inked_share(wide[band], bare[band]) >= STREAK_SHARE for band in bands]
    return int(np.count_nonzero(runs[0] & runs[1] & runs[2])) >= 3


def inked_share(ink: npt.NDArray[np.bool_], bare: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Column by column, the share of rows free of print that hold ink; 0 where print leaves hardly any."""
    free = bare.sum(axis=0)
    share = (ink & bare).sum(axis=0) / np.maximum(free, 1)
    return np.asarray(np.where(free >= 0.25 * len(bare), share, 0.0), np.float64)


def without_dust(dark: Grey, mask: npt.NDArray[np.uint8], filling: Filling) -> Strokes:
    """The strokes without small marks that lie apart from all others: dirt that is read as a full stop.

    A real stop stands within half a letter of its word, no lower than a letter's tail.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    heights = stats[1:count, cv2.CC_STAT_HEIGHT]
    tall = float(np.percentile(heights, 75)) if count > 1 else 0.0
    small = [i for i in range(1, count) if max(stats[i][2], stats[i][3]) < DUST * tall]
    large = [stats[i] for i in range(1, count) if i not in small]
    dust = np.zeros(count, dtype=np.uint8)
    for i in small:
        x, y, width, height, _ = stats[i]
        dust[i] = not any(
            x - (left + wide) < 0.5 * tall
            and left - (x + width) < 0.5 * tall
            and top - 0.6 * tall < y + height / 2 < top + high + 0.35 * tall
            for left, top, wide, high, _ in large
        )
    if not dust.any() or not large:
        return Strokes(dark, mask, filling)
    dirty = cv2.dilate(dust[labels], np.ones((5, 5), np.uint8)) > 0
    return Strokes(
        np.where(dirty, 0, dark).astype(np.uint8), np.where(dust[labels], 0, mask).astype(np.uint8), filling
    )


def without_print(dark: Grey, printed: Grey, level: float) -> Grey:
    """The page's darkness with the blank's print wiped out, two pixels wider than it is.

    Strokes that cross a printed line are closed again over its height, if they are dark on both sides: the
    soft edge of a photographed line is not.
    """
    print_mask = cv2.dilate((printed > PRINT).astype(np.uint8), np.ones((5, 5), np.uint8))
    if not print_mask.any():
        return dark
    wiped = np.where(print_mask > 0, 0, dark).astype(np.uint8)
    bridged: Any = cv2.morphologyEx(wiped, cv2.MORPH_CLOSE, np.ones((13, 1), np.uint8))
    crossed = (print_mask > 0) & (bridged > FIRST_LOOK * level)
    healed = np.where(crossed, np.minimum(bridged, dark), wiped)
    result: Grey = healed.astype(np.uint8)
    return result


def without_lines(dark: Grey) -> Grey:
    """Long straight lines at the box's edges wiped out: borders a viewer drew that the blank has not."""
    height, width = dark.shape
    if height < 12 or width < 12:
        return dark
    ink = dark > 60
    result = dark.copy()
    rim_y, rim_x = max(4, height // 8), max(4, min(width // 8, 14))
    across, down = ink.mean(axis=1), ink.mean(axis=0)
    for row in [*range(rim_y), *range(height - rim_y, height)]:
        if across[row] > 0.7:
            result[max(row - 1, 0) : row + 2, :] = 0
    for column in [*range(rim_x), *range(width - rim_x, width)]:
        if down[column] > 0.85:
            result[:, max(column - 1, 0) : column + 2] = 0
    return result


@dataclass(frozen=True, slots=True)
class Pieces:
    """Ink by pieces that hang together. stats: a row for each, as OpenCV gives them; the first is the paper."""

    mask: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int32]
    stats: npt.NDArray[np.int32]

    def at_least(self, pixels: int) -> npt.NDArray[np.bool_]:
        """Which pieces have so much ink."""
        return np.asarray(self.stats[:, cv2.CC_STAT_AREA] >= pixels, np.bool_)

    def edges(self, beside: Grey) -> npt.NDArray[np.bool_]:
        """Which pieces are thin, flat and along a printed line: what is left of a line that lies a little off.

        beside: 1 where the blank prints nearby
        """
        high, wide = self.stats[:, cv2.CC_STAT_HEIGHT], self.stats[:, cv2.CC_STAT_WIDTH]
        flat = (high <= EDGE_THICK) & (wide >= EDGE_LONG * high)
        if not flat[1:].any():
            return np.zeros(len(self.stats), np.bool_)
        near = np.bincount(self.labels[(self.mask > 0) & (beside > 0)], minlength=len(self.stats))
        return np.asarray(flat & (near >= self.stats[:, cv2.CC_STAT_AREA]), np.bool_)

    def mask_of(self, kept: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
        """1 where these pieces are, else 0."""
        kept = kept.copy()
        kept[0] = False
        if kept[1:].all():
            return self.mask
        mask: npt.NDArray[np.uint8] = kept[self.labels].astype(np.uint8)
        return mask


def pieces_of(dark: Grey, threshold: float) -> Pieces:
    """The ink above the threshold."""
    mask = (dark > max(threshold, 24.0)).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return Pieces(mask, labels, stats)


def marks(dark: Grey, threshold: float, speck: int = SPECK) -> npt.NDArray[np.uint8]:
    """Ink above the threshold, specks left out: 1 ink, 0 paper."""
    pieces = pieces_of(dark, threshold)
    return pieces.mask_of(pieces.at_least(speck))


def extent(mask: npt.NDArray[np.uint8]) -> tuple[int, int, int, int] | None:
    """Left, top, right, bottom of all ink; None where there is none."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if rows.size == 0:
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
