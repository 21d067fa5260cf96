"""Whether the signatures read on a page are each in the box they were read in, and the empty lines really empty.

Lines for signatures lie one under the other, and a large hand runs over its line: what hangs into the next box must
not pass for a signature there. So a signature counts only where it fills the middle of its own box, and where ink runs
over the line between two boxes that both hold some, neither counts: a person says whose it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

import cv2
import numpy as np

from pipeline.model import Box, Decision, PageMatch, Reading, Reason
from pipeline.reading.blanks import KnownForm
from pipeline.reading.ink import strokes_in
from pipeline.reading.laid import LaidPage
from pipeline.reading.pages import OpenedPage
from pipeline.reading.signatures import read_signature

MIDDLE: Final = 0.2  # share of a box's height, at its head and its foot, in which a neighbour's hand may hang
BESIDE_LINE: Final = 4.0  # points on either side of a line that are looked at for ink that runs over it
LINE: Final = 4  # pixels at DPI on either side that the line itself may take
PALE: Final = 25  # darkness that a line of a table has at least
SOME_LINE: Final = 200  # pixels of print below which nothing can be said of it
LINES_KEPT: Final = 0.5  # share of them that a copy must show, to show a pale pen too
RUNS_OVER: Final = 3  # columns of pixels with ink on both sides


def own_signatures(
    page: OpenedPage, match: PageMatch, known: KnownForm, readings: Sequence[Reading]
) -> tuple[Reading, ...]:
    """The readings of one page, in doubt those that may belong to a neighbour or were lost."""
    lines = [reading for reading in readings if reading.text in ("present", "absent")]
    if not lines:
        return tuple(readings)
    laid = LaidPage(page, match, known.pages[match.page - 1])
    doubtful = {
        reading.widget
        for reading in lines
        if not (_fills_middle if reading.text == "present" else _keeps_lines)(laid, reading.box)
    }
    inked = [reading for reading in readings if reading.text in ("present", "doubtful")]
    for upper, lower in pairwise(sorted(inked, key=lambda reading: reading.box.top)):
        if abs(upper.box.bottom - lower.box.top) < BESIDE_LINE and _runs_over(laid, upper.box, lower.box):
            doubtful |= {upper.widget, lower.widget}
    return tuple(
        replace(reading, text="doubtful", decision=Decision.ASK, reason=Reason.SIGNATURE_DOUBTFUL)
        if reading.widget in doubtful
        else reading
        for reading in readings
    )


def _fills_middle(laid: LaidPage, box: Box) -> bool:
    inset = MIDDLE * box.height
    text, *_ = read_signature(laid, Box(box.x0, box.top + inset, box.x1, box.bottom - inset))
    return text == "present"


def _keeps_lines(laid: LaidPage, box: Box) -> bool:
    """Whether the pale lines of the table around the box are there: where they are lost, so is a pale pen."""
    cut = laid.cut(box)
    lines = cut.printed > PALE
    if int(np.count_nonzero(lines)) < SOME_LINE:
        return True
    dark = cv2.dilate(cut.dark, np.ones((3, 3), np.uint8))
    return float(np.mean(dark[lines] > PALE)) >= LINES_KEPT


def _runs_over(laid: LaidPage, upper: Box, lower: Box) -> bool:
    edge = (upper.bottom + lower.top) / 2
    cut = laid.cut(Box(upper.x0, edge - BESIDE_LINE, upper.x1, edge + BESIDE_LINE))
    mask = strokes_in(cut).mask
    middle = mask.shape[0] // 2
    above = mask[: middle - LINE].max(axis=0)
    below = mask[middle + LINE :].max(axis=0)
    near = cv2.dilate(above.reshape(1, -1), np.ones((1, 2 * LINE + 1), np.uint8)).ravel()
    return int(np.count_nonzero(near & below)) >= RUNS_OVER
