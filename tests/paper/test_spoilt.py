"""The harm that `spoilt` does to a page is the harm it says."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from tests.paper import spoilt
from tests.paper.spoilt import Side


@pytest.fixture(scope="module")
def page() -> Image.Image:
    """White, with a grey band every inch down and one across its left edge."""
    sheet = np.full((3300, 2550, 3), 255, np.uint8)
    sheet[::300] = 90
    sheet[:, :150] = 120
    return Image.fromarray(sheet)


@pytest.mark.parametrize("side", list(Side))
def test_a_cropped_page_lacks_the_strip(side: Side, page: Image.Image) -> None:
    cut = spoilt.cropped(page, side, 1.0)
    wanted = (2250, 3300) if side in (Side.LEFT, Side.RIGHT) else (2550, 3000)
    assert cut.size == wanted
    assert spoilt.slid(page, side, 1.0).size == page.size


def test_a_crease_swallows_a_strip_and_moves_the_rest_up(page: Image.Image) -> None:
    whole, folded = spoilt.pixels(page), spoilt.pixels(spoilt.creased(page, 4, 0.5))
    assert np.array_equal(whole[:1150], folded[:1150])
    assert np.array_equal(whole[1400:], folded[1250:3150])


def test_few_dots_are_few_however_large_the_picture(page: Image.Image) -> None:
    assert spoilt.coarse(page, 72).size == (612, 792)
    assert spoilt.blown_up(page, 72).size == page.size


def test_two_papers_lie_in_one_picture(page: Image.Image) -> None:
    both = spoilt.side_by_side(page, page, 100)
    assert both.width > 2 * 850
    assert spoilt.one_on_another(page, page, 2.0).height == 3300 + 600


def test_coloured_print_leaves_what_was_written_as_it_was() -> None:
    blank = Image.new("RGB", (100, 100), "white")
    blank.paste((0, 0, 0), (10, 10, 90, 14))
    written = blank.copy()
    written.paste((20, 20, 120), (40, 40, 60, 60))
    red = spoilt.printed_in(written, blank, spoilt.RED)
    assert red.getpixel((50, 12)) == spoilt.RED
    assert red.getpixel((50, 50)) == (20, 20, 120)


def test_a_screen_shows_the_page_in_three_colours_of_dots(page: Image.Image) -> None:
    taken = spoilt.pixels(spoilt.off_a_screen(page, np.random.default_rng(1)))
    again = spoilt.pixels(spoilt.off_a_screen(page, np.random.default_rng(1)))
    assert np.array_equal(taken, again)
    assert taken[1000:1100, 1000:1100].std() > 10


@pytest.mark.parametrize(
    "harm",
    [
        lambda page: spoilt.under_a_finger(page, (3, 5)),
        lambda page: spoilt.under_a_note(page, (3, 5)),
        lambda page: spoilt.corner_folded(page, 2),
        spoilt.stapled,
    ],
)
def test_what_covers_a_page_covers_only_its_place(
    harm: Callable[[Image.Image], Image.Image], page: Image.Image
) -> None:
    before, after = spoilt.pixels(page), spoilt.pixels(harm(page))
    changed = (np.abs(before.astype(int) - after.astype(int)).max(axis=2) > 8).mean()
    assert 0 < changed < 0.2
