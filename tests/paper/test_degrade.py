"""The truth that `degraded` tells about a page is the truth: marks are where it says they are."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.paper.degrade import Severity, Shot, chance_turns, degraded
from tests.paper.geometry import Points, moved

DPI = 300
MARKS = np.array([(x, y) for x in (120.0, 306.0, 500.0) for y in (130.0, 400.0, 680.0)])


def marked_page() -> Image.Image:
    """A letter page with nine discs of 9 points, drawn exactly where `MARKS` says."""
    page = Image.new("L", (2550 * 2, 3300 * 2), 255)
    draw = ImageDraw.Draw(page)
    for x, y in MARKS * DPI / 72 * 2:
        draw.ellipse((x - 37.5, y - 37.5, x + 36.5, y + 36.5), fill=0)
    return page.resize((2550, 3300), Image.Resampling.BOX)


PAGE = marked_page()


def seen(shot: Shot, near: Points) -> Points:
    """The centre of the dark disc near each expected pixel."""
    grey = np.asarray(shot.image.convert("L"))
    reach = round(shot.dpi * 0.12)
    found = []
    for x, y in near.round().astype(int):
        cut = grey[y - reach : y + reach + 1, x - reach : x + reach + 1]
        dark = (cut < (int(cut.min()) + int(np.median(cut))) / 2).astype(np.uint8)
        _, _, stats, centres = cv2.connectedComponentsWithStats(dark)
        biggest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
        found.append(centres[biggest] + (x - reach, y - reach))
    return np.array(found)


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_marks_are_where_the_truth_says(severity: Severity, turns: int) -> None:
    shot = degraded(PAGE, severity, seed=10 + turns, turns=turns)
    expected = shot.where(MARKS)
    error = np.linalg.norm(seen(shot, expected) - expected, axis=1)
    assert float(np.median(error)) < 0.8
    assert float(np.sort(error)[-2]) < 1.5  # one mark may lie under a stain or a hole


@pytest.mark.parametrize("severity", list(Severity))
def test_the_homography_agrees_up_to_the_bend(severity: Severity) -> None:
    for seed in range(3):
        shot = degraded(PAGE, severity, seed)
        apart = np.linalg.norm(moved(shot.homography, MARKS) - shot.where(MARKS), axis=1)
        assert float(apart.max()) <= shot.bend + 0.01
        assert shot.bend < 20
        assert (shot.bend == 0) == (severity is not Severity.PHOTO)


def test_the_same_seed_gives_the_same_picture_and_another_does_not() -> None:
    small = PAGE.resize((850, 1100))
    shots = [degraded(small, Severity.COPIER, seed, dpi=100).image.tobytes() for seed in (1, 1, 2)]
    assert shots[0] == shots[1]
    assert shots[0] != shots[2]


def test_severities_look_like_what_they_are_called() -> None:
    assert degraded(PAGE, Severity.CLEAN, 1).image.mode == "L"
    assert degraded(PAGE, Severity.CLEAN, 1).dpi == 300
    assert degraded(PAGE, Severity.BAD_COPY, 1).image.mode == "1"
    assert degraded(PAGE, Severity.PHOTO, 1).image.mode == "RGB"


@pytest.mark.parametrize("severity", [Severity.CLEAN, Severity.COPIER])
def test_a_colour_scan_keeps_the_colour_of_the_ink(severity: Severity) -> None:
    blue = Image.new("RGB", (425, 550), "white")
    ImageDraw.Draw(blue).rectangle((100, 100, 300, 200), fill=(30, 55, 160))
    shot = degraded(blue, severity, 1, dpi=50, turns=0, colour=True)
    x, y = shot.where(np.array([(290.0, 215.0), (400.0, 600.0)])).round().astype(int).T
    ink, paper = np.asarray(shot.image)[y, x].astype(int)
    assert ink[2] > ink[0] + 60
    assert paper.min() > 180


def test_chance_turns_photographs_all_four_ways_and_copies_only_over() -> None:
    assert {chance_turns(Severity.CLEAN, seed) for seed in range(40)} == {0}
    assert {chance_turns(Severity.COPIER, seed) for seed in range(40)} == {0, 2}
    assert {chance_turns(Severity.PHOTO, seed) for seed in range(40)} == {0, 1, 2, 3}
