"""What cannot be taken into the inbox, told so that a clerk finds it: kind, place and day, and never its name.

STATUS.html is read by everybody who has the inbox, while a folder of it may be of one caseload only, and both a file
and a folder are often called after a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from pipeline.desk.status import clock
from pipeline.inbox import Refused

MOST_TOLD = 5


def refusal_words(refused: Sequence[Refused], zone: tzinfo) -> str:
    """One paragraph, empty where nothing was refused."""
    if not refused:
        return ""
    count = len(refused)
    kinds = Counter(_told(each, zone) for each in refused)
    told = [f"{words} ({times} of them)" if times > 1 else words for words, times in kinds.items()]
    more = ["and others"] if len(told) > MOST_TOLD else []
    what, stay = ("thing", "It stays where it is") if count == 1 else ("things", "They stay where they are")
    return (
        f"{count} {what} in the inbox cannot be taken in: {'; '.join(told[:MOST_TOLD] + more)}. "
        f"{stay}; sort the folder by date to find {'it' if count == 1 else 'them'}."
    )


def _told(each: Refused, zone: tzinfo) -> str:
    place = "in a folder of the inbox" if "/" in each.name else "in the inbox itself"
    return ", ".join(filter(None, (each.detail, place, _day(each.changed_at, zone))))


def _day(changed_at: float | None, zone: tzinfo) -> str:
    try:
        changed = datetime.fromtimestamp(changed_at or 0, UTC).astimezone(zone)
    except (OverflowError, ValueError, OSError):  # a date that no calendar has
        return ""
    return f"last changed {clock(changed, seconds=False)}" if changed_at else ""
