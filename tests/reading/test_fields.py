"""Boxes to readings: what was typed is believed, what was written is read, what is doubtful is asked."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw
from pypdf import PdfWriter
from pypdf.annotations import FreeText
from reportlab.pdfgen.canvas import Canvas

from pipeline.identify import split_parts
from pipeline.model import Decision, Method, Reading, Reason
from pipeline.reading.blanks import Catalogue, KnownForm, load_form
from pipeline.reading.fields import read_part
from pipeline.reading.formmap import foreign_fields
from pipeline.reading.matching import match_pages
from pipeline.reading.pages import open_file
from pipeline.reading.recogniser import Readers, load_readers
from pipeline.values import Expectation, Kind
from tests.paper.carriers import Carrier, save_as
from tests.paper.degrade import Severity, degraded
from tests.paper.families import typefaces
from tests.paper.fill import Hand, Saved, by_hand, on_screen, typed_over, typewriter
from tests.reading.conftest import Shelf

pytestmark = pytest.mark.slow

VALUES = {
    "legal_last": "Holloway",
    "legal_first": "Ines",
    "birth_date": "03141988",
    "dmh_id": "2757786",
    "legal_middle": "Mona",
    "sex": "female",
    "city": "Columbia",
    "state": "MO",
    "zip": "65203",
    "phone": "5735550134",
    "county": "Boone",
    "language": "English",
}
HAND = Hand("strokes", colour=(30, 55, 160))


def read(
    data: bytes,
    known: KnownForm,
    expects: Mapping[str, Expectation],
    folder: Path,
    readers: Readers | None = None,
) -> dict[str, Reading]:
    """The readings of the file's first part by widget key."""
    folder.mkdir(exist_ok=True)
    path = folder / "drop"
    path.write_bytes(data)
    opened = open_file(path, folder / "scratch")
    part = split_parts("DROP", match_pages(opened, Catalogue((known,))))[0]
    readings = read_part(opened, part, known, expects, readers or load_readers())
    return {reading.widget: reading for reading in readings}


def first_page(
    shelf: Shelf,
    folder: Path,
    hand: Hand,
    severity: Severity = Severity.COPIER,
    values: Mapping[str, str] = VALUES,
    readers: Readers | None = None,
) -> dict[str, Reading]:
    sheet = by_hand(shelf.intake_blank, values, hand)[0]
    shot = degraded(sheet.image, severity, 7, dpi=300)
    data = save_as([shot.image], Carrier.PDF_JPEG, dpi=shot.dpi)
    return read(data, shelf.intake, shelf.intake_expects, folder, readers)


def texts(readings: Mapping[str, Reading], *names: str) -> list[str]:
    return [readings[f"1/{name}"].text for name in names]


@pytest.mark.parametrize("saved", [Saved.FULL, Saved.BARE, Saved.APPENDED])
def test_values_typed_on_screen_are_taken_as_they_are(saved: Saved, shelf: Shelf, tmp_path: Path) -> None:
    data = on_screen(shelf.intake_blank, VALUES, saved)
    readings = read(data, shelf.intake, shelf.intake_expects, tmp_path)
    expected = {name: text for name, text in VALUES.items() if name != "sex"}
    assert {name: readings[f"1/{name}"].text for name in expected} == expected
    assert (readings["1/sex/female"].text, readings["1/sex/male"].text) == ("on", "off")
    assert {reading.method for reading in readings.values()} == {Method.WIDGET}
    assert {reading.confidence for reading in readings.values()} == {1.0}


def test_a_value_that_is_none_of_its_kind_is_asked_even_when_typed(shelf: Shelf, tmp_path: Path) -> None:
    data = on_screen(shelf.intake_blank, {"birth_date": "99999999"})
    reading = read(data, shelf.intake, shelf.intake_expects, tmp_path)["1/birth_date"]
    assert (reading.decision, reading.reason) == (Decision.ASK, Reason.NOT_VALID)


