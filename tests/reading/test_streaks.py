"""Lines that dirt on the scanner's glass draws go; what somebody wrote or drew stays."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.reading.pictures import Grey
from pipeline.reading.streaks import enlarged, slant_of, streaks_on, without_streaks

HIGH, WIDE = 1650, 1275  # letter at LOOK_DPI


def paper() -> Grey:
    return np.zeros((HIGH, WIDE), np.uint8)


def lined(
    page: Grey, left: int, slant: float = 0.0, top: int = 0, bottom: int = HIGH, thick: int = 2
) -> Grey:
    for y in range(top, bottom):
        x = left + round(slant * (y - HIGH / 2))
        page[y, x : x + thick] = 220
    return page


def found(page: Grey, slant: float = 0.0, blank: Grey | None = None) -> int:
    return int(streaks_on(page, paper() if blank is None else blank, 220.0, slant).sum())


@pytest.mark.parametrize("slant", [0.0, 0.04, -0.08])
def test_a_line_down_the_whole_page_along_the_paper_feed_is_a_streak(slant: float) -> None:
    assert found(lined(paper(), 600, slant), slant) >= HIGH


def test_a_line_that_ends_after_a_third_of_the_page_was_drawn_by_somebody() -> None:
    assert found(lined(paper(), 600, bottom=HIGH // 3)) == 0


def test_a_line_that_runs_across_the_paper_feed_was_drawn_by_somebody() -> None:
    assert found(lined(paper(), 600, slant=0.1), slant=0.0) == 0


def test_a_printed_line_is_no_streak() -> None:
    page = lined(paper(), 600)
    assert found(page, blank=page) == 0


def test_a_dark_band_is_no_streak() -> None:
    page = paper()
    page[:, 500:560] = 220
    assert found(page) == 0


def test_writing_that_a_streak_crosses_is_closed_again() -> None:
    page = paper()
    page[800:830, 580:640] = 200
    streaks = streaks_on(lined(page.copy(), 600), paper(), 220.0, 0.0)
    assert enlarged(streaks, page.shape).sum() > streaks.sum()
    clean = without_streaks(lined(page.copy(), 600), paper(), streaks)
    assert (clean[:700] == 0).all()
    assert (clean[802:828, 582:638] >= 200).all()


def test_the_way_of_the_paper_is_known_from_how_the_page_lies() -> None:
    scale = 300 / 72
    turn = np.radians(3)
    upright = np.array([[scale, 0, 0], [0, scale, 0], [0, 0, 1]])
    cos, sin = np.cos(turn), np.sin(turn)
    turned = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]]) @ upright
    sideways = np.array([[0, -scale, 3300], [scale, 0, 0], [0, 0, 1]])
    size = (612.0, 792.0)
    assert slant_of(upright, size) == pytest.approx(0)
    assert slant_of(sideways, size) == pytest.approx(0)
    assert abs(slant_of(turned, size)) == pytest.approx(np.tan(turn), abs=1e-6)


def test_a_stroke_below_the_end_of_a_streak_stays() -> None:
    page = lined(paper(), 600, bottom=1000)
    page[1200:1220, 600:603] = 220
    streaks = streaks_on(lined(page, 600, bottom=1000), paper(), 220.0, 0.0)
    assert streaks[:1000].any()
    assert not streaks[1230:].any()
