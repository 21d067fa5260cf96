"""An amended plan: what it says otherwise than the plan that was signed, and what of that one ends, on which day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as member
from datetime import date, timedelta

from pipeline.errors import PacketError
from pipeline.packets.formatting import day, text
from pipeline.showing import Blank, Cell, Shown, ShownTable
from pipeline.site.record import RecordPlace
from pipeline.values import Row, Value, display

CHANGES = "amendment.changes"
COLUMNS = {"what": "What", "before": "As signed", "after": "From now on"}
LABELS = {
    "amendment.reason": "Why the plan is amended",
    "amendment.asked_by": "Who asked for the amendment",
    "amendment.effective": "Day from which the amendment counts",
    "amendment.packet": "Plan that is amended",
    "amendment.signed_on": "Day on which that plan was signed",
}
NEVER_BEGINS = "does not begin"
NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Change:
    """One place, or one row of a table, that the amended plan says otherwise. facts: ids of what it rests on now"""

    what: str
    before: str = member(repr=False)
    after: str = member(repr=False)
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Amendment:
    """Why and from when a packet takes the place of one that went out. packet: the number of that one

    signed_on: None where nobody has signed it; was: place → what it showed there
    """

    packet: str
    signed_on: date | None
    effective: date
    asked_by: str = member(repr=False)
    reason: str = member(repr=False)
    was: Mapping[str, Value] = member(default_factory=dict, repr=False)
    changes: tuple[Change, ...] = ()


def amendment_places(amendment: Amendment | None) -> dict[str, Cell]:
    """What documents show of an amendment; blanks where there is none."""
    if amendment is None:
        nothing: dict[str, Cell] = {name: Blank(label) for name, label in LABELS.items()}
        return nothing | {CHANGES: Blank("Changes", COLUMNS)}
    rows = tuple(
        {
            "what": Shown(each.what, (), each.facts),
            "before": Shown(each.before or NOTHING),
            "after": Shown(each.after or NOTHING, (), each.facts),
        }
        for each in amendment.changes
    )
    signed_on = amendment.signed_on
    return {
        "amendment.reason": text(amendment.reason),
        "amendment.asked_by": text(amendment.asked_by),
        "amendment.effective": day(amendment.effective),
        "amendment.packet": text(amendment.packet),
        "amendment.signed_on": day(signed_on) if signed_on else Blank(LABELS["amendment.signed_on"]),
        CHANGES: ShownTable(rows),
    }


def ended_rows(amendment: Amendment, place: RecordPlace, now: Sequence[Row]) -> list[Row]:
    """The rows of the older packet that stand no more, each ending on the day before the amendment counts.

    A row that would have begun later never begins: its day of beginning is kept, and it has no end. Raises PacketError
    where a row that is not of the older packet begins before that day: for some days two rows would hold. An older row
    may stand there shortened.
    """
    before = _rows(amendment.was.get(place.name, ()))
    last = amendment.effective - timedelta(days=1)
    was = [row for row in before if row not in now]
    keys = {_key(place, row) for row in before}
    early = [
        row
        for row in now
        if row not in before
        and _begins(row) <= last
        and not (_ends(row) <= last and _key(place, row) in keys)
    ]
    if early:
        raise PacketError(
            [
                f'"{display(row.get("name") or row.get("code") or "")}" begins on {display(_begins(row))}, before the '
                f"amendment counts on {display(amendment.effective)}: what was authorized until then and this would "
                "overlap. On the worksheet, end the old line on the day before, and begin the new one on that day."
                for row in early
            ]
        )
    return [
        {name: cell for name, cell in row.items() if name != "end"}
        if _begins(row) > last
        else {**row, "end": last}
        for row in was
        if _ends(row) > last
    ]


def with_never(table: ShownTable) -> ShownTable:
    """The rows as they are printed: one that never begins says so where its last day would stand."""
    never = Shown(NEVER_BEGINS)
    rows = tuple({**row, "end": never} if isinstance(row["end"], Blank) else row for row in table.rows)
    return replace(table, rows=rows)


def _rows(value: Value) -> tuple[Row, ...]:
    return tuple(row for row in value if isinstance(row, dict)) if isinstance(value, tuple) else ()


def _begins(row: Row) -> date:
    found = row.get("begin")
    return found if isinstance(found, date) else date.min


def _ends(row: Row) -> date:
    found = row.get("end")
    return found if isinstance(found, date) else date.max


def _key(place: RecordPlace, row: Row) -> tuple[str, ...]:
    return tuple(str(row.get(name, "")) for name in place.key)