def test_words_printed_over_the_boxes_are_read_without_a_recogniser(shelf: Shelf, tmp_path: Path) -> None:
    data = typed_over(shelf.intake_blank, VALUES)
    readings = read(data, shelf.intake, shelf.intake_expects, tmp_path, Readers())
    assert texts(readings, "legal_last", "birth_date", "phone", "county") == [
        "Holloway",
        "03141988",
        "5735550134",
        "Boone",
    ]
    assert readings["1/legal_last"].method is Method.TEXT_LAYER
    assert readings["1/sex/female"].text == "on"


def test_comments_typed_over_a_form_in_a_viewer_are_read(shelf: Shelf, tmp_path: Path) -> None:
    box = next(widget.box for widget in shelf.intake.map.widgets if widget.key == "1/city")
    writer = PdfWriter(clone_from=shelf.intake_blank)
    rect = (box.x0 + 2, 792 - box.bottom + 2, box.x1, 792 - box.top - 2)
    note = FreeText(text="Columbia", rect=rect, font_size="11pt", border_color=None, background_color=None)
    writer.add_annotation(0, note)
    buffer = io.BytesIO()
    writer.write(buffer)
    reading = read(buffer.getvalue(), shelf.intake, shelf.intake_expects, tmp_path)["1/city"]
    assert (reading.text, reading.method) == ("Columbia", Method.TEXT_LAYER)


@pytest.mark.slow
@pytest.mark.parametrize("severity", [Severity.CLEAN, Severity.COPIER, Severity.PHOTO])
def test_a_typed_scan_is_read_whole_and_without_asking(
    severity: Severity, shelf: Shelf, tmp_path: Path
) -> None:
    readings = first_page(shelf, tmp_path, typewriter(typefaces()[0]), severity)
    expected = [text for name, text in VALUES.items() if name != "sex"]
    assert texts(readings, *(name for name in VALUES if name != "sex")) == expected
    assert [key for key, reading in readings.items() if reading.decision is not Decision.ACCEPTED] == []
    assert not readings["1/legal_last"].handwritten


@pytest.mark.slow
def test_handwriting_is_read_and_known_for_what_it_is(shelf: Shelf, tmp_path: Path) -> None:
    readings = first_page(shelf, tmp_path, HAND)
    assert texts(readings, "birth_date", "phone", "zip", "county", "dmh_id") == [
        "03141988",
        "5735550134",
        "65203",
        "Boone",
        "2757786",
    ]
    assert all(readings[f"1/{name}"].handwritten for name in ("legal_last", "birth_date", "phone"))


@pytest.mark.slow
def test_every_box_of_a_scan_carries_its_picture_votes_and_models(shelf: Shelf, tmp_path: Path) -> None:
    readings = first_page(shelf, tmp_path, HAND)
    assert all(0 < len(reading.crop) <= 30_000 for reading in readings.values())
    assert [vote.reader for vote in readings["1/city"].votes] == ["v6-small", "v6-tiny"]
    assert [model.split(":")[0] for model in readings["1/city"].models] == ["v6-small", "v6-tiny"]


@pytest.mark.parametrize("severity", [Severity.CLEAN, Severity.COPIER, Severity.PHOTO])
def test_an_empty_form_reads_as_empty_and_nobody_is_asked(
    severity: Severity, shelf: Shelf, tmp_path: Path
) -> None:
    readings = first_page(shelf, tmp_path, HAND, severity, {})
    assert [key for key, reading in readings.items() if not reading.is_blank] == []
    assert [key for key, reading in readings.items() if reading.decision is not Decision.ACCEPTED] == []


def test_without_models_what_is_written_is_asked_and_ticks_are_still_read(
    shelf: Shelf, tmp_path: Path
) -> None:
    readings = first_page(shelf, tmp_path, HAND, readers=Readers())
    assert {readings[f"1/{name}"].reason for name in VALUES if name != "sex"} == {Reason.NO_MODEL}
    assert readings["1/sex/female"].text == "on"
    assert readings["1/preferred_name"].decision is Decision.ACCEPTED


