"""Sheets printed, filled in by several hands and scanned: heard where they are clear, else asked again in words."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
import pytest
from pypdf import PdfReader

from pipeline.model import Outcome, Reason
from tests.paper.fill import by_hand, invented_hand, spots
from tests.run.office import AnOffice, asked_in, on_a_screen, words_of
from tests.run.test_corrections import BORN, SEX, birthday, held_intake
from tests.run.test_penned import CLEAR

pytestmark = pytest.mark.slow


@pytest.fixture
def office(tmp_path: Path) -> AnOffice:
    return AnOffice.at(tmp_path)


def scanned(
    sheet: bytes,
    values: Mapping[str, str],
    hand: int = CLEAR,
    turned: int = 0,
    only: Collection[int] = (),
) -> bytes:
    """The sheet printed, filled in by this hand and scanned. only: the pages that were put on the scanner."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.pdf"
        path.write_bytes(sheet)
        pages = by_hand(path, values, invented_hand(np.random.default_rng(hand)), dpi=200, seed=hand)
    images = [page.image.convert("L").rotate(turned) for page in pages if not only or page.page in only]
    buffer = io.BytesIO()
    images[0].save(buffer, "PDF", save_all=True, append_images=images[1:], resolution=200)
    return buffer.getvalue()


def answers(sheet: bytes) -> dict[str, str]:
    """The two boxes of a held intake as a clerk fills them in on paper."""
    asked = asked_in(sheet)
    number, _, codes = asked[SEX]
    return {
        f"hand.{asked[BORN][0]}": birthday(),
        f"q.{number}": str(codes.index("female") + 1),
        "finished": "on",
        "initials": "JM",
    }


@pytest.mark.parametrize(("hand", "turned"), [(CLEAR, 0), (CLEAR, 180), (3, 0), (5, 0)])
def test_what_several_hands_wrote_is_filed_as_written_or_asked_again(
    office: AnOffice, hand: int, turned: int
) -> None:
    part = held_intake(office)
    sheet = office.sheet_of(part).read_bytes()
    (acted,) = office.drop(scanned(sheet, answers(sheet), hand, turned), "sheet scan.pdf")
    now = office.part(part)

    assert acted.outcome is Outcome.ACTED
    if now.outcome is Outcome.KEPT:
        record = office.office.record(now.case)
        assert f"{record.value('person.birth_date'):%m/%d/%Y}" == birthday()
        assert record.value("person.sex") == "female"
    else:
        assert (now.outcome, now.round) == (Outcome.HELD, 2)
        assert "The last sheet about it was not complete." in words_of(office.sheet_of(part).read_bytes())


def test_the_pages_for_reference_need_not_be_scanned(office: AnOffice) -> None:
    part = held_intake(office)
    path = office.sheet_of(part)
    sheet, to_fill = path.read_bytes(), {spot.page for spot in spots(path) if spot.name != "sheet"}
    everything = len(PdfReader(path).pages)
    office.drop(scanned(sheet, answers(sheet), only=to_fill), "sheet scan.pdf")
    again = "".join(words_of(path.read_bytes()) for path in office.sheets)

    assert len(to_fill) < everything
    assert "not scanned" not in again


WRONG = {
    "birth_date": "",
    "sex": "",
    "zip": "1",
    "phone": "2",
    "emergency_phone": "3",
    "physician_phone": "4",
}


def test_a_sheet_of_which_a_page_was_not_scanned_comes_back_naming_it(office: AnOffice) -> None:
    (part,) = office.drop(on_a_screen("intake", 2, WRONG))
    sheet = office.sheet_of(part).read_bytes()
    (acted,) = office.drop(scanned(sheet, answers(sheet), only=[1]), "sheet scan.pdf")
    again = office.sheet_of(part)

    assert (acted.outcome, acted.reasons) == (Outcome.ACTED, (Reason.SHEET_UNFINISHED,))
    assert (office.part(part).outcome, office.part(part).round) == (Outcome.HELD, 2)
    assert "Page 2 of the sheet was not scanned, or could not be read." in words_of(again.read_bytes())
    deposit = office.office.archive.deposit(office.part(part).path)
    draft = json.loads(office.office.archive.read(deposit, "paper.json"))["draft"]
    assert draft.get(SEX) == "female", "what was ticked already stands in its box again"
