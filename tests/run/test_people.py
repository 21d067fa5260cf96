"""Whose form is it, and is it filed already? What does not agree is asked, with both sides shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from pipeline.ledger import Identifier, PartRow
from pipeline.model import Outcome, Reason
from pipeline.run import filing
from pipeline.run.acts import refile, settle_disagreement, withdraw
from pipeline.run.deciding import Decided
from pipeline.run.office import Office
from pipeline.run.paper import Paper
from pipeline.run.whose import on_file
from tests.paper.fill import on_screen
from tests.run.crash import PlugPulled
from tests.run.office import AnOffice, answered, asked_in, filled_in, on_a_screen, reopened, typed, words_of

pytestmark = pytest.mark.slow

DIFFERS = "choice:differs-from-filed"


@pytest.fixture
def office(tmp_path: Path) -> AnOffice:
    return AnOffice.copied(
        "an-intake", lambda office: office.drop(on_a_screen("intake", 2), "intake.pdf"), tmp_path
    )


def asked_of_the_ledger(office: AnOffice, case: str) -> int:
    """How many questions reading one person's record puts to the ledger."""
    asked: list[str] = []

    def noticed(*said: object) -> None:
        asked.append(str(said[2]))

    event.listen(Engine, "before_cursor_execute", noticed)
    try:
        assert office.office.record(case).facts
    finally:
        event.remove(Engine, "before_cursor_execute", noticed)
    return len(asked)


def test_a_record_costs_no_more_where_many_other_people_have_one(office: AnOffice) -> None:
    with office.office.ledger.reading() as tx:
        (case,), (form,) = tx.cases(), tx.submissions()
    alone = asked_of_the_ledger(office, case.id)
    with office.office.ledger.transaction() as tx:
        for number in range(20):
            other = f"C-{number:08d}"
            tx.open_case(other, "another")
            tx.put_submission(replace(form, id=f"another-{number}", part=f"part-{number}", case=other))
    assert alone == asked_of_the_ledger(office, case.id)


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
    codes = asked_in(office.sheet_of(other).read_bytes())[DIFFERS][2]
    office.answer(office.sheet_of(other), {DIFFERS: next(code for code in codes if code.startswith(answer))})

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


# --- which of several forms gives way -------------------------------------------------------------


def scored(score: str) -> bytes:
    return on_a_screen("assessment-summary", 2, {"priority_score": score})


def code_of(office: AnOffice, part: PartRow, key: str, begins: str) -> str:
    codes = asked_in(office.sheet_of(part).read_bytes())[key][2]
    return next(code for code in codes if code.startswith(begins))


def is_withdrawn(office: AnOffice, submission: str) -> bool:
    with office.office.ledger.reading() as tx:
        row = tx.submission(submission)
    assert row is not None
    return bool(row.withdrawn_by)


def two_kept(office: AnOffice) -> tuple[PartRow, PartRow]:
    """Two forms of one period of which a person said that both are right."""
    (one,) = office.drop(scored("8"), "one.pdf")
    (two,) = office.drop(scored("9"), "two.pdf")
    office.answer(office.sheet_of(two), {DIFFERS: code_of(office, two, DIFFERS, "both")})
    return one, office.part(two)


def test_a_form_takes_the_place_of_the_one_that_was_ticked_and_of_no_other(office: AnOffice) -> None:
    one, two = two_kept(office)
    (three,) = office.drop(scored("10"), "three.pdf")
    slip = words_of(office.sheet_of(three).read_bytes())
    office.answer(
        office.sheet_of(three), {DIFFERS: code_of(office, three, DIFFERS, f"replace:{two.submission}")}
    )

    assert office.part(three).outcome is Outcome.KEPT
    assert not is_withdrawn(office, one.submission)
    assert is_withdrawn(office, two.submission)
    for each in (one, two):
        assert f"({each.submission}), other in" in slip
    assert "2 for the same period were filed on" in slip


def test_a_form_filed_since_the_sheet_was_made_is_asked_about_too(office: AnOffice) -> None:
    (one,) = office.drop(scored("8"), "one.pdf")
    (two,) = office.drop(scored("9"), "two.pdf")
    (three,) = office.drop(scored("10"), "three.pdf")
    office.answer(office.sheet_of(two), {DIFFERS: code_of(office, two, DIFFERS, "both")})
    office.answer(office.sheet_of(three), {DIFFERS: code_of(office, three, DIFFERS, "both")})

    assert (office.part(three).outcome, office.part(three).round) == (Outcome.HELD, 2)
    assert office.part(two).submission in words_of(office.sheet_of(three).read_bytes())
    assert not is_withdrawn(office, one.submission)


