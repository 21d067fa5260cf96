"""What becomes of a read form: kept, held, or a duplicate. Decides; writes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as member
from datetime import date, datetime

from pipeline.casefile import Identity, Known, Match, Verdict, identity_of, match
from pipeline.checking import Typed, judge, type_readings
from pipeline.checking.entries import PartNames
from pipeline.desk.held import NEITHER
from pipeline.ledger import SubmissionRow, Transaction
from pipeline.model import (
    CaseRecord,
    Finding,
    Method,
    Outcome,
    Reason,
    Severity,
    Submission,
    canonical_json,
    short_id,
)
from pipeline.rules import Operand
from pipeline.run.asking import (
    BOTH,
    DIFFERS,
    NEW_CASE,
    NOT_OURS,
    REPLACE,
    differs_finding,
    no_case_finding,
    no_such_case_finding,
    page_findings,
)
from pipeline.run.paper import Paper
from pipeline.site import Site
from pipeline.site.schemas import Schema
from pipeline.values import Json, Kind, display, to_json

RecordOf = Callable[[str], CaseRecord]
"""Gives the record of a case as it is known today."""

NAME = "name"
BIRTH_DATE = "birth_date"


@dataclass(frozen=True, slots=True)
class Decided:
    """The outcome of one paper.

    case:       where it is filed, or the case of the one it duplicates; for a new case its id to be
    submission: what is filed (kept), None otherwise
    repeats:    the filed submission it repeats (duplicate)
    findings:   what a person is asked (held), or what stays to be confirmed (kept)
    """

    outcome: Outcome
    reasons: tuple[Reason, ...] = ()
    findings: tuple[Finding, ...] = ()
    case: str = ""
    identity: Identity | None = member(default=None, repr=False)
    submission: Submission | None = None
    values_hash: str = ""
    repeats: SubmissionRow | None = None
    typed: Typed | None = member(default=None, repr=False)


class Decider:
    """Decides one paper against the site, the index of cases and what is filed already."""

    def __init__(self, site: Site, tx: Transaction, received_at: datetime, record_of: RecordOf) -> None:
        self.site = site
        self.tx = tx
        self.today = self.local_day(received_at)
        self.record_of = record_of

    def local_day(self, moment: datetime) -> date:
        """The day in the office's own time zone."""
        return moment.astimezone(self.site.program.time_zone).date()

    def decide(self, paper: Paper) -> Decided:
        schema = self.site.schemas[paper.part.form]
        names = PartNames(paper.part.drop, paper.part.id, paper.part.form, paper.part.edition, paper.origins)
        typed = type_readings(self.site, names, paper.corrected, self.today.year)
        if about_pages := page_findings(schema, paper.part.matches, paper.pages_missing):
            return _held(about_pages[0].reason, about_pages, typed)
        identity = identity_of(schema, typed.value)
        found = self._matched(identity, paper)
        case, person_findings = self._case(schema, identity, found, paper)
        record = self.record_of(found.cases[0]) if found.verdict is Verdict.SAME else None
        vouched = _vouched(schema, identity, self._known(case)) if case else frozenset[str]()
        judged = judge(self.site, typed, self.today, _filed_in(record), vouched)
        errors = (*person_findings, *judged.errors, *_from_the_future(schema, typed, self.today))
        if errors:
            reasons = tuple(dict.fromkeys(finding.reason for finding in errors))
            return Decided(Outcome.HELD, reasons, (*errors, *judged.warnings), case, identity, typed=typed)
        return self._kept(paper, schema, typed, identity, case, judged.warnings)

    # --- whose it is ---

    def _matched(self, identity: Identity, paper: Paper) -> Match:
        cases = {
            case for kind, value in identifier_pairs(identity) for case in self.tx.find_cases(kind, value)
        }
        return match(identity, [self._known(case) for case in sorted(cases)])

    def _known(self, case: str) -> Known:
        rows = self.tx.identifiers(case)
        return Known(
            case,
            frozenset(row.value for row in rows if row.type == NAME),
            frozenset(date.fromisoformat(row.value) for row in rows if row.type == BIRTH_DATE),
            frozenset((row.type, row.value) for row in rows if row.type not in (NAME, BIRTH_DATE)),
        )

    def _case(
        self, schema: Schema, identity: Identity, found: Match, paper: Paper
    ) -> tuple[str, tuple[Finding, ...]]:
        """The case this form belongs to, or the finding that asks for it."""
        said = paper.said.get("case")
        new = "C-" + short_id("case", submission_id(paper), length=8)
        if said is not None and said.text not in ("", NOT_OURS, NEITHER):
            if said.text == NEW_CASE and schema.opens_case:
                return new, ()
            if (case := self._named(said.text)) != "":
                return case, ()
            return "", (no_such_case_finding(),)
        if found.verdict is Verdict.SAME:
            return found.cases[0], ()
        if found.verdict is Verdict.NEW:
            if schema.opens_case:
                return new, ()
            return "", (no_case_finding(),)
        return "", (self._which_case_finding(schema, identity, found), *_may_be_misread(schema, found, paper))

    def _named(self, any_id: str) -> str:
        """The case with this case number, or with this number of a person; empty when none or several have it."""
        case = self.tx.resolve_case(any_id.strip().upper())
        if self.tx.case(case) is not None:
            return case
        number = "".join(any_id.split()).upper()
        kinds = [place.name for place in self.site.places.values() if place.identity]
        found = {each for kind in kinds for each in self.tx.find_cases(kind, number)}
        return found.pop() if len(found) == 1 else ""

    def _which_case_finding(self, schema: Schema, identity: Identity, found: Match) -> Finding:
        reason = Reason.WRONG_PERSON if found.verdict is Verdict.WRONG_PERSON else Reason.CASE_UNSURE
        record = self.record_of(found.cases[0])
        lines: list[str] = []
        if "birth_date" in found.differs and identity.birth_date:
            ours = record.value("person.birth_date")
            lines.append(
                f"The birth date reads {display(identity.birth_date)}; our record says {_or_nothing(ours)}."
            )
        if "name" in found.differs:
            ours = (
                f"{record.value('person.name.first') or ''} {record.value('person.name.last') or ''}".strip()
            )
            lines.append(
                f"The name reads {identity.first} {identity.last}; our record says {ours or '(nothing)'}."
            )
        if "ids" in found.differs:
            lines.append("The numbers on the form and on our record do not agree.")
        lines.append("Tick whose form it is. Nothing has been filed.")
        choices = [(case, self._case_label(case)) for case in found.cases]
        if schema.opens_case:
            choices.append((NEW_CASE, "A new person"))
        choices.append((NOT_OURS, "Neither, or not ours"))
        return Finding(reason.value, Severity.ERROR, reason, (), 1, " ".join(lines), tuple(choices))

    def _case_label(self, case: str) -> str:
        record = self.record_of(case)
        first, last = record.value("person.name.first"), record.value("person.name.last")
        born = record.value("person.birth_date")
        return f"{first or ''} {last or ''}, born {_or_nothing(born)} ({case})"

    # --- filing ---

    def _kept(
        self,
        paper: Paper,
        schema: Schema,
        typed: Typed,
        identity: Identity,
        case: str,
        warnings: tuple[Finding, ...],
    ) -> Decided:
        submission = _submission(paper, schema, typed, warnings, self.today)
        digest = values_hash(submission, schema)
        others = [
            row
            for each in self.tx.cases_of(case)
            for row in self.tx.submissions(case=each, form=typed.form, period=submission.period)
            if not row.withdrawn_by and row.id != submission.id
        ]
        if repeats := [row for row in others if row.values_hash == digest]:
            return Decided(
                Outcome.DUPLICATE, (Reason.ALREADY_FILED,), case=case, repeats=repeats[-1], typed=typed
            )
        said = paper.said.get(DIFFERS)
        if others and (said is None or said.text not in (REPLACE, BOTH)):
            finding = differs_finding(schema, self.local_day(others[-1].received_at))
            return Decided(Outcome.HELD, (finding.reason,), (finding, *warnings), case, identity, typed=typed)
        return Decided(Outcome.KEPT, (), warnings, case, identity, submission, digest, typed=typed)


