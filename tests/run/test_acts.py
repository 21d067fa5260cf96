"""Mis-filings are undone: facts follow the form, old numbers go on working, and packets that used it are named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.ledger import PartRow
from pipeline.model import Outcome
from pipeline.run.acts import Refused, merge, refile, set_status, split, withdraw
from pipeline.run.packeting import make_packet, names_of_packets
from tests.run.crash import at_every_step, ends_after
from tests.run.office import AnOffice, filled_in, on_a_screen, reopened, words_of

pytestmark = pytest.mark.slow

DETERMINED = "loc.met"
WHY = {"by": "JM", "reason": "filed under the wrong person"}


@pytest.fixture
def office(tmp_path: Path) -> AnOffice:
    return AnOffice.at(tmp_path)


def filed(office: AnOffice, form: str, seed: int) -> PartRow:
    (part,) = office.drop(on_a_screen(form, seed), f"{form} {seed}.pdf")
    assert part.case, part.reasons
    return part


def month_of_provider(office: AnOffice, provider: str, authorization: str) -> PartRow:
    """The report of the same month by this provider, all of it on one authorization."""
    boxes = filled_in("provider-monthly-summary", 2, on_paper=False).values
    ours = {name: authorization for name in boxes if name.endswith(".auth_no")}
    changes = {"provider": provider, "npi": "", "changed": "yes", **ours}
    (part,) = office.drop(on_a_screen("provider-monthly-summary", 2, changes), f"{provider}.pdf")
    assert part.submission, part.reasons
    return part


def places_from(office: AnOffice, case: str, part: PartRow) -> set[str]:
    """Places of the record that this form states."""
    record = office.office.record(case)
    return {place for (place, _), fact in record.facts.items() if fact.submission == part.submission}


def test_a_withdrawn_form_states_nothing_any_more(office: AnOffice) -> None:
    intake, summary = filed(office, "intake", 2), filed(office, "assessment-summary", 2)
    before = places_from(office, intake.case, summary)
    withdraw(office.office, summary.submission, **WHY)

    assert before
    assert places_from(office, intake.case, summary) == set()
    with pytest.raises(Refused, match="withdrawn already"):
        withdraw(office.office, summary.submission, **WHY)


def test_a_withdrawn_form_can_be_filed_again(office: AnOffice) -> None:
    filed(office, "intake", 2)
    summary = filed(office, "assessment-summary", 2)
    withdraw(office.office, summary.submission, **WHY)
    (again,) = office.drop(on_a_screen("assessment-summary", 2), "again.pdf")

    assert again.case == summary.case
    assert again.submission != summary.submission


def test_the_facts_of_a_refiled_form_follow_it(office: AnOffice) -> None:
    one, other = filed(office, "intake", 2), filed(office, "intake", 4)
    summary = filed(office, "assessment-summary", 2)
    before = places_from(office, one.case, summary)
    refile(office.office, summary.submission, other.case, **WHY)

    assert before
    assert places_from(office, one.case, summary) == set()
    assert before <= places_from(office, other.case, summary)


@pytest.mark.libreoffice
def test_a_packet_that_used_a_form_is_named_when_it_is_withdrawn(office: AnOffice) -> None:
    intake, worksheet = filed(office, "intake", 2), filed(office, "planning-worksheet", 2)
    made = make_packet(office.office, "isp", intake.case, office.office.today())
    undone = withdraw(office.office, worksheet.submission, **WHY)

    assert undone.packets == (made.row.id,)
    assert made.row.id in names_of_packets(office.office, undone.packets)[0]


@pytest.mark.libreoffice
def test_a_packet_that_shows_rows_of_two_providers_is_named_whichever_is_withdrawn(office: AnOffice) -> None:
    intake = filed(office, "intake", 2)
    boxes = filled_in("planning-worksheet", 2, on_paper=False).values
    year = {"plan_start": "11012026", "plan_end": "10312027"}
    year |= {name: "11012026" for name in boxes if name.endswith(".begin")}
    year |= {name: "10312027" for name in boxes if name.endswith(".end")}
    (worksheet,) = office.drop(on_a_screen("planning-worksheet", 2, year), "worksheet.pdf")
    assert worksheet.submission, words_of(office.sheets[0].read_bytes())
    reports = [month_of_provider(office, *each) for each in (("P104", "A1111111"), ("P102", "A2222222"))]
    made = make_packet(office.office, "annual-review", intake.case, office.office.today())
    named = [withdraw(office.office, each.submission, **WHY).packets for each in reports]

    assert named == [(made.row.id,), (made.row.id,)]


def test_two_cases_of_one_person_become_one_and_both_numbers_work(office: AnOffice) -> None:
    one, other = filed(office, "intake", 2), filed(office, "intake", 4)
    summary = filed(office, "assessment-summary", 2)
    merge(office.office, one.case, other.case, **WHY)

    assert office.office.find_case(one.case) == other.case == office.office.find_case(other.case)
    assert places_from(office, one.case, summary) == places_from(office, other.case, summary) != set()
    with pytest.raises(Refused, match="one case already"):
        merge(office.office, one.case, other.case, **WHY)


def test_two_people_filed_as_one_are_parted(office: AnOffice) -> None:
    one, other = filed(office, "intake", 2), filed(office, "intake", 4)
    summary = filed(office, "assessment-summary", 2)
    merge(office.office, one.case, other.case, **WHY)
    deposit = split(office.office, other.case, (one.submission, summary.submission), **WHY)

    new = str(deposit.about["into"])
    assert office.office.find_case(new) == new
    assert places_from(office, new, summary) != set()
    assert places_from(office, other.case, summary) == set()


def test_a_case_is_found_by_any_number_a_person_carries(office: AnOffice) -> None:
    intake = filed(office, "intake", 2)
    record = office.office.record(intake.case)
    numbers = [record.value(place) for place in ("person.dmh_id", "benefits.medicaid_id")]

    known = [str(number) for number in numbers if number is not None]
    assert known
    assert {office.office.find_case(number) for number in known} == {intake.case}
    assert office.office.find_case(intake.case.lower()) == intake.case
    assert office.office.find_case("C-00000000") is None


@pytest.mark.parametrize("missing", ["by", "reason"])
def test_nothing_is_undone_without_reason_and_initials(office: AnOffice, missing: str) -> None:
    intake = filed(office, "intake", 2)
    with pytest.raises(Refused):
        withdraw(office.office, intake.submission, **{**WHY, missing: " "})


def test_a_decision_that_was_undone_can_be_made_again(tmp_path: Path) -> None:
    office = AnOffice.at(tmp_path)
    [intake] = office.drop(on_a_screen("intake", 5), "intake.pdf")
    for status in ("closed", "active", "closed"):
        set_status(office.office, intake.case, status, by="APT", reason="moved")
        assert office.office.record(intake.case).status.value == status


def test_the_same_decision_made_twice_at_once_is_one(tmp_path: Path) -> None:
    office = AnOffice.at(tmp_path)
    [intake] = office.drop(on_a_screen("intake", 5), "intake.pdf")
    first = set_status(office.office, intake.case, "closed", by="APT", reason="moved")
    assert set_status(office.office, intake.case, "closed", by="APT", reason="moved") == first


def test_a_case_that_was_merged_back_can_be_split_off_again(office: AnOffice) -> None:
    one, other = filed(office, "intake", 2), filed(office, "intake", 4)
    summary = filed(office, "assessment-summary", 2)
    merge(office.office, one.case, other.case, **WHY)
    forms = (one.submission, summary.submission)
    first = str(split(office.office, other.case, forms, **WHY).about["into"])
    merge(office.office, first, other.case, **WHY)
    second = str(split(office.office, other.case, forms, **WHY).about["into"])

    assert second != first
    assert office.office.find_case(second) == second
    assert places_from(office, second, summary) != set()
    assert places_from(office, other.case, summary) == set()


def test_a_split_that_was_cut_short_is_finished_by_asking_again(tmp_path: Path) -> None:
    first = AnOffice.at(tmp_path / "first")
    intake, summary = filed(first, "intake", 2), filed(first, "assessment-summary", 2)
    first.office.ledger.close()

    def parted(step: int) -> bool:
        office = reopened(first, shutil.copytree(first.root, tmp_path / str(step)))
        forms = (summary.submission,)
        cut = ends_after(step, lambda: split(office.office, intake.case, forms, **WHY))
        again = reopened(office)
        into = str(split(again.office, intake.case, forms, **WHY).about["into"])
        with again.office.ledger.reading() as tx:
            row, acts, cases = tx.submission(summary.submission), tx.acts(act="split"), tx.cases()
        assert row is not None
        assert row.case == into
        assert (len(acts), len(cases)) == (1, 2)
        assert again.office.books.verify() == ()
        return cut

    steps = at_every_step(parted)
    assert steps > 5


def test_the_same_file_after_a_refiling_names_the_case_it_lies_in_now(office: AnOffice) -> None:
    filed(office, "intake", 2)
    other, summary = filed(office, "intake", 4), filed(office, "assessment-summary", 2)
    refile(office.office, summary.submission, other.case, **WHY)
    (again,) = office.drop(on_a_screen("assessment-summary", 2), "again.pdf")

    assert (again.outcome, again.case) == (Outcome.DUPLICATE, other.case)
