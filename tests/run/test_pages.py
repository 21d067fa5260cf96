"""Pages that are missing, there twice, mixed up, or in other hands: each has an outcome, and none is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.model import Outcome, Reason
from tests.run.office import AnOffice, asked_in, on_a_screen, pages_of, typed, words_of

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
