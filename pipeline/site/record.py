"""The places of the case record, from `schemas/record.yaml`: each thing the office knows is named once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as member
from enum import StrEnum
from pathlib import Path

from pipeline.site.schemas import Schema
from pipeline.site.yamlfile import Mistakes, Place, load, suggestion
from pipeline.values import Kind


class Scope(StrEnum):
    """What a fact holds for. All but `person` carry a key: a first day, a month, a number."""

    PERSON = "person"
    PLAN_YEAR = "plan-year"
    MONTH = "month"
    AUTHORIZATION = "authorization"


class Merge(StrEnum):
    """How a newer table meets an older one: it takes its place, or rows with the same key do."""

    REPLACE = "replace"
    BY_KEY = "by-key"


PLACE_KEYS = (
    "label",
    "kind",
    "scope",
    "identity",
    "legal",
    "money",
    "private",
    "plan_content",
    "merge",
    "key",
    "columns",
    "options",
    "listed",
    "pattern",
    "elts",
)


@dataclass(frozen=True, slots=True)
class RecordPlace:
    """One place of the case record. `elts` is its HL7 eLTSS element where one exists."""

    name: str
    label: str
    kind: Kind
    scope: Scope = Scope.PERSON
    identity: bool = False
    legal: bool = False
    money: bool = False
    private: bool = False
    plan_content: bool = False
    merge: Merge = Merge.REPLACE
    key: tuple[str, ...] = ()
    columns: Mapping[str, RecordPlace] = member(default_factory=dict)
    options: tuple[tuple[str, str], ...] = ()
    listed: str = ""
    pattern: str = ""
    elts: str = ""

    @property
    def must_ask(self) -> bool:
        """Whether two forms that disagree here are put before a person."""
        return self.identity or self.legal or self.money


RecordPlaces = Mapping[str, RecordPlace]


def load_record(path: Path, root: Path, mistakes: Mistakes) -> dict[str, RecordPlace]:
    top = load(path, root, mistakes)
    top.only("places")
    return {name: _place(name, place) for name, place in top.need("places").pairs()}


def _place(name: str, place: Place) -> RecordPlace:
    place.only(*PLACE_KEYS)
    kind = Kind(place.need("kind").one_of([kind.value for kind in Kind], "text"))
    columns = {column: _place(column, where) for column, where in place.at("columns").pairs()}
    if kind is Kind.TABLE and not columns:
        place.wrong("a table needs columns")
    for column in place.at("key").items():
        if column.text() not in columns:
            column.wrong(f'no column "{column.text()}".{suggestion(column.text(), columns)}')
    merge = Merge(place.at("merge").one_of([merge.value for merge in Merge], "replace"))
    if merge is Merge.BY_KEY and not place.get("key"):
        place.wrong("merge: by-key needs key: the columns that tell rows apart")
    return RecordPlace(
        name=name,
        label=place.need("label").text(),
        kind=kind,
        scope=Scope(place.at("scope").one_of([scope.value for scope in Scope], "person")),
        identity=place.at("identity").flag(),
        legal=place.at("legal").flag(),
        money=place.at("money").flag(),
        private=place.at("private").flag(),
        plan_content=place.at("plan_content").flag(),
        merge=merge,
        key=place.at("key").texts(),
        columns=columns,
        options=tuple((code, label.text()) for code, label in place.at("options").pairs()),
        listed=place.at("listed").text(),
        pattern=place.at("pattern").text(),
        elts=place.at("elts").text(),
    )


def check_schema_against_record(
    schema: Schema, places: Mapping[str, RecordPlace], mistakes: Mistakes
) -> None:
    """Notes fields that feed a place which is not there, or is of another kind or scope."""
    for item in schema.fields.values():
        if not item.record:
            continue
        place = places.get(item.record)
        if place is None:
            message = f'no place "{item.record}" in schemas/record.yaml.{suggestion(item.record, places)}'
            mistakes.add(schema.file, item.record_line, message)
            continue
        if place.kind is not item.kind:
            mistakes.add(
                schema.file, item.line, f'"{item.name}" is of kind {item.kind}, {place.name} of {place.kind}'
            )
        if place.scope is not Scope.PERSON and place.scope.value not in schema.scopes:
            message = f"{place.name} belongs to a {place.scope}, but scopes: names no field for it"
            mistakes.add(schema.file, item.line, message)
        for column in item.columns.values():
            if column.record not in place.columns:
                message = (
                    f'no column "{column.record}" in {place.name}.{suggestion(column.record, place.columns)}'
                )
                mistakes.add(schema.file, column.line, message)
            elif place.columns[column.record].kind is not column.kind:
                kind = place.columns[column.record].kind
                mistakes.add(
                    schema.file,
                    column.line,
                    f'column "{column.name}" is of kind {column.kind}, {place.name} says {kind}',
                )