def _may_be_misread(schema: Schema, found: Match, paper: Paper) -> tuple[Finding, ...]:
    """The boxes that do not agree with our record, where they were read from paper and may say something else."""
    person = schema.person
    asked = {"birth_date": (person.birth_date,), "name": (person.last, person.first), "ids": person.ids}
    fields = tuple(name for differs in found.differs for name in asked[differs] if name)
    on_paper = {reading.field: reading for reading in paper.readings if reading.method is Method.RECOGNISED}
    return tuple(
        Finding(
            Reason.NOT_SURE.value,
            Severity.ERROR,
            Reason.NOT_SURE,
            (name,),
            on_paper[name].page,
            "If this was read wrongly, put the right value in the box.",
        )
        for name in fields
        if name in on_paper and f"field:{name}" not in paper.said
    )


def submission_id(paper: Paper) -> str:
    return short_id("submission", paper.part.id)


def identifier_pairs(identity: Identity) -> list[tuple[str, str]]:
    """Every way this person can be found again: (type, value)."""
    pairs = list(identity.ids)
    if identity.first and identity.last:
        pairs.append((NAME, identity.name_key))
    if identity.birth_date:
        pairs.append((BIRTH_DATE, identity.birth_date.isoformat()))
    return pairs


def values_hash(submission: Submission, schema: Schema) -> str:
    """What two forms that say the same have in common: their values, not their pages, readings or line ends.

    A name typed on a signature line and ink on its print are the same form signed.
    """
    values: dict[str, Json] = {
        name: "signed" if schema.fields[name].kind is Kind.SIGNATURE else _in_one_line(to_json(entry.value))
        for name, entry in submission.entries.items()
    }
    return hashlib.sha256(canonical_json(values)).hexdigest()


