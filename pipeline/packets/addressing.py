"""For which rows of a table a document is made, and whose copy it is."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, MutableMapping, Sequence

from pipeline.showing import Cell, Shown
from pipeline.site.packetfile import DocumentPlan
from pipeline.site.record import RecordPlace
from pipeline.values import Row


def is_left_out(document: DocumentPlan, places: Mapping[str, Cell], row: Row) -> bool:
    """Whether the row says, as people write it, what the document is not made for: its own sender, say."""
    for column, name in document.leave_out.items():
        cell = places.get(name)
        if isinstance(cell, Shown) and _as_compared(cell.text) == _as_compared(str(row.get(column, ""))):
            return True
    return False


def _as_compared(text: str) -> str:
    """Names without what people write differently: capitals, accents, stops and spaces."""
    plain = unicodedata.normalize("NFD", text.casefold())
    return "".join(character for character in plain if character.isalnum())


class Copies:
    """Names the recipients of documents that go to several of one role: `provider-P101`, `team-2`.

    Codes of the site name themselves; people are numbered, since a file's name must not name a person.
    numbers: role and person → number, the same for all documents of a packet: each person has one PDF
    """

    def __init__(
        self, document: DocumentPlan, place: RecordPlace, numbers: MutableMapping[tuple[str, str], int]
    ) -> None:
        self._document = document
        self._place = place
        self._numbers = numbers

    def names(self, row: Row) -> tuple[str, ...]:
        return tuple(self._name(role, row) for role in self._document.recipients)

    def _name(self, role: str, row: Row) -> str:
        column = self._document.own_copy.get(role)
        if column is None:
            return role
        value = str(row.get(column, ""))
        if self._place.columns[column].listed:
            return f"{role}-{value}" if value else f"{role}-not-named"
        numbers = [number for (name, _), number in self._numbers.items() if name == role]
        return f"{role}-{self._numbers.setdefault((role, value), max(numbers, default=0) + 1)}"


def groups_of(rows: Sequence[Row], columns: tuple[str, ...]) -> list[tuple[Row, ...]]:
    groups: dict[tuple[str, ...], list[Row]] = {}
    for index, row in enumerate(rows):
        key = tuple(str(row.get(column, "")) for column in columns) or (str(index),)
        groups.setdefault(key, []).append(row)
    return [tuple(group) for group in groups.values()]
