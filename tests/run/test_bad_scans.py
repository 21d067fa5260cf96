"""Scans that came to harm: each is read, asked about or given back with the reason and what to do; none is guessed."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline.model import Decision, Outcome, Reading, Reason
from pipeline.run.waiting import held_paper
from tests.paper import spoilt
from tests.paper.byhand import by_hand, pictures
from tests.paper.carriers import Carrier, save_as
from tests.paper.families import typefaces
from tests.paper.fill import spots, typewriter
from tests.paper.foreign_sites import EDITION as HOUSEHOLD
from tests.paper.spoilt import Side
from tests.run.office import AnOffice, asked_in, blank_of, filled_in, on_a_screen, pages_of, typed, words_of
from tests.run.test_foreign import office_that_takes

pytestmark = pytest.mark.slow

FORM = "assessment-summary"
SEED = 1


@pytest.fixture
def office(tmp_path: Path) -> AnOffice:
    return AnOffice.at(tmp_path)


@cache
def sheets(form: str, seed: int = SEED) -> tuple[Image.Image, ...]:
    """The pages of a form as typed on paper, at 300 dots per inch."""
    filled = filled_in(form, seed, on_paper=True)
    machine = typewriter(typefaces()[0])
    made = by_hand(blank_of(form), filled.values, machine, seed=seed, signed=filled.signed)
    return tuple(sheet.image for sheet in made)


def page(form: str = FORM, seed: int = SEED) -> Image.Image:
    return sheets(form, seed)[0]


def scan(*images: Image.Image, dpi: float = spoilt.DPI) -> bytes:
    return save_as(images, Carrier.PDF_JPEG, dpi=dpi)


def on_letter(image: Image.Image) -> bytes:
    """The picture on a page of letter size, whatever its dots."""
    return scan(image, dpi=image.width / 8.5)


def photo(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def faint_letter() -> Image.Image:
    """Forty lines of print that is hardly darker than the paper."""
    image = Image.new("L", (2550, 3300), 255)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(44)
    for line in range(40):
        pen.text(
            (300, 300 + 65 * line),
            "A line of a letter about the weather and the harvest",
            font=font,
            fill=210,
        )
    return image


Make = Callable[[], bytes]
GIVEN_BACK: Mapping[str, tuple[Make, Reason, str, str]] = {
    "out of focus": (
        lambda: scan(spoilt.out_of_focus(page(), 4)),
        Reason.BLURRED,
        "This scan is blurred.",
        "Scan the whole page again at 200 dpi or more",
    ),
    "shaken": (
        lambda: scan(spoilt.shaken(page(), 12)),
        Reason.BLURRED,
        "This scan is blurred.",
        "Scan the whole page again at 200 dpi or more",
    ),
    "72 dots on a letter page": (
        lambda: on_letter(spoilt.coarse(page(), 72)),
        Reason.TOO_FEW_DOTS,
        "This scan is too coarse.",
        "Scan the whole page again at 200 dpi or more.",
    ),
    "72 dots in a file that says 300": (
        lambda: save_as([spoilt.coarse(page(), 72)], Carrier.JPG, dpi=300),
        Reason.TOO_FEW_DOTS,
        "This scan is too coarse.",
        "Scan the whole page again at 200 dpi or more.",
    ),
    "cut off": (
        lambda: scan(spoilt.cropped(page(), Side.LEFT, 1.5)),
        Reason.MISPLACED_PAGE,
        "does not lie as it should.",
        "Scan the whole page again, flat, with nothing on it and with all four corners.",
    ),
    "folded across": (
        lambda: scan(spoilt.creased(page(), 4, 0.8)),
        Reason.MISPLACED_PAGE,
        "does not lie as it should.",
        "Scan the whole page again, flat",
    ),
    "black": (
        lambda: scan(spoilt.black_page()),
        Reason.BLACK_PAGE,
        "This scan is black.",
        "Scan the whole page again at 200 dpi or more.",
    ),
    "far too faint": (
        lambda: scan(faint_letter()),
        Reason.UNREADABLE_PAGE,
        "This scan is too faint.",
        "Scan the whole page again at 200 dpi or more.",
    ),
    "off a screen": (
        lambda: photo(spoilt.off_a_screen(page(), np.random.default_rng(5))),
        Reason.POOR_SCAN,
        "This scan is too poor to be read.",
        "Scan the whole page again at 200 dpi or more, from the paper itself.",
    ),
    "two forms in one photo": (
        lambda: photo(spoilt.side_by_side(page(), page("waiver-choice", 2))),
        Reason.SEVERAL_PAPERS,
        "More than one paper lies in this picture.",
        "Scan each page by itself at 200 dpi or more.",
    ),
    "a paper that shows under another": (
        lambda: scan(spoilt.one_on_another(page(), page("waiver-choice", 2))),
        Reason.SEVERAL_PAPERS,
        "More than one paper lies in this picture.",
        "Scan each page by itself at 200 dpi or more.",
    ),
}


@pytest.mark.parametrize("harm", GIVEN_BACK)
def test_a_page_that_cannot_be_read_is_given_back_with_the_reason_and_what_to_do(
    harm: str, office: AnOffice
) -> None:
    make, reason, headline, to_do = GIVEN_BACK[harm]
    data = make()
    (part,) = office.drop(data, "scan.jpg" if data[:2] == b"\xff\xd8" else "scan.pdf")
    slip = words_of(office.sheet_of(part).read_bytes())

    assert (part.outcome, part.reasons) == (Outcome.HELD, (reason,))
    assert headline in slip
    assert to_do in slip
    assert "Keep the paper." in slip
    assert ("If the paper is gone" in slip) <= ("form" in asked_in(office.sheet_of(part).read_bytes()))


def test_a_white_page_is_a_blank_page_and_is_counted_as_left_out(office: AnOffice) -> None:
    (part,) = office.drop(scan(Image.new("L", (2550, 3300), 255)))
    assert (part.outcome, part.reasons) == (Outcome.SEPARATOR, (Reason.BLANK_PAGE,))


# --- pages of which a part is hidden ----------------------------------------------------------------


def read(office: AnOffice, data: bytes) -> dict[str, Reading]:
    path = office.root / "scan"
    path.write_bytes(data)
    with office.office.reader.opened(path) as opened:
        parts = office.office.reader.parts("DROP", opened, 2026)
    return {reading.widget: reading for part in parts for reading in part.readings}


HIDDEN: Mapping[str, Callable[[Image.Image], Image.Image]] = {
    "a strip is cut off": lambda image: spoilt.cropped(image, Side.LEFT, 0.62),
    "a strip lay beyond the glass": lambda image: spoilt.slid(image, Side.RIGHT, 1.2),
    "a corner is folded over": lambda image: spoilt.corner_folded(image, 3),
    "a note sticks on it": lambda image: spoilt.under_a_note(image, (4.2, 2.2), 2.0),
    "a finger holds it": lambda image: spoilt.under_a_finger(image, (1.6, 5.0)),
}


@pytest.mark.parametrize(
    ("form", "harm"), [*((FORM, harm) for harm in HIDDEN), ("intake", "a strip is cut off")]
)
def test_a_box_that_is_cut_off_or_covered_is_asked_about_and_never_blank(
    form: str, harm: str, office: AnOffice
) -> None:
    whole, spoiled = read(office, scan(page(form))), read(office, scan(HIDDEN[harm](page(form))))
    asked = {key for key, reading in spoiled.items() if reading.reason is Reason.BOX_HIDDEN}
    wrong = {
        key
        for key, reading in spoiled.items()
        if reading.decision is Decision.ACCEPTED
        and whole[key].decision is Decision.ACCEPTED
        and reading.text != whole[key].text
    }

    assert wrong == set()
    assert asked or not spoiled, "hidden boxes are asked about, or the page is given back"
    assert all(spoiled[key].decision is Decision.ASK and spoiled[key].crop for key in asked)


def test_a_punched_hole_in_a_box_is_asked_about_and_never_read_as_a_zero(office: AnOffice) -> None:
    line = max(
        (spot for spot in spots(blank_of(FORM)) if spot.multiline), key=lambda spot: spot.bottom - spot.top
    )
    centre = (line.left + line.right) / 2 / 72, (line.top + line.bottom) / 2 / 72
    found = read(office, scan(spoilt.punched(bare(), centre)))[f"{line.page}/{line.name}"]

    assert (found.text, found.decision, found.reason) == ("", Decision.ASK, Reason.BOX_HIDDEN)


def test_a_fold_as_high_as_a_row_of_a_table_moves_no_tick_to_another_row(tmp_path: Path) -> None:
    office = office_that_takes("household", tmp_path)
    blank = office.office.settings.site / "forms" / "household" / HOUSEHOLD / "blank.pdf"
    (part,) = office.drop(scan(spoilt.creased(pictures(blank, spoilt.DPI)[0], 4, 0.25)))

    assert (part.outcome, part.reasons) == (Outcome.HELD, (Reason.MISPLACED_PAGE,))


def test_the_sheet_says_of_a_covered_box_that_it_is_covered(office: AnOffice) -> None:
    (part,) = office.drop(scan(spoilt.under_a_note(page(), (4.2, 2.2), 2.0)))
    slip = words_of(office.sheet_of(part).read_bytes())

    assert Reason.BOX_HIDDEN in part.reasons or Reason.TICK_DOUBTFUL in part.reasons
    assert "cut off or covered in the scan" in slip


# --- pages that are only unusual --------------------------------------------------------------------


@cache
def bare() -> Image.Image:
    return pictures(blank_of(FORM), spoilt.DPI)[0]


HARMLESS: Mapping[str, Callable[[Image.Image], Image.Image]] = {
    "yellow paper": lambda image: spoilt.on_coloured_paper(image, spoilt.YELLOW),
    "green paper": lambda image: spoilt.on_coloured_paper(image, spoilt.GREEN),
    "printed in red": lambda image: spoilt.printed_in(image, bare(), spoilt.RED),
    "a staple and its shadow": spoilt.stapled,
    "a little out of focus": lambda image: spoilt.out_of_focus(image, 1.5),
}


@pytest.mark.parametrize("kind", HARMLESS)
def test_colour_staples_and_a_little_blur_change_nothing(kind: str, office: AnOffice) -> None:
    plain, unusual = read(office, scan(page())), read(office, scan(HARMLESS[kind](page())))
    taken = {key: reading.text for key, reading in unusual.items() if reading.decision is Decision.ACCEPTED}

    assert {key: plain[key].text for key in taken} == taken
    assert len(taken) >= 0.9 * len(plain)


# --- stacks -----------------------------------------------------------------------------------------


def test_a_page_of_another_form_in_a_stack_is_a_part_of_its_own(office: AnOffice) -> None:
    office.drop(on_a_screen("intake", 4), "intake.pdf")
    stack = pages_of(typed("intake", 4), typed("waiver-choice", 2), order=[1, 4, 2, 3])
    parts = office.drop(stack)

    assert {part.form: part.pages for part in parts} == {"intake": (1, 3, 4), "waiver-choice": (2,)}


def test_a_blurred_page_in_a_stack_is_named_with_what_is_wrong_with_it(office: AnOffice) -> None:
    first, second, third = sheets("intake", 4)
    parts = office.drop(scan(first, spoilt.out_of_focus(second, 5), third))
    waits = next(part for part in parts if part.path)
    slip = words_of(office.sheet_of(waits).read_bytes())

    assert "Page 2 of 3 is missing from this intake and application." in slip
    assert "Page 2 is in the scan, but cannot be read: the scan is blurred." in slip


def test_where_the_paper_is_gone_a_blurred_page_is_filed_from_its_picture_with_every_box_asked(
    office: AnOffice,
) -> None:
    (part,) = office.drop(scan(spoilt.out_of_focus(page(), 3)))
    office.answer(office.sheet_of(part), {"form": FORM})
    now = office.part(part)
    readings = held_paper(office.office, now).readings

    assert part.reasons == (Reason.BLURRED,)
    assert (now.outcome, now.form) == (Outcome.HELD, FORM)
    assert {reading.decision for reading in readings} == {Decision.ASK}
