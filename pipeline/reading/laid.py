"""A page laid onto its blank, ready to have its boxes cut out.

One warp for the whole page at the reading resolution; what is left over (paper curl, a copier's creep)
is taken up box by box from the tiles' shifts and the box's own printed surroundings.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import cv2
import numpy as np

from pipeline.model import Box, PageMatch
from pipeline.reading.bending import bend_of, laid_through
from pipeline.reading.blanks import BlankPage
from pipeline.reading.pages import OpenedPage
from pipeline.reading.pictures import DPI, LOOK_DPI, SCALE, Grey, Matrix, darkness, warped
from pipeline.reading.register import Fit, fit_of, fit_of_laid, ink_level
from pipeline.reading.streaks import enlarged, slant_of, streaks_on, without_streaks

AROUND: Final = 8.0  # points of surroundings a box is aligned by
CREEP: Final = 7  # pixels at DPI a box may lie off after the tiles' shift
FADED: Final = 0.8  # share of kept print below which a blank box is no proof that nothing was written
FLAT: Final = 15  # pixels at DPI: what the blank prints wider and higher than this is a shade, not a stroke
SHADE: Final = 10  # darkness from which a flat place counts as shaded
DEEPEST_SHADE: Final = 120  # nobody writes on darker ground
MOST_DEEPER: Final = 1.6  # times as dark as on the blank a copier can make a filling
LOCALLY_DEEPER: Final = 1.25
RIM: Final = 1.0  # points around a box that must be seen too
STRETCH: Final = 150  # pixels at DPI: half an inch
# Source: of 3,536 boxes of 40 pages of four forms (development half; clean, copier, bad copy, photo) .1 % keep less
# than .35 of their print in some stretch, and none lies where the blank's tiles match below .54; under a note, or
# behind a fold that swallowed a quarter of an inch, a quarter of the boxes do.
COVERED: Final = 0.35
HOLE: Final = 45  # pixels at DPI: no stroke is so thick; a punched hole has eighty
NEAR: Final = 4  # pixels at DPI
MISPLACED: Final = 0.5
SAME_PRINT: Final = 0.6  # correlation above which a box's own alignment is believed


@dataclass(frozen=True, slots=True)
class Cut:
    """One box cut out of the page, at DPI, with what the blank prints there.

    dark:    darkness on this page; printed: darkness on the blank, laid to match; same shape
    inside:  (left, top, right, bottom) of the box itself in pixels of these pictures
    level:   darkness of this page's own print, the yardstick for ink
    match:   correlation of the surroundings with the blank, 1 where there is nothing to compare
    kept:    share of the blank's print around the box that is dark here, 1 where it prints nothing: on a
             faded copy print is lost, and so is what somebody wrote
    least:   the same for the stretch of the box where least is kept
    whole:   all of the box lies inside the picture
    around:  how well the blank is found again about the box: behind a fold it is not, whatever the box itself says
    wiped:   columns of the box, in pixels from its left edge, from which a streak was taken
    """

    dark: Grey
    printed: Grey
    inside: tuple[int, int, int, int]
    level: float
    match: float
    kept: float
    least: float = 1.0
    whole: bool = True
    around: float = 1.0
    wiped: tuple[int, ...] = ()

    @property
    def hidden(self) -> bool:
        """Whether the box, or a stretch of it, is cut off or covered: what is seen of it is not what was written."""
        return not self.whole or self.least < COVERED or self.around < MISPLACED

    @property
    def faded(self) -> bool:
        return self.kept < FADED

    @property
    def size(self) -> tuple[int, int]:
        left, top, right, bottom = self.inside
        return right - left, bottom - top

    def box_only(self, picture: Grey) -> Grey:
        left, top, right, bottom = self.inside
        return picture[top:bottom, left:right]


class LaidPage:
    """The page on its blank's grid at DPI."""

    def __init__(self, page: OpenedPage, match: PageMatch, blank: BlankPage) -> None:
        transform = np.array(match.transform, dtype=np.float64).reshape(3, 3)
        picture = page.picture()
        fit = fit_of(picture, transform, blank)
        surface = bend_of(fit.centres, fit.shifts, blank.size)
        if surface is None:
            laid = warped(picture, transform, blank.size, SCALE)
        else:
            laid = laid_through(picture, transform, surface, blank.size, SCALE)
        self.dark = darkness(laid, DPI)
        self.printed = blank.printed
        if self.printed.shape != self.dark.shape:
            height, width = self.dark.shape
            resized: Any = cv2.resize(self.printed, (width, height))
            self.printed = resized
        height, width = blank.look.shape
        seen: Any = cv2.resize(self.dark, (width, height), interpolation=cv2.INTER_AREA)
        found = streaks_on(seen, blank.look, ink_level(seen, blank.look), slant_of(transform, blank.size))
        self.dirt = enlarged(found, self.dark.shape)
        self.dark = without_streaks(self.dark, self.printed, self.dirt)
        self.shade: Grey = cv2.morphologyEx(self.printed, cv2.MORPH_OPEN, np.ones((FLAT, FLAT), np.uint8))
        self.deeper = deeper_by(self.dark, self.shade)
        look: Any = cv2.resize(self.dark, (width, height), interpolation=cv2.INTER_AREA)
        self.fit: Fit = fit_of_laid(look, blank)
        self.level = ink_level(look, blank.look)
        self.exact = match.method == "widgets"
        self.inside = inside_picture(picture, transform, blank.size)
        assert LOOK_DPI * 2 == DPI

    def cut(self, box: Box, around: float = AROUND) -> Cut:
        """The box with its surroundings, moved so that the blank's print lies on the page's."""
        across, down = (0.0, 0.0) if self.exact else self.fit.shift_at(*box.centre)
        left, top = round((box.x0 - around) * SCALE), round((box.top - around) * SCALE)
        width, height = round((box.width + 2 * around) * SCALE), round((box.height + 2 * around) * SCALE)
        printed = window(self.printed, left, top, width, height)
        move_x, move_y = round(across * SCALE), round(down * SCALE)
        wide = window(
            self.dark, left + move_x - CREEP, top + move_y - CREEP, width + 2 * CREEP, height + 2 * CREEP
        )
        creep_x, creep_y, match = best_place(wide, printed)
        dark = np.ascontiguousarray(wide[creep_y : creep_y + height, creep_x : creep_x + width])
        margin = round(around * SCALE)
        inside = (margin, margin, width - margin, height - margin)
        kept, least = share_kept(dark, printed, self.level), least_kept(dark, printed, self.level)
        dark, printed = unshaded(dark, printed, window(self.shade, left, top, width, height), self.deeper)
        around_it = 1.0 if self.exact else self.fit.match_at(*box.centre)
        dirt = window(self.dirt, left + move_x, top + move_y, width, height)[inside[1] : inside[3]]
        wiped = np.flatnonzero(dirt[:, inside[0] : inside[2]].any(axis=0))
        whole = self.exact or self.shows(box)
        return Cut(
            dark, printed, inside, self.level, match, kept, least, whole, around_it, tuple(wiped.tolist())
        )

    def shows(self, box: Box) -> bool:
        """Whether all of the box lies inside the picture."""
        rows = slice(max(int(box.top - RIM), 0), int(box.bottom + RIM) + 1)
        columns = slice(max(int(box.x0 - RIM), 0), int(box.x1 + RIM) + 1)
        return bool(self.inside[rows, columns].all())


