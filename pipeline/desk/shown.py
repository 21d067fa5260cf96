"""How a sheet shows what was read: values as people write them, quotations in few words, boxes in the paper's order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline.desk.held import FIELD, OFF, ON, OVERRIDE, Question
from pipeline.model import Finding, Reading
from pipeline.site import Site
from pipeline.site.schemas import Field
from pipeline.values import Expectation, Kind, NotAValue, display, parse

YES_NO = (("yes", "Yes"), ("no", "No"))
TICKED = ((ON, "Ticked"), (OFF, "Not ticked"))
BARE = (Kind.DATE, Kind.MONTH, Kind.PHONE, Kind.ZIP)
"""Read as bare digits, in which nobody recognises a day or a telephone number."""
MOST_QUOTED = 60
"""Letters of a value that a reason repeats: the whole of it stands in the box below."""

Place = tuple[float, float, float]
LAST: Place = (float("inf"), 0.0, 0.0)
LINE_POINTS = 8.0


def options_of(site: Site, field: Field) -> tuple[tuple[str, str], ...]:
    """What can be ticked for a field: (code, label)."""
    return YES_NO if field.kind is Kind.YES_NO else site.options(field)


def as_people_write(field: Field, text: str) -> str:
    """`4/17/1997` for `04171997`; whatever is no such value stands as it was read."""
    if field.kind not in BARE:
        return text
    try:
        return display(parse(text, Expectation(field.kind)))
    except NotAValue:
        return text


def quoted_briefly(words: str) -> str:
    """The words with long quotations cut: a narrative that is too long is not printed twice."""

    def brief(found: re.Match[str]) -> str:
        text = found[1]
        return f'"{text[:MOST_QUOTED].rstrip()}..."' if len(text) > MOST_QUOTED + 20 else found[0]

    return re.sub(r'"([^"]*)"', brief, words)


# --- the order of the paper -----------------------------------------------------------------------


def places_of(readings: Sequence[Reading]) -> dict[str, Place]:
    """Where each field stands on the form: page, line, distance from the left. Its first box counts."""
    found: dict[str, Place] = {}
    for reading in readings:
        place = (float(reading.page), float(round(reading.box.top / LINE_POINTS)), reading.box.x0)
        found[reading.field] = min(place, found.get(reading.field, LAST))
    return found


def along_the_paper(
    questions: Sequence[Question], findings: Sequence[Finding], places: Mapping[str, Place]
) -> tuple[Question, ...]:
    """What concerns the whole paper, then the boxes as the eye meets them; a reason to file it all the same stands
    after the last box it speaks of."""
    marked: dict[str, list[str]] = {}
    for finding in findings:
        marked.setdefault(f"{OVERRIDE}{finding.rule}", []).extend(finding.fields)

    def place(question: Question) -> tuple[Place, bool]:
        if question.is_field:
            return places.get(question.key.removeprefix(FIELD), LAST), False
        boxes = [places.get(path, LAST) for path in marked.get(question.key, ())]
        return max(boxes, default=(0.0, 0.0, 0.0)), bool(boxes)

    return tuple(sorted(questions, key=place))
