"""What a document may show: places already formatted for people, and nothing else.

`packets` fills these, `rendering` prints them. A place is `Shown` (the text as people read it), `Blank`
(the record does not hold it) or a `ShownTable`. What is in none of these does not exist for a template.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as member
from typing import TypeAlias

LINE = "____________"


@dataclass(frozen=True, slots=True)
class Shown:
    """One formatted value.

    codes: what `is()` compares with (option codes, `yes`/`no`); facts: ids of the facts it rests on
    """

    text: str = member(repr=False)
    codes: tuple[str, ...] = member(default=(), repr=False)
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Blank:
    """What the record does not hold: prints as a line to fill in by hand, and is listed under its label.

    columns: for a table, column → label; it then prints one row of lines.
    """

    label: str
    columns: Mapping[str, str] = member(default_factory=dict)
    line: str = LINE


Cell: TypeAlias = "Shown | Blank | ShownTable"


@dataclass(frozen=True, slots=True)
class ShownTable:
    """Rows of a table; every row has every column (a cell the record does not hold is a `Blank`)."""

    rows: tuple[Mapping[str, Cell], ...] = member(repr=False)
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """Everything one document may show.

    places:  dotted name → what stands there; packet variables are places too (`packet.id`, `today`)
    private: places (and columns, as `table.column`) that are shown only where allowed
    allowed: the private ones this document may show
    item, items: the row, or the rows of the group, this document is made for
    item_place: the table they come from
    """

    places: Mapping[str, Cell] = member(repr=False)
    private: frozenset[str] = frozenset()
    allowed: frozenset[str] = frozenset()
    item: Mapping[str, Cell] | None = member(default=None, repr=False)
    items: ShownTable | None = member(default=None, repr=False)
    item_place: str = ""

    @property
    def forbidden(self) -> frozenset[str]:
        return self.private - self.allowed
