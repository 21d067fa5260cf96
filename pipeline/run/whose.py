"""Whose form it is: the case, or the finding that asks for it. Never a guess, and never the louder of two answers.

What a person ticks or writes is followed, unless it contradicts itself or nothing on the form agrees with it; then it
is asked once more, with both sides shown. A number that another case has is never filed with this one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from pipeline.casefile import Candidate, Identity, Known, Match, Verdict, match, weigh
from pipeline.desk.held import NEITHER, NOT_OURS, TWO_ANSWERS
from pipeline.ledger import Transaction
from pipeline.model import CaseRecord, Finding, Reason, Severity
from pipeline.run.asking import NEW_CASE, no_case_finding, no_such_case_finding
from pipeline.run.onfile import OnFile
from pipeline.run.paper import FIELD, Paper
from pipeline.site import Site
from pipeline.site.schemas import Schema
from pipeline.values import display

RecordOf = Callable[[str], CaseRecord]
"""Gives the record of a case as it is known today."""
FindCase = Callable[[str], str | None]
"""Gives the case with this case number or any number a person carries; None when none or several."""

NAME = "name"
AS_WRITTEN = "name-as-written"
"""`Last|First` as spelled on a form: what a name on file looks like, where NAME is what it is found by."""
BIRTH_DATE = "birth_date"
NOT_NUMBERS = (NAME, AS_WRITTEN, BIRTH_DATE)
SURE = "sure:"
"""Before the case in an answer: a person saw that nothing on the form agrees with it, and ticked it all the same."""


def identifier_pairs(identity: Identity) -> list[tuple[str, str]]:
    """Every way this person can be found again: (type, value)."""
    pairs = list(identity.ids)
    if identity.first and identity.last:
        pairs.append((NAME, identity.name_key))
        pairs.append((AS_WRITTEN, f"{identity.last}|{identity.first}"))
    if identity.birth_date:
        pairs.append((BIRTH_DATE, identity.birth_date.isoformat()))
    return pairs


def known_of(tx: Transaction, case: str) -> Known:
    """What the index knows of a case's identity."""
    rows = tx.identifiers(case)
    return Known(
        case,
        frozenset(row.value for row in rows if row.type == NAME),
        frozenset(date.fromisoformat(row.value) for row in rows if row.type == BIRTH_DATE),
        frozenset((row.type, row.value) for row in rows if row.type not in NOT_NUMBERS),
    )


def on_file(tx: Transaction) -> OnFile:
    """Everybody the office knows, for reading hands that are hard to read."""
    stated = tx.stated()
    spelled = [value.partition("|") for kind, value in stated if kind == AS_WRITTEN]
    numbers = {kind for kind, _ in stated if kind not in NOT_NUMBERS}
    return OnFile(
        names=tuple((first, last) for last, _, first in spelled),
        birth_dates=tuple(date.fromisoformat(value) for kind, value in stated if kind == BIRTH_DATE),
        ids={kind: tuple(value for each, value in stated if each == kind) for kind in numbers},
    )


