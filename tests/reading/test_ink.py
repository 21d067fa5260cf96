"""What counts as ink in a box, and what is left of the print, a shade or a dirty drum."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.reading.ink import Filling, beside_print, is_streaked, may_be_dirt, pieces_of, strokes_in
from pipeline.reading.laid import Cut, deeper_by, unshaded
from pipeline.reading.lines import line_spans
from pipeline.reading.pictures import Grey

INSIDE = (40, 40, 140, 140)


def empty(size: int = 180) -> Grey:
    return np.zeros((size, size), np.uint8)


def framed() -> Grey:
    """A printed box of 100 by 100 pixels, its border four pixels wide."""
    picture = empty()
    picture[36:144, 36:144] = 255
    picture[40:140, 40:140] = 0
    return picture


def cut(dark: Grey, printed: Grey) -> Cut:
    return Cut(dark, printed, INSIDE, 230.0, 1.0, 1.0)


def crossed(picture: Grey, top: int) -> Grey:
    """The picture with a cross of 40 pixels, three thick."""
    for step in range(40):
        picture[top + step, 70 + step : 73 + step] = 230
        picture[top + step, 110 - step : 113 - step] = 230
    return picture


def test_marks_in_the_boxes_above_and_below_are_no_streak() -> None:
    page = framed()
    for top in (-34, 70, 150):
        rows = slice(max(top, 0), min(top + 40, 180))
        mark = crossed(empty(260), top + 40)[40:220, :180]
        page[rows] = np.maximum(page[rows], mark[rows])
    assert not is_streaked(cut(page, framed()))


def test_a_line_that_runs_through_the_box_and_on_is_a_streak() -> None:
    page = framed()
    page[:, 90:94] = 200
    assert is_streaked(cut(page, framed()))


def dots(picture: Grey, top: int) -> Grey:
    """A broken row of faint dots, as a border leaves that lies a pixel off."""
    picture[top, 44:120:2] = 90
    return picture


def test_dots_along_a_printed_line_are_what_is_left_of_the_line() -> None:
    assert strokes_in(cut(dots(framed(), 138), framed())).filling is Filling.BLANK


def test_dots_where_nothing_is_printed_are_broken_strokes() -> None:
    page = framed()
    for top in range(80, 100, 3):
        dots(page, top)
    assert strokes_in(cut(page, framed())).filling is Filling.BROKEN


def test_a_grey_filling_is_taken_away_and_what_stands_on_it_stays() -> None:
    printed = framed()
    shade = empty()
    shade[40:140, 40:140] = 70
    page = np.maximum(printed, (shade * 1.3).astype(np.uint8))
    page[60:64, 60:100] = 230
    clean, lines = unshaded(page, np.maximum(printed, shade), shade, 1.3)
    assert int(lines[50:130, 50:130].max()) == 0
    assert int(clean[90, 90]) <= 1
    assert int(clean[61, 80]) > 120
    assert strokes_in(cut(clean, lines)).filling is Filling.WRITTEN


def test_a_page_without_fillings_stays_as_it_is() -> None:
    page, printed = crossed(framed(), 70), framed()
    clean, lines = unshaded(page, printed, empty(), 1.0)
    assert clean is page
    assert lines is printed


def test_a_shaded_box_that_was_filled_in_stays_filled_in() -> None:
    printed, shade = framed(), empty()
    shade[40:140, 40:140] = 45
    page = np.maximum(printed, shade)
    page[40:140, 40:140] = 220
    others = np.concatenate([page, np.full((400, 180), 50, np.uint8)])
    deeper = deeper_by(others, np.concatenate([shade, np.full((400, 180), 45, np.uint8)]))
    clean, _ = unshaded(page, np.maximum(printed, shade), shade, deeper)
    assert int(clean[90, 90]) > 150


def text_line(mask: Grey, top: int, letters: int) -> None:
    """Letters of 30 by 20 pixels, 4 apart, as a row of hollow boxes."""
    for place in range(letters):
        left = 10 + 24 * place
        mask[top : top + 30, left : left + 20] = 1
        mask[top + 4 : top + 26, left + 4 : left + 16] = 0


def test_a_last_line_of_few_letters_is_not_lost_beside_a_full_one() -> None:
    area = np.zeros((300, 2200), np.uint8)
    text_line(area, 20, 90)
    text_line(area, 70, 1)
    assert line_spans(area) == [(20, 50), (70, 100)]


def test_what_hangs_below_a_line_is_no_line_of_its_own() -> None:
    area = np.zeros((300, 2200), np.uint8)
    text_line(area, 20, 90)
    area[50:60, 100:104] = 1
    assert line_spans(area) == [(20, 50)]


def test_a_thin_stroke_is_ink_and_specks_are_none() -> None:
    page = framed()
    page[70:98, 88:90] = 230
    assert strokes_in(cut(page, framed())).filling is Filling.WRITTEN
    page = framed()
    page[70:77, 88:95] = 230
    assert strokes_in(cut(page, framed())).filling is Filling.BLANK


def test_little_ink_without_a_stroke_may_be_dirt() -> None:
    page = framed()
    for left in (60, 80, 100):
        page[70:79, left : left + 9] = 230
    assert may_be_dirt(strokes_in(cut(page, framed())))
    page[60:100, 120:124] = 230
    assert not may_be_dirt(strokes_in(cut(page, framed())))


def dash(left: int, top: int, wide: int, high: int) -> Grey:
    """The printed box with a dash in it."""
    page = framed()
    page[top : top + high, left : left + wide] = 230
    return page


def test_a_flat_remnant_along_a_printed_line_is_no_ink() -> None:
    assert strokes_in(cut(dash(60, 135, 50, 3), framed())).filling is Filling.BLANK


@pytest.mark.parametrize(
    "page",
    [dash(60, 85, 40, 3), dash(60, 128, 40, 3), dash(60, 131, 40, 5), dash(60, 131, 19, 5)],
    ids=["in mid-box", "a little off the line", "as thick as a pen", "short and thick"],
)
def test_a_dash_that_is_none_of_the_line_stays(page: Grey) -> None:
    strokes = strokes_in(cut(page, framed()))
    assert strokes.filling is Filling.WRITTEN
    assert int(strokes.mask.sum()) >= 90


@pytest.mark.parametrize(
    ("left", "top", "wide", "high", "edge"),
    [
        (60, 136, 16, 4, True),
        (60, 136, 15, 4, False),
        (60, 135, 40, 5, False),
        (42, 60, 3, 60, False),
        (60, 85, 40, 3, False),
        (60, 131, 40, 4, False),
    ],
    ids=["thin and long", "too short", "too thick", "upright", "away from print", "half away"],
)
def test_only_what_is_thin_and_long_and_wholly_along_a_line_is_an_edge(
    left: int, top: int, wide: int, high: int, edge: bool
) -> None:
    mark = empty()
    mark[top : top + high, left : left + wide] = 230
    pieces = pieces_of(mark, 100)
    assert pieces.edges(beside_print(framed()))[1:].tolist() == [edge]
