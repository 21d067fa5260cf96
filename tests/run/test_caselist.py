"""The list of cases: found by a word or any number, and it says what of each person waits."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.model import CaseStatus, Outcome, Reason
from pipeline.run.acts import set_status
from pipeline.run.caselist import CaseSeen, cases_seen, waiting_without_case
from pipeline.values import display
from tests.run.office import AnOffice, filled_in, on_a_screen

pytestmark = pytest.mark.slow
ROSA = {"legal_first": "Rosa", "legal_last": "Ellison"}


@pytest.fixture
def office(tmp_path: Path) -> AnOffice:
    return AnOffice.at(tmp_path)


def only(office: AnOffice, words: str = "") -> CaseSeen:
    (found,) = cases_seen(office.office, words)
    return found


def test_a_case_is_told_with_name_number_birth_date_and_count_of_forms(office: AnOffice) -> None:
    (part,) = office.drop(on_a_screen("intake", 4, ROSA))
    values = filled_in("intake", 4, on_paper=False).values
    seen = only(office)

    assert (part.case, "Rosa Ellison", 1) == (seen.case, seen.name, seen.forms)
    assert dict(seen.ids) == {"person.dmh_id": values["dmh_id"]}, "nothing private is shown"
    assert seen.birth_date is not None
    assert seen.birth_date.strftime("%m%d%Y") == values["birth_date"]
    assert (seen.waits, seen.confirm_lists, seen.status) == ((), (), CaseStatus.ACTIVE)


def test_a_word_keeps_the_cases_that_have_it_and_a_private_number_finds_its_case(office: AnOffice) -> None:
    office.drop(on_a_screen("intake", 2, ROSA))
    office.drop(on_a_screen("intake", 4, {"legal_first": "Owen", "legal_last": "Tate"}))
    medicaid = filled_in("intake", 2, on_paper=False).values["medicaid_id"]

    assert [each.name for each in cases_seen(office.office)] == ["Owen Tate", "Rosa Ellison"]
    assert only(office, "ellis rosa").name == "Rosa Ellison"
    assert only(office, medicaid).name == "Rosa Ellison"
    assert cases_seen(office.office, "rosa tate") == ()
    born = only(office, "owen").birth_date
    assert born is not None
    assert only(office, display(born)).name == "Owen Tate"


def test_what_waits_of_a_person_stands_with_the_sheet_that_asks(office: AnOffice) -> None:
    office.drop(on_a_screen("intake", 2))
    (held,) = office.drop(on_a_screen("assessment-summary", 2, {"loc_date": "", "assessment_date": ""}))
    assert held.outcome is Outcome.HELD
    (waits,) = only(office).waits

    assert (waits.part, waits.form, waits.reasons) == (held.id, "assessment-summary", held.reasons)
    assert waits.sheet == office.sheet_of(held).name
    assert only(office).as_json()["waits"] == [
        {
            "part": held.id,
            "form": held.form,
            "reasons": [reason.value for reason in held.reasons],
            "sheet": waits.sheet,
        }
    ]


def test_a_paper_without_its_intake_is_counted_apart(office: AnOffice) -> None:
    (held,) = office.drop(on_a_screen("assessment-summary", 2))
    assert Reason.NO_CASE_YET in held.reasons
    assert (cases_seen(office.office), waiting_without_case(office.office)) == ((), 1)

    office.drop(on_a_screen("intake", 2))
    assert (only(office).forms, waiting_without_case(office.office)) == (2, 0)


def test_a_status_is_shown_and_found(office: AnOffice) -> None:
    (part,) = office.drop(on_a_screen("intake", 2))
    set_status(office.office, part.case, "transferred", by="JM", reason="moved away")
    assert only(office, "transferred").status is CaseStatus.TRANSFERRED
    assert cases_seen(office.office, "active") == ()
