"""The rest of a form, shown at the end of its sheet: what was read in the boxes nobody asks about."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.desk.held import FIELD, ON, Question
from pipeline.desk.questions import options_of
from pipeline.model import Reading
from pipeline.site import Site
from pipeline.site.schemas import Field
from pipeline.values import Expectation, Kind, NotAValue, display, parse

AS_PEOPLE_WRITE = (Kind.DATE, Kind.MONTH, Kind.PHONE, Kind.ZIP, Kind.CHOICE, Kind.CHOICES)
"""Read as bare digits or as a code, which nobody recognises as a day, a telephone number or `15 minutes`."""


def reference_for(
    site: Site, form: str, readings: Sequence[Reading], questions: Sequence[Question]
) -> tuple[tuple[str, str], ...]:
    """The boxes nobody asks about, as (label, value) in the order of the page; blank ones are left out."""
    schema = site.schemas[form]
    asked = {question.key.removeprefix(FIELD) for question in questions if question.is_field}
    rows: dict[str, list[str]] = {}
    for reading in readings:
        field = schema.field_at(reading.field)
        if field is None or reading.is_blank or reading.field in asked:
            continue
        shown = _shown(site, field, reading)
        if shown not in rows.setdefault(reading.field, []):
            rows[reading.field].append(shown)
    return tuple((schema.label_of(path), "; ".join(values)) for path, values in rows.items())


def _shown(site: Site, field: Field, reading: Reading) -> str:
    if reading.option:
        labels = dict(options_of(site, field))
        return labels.get(reading.option, reading.option)
    if field.kind in AS_PEOPLE_WRITE:
        options = options_of(site, field)
        try:
            value = parse(reading.text, Expectation(field.kind, options=options))
        except NotAValue:
            return reading.text
        codes = [str(code) for code in value] if isinstance(value, tuple) else [display(value)]
        return "; ".join(dict(options).get(code, code) for code in codes)
    if field.kind is Kind.SIGNATURE:
        return {"present": "signed", "typed": "typed name"}.get(reading.text, reading.text)
    return "ticked" if reading.text == ON else reading.text
