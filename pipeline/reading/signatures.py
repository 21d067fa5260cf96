"""Whether something that looks like a signature stands on a signature line. Whose it is, a person says.

Source: an ink threshold alone was wrong for 1 of 24 (fax noise overlaps with thin signatures); connected
strokes at least 60 pixels (0.2 in) long tell them apart.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.model import Box
from pipeline.reading.ink import Filling, strokes_in
from pipeline.reading.laid import Cut, LaidPage

LONG_STROKE: Final = 60
ENOUGH_INK: Final = 450  # pixels of ink: a pair of initials has about six hundred
HARDLY_ANY: Final = 160


def read_signature(laid: LaidPage, box: Box) -> tuple[str, float, Cut]:
    """`present`, `absent` or `doubtful`, how sure, and the cut. Ink above the line counts."""
    cut = laid.cut(box)
    strokes = strokes_in(cut, reach=round(0.12 * cut.size[1]))
    _, _, stats, _ = cv2.connectedComponentsWithStats(strokes.mask)
    sizes = stats[1:]
    ink = int(np.count_nonzero(strokes.mask))
    longest = int(max((max(w, h) for _, _, w, h, _ in sizes), default=0))
    if strokes.filling is not Filling.BROKEN and ink < HARDLY_ANY and not cut.faded:
        return "absent", 0.95, cut
    if ink >= ENOUGH_INK and longest >= LONG_STROKE:
        return "present", 0.9, cut
    return "doubtful", 0.5, cut