def _in_one_line(value: Json) -> Json:
    """The value without line ends: a narrative breaks elsewhere on paper than on a screen."""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, list):
        return [_in_one_line(item) for item in value]
    if isinstance(value, dict):
        return {name: _in_one_line(item) for name, item in value.items()}
    return value


def _submission(
    paper: Paper, schema: Schema, typed: Typed, warnings: tuple[Finding, ...], today: date
) -> Submission:
    effective = typed.value(schema.effective)
    day = effective if isinstance(effective, date) else today
    period = "|".join(display(value) for name in schema.period if (value := typed.value(name)) is not None)
    return Submission(
        id=submission_id(paper),
        drop=paper.part.drop,
        part=paper.part.id,
        form=typed.form,
        edition=typed.edition,
        received_at=paper.received_at,
        effective=day,
        period=period,
        entries=typed.entries,
        findings=warnings,
    )


def _vouched(schema: Schema, identity: Identity, known: Known) -> frozenset[str]:
    """The identity fields whose values the case already knows from another form. A new case vouches for nothing."""
    person = schema.person
    found: set[str] = set()
    if identity.name_key in known.names:
        found |= {person.first, person.last}
    if identity.birth_date in known.birth_dates:
        found.add(person.birth_date)
    said = dict(identity.ids)
    for name in person.ids:
        place = schema.fields[name].record
        if place in said and (place, said[place]) in known.ids:
            found.add(name)
    return frozenset(found)


def _from_the_future(schema: Schema, typed: Typed, today: date) -> tuple[Finding, ...]:
    """A form that says it holds from a later day would be filed and then seen by nobody until that day."""
    day = typed.value(schema.effective)
    if not isinstance(day, date) or day <= today:
        return ()
    label = schema.fields[schema.effective].label
    message = (
        f'"{label}" reads {display(day)}, which is after the day the form came in, {display(today)}. '
        "Put the right date in the box; or put the paper aside and drop it again on that day."
    )
    return (
        Finding(Reason.NOT_VALID.value, Severity.ERROR, Reason.NOT_VALID, (schema.effective,), 0, message),
    )


def _filed_in(record: CaseRecord | None) -> Filed:
    return Filed(record)


@dataclass(frozen=True, slots=True)
class Filed:
    """What is on file for a case, as rules ask for it: the newest value at a place, in any plan year."""

    record: CaseRecord | None

    def __call__(self, place: str) -> Operand:
        if self.record is None:
            return None
        scopes = self.record.scopes(place)
        return self.record.value(place, scopes[-1]) if scopes else None


def _held(reason: Reason, findings: tuple[Finding, ...], typed: Typed) -> Decided:
    return Decided(Outcome.HELD, (reason,), findings, typed=typed)


def _or_nothing(value: object) -> str:
    return display(value) if isinstance(value, date) else "(nothing)"
