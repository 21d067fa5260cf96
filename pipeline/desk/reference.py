"""The rest of a form, shown at the end of its sheet: what was read in the boxes nobody asks about."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.desk.held import FIELD, ON, Question
from pipeline.desk.shown import as_people_write, options_of
from pipeline.model import Reading
from pipeline.site import Site
from pipeline.site.schemas import Field, Schema
from pipeline.values import Expectation, Kind, NotAValue, display, parse


def reference_for(
    site: Site, form: str, readings: Sequence[Reading], questions: Sequence[Question]
) -> tuple[tuple[str, str], ...]:
    """The boxes nobody asks about, as (label, value) in the order of the page; blank ones are left out,
    the cells of a row stand in one line."""
    schema = site.schemas[form]
    asked = {question.key.removeprefix(FIELD) for question in questions if question.is_field}
    found: dict[str, dict[str, list[str]]] = {}
    for reading in readings:
        field = schema.field_at(reading.field)
        if field is None or reading.is_blank or reading.field in asked:
            continue
        label, column = _row_and_column(schema, field, reading.field)
        values = found.setdefault(label, {}).setdefault(column, [])
        if (shown := _shown(site, field, reading)) not in values:
            values.append(shown)
    return tuple((label, _in_one_cell(columns)) for label, columns in found.items())


def _row_and_column(schema: Schema, field: Field, path: str) -> tuple[str, str]:
    """`Services, row 2` and `Units`: a row of a table stands together. A field by itself has no column."""
    table, _, rest = path.partition(".")
    row, _, column = rest.partition(".")
    if not column:
        return schema.label_of(path), ""
    return f"{schema.fields[table].label}, row {row}", field.label


def _in_one_cell(columns: dict[str, list[str]]) -> str:
    said = {column: "; ".join(values) for column, values in columns.items()}
    return "; ".join(f"{column}: {text}" if column else text for column, text in said.items())


def _shown(site: Site, field: Field, reading: Reading) -> str:
    if reading.option:
        labels = dict(options_of(site, field))
        return labels.get(reading.option, reading.option)
    if field.kind in (Kind.CHOICE, Kind.CHOICES):
        return _labels(options_of(site, field), field.kind, reading.text)
    if field.kind is Kind.SIGNATURE:
        return {"present": "signed", "typed": "typed name"}.get(reading.text, reading.text)
    return "ticked" if reading.text == ON else as_people_write(field, reading.text)


def _labels(options: tuple[tuple[str, str], ...], kind: Kind, text: str) -> str:
    """Codes as they are printed: `15 minutes`."""
    try:
        value = parse(text, Expectation(kind, options=options))
    except NotAValue:
        return text
    codes = [str(code) for code in value] if isinstance(value, tuple) else [display(value)]
    return "; ".join(dict(options).get(code, code) for code in codes)