def test_a_form_that_was_filed_under_its_person_since_the_sheet_was_made_is_not_withdrawn(
    office: AnOffice,
) -> None:
    """The two forms of one period were of two people: one was moved to its own before the sheet was answered."""
    (one,) = office.drop(scored("8"), "one.pdf")
    (two,) = office.drop(scored("9"), "two.pdf")
    (other,) = office.drop(on_a_screen("intake", 4), "other intake.pdf")
    refile(office.office, one.submission, other.case, by="JM", reason="of somebody else")
    office.answer(office.sheet_of(two), {DIFFERS: code_of(office, two, DIFFERS, "replace")})
    office.answer(office.sheet_of(two), {"case": one.case})

    assert (office.part(two).outcome, office.part(two).case) == (Outcome.KEPT, one.case)
    assert not is_withdrawn(office, one.submission)


def test_a_replacement_cut_short_is_finished_when_the_machine_is_started_again(
    office: AnOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = office.drop(scored("8"), "one.pdf")
    (two,) = office.drop(scored("9"), "two.pdf")
    sheet = office.sheet_of(two)
    sheet.write_bytes(answered(sheet.read_bytes(), {DIFFERS: code_of(office, two, DIFFERS, "replace")}, "JM"))

    def pulled(*_: object, **__: object) -> None:
        raise PlugPulled  # the new form is filed, the earlier one not yet withdrawn

    with monkeypatch.context() as plug:
        plug.setattr(filing, "act", pulled)
        with pytest.raises(PlugPulled):
            office.take()
    again = reopened(office)
    before = is_withdrawn(again, one.submission)
    again.take()

    assert not before
    assert is_withdrawn(again, one.submission)
    assert again.part(two).outcome is Outcome.KEPT
    with again.office.ledger.reading() as tx:
        assert len(tx.submissions(form="assessment-summary")) == 2
        assert len(tx.acts(act="withdraw")) == 1


# --- a number that belongs to somebody else -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TwoPeople:
    """Maria's form with Otto's number."""

    office: AnOffice
    maria: PartRow
    otto: PartRow
    part: PartRow

    @property
    def sheet(self) -> Path:
        return self.office.sheet_of(self.part)


def dmh_id(seed: int) -> str:
    return filled_in("intake", seed, on_paper=False).values["dmh_id"]


@pytest.fixture
def mixed(office: AnOffice) -> TwoPeople:
    (otto,) = office.drop(on_a_screen("intake", 4), "otto.pdf")
    (maria,) = office.drop(on_a_screen("intake", 8), "maria.pdf")
    (part,) = office.drop(on_a_screen("assessment-summary", 8, {"dmh_id": dmh_id(4)}), "mixed.pdf")
    return TwoPeople(office, maria, otto, part)


def test_the_person_of_the_name_is_offered_beside_the_one_of_the_number(mixed: TwoPeople) -> None:
    asked = asked_in(mixed.sheet.read_bytes())
    slip = words_of(mixed.sheet.read_bytes())

    assert mixed.part.outcome is Outcome.HELD
    assert {mixed.maria.case, mixed.otto.case} <= set(asked["case"][2])
    assert f"({mixed.maria.case}): the same name and birth date, but another DMH ID" in slip
    assert f"({mixed.otto.case}): the same DMH ID, but another name and birth date" in slip
    assert "field:dmh_id" in asked


def test_a_number_of_somebody_else_is_never_filed_with_the_person_who_was_ticked(mixed: TwoPeople) -> None:
    mixed.office.answer(mixed.sheet, {"case": mixed.maria.case})
    again = mixed.office.part(mixed.part)
    slip = words_of(mixed.sheet.read_bytes())
    mixed.office.answer(mixed.sheet, {"case": mixed.maria.case, "field:dmh_id": dmh_id(8)})

    assert (again.outcome, again.round) == (Outcome.HELD, 2)
    assert "This number belongs to" in slip
    done = mixed.office.part(mixed.part)
    assert (done.outcome, done.case) == (Outcome.KEPT, mixed.maria.case)
    assert mixed.office.office.find_case(dmh_id(4)) == mixed.otto.case


def test_a_tick_and_a_written_number_that_name_two_people_are_asked_about(mixed: TwoPeople) -> None:
    number, _, codes = asked_in(mixed.sheet.read_bytes())["case"]
    boxes = {f"q.{number}": str(codes.index(mixed.maria.case) + 1), f"hand.{number}": mixed.otto.case}
    mixed.sheet.write_bytes(on_screen(mixed.sheet, {**boxes, "finished": "on", "initials": "JM"}))
    mixed.office.take()
    again = mixed.office.part(mixed.part)

    assert (again.outcome, again.round) == (Outcome.HELD, 2)
    assert "the number that is written says another" in words_of(mixed.sheet.read_bytes())
    assert {mixed.maria.case, mixed.otto.case} <= set(asked_in(mixed.sheet.read_bytes())["case"][2])


def test_a_tick_and_a_number_of_the_same_person_are_one_answer(office: AnOffice) -> None:
    office.drop(on_a_screen("intake", 8), "intake 8.pdf")
    (part,) = office.drop(on_a_screen("assessment-summary", 8, {"legal_last": "Newlywed"}))
    sheet = office.sheet_of(part)
    number, _, codes = asked_in(sheet.read_bytes())["case"]
    boxes = {f"q.{number}": "1", f"hand.{number}": dmh_id(8)}
    sheet.write_bytes(on_screen(sheet, {**boxes, "finished": "on", "initials": "JM"}))
    office.take()

    assert (office.part(part).outcome, office.part(part).case) == (Outcome.KEPT, codes[0])


def test_a_written_number_of_someone_with_whom_nothing_agrees_is_asked_once_more(office: AnOffice) -> None:
    (other,) = office.drop(on_a_screen("intake", 4), "other.pdf")
    (part,) = office.drop(on_a_screen("assessment-summary", 6), "early.pdf")
    office.answer(office.sheet_of(part), {"case": other.case})
    again = office.part(part)
    slip = words_of(office.sheet_of(part).read_bytes())
    office.answer(office.sheet_of(part), {"case": code_of(office, part, "case", "sure:")})

    assert (part.reasons, again.reasons[0]) == ((Reason.NO_CASE_YET,), Reason.WRONG_PERSON)
    assert "Nothing on the form agrees with the person whose number was given." in slip
    assert (office.part(part).outcome, office.part(part).case) == (Outcome.KEPT, other.case)


def test_a_number_taken_while_a_form_was_decided_is_asked_about(
    office: AnOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    (other,) = office.drop(on_a_screen("intake", 4), "other.pdf")
    decide, number = filing.decide, [Identifier("person.dmh_id", dmh_id(6), unique=True)]

    def and_then_it_is_taken(at: Office, paper: Paper) -> Decided:
        decided = decide(at, paper)
        with at.ledger.transaction() as tx:
            tx.put_identifiers(other.case, other.submission, number)
        return decided

    monkeypatch.setattr(filing, "decide", and_then_it_is_taken)
    (part,) = office.drop(on_a_screen("intake", 6), "late.pdf")

    assert part.outcome is Outcome.HELD
    asked = asked_in(office.sheet_of(part).read_bytes())
    assert {"case", "field:dmh_id"} <= asked.keys()
    assert other.case in asked["case"][2]


def test_who_is_on_file_is_known_to_the_reading_of_the_next_paper(tmp_path: Path) -> None:
    office = AnOffice.at(tmp_path)
    office.drop(on_a_screen("intake", 2, {"dmh_id": "4175550"}), "intake.pdf")
    written = filled_in("intake", 2, on_paper=False).values
    with office.office.ledger.reading() as tx:
        people = on_file(tx)
    born = written["birth_date"]

    assert people.names == ((written["legal_first"], written["legal_last"]),)
    assert [f"{day:%m%d%Y}" for day in people.birth_dates] == [born]
    known = people.known(office.office.site.schemas["planning-worksheet"])
    assert known["legal_last"] == (written["legal_last"],)
    assert known["birth_date"] == (born,)
    assert known["dmh_id"] == ("4175550",)


def test_a_withdrawn_form_leaves_nobody_on_file(office: AnOffice) -> None:
    with office.office.ledger.reading() as tx:
        (row,) = tx.submissions()
    withdraw(office.office, row.id, by="JM", reason="filed twice")
    with office.office.ledger.reading() as tx:
        assert on_file(tx).names == ()
