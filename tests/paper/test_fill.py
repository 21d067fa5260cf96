"""The filling code does what it says: values can be read back, seen, and are where the boxes are."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps
from pypdf import PdfReader

from tests.paper import foreign
from tests.paper.families import typefaces
from tests.paper.fill import (
    Hand,
    Saved,
    Spot,
    by_hand,
    invented_hand,
    on_screen,
    pictures,
    spots,
    typed_over,
    typewriter,
)
from tests.paper.pen import can_write
from tests.paper.widgets import page_widgets

VALUES = {
    "LastName": "O'Neil-Ångström",
    "FirstName": "Renée",
    "DOB": "03141987",
    "Sex": "M",
    "SvcTransport": "Yes",
    "Important": "Seeing my sister on Sundays.\nFishing at the lake when the weather is right.",
    "County": "Cole",
}
TYPE = typefaces()[-1]


@pytest.fixture
def blank(tmp_path: Path) -> Path:
    path = tmp_path / "blank.pdf"
    path.write_bytes(foreign.request())
    return path


def filled_spots(blank: Path) -> list[Spot]:
    return [s for s in spots(blank) if s.name in VALUES and (not s.on_state or VALUES[s.name] == s.on_state)]


def ink(blank_page: Image.Image, page: Image.Image, spot: Spot, dpi: float = 150) -> float:
    """Share of a box's pixels that differ from the blank's."""
    edges = (spot.left, spot.top, spot.right, spot.bottom)
    left, top, right, bottom = (round(edge * dpi / 72) for edge in edges)
    before, after = (
        np.asarray(ImageOps.grayscale(p).crop((left, top, right, bottom)), np.int16)
        for p in (blank_page, page)
    )
    return float((abs(after - before) > 60).mean())


@pytest.mark.parametrize("saved", [Saved.FULL, Saved.BARE, Saved.APPENDED])
def test_values_typed_on_screen_are_read_back(blank: Path, saved: Saved) -> None:
    fields = PdfReader(io.BytesIO(on_screen(blank, VALUES, saved))).get_fields() or {}
    read = {name: str(fields[name].get("/V")).removeprefix("/") for name in VALUES}
    assert read == VALUES


@pytest.mark.parametrize("saved", [Saved.FULL, Saved.APPENDED, Saved.FLAT])
def test_values_typed_on_screen_are_seen(blank: Path, saved: Saved) -> None:
    before = pictures(blank, 150)
    after = pictures(on_screen(blank, VALUES, saved), 150)
    for spot in filled_spots(blank):
        assert ink(before[spot.page - 1], after[spot.page - 1], spot) > 0.005, spot.key
    (respite,) = [spot for spot in spots(blank) if spot.name == "SvcRespite"]
    assert ink(before[0], after[0], respite) == 0


def test_an_appended_save_keeps_the_original_bytes(blank: Path) -> None:
    assert on_screen(blank, VALUES, Saved.APPENDED).startswith(blank.read_bytes())


def test_a_bare_save_has_no_pictures_of_the_values(blank: Path) -> None:
    page = PdfReader(io.BytesIO(on_screen(blank, VALUES, Saved.BARE))).pages[0]
    widgets = {str(widget.get("/T")): widget for widget in page_widgets(page)}
    assert "/AP" not in widgets["DOB"]


def test_a_name_the_form_does_not_have_is_refused(blank: Path) -> None:
    with pytest.raises(KeyError, match="Surname"):
        on_screen(blank, {"Surname": "Doe"})
    with pytest.raises(KeyError, match="Surname"):
        by_hand(blank, {"Surname": "Doe"}, Hand("anyone"))


def test_a_state_the_box_cannot_show_is_refused(blank: Path) -> None:
    with pytest.raises(ValueError, match="Sex"):
        on_screen(blank, {"Sex": "Male"})


@pytest.mark.parametrize("kind", ["flat", "typed"])
def test_a_printed_form_has_text_and_no_fields(blank: Path, kind: str) -> None:
    data = on_screen(blank, VALUES, Saved.FLAT) if kind == "flat" else typed_over(blank, VALUES)
    reader = PdfReader(io.BytesIO(data))
    text = reader.pages[0].extract_text()
    assert not reader.get_fields()
    assert not any(list(page_widgets(page)) for page in reader.pages)
    assert VALUES["LastName"] in text
    assert "Fishing at the lake" in text
    assert VALUES["LastName"] in reader.pages[1].extract_text()


def test_typed_values_are_in_their_boxes(blank: Path) -> None:
    before, after = pictures(blank, 150), pictures(typed_over(blank, VALUES), 150)
    for spot in filled_spots(blank):
        assert ink(before[spot.page - 1], after[spot.page - 1], spot) > 0.005, spot.key


@pytest.mark.parametrize(
    "hand", [Hand("strokes", tick="check"), typewriter(TYPE)], ids=lambda hand: hand.name
)
def test_values_written_by_hand_are_in_their_boxes(blank: Path, hand: Hand) -> None:
    before = pictures(blank, 150)
    sheets = by_hand(blank, VALUES, hand, dpi=150, signed=["Signature"])
    for spot in filled_spots(blank):
        assert ink(before[spot.page - 1], sheets[spot.page - 1].image, spot) > 0.005, spot.key
    written = {w.spot.name: w.text for sheet in sheets for w in sheet.written}
    assert written == VALUES | {"Signature": "signed"}


def test_the_same_seed_writes_the_same_page_and_another_does_not(blank: Path) -> None:
    pages = [by_hand(blank, VALUES, Hand("strokes"), dpi=72, seed=s)[0].image.tobytes() for s in (1, 1, 2)]
    assert pages[0] == pages[1]
    assert pages[0] != pages[2]


def test_handwriting_stays_near_its_box(blank: Path) -> None:
    rng = np.random.default_rng(5)
    for seed in range(4):
        for sheet in by_hand(blank, VALUES, invented_hand(rng), dpi=100, seed=seed, signed=["Signature"]):
            for item in sheet.written:
                reach = 0.35 * item.spot.height + 4
                over = item.spot.left - item.left * 72 / 100, item.right * 72 / 100 - item.spot.right
                assert max(over) < reach, item.spot.key
                assert item.top * 72 / 100 > item.spot.top - reach, item.spot.key
                assert item.bottom * 72 / 100 < item.spot.bottom + reach, item.spot.key


def test_copies_of_a_field_may_differ_on_paper(blank: Path) -> None:
    sheets = by_hand(blank, {"LastName": "Doe", "LastName@2": "Roe"}, Hand("strokes"), dpi=72)
    assert [[w.text for w in sheet.written] for sheet in sheets] == [["Doe"], ["Roe"]]


def test_mistakes_are_struck_out_beside_what_was_meant(blank: Path) -> None:
    values, wrong = {"LastName": "Roe", "Sex": "M"}, {"LastName": "Doe", "Sex": "F"}
    sheet = by_hand(blank, values, Hand("strokes"), dpi=150, mistakes=wrong)[0]
    found = {(w.spot.name, w.spot.on_state): (w.text, w.spoiled) for w in sheet.written}
    assert found == {
        ("LastName", ""): ("Roe", True),
        ("Sex", "F"): ("struck", True),
        ("Sex", "M"): ("M", False),
    }
    clean = by_hand(blank, values, Hand("strokes"), dpi=150)[0]
    (female,) = [s for s in spots(blank) if s.on_state == "F"]
    assert ink(clean.image, sheet.image, female) > 0.05


def test_text_longer_than_its_comb_is_refused(blank: Path) -> None:
    with pytest.raises(ValueError, match="8 cells"):
        by_hand(blank, {"DOB": "031419877"}, Hand("strokes"), dpi=72)


def test_the_stroke_alphabet_has_what_people_type() -> None:
    assert can_write("ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz 0123456789")
    assert can_write(".,'\"-_/\\|()[]:;!?&@#$%+=*<> ÅÄÖÜÉÑÇåäöüéèêñçøłß’“”–")
    assert not can_write("文")
