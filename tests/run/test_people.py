"""Whose form is it, and is it filed already? What does not agree is asked, with both sides shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.model import Outcome, Reason
from pipeline.run.acts import settle_disagreement
from tests.run.office import AnOffice, asked_in, filled_in, on_a_screen, typed, words_of

DIFFERS = "choice:differs-from-filed"


@pytest.fixture
def office(tmp_path: Path) -> AnOffice:
    office = AnOffice.at(tmp_path)
    office.drop(on_a_screen("intake", 2), "intake.pdf")
    return office


def test_a_form_before_its_intake_waits_and_is_filed_by_itself(tmp_path: Path) -> None:
    office = AnOffice.at(tmp_path)
    (early,) = office.drop(on_a_screen("assessment-summary", 2))
    (intake,) = office.drop(on_a_screen("intake", 2), "intake.pdf")

    assert (early.outcome, early.reasons) == (Outcome.HELD, (Reason.NO_CASE_YET,))
    assert (Outcome.KEPT, intake.case) == (office.part(early).outcome, office.part(early).case)
    assert office.sheets == ()


def test_another_birth_date_is_asked_and_the_right_person_ticked(office: AnOffice) -> None:
    born = filled_in("assessment-summary", 2, on_paper=False).values["birth_date"]
    wrong = f"{born[:2]}{born[2:4]}{int(born[4:]) - 9}"
    (part,) = office.drop(on_a_screen("assessment-summary", 2, {"birth_date": wrong}))
    slip = words_of(office.sheet_of(part).read_bytes())
    (case, *_) = asked_in(office.sheet_of(part).read_bytes())["case"][2]
    office.answer(office.sheet_of(part), {"case": case})

    said = f"The birth date reads {int(wrong[:2])}/{int(wrong[2:4])}/{wrong[4:]}; our record says"
    assert part.outcome == Outcome.HELD
    assert said in slip
    assert "Nothing has been filed." in slip
    assert (Outcome.KEPT, case) == (office.part(part).outcome, office.part(part).case)


def test_somebody_elses_form_is_put_aside_when_neither_is_ticked(office: AnOffice) -> None:
    (part,) = office.drop(on_a_screen("assessment-summary", 2, {"birth_date": "01021950"}))
    office.answer(office.sheet_of(part), {"case": "not-ours"})

    assert (office.part(part).outcome, office.part(part).reasons) == (Outcome.REFUSED, (Reason.DISMISSED,))


def test_the_same_file_again_is_a_duplicate_and_the_status_page_says_when_it_was_filed(
    office: AnOffice,
) -> None:
    (again,) = office.drop(on_a_screen("intake", 2), "again.pdf")

    assert (again.outcome, again.reasons) == (Outcome.DUPLICATE, (Reason.ALREADY_FILED,))
    assert office.sheets == ()
    assert re.search(r"Intake and Application.*Already filed on \d+/\d+/\d{4}", office.status, re.DOTALL)


def test_a_rescan_that_says_the_same_is_a_duplicate(office: AnOffice) -> None:
    (first,) = office.drop(on_a_screen("assessment-summary", 2))
    (again,) = office.drop(typed("assessment-summary", 2), "scan.pdf")

    assert first.outcome == Outcome.KEPT
    assert (Outcome.DUPLICATE, first.submission) == (again.outcome, again.submission)


@pytest.mark.parametrize("answer", ["replace", "both", "not-ours"])
def test_the_same_form_with_other_answers_is_asked(office: AnOffice, answer: str) -> None:
    (first,) = office.drop(on_a_screen("assessment-summary", 2))
    (other,) = office.drop(on_a_screen("assessment-summary", 2, {"priority_score": "9"}), "other.pdf")
    slip = words_of(office.sheet_of(other).read_bytes())
    office.answer(office.sheet_of(other), {DIFFERS: answer})

    with office.office.ledger.reading() as tx:
        earlier = tx.submission(first.submission)
    assert (other.outcome, other.reasons) == (Outcome.HELD, (Reason.DIFFERS_FROM_FILED,))
    assert "for the same period was filed on" in slip
    assert earlier is not None
    assert (answer == "replace") == bool(earlier.withdrawn_by)
    kept = office.part(other).outcome is Outcome.KEPT
    assert (answer != "not-ours") == kept
    assert office.sheets == ()


def test_a_form_that_says_it_holds_from_a_later_day_is_asked_about(tmp_path: Path) -> None:
    office = AnOffice.at(tmp_path)
    [part] = office.drop(on_a_screen("intake", 5, {"form_date": "01052096"}), "intake.pdf")
    assert (part.outcome, part.reasons) == (Outcome.HELD, (Reason.NOT_VALID,))
    [filed] = [each for each in office.answer(office.sheet_of(part), {"field:form_date": "11/02/2026"})][:1]
    assert office.part(part).outcome is Outcome.KEPT
    assert filed.outcome is Outcome.ACTED


def test_a_changed_name_is_asked_about_filed_and_settled_by_a_person(tmp_path: Path) -> None:
    office = AnOffice.at(tmp_path)
    [intake] = office.drop(on_a_screen("intake", 5), "intake.pdf")
    [asked] = office.drop(on_a_screen("planning-worksheet", 5, {"legal_last": "Newlywed"}), "worksheet.pdf")
    office.answer(office.sheet_of(asked), {"case": intake.case})
    record = office.office.record(intake.case)
    assert "person.name.last" in [trouble.place for trouble in record.disagreements]
    right = office.part(asked).submission
    settle_disagreement(
        office.office, intake.case, "person.name.last", by="APT", reason="married in May", submission=right
    )
    record = office.office.record(intake.case)
    assert "person.name.last" not in [trouble.place for trouble in record.disagreements]
    assert record.value("person.name.last") == "Newlywed"
