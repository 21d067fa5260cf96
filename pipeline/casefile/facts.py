"""The facts that a checked form states. A blank states nothing; an explicit "none" retracts."""

from __future__ import annotations

from pipeline.model import Entry, Fact, Standing, Submission
from pipeline.site import Site
from pipeline.site.record import RecordPlace, Scope
from pipeline.site.schemas import Field, Schema
from pipeline.values import Kind, Row, Value


def facts_of(site: Site, submission: Submission) -> tuple[Fact, ...]:
    """Every fact of the form, in the order of its schema.

    A retraction is a fact with an empty value: `""`, or no rows.
    """
    schema = site.schemas[submission.form]
    found: list[Fact] = []
    for field in schema.for_edition(submission.edition):
        place = site.places.get(field.record) if field.record else None
        if place is None:
            continue
        entry = submission.entries.get(field.name)
        if entry is None and field.none and submission.value(field.none) is True:
            said = submission.entries[field.none].sources  # the box that was ticked
            entry = Entry(field.name, () if field.kind is Kind.TABLE else "", said)
        if entry is not None:
            found.append(_fact(submission, schema, field, place, entry))
    return tuple(found)


def scope_key(submission: Submission, schema: Schema, scope: Scope) -> str:
    """Which plan year, month or authorization of this form a scoped fact belongs to; empty for the person."""
    if scope is Scope.PERSON:
        return ""
    value = submission.value(schema.scopes.get(scope.value, ""))
    return "" if value is None else str(value)


def _fact(submission: Submission, schema: Schema, field: Field, place: RecordPlace, entry: Entry) -> Fact:
    return Fact(
        place=place.name,
        scope=scope_key(submission, schema, place.scope),
        value=_renamed(entry.value, field),
        effective=submission.effective,
        received_at=submission.received_at,
        submission=submission.id,
        form=submission.form,
        edition=submission.edition,
        field=field.name,
        standing=Standing.PROPOSED if place.plan_content else Standing.STATED,
        sources=entry.sources,
        row_sources=tuple(
            {field.columns[name].record: sources for name, sources in row.items()}
            for row in entry.row_sources
        ),
    )


def _renamed(value: Value, field: Field) -> Value:
    """Rows with the record's column names instead of the form's."""
    if field.kind is not Kind.TABLE or not isinstance(value, tuple):
        return value
    rows: list[Row] = []
    for row in value:
        if isinstance(row, dict):
            rows.append({field.columns[name].record: cell for name, cell in row.items()})
    return tuple(rows)
