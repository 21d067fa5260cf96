"""The foreign forms can be filled in every way, and have the awkward features they claim."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from tests.paper.fill import Hand, Saved, Spot, SpotKind, by_hand, on_screen, pictures, spots, typed_over
from tests.paper.foreign import STYLES, consent
from tests.paper.test_fill import ink


@pytest.fixture(params=sorted(STYLES))
def blank(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"{request.param}.pdf"
    path.write_bytes(STYLES[request.param]())
    return path


def anything(boxes: tuple[Spot, ...]) -> dict[str, str]:
    """Something in every box; the first of each group of marks."""
    values: dict[str, str] = {}
    for spot in boxes:
        if spot.kind is SpotKind.TICK:
            values.setdefault(spot.name, spot.on_state)
        else:
            values[spot.name] = "Webster1234567"[: spot.cells or spot.max_length or 12]
    return values


@pytest.mark.parametrize("way", ["screen", "flat", "typed", "hand"])
def test_every_box_can_be_filled_and_is_seen(blank: Path, way: str) -> None:
    boxes = spots(blank)
    values = anything(boxes)
    before = pictures(blank, 100)
    after = {
        "screen": lambda: pictures(on_screen(blank, values), 100),
        "flat": lambda: pictures(on_screen(blank, values, Saved.FLAT), 100),
        "typed": lambda: pictures(typed_over(blank, values), 100),
        "hand": lambda: [sheet.image for sheet in by_hand(blank, values, Hand("strokes"), dpi=100)],
    }[way]()
    for spot in boxes:
        if not spot.on_state or values[spot.name] == spot.on_state:
            assert ink(before[spot.page - 1], after[spot.page - 1], spot, dpi=100) > 0.002, spot.key


def household(folder: Path) -> Path:
    path = folder / "household.pdf"
    path.write_bytes(STYLES["household"]())
    return path


def test_the_twins_are_alike_and_not_the_same(tmp_path: Path) -> None:
    pages = [np.asarray(p.convert("L"), np.int16) for p in pictures(household(tmp_path), 100)]
    differing = (abs(pages[1] - pages[2]) > 60).mean()
    assert 0 < differing < 0.0005


def test_the_dense_form_is_awkward(tmp_path: Path) -> None:
    boxes = spots(household(tmp_path))
    names = Counter(spot.name for spot in boxes)
    assert names["form1[0].CaseNumber[0]"] == 4
    assert sum(spot.max_length == 1 for spot in boxes) == 27
    assert len([spot for spot in boxes if spot.on_state == "Yes"]) > 20
    assert any(spot.width > 17 for spot in boxes if spot.kind is SpotKind.TICK)
    assert all(spot.height > 0 for spot in boxes)


def test_the_turned_page_is_shown_wide() -> None:
    reader = PdfReader(io.BytesIO(consent()))
    assert reader.pages[1].get("/Rotate") == 90
    first, second = pictures(consent(), 72)
    assert first.size == (612, 792)
    assert second.size == (720, 576)


def test_values_on_the_turned_page_read_upright(tmp_path: Path) -> None:
    path = tmp_path / "consent.pdf"
    path.write_bytes(consent())
    values = {"log.0.what": "Record of shared"}
    (spot,) = [spot for spot in spots(path) if spot.name == "log.0.what"]
    for data in (on_screen(path, values), on_screen(path, values, Saved.FLAT), typed_over(path, values)):
        edges = (spot.left + 2, spot.top + 2, spot.right - 2, spot.bottom - 2)
        cut = pictures(data, 72)[1].convert("L").crop(edges)
        dark = cv2.findNonZero((np.asarray(cut) < 128).astype(np.uint8))
        _, _, width, height = cv2.boundingRect(dark)
        assert width > 3 * height


def test_the_locked_letter_opens_without_a_password(tmp_path: Path) -> None:
    path = tmp_path / "locked.pdf"
    path.write_bytes(consent(locked=True))
    assert PdfReader(path).is_encrypted
    assert len(spots(path)) == len(spots_of(consent(), tmp_path))
    assert isinstance(pictures(path, 30)[0], Image.Image)


def spots_of(data: bytes, folder: Path) -> tuple[Spot, ...]:
    path = folder / "open.pdf"
    path.write_bytes(data)
    return spots(path)
