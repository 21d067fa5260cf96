"""Facts as people mended them, on a confirm list or in a document: what is said is theirs from then on, with their
initials under it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as member

from pipeline.model import Fact, Method, Source
from pipeline.values import Json, Kind, Row, from_json


def mended(fact: Fact, texts: Mapping[str, str], by: str) -> Fact:
    """The fact with its text as mended; texts: field of the form → its right text."""
    if fact.field not in texts:
        return fact
    text = texts[fact.field]
    return replace(fact, value=text, sources=(*(_said(source, text, by) for source in fact.sources[:1]),))


def corrected(fact: Fact, said: Mapping[str, Json], by: str) -> Fact:
    """The fact with its value as it was put right; said: the `correct.json` of that act."""
    if (fact.field, fact.place, fact.scope) != (said["field"], said["place"], said["scope"]):
        return fact
    value = from_json(said["value"], Kind(str(said["kind"])))
    return replace(
        fact, value=value, sources=tuple(_said(source, str(said["raw"]), by) for source in fact.sources[:1])
    )


def mended_rows(fact: Fact, cells: Mapping[str, str], by: str) -> Fact:
    """The table with its cells as mended; cells: box on the form → its right text."""
    if not cells or not isinstance(fact.value, tuple):
        return fact
    rows, sources = list(fact.value), [dict(row) for row in fact.row_sources]
    for number, columns in enumerate(sources):
        for column, boxes in columns.items():
            box = next((source for source in boxes if source.widget in cells), None)
            row = rows[number]
            if box is not None and isinstance(row, dict):
                changed: Row = {**row, column: cells[box.widget]}
                rows[number] = changed
                columns[column] = (_said(box, cells[box.widget], by),)
    return replace(fact, value=tuple(rows), row_sources=tuple(sources))  # type: ignore[arg-type]  # rows stay rows


def _said(source: Source, text: str, by: str) -> Source:
    return replace(source, raw=text, method=Method.CORRECTION, confidence=1.0, actor=by)


@dataclass(frozen=True, slots=True)
class AsIf:
    """What people would have said of a record besides what is on file, to see what would come of it.

    corrections: submission → each `correct.json` that would be made about it, and by whom
    overruled:   fact that would be overruled → the one that is right
    """

    corrections: Mapping[str, Sequence[tuple[Mapping[str, Json], str]]] = member(
        default_factory=dict, repr=False
    )
    overruled: Mapping[str, str] = member(default_factory=dict)

    def corrected(self, submission: str, facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
        for said, by in self.corrections.get(submission, ()):
            facts = tuple(corrected(fact, said, by) for fact in facts)
        return facts


NOTHING_MORE = AsIf()
