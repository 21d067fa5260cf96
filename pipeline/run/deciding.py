"""What becomes of a read form: kept, held, or a duplicate. Decides; writes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as member
from datetime import date, datetime

from pipeline.casefile import Identity, Known, identity_of
from pipeline.checking import Typed, judge, type_readings
from pipeline.checking.entries import PartNames
from pipeline.ledger import SubmissionRow, Transaction
from pipeline.model import (
    CaseRecord,
    Finding,
    Outcome,
    Reason,
    Severity,
    Submission,
    canonical_json,
    short_id,
)
from pipeline.rules import Operand
from pipeline.run.asking import Earlier, differs_finding, page_findings, settles
from pipeline.run.paper import Paper
from pipeline.run.whose import FindCase, RecordOf, Whose, known_of
from pipeline.site import Site
from pipeline.site.schemas import Schema
from pipeline.values import Json, Kind, display, to_json

ValuesOf = Callable[[SubmissionRow], Mapping[str, Json]]
"""Gives the values of a filed form by field."""


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

    def __init__(
        self,
        site: Site,
        tx: Transaction,
        received_at: datetime,
        record_of: RecordOf,
        find_case: FindCase,
        values_of: ValuesOf,
    ) -> None:
        self.site = site
        self.tx = tx
        self.today = self.local_day(received_at)
        self.record_of = record_of
        self.find_case = find_case
        self.values_of = values_of

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
        new = "C-" + short_id("case", submission_id(paper), length=8)
        whose = Whose(self.site, self.tx, self.record_of, self.find_case, schema, identity, paper, new)
        case, person_findings = whose.case()
        record = self.record_of(case) if case and self.tx.case(case) is not None else None
        vouched = _vouched(schema, identity, known_of(self.tx, case)) if case else frozenset[str]()
        judged = judge(self.site, typed, self.today, _filed_in(record), vouched)
        errors = (*person_findings, *judged.errors, *_from_the_future(schema, typed, self.today))
        if errors:
            reasons = tuple(dict.fromkeys(finding.reason for finding in errors))
            return Decided(Outcome.HELD, reasons, (*errors, *judged.warnings), case, identity, typed=typed)
        return self._kept(paper, schema, typed, identity, case, judged.warnings)

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
            for row in self.tx.submissions(case, typed.form, submission.period)
            if not row.withdrawn_by and row.id != submission.id
        ]
        if repeats := [row for row in others if row.values_hash == digest]:
            return Decided(
                Outcome.DUPLICATE, (Reason.ALREADY_FILED,), case=case, repeats=repeats[-1], typed=typed
            )
        if others and not settles(paper, others):
            finding = differs_finding([self._earlier(row, submission, schema) for row in others])
            return Decided(Outcome.HELD, (finding.reason,), (finding, *warnings), case, identity, typed=typed)
        return Decided(Outcome.KEPT, (), warnings, case, identity, submission, digest, typed=typed)

    def _earlier(self, row: SubmissionRow, new: Submission, schema: Schema) -> Earlier:
        """A form of the same period that is filed, and where the new one says something else."""
        filed, now = self.values_of(row), {name: to_json(entry.value) for name, entry in new.entries.items()}
        names = [name for name in schema.fields if filed.get(name) != now.get(name)]
        labels = tuple(schema.label_of(name) for name in names)
        return Earlier(row.id, self.local_day(row.received_at), labels)


def submission_id(paper: Paper) -> str:
    return short_id("submission", paper.part.id)


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