@dataclass(frozen=True, slots=True)
class Whose:
    """Finds the case of one form. new: the id its case gets if the person is a new one."""

    site: Site
    tx: Transaction
    record_of: RecordOf
    find_case: FindCase
    schema: Schema
    identity: Identity
    paper: Paper
    new: str

    def case(self) -> tuple[str, tuple[Finding, ...]]:
        """The case this form belongs to, or the findings that ask for it."""
        said = self.paper.said.get("case")
        text = said.text if said is not None else ""
        found = self._matched()
        if text not in ("", NOT_OURS, NEITHER):
            case, findings = self._as_said(text, found)
        elif found.verdict is Verdict.SAME:
            case, findings = found.cases[0], ()
        elif found.verdict is Verdict.NEW:
            case, findings = (self.new, ()) if self.schema.opens_case else ("", (no_case_finding(),))
        else:
            case, findings = "", self._which_case(found)
        return (case, findings) if findings else (case, self._numbers_of_others(case))

    def _matched(self) -> Match:
        cases = {
            case
            for kind, value in identifier_pairs(self.identity)
            for case in self.tx.find_cases(kind, value)
        }
        return match(self.identity, [known_of(self.tx, case) for case in sorted(cases)])

    # --- what a person said ---

    def _as_said(self, text: str, found: Match) -> tuple[str, tuple[Finding, ...]]:
        answers = text.removeprefix(SURE).split(TWO_ANSWERS)
        cases = tuple(dict.fromkeys(self._named(each) for each in answers if each != NOT_OURS))
        if "" in cases:
            return "", (no_such_case_finding(),)
        if len(cases) > 1 or NOT_OURS in answers:
            words = "One answer is ticked, and the number that is written says another."
            return "", self._asked(Reason.CASE_UNSURE, words, tuple(map(self._weighed, cases)))
        (case,) = cases
        weighed = self._weighed(case)
        if case == self.new or weighed.agrees or not weighed.differs or text.startswith(SURE):
            return case, ()
        words = "Nothing on the form agrees with the person whose number was given."
        others = tuple(each for each in found.candidates if each.case != case)
        return "", self._asked(Reason.WRONG_PERSON, words, (weighed, *others), sure=case)

    def _named(self, answer: str) -> str:
        """The case an answer names, empty where it names none or several."""
        if answer in (NEW_CASE, self.new):
            return self.new if self.schema.opens_case else ""
        return self.find_case(answer) or ""

    def _weighed(self, case: str) -> Candidate:
        return Candidate(case) if case == self.new else weigh(self.identity, known_of(self.tx, case))

    # --- asking ---

    def _which_case(self, found: Match) -> tuple[Finding, ...]:
        reason = Reason.WRONG_PERSON if found.verdict is Verdict.WRONG_PERSON else Reason.CASE_UNSURE
        return self._asked(reason, "", found.candidates)

    def _asked(
        self, reason: Reason, words: str, candidates: tuple[Candidate, ...], sure: str = ""
    ) -> tuple[Finding, ...]:
        """The question with everyone it may be, and a box for each value that does not agree."""
        says = self._says_otherwise(candidates[0]) if len(candidates) == 1 else self._form_says()
        message = " ".join(filter(None, (words, says, "Tick whose form it is. Nothing has been filed.")))
        codes = {sure: SURE + sure, self.new: NEW_CASE}
        choices = [(codes.get(each.case, each.case), self._label(each)) for each in candidates]
        if self.schema.opens_case and self.new not in [each.case for each in candidates]:
            choices.append((NEW_CASE, "A new person"))
        choices.append((NOT_OURS, "Neither, or not ours"))
        which = Finding(reason.value, Severity.ERROR, reason, (), 1, message, tuple(choices))
        return (which, *self._boxes(candidates))

    def _boxes(self, candidates: tuple[Candidate, ...]) -> tuple[Finding, ...]:
        """The boxes that do not agree: what stands there may have been read or written wrongly.

        A name or birth date that somebody's record has needs no correction; a number may belong to another.
        """
        right = {NAME, BIRTH_DATE} & {name for each in candidates for name in each.agrees}
        doubts: dict[str, str] = {}
        for name in dict.fromkeys(differs for each in candidates for differs in each.differs):
            persons = [self._person(each.case) for each in candidates if name in each.differs]
            doubts[name] = f"It does not agree with our record of {' and '.join(persons)}."
        for each in candidates:
            if {NAME, BIRTH_DATE} <= set(
                each.differs
            ):  # only the number leads there: it may be the wrong one
                person = self._person(each.case)
                doubts |= {number: f"This number belongs to {person}." for number in each.agrees}
        return tuple(
            self._about_box(field, message)
            for name, message in doubts.items()
            if name not in right
            for field in self._fields(name)
            if f"{FIELD}{field}" not in self.paper.said
        )

    def _fields(self, sign: str) -> tuple[str, ...]:
        """The boxes of the form that state this."""
        person = self.schema.person
        if sign == BIRTH_DATE:
            return (person.birth_date,)
        if sign == NAME:
            return (person.last, person.first)
        return tuple(name for name in person.ids if self.schema.fields[name].record == sign)

    def _numbers_of_others(self, case: str) -> tuple[Finding, ...]:
        """Asked where a number on the form belongs to somebody else: filed, it would lead to two people."""
        found: list[Finding] = []
        others: list[str] = []
        for place, value in self.identity.ids:
            taken = self.tx.find_cases(place, value) - {self.tx.resolve_case(case)}
            for other in sorted(taken):
                others.append(other)
                message = f"This number belongs to {self._person(other)}."
                found += [self._about_box(field, message) for field in self._fields(place)]
        if not found:
            return ()
        offered = tuple(map(self._weighed, dict.fromkeys((case, *others))))
        words = "A number on the form belongs to another person than the rest."
        which, *_ = self._asked(Reason.CASE_UNSURE, words, offered)
        return (which, *found)

    def _about_box(self, field: str, message: str) -> Finding:
        page = next((reading.page for reading in self.paper.readings if reading.field == field), 1)
        return Finding(Reason.NOT_SURE.value, Severity.ERROR, Reason.NOT_SURE, (field,), page, message)

    # --- in words ---

    def _label(self, candidate: Candidate) -> str:
        """Who it may be, and how well that fits."""
        if candidate.case == self.new:
            return "A new person"
        agrees = _listed([self._sign(name) for name in candidate.agrees])
        differs = _listed([self._sign(name) for name in candidate.differs])
        fits = [f"the same {agrees}"] if agrees else []
        fits += [f"another {differs}"] if differs else []
        return f"{self._person(candidate.case)} ({candidate.case})" + (
            f": {', but '.join(fits)}" if fits else ""
        )

    def _sign(self, name: str) -> str:
        plain = {NAME: "name", BIRTH_DATE: "birth date"}
        return plain.get(name) or self.site.places[name].label

    def _person(self, case: str) -> str:
        record = self.record_of(case)
        first, last = record.value("person.name.first"), record.value("person.name.last")
        return f"{first or ''} {last or ''}, born {_or_nothing(record.value('person.birth_date'))}".strip()

    def _form_says(self) -> str:
        born = f", born {display(self.identity.birth_date)}" if self.identity.birth_date else ""
        return f"The form says {self.identity.first} {self.identity.last}{born}."

    def _says_otherwise(self, candidate: Candidate) -> str:
        record = self.record_of(candidate.case)
        lines: list[str] = []
        if BIRTH_DATE in candidate.differs and self.identity.birth_date:
            ours = record.value("person.birth_date")
            lines.append(
                f"The birth date reads {display(self.identity.birth_date)}; our record says {_or_nothing(ours)}."
            )
        if NAME in candidate.differs:
            first, last = record.value("person.name.first"), record.value("person.name.last")
            ours = f"{first or ''} {last or ''}".strip() or "(nothing)"
            lines.append(
                f"The name reads {self.identity.first} {self.identity.last}; our record says {ours}."
            )
        if set(candidate.differs) - {NAME, BIRTH_DATE}:
            lines.append("The numbers on the form and on our record do not agree.")
        return " ".join(lines)


def _listed(names: list[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _or_nothing(value: object) -> str:
    return display(value) if isinstance(value, date) else "(nothing)"