def with_strokes(image: Image.Image, *lines: tuple[float, float, float, float], width: int = 6) -> bytes:
    """The page at 300 dpi with pen strokes between points (in PDF points) as a clean scan."""
    page = image.copy()
    for line in lines:
        ImageDraw.Draw(page).line([edge * 300 / 72 for edge in line], fill=(20, 30, 100), width=width)
    return save_as([page], Carrier.PNG, dpi=300)


def place_of(shelf: Shelf, field: str) -> tuple[int, str]:
    """The page of the blank a field stands on first, and its widget's key there."""
    widget = next(widget for widget in shelf.intake.map.widgets if widget.field == field)
    return widget.page, widget.key


def tick_box(shelf: Shelf, key: str) -> tuple[float, float, float, float]:
    box = next(widget.box for widget in shelf.intake.map.widgets if widget.key == key)
    return box.x0, box.top, box.x1, box.bottom


def test_two_ticks_of_one_choice_are_both_asked(shelf: Shelf, tmp_path: Path) -> None:
    sheet = by_hand(shelf.intake_blank, {"sex": "female"}, HAND)[0]
    data = with_strokes(sheet.image, tick_box(shelf, "1/sex/male"))
    readings = read(data, shelf.intake, shelf.intake_expects, tmp_path)
    for option in ("female", "male"):
        reading = readings[f"1/sex/{option}"]
        assert (reading.decision, reading.reason) == (Decision.ASK, Reason.TICKS_CONTRADICT)


def test_a_tick_that_was_struck_out_is_doubtful(shelf: Shelf, tmp_path: Path) -> None:
    sheet = by_hand(shelf.intake_blank, {"sex": "female"}, HAND)[0]
    left, top, right, bottom = tick_box(shelf, "1/sex/female")
    middle = (top + bottom) / 2
    data = with_strokes(sheet.image, (left - 14, middle - 1, right + 14, middle + 1))
    reading = read(data, shelf.intake, shelf.intake_expects, tmp_path)["1/sex/female"]
    assert (reading.text, reading.reason) == ("doubtful", Reason.TICK_DOUBTFUL)


def test_a_signature_is_present_and_waits_to_be_confirmed(shelf: Shelf, tmp_path: Path) -> None:
    page, signed_key = place_of(shelf, "individual_signature")
    _, unsigned_key = place_of(shelf, "guardian_signature")
    sheet = by_hand(shelf.intake_blank, {}, HAND, signed=["individual_signature"])[page - 1]
    shot = degraded(sheet.image, Severity.COPIER, 2, dpi=300)
    data = save_as([shot.image], Carrier.PDF_JPEG, dpi=shot.dpi)
    readings = read(data, shelf.intake, shelf.intake_expects, tmp_path)
    signed, unsigned = readings[signed_key], readings[unsigned_key]
    assert (signed.text, signed.decision) == ("present", Decision.CONFIRM)
    assert (unsigned.text, unsigned.decision) == ("absent", Decision.ACCEPTED)


@pytest.mark.slow
def test_a_narrative_by_hand_is_filed_but_waits_to_be_confirmed(shelf: Shelf, tmp_path: Path) -> None:
    page, key = place_of(shelf, "requested")
    values = {"requested": "help at home and a job near the river"}
    sheet = by_hand(shelf.intake_blank, values, HAND)[page - 1]
    data = save_as([sheet.image], Carrier.PNG, dpi=300)
    reading = read(data, shelf.intake, shelf.intake_expects, tmp_path)[key]
    assert (reading.decision, reading.reason) == (Decision.CONFIRM, Reason.HANDWRITTEN_NARRATIVE)


@pytest.mark.slow
@pytest.mark.parametrize("ink", [0.35, 0.2])
def test_thin_grey_print_is_not_called_blank(ink: float, shelf: Shelf, tmp_path: Path) -> None:
    sheet = by_hand(shelf.intake_blank, VALUES, typewriter(typefaces()[0]))[0]
    grey = 255 - (255 - np.asarray(sheet.image.convert("L"), dtype=np.float64)) * ink
    data = save_as([Image.fromarray(grey.astype(np.uint8))], Carrier.PNG, dpi=300)
    readings = read(data, shelf.intake, shelf.intake_expects, tmp_path)
    lost = [
        name
        for name in VALUES
        if name != "sex" and readings[f"1/{name}"].is_blank and readings[f"1/{name}"].reason is None
    ]
    assert lost == []


