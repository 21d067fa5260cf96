"""One printed form at one edition, from `forms/FORM/EDITION/form.yaml`: how it is laid out or mapped."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as member
from pathlib import Path
from typing import TypeAlias

from pipeline.site.schemas import Schema
from pipeline.site.yamlfile import Mistakes, Place, load, suggestion
from pipeline.values import Kind


@dataclass(frozen=True, slots=True)
class FieldRow:
    """Fields printed side by side: (field, relative width)."""

    cells: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class TextRow:
    text: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """A table with `rows` printed rows, each `lines` lines of writing high."""

    table: str
    rows: int
    widths: tuple[tuple[str, int], ...]
    lines: int = 1


@dataclass(frozen=True, slots=True)
class NarrativeRow:
    narrative: str
    lines: int


@dataclass(frozen=True, slots=True)
class OptionsRow:
    """A choice, or choices, printed as tick boxes in `columns` columns."""

    options: str
    columns: int


LayoutRow: TypeAlias = FieldRow | TextRow | TableRow | NarrativeRow | OptionsRow


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    text: str
    new_page: bool
    rows: tuple[LayoutRow, ...]


@dataclass(frozen=True, slots=True)
class WidgetRule:
    """What a foreign widget feeds. states: on-state → option code. comb: one-character widgets to join."""

    pattern: str
    field: str
    states: Mapping[str, str] = member(default_factory=dict)
    comb: bool = False


@dataclass(frozen=True, slots=True)
class FormEdition:
    """One printed form at one edition. `blank` is the path of its fillable PDF."""

    form: str
    edition: str
    code: str
    title: str
    generated: bool
    folder: Path
    file: str
    footnote: str = ""
    person_block: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    office_use: tuple[str, ...] = ()
    widgets: tuple[WidgetRule, ...] = ()
    ignore: tuple[str, ...] = ()

    @property
    def blank(self) -> Path:
        return self.folder / "blank.pdf"

    @property
    def blank_sha256(self) -> str:
        return hashlib.sha256(self.blank.read_bytes()).hexdigest()


FORM_KEYS = ("code", "title", "edition", "blank", "footnote", "person_block", "sections", "office_use")


def load_form(path: Path, root: Path, schemas: Mapping[str, Schema], mistakes: Mistakes) -> FormEdition:
    """The form at `path` (a form.yaml). Fields it names must stand in its schema."""
    top = load(path, root, mistakes)
    top.only(*FORM_KEYS, "widgets", "ignore")
    form, edition = path.parent.parent.name, path.parent.name
    schema = schemas.get(form)
    if schema is None:
        top.wrong(f"schemas/{form}.yaml is missing or its name differs from the folder forms/{form}")
    if top.need("edition").text() != edition:
        top.at("edition").wrong(f'the edition must be the folder\'s name, "{edition}"')
    generated = top.need("blank").one_of(("generated", "foreign"), "generated") == "generated"
    if not generated and top.get("sections"):
        top.at("sections").wrong("a foreign blank has widgets, not sections")
    loaded = FormEdition(
        form=form,
        edition=edition,
        code=top.need("code").text(),
        title=top.need("title").text(),
        generated=generated,
        folder=path.parent,
        file=top.file,
        footnote=top.at("footnote").text(),
        person_block=top.at("person_block").texts(),
        sections=tuple(_section(place) for place in top.at("sections").items()),
        office_use=top.at("office_use").texts(),
        widgets=tuple(_widget_rule(name, place) for name, place in top.at("widgets").pairs()),
        ignore=top.at("ignore").texts(),
    )
    if schema is not None:
        _check_fields(top, schema, edition, generated)
    return loaded


def _section(place: Place) -> Section:
    place.only("title", "text", "new_page", "rows")
    return Section(
        place.need("title").text(),
        place.at("text").text(),
        place.at("new_page").flag(),
        tuple(_row(row) for row in place.at("rows").items()),
    )


def _row(place: Place) -> LayoutRow:
    if place.is_list():
        return FieldRow(tuple(cell for item in place.items() for cell in _cells(item)))
    if place.get("text"):
        place.only("text")
        return TextRow(place.at("text").text())
    if place.get("table"):
        place.only("table", "rows", "widths", "lines")
        widths = tuple((name, width.whole(1)) for name, width in place.at("widths").pairs())
        return TableRow(
            place.at("table").text(), place.need("rows").whole(1), widths, place.at("lines").whole(1)
        )
    if place.get("narrative"):
        place.only("narrative", "lines")
        return NarrativeRow(place.at("narrative").text(), place.need("lines").whole(3))
    place.only("options", "columns")
    return OptionsRow(place.need("options").text(), place.at("columns").whole(2))


def _cells(item: Place) -> list[tuple[str, int]]:
    """`name`, or `name: width`, or one mapping with several widths."""
    if item.is_mapping():
        return [(name, width.whole(1)) for name, width in item.pairs()]
    return [(item.text(), 1)]


def _widget_rule(pattern: str, place: Place) -> WidgetRule:
    if place.is_scalar():
        return WidgetRule(pattern, place.text())
    place.only("field", "states", "comb")
    if place.get("comb"):
        return WidgetRule(pattern, place.at("comb").text(), comb=True)
    return WidgetRule(pattern, place.need("field").text(), place.at("states").text_map())


def fields_in(place: Place) -> list[tuple[str, Place]]:
    """Every field a form.yaml names, with the place that names it."""
    named = [(item.text(), item) for item in place.at("person_block").items()]
    for section in place.at("sections").items():
        for row in section.at("rows").items():
            named += _fields_in_row(row)
    for _, widget in place.at("widgets").pairs():
        source = widget if widget.is_scalar() else (widget.get("comb") or widget.at("field"))
        named.append((source.text(), source))
    return named


def _fields_in_row(row: Place) -> list[tuple[str, Place]]:
    if row.is_list():
        return [(name, item) for item in row.items() for name, _ in _cells(item)]
    for key in ("table", "narrative", "options"):
        if row.get(key):
            return [(row.at(key).text(), row.at(key))]
    return []


def _check_fields(top: Place, schema: Schema, edition: str, generated: bool) -> None:
    seen: set[str] = set()
    for name, place in fields_in(top):
        if schema.field_at(name) is None:
            place.wrong(f'no field "{name}" in {schema.file}.{suggestion(name, schema.fields)}')
        seen.add(name.partition(".")[0])
    for item in schema.for_edition(edition):
        if item.name not in seen:
            top.wrong(f'field "{item.name}" of {schema.file} has no box on this form')
    for section in top.at("sections").items():
        for row in section.at("rows").items():
            _check_row_kind(row, schema)
    if not generated and not top.get("widgets"):
        top.wrong("a foreign blank needs widgets: which widget feeds which field")


def _check_row_kind(row: Place, schema: Schema) -> None:
    allowed = {
        "table": (Kind.TABLE,),
        "narrative": (Kind.NARRATIVE,),
        "options": (Kind.CHOICE, Kind.CHOICES, Kind.YES_NO),
    }
    for key, kinds in allowed.items():
        named = row.get(key) if row.is_mapping() else None
        found = schema.fields.get(named.text()) if named else None
        if named and found and found.kind not in kinds:
            named.wrong(f'"{found.name}" is of kind {found.kind}; "{key}" needs {" or ".join(kinds)}')
        if named and found and key == "table":
            for column, place in row.at("widths").pairs():
                if column not in found.columns:
                    place.wrong(f'no column "{column}".{suggestion(column, found.columns)}')
