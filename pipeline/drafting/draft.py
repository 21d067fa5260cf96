"""The draft itself: every box a field with a name, a label and a kind, and what must still be decided.

A guess that a person should look at carries a note, which the files show as a comment.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.drafting.kinds import is_signature, kind_of, words_in
from pipeline.drafting.labels import Print
from pipeline.drafting.places import Places
from pipeline.drafting.tables import Column, Grid, grids_of
from pipeline.drafting.units import NO, YES, Shape, Unit, comb_patterns, units_of
from pipeline.reading.seen import SeenBlank, SeenWidget
from pipeline.values import Kind

LONGEST_NAME = 32
GENERIC = frozenset(
    {"table", "row", "subform", "form", "page", "group", "item", "line", "field", "text", "box", "cell"}
)


@dataclass(frozen=True, slots=True)
class DraftField:
    """A field as guessed. notes: what should be looked at; options: code and printed label."""

    name: str
    kind: Kind
    label: str
    options: tuple[tuple[str, str], ...] = ()
    record: str = ""
    pattern: str = ""
    listed: str = ""
    max_length: int = 0
    columns: tuple[DraftField, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftRule:
    """One line of the map. states: on-state and option code."""

    widget: str
    field: str
    states: tuple[tuple[str, str], ...] = ()
    comb: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A foreign form as guessed from its blank. title: as printed; printed: its first words, to find a code in."""

    title: str
    printed: str
    fields: tuple[DraftField, ...]
    rules: tuple[DraftRule, ...]
    ignore: tuple[str, ...]


def draft_of(blank: SeenBlank, places: Places) -> Draft:
    """The fields and the map, guessed from the PDF alone; `places` are those of the case record."""
    around = Print(blank)
    units = units_of(blank.widgets, around)
    grids = grids_of(units, around)
    maker = _Maker(around, places, tuple(widget.name for widget in blank.widgets))
    in_grid = {unit.name: grid for grid in grids for unit in grid.units}
    done: list[Grid] = []
    for unit in units:
        grid = in_grid.get(unit.name)
        if grid is None:
            maker.add(unit)
        elif not any(grid is seen for seen in done):
            done.append(grid)
            maker.add_table(grid)
    printed = " ".join(word.text for words in blank.words[:1] for word in words)
    return Draft(_title(blank), printed, tuple(maker.fields), tuple(maker.rules), blank.buttons)


def _title(blank: SeenBlank) -> str:
    """The largest print in the upper part of the first page, else the title in the file's properties."""
    first = blank.words[0] if blank.words else ()
    upper = [word for word in first if word.box.top < 200]
    tallest = max((word.box.height for word in upper), default=0)
    lead = next((word for word in upper if word.box.height > tallest - 0.5), None)
    if lead is None:
        return blank.title or "Untitled form"
    line = [
        word.text
        for word in upper
        if abs(word.box.bottom - lead.box.bottom) < 3 and word.box.height > tallest - 0.5
    ]
    title = " ".join(line)[:80]
    return title.capitalize() if title.isupper() else title


def slug(text: str) -> str:
    """A short name made of a label: `Date of birth (MMDDYYYY)` is `date_of_birth`."""
    text = re.sub(r"\([^)]*\)", " ", text)
    text = re.sub(r"\b([A-Za-z])\.\s?(?=[A-Za-z]\b)", r"\1", text)
    words = re.findall(r"[a-z0-9]+", text.lower().replace("'", ""))
    short = ""
    for word in words:
        if short and len(short) + len(word) >= LONGEST_NAME:
            break
        short = f"{short}_{word}" if short else word[:LONGEST_NAME]
    return short if not short[:1].isdigit() else f"n_{short}"


