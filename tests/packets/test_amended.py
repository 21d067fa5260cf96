"""Which rows of an older packet end with an amendment, and on which day."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.errors import PacketError
from pipeline.packets.amended import NEVER_BEGINS, Amendment, ended_rows, with_never
from pipeline.packets.formatting import shown
from pipeline.showing import Shown, ShownTable
from pipeline.values import Row
from tests.rendering import samples

PLACE = samples.site().places["plan.services"]
MARCH = date(2027, 3, 1)


def line(provider: str, begin: date, end: date) -> Row:
    return {"provider": provider, "code": "T2021", "begin": begin, "end": end}


YEAR = line("P101", date(2027, 1, 1), date(2027, 12, 31))
OVER = line("P102", date(2027, 1, 1), date(2027, 2, 28))
LATER = line("P103", date(2027, 5, 1), date(2027, 12, 31))


def ended(*now: Row, was: tuple[Row, ...] = (YEAR, OVER, LATER)) -> list[Row]:
    amendment = Amendment("7K2M9QWX4RTV", None, MARCH, "Ana", "Work", {"plan.services": was})
    return ended_rows(amendment, PLACE, now)


def test_what_stays_does_not_end_and_what_was_over_is_left_alone() -> None:
    assert ended(YEAR, LATER) == []


def test_what_goes_ends_the_day_before_and_what_would_begin_later_never_begins() -> None:
    assert ended() == [
        {**YEAR, "end": date(2027, 2, 28)},
        {name: cell for name, cell in LATER.items() if name != "end"},
    ]
    table = shown(samples.site(), PLACE, tuple(ended()))
    assert isinstance(table, ShownTable)
    ends = [row["end"] for row in with_never(table).rows]
    assert [end.text for end in ends if isinstance(end, Shown)] == ["2/28/2027", NEVER_BEGINS]


def test_an_older_line_may_stand_shortened_and_a_new_one_may_begin_that_day() -> None:
    shortened = {**YEAR, "end": date(2027, 2, 28)}
    new = line("P101", MARCH, date(2027, 12, 31))
    assert ended(shortened, new, LATER) == [shortened]


@pytest.mark.parametrize(
    "row",
    [
        {**YEAR, "units": 7},
        {**YEAR, "end": MARCH},
        line("P104", date(2027, 2, 1), date(2027, 2, 28)),
        {"provider": "P104", "code": "T2021"},
    ],
    ids=["changed from its beginning", "a day too long", "never authorized before", "no day at all"],
)
def test_a_line_that_would_hold_beside_what_was_authorized_is_refused(row: Row) -> None:
    with pytest.raises(PacketError, match="before the amendment counts on 3/1/2027"):
        ended(row)