@pytest.mark.slow
def test_the_same_page_always_reads_the_same(shelf: Shelf, tmp_path: Path) -> None:
    assert first_page(shelf, tmp_path, HAND) == first_page(shelf, tmp_path, HAND)


def cells_form() -> bytes:
    """A foreign form whose number is nine widgets of one character, in no order."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(612, 792))
    canvas.setFont("Helvetica-Bold", 16)
    canvas.drawString(60, 720, "Statement of the county office for community services")
    for line, text in enumerate(("Social security number", "Write one figure in each box", "Then turn over")):
        canvas.drawString(60, 660 - 40 * line, text)
    for number in (3, 0, 8, 1, 5, 2, 7, 4, 6):
        canvas.acroForm.textfield(
            name=f"SSN_{number}", x=60 + 24 * number, y=500, width=24, height=26, maxlen=1
        )
    canvas.save()
    return buffer.getvalue()


def test_widgets_of_one_character_join_into_one_comb(tmp_path: Path) -> None:
    blank = tmp_path / "cells.pdf"
    blank.write_bytes(cells_form())
    known = load_form("cells", "1", blank, foreign_fields({}, {}, {"SSN_*": "ssn"}), tmp_path / "kept")
    expects = {"ssn": Expectation(Kind.IDENTIFIER, pattern=r"\d{9}")}
    values = {f"SSN_{place}": digit for place, digit in enumerate("544812746")}
    (typed,) = read(on_screen(blank, values), known, expects, tmp_path).values()
    sheet = by_hand(blank, values, typewriter(typefaces()[0]))[0]
    (scan,) = read(save_as([sheet.image], Carrier.PNG, dpi=300), known, expects, tmp_path).values()
    assert (typed.text, typed.method) == ("544812746", Method.WIDGET)
    assert (scan.text, scan.method) == ("544812746", Method.RECOGNISED)


def test_pictures_are_not_changed_by_reading_them(shelf: Shelf, tmp_path: Path) -> None:
    path = tmp_path / "drop"
    path.write_bytes(save_as([by_hand(shelf.intake_blank, {}, HAND)[0].image], Carrier.PNG, dpi=300))
    page = open_file(path, tmp_path / "scratch").pages[0]
    before = page.picture()
    assert cv2.absdiff(before, page.picture()).max() == 0


def test_three_readers_speak_of_a_comb_of_digits_and_two_of_a_line(shelf: Shelf, tmp_path: Path) -> None:
    readings = first_page(shelf, tmp_path, HAND, Severity.CLEAN)
    comb, line = readings["1/birth_date"], readings["1/city"]
    assert [vote.reader for vote in comb.votes] == ["v6-small", "v6-tiny", "digits"]
    assert [model.split(":")[0] for model in comb.models] == ["v6-small", "v6-tiny", "digits"]
    assert [vote.reader for vote in line.votes] == ["v6-small", "v6-tiny"]
    assert comb.text == VALUES["birth_date"]


@pytest.mark.parametrize("hand", [HAND, typewriter(typefaces()[0])], ids=["hand", "typed"])
def test_a_gap_in_a_comb_is_asked_about(hand: Hand, shelf: Shelf, tmp_path: Path) -> None:
    values = {**VALUES, "dmh_id": " 2757786"}
    whole = first_page(shelf, tmp_path / "whole", hand, Severity.CLEAN)["1/dmh_id"]
    gap = first_page(shelf, tmp_path / "gap", hand, Severity.CLEAN, values)["1/dmh_id"]
    assert (whole.decision, gap.decision) == (Decision.ACCEPTED, Decision.ASK)
    assert gap.text == whole.text
