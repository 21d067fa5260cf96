"""The correction loop: only a finished sheet counts, what is missing is asked again, and no answer is lost."""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from pypdf import PdfReader

from pipeline.ledger import PartRow
from pipeline.model import Outcome, Reason
from pipeline.run import onedrop
from tests.paper.fill import spots
from tests.run.crash import PlugPulled
from tests.run.office import AnOffice, answered, asked_in, filled_in, on_a_screen, reopened, words_of

pytestmark = pytest.mark.slow

BORN, SEX = "field:birth_date", "field:sex"


@pytest.fixture
def office(tmp_path: Path) -> AnOffice:
    return AnOffice.at(tmp_path)


def held_intake(office: AnOffice) -> PartRow:
    """An intake with two boxes that must be filled in and are not."""
    (part,) = office.drop(on_a_screen("intake", 2, {"birth_date": "", "sex": ""}))
    assert part.outcome is Outcome.HELD
    assert part.reasons == (Reason.REQUIRED_BLANK,)
    return part


def birthday() -> str:
    text = filled_in("intake", 2, on_paper=False).values["birth_date"]
    return f"{text[:2]}/{text[2:4]}/{text[4:]}"


def test_a_sheet_filled_in_and_finished_files_the_form_and_goes_away(office: AnOffice) -> None:
    part = held_intake(office)
    office.answer(office.sheet_of(part), {BORN: birthday(), SEX: "female"})

    assert office.part(part).outcome is Outcome.KEPT
    assert office.sheets == ()


