"""A sheet that was printed, filled by hand and scanned, told as one filled on screen would tell it.

The sheet itself is the blank: its boxes are cut out and read like those of a form. What already stood in a box
is part of the blank's print, so the reader sees only what a hand added; nothing added means that it stands.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from pipeline.desk.answers import COPY, DOUBTFUL, QUESTIONS, carried, is_ticked
from pipeline.desk.held import FIELD, SIGNED_ON
from pipeline.desk.request import MARK
from pipeline.model import Decision, Reading
from pipeline.site import Site
from pipeline.values import Expectation, Kind, Pivot


def box_of(name: str, state: str) -> tuple[str, str] | None:
    """What a widget of a sheet feeds, as field and option: its own name and its on-state. None for hidden ones."""
    return None if name in (COPY, MARK) else (name, state)


def expected_in(
    site: Site, form: str, widgets: Mapping[str, str], info: Mapping[str, str], year: int
) -> dict[str, Expectation]:
    """What is known beforehand of the boxes that ask about a place on the form or for a day, by the box's name.

    widgets, info: of the sheet as it was made. year: the present one, for two-digit years.
    """
    schema = site.schemas.get(form)
    try:
        asked = json.loads(carried(widgets, info, QUESTIONS).get(QUESTIONS, ""))
    except ValueError:
        return {}
    found: dict[str, Expectation] = {}
    day = Expectation(Kind.DATE, pivot=Pivot(year), about=year)
    for number, (key, *_) in enumerate(asked, start=1):
        if str(key).startswith(SIGNED_ON):
            found[f"q.{number}"] = day
        field = schema.field_at(str(key).removeprefix(FIELD)) if schema else None
        if field is None or field.kind in (Kind.TICK, Kind.SIGNATURE, Kind.CHOICES):
            continue
        found[f"hand.{number}"] = found[f"q.{number}"] = site.expectation(field, year)
    return found


def as_read(readings: Sequence[Reading], printed: Mapping[str, str] | None = None) -> dict[str, str]:
    """The boxes as names and values, like those of a sheet filled on screen.

    Of each reading, `field` is the box's name and `option` its on-state, as `box_of` says. printed: name →
    value of the sheet as it was made. Two new ticks of one question, ink on what was printed, and whatever the
    reader would ask about are doubtful.
    """
    before = printed or {}
    values = {reading.field: before.get(reading.field, "") for reading in readings}
    added: set[str] = set()
    for reading in readings:
        name = reading.field
        unsure = reading.decision is Decision.ASK or reading.text == "doubtful"
        if reading.is_blank and not unsure:
            continue
        several = name in added
        added.add(name)
        over_print = _has_print(before.get(name, ""), reading.option)
        if unsure or several or over_print:
            values[name] = DOUBTFUL
        else:
            values[name] = reading.option or reading.text
    return values


def _has_print(printed: str, option: str) -> bool:
    """Whether something stood in this very box: ink on it strikes it out, or writes over it."""
    if not option:
        return bool(printed.strip())
    return is_ticked(printed) and printed.strip("/ ") == option