def is_punched(cut: Cut) -> bool:
    """Whether a solid disc lies in the box: the hole of a punch, which is read as a 0 and hides what stood there."""
    dark, printed = cut.box_only(cut.dark), cut.box_only(cut.printed)
    mask = ((dark > 0.6 * cut.level) & (printed < 60)).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    return any(
        HOLE <= min(width, height) and max(width, height) <= 3 * HOLE and ink > 0.7 * width * height
        for _, _, width, height, ink in stats[1:count]
    )


def inside_picture(picture: Grey, transform: Matrix, size: tuple[float, float]) -> Grey:
    """For each square point of the blank 1 where the picture shows it, 0 where it was cut off."""
    there: Any = cv2.warpPerspective(
        np.ones_like(picture),
        transform,
        (round(size[0]), round(size[1])),
        flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=0,
    )
    result: Grey = there
    return result


def deeper_by(dark: Grey, shade: Grey) -> float:
    """How much darker this page shows the blank's fillings than the blank does, all of them together."""
    where = (shade >= SHADE) & (shade <= DEEPEST_SHADE)
    if int(np.count_nonzero(where)) < 60:
        return 1.0
    return min(float(np.median(dark[where])) / float(np.median(shade[where])), MOST_DEEPER)


def unshaded(dark: Grey, printed: Grey, shade: Grey, deeper: float) -> tuple[Grey, Grey]:
    """Page and blank without the blank's grey fillings, as dark as this page shows them.

    A filling is neither print nor ink: its grain on a copy was taken for broken strokes, and a deeper one
    would be wiped out together with what was written on it. A box that somebody filled in is darker than its
    filling can be, so the page's other fillings say how dark it was.
    """
    where = (shade >= SHADE) & (shade <= DEEPEST_SHADE)
    bare = where & (printed <= shade + SHADE)
    if int(np.count_nonzero(bare)) < 60:
        return dark, printed
    here = float(np.median(dark[bare])) / max(float(np.median(shade[bare])), 1.0)
    filling = np.where(where, shade, 0).astype(np.float32)
    seen = np.clip(filling * min(here, LOCALLY_DEEPER * deeper), 0, 255).astype(np.uint8)
    clean: Any = cv2.subtract(dark, seen)
    lines: Any = cv2.subtract(printed, filling.astype(np.uint8))
    return clean, lines


