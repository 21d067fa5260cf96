"""What runs on beyond a box is not taken for what was written into it."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from pipeline.model import Reason, Vote
from pipeline.reading.boxes import FIGURES, settled
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


TALL = ((180, 45), (182, 145))  # a 1 whose foot runs out of the box
BARS = LineText("1", 0.4, (Vote("a", "1"), Vote("b", "I")), Reason.READERS_DISAGREE, freely=("1", "I"))


@pytest.mark.parametrize("kind", sorted(FIGURES))
@pytest.mark.parametrize("stroke", [TALL, RIM], ids=["a tall 1", "a rim"])
def test_what_may_be_a_figure_never_leaves_a_box_of_figures_blank(
    kind: Kind, stroke: tuple[tuple[int, int], tuple[int, int]]
) -> None:
    cut = box(stroke)
    assert only_crosses(cut)
    found = settled(BARS, strokes_in(cut), cut, Expectation(kind))
    assert (found.text, found.reason) == ("1", Reason.READERS_DISAGREE)


@pytest.mark.parametrize(
    ("strokes", "alone"),
    [
        ((RIM,), True),
        ((((180, 5), (190, 100)),), True),
        ((((180, 16), (190, 100)),), False),
        ((((0, 60), (200, 90)),), True),
        ((((200, 60), (465, 90)),), True),
        ((((180, 50), (190, 145)),), True),
        ((RIM, ((300, 55), (302, 95))), False),
        ((RIM, ((300, 60), (301, 84))), False),
        ((RIM, ((100, 70), (180, 74))), False),
        ((RIM, ((300, 70), (306, 70))), True),
        ((), False),
    ],
    ids=[
        "through",
        "far out at the top",
        "hardly out",
        "far out at the left",
        "far out at the right",
        "far out at the foot",
        "a 1 beside it",
        "a small 1 beside it",
        "a dash beside it",
        "a speck beside it",
        "nothing",
    ],
)
def test_only_strokes_that_run_on_far_are_no_writing(
    strokes: tuple[tuple[tuple[int, int], tuple[int, int]], ...], alone: bool
) -> None:
    assert only_crosses(box(*strokes)) is alone


@pytest.mark.parametrize("lying", [INSIDE, ((180, 50), (260, 50))])
def test_a_bar_that_lies_in_the_box_is_asked_about(lying: tuple[tuple[int, int], tuple[int, int]]) -> None:
    cut = box(lying)
    assert settled(BARS, strokes_in(cut), cut, Expectation(Kind.TEXT)).reason is Reason.READERS_DISAGREE


def test_on_a_faded_copy_no_box_is_called_blank_for_a_rim() -> None:
    cut = replace(box(RIM), kept=0.7)
    assert settled(BARS, strokes_in(cut), cut, Expectation(Kind.TEXT)).text == "1"
