"""What people do with sheets besides answering them: rename, copy, move, lock. Nothing is lost or done twice."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from pipeline.ledger import PartRow
from pipeline.model import Outcome, Reason
from tests.paper.fill import Saved, on_screen
from tests.run.office import AnOffice, answered, asked_in, on_a_screen, words_of
from tests.run.test_corrections import BORN, SEX, birthday, held_intake

pytestmark = pytest.mark.slow


@pytest.fixture
def office(tmp_path: Path) -> AnOffice:
    return AnOffice.at(tmp_path)


def lying(office: AnOffice) -> list[str]:
    return sorted(path.name for path in office.attention.iterdir())


def right(sheet: Path, by: str = "JM") -> bytes:
    return answered(sheet.read_bytes(), {BORN: birthday(), SEX: "female"}, by)


def test_a_renamed_sheet_is_still_known_and_leaves_the_folder_with_the_one_that_took_its_place(
    office: AnOffice,
) -> None:
    part = held_intake(office)
    sheet = office.sheet_of(part)
    renamed = sheet.rename(sheet.with_name("ask Tom about this.pdf"))
    office.take()
    before = lying(office)
    renamed.write_bytes(right(renamed))
    office.take()

    assert before == [sheet.name, "ask Tom about this.pdf"]
    assert "Tom" not in office.status
    assert office.part(part).outcome is Outcome.KEPT
    assert lying(office) == []


def test_a_copy_nobody_filled_in_leaves_when_the_form_is_filed(office: AnOffice) -> None:
    part = held_intake(office)
    sheet = office.sheet_of(part)
    sheet.with_name("copy.pdf").write_bytes(sheet.read_bytes())
    office.answer(sheet, {BORN: birthday(), SEX: "female"})

    assert office.part(part).outcome is Outcome.KEPT
    assert lying(office) == []


def test_a_scan_put_beside_the_sheets_is_taken_in_and_left_where_it_lies(office: AnOffice) -> None:
    office.attention.mkdir()
    (office.attention / "scan.pdf").write_bytes(on_a_screen("intake", 2))
    (part,) = office.take()

    assert part.outcome is Outcome.KEPT
    assert lying(office) == ["scan.pdf"]


def test_a_sheet_saved_under_another_name_leaves_the_folder_too(office: AnOffice) -> None:
    part = held_intake(office)
    sheet = office.sheet_of(part)
    sheet.with_name("done.pdf").write_bytes(right(sheet))
    office.take()

    assert office.part(part).outcome is Outcome.KEPT
    assert lying(office) == []


def test_a_sheet_saved_half_done_under_another_name_stays_where_it_was_saved(office: AnOffice) -> None:
    part = held_intake(office)
    sheet = office.sheet_of(part)
    data = answered(sheet.read_bytes(), {BORN: birthday()}, by="", finished=False)
    sheet.with_name("later.pdf").write_bytes(data)
    office.take()
    office.take()

    assert sheet.with_name("later.pdf").read_bytes() == data
    assert (office.part(part).outcome, sheet.is_file()) == (Outcome.HELD, True)


def test_two_copies_answered_differently_at_once_are_both_heard(office: AnOffice) -> None:
    part = held_intake(office)
    sheet = office.sheet_of(part)
    other = answered(sheet.read_bytes(), {BORN: "01/02/1980", SEX: "female"}, "KT")
    sheet.write_bytes(right(sheet))
    sheet.with_name(f"{sheet.stem} (2).pdf").write_bytes(other)
    office.take()

    said = " ".join(words_of(path.read_bytes()) for path in office.sheets)
    assert "by KT; JM says" in said or "by JM; KT says" in said
    assert office.part(part).outcome is Outcome.KEPT


def test_a_sheet_left_in_place_and_copied_into_the_inbox_counts_once(office: AnOffice) -> None:
    part = held_intake(office)
    sheet = office.sheet_of(part)
    data = right(sheet)
    sheet.write_bytes(data)
    (office.inbox / "copy of it.pdf").write_bytes(data)
    office.take()

    assert office.part(part).outcome is Outcome.KEPT
    assert lying(office) == []


def test_a_sheet_moved_into_the_inbox_unanswered_comes_back(office: AnOffice) -> None:
    part = held_intake(office)
    sheet = office.sheet_of(part)
    data = sheet.read_bytes()
    sheet.rename(office.inbox / sheet.name)
    office.take()

    assert sheet.read_bytes() == data
    assert (office.part(part).outcome, office.part(part).round) == (Outcome.HELD, 1)


def test_a_sheet_that_a_viewer_flattened_is_read_like_a_printed_one(office: AnOffice) -> None:
    (part,) = office.drop(on_a_screen("intake", 2, {"sex": ""}))
    sheet = office.sheet_of(part)
    number, _, codes = asked_in(sheet.read_bytes())[SEX]
    values = {f"q.{number}": str(codes.index("female") + 1), "finished": "on", "initials": "JM"}
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "sheet.pdf"
        copy.write_bytes(sheet.read_bytes())
        sheet.write_bytes(on_screen(copy, values, Saved.FLAT))
    office.take()

    assert office.part(part).outcome is Outcome.KEPT
    assert lying(office) == []


@pytest.mark.parametrize("lock", ["~${}", ".~lock.{}#"])
def test_a_lock_file_beside_a_sheet_is_no_paper_and_holds_nothing_up(office: AnOffice, lock: str) -> None:
    part = held_intake(office)
    sheet = office.sheet_of(part)
    beside = sheet.with_name(lock.format(sheet.name))
    beside.write_bytes(b",JM,desk-3,22.11.2026 12:00,file;")
    sheet.write_bytes(right(sheet))
    office.take()

    assert office.part(part).outcome is Outcome.KEPT
    assert lying(office) == [beside.name]


def test_a_read_only_sheet_is_answered_by_a_copy_and_leaves(office: AnOffice) -> None:
    part = held_intake(office)
    sheet = office.sheet_of(part)
    sheet.chmod(0o444)
    office.drop(right(sheet), "sheet, changed.pdf")

    assert office.part(part).outcome is Outcome.KEPT
    assert lying(office) == []


def early_summary(office: AnOffice) -> tuple[PartRow, bytes]:
    """A form that came before its intake and was filed since, and the sheet that asked whose it is."""
    (part,) = office.drop(on_a_screen("assessment-summary", 2), "summary.pdf")
    sheet = office.sheet_of(part).read_bytes()
    office.drop(on_a_screen("intake", 2), "intake.pdf")
    assert office.part(part).outcome is Outcome.KEPT
    return part, sheet


def test_an_answer_about_a_form_that_was_filed_meanwhile_says_so(office: AnOffice) -> None:
    part, sheet = early_summary(office)
    filed = office.part(part)
    office.drop(answered(sheet, {"case": "not-ours"}, "KT"), "late.pdf")

    (slip,) = office.sheets
    assert "This sheet is an old one" in words_of(slip.read_bytes())
    assert filed == office.part(part)


def test_a_sheet_saved_by_habit_after_its_form_was_filed_goes_away(office: AnOffice) -> None:
    (part,) = office.drop(on_a_screen("assessment-summary", 2), "summary.pdf")
    sheet = office.sheet_of(part)
    sheet.write_bytes(answered(sheet.read_bytes(), {}, by="", finished=False))
    office.drop(on_a_screen("intake", 2), "intake.pdf")

    assert office.part(part).outcome is Outcome.KEPT
    assert lying(office) == []
    assert not [row for row in office.held() if Reason.SHEET_UNFINISHED in row.reasons]
