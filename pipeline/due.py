"""What is due for a case: the program's calendar laid over what is on file. Guesses nothing: where the day it
hangs on is not known, it says so."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from pipeline.model import CaseRecord, CaseStatus
from pipeline.site.program import CalendarItem
from pipeline.site.record import RecordPlace, Scope

OVERDUE_SHOWN_DAYS = 400  # older than a plan year and a month: a lapsed case, not a task


class DueState(StrEnum):
    OVERDUE = "overdue"
    DUE = "due"
    CANNOT_TELL = "cannot-tell"


@dataclass(frozen=True, slots=True)
class DueItem:
    """Something to do for a case. day: None where the day it hangs on is not on file."""

    case: str
    id: str
    title: str
    state: DueState
    day: date | None


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it has no such day."""
    count = day.month - 1 + months
    year, month = day.year + count // 12, count % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def due_items(
    record: CaseRecord,
    items: tuple[CalendarItem, ...],
    places: Mapping[str, RecordPlace],
    within_days: int,
) -> tuple[DueItem, ...]:
    """What is overdue, due within so many days, or cannot be told, soonest first. Nothing for a case that is not
    active: its due dates have stopped."""
    if record.status is not CaseStatus.ACTIVE:
        return ()
    found = [
        due
        for item in items
        if item.anchor in places
        for due in _of_item(record, item, places[item.anchor], within_days)
    ]
    return tuple(sorted(found, key=lambda due: (due.day or date.max, due.id)))


def _of_item(
    record: CaseRecord, item: CalendarItem, place: RecordPlace, within_days: int
) -> Iterator[DueItem]:
    scopes = record.scopes(place.name)
    if not scopes:
        yield DueItem(record.case, item.id, item.title, DueState.CANNOT_TELL, None)
        return
    anchor = record.value(place.name, scopes[-1])
    if not isinstance(anchor, date):
        return
    if item.anchor == "plan.end" and place.scope is Scope.PLAN_YEAR and _next_year_is_planned(record, anchor):
        return
    last = record.as_of + timedelta(days=within_days)
    for day in _days(item, anchor, record.as_of, last):
        state = DueState.OVERDUE if day < record.as_of else DueState.DUE
        yield DueItem(record.case, item.id, item.title, state, day)


def _next_year_is_planned(record: CaseRecord, end: date) -> bool:
    starts = [record.value("plan.start", scope) for scope in record.scopes("plan.start")]
    return any(isinstance(start, date) and start > end for start in starts)


def _days(item: CalendarItem, anchor: date, as_of: date, last: date) -> Iterator[date]:
    """The days on which it is due: the one, or of a repeated item those between now and `last`."""
    months = item.offset_months
    while True:
        day = add_months(anchor, months) + timedelta(days=item.offset_days)
        if day > last:
            return
        earliest = as_of if item.repeat_months else as_of - timedelta(days=OVERDUE_SHOWN_DAYS)
        if day >= earliest:
            yield day
        if not item.repeat_months:
            return
        months += item.repeat_months