def test_a_form_before_its_intake_is_filed_though_the_answer_that_files_the_intake_was_cut_short(
    office: AnOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    (early,) = office.drop(on_a_screen("assessment-summary", 2), "early.pdf")
    part = held_intake(office)
    sheet = office.sheet_of(part)
    sheet.write_bytes(answered(sheet.read_bytes(), {BORN: birthday(), SEX: "female"}, "JM"))

    def pulled(*_: object) -> None:
        raise PlugPulled  # the intake is filed, the forms that wait for it not yet looked at

    with monkeypatch.context() as plug:
        plug.setattr(onedrop, "release_waiting", pulled)
        with pytest.raises(PlugPulled):
            office.take()
    again = reopened(office)
    before = again.part(part).outcome, again.part(early).outcome
    again.take()

    assert before == (Outcome.KEPT, Outcome.HELD)
    assert again.part(early).case == again.part(part).case


def test_a_habitual_save_submits_nothing_and_the_sheet_stays_as_it_was_saved(office: AnOffice) -> None:
    part = held_intake(office)
    sheet = office.sheet_of(part)
    office.answer(sheet, {BORN: birthday(), SEX: "female"}, by="", finished=False)
    saved = sheet.read_bytes()
    office.take()

    assert (office.part(part).outcome, office.part(part).round) == (Outcome.HELD, 1)
    assert sheet.read_bytes() == saved
    assert Reason.SHEET_UNFINISHED not in office.part(part).reasons


def test_a_finished_sheet_without_initials_comes_back_with_its_answers(office: AnOffice) -> None:
    part = held_intake(office)
    office.answer(office.sheet_of(part), {BORN: birthday(), SEX: "female"}, by="")
    again = office.sheet_of(part)

    assert (office.part(part).outcome, office.part(part).round) == (Outcome.HELD, 2)
    assert 'Your initials beside "I am finished".' in words_of(again.read_bytes())
    assert birthday() in boxes_of(again.read_bytes()).values()


def test_a_half_filled_sheet_comes_back_asking_for_the_rest(office: AnOffice) -> None:
    part = held_intake(office)
    office.answer(office.sheet_of(part), {BORN: birthday()})
    again = office.sheet_of(part)
    asked = set(asked_in(again.read_bytes()))
    office.answer(again, {SEX: "female"})

    assert SEX in asked
    assert BORN not in asked
    assert office.part(part).outcome is Outcome.KEPT


def test_a_finished_sheet_without_any_answer_says_what_is_missing(office: AnOffice) -> None:
    part = held_intake(office)
    office.answer(office.sheet_of(part), {})

    assert office.part(part).round == 2
    assert "Number 1: there is no answer." in words_of(office.sheet_of(part).read_bytes())


def test_a_sheet_saved_into_the_inbox_counts_like_one_saved_in_place(office: AnOffice) -> None:
    part = held_intake(office)
    sheet = answered(office.sheet_of(part).read_bytes(), {BORN: birthday(), SEX: "female"}, "JM")
    (acted,) = office.drop(sheet, "renamed by somebody.pdf")

    assert acted.outcome is Outcome.ACTED
    assert office.part(part).outcome is Outcome.KEPT
    assert office.sheets == ()


def test_a_sheet_that_is_deleted_comes_back(office: AnOffice) -> None:
    part = held_intake(office)
    sheet = office.sheet_of(part)
    before = sheet.read_bytes()
    sheet.unlink()
    office.take()

    assert office.sheet_of(part).read_bytes() == before


def test_a_paper_is_put_aside_with_reason_and_initials(office: AnOffice) -> None:
    part = held_intake(office)
    office.answer(office.sheet_of(part), {"dismiss": "Meant for another office"})

    now = office.part(part)
    kept = office.office.archive.deposit(now.path)
    said = office.office.archive.read(kept, "paper.json").decode()
    assert (now.outcome, now.reasons) == (Outcome.REFUSED, (Reason.DISMISSED,))
    assert "Meant for another office" in said
    assert '"JM"' in said
    assert office.sheets == ()


def test_a_paper_put_aside_without_a_reason_is_asked_for_it(office: AnOffice) -> None:
    part = held_intake(office)
    office.answer(office.sheet_of(part), {"dismiss": ""})

    assert office.part(part).outcome is Outcome.HELD
    assert "Still missing: The reason for putting this paper aside." in words_of(
        office.sheet_of(part).read_bytes()
    )


def test_an_answer_to_an_old_round_says_so_on_a_slip(office: AnOffice) -> None:
    part = held_intake(office)
    first = office.sheet_of(part).read_bytes()
    office.answer(office.sheet_of(part), {BORN: birthday()})
    office.drop(answered(first, {SEX: "male"}, "KT"), "old.pdf")

    said = [words_of(path.read_bytes()) for path in office.sheets]
    assert any("This sheet is an old one" in words for words in said)
    assert office.part(part).outcome is Outcome.HELD


def test_the_same_answers_twice_say_nothing_new(office: AnOffice) -> None:
    part = held_intake(office)
    first = office.sheet_of(part).read_bytes()
    office.answer(office.sheet_of(part), {BORN: birthday(), SEX: "female"})
    (again,) = office.drop(answered(first, {BORN: birthday(), SEX: "female"}, "KT"), "copy.pdf")

    assert again.outcome is Outcome.ACTED
    assert office.sheets == ()


def test_the_same_day_written_otherwise_is_no_other_answer(office: AnOffice) -> None:
    part = held_intake(office)
    first = office.sheet_of(part).read_bytes()
    month, day, year = birthday().split("/")
    office.answer(office.sheet_of(part), {BORN: birthday(), SEX: "female"})
    office.drop(answered(first, {BORN: f"{int(month)}-{int(day)}-{year}", SEX: "female"}, "KT"), "copy.pdf")

    assert office.part(part).outcome is Outcome.KEPT
    assert office.sheets == ()


def test_what_was_read_and_what_was_corrected_are_both_kept_with_whose_initials(office: AnOffice) -> None:
    (part,) = office.drop(on_a_screen("intake", 2, {"zip": "1"}))
    office.answer(office.sheet_of(part), {"field:zip": "65101"}, by="KT")
    deposit = office.office.archive.deposit(office.part(part).path)
    paper = json.loads(office.office.archive.read(deposit, "paper.json"))
    stored = json.loads(office.office.archive.read(deposit, "submission.json"))
    (source,) = next(fact["sources"] for fact in stored["facts"] if fact["field"] == "zip")

    assert [reading["text"] for reading in paper["readings"] if reading["field"] == "zip"] == ["1"]
    assert paper["said"]["field:zip"] == {"text": "65101", "actor": "KT"}
    assert (source["method"], source["actor"]) == ("correction", "KT")


def test_the_original_of_a_form_that_waits_lies_in_the_archive(office: AnOffice) -> None:
    data = on_a_screen("intake", 2, {"birth_date": "", "sex": ""})
    (part,) = office.drop(data)
    office.sheet_of(part).unlink()

    with office.office.ledger.reading() as tx:
        drop = tx.drop(part.drop)
    assert drop is not None
    assert drop.path.startswith("received/")
    deposit = office.office.archive.deposit(drop.path)
    assert office.office.archive.read(deposit, f"original.{drop.file_type}") == data


def test_a_second_persons_different_answer_is_asked_about_showing_both(office: AnOffice) -> None:
    part = held_intake(office)
    first = office.sheet_of(part).read_bytes()
    office.answer(office.sheet_of(part), {BORN: birthday()}, by="JM")
    office.drop(answered(first, {BORN: "01/02/1980"}, "KT"), "second.pdf")
    sheet = office.sheet_of(part).read_bytes()
    codes = asked_in(sheet)[BORN][2]
    office.answer(office.sheet_of(part), {BORN: codes[0]})
    office.answer(office.sheet_of(part), {SEX: "female"})

    assert f"{birthday()} (says JM)" in words_of(sheet)
    assert "01/02/1980 (says KT)" in words_of(sheet)
    assert codes == (birthday(), "01/02/1980")
    assert office.part(part).outcome is Outcome.KEPT


def test_a_different_answer_after_filing_is_named_and_changes_nothing(office: AnOffice) -> None:
    part = held_intake(office)
    first = office.sheet_of(part).read_bytes()
    office.answer(office.sheet_of(part), {BORN: birthday(), SEX: "female"}, by="JM")
    office.drop(answered(first, {BORN: "01/02/1980", SEX: "female"}, "KT"), "second.pdf")
    (slip,) = office.sheets
    words = words_of(slip.read_bytes())
    office.answer(slip, {})

    assert f'"Birth date" was answered "{birthday()}" by JM; KT says "01/02/1980".' in words
    assert office.part(part).submission in words
    assert office.part(part).outcome is Outcome.KEPT
    assert office.sheets == ()


def test_a_sheet_of_another_office_gets_a_slip(office: AnOffice, tmp_path: Path) -> None:
    other = AnOffice.at(tmp_path / "other")
    sheet = answered(other.sheet_of(held_intake(other)).read_bytes(), {BORN: birthday()}, "JM")
    office.drop(sheet, "strange.pdf")

    (slip,) = office.sheets
    assert "This office knows no paper with its number." in words_of(slip.read_bytes())


def boxes_of(pdf: bytes) -> dict[str, str]:
    fields = PdfReader(io.BytesIO(pdf)).get_fields() or {}
    return {name: str(field.get("/V", "")) for name, field in fields.items()}


# --- printed, filled by hand, scanned -------------------------------------------------------------

DPI = 200


def by_pen(sheet: bytes, ticks: set[tuple[str, str]], written: dict[str, str]) -> bytes:
    """The sheet printed, marked with a pen, and scanned a little askew."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.pdf"
        path.write_bytes(sheet)
        drawn = tuple(spots(path))
    document = pypdfium2.PdfDocument(sheet)
    document.init_forms()
    scale, pages = DPI / 72, []
    for number, page in enumerate(document, start=1):
        image = page.render(scale=scale, may_draw_forms=True).to_pil().convert("L")
        pen = ImageDraw.Draw(image)
        for spot in drawn:
            if spot.page != number:
                continue
            x0, y0, x1, y1 = (edge * scale for edge in (spot.left, spot.top, spot.right, spot.bottom))
            if (spot.name, spot.on_state) in ticks:
                pen.line([(x0 + 4, (y0 + y1) / 2), ((x0 + x1) / 2 - 2, y1 - 4), (x1 + 6, y0 - 5)], 30, 4)
            if text := written.get(spot.name):
                pen.text((x0 + 14, y0 + 6), text, fill=30, font=ImageFont.load_default(36))
        askew = image.rotate(0.8, fillcolor=255, resample=Image.Resampling.BICUBIC)
        pages.append(askew.filter(ImageFilter.GaussianBlur(0.7)))
    buffer = io.BytesIO()
    pages[0].save(buffer, "PDF", save_all=True, append_images=pages[1:], resolution=DPI)
    return buffer.getvalue()


@pytest.mark.slow
def test_a_sheet_printed_filled_by_hand_and_scanned_files_the_form(office: AnOffice) -> None:
    (part,) = office.drop(on_a_screen("intake", 2, {"sex": ""}))
    sheet = office.sheet_of(part).read_bytes()
    number, _, codes = asked_in(sheet)[SEX]
    ticks = {(f"q.{number}", str(codes.index("female") + 1)), ("finished", "on")}
    (acted,) = office.drop(by_pen(sheet, ticks, {"initials": "JM"}), "sheet scan.pdf")

    assert acted.outcome is Outcome.ACTED
    assert office.part(part).outcome is Outcome.KEPT
    assert office.sheets == ()


@pytest.mark.slow
def test_a_printed_sheet_that_nobody_finished_changes_nothing(office: AnOffice) -> None:
    (part,) = office.drop(on_a_screen("intake", 2, {"sex": ""}))
    (acted,) = office.drop(by_pen(office.sheet_of(part).read_bytes(), set(), {}), "sheet scan.pdf")

    assert (acted.outcome, acted.reasons) == (Outcome.ACTED, (Reason.SHEET_UNFINISHED,))
    assert (office.part(part).outcome, office.part(part).round) == (Outcome.HELD, 1)
