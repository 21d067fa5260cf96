"""Entries of a form: each field with its typed value and boxes; with every question about a box, so a little long.

Boxes of one field are brought together first: the ticks of a choice, the copies of the person block, the
rows of a table. Whatever cannot be brought together becomes a finding with the page and the printed label.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as member

from pipeline.model import Decision, Entry, Finding, Method, Reading, Reason, Severity, Source
from pipeline.site import Site
from pipeline.site.schemas import Field, Schema
from pipeline.values import (
    Expectation,
    Kind,
    NotAValue,
    Row,
    Value,
    display,
    fold_case,
    is_blank,
    parse,
    why_not,
)

TICKED_KINDS = (Kind.CHOICE, Kind.CHOICES, Kind.YES_NO, Kind.TICK)


@dataclass(frozen=True, slots=True)
class Typed:
    """A form whose boxes have become values where they could.

    unsure:  fields that were read as handwriting and are not yet vouched for by a second source
    confirm: places that may be filed but stand on the coordinator's list
    """

    form: str
    edition: str
    entries: Mapping[str, Entry]
    findings: tuple[Finding, ...]
    unsure: tuple[str, ...]
    confirm: tuple[str, ...]

    def value(self, name: str) -> Value | None:
        entry = self.entries.get(name)
        return None if entry is None else entry.value


@dataclass(frozen=True, slots=True)
class PartNames:
    """What a source must say besides the box itself.

    origins: page of the form → (drop, part) it came from, for pages that were scanned later
    """

    drop: str
    part: str
    form: str
    edition: str
    origins: Mapping[int, tuple[str, str]] = member(default_factory=dict)


def crop_name(reading: Reading) -> str:
    """The file of a box's picture inside a deposit; the widget's key made safe for any file system."""
    safe = "".join(ch if ch.isalnum() or ch in "-_." else "_" for ch in reading.widget)
    return f"crops/{safe}.png"


def source_of(reading: Reading, names: PartNames) -> Source:
    drop, part = names.origins.get(reading.page, (names.drop, names.part))
    return Source(
        drop=drop,
        part=part,
        form=names.form,
        edition=names.edition,
        page=reading.page,
        source_page=reading.source_page,
        widget=reading.widget,
        box=reading.box,
        method=reading.method,
        confidence=reading.confidence,
        decision=reading.decision,
        raw=reading.text,
        crop=crop_name(reading) if reading.crop else "",
        models=reading.models,
        handwritten=reading.handwritten,
        actor=reading.actor,
        field=reading.field,
    )


class _Gathering:
    """Collects entries and findings while one form is typed."""

    def __init__(self, site: Site, schema: Schema, names: PartNames, year: int) -> None:
        self.site = site
        self.schema = schema
        self.names = names
        self.expect = site.expectations(schema.form, year)
        self.findings: list[Finding] = []
        self.unsure: list[str] = []
        self.confirm: list[str] = []

    def ask(self, reason: Reason, reading: Reading, message: str) -> None:
        label = self.schema.label_of(reading.field)
        text = f'Page {reading.page}, "{label}": {message}'
        self.findings.append(
            Finding(reason.value, Severity.ERROR, reason, (reading.field,), reading.page, text)
        )

    def value(self, path: str, field: Field, readings: Sequence[Reading]) -> Value | None:
        """The typed value of one field from its boxes, None when blank or asked about."""
        if field.kind is Kind.SIGNATURE:
            return self._signature(readings)
        if field.kind in TICKED_KINDS and any(reading.text in _TICK_WORDS for reading in readings):
            return self._ticked(field, readings)
        return self._written(path, field, readings)

    def _expectation(self, path: str) -> Expectation:
        head, _, rest = path.partition(".")
        return self.expect[f"{head}.{rest.partition('.')[2]}" if rest else head]

    def _written(self, path: str, field: Field, readings: Sequence[Reading]) -> Value | None:
        filled = [reading for reading in readings if not is_blank(reading.text)]
        asked = [reading for reading in readings if reading.decision is Decision.ASK]
        if asked and field.kind is Kind.NARRATIVE and all(reading.text for reading in asked):
            # running text holds no form: its coordinator compares it with its picture
            self.confirm.append(path)
            asked = []
        if asked:
            self.ask(asked[0].reason or Reason.NOT_SURE, asked[0], _doubt(asked[0], self._expectation(path)))
            return None
        values: list[Value] = []
        for reading in filled:
            try:
                values.append(parse(reading.text, self._expectation(path)))
            except NotAValue as failure:
                self.ask(Reason.NOT_VALID, reading, f'reads "{reading.text}", which {failure}.')
                return None
        if not values:
            return None
        if len({_comparable(value) for value in values}) > 1:
            pages = " and ".join(f'"{display(value)}"' for value in dict.fromkeys(values))
            self.ask(Reason.COPIES_DIFFER, filled[0], f"the pages do not agree: they read {pages}.")
            return None
        self._note_trust(path, field, filled)
        return values[0]

    def _note_trust(self, path: str, field: Field, filled: Sequence[Reading]) -> None:
        """Handwriting wants a second source; numbers written again on another page that agree are one.

        A name is none: the same hand and the same readers make the same mistake on every page.
        """
        if any(reading.decision is Decision.CONFIRM for reading in filled):
            self.confirm.append(path)
        copied = len({reading.page for reading in filled}) > 1 and field.kind is not Kind.PERSON_NAME
        if all(reading.handwritten and not reading.seen_apart for reading in filled) and not copied:
            self.unsure.append(path)

    def _signature(self, readings: Sequence[Reading]) -> Value | None:
        """`present` or `typed`; None for an empty line. A doubtful one is asked about; ink is confirmed by eye."""
        for reading in readings:
            if reading.text == "doubtful" or reading.decision is Decision.ASK:
                self.ask(Reason.SIGNATURE_DOUBTFUL, reading, "it is not clear whether someone signed here.")
                return None
        signed = [reading for reading in readings if reading.text not in ("", "absent")]
        if not signed:
            return None
        typed = [reading for reading in signed if reading.text == "typed"]
        if typed and not self.site.program.accepts_typed_signatures:
            self.ask(
                Reason.SIGNATURE_ABSENT, typed[0], "a name is typed here; a signature by hand is needed."
            )
            return None
        by_hand = [reading for reading in signed if reading.text == "present"]
        self.confirm += [reading.field for reading in by_hand if reading.decision is Decision.CONFIRM]
        return "present" if by_hand else "typed"

    def _ticked(self, field: Field, readings: Sequence[Reading]) -> Value | None:
        doubtful = [reading for reading in readings if reading.text == "doubtful"]
        doubtful += [reading for reading in readings if reading.decision is Decision.ASK]
        if doubtful:
            self.ask(Reason.TICK_DOUBTFUL, doubtful[0], "it is not clear which box is ticked.")
            return None
        marked = list(dict.fromkeys(reading.option for reading in readings if reading.text == "on"))
        if field.kind is Kind.TICK:
            return True if marked else None
        if field.kind is Kind.CHOICES:
            order = [code for code, _ in self.site.options(field)]
            return tuple(sorted(marked, key=order.index)) or None
        if len(marked) > 1:
            labels = self._labels(field, marked)
            self.ask(Reason.TICKS_CONTRADICT, readings[0], f"{labels} are both ticked. Tick one.")
            return None
        if not marked:
            return None
        return marked[0] == "yes" if field.kind is Kind.YES_NO else marked[0]

    def _labels(self, field: Field, codes: Iterable[str]) -> str:
        labels = dict(self.site.options(field)) or {"yes": "Yes", "no": "No"}
        return " and ".join(f'"{labels.get(code, code)}"' for code in codes)


_TICK_WORDS = ("on", "off", "doubtful")


def _comparable(value: Value) -> object:
    return fold_case(value) if isinstance(value, str) else display(value)


def _doubt(reading: Reading, expect: Expectation) -> str:
    if reading.reason is Reason.NOT_VALID and reading.text and (why := why_not(reading.text, expect)):
        return f'reads "{reading.text}", which {why}.'
    if reading.reason is Reason.NO_MODEL:
        return "the reader is not installed, so nothing was read. Type what stands there."
    if reading.reason is Reason.BOX_HIDDEN:
        return "the box is cut off or covered in the scan. Look at the paper and type what stands there."
    if reading.reason is Reason.READERS_DISAGREE and len(reading.votes) > 1:
        read = " or ".join(f'"{vote.text}"' for vote in reading.votes[:2])
        return f"it may read {read}. Type the right value."
    if not reading.text:
        return "something stands there that could not be read. Type what it says."
    return f'reads "{reading.text}", but that is not sure. Type the right value.'


def type_readings(site: Site, names: PartNames, readings: Sequence[Reading], year: int) -> Typed:
    """The entries of one form from its readings, with a finding for every box that needs a person.

    year: the present one, for two-digit years. Fields without a value have no entry.
    """
    schema = site.schemas[names.form]
    work = _Gathering(site, schema, names, year)
    by_path: dict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        by_path[reading.field].append(reading)
    entries: dict[str, Entry] = {}
    for field in schema.for_edition(names.edition):
        entry = (
            _table(work, field, by_path)
            if field.kind is Kind.TABLE
            else _single(work, field, by_path.get(field.name, []))
        )
        if entry is not None:
            entries[field.name] = entry
    return Typed(
        names.form,
        names.edition,
        entries,
        tuple(work.findings),
        tuple(work.unsure),
        tuple(work.confirm),
    )


def _single(work: _Gathering, field: Field, readings: Sequence[Reading]) -> Entry | None:
    if not readings:
        return None
    value = work.value(field.name, field, readings)
    if value is None:
        return None
    said = [reading for reading in readings if not reading.is_blank or reading.method is Method.CORRECTION]
    return Entry(field.name, value, tuple(source_of(reading, work.names) for reading in said))


def _table(work: _Gathering, field: Field, by_path: Mapping[str, list[Reading]]) -> Entry | None:
    """The rows that hold something, in the order of the page; each cell with its own source."""
    numbers = sorted(
        {int(path.split(".")[1]) for path in by_path if path.startswith(f"{field.name}.")},
    )
    rows: list[Row] = []
    row_sources: list[Mapping[str, tuple[Source, ...]]] = []
    for number in numbers:
        row: Row = {}
        sources: dict[str, tuple[Source, ...]] = {}
        for column in field.columns.values():
            path = f"{field.name}.{number}.{column.name}"
            readings = by_path.get(path, [])
            value = work.value(path, column, readings) if readings else None
            if value is not None and not _is_table(value):
                row[column.name] = value  # type: ignore[assignment]  # a cell is never a table
                said = [reading for reading in readings if not reading.is_blank]
                sources[column.name] = tuple(source_of(reading, work.names) for reading in said)
        if row:
            rows.append(row)
            row_sources.append(sources)
    return Entry(field.name, tuple(rows), (), tuple(row_sources)) if rows else None


def _is_table(value: Value) -> bool:
    return isinstance(value, tuple) and any(isinstance(item, dict) for item in value)


def row_number(entry: Entry, index: int) -> int:
    """The printed number of a table's row, counted from 1, of the row at `index` (from 0)."""
    for sources in entry.row_sources[index].values():
        for source in sources:
            _, number, *_ = (*source.field.split("."), "")
            if number.isdigit():
                return int(number)
    return index + 1
