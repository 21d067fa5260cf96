"""Pages that are missing, there twice, mixed up, or in other hands: each has an outcome, and none is lost."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.archive import Books
from pipeline.ledger import PartRow
from pipeline.model import Outcome, Reason
from pipeline.run.joining import _still_said
from pipeline.run.paper import Said
from pipeline.run.waiting import held_paper
from tests.run.crash import PlugPulled
from tests.run.office import (
    AnOffice,
    answered,
    asked_in,
    on_a_screen,
    pages_of,
    reopened,
    typed,
    words_of,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def office(tmp_path: Path) -> AnOffice:
    return AnOffice.at(tmp_path)


def test_a_form_without_its_second_page_waits_and_the_page_scanned_later_joins_it(office: AnOffice) -> None:
    whole = typed("intake", 2)
    (waits,) = office.drop(pages_of(whole, only=[1, 3]))
    slip = words_of(office.sheet_of(waits).read_bytes())
    (page,) = office.drop(pages_of(whole, only=[2]))

    assert (waits.outcome, waits.reasons) == (Outcome.HELD, (Reason.PAGE_MISSING,))
    assert "Page 2 of 3 is missing from this intake and application." in slip
    assert "Scan only page 2 into the inbox; the rest is waiting." in slip
    assert Outcome.KEPT == page.outcome == office.part(waits).outcome
    assert office.part(waits).submission == page.submission != ""
    assert office.sheets == ()


def test_a_page_of_somebody_else_does_not_join_the_form_that_waits(office: AnOffice) -> None:
    (waits,) = office.drop(pages_of(typed("intake", 2), only=[1, 3]))
    (page,) = office.drop(pages_of(typed("intake", 5), only=[2]))

    assert [page.outcome, office.part(waits).outcome] == [Outcome.HELD, Outcome.HELD]
    assert len(office.sheets) == 2


def test_a_form_that_waits_is_let_go_when_it_is_scanned_again_as_a_whole(office: AnOffice) -> None:
    whole = typed("intake", 2)
    (waits,) = office.drop(pages_of(whole, only=[1, 3]))
    (filed,) = office.drop(whole, "again.pdf")

    now = office.part(waits)
    assert (filed.outcome, now.outcome) == (Outcome.KEPT, Outcome.DUPLICATE)
    assert filed.submission == now.submission
    assert office.sheets == ()


def test_a_page_scanned_twice_is_left_out_and_the_form_filed(office: AnOffice) -> None:
    form, copy = office.drop(pages_of(typed("intake", 4), order=[1, 2, 2, 3]))

    assert (form.outcome, form.pages) == (Outcome.KEPT, (1, 2, 4))
    assert (copy.outcome, copy.pages, copy.reasons) == (Outcome.DUPLICATE, (3,), (Reason.PAGE_TWICE,))


def test_a_page_that_is_there_twice_with_other_answers_is_asked_about(office: AnOffice) -> None:
    first = typed("intake", 4)
    other = typed("intake", 4, {"emergency_phone": "4175550142", "emergency_name": "Winnie Quist"})
    both = pages_of(first, other, order=[1, 2, 3, 5, 6])
    parts = office.drop(both)
    waits = next(part for part in parts if part.outcome is Outcome.HELD)
    (key,) = asked_in(office.sheet_of(waits).read_bytes())
    slip = words_of(office.sheet_of(waits).read_bytes())
    office.answer(office.sheet_of(waits), {key: asked_in(office.sheet_of(waits).read_bytes())[key][2][1]})

    assert waits.reasons == (Reason.PAGE_TWICE,)
    assert "and not with the same answers. Tick the one that is right." in slip
    assert office.part(waits).outcome == Outcome.KEPT


def test_two_forms_in_one_scan_become_two_parts(office: AnOffice) -> None:
    office.drop(on_a_screen("intake", 1))
    both = pages_of(typed("assessment-summary", 1), typed("waiver-choice", 2))
    first, second = office.drop(both)

    assert (first.form, first.pages) == ("assessment-summary", (1,))
    assert (second.form, second.pages) == ("waiver-choice", (2,))
    assert [first.outcome, second.outcome] == [Outcome.KEPT, Outcome.HELD]


def test_the_pages_of_two_people_in_one_scan_are_parted(office: AnOffice) -> None:
    one, other = typed("intake", 5), typed("intake", 6)
    parts = office.drop(pages_of(one, other, order=[1, 5, 3]))
    later = office.drop(pages_of(one, only=[2]), "page 2.pdf")

    assert [part.pages for part in parts] == [(1, 3), (2,)]
    assert [part.outcome for part in parts] == [Outcome.HELD, Outcome.HELD]
    assert Outcome.KEPT == later[0].outcome == office.part(parts[0]).outcome
    assert office.part(parts[1]).outcome == Outcome.HELD


def test_a_form_that_is_not_signed_is_filed_once_its_signed_page_comes(office: AnOffice) -> None:
    signed = typed("intake", 2)
    (waits,) = office.drop(typed("intake", 2, signed=False))
    (page,) = office.drop(pages_of(signed, only=[3]), "signed.pdf")

    assert (waits.outcome, waits.reasons) == (Outcome.HELD, (Reason.SIGNATURE_ABSENT,))
    assert Outcome.KEPT == page.outcome == office.part(waits).outcome
    assert office.sheets == ()


# --- a page that does not say of which month it is ------------------------------------------------

BELONGS, MONTHLY = "choice:belongs", "provider-monthly-summary"


@dataclass(frozen=True, slots=True)
class Asked:
    """A first page that waits, and a second one that may be of another month."""

    office: AnOffice
    waits: PartRow
    page: PartRow

    @property
    def sheet(self) -> Path:
        return self.office.sheet_of(self.page)


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    office = AnOffice.copied("a-page-asked-about", drop_a_month_in_two, tmp_path)
    waits, page = sorted(office.held(), key=lambda part: part.drop != first_drop(office))
    return Asked(office, waits, page)


def drop_a_month_in_two(office: AnOffice) -> None:
    office.drop(on_a_screen("intake", 6), "intake.pdf")
    month = typed(MONTHLY, 6)
    office.drop(pages_of(month, only=[1]), "one.pdf")
    office.drop(pages_of(month, only=[2]), "two.pdf")


def first_drop(office: AnOffice) -> str:
    with office.office.ledger.reading() as tx:
        return next(row.id for row in tx.drops() if row.name == "one.pdf")


def test_a_page_without_the_month_never_joins_a_form_that_waits_unasked(asked: Asked) -> None:
    slip = words_of(asked.sheet.read_bytes())

    assert (asked.page.outcome, asked.page.reasons) == (Outcome.HELD, (Reason.PAGE_MISSING,))
    assert asked.office.part(asked.waits).outcome is Outcome.HELD
    assert asked_in(asked.sheet.read_bytes())[BELONGS][2] == (asked.waits.id, "other")
    assert "To the one that came in on" in slip
    assert "it has page 1, and waits for page 2" in slip


def test_a_page_joins_the_form_to_which_a_person_says_it_belongs(asked: Asked) -> None:
    (acted,) = asked.office.answer(asked.sheet, {BELONGS: asked.waits.id})
    page, form = asked.office.part(asked.page), asked.office.part(asked.waits)

    assert acted.outcome is Outcome.ACTED
    assert (page.outcome, page.path) == (form.outcome, form.path)
    assert Reason.PAGE_MISSING not in form.reasons


def test_a_page_of_another_month_goes_on_waiting_and_is_not_asked_about_again(asked: Asked) -> None:
    asked.office.answer(asked.sheet, {BELONGS: "other"})

    assert asked.office.part(asked.page).round == 2
    assert BELONGS not in asked_in(asked.sheet.read_bytes())
    assert asked.office.part(asked.waits).round == 1


def test_a_join_cut_short_is_finished_when_the_machine_is_started_again(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = asked.office
    asked.sheet.write_bytes(answered(asked.sheet.read_bytes(), {BELONGS: asked.waits.id}, "JM"))
    settle_part, calls = Books.settle_part, []

    def pulled(books: Books, part: PartRow) -> None:
        settle_part(books, part)
        calls.append(part)
        raise PlugPulled  # the page is spoken for, the form it joins is not decided yet

    with monkeypatch.context() as plug:
        plug.setattr(Books, "settle_part", pulled)
        with pytest.raises(PlugPulled):
            office.take()
    again = reopened(office)
    again.take()
    page, form = again.part(asked.page), again.part(asked.waits)

    assert [part.id for part in calls] == [asked.page.id]
    assert (page.outcome, page.path) == (form.outcome, form.path)
    assert Reason.PAGE_MISSING not in form.reasons


def test_a_page_by_itself_is_not_let_go_as_a_copy_of_another_month(office: AnOffice) -> None:
    office.drop(on_a_screen("intake", 6), "intake.pdf")
    month = typed(MONTHLY, 6)
    (page,) = office.drop(pages_of(month, only=[2]), "two.pdf")
    office.drop(month, "whole.pdf")

    assert office.part(page).outcome is Outcome.HELD


def test_an_answer_lapses_when_its_page_comes_anew(office: AnOffice) -> None:
    unsigned = typed("intake", 2, {"sex": "", "requested": ""}, signed=False)
    (waits,) = office.drop(unsigned)
    paper = held_paper(office.office, office.part(waits)).hearing(
        {
            "field:legal_first": Said("Other", "JM"),
            "field:sex": Said("female", "JM"),
            "case": Said("C-1", "JM"),
        }
    )
    on = {reading.field: reading.page for reading in paper.readings}
    left = _still_said(paper, {on["legal_first"]})

    assert "field:legal_first" not in left
    assert ("case" in left, "field:sex" in left) == (True, on["sex"] != on["legal_first"])
