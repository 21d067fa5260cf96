"""Everything a run of the bench found, as one record: printed, kept as JSON, and read back for the docs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from dataclasses import fields as members
from typing import Any, TypeVar

from bench.reading.candidates import Named
from bench.reading.costs import CostRow, Costs, Workers
from bench.reading.office import Day, Pages, StruckTicks
from bench.reading.shares import least_share
from bench.reading.strange import Strange
from bench.reading.tables import ClassRow, Share, table_lines

FORMAT = 1
Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Figures:
    """One run. on: its day, ISO; forms: filled ones that were read; failed: that could not be; candidates: pages
    of all forms of the site; command: its options; strange, named, workers: None where they were not asked for."""

    on: str
    command: str
    half: str
    forms: int
    failed: int
    candidates: int
    classes: tuple[ClassRow, ...]
    pages: Pages
    struck: StruckTicks
    costs: Costs
    day: Day
    strange: Strange | None = None
    named: tuple[Named, ...] = ()
    workers: Workers | None = None

    def lines(self) -> Iterator[str]:
        yield f"Half {self.half}: {self.forms} forms, {self.pages.pages} pages; failed {self.failed}"
        yield from table_lines(self.classes)
        yield from self.struck.lines()
        yield from self.pages.lines()
        if self.strange:
            yield from self.strange.lines(self.candidates)
        for each in self.named:
            yield from each.lines(self.candidates)
        yield from self.costs.lines()
        if self.workers:
            yield from self.workers.lines()
        yield from self.day.lines()


def as_json(figures: Figures) -> str:
    """The record; to each class row the lower end of its interval is added, for whoever reads it elsewhere."""
    plain = asdict(figures)
    for row in plain["classes"]:
        row["at_least"] = least_share(row["share"]["taken"], row["share"]["wrong"])
    return json.dumps({"format": FORMAT, **plain}, indent=1) + "\n"


def from_json(text: str) -> Figures:
    """The record that `as_json` wrote. Raises ValueError where it is of another format."""
    plain: dict[str, Any] = json.loads(text)
    if plain.pop("format", None) != FORMAT:
        raise ValueError(f"These figures are not of format {FORMAT}: make them anew with --json.")
    rows = tuple(
        ClassRow(**_of(ClassRow, row) | {"share": Share(**row["share"])}) for row in plain["classes"]
    )
    costs = plain["costs"]
    found = plain | {
        "classes": rows,
        "pages": _record(Pages, plain["pages"]),
        "struck": _record(StruckTicks, plain["struck"]),
        "costs": Costs(**costs | {"rows": tuple(_record(CostRow, row) for row in costs["rows"])}),
        "day": _record(Day, plain["day"]),
        "strange": _record(Strange, plain["strange"]) if plain["strange"] else None,
        "named": tuple(_record(Named, each) for each in plain["named"]),
        "workers": _record(Workers, plain["workers"]) if plain["workers"] else None,
    }
    return Figures(**found)


def _of(kind: type[Any], plain: dict[str, Any]) -> dict[str, Any]:
    return {member.name: plain[member.name] for member in members(kind)}


def _record(kind: type[Record], plain: dict[str, Any]) -> Record:
    """A record whose lists become tuples again, as they were."""
    return kind(**{name: _frozen(value) for name, value in plain.items()})


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