class _Maker:
    """Collects fields and map; gives each field a name of its own."""

    def __init__(self, around: Print, places: Places, names: Sequence[str]) -> None:
        self.around = around
        self.places = places
        self.names = names
        self.fields: list[DraftField] = []
        self.rules: list[DraftRule] = []
        self._used: set[str] = set()

    def add(self, unit: Unit) -> None:
        """One field with its lines of the map."""
        field = self._field(unit, *self._label(unit))
        field = replace(field, name=self._unique(field.name))
        field = self.places.suggested(field)
        self.fields.append(field)
        self.rules += self._rules(unit, field, field.name)

    def add_table(self, grid: Grid) -> None:
        """A table with its columns; each cell has its line of the map."""
        columns: list[DraftField] = []
        heads: list[str] = []
        used: set[str] = set()
        for column in grid.columns:
            first = next(iter(column.cells.values()))
            label, from_print = self._column_label(column)
            heads.append(label)
            kind_unit = first
            field = self._field(kind_unit, label, () if from_print else ("label",))
            spoken = slug(words_in(column.key))
            field = replace(
                field, name=_apart(spoken if spoken and spoken not in GENERIC else field.name, used)
            )
            if field.kind in (Kind.SIGNATURE, Kind.NARRATIVE):
                field = replace(field, kind=Kind.TEXT)
            columns.append(field)
        label = self._table_label(grid, heads)
        stem = slug(words_in(grid.stem))
        name = self._unique(stem if stem and stem not in GENERIC else slug(label) or "rows")
        notes = ("rows as printed: " + ", ".join(rows),) if (rows := self._row_words(grid)) else ()
        self.fields.append(
            DraftField(
                name,
                Kind.TABLE,
                label or name.replace("_", " ").capitalize(),
                columns=tuple(columns),
                notes=notes,
            )
        )
        for number in range(1, grid.rows + 1):
            for column, field in zip(grid.columns, columns, strict=True):
                if number in column.cells:
                    self.rules += self._rules(column.cells[number], field, f"{name}.{number}.{field.name}")

    def _unique(self, name: str) -> str:
        return _apart(name or "box", self._used)

    def _label(self, unit: Unit) -> tuple[str, tuple[str, ...]]:
        """The label, and what should be looked at about it."""
        widget = unit.widgets[0]
        if _tip(widget):
            return widget.tip, ()
        if unit.shape is Shape.TICK:
            label = unit.texts[0] if unit.texts[0] != widget.found.state else ""
        elif unit.shape in (Shape.CHOICE, Shape.YES_NO):
            label = self.around.heading(unit.page, widget.box)
        else:
            label = self.around.label(widget, unit.box)
        if label:
            return label, ()
        words = words_in(widget.name)
        return (words.capitalize() or f"Box on page {unit.page}"), ("label",)

    def _field(self, unit: Unit, label: str, unsure: Iterable[str]) -> DraftField:
        notes = tuple("no words are printed beside the box; the label is made of its name" for _ in unsure)
        widget = unit.widgets[0]
        if unit.shape is Shape.TICK:
            return DraftField(slug(label), Kind.TICK, label, notes=notes)
        if unit.shape is Shape.YES_NO:
            return DraftField(slug(label), Kind.YES_NO, label, notes=notes)
        if unit.shape is Shape.CHOICE:
            return DraftField(slug(label), Kind.CHOICE, label, options=_options(unit.texts), notes=notes)
        kind = kind_of(widget, label)
        length = len(unit.widgets) if unit.shape is Shape.COMB else widget.found.max_length
        if unit.shape is Shape.COMB and kind is Kind.PERSON_NAME:
            kind = Kind.TEXT
        shown = tuple(text for _, text in widget.options)
        options = _options(shown) if kind is Kind.CHOICE else ()
        if is_signature(label.lower()) and kind is Kind.SIGNATURE:
            notes = (*notes, "who signs?")
        return DraftField(slug(label), kind, label, options=options, max_length=length, notes=notes)

    def _rules(self, unit: Unit, field: DraftField, target: str) -> list[DraftRule]:
        if unit.shape is Shape.COMB:
            return [DraftRule(pattern, target, comb=True) for pattern in comb_patterns(unit, self.names)]
        if unit.shape not in (Shape.CHOICE, Shape.YES_NO):
            return [DraftRule(unit.name, target)]
        codes: Mapping[str, str] = {text: code for code, text in field.options}
        states: dict[str, list[tuple[str, str]]] = {}
        for widget, text in zip(unit.widgets, unit.texts, strict=True):
            code = _yes_no_code(text) if unit.shape is Shape.YES_NO else codes.get(text, slug(text))
            states.setdefault(widget.name, []).append((widget.found.state, code))
        return [DraftRule(name, target, tuple(pairs)) for name, pairs in states.items()]

    def _column_label(self, column: Column) -> tuple[str, bool]:
        """What heads a column: words that each row repeats, else those over the first row, else its name."""
        cells = list(column.cells.values())
        tips = {_tip(cell.widgets[0]) for cell in cells}
        if len(tips) == 1 and "" not in tips:
            return tips.pop(), True
        seen = Counter(self.around.label(cell.widgets[0], cell.box) for cell in cells)
        seen.pop("", None)
        if seen and seen.most_common(1)[0][1] >= max(2, len(cells) / 2):
            return seen.most_common(1)[0][0], True
        if above := self.around.above(cells[0].page, cells[0].box):
            return above, True
        return words_in(column.key).capitalize() or "Column", False

    def _table_label(self, grid: Grid, heads: Sequence[str]) -> str:
        """The words over a table that are not the head of a column."""
        first = [column.cells[min(column.cells)] for column in grid.columns]
        left, right = min(u.box.x0 for u in first) - 160, max(u.box.x1 for u in first)
        top = min(unit.box.top for unit in first)
        page = first[0].page
        over = [
            (top - phrase.box.bottom, phrase.text)
            for phrase in self.around.lines[page]
            if -4 <= top - phrase.box.bottom <= 60 and left <= phrase.box.x0 <= right and len(phrase.text) > 3
        ]
        level = [gap for gap, text in over if any(text.strip(" :") == head for head in heads)]
        beyond = [(gap, text) for gap, text in over if gap > max(level, default=-9) + 4]
        label = min(beyond)[1] if beyond else ""
        return label.capitalize() if label.isupper() else label

    def _row_words(self, grid: Grid) -> list[str]:
        first = grid.columns[0]
        words = [self.around.left_words(unit.page, unit.box) for _, unit in sorted(first.cells.items())]
        return words if len(set(words)) == len(words) and all(words) else []


def _tip(widget: SeenWidget) -> str:
    """The tooltip, if it says more than the widget's name."""
    plain = re.sub(r"[\W_\d]+", "", widget.tip).lower()
    own = re.sub(r"[\W_\d]+", "", widget.name).lower()
    return widget.tip[:100] if plain and plain != own and len(plain) > 1 else ""


def _options(texts: Iterable[str]) -> tuple[tuple[str, str], ...]:
    used: set[str] = set()
    return tuple((_apart(slug(text) or "option", used), text) for text in dict.fromkeys(texts))


def _yes_no_code(text: str) -> str:
    assert text.lower() in YES | NO
    return "yes" if text.lower() in YES else "no"


def _apart(name: str, used: set[str]) -> str:
    """The name, with a number behind it where it is taken already."""
    fresh, number = name, 2
    while fresh in used:
        fresh, number = f"{name}_{number}", number + 1
    used.add(fresh)
    return fresh
