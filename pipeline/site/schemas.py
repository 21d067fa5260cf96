"""The fields of a form, from `schemas/FORM.yaml`, as typed records. Cerberus itself is not called here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as member
from pathlib import Path

from pipeline.site.yamlfile import Mistakes, Place, Plain, load, suggestion
from pipeline.values import Kind

TYPE_OF_KIND: Mapping[Kind, str] = {
    Kind.TICK: "boolean",
    Kind.YES_NO: "boolean",
    Kind.CHOICES: "list",
    Kind.TABLE: "list",
    Kind.INTEGER: "integer",
    Kind.MONEY: "decimal",
    Kind.UNITS: "decimal",
    Kind.DATE: "date",
    Kind.MONTH: "month",
}
CERBERUS_RULES = ("type", "required", "maxlength", "minlength", "min", "max", "allowed", "regex", "schema")
META_KEYS = (
    "label",
    "kind",
    "record",
    "help",
    "options",
    "listed",
    "pattern",
    "private",
    "past",
    "none",
    "signer",
    "editions",
)
LISTS = ("counties", "waivers", "services", "providers", "coordinators", "unit_kinds")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form: what Cerberus checks and what `meta` says.

    columns: for a table, its columns by name; `record` of a column is its name in the record.
    line:    where it stands in the schema file; record_line: where it names its place.
    """

    name: str
    kind: Kind
    label: str
    required: bool = False
    record: str = ""
    help: str = ""
    options: tuple[tuple[str, str], ...] = ()
    listed: str = ""
    pattern: str = ""
    private: bool = False
    past: bool = False
    none: str = ""
    signer: str = ""
    editions: tuple[str, ...] = ()
    max_length: int = 0
    columns: Mapping[str, Field] = member(default_factory=dict)
    cerberus: Mapping[str, Plain] = member(default_factory=dict)
    line: int = 0
    record_line: int = 0


@dataclass(frozen=True, slots=True)
class PersonFields:
    """Which fields of a form say who it is about."""

    first: str
    last: str
    birth_date: str
    ids: tuple[str, ...]

    @property
    def fields(self) -> frozenset[str]:
        return frozenset((self.first, self.last, self.birth_date, *self.ids))


@dataclass(frozen=True, slots=True)
class Schema:
    """The fields of one form."""

    form: str
    file: str
    title: str
    effective: str
    scopes: Mapping[str, str]
    period: tuple[str, ...]
    person: PersonFields
    fields: Mapping[str, Field]
    opens_case: bool = False

    def field_at(self, path: str) -> Field | None:
        """The field or column a place on paper feeds: `services.2.units` is a column of `services`."""
        head, _, rest = path.partition(".")
        found = self.fields.get(head)
        if found is None or not rest:
            return found
        row, _, column = rest.partition(".")
        return found.columns.get(column) if row.isdigit() else None

    def label_of(self, path: str) -> str:
        """`Units (row 2 of Services)`, as a clerk finds it on the form."""
        head, _, rest = path.partition(".")
        found = self.field_at(path)
        if found is None:
            return path
        row = rest.partition(".")[0]
        return f"{found.label} (row {row} of {self.fields[head].label})" if row else found.label

    def for_edition(self, edition: str) -> Iterator[Field]:
        for item in self.fields.values():
            if not item.editions or edition in item.editions:
                yield item


def load_schema(path: Path, root: Path, mistakes: Mistakes) -> Schema:
    top = load(path, root, mistakes)
    top.only("title", "effective", "scopes", "period", "person", "fields", "opens_case")
    fields = {name: _field(name, place, 0) for name, place in top.need("fields").pairs()}
    person = top.need("person")
    person.only("first", "last", "birth_date", "ids")
    schema = Schema(
        form=path.stem,
        file=top.file,
        title=top.need("title").text(),
        effective=top.at("effective").text(),
        scopes=top.at("scopes").text_map(),
        period=top.at("period").texts(),
        person=PersonFields(
            person.need("first").text(),
            person.need("last").text(),
            person.need("birth_date").text(),
            person.at("ids").texts(),
        ),
        fields=fields,
        opens_case=top.at("opens_case").flag(),
    )
    _check_names(schema, top)
    return schema


def _check_names(schema: Schema, top: Place) -> None:
    """Every field that the head of the file names must be there."""
    named = [(top.at("effective"), schema.effective)]
    named += [(place, place.text()) for _, place in top.at("scopes").pairs()]
    named += [(place, place.text()) for place in top.at("period").items()]
    for key in ("first", "last", "birth_date"):
        if top.at("person").get(key) and not top.at("person").at(key).text():
            top.at("person").at(key).wrong(
                f"person: {key} is still to be chosen; name one of the fields below"
            )
        named.append((top.at("person").at(key), top.at("person").at(key).text()))
    named += [(place, place.text()) for place in top.at("person").at("ids").items()]
    for place, name in named:
        if name and name not in schema.fields:
            place.wrong(f'no field "{name}" in {schema.file}.{suggestion(name, schema.fields)}')


def _field(name: str, place: Place, depth: int) -> Field:
    place.only(*CERBERUS_RULES, "meta")
    meta = place.need("meta")
    meta.only(*META_KEYS)
    kind = Kind(meta.need("kind").one_of([kind.value for kind in Kind], "text"))
    wanted = TYPE_OF_KIND.get(kind, "string")
    found_type = place.need("type").text(wanted)
    if found_type != wanted:
        place.at("type").wrong(f'a field of kind {kind} has type "{wanted}", not "{found_type}"')
    columns = _columns(place, kind, depth)
    options = tuple((code, label.text()) for code, label in meta.at("options").pairs())
    allowed = place.at("allowed").texts()
    if options and allowed and [code for code, _ in options] != list(allowed):
        place.at("allowed").wrong("allowed and the codes of options must be the same, in the same order")
    if kind in (Kind.CHOICE, Kind.CHOICES) and not options and not meta.get("listed"):
        meta.wrong(f"a {kind} needs options or listed")
    listed = meta.at("listed")
    return Field(
        name=name,
        kind=kind,
        label=meta.need("label").text(),
        required=place.at("required").flag(),
        record=meta.at("record").text() or (name if depth else ""),
        help=meta.at("help").text(),
        options=options,
        listed=listed.one_of(LISTS) if listed.exists else "",
        pattern=meta.at("pattern").text(),
        private=meta.at("private").flag(),
        past=meta.at("past").flag(),
        none=meta.at("none").text(),
        signer=meta.at("signer").text(),
        editions=meta.at("editions").texts(),
        max_length=place.at("maxlength").whole(),
        columns=columns,
        cerberus={
            key: value.plain() for key, value in place.pairs() if key in CERBERUS_RULES and key != "schema"
        },
        line=place.line,
        record_line=meta.at("record").line,
    )


def _columns(place: Place, kind: Kind, depth: int) -> dict[str, Field]:
    if kind is not Kind.TABLE:
        return {}
    if depth:
        place.wrong("a table cannot hold a table")
        return {}
    row = place.need("schema")
    row.only("type", "schema")
    return {name: _field(name, column, depth + 1) for name, column in row.need("schema").pairs()}
