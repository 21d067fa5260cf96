"""What is told of a run: the outcome in words, what to do next, and what an answered sheet led to."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ledger import CaseRow
from pipeline.model import Outcome
from pipeline.run import story
from pipeline.run.became import Became, waiting_now, what_became
from tests.run.office import AnOffice, answered, on_a_screen
from tests.run.test_corrections import BORN, SEX, birthday

pytestmark = pytest.mark.slow
GAPS = {"birth_date": "", "sex": ""}


@pytest.fixture
def office(tmp_path: Path) -> AnOffice:
    return AnOffice.at(tmp_path)


def told(office: AnOffice) -> tuple[Became, ...]:
    """One run, and what is said of it."""
    waited, done = waiting_now(office.office), []
    story.settle_and_take(office.office, lambda row, _: done.append(row.id))
    return what_became(office.office, done, waited)


def test_a_filed_form_says_under_which_case_and_asks_for_nothing(office: AnOffice) -> None:
    (office.inbox / "rosa.pdf").write_bytes(on_a_screen("intake", 2))
    (line,) = told(office)
    (case,) = [row.id for row in _cases(office)]
    assert (line.name, line.form) == ("rosa.pdf", "Intake and Application")
    assert (line.words, line.to_do, line.sheet) == (f"Filed in {case}", "", "")


def test_a_form_that_waits_names_its_sheet_and_the_answered_sheet_what_it_led_to(office: AnOffice) -> None:
    (office.inbox / "rosa.pdf").write_bytes(on_a_screen("intake", 2, GAPS))
    (held,) = told(office)
    (sheet,) = office.sheets
    assert (held.words, held.to_do, held.sheet) == (
        "Waits: boxes that must be filled in",
        "Answer sheet",
        sheet.name,
    )

    sheet.write_bytes(answered(sheet.read_bytes(), {BORN: birthday(), SEX: "female"}, "JM"))
    (line,) = told(office)
    (case,) = [row.id for row in _cases(office)]
    assert line.outcome is Outcome.ACTED
    assert line.words == f"Sheet answered. Filed in {case}"


def test_a_half_answered_sheet_says_that_it_still_waits_and_on_which_sheet(office: AnOffice) -> None:
    office.drop(on_a_screen("intake", 2, GAPS))
    (sheet,) = office.sheets
    sheet.write_bytes(answered(sheet.read_bytes(), {BORN: birthday()}, "JM"))
    (line,) = told(office)
    (again,) = office.sheets
    assert line.words == "Sheet answered. Waits: boxes that must be filled in"
    assert (line.to_do, line.sheet) == ("Answer sheet", again.name)


def test_a_sheet_only_saved_says_to_finish_it(office: AnOffice) -> None:
    office.drop(on_a_screen("intake", 2, GAPS))
    (sheet,) = office.sheets
    sheet.write_bytes(answered(sheet.read_bytes(), {BORN: birthday()}, "", finished=False))
    (line,) = told(office)
    assert (line.words, line.to_do, line.sheet) == (
        "Sheet saved, not finished",
        "Finish, initial",
        sheet.name,
    )


def test_an_intake_tells_of_the_form_that_had_waited_for_it(office: AnOffice) -> None:
    (office.inbox / "assessment.pdf").write_bytes(on_a_screen("assessment-summary", 2))
    (early,) = told(office)
    assert (early.words, early.to_do) == ("Waits for the intake form", "Drop the intake form")

    (office.inbox / "intake.pdf").write_bytes(on_a_screen("intake", 2))
    lines = {line.name: line.words for line in told(office)}
    (case,) = [row.id for row in _cases(office)]
    assert lines == {"intake.pdf": f"Filed in {case}", "assessment.pdf": f"Filed in {case}; it had waited"}


def test_the_same_file_again_is_here_already_and_a_strange_one_is_not_taken(office: AnOffice) -> None:
    (part,) = office.drop(on_a_screen("intake", 2))
    (office.inbox / "again.pdf").write_bytes(on_a_screen("intake", 2))
    (office.inbox / "broken.pdf").write_bytes(b"%PDF-1.4 and no more")
    lines = {line.name: line for line in told(office)}
    assert lines["again.pdf"].words == f"Here already, in {part.case}"
    assert lines["broken.pdf"].words.startswith("Not taken: ")
    assert lines["broken.pdf"].to_do == "Read sheet"


def _cases(office: AnOffice) -> tuple[CaseRow, ...]:
    with office.office.ledger.reading() as tx:
        return tx.cases()
