"""The case record as the conditions of a packet see it. Only what the packet may use is in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pipeline.rules import Operand
from pipeline.site import Site


@dataclass(frozen=True, slots=True)
class RecordWorld:
    """What conditions may ask. values: place → what the packet may use of the record"""

    site: Site
    values: Mapping[str, Operand]
    as_of: date

    def value(self, path: str) -> Operand:
        return self.values.get(path)

    def program(self, path: str) -> Operand:
        found = self.site.program.cell(path)
        return found if isinstance(found, str | bool | int) else None

    def lookup(self, table: str, key: str, column: str) -> Operand:
        return self.program(f"{table}.{key}.{column}")

    def record(self, place: str) -> Operand:
        return self.values.get(place)

    def today(self) -> date:
        return self.as_of
