"""Text becomes a typed value in one place; these are its promises."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.values import (
    Expectation,
    Kind,
    Month,
    NotAValue,
    Pivot,
    Row,
    Value,
    cents,
    clean,
    display,
    display_money,
    from_json,
    instant,
    parse,
    to_json,
)


def value_of(kind: Kind, text: str) -> Value:
    return parse(text, Expectation(kind, pivot=Pivot(2046)))


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (Kind.DATE, "3/4/2027", date(2027, 3, 4)),
        (Kind.DATE, "03042027", date(2027, 3, 4)),
        (Kind.DATE, "2027-03-04", date(2027, 3, 4)),
        (Kind.DATE, "Mar. 4, 2027", date(2027, 3, 4)),
        (Kind.DATE, "3-4-27", date(2027, 3, 4)),
        (Kind.DATE, "3/4/47", date(1947, 3, 4)),
        (Kind.MONTH, "022027", Month(2027, 2)),
        (Kind.MONTH, "2/2027", Month(2027, 2)),
        (Kind.MONTH, "February 2027", Month(2027, 2)),
        (Kind.MONEY, "$1,250.5", Decimal("1250.50")),
        (Kind.MONEY, "12", Decimal("12.00")),
        (Kind.UNITS, "1,040", Decimal("1040")),
        (Kind.UNITS, "2.50", Decimal("2.5")),
        (Kind.INTEGER, "12", 12),
        (Kind.PHONE, "1-417-555-0140", "(417) 555-0140"),
        (Kind.ZIP, "657061234", "65706-1234"),
        (Kind.NPI, "1234567893", "1234567893"),
        (Kind.ICD10, "f840", "F84.0"),
        (Kind.ICD10, "z3a20", "Z3A.20"),
        (Kind.HCPCS, "t2021", "T2021"),
        (Kind.STATE, "mo", "MO"),
        (Kind.STATE, "gu", "GU"),
        (Kind.YES_NO, "no", False),
    ],
)
def test_text_becomes_the_value_it_means(kind: Kind, text: str, expected: Value) -> None:
    assert value_of(kind, text) == expected


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.DATE, "13/4/2027"),
        (Kind.DATE, "2/29/2027"),
        (Kind.DATE, "3/4/0227"),
        (Kind.MONTH, "13/2027"),
        (Kind.MONEY, "1l7"),
        (Kind.MONEY, "12.345"),
        (Kind.MONEY, "1,25"),
        (Kind.MONEY, "-5.00"),
        (Kind.UNITS, "1e3"),
        (Kind.INTEGER, "2.5"),
        (Kind.PHONE, "555-0140"),
        (Kind.PHONE, "(117) 555-0140"),
        (Kind.NPI, "1234567890"),
        (Kind.ICD10, "U8X"),
        (Kind.ICD10, "F7I"),
        (Kind.PERSON_NAME, "M4ria"),
        (Kind.STATE, "Missouri"),
        (Kind.STATE, "KZ"),
    ],
)
def test_text_that_is_not_of_its_kind_is_refused(kind: Kind, text: str) -> None:
    with pytest.raises(NotAValue):
        value_of(kind, text)


def test_a_birth_year_of_two_digits_is_never_in_the_future() -> None:
    assert parse("3/4/31", Expectation(Kind.DATE, pivot=Pivot(2026))) == date(1931, 3, 4)


def test_a_choice_is_known_by_its_code_or_its_label() -> None:
    expect = Expectation(Kind.CHOICE, options=(("own_home", "Own home"), ("isl", "ISL")))
    assert [parse(text, expect) for text in ("own_home", "OWN HOME")] == ["own_home", "own_home"]


def test_a_lone_surrogate_is_refused_before_it_can_vanish_in_word() -> None:
    with pytest.raises(NotAValue):
        clean("Ma\ud800ria")


@pytest.mark.parametrize("end", ["\x0b", "\x0c", "\r", "\r\n", "\x85", "\u2028", "\u2029"])
def test_lines_that_word_or_a_viewer_ends_in_their_own_way_stay_apart(end: str) -> None:
    assert clean(f"Take 1{end}10 mg") == "Take 1\n10 mg"


def test_bidirectional_overrides_and_control_characters_are_removed() -> None:
    assert clean("A\u202eB\x00C\x0b") == "ABC"


def test_three_times_a_third_of_a_cent_is_rounded_half_up() -> None:
    assert cents(Decimal("2.345")) == Decimal("2.35")


def test_an_amount_below_nothing_has_its_sign_before_the_dollar() -> None:
    assert display_money(Decimal("-10760")) == "-$10,760.00"
    assert display_money(Decimal("1250.5")) == "$1,250.50"


@given(st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False, allow_infinity=False))
def test_money_survives_printing_and_reading(amount: Decimal) -> None:
    assert value_of(Kind.MONEY, f"${amount:,.2f}") == amount


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_a_date_survives_printing_and_reading(day: date) -> None:
    assert value_of(Kind.DATE, display(day)) == day


@given(
    st.one_of(
        st.tuples(st.just(Kind.DATE), st.dates()),
        st.tuples(st.just(Kind.MONEY), st.decimals(min_value=0, max_value=10**9, places=2)),
        st.tuples(st.just(Kind.TEXT), st.text(min_size=1)),
        st.tuples(st.just(Kind.YES_NO), st.booleans()),
        st.tuples(st.just(Kind.INTEGER), st.integers(0, 10**9)),
    )
)
def test_a_value_survives_the_archive(pair: tuple[Kind, Value]) -> None:
    kind, value = pair
    assert from_json(to_json(value), kind) == value


def test_rows_of_a_table_survive_the_archive() -> None:
    rows: tuple[Row, ...] = ({"code": "T2021", "units": Decimal("10"), "begin": date(2027, 1, 1)},)
    columns = [("code", Kind.HCPCS), ("units", Kind.UNITS), ("begin", Kind.DATE)]
    assert from_json(to_json(rows), Kind.TABLE, columns) == rows


def test_instants_are_written_in_utc_and_sort_as_text() -> None:
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert instant(noon) == "2026-11-22T12:00:00.000000Z"
    assert instant(noon.astimezone(timezone(timedelta(hours=-6)))) == instant(noon)
    assert instant(noon) < instant(noon + timedelta(microseconds=1)) < instant(noon + timedelta(seconds=1))
