"""What runs on beyond a box is not taken for what was written into it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.model import Reason, Vote
from pipeline.reading.boxes import settled
from pipeline.reading.crossing import crosses, only_crosses
from pipeline.reading.ink import strokes_in
from pipeline.reading.laid import Cut
from pipeline.reading.texts import LineText
from pipeline.values import Expectation, Kind


def box(*lines: tuple[tuple[int, int], tuple[int, int]], text: str = "") -> Cut:
    """A box of 400 by 80 pixels with 33 around it, in black and white, and strokes across the picture."""
    dark = np.zeros((146, 466), np.uint8)
    printed = np.zeros_like(dark)
    for picture in (dark, printed):
        cv2.rectangle(picture, (31, 31), (435, 115), 255, 2)
    for start, end in lines:
        cv2.line(dark, start, end, 255, 7)
    if text:
        cv2.putText(dark, text, (60, 95), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 255, 5)
    return Cut(dark, printed, (33, 33, 433, 113), 255.0, 1.0, 1.0)


RIM = ((180, 0), (220, 145))
INSIDE = ((180, 50), (185, 100))


def test_a_rim_crosses_the_box_and_a_figure_lies_in_it() -> None:
    assert only_crosses(box(RIM))
    assert crosses(box(RIM))
    assert not only_crosses(box(INSIDE))
    assert not crosses(box(INSIDE))


def test_writing_beside_a_rim_is_seen() -> None:
    cut = box(RIM, text="25")
    assert crosses(cut)
    assert not only_crosses(cut)


@pytest.mark.parametrize("kind", [Kind.MONEY, Kind.UNITS, Kind.INTEGER])
def test_a_rim_that_all_read_as_a_figure_is_asked_about(kind: Kind) -> None:
    cut = box(RIM)
    read = LineText("1", 0.99, (), None, freely=("1", "1"))
    assert settled(read, strokes_in(cut), cut, Expectation(kind)).reason is Reason.NOT_SURE
    cut = box(INSIDE)
    assert settled(read, strokes_in(cut), cut, Expectation(kind)).reason is None


def test_a_rim_in_a_box_for_words_in_which_nobody_reads_any_leaves_it_blank() -> None:
    cut = box(RIM)
    bars = LineText(
        "1", 0.4, (Vote("a", "1", 0.4), Vote("b", "I", 0.4)), Reason.READERS_DISAGREE, freely=("1", "I")
    )
    words = LineText("no", 0.4, (Vote("a", "no", 0.4),), Reason.READERS_DISAGREE, freely=("no", "n"))
    expect = Expectation(Kind.TEXT)
    assert settled(bars, strokes_in(cut), cut, expect).reason is None
    assert settled(bars, strokes_in(cut), cut, expect).text == ""
    assert settled(words, strokes_in(cut), cut, expect).reason is Reason.READERS_DISAGREE
    assert settled(bars, strokes_in(cut), cut, Expectation(Kind.MONEY)).reason is not None
