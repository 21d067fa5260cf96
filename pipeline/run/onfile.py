"""Everybody on file, as the reading of the next paper may know them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as member
from datetime import date

from pipeline.model import short_id
from pipeline.site.schemas import Schema


@dataclass(frozen=True, slots=True)
class OnFile:
    """Everybody on file, which a hard hand may be writing about.

    names: (first, last) as spelled there; ids: by place of the record
    """

    names: tuple[tuple[str, str], ...] = member(default=(), repr=False)
    birth_dates: tuple[date, ...] = member(default=(), repr=False)
    ids: Mapping[str, tuple[str, ...]] = member(default_factory=dict, repr=False)

    @property
    def mark(self) -> str:
        """The same for the same people, another for others."""
        ids = (part for kind in sorted(self.ids) for part in (kind, *sorted(self.ids[kind])))
        days = (day.isoformat() for day in sorted(self.birth_dates))
        return short_id("on-file", *(part for name in sorted(self.names) for part in name), *days, *ids)

    def known(self, schema: Schema) -> dict[str, tuple[str, ...]]:
        """By field of a form's person block, the values that may stand in it."""
        person = schema.person
        found = {
            person.first: {first for first, _ in self.names},
            person.last: {last for _, last in self.names},
            person.birth_date: {f"{day:%m%d%Y}" for day in self.birth_dates},
        }
        found |= {name: set(self.ids.get(schema.fields[name].record, ())) for name in person.ids}
        return {field: tuple(sorted(values - {""})) for field, values in found.items()}


NOBODY = OnFile()
