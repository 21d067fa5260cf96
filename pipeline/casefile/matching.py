"""Whose form is it? A case is recognised by a number and by name and birth date together, never by one
weak sign. Whatever does not agree is put before a person with both sides shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from dataclasses import field as member
from datetime import date
from enum import StrEnum

from pipeline.site.schemas import Schema
from pipeline.values import Value, fold_case


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a form says it is about. ids: (place of the record, number)."""

    first: str = member(repr=False)
    last: str = member(repr=False)
    birth_date: date | None = member(repr=False)
    ids: tuple[tuple[str, str], ...] = member(repr=False)

    @property
    def name_key(self) -> str:
        return f"{fold_case(self.last)}|{fold_case(self.first)}"


@dataclass(frozen=True, slots=True)
class Known:
    """What the index knows of one case's identity: every value it ever had, by place."""

    case: str
    names: frozenset[str] = member(repr=False)
    birth_dates: frozenset[date] = member(repr=False)
    ids: frozenset[tuple[str, str]] = member(repr=False)


class Verdict(StrEnum):
    """same: file it there. new: nobody known. unsure: ask. wrong: a number says one person, the rest another."""

    SAME = "same"
    NEW = "new"
    UNSURE = "unsure"
    WRONG_PERSON = "wrong-person"


@dataclass(frozen=True, slots=True)
class Match:
    """differs: which of `birth_date`, `name`, `ids` do not agree with the case that was found."""

    verdict: Verdict
    cases: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()


def identity_of(schema: Schema, value: Callable[[str], Value | None]) -> Identity:
    """Who a form says it is about; `value` gives the typed value of a field, None when blank."""
    person = schema.person
    first, last, birth = (value(name) for name in (person.first, person.last, person.birth_date))
    ids = tuple(
        (schema.fields[name].record, str(value(name))) for name in person.ids if value(name) is not None
    )
    return Identity(str(first or ""), str(last or ""), birth if isinstance(birth, date) else None, ids)


def match(identity: Identity, candidates: Sequence[Known]) -> Match:
    """The case the form belongs to, among the cases that share a number, or name, or birth date with it.

    Same: a number agrees, and the name or the birth date too, and nothing disagrees but a changed name; or, where
    the form or the case has no such number, name and birth date both agree. Two such cases: unsure.
    """
    agreeing = [(known, _signs(identity, known)) for known in candidates]
    by_number = [(known, signs) for known, signs in agreeing if signs.number is True]
    if len({known.case for known, _ in by_number}) > 1:
        return Match(Verdict.UNSURE, tuple(known.case for known, _ in by_number), ("ids",))
    if by_number:
        known, signs = by_number[0]
        differs = tuple(
            name for name, agrees in (("birth_date", signs.birth), ("name", signs.name)) if agrees is False
        )
        if signs.other_number_differs:
            return Match(Verdict.UNSURE, (known.case,), (*differs, "ids"))
        if not differs:
            return Match(Verdict.SAME, (known.case,))
        if len(differs) == 2:
            return Match(Verdict.WRONG_PERSON, (known.case,), differs)
        return Match(Verdict.UNSURE, (known.case,), differs)
    by_person = [(known, signs) for known, signs in agreeing if signs.name is True and signs.birth is True]
    if len(by_person) == 1:
        known, signs = by_person[0]
        if signs.number is False:
            return Match(Verdict.UNSURE, (known.case,), ("ids",))
        return Match(Verdict.SAME, (known.case,))
    if by_person:
        return Match(Verdict.UNSURE, tuple(known.case for known, _ in by_person), ("ids",))
    near = [known for known, signs in agreeing if signs.number is None and _is_near(identity, known, signs)]
    if near:
        differs = ("birth_date",) if _signs(identity, near[0]).name else ("name",)
        return Match(Verdict.UNSURE, tuple(known.case for known in near), differs)
    return Match(Verdict.NEW)


def _is_near(identity: Identity, known: Known, signs: _Signs) -> bool:
    """Whether it may be the same person written wrongly: same name, or same birth date and half the name."""
    if signs.name:
        return True
    last, _, first = identity.name_key.partition("|")
    halves = {half for name in known.names for half in name.split("|")}
    return signs.birth is True and bool({last, first} & halves)


@dataclass(frozen=True, slots=True)
class _Signs:
    """True: agrees. False: disagrees. None: one side does not say.

    other_number_differs: a second number disagrees beside one that agrees.
    """

    number: bool | None
    name: bool | None
    birth: bool | None
    other_number_differs: bool = False


def _signs(identity: Identity, known: Known) -> _Signs:
    shared = {place for place, _ in identity.ids} & {place for place, _ in known.ids}
    number = any(pair in known.ids for pair in identity.ids) if shared else None
    differs = bool(number) and any(pair not in known.ids for pair in identity.ids if pair[0] in shared)
    name = identity.name_key in known.names if identity.first and identity.last and known.names else None
    birth = identity.birth_date in known.birth_dates if identity.birth_date and known.birth_dates else None
    return _Signs(number, name, birth, differs)
