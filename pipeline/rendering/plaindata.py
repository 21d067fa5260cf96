"""A context from plain data, for trying a template on its own (`render TEMPLATE.docx DATA.yaml OUT.docx`).

Nothing is formatted: a number prints as it is written. What is null, and what some row of a table lacks, is
a blank.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from pipeline.showing import Blank, Cell, Context, Shown, ShownTable

PlainData: TypeAlias = "str | int | bool | list[PlainData] | dict[str, PlainData] | None"


def context_of(data: Mapping[str, PlainData]) -> Context:
    """Everything in the data, by its dotted name."""
    return Context(dict(_places("", dict(data))))


def _places(prefix: str, data: dict[str, PlainData]) -> Iterator[tuple[str, Cell]]:
    for name, value in data.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict):
            yield from _places(f"{path}.", value)
        else:
            yield path, _cell(path, value)


def _cell(path: str, value: PlainData) -> Cell:
    if value is None or value == "":
        return Blank(path)
    if isinstance(value, bool):
        return Shown("Yes" if value else "No", ("yes" if value else "no",))
    if not isinstance(value, list):
        return Shown(str(value), (str(value),))
    rows = [row for row in value if isinstance(row, dict)]
    if rows or not value:
        return _table(path, rows)
    texts = tuple(str(item) for item in value)
    return Shown("; ".join(texts), texts)


def _table(path: str, rows: list[dict[str, PlainData]]) -> ShownTable:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return ShownTable(
        tuple({column: _cell(f"{path}.{column}", row.get(column)) for column in columns} for row in rows)
    )
