"""Which place of the case record a drafted field may feed, and which fields say who the form is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.site.record import RecordPlace, Scope
from pipeline.values import Kind

if TYPE_CHECKING:
    from pipeline.drafting.draft import DraftField

ALIKE: Mapping[str, str] = {
    "dob": "birth date",
    "date birth": "birth date",
    "born": "birth date",
    "born on": "birth date",
    "birthdate": "birth date",
    "birthday": "birth date",
    "phone": "telephone",
    "phone number": "telephone",
    "telephone number": "telephone",
    "zip code": "zip",
    "gender": "sex",
    "surname": "last name",
    "family name": "last name",
    "last": "last name",
    "given name": "first name",
    "first": "first name",
    "email": "e mail",
    "email address": "e mail",
    "ssn": "social security number",
    "social security no": "social security number",
    "address": "street address",
    "street": "street address",
    "county residence": "county",
}
FILLERS = frozenset(
    {"of", "the", "your", "s", "legal", "a", "an", "in", "print", "please", "current"}
    | {"individual", "person", "participant", "applicant", "client", "consumer", "member"}
)
FULL_NAME = frozenset({"name", "full name", "name first last", "name last first", "name last first middle"})


def plain(label: str) -> str:
    """A label as it is compared: no brackets, no filler words, the office's word for it."""
    text = re.sub(r"\([^)]*\)", " ", label.lower())
    words = [word for word in re.findall(r"[a-z0-9]+", text.replace("'", " ")) if word not in FILLERS]
    return ALIKE.get(" ".join(words), " ".join(words))


@dataclass(frozen=True, slots=True)
class PersonGuess:
    """The fields that say who a form is about; empty where none was found. full: one box for the whole name."""

    first: str
    last: str
    birth_date: str
    ids: tuple[str, ...]
    full: str = ""


class Places:
    """The places of the record and the numbers of the program; a place is suggested for one field only."""

    def __init__(self, places: Mapping[str, RecordPlace], numbers: Mapping[str, tuple[str, int]]) -> None:
        """numbers: name in program.yaml → its label and how many characters it has."""
        self._places = {plain(place.label): place for place in places.values() if place.scope is Scope.PERSON}
        self._numbers = numbers
        self._given: set[str] = set()

    def suggested(self, field: DraftField) -> DraftField:
        """The field with the place it clearly feeds, and with the pattern or list of that place."""
        field = self._numbered(field)
        if field.kind is Kind.CHOICE and plain(field.label) == "county":
            field = replace(field, listed="counties", options=())
        place = self._places.get(plain(field.label))
        if place is None or not place.name.startswith("person."):
            return field
        if field.options:
            field = _recoded(field, place)
        if place.name in self._given:
            return field
        if place.kind is not field.kind:
            if place.kind is not Kind.PERSON_NAME or field.kind is not Kind.TEXT or field.max_length == 1:
                return field
            field = replace(field, kind=place.kind)
        if not {code for code, _ in field.options} <= {code for code, _ in place.options}:
            return field
        self._given.add(place.name)
        return replace(field, record=place.name)

    def _numbered(self, field: DraftField) -> DraftField:
        """A number that program.yaml knows, if the box is as long as it."""
        if field.kind not in (Kind.TEXT, Kind.IDENTIFIER):
            return field
        label = plain(field.label)
        for name, (known, length) in self._numbers.items():
            if label in (plain(known), plain(name.replace("_", " "))) and field.max_length in (0, length):
                return replace(field, kind=Kind.IDENTIFIER, pattern=name)
        return field


def _recoded(field: DraftField, place: RecordPlace) -> DraftField:
    """The options with the record's own codes where the printed words are the same."""
    known = {plain(label): code for code, label in place.options}
    for code, label in place.options:
        for half in re.split(r"[/,]", label):
            known.setdefault(plain(half), code)
    return replace(field, options=tuple((known.get(plain(text), code), text) for code, text in field.options))


def person_of(fields: Sequence[DraftField]) -> PersonGuess:
    """Who the form is about: the first fields whose labels say first name, last name, birth date, a number."""

    def first(wanted: Iterable[str], *kinds: Kind) -> str:
        for field in fields:
            if plain(field.label) in wanted and field.kind in kinds:
                return field.name
        return ""

    ids = tuple(field.name for field in fields if field.kind is Kind.IDENTIFIER and field.record)
    names = (Kind.PERSON_NAME, Kind.TEXT)
    return PersonGuess(
        first({"first name"}, *names),
        first({"last name"}, *names),
        first({"birth date"}, Kind.DATE),
        ids,
        first(FULL_NAME, *names),
    )
