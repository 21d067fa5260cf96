"""Ink cut into lines of writing, and a line as the recognisers are shown it."""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.reading.ink import LEAST_INK, Strokes, extent, has_stroke
from pipeline.reading.pictures import Grey

PAD: Final = 10  # pixels of paper around a line's picture, above and below
FRAME: Final = 4  # and so much white above and below that


def as_line(strokes: Strokes, pad: int = PAD) -> Grey | None:
    """The ink as a picture of one line, dark on white, cropped with a little paper; None without ink.

    The shades are the page's own, only stretched so that its ink is black: recognisers read them better
    than a black and white picture.
    """
    around = extent(strokes.mask)
    if around is None:
        return None
    return line_picture(strokes.dark, around, pad)


def line_picture(dark: Grey, around: tuple[int, int, int, int], pad: int = PAD) -> Grey:
    left, top, right, bottom = around
    piece = dark[max(top - pad, 0) : bottom + pad, max(left - pad, 0) : right + pad]
    peak = float(np.percentile(piece, 99.5)) if piece.size else 255.0
    stretched = np.clip(piece.astype(np.float32) * (235.0 / max(peak, 40.0)), 0, 255).astype(np.uint8)
    framed: Any = cv2.copyMakeBorder(255 - stretched, FRAME, FRAME, pad, pad, cv2.BORDER_CONSTANT, value=255)
    result: Grey = framed
    return result


def line_spans(mask: npt.NDArray[np.uint8], least: int = 14) -> list[tuple[int, int]]:
    """Top and bottom of each written line of an area: ink profile cut at its gaps, thin remains joined.

    The profile's threshold follows its longest line, so what it leaves between the lines is looked at again by
    itself: a last line of a few letters ("$20.") was lost beside a full one.
    """
    profile = mask.sum(axis=1)
    spans = _spans_of(profile, max(1.0, 0.02 * float(profile.max(initial=0))), least)
    rest = profile.copy()
    for top, bottom in spans:
        rest[top:bottom] = 0
    short = [
        (top, bottom)
        for top, bottom in _spans_of(rest, 1.0, least)
        if int(rest[top:bottom].sum()) >= LEAST_INK and has_stroke(mask[top:bottom])
    ]
    return sorted(spans + short)


def _spans_of(
    profile: npt.NDArray[np.int64] | npt.NDArray[np.uint64], threshold: float, least: int
) -> list[tuple[int, int]]:
    rows = np.flatnonzero(profile > threshold)
    if rows.size == 0:
        return []
    cuts = np.flatnonzero(np.diff(rows) > 3)
    starts = [int(rows[0]), *(int(rows[i + 1]) for i in cuts)]
    ends = [*(int(rows[i]) + 1 for i in cuts), int(rows[-1]) + 1]
    spans: list[tuple[int, int]] = []
    for top, bottom in zip(starts, ends, strict=True):
        too_thin = bottom - top < least
        near = bool(spans) and top - spans[-1][1] < least
        if spans and near and (too_thin or spans[-1][1] - spans[-1][0] < least):
            spans[-1] = (spans[-1][0], bottom)
        elif not too_thin:
            spans.append((top, bottom))
    return spans
