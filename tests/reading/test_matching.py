"""Which page is which: by widgets, by code, by words, by its looks; and what is not known is not guessed."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfgen.canvas import Canvas

from pipeline.model import PageMatch, Reason
from pipeline.reading.blanks import Catalogue, KnownForm, load_form
from pipeline.reading.formmap import foreign_fields
from pipeline.reading.matching import match_pages
from pipeline.reading.pages import open_file
from tests.paper.carriers import Carrier, save_as
from tests.paper.degrade import Severity, Shot, degraded
from tests.paper.fill import Saved, by_hand, invented_hand, on_screen, pictures, typed_over
from tests.paper.hostile_pdf import broken_picture
from tests.reading.conftest import Shelf

pytestmark = pytest.mark.slow

INTAKE_VALUES = {"legal_last": "Holloway", "legal_first": "Ines", "birth_date": "03141988", "sex": "female"}
REQUEST_VALUES = {"LastName": "Holloway", "FirstName": "Ines", "DOB": "03141988", "Sex": "F"}


def matched(data: bytes, folder: Path, catalogue: Catalogue) -> list[PageMatch]:
    path = folder / "drop"
    path.write_bytes(data)
    return list(match_pages(open_file(path, folder / "scratch"), catalogue))


def scanned(blank: Path, values: dict[str, str], severity: Severity, seed: int, page: int = 1) -> Shot:
    sheets = by_hand(blank, values, invented_hand(np.random.default_rng(seed)), seed=seed)
    return degraded(sheets[page - 1].image, severity, seed, dpi=300)


def off_by(match: PageMatch, shot: Shot, known: KnownForm) -> float:
    """How far, in hundredths of an inch, the pose is off at worst, over all boxes of the page."""
    places = np.array([widget.box.centre for widget in known.map.on_page(match.page)])
    onto = np.array(match.transform).reshape(3, 3)
    seen = np.c_[places, np.ones(len(places))] @ onto.T
    apart = np.hypot(*(seen[:, :2] / seen[:, 2:] - shot.where(places)).T)
    scale = float(np.sqrt(abs(np.linalg.det(onto[:2, :2] / onto[2, 2]))))
    return float(apart.max()) / scale / 72 * 100


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("page", [1, 3])
def test_a_scanned_page_is_found_and_posed(
    severity: Severity, page: int, shelf: Shelf, tmp_path: Path
) -> None:
    shot = scanned(shelf.intake_blank, INTAKE_VALUES, severity, seed=page, page=page)
    (match,) = matched(save_as([shot.image], Carrier.PNG, dpi=shot.dpi), tmp_path, shelf.catalogue)
    assert (match.form, match.page, match.reason) == ("intake", page, None)
    assert off_by(match, shot, shelf.intake) < 4 + 100 * shot.bend / shot.dpi


@pytest.mark.parametrize("severity", list(Severity))
def test_a_foreign_form_is_found_by_its_looks(severity: Severity, shelf: Shelf, tmp_path: Path) -> None:
    shot = scanned(shelf.request_blank, REQUEST_VALUES, severity, seed=11)
    (match,) = matched(save_as([shot.image], Carrier.PNG, dpi=shot.dpi), tmp_path, shelf.catalogue)
    assert (match.form, match.page, match.method, match.reason) == ("request", 1, "features", None)
    assert off_by(match, shot, shelf.request) < 4 + 100 * shot.bend / shot.dpi


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_page_may_lie_any_way(turns: int, shelf: Shelf, tmp_path: Path) -> None:
    sheet = by_hand(shelf.intake_blank, INTAKE_VALUES, invented_hand(np.random.default_rng(1)))[1]
    shot = degraded(sheet.image, Severity.COPIER, 5, dpi=300, turns=turns)
    (match,) = matched(save_as([shot.image], Carrier.PNG, dpi=shot.dpi), tmp_path, shelf.catalogue)
    assert (match.page, match.reason) == (2, None)
    assert off_by(match, shot, shelf.intake) < 4


def covered(image: Image.Image, dpi: float, *boxes: tuple[float, float, float, float]) -> Image.Image:
    image = image.convert("L")
    for box in boxes:
        ImageDraw.Draw(image).rectangle([edge * dpi / 72 for edge in box], fill=255)
    return image


def test_a_page_whose_code_is_covered_is_found_by_its_looks(shelf: Shelf, tmp_path: Path) -> None:
    page = covered(pictures(shelf.intake_blank, 300)[2], 300, (200, 20, 420, 130))
    (match,) = matched(save_as([page], Carrier.PNG, dpi=300), tmp_path, shelf.catalogue)
    assert (match.form, match.page, match.method, match.reason) == ("intake", 3, "features", None)


def test_a_page_with_cut_corners_is_posed_by_its_print(shelf: Shelf, tmp_path: Path) -> None:
    page = covered(pictures(shelf.intake_blank, 300)[0], 300, (0, 0, 70, 70), (540, 0, 612, 70))
    (match,) = matched(save_as([page], Carrier.PNG, dpi=300), tmp_path, shelf.catalogue)
    assert (match.form, match.page, match.method, match.reason) == ("intake", 1, "code", None)


@pytest.mark.parametrize("saved", [Saved.FULL, Saved.BARE, Saved.APPENDED])
def test_a_form_filled_on_screen_is_known_by_its_widgets(saved: Saved, shelf: Shelf, tmp_path: Path) -> None:
    matches = matched(on_screen(shelf.request_blank, REQUEST_VALUES, saved), tmp_path, shelf.catalogue)
    assert [(m.form, m.page, m.method) for m in matches] == [
        ("request", 1, "widgets"),
        ("request", 2, "widgets"),
    ]


def test_a_printed_foreign_form_is_known_by_its_words(shelf: Shelf, tmp_path: Path) -> None:
    matches = matched(typed_over(shelf.request_blank, REQUEST_VALUES), tmp_path, shelf.catalogue)
    assert [(m.form, m.page) for m in matches] == [("request", 1), ("request", 2)]


def letter() -> bytes:
    """A typed letter that is no form at all."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(612, 792))
    for line in range(30):
        canvas.drawString(72, 720 - 20 * line, f"Line {line} of a letter about the weather and the harvest.")
    canvas.save()
    return buffer.getvalue()