def share_kept(dark: Grey, printed: Grey, level: float, within: int = 1) -> float:
    """The share of the blank's print that is dark on the page, within so many pixels."""
    wanted = printed > 140
    if int(np.count_nonzero(wanted)) < 60:
        return 1.0
    there = cv2.dilate(dark, np.ones((2 * within + 1, 2 * within + 1), np.uint8)) > 0.45 * level
    return float(there[wanted].mean())


def least_kept(dark: Grey, printed: Grey, level: float) -> float:
    """The share that `share_kept` finds, of the stretch of the box where it is least: a corner that is folded over,
    a note or a finger hides a part of a long box, and the rest of its print is there. Print that lies a little off,
    as on a curled sheet, is there."""
    width = printed.shape[1]
    count = max(1, round(width / STRETCH))
    edges = [width * place // count for place in range(count + 1)]
    return min(
        share_kept(dark[:, left:right], printed[:, left:right], level, NEAR)
        for left, right in pairwise(edges)
    )


def window(picture: Grey, left: int, top: int, width: int, height: int) -> Grey:
    """A rectangle of the picture; what lies outside it is paper."""
    full_height, full_width = picture.shape
    inner = picture[max(top, 0) : max(top + height, 0), max(left, 0) : max(left + width, 0)]
    if inner.shape == (height, width):
        return inner
    before_y, before_x = max(-top, 0), max(-left, 0)
    after_y = max(top + height - full_height, 0)
    after_x = max(left + width - full_width, 0)
    padded: Any = (
        cv2.copyMakeBorder(
            np.ascontiguousarray(inner), before_y, after_y, before_x, after_x, cv2.BORDER_CONSTANT, value=0
        )
        if inner.size
        else np.zeros((height, width), np.uint8)
    )
    result: Grey = padded[:height, :width]
    return result


def best_place(wide: Grey, printed: Grey) -> tuple[int, int, float]:
    """Where in `wide` the blank's print lies best; the middle where it prints nothing or nothing fits."""
    if float((printed > 90).mean()) < 0.003:
        return CREEP, CREEP, 1.0
    half_wide: Any = cv2.resize(wide, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    half_print: Any = cv2.resize(printed, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    if half_wide.shape[0] < half_print.shape[0] or half_wide.shape[1] < half_print.shape[1]:
        return CREEP, CREEP, 1.0
    scores = cv2.matchTemplate(half_wide, half_print, cv2.TM_CCOEFF_NORMED)
    _, best, _, (across, down) = cv2.minMaxLoc(scores)
    if not np.isfinite(best) or best < SAME_PRINT:
        return CREEP, CREEP, float(best) if np.isfinite(best) else 0.0
    return min(2 * across, 2 * CREEP), min(2 * down, 2 * CREEP), float(best)
