"""The fold: newer wins inside its scope, nothing disagreeing is thrown away, order of filing is nothing."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from pipeline.casefile import fold
from pipeline.model import CaseRecord, Fact, Standing
from pipeline.site.record import Merge, RecordPlace, Scope
from pipeline.values import Kind, Row, Value

PLACES = {
    "person.phone": RecordPlace("person.phone", "Phone", Kind.PHONE),
    "person.birth_date": RecordPlace("person.birth_date", "Birth date", Kind.DATE, identity=True),
    "plan.services": RecordPlace(
        "plan.services",
        "Services",
        Kind.TABLE,
        scope=Scope.PLAN_YEAR,
        plan_content=True,
        merge=Merge.BY_KEY,
        key=("code",),
        columns={
            "code": RecordPlace("code", "Code", Kind.HCPCS),
            "units": RecordPlace("units", "Units", Kind.UNITS),
        },
    ),
}
AS_OF = date(2026, 11, 22)


def fact(
    place: str,
    value: Value,
    day: int,
    submission: str = "S1",
    scope: str = "",
    standing: Standing = Standing.STATED,
) -> Fact:
    return Fact(
        place=place,
        scope=scope,
        value=value,
        effective=date(2026, 1, day),
        received_at=datetime(2026, 2, 1, tzinfo=UTC),
        submission=submission,
        form="intake",
        edition="2026-11",
        field=place,
        standing=standing,
    )


def folded(*facts: Fact, **changes: object) -> CaseRecord:
    return fold("C-TEST", AS_OF, facts, PLACES, **changes)  # type: ignore[arg-type]


def test_the_newer_fact_wins_whatever_arrived_first() -> None:
    newer, older = fact("person.phone", "new", 9, "S2"), fact("person.phone", "old", 3, "S1")
    assert folded(newer, older).value("person.phone") == "new"


def test_a_fact_of_tomorrow_is_not_known_today() -> None:
    record = fold("C", date(2026, 1, 5), [fact("person.phone", "later", 6)], PLACES)
    assert record.value("person.phone") is None


def test_an_explicit_none_retracts() -> None:
    record = folded(fact("person.phone", "(417) 555-0100", 1), fact("person.phone", "", 2, "S2"))
    assert record.fact("person.phone") is None


def test_two_birth_dates_are_kept_and_must_be_asked_about() -> None:
    first, second = date(1987, 3, 14), date(1978, 3, 14)
    record = folded(fact("person.birth_date", first, 1), fact("person.birth_date", second, 2, "S2"))
    [trouble] = record.disagreements
    assert [item.value for item in trouble.facts] == [second, first]
    assert trouble.must_ask


def test_a_disagreement_that_a_person_settled_is_not_asked_again_but_a_later_one_is() -> None:
    first = fact("person.birth_date", date(1987, 3, 14), 1)
    second = fact("person.birth_date", date(1978, 3, 14), 2, "S2")
    third = fact("person.birth_date", date(1979, 3, 14), 3, "S3")
    record = folded(first, second, settled={second.id: first.id})
    assert (record.value("person.birth_date"), record.disagreements) == (date(1987, 3, 14), ())
    assert len(folded(first, second, third, settled={second.id: first.id}).disagreements) == 1


def test_a_changed_phone_is_shown_but_not_asked_about() -> None:
    [trouble] = folded(fact("person.phone", "a", 1), fact("person.phone", "b", 2, "S2")).disagreements
    assert not trouble.must_ask


def test_a_withdrawn_form_states_nothing() -> None:
    record = folded(
        fact("person.phone", "right", 1), fact("person.phone", "wrong", 2, "S2"), withdrawn={"S2"}
    )
    assert record.value("person.phone") == "right"


def rows(**units: str) -> tuple[Row, ...]:
    return tuple({"code": code, "units": Decimal(number)} for code, number in units.items())


def test_rows_with_a_new_key_are_added_and_with_a_known_key_replaced() -> None:
    scope = "2027-01-01"
    record = folded(
        fact("plan.services", rows(T2021="10", T2020="5"), 1, "S1", scope),
        fact("plan.services", rows(T2020="7"), 2, "S2", scope),
    )
    assert record.value("plan.services", scope) == rows(T2021="10", T2020="7")


def test_a_table_names_every_form_of_which_a_row_still_stands_in_it_and_no_other() -> None:
    scope = "2027-01-01"
    gone = fact("plan.services", rows(T2020="5"), 1, "S1", scope)
    stays = fact("plan.services", rows(T2021="10", T2020="6"), 2, "S2", scope)
    newest = fact("plan.services", rows(T2020="7"), 3, "S3", scope)
    found = folded(gone, stays, newest).fact("plan.services", scope)
    assert found is not None
    assert found.submissions == ("S3", "S2")
    assert found.older_rows == ((stays.id, "S2"),)


def test_a_table_that_was_retracted_names_none_of_the_forms_before() -> None:
    scope = "2027-01-01"
    found = folded(
        fact("plan.services", rows(T2020="5"), 1, "S1", scope),
        fact("plan.services", (), 2, "S2", scope),
        fact("plan.services", rows(T2021="7"), 3, "S3", scope),
    ).fact("plan.services", scope)
    assert found is not None
    assert found.submissions == ("S3",)


def test_two_rows_of_one_form_with_one_key_both_stay() -> None:
    twice: tuple[Row, ...] = (
        {"code": "T2021", "units": Decimal("360")},
        {"code": "T2021", "units": Decimal("40")},
    )
    scope = "2027-01-01"
    record = folded(
        fact("plan.services", rows(T2021="10", T2020="5"), 1, "S1", scope),
        fact("plan.services", twice, 2, "S2", scope),
    )
    assert record.value("plan.services", scope) == (*rows(T2020="5"), *twice)


def test_plan_years_do_not_mix() -> None:
    record = folded(
        fact("plan.services", rows(T2021="10"), 1, "S1", "2026-01-01"),
        fact("plan.services", rows(T2021="20"), 2, "S2", "2027-01-01"),
    )
    assert record.value("plan.services", "2026-01-01") == rows(T2021="10")
    assert record.scopes("plan.services") == ("2026-01-01", "2027-01-01")


def test_rows_merged_from_approved_and_proposed_content_are_only_proposed() -> None:
    old = fact("plan.services", rows(T2021="10"), 1, "S1", "2027-01-01", standing=Standing.PROPOSED)
    new = fact("plan.services", rows(T2020="1"), 2, "S2", "2027-01-01", standing=Standing.PROPOSED)
    record = folded(old, new, raised={new.id: Standing.APPROVED})
    found = record.fact("plan.services", "2027-01-01")
    assert found is not None
    assert found.standing is Standing.PROPOSED


@given(st.lists(st.tuples(st.integers(1, 28), st.sampled_from("abc")), min_size=1, max_size=8), st.randoms())
def test_the_order_in_which_forms_are_filed_does_not_matter(
    stated: list[tuple[int, str]], shuffler: random.Random
) -> None:
    facts = [fact("person.phone", text, day, f"S{number}") for number, (day, text) in enumerate(stated)]
    shuffled = facts[:]
    shuffler.shuffle(shuffled)
    assert folded(*facts) == folded(*shuffled)


def test_what_has_not_come_far_enough_leaves_the_older_plan_whole() -> None:
    old = fact("plan.services", rows(T2021="10"), 1, "S1", "2027-01-01")
    new = fact("plan.services", rows(T2020="1"), 2, "S2", "2027-01-01")
    phone = fact("person.phone", "of the newer form", 2, "S2")
    record = folded(old, new, phone, raised={old.id: Standing.IN_FORCE}, least=Standing.APPROVED)
    assert record.value("plan.services", "2027-01-01") == rows(T2021="10")
    assert record.held_back == {("plan.services", "2027-01-01")}
    assert record.value("person.phone") == "of the newer form"


def test_a_plan_taken_back_by_a_newer_form_is_known_as_taken_back() -> None:
    old = fact("plan.services", rows(T2021="10"), 1, "S1", "2027-01-01")
    none = fact("plan.services", (), 2, "S2", "2027-01-01")
    record = folded(old, none)
    assert record.value("plan.services", "2027-01-01") is None
    assert record.retractions["plan.services", "2027-01-01"].submission == "S2"


def test_plan_content_is_proposed_also_where_it_was_filed_as_stated() -> None:
    found = folded(fact("plan.services", rows(T2021="10"), 1, scope="2027-01-01")).fact(
        "plan.services", "2027-01-01"
    )
    assert found is not None
    assert found.standing is Standing.PROPOSED
