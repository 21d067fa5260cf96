"""What nobody vouches for: handwriting that needs a second source, and what is filed but must be confirmed."""

from __future__ import annotations

from pipeline.checking.entries import Typed, row_number
from pipeline.model import Finding, Reason, Severity
from pipeline.site.schemas import Schema
from pipeline.values import Kind, display


def unvouched(schema: Schema, typed: Typed, vouchers: set[str]) -> list[Finding]:
    """Handwritten identity and money that no check digit, sum, list or second copy speaks for.

    The two readers share their training, so their agreement alone is not a second source.
    """
    identity = {schema.person.first, schema.person.last, schema.person.birth_date, *schema.person.ids}
    findings: list[Finding] = []
    for path in typed.unsure:
        field = schema.field_at(path)
        if field is None or path in vouchers:
            continue
        if path in identity or field.kind in (Kind.MONEY, Kind.UNITS):
            label = schema.label_of(path)
            shown = _shown(typed, path)
            message = (
                f'"{label}" reads "{shown}". Nothing else on the form confirms it. Type it as it should be.'
            )
            findings.append(
                Finding(Reason.NO_CHECK.value, Severity.ERROR, Reason.NO_CHECK, (path,), 0, message)
            )
    return findings


def _shown(typed: Typed, path: str) -> str:
    head, _, rest = path.partition(".")
    entry = typed.entries[head]
    if not rest or not isinstance(entry.value, tuple):
        return display(entry.value)
    number, _, column = rest.partition(".")
    for index, row in enumerate(entry.value):
        if isinstance(row, dict) and row_number(entry, index) == int(number):
            return display(row[column])
    return ""


def to_confirm(schema: Schema, typed: Typed) -> list[Finding]:
    """What is filed as it was read and stands on the coordinator's confirm list."""
    return [
        Finding(
            Reason.HANDWRITTEN_NARRATIVE.value,
            Severity.WARNING,
            Reason.HANDWRITTEN_NARRATIVE,
            (path,),
            0,
            f'"{schema.label_of(path)}" was read from a scan. Compare it with its picture.',
        )
        for path in typed.confirm
    ]
