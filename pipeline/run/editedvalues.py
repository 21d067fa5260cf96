"""What an edited document says, as values: what was printed into it, with what was changed by hand, and the record.

The record speaks for what the document does not print. A document that is made for some rows of a table counts them
from 1, so there nothing of the record stands in for a row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as member

from pipeline.ledger import PacketRow
from pipeline.model import CaseRecord, Fact
from pipeline.packets.formatting import fact_cell, shown
from pipeline.run.editedword import EditedWord
from pipeline.run.office import Office
from pipeline.run.wordcodes import made_document
from pipeline.showing import Cell, Shown
from pipeline.site.packetfile import PacketPlan
from pipeline.site.schemas import Field
from pipeline.values import NotAValue, Row, Value, parse


@dataclass(frozen=True, slots=True)
class Printed:
    """A value as it was printed into the document. text: empty where it was a line to fill in"""

    label: str
    text: str = member(repr=False)


@dataclass(frozen=True, slots=True)
class DocumentValues:
    """The values of a document, as it was made or as it is now.

    changed:  place → its text now; nothing for the document as it was made
    own:      the table of which it shows some rows only, because it is made for them; else empty
    not_read: places, filled in as they are met, whose text is no value any more
    """

    office: Office = member(repr=False)
    record: CaseRecord = member(repr=False)
    scope: str
    printed: Mapping[str, Printed] = member(repr=False)
    changed: Mapping[str, str] = member(repr=False)
    own: str = ""
    not_read: set[str] = member(default_factory=set)

    def fact(self, place: str) -> Fact | None:
        facts = self.record.facts
        return facts.get((place, self.scope)) or facts.get((place, ""))

    def of_field(self, field: Field) -> Value | None:
        """The value of a field of a form, by the names of the form."""
        fact = self.fact(field.record) if field.record else None
        if fact is None:
            return None
        if not field.columns or not isinstance(fact.value, tuple):
            cell = fact_cell(self.office.site, self.office.site.places[fact.place], fact)
            return self._now(field, fact.place, fact.value, cell)
        names = {column.record or name: name for name, column in field.columns.items()}
        return tuple({names[kept]: cell for kept, cell in row.items()} for row in self.rows(field, fact))

    def rows(self, field: Field, fact: Fact) -> tuple[Row, ...]:
        """The rows of a table, by the names of the record."""
        kept: list[Row] = []
        if fact.place == self.own:
            kept = [{} for _ in range(self._rows_printed(fact.place))]
        elif isinstance(fact.value, tuple):
            kept = [row for row in fact.value if isinstance(row, dict)]
        return tuple(self._row(field, fact.place, number, row) for number, row in enumerate(kept, start=1))

    def _row(self, field: Field, table: str, number: int, row: Row) -> Row:
        columns = self.office.site.places[table].columns
        stated: Row = {}
        for name, column in field.columns.items():
            kept = column.record or name
            value, place = row.get(kept), columns.get(kept)
            cell = shown(self.office.site, place, value) if value is not None and place else None
            now = self._now(column, f"{table}.{number}.{kept}", value, cell)
            if now is not None:
                stated[kept] = now  # type: ignore[assignment]  # no table stands in a cell
        return stated

    def _rows_printed(self, table: str) -> int:
        starts = f"{table}."
        rows = [
            place.removeprefix(starts).split(".")[0] for place in self.printed if place.startswith(starts)
        ]
        return max((int(number) for number in rows if number.isdecimal()), default=0)

    def _now(self, field: Field, place: str, value: Value | None, cell: Cell | None) -> Value | None:
        """What stands at a place; the record's own value where the document says that or does not print it."""
        if place not in self.printed:
            return value
        text = self.changed.get(place, self.printed[place].text)
        if isinstance(cell, Shown) and " ".join(cell.text.split()) == text:
            return value
        if not text:
            return None
        try:
            return parse(text, self.office.site.expectation(field, self.office.today().year))
        except NotAValue:
            self.not_read.add(place)
            return None if place in self.changed else value


def values_of(office: Office, edited: EditedWord, row: PacketRow) -> tuple[DocumentValues, DocumentValues]:
    """The document as it was made, and as it is now."""
    plan = office.site.packets.get(row.name)
    record = office.record(row.case, row.as_of, plan.uses) if plan is not None else office.record(row.case)
    printed, own = _printed(office, edited), _own_table(plan, edited.document)
    changed = {change.place: change.after for change in edited.values}
    return (
        DocumentValues(office, record, row.scope, printed, {}, own),
        DocumentValues(office, record, row.scope, printed, changed, own),
    )


def _printed(office: Office, edited: EditedWord) -> dict[str, Printed]:
    made = made_document(office, office.archive.deposit(edited.made), edited.document)
    found: dict[str, Printed] = {}
    for part in made.parts if made is not None else ():
        for value in part.values:
            text = "" if value.blank else " ".join(part.text[value.start : value.end].split())
            found.setdefault(value.place, Printed(value.label, text))
    return found


def _own_table(plan: PacketPlan | None, document: str) -> str:
    for planned in plan.documents if plan is not None else ():
        if planned.for_each and re.fullmatch(rf"{re.escape(planned.id)}-\d+", document):
            return planned.for_each
    return ""