def test_a_letter_is_an_unknown_form_on_screen_and_on_paper(shelf: Shelf, tmp_path: Path) -> None:
    (born,) = matched(letter(), tmp_path, shelf.catalogue)
    image = pictures(letter(), 200)[0]
    (scan,) = matched(save_as([image], Carrier.PNG, dpi=200), tmp_path, shelf.catalogue)
    assert (born.reason, scan.reason) == (Reason.UNKNOWN_FORM, Reason.UNKNOWN_FORM)


def test_an_empty_back_is_a_blank_page(shelf: Shelf, tmp_path: Path) -> None:
    shot = degraded(Image.new("RGB", (2550, 3300), "white"), Severity.COPIER, 3, dpi=300)
    (match,) = matched(save_as([shot.image], Carrier.JPG, dpi=shot.dpi), tmp_path, shelf.catalogue)
    assert match.reason is Reason.BLANK_PAGE


def test_an_edition_we_do_not_have_is_named_with_those_we_have(shelf: Shelf, tmp_path: Path) -> None:
    older = replace(shelf.intake, map=replace(shelf.intake.map, edition="2020-01"))
    data = save_as([pictures(shelf.intake_blank, 200)[0]], Carrier.PNG, dpi=200)
    (match,) = matched(data, tmp_path, Catalogue((older,)))
    assert (match.reason, "2020-01" in match.detail) == (Reason.UNKNOWN_EDITION, True)


def test_pages_that_look_alike_are_not_guessed(shelf: Shelf, tmp_path: Path) -> None:
    twin = replace(shelf.request, map=replace(shelf.request.map, edition="2"))
    data = save_as([pictures(shelf.request_blank, 200)[0]], Carrier.PNG, dpi=200)
    (match,) = matched(data, tmp_path, Catalogue((shelf.request, twin)))
    assert match.reason is Reason.TWIN_PAGES


