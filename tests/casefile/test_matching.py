"""Whose form is it: certain, new, or asked. Never a guess."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.casefile import Candidate, Identity, Known, Verdict, match

BORN = date(1987, 3, 14)
MARIA = Known(
    "C-MARIA", frozenset({"lopez|maria"}), frozenset({BORN}), frozenset({("person.dmh_id", "7041186")})
)
NUMBER = ("person.dmh_id", "5550001")


def form(
    first: str = "Maria", last: str = "López", born: date | None = BORN, dmh: str = "7041186"
) -> Identity:
    return Identity(first, last, born, (("person.dmh_id", dmh),) if dmh else ())


@pytest.mark.parametrize(
    ("identity", "verdict", "differs"),
    [
        (form(), Verdict.SAME, ()),
        (form(dmh=""), Verdict.SAME, ()),
        (form(born=date(1978, 3, 14)), Verdict.UNSURE, ("birth_date",)),
        (form(last="Garcia"), Verdict.UNSURE, ("name",)),
        (form("John", "Smith", date(1990, 1, 1)), Verdict.WRONG_PERSON, ("name", "birth_date")),
        (form(dmh="7000000"), Verdict.UNSURE, ("person.dmh_id",)),
        (form("Mario", "Lopez", dmh=""), Verdict.UNSURE, ("name",)),
        (form(born=date(1978, 3, 14), dmh=""), Verdict.UNSURE, ("birth_date",)),
        (form(born=date(1978, 3, 14), dmh="7000000"), Verdict.NEW, ()),
        (form("John", "Smith", date(1990, 1, 1), dmh=""), Verdict.NEW, ()),
    ],
)
def test_a_form_finds_its_case_only_when_the_signs_agree(
    identity: Identity, verdict: Verdict, differs: tuple[str, ...]
) -> None:
    found = match(identity, [MARIA])
    assert (found.verdict, found.differs) == (verdict, differs)


def test_two_cases_with_the_same_number_are_asked_about() -> None:
    twin = Known("C-TWIN", MARIA.names, MARIA.birth_dates, MARIA.ids)
    assert match(form(), [MARIA, twin]).verdict is Verdict.UNSURE


def test_nobody_known_is_a_new_person() -> None:
    assert match(form(), []).verdict is Verdict.NEW


def test_a_second_number_that_disagrees_is_asked_about() -> None:
    both = Known(
        "C", MARIA.names, MARIA.birth_dates, frozenset({*MARIA.ids, ("benefits.medicaid_id", "40718265")})
    )
    found = match(
        Identity(
            "Maria", "Lopez", BORN, (("person.dmh_id", "7041168"), ("benefits.medicaid_id", "40718265"))
        ),
        [both],
    )
    assert (found.verdict, found.differs) == (Verdict.UNSURE, ("person.dmh_id",))


def test_the_person_of_the_name_is_offered_where_the_number_is_anothers() -> None:
    otto = Known("C-OTTO", frozenset({"brandt|otto"}), frozenset({date(1960, 2, 1)}), frozenset({NUMBER}))
    found = match(form(dmh=NUMBER[1]), [MARIA, otto])
    assert found.verdict is Verdict.WRONG_PERSON
    assert set(found.candidates) == {
        Candidate("C-OTTO", ("person.dmh_id",), ("name", "birth_date")),
        Candidate("C-MARIA", ("name", "birth_date"), ("person.dmh_id",)),
    }


def test_a_number_alone_is_never_enough() -> None:
    assert match(Identity("", "", None, (("person.dmh_id", "7041186"),)), [MARIA]).verdict is Verdict.UNSURE
