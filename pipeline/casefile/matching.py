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
class Candidate:
    """A case it may be. agrees, differs: `name`, `birth_date` and the places of numbers; what one side does not
    say is in neither."""

    case: str
    agrees: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """candidates: the one case (same), or all that a person must choose from."""

    verdict: Verdict
    candidates: tuple[Candidate, ...] = ()

    @property
    def cases(self) -> tuple[str, ...]:
        return tuple(candidate.case for candidate in self.candidates)

    @property
    def differs(self) -> tuple[str, ...]:
        """All that does not agree with one of them."""
        found = [name for candidate in self.candidates for name in candidate.differs]
        return tuple(dict.fromkeys(found))


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

    Same: a number agrees, and the name or the birth date too, and nothing disagrees; or, where the form or the case
    has no such number, name and birth date both agree. Else whoever fits by number or by name and birth date
    is offered: a number alone may be another person's, written by mistake.
    """
    weighed = [weigh(identity, known) for known in candidates]
    by_number = [each for each in weighed if _has_number(each)]
    by_person = [each for each in weighed if {"name", "birth_date"} <= set(each.agrees)]
    if by_number:
        first = by_number[0]
        if len(by_number) == 1 and not first.differs and len(first.agrees) > _numbers(first):
            return Match(Verdict.SAME, (first,))
        is_wrong = len(by_number) == 1 and {"name", "birth_date"} <= set(first.differs)
        offered = tuple(dict.fromkeys((*by_number, *by_person)))
        return Match(Verdict.WRONG_PERSON if is_wrong else Verdict.UNSURE, offered)
    if len(by_person) == 1 and not by_person[0].differs:
        return Match(Verdict.SAME, tuple(by_person))
    if by_person:
        return Match(Verdict.UNSURE, tuple(by_person))
    near = tuple(
        each for each, known in zip(weighed, candidates, strict=True) if _is_near(identity, known, each)
    )
    return Match(Verdict.UNSURE, near) if near else Match(Verdict.NEW)


def weigh(identity: Identity, known: Known) -> Candidate:
    """What agrees and what does not between a form and a case."""
    signs: dict[str, bool] = {}
    if identity.first and identity.last and known.names:
        signs["name"] = identity.name_key in known.names
    if identity.birth_date and known.birth_dates:
        signs["birth_date"] = identity.birth_date in known.birth_dates
    places = {place for place, _ in known.ids}
    signs |= {place: (place, number) in known.ids for place, number in identity.ids if place in places}
    agrees = tuple(name for name, same in signs.items() if same)
    return Candidate(known.case, agrees, tuple(name for name, same in signs.items() if not same))


def _numbers(candidate: Candidate) -> int:
    return len(set(candidate.agrees) - {"name", "birth_date"})


def _has_number(candidate: Candidate) -> bool:
    return _numbers(candidate) > 0


def _is_near(identity: Identity, known: Known, candidate: Candidate) -> bool:
    """Whether it may be the same person written wrongly: same name, or same birth date and half the name; and no
    number that says otherwise."""
    if set(candidate.differs) - {"name", "birth_date"}:
        return False
    if "name" in candidate.agrees:
        return True
    last, _, first = identity.name_key.partition("|")
    halves = {half for name in known.names for half in name.split("|")}
    return "birth_date" in candidate.agrees and bool({last, first} & halves)