def test_a_code_with_wrong_check_characters_is_not_believed(shelf: Shelf, tmp_path: Path) -> None:
    image = Image.new("L", (1700, 2200), 255)
    font = ImageFont.load_default(40)
    ImageDraw.Draw(image).text((200, 200), "F1|intake|2026-11|1|4|ZZ", font=font, fill=0)
    (match,) = matched(save_as([image], Carrier.PNG, dpi=200), tmp_path, shelf.catalogue)
    assert match.reason is Reason.UNKNOWN_FORM


def test_the_same_page_is_always_matched_the_same(shelf: Shelf, tmp_path: Path) -> None:
    shot = scanned(shelf.request_blank, REQUEST_VALUES, Severity.PHOTO, seed=4)
    data = save_as([shot.image], Carrier.JPG, dpi=shot.dpi)
    assert matched(data, tmp_path, shelf.catalogue) == matched(data, tmp_path, shelf.catalogue)


def person_page(number: int) -> bytes:
    """One of several pages that differ in a single figure of their heading."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(612, 792), invariant=1)
    canvas.setFont("Helvetica-Bold", 14)
    canvas.drawString(60, 730, f"Household member number {number}")
    canvas.setFont("Helvetica", 10)
    for line in range(12):
        canvas.drawString(60, 690 - 44 * line, f"Question {line + 1} about this member of the household")
        canvas.acroForm.textfield(name=f"m{number}_{line}", x=300, y=680 - 44 * line, width=240, height=20)
    canvas.save()
    return buffer.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("severity", [Severity.CLEAN, Severity.COPIER, Severity.PHOTO])
def test_near_twins_are_told_apart_by_their_own_print(severity: Severity, tmp_path: Path) -> None:
    known = []
    for number in (2, 3, 4):
        blank = tmp_path / f"member{number}.pdf"
        blank.write_bytes(person_page(number))
        names = {f"m{number}_{line}": f"answer_{line}" for line in range(12)}
        fields = foreign_fields(names, {}, {})
        known.append(load_form(f"member{number}", "1", blank, fields, tmp_path / "kept"))
    shot = scanned(tmp_path / "member3.pdf", {"m3_1": "walks", "m3_5": "alone"}, severity, seed=9)
    data = save_as([shot.image], Carrier.PNG, dpi=shot.dpi)
    (match,) = matched(data, tmp_path, Catalogue(tuple(known)))
    assert (match.form, match.reason) == ("member3", None)


def test_a_page_whose_picture_cannot_be_decoded_is_never_taken_for_a_blank_back(tmp_path: Path) -> None:
    path = tmp_path / "broken.pdf"
    path.write_bytes(broken_picture())
    opened = open_file(path, tmp_path / "scratch")
    [match] = match_pages(opened, Catalogue(()))
    assert match.reason is Reason.BROKEN_PICTURE


@pytest.mark.parametrize(("value", "ticked"), [("", False), ("J", False), ("", True)])
def test_a_page_on_which_only_a_box_is_filled_in_is_no_blank_page(
    value: str, ticked: bool, tmp_path: Path
) -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(612, 792))
    plain = {"borderWidth": 0, "fillColor": None, "borderColor": None}
    canvas.acroForm.textfield(
        name="aide", x=100, y=400, width=30, height=14, fontSize=9, value=value, **plain
    )
    canvas.acroForm.checkbox(name="seen", x=100, y=300, size=8, checked=ticked, **plain)
    canvas.showPage()
    canvas.save()
    (match,) = matched(buffer.getvalue(), tmp_path, Catalogue(()))
    assert (match.reason is Reason.BLANK_PAGE) == (not value and not ticked)


def test_a_truly_blank_scan_is_a_blank_page(tmp_path: Path) -> None:
    path = tmp_path / "blank.pdf"
    path.write_bytes(save_as([Image.new("1", (1700, 2200), 1)], Carrier.PDF_G4))
    opened = open_file(path, tmp_path / "scratch")
    [match] = match_pages(opened, Catalogue(()))
    assert match.reason is Reason.BLANK_PAGE
