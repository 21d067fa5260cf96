"""Cases, the numbers and names by which they are found, and the forms filed in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from pipeline.ledger.engine import put
from pipeline.ledger.rows import CaseRow, Identifier, SubmissionRow
from pipeline.ledger.tables import case_identifiers, cases, submissions
from pipeline.model import CaseStatus
from pipeline.values import instant

# A number that is only reserved has no submission yet.
_NOT_WITHDRAWN = (submissions.c.withdrawn_by == "") | submissions.c.withdrawn_by.is_(None)
# Built once: to build one anew cost three times what it takes to run it.
_STATED = (
    select(case_identifiers.c.type, case_identifiers.c.value)
    .join(submissions, submissions.c.id == case_identifiers.c.submission_id)
    .where(submissions.c.withdrawn_by == "")
    .distinct()
    .order_by(case_identifiers.c.type, case_identifiers.c.value)
)


class IdentifierTaken(Exception):
    """Another case has this number already. Carries the type and the other case, never the number."""

    def __init__(self, type_: str, case: str) -> None:
        self.type = type_
        self.case = case
        super().__init__(f"{type_} belongs to case {case}")


def cases_of(connection: Connection, case: str) -> tuple[str, ...]:
    """The case and every case that was merged into it, however often, by id."""
    found, newest = {case}, {case} - {""}
    while newest:
        query = select(cases.c.id).where(cases.c.merged_into.in_(newest))
        newest = set(connection.execute(query).scalars()) - found
        found |= newest
    return tuple(sorted(found))


class People:
    """Cases and submissions."""

    connection: Connection

    def case(self, case: str) -> CaseRow | None:
        found = self.connection.execute(select(cases).where(cases.c.id == case)).first()
        return None if found is None else _case(found)

    def cases(self, status: CaseStatus | None = None) -> tuple[CaseRow, ...]:
        """Cases that were not merged into another, by id."""
        query = select(cases).where(cases.c.merged_into == "").order_by(cases.c.id)
        if status is not None:
            query = query.where(cases.c.status == status)
        return tuple(map(_case, self.connection.execute(query)))

    def open_case(self, case: str, opened_by: str) -> None:
        """A new active case; one that exists stays as it is."""
        values = {"id": case, "status": CaseStatus.ACTIVE, "merged_into": "", "opened_by": opened_by}
        put(self.connection, cases, values, keep=True)

    def set_case_status(self, case: str, status: CaseStatus) -> None:
        self.connection.execute(update(cases).where(cases.c.id == case).values(status=status))

    def resolve_case(self, case: str) -> str:
        """The case that speaks for this one today: itself, or the one it was merged into, however often."""
        seen = {case}
        while (row := self.case(case)) is not None and row.merged_into and row.merged_into not in seen:
            case = row.merged_into
            seen.add(case)
        return case

    def merge_case(self, case: str, into: str) -> None:
        self.connection.execute(update(cases).where(cases.c.id == case).values(merged_into=into))

    # --- identifiers ---

    def reserve_identifiers(self, case: str, submission: str, identifiers: Sequence[Identifier]) -> None:
        """Ties numbers and names to a case before its submission is published.

        Raises IdentifierTaken when a unique one belongs to another case. Two forms of one new person that
        arrive at the same moment meet here: the ledger writes one transaction at a time.
        """
        for each in identifiers:
            others = (
                self.find_cases(each.type, each.value) - {self.resolve_case(case)} if each.unique else set()
            )
            if others:
                raise IdentifierTaken(each.type, min(others))
        self.put_identifiers(case, submission, identifiers)

    def put_identifiers(self, case: str, submission: str, identifiers: Sequence[Identifier]) -> None:
        """Writes them without asking; used where the archive has already decided."""
        for each in identifiers:
            values = {
                "type": each.type,
                "value": each.value,
                "submission_id": submission,
                "case_id": case,
                "is_unique": int(each.unique),
            }
            put(self.connection, case_identifiers, values)

    def find_cases(self, type_: str, value: str) -> set[str]:
        """The cases that state this number or name in a submission not withdrawn, merges resolved."""
        query = (
            select(case_identifiers.c.case_id)
            .outerjoin(submissions, submissions.c.id == case_identifiers.c.submission_id)
            .where(case_identifiers.c.type == type_, case_identifiers.c.value == value)
            .where(_NOT_WITHDRAWN)
        )
        return {self.resolve_case(case) for case in self.connection.execute(query).scalars()}

    def cases_of(self, case: str) -> tuple[str, ...]:
        """The case and every case that was merged into it, however often, by id."""
        return cases_of(self.connection, case)

    def identifiers(self, case: str) -> tuple[Identifier, ...]:
        """Numbers and names stated for a case by submissions that were not withdrawn, merged cases included."""
        query = (
            select(case_identifiers)
            .outerjoin(submissions, submissions.c.id == case_identifiers.c.submission_id)
            .where(case_identifiers.c.case_id.in_(self.cases_of(case)))
            .where(_NOT_WITHDRAWN)
            .order_by(case_identifiers.c.type, case_identifiers.c.value)
        )
        found = (
            Identifier(row.type, row.value, bool(row.is_unique)) for row in self.connection.execute(query)
        )
        return tuple(dict.fromkeys(found))

    def stated(self) -> tuple[tuple[str, str], ...]:
        """(type, value) of every number and name on file, once each, of submissions not withdrawn."""
        return tuple((row.type, row.value) for row in self.connection.execute(_STATED))

    def drop_reservations(self) -> int:
        """Removes numbers tied to a form that was never filed: its job was given up, or decided otherwise when it was
        taken up again. Left there they would answer with a case that does not exist.

        Only while nobody files, which is whoever has the filing turn.
        """
        filed = select(submissions.c.id)
        result = self.connection.execute(
            delete(case_identifiers).where(case_identifiers.c.submission_id.not_in(filed))
        )
        return int(result.rowcount)

    # --- submissions ---

    def submission(self, submission: str) -> SubmissionRow | None:
        found = self.connection.execute(select(submissions).where(submissions.c.id == submission)).first()
        return None if found is None else _submission(found)

    def submissions(
        self, case: str | None = None, form: str | None = None, period: str | None = None
    ) -> tuple[SubmissionRow, ...]:
        """Submissions in the order of the fold: effective, received, id. Withdrawn ones too, and so marked.

        case: that person's, whichever of their cases a form was filed in
        """
        query = select(submissions).order_by(
            submissions.c.effective, submissions.c.received_at, submissions.c.id
        )
        if case is not None:
            query = query.where(submissions.c.case_id.in_(self.cases_of(case)))
        for column, wanted in ((submissions.c.form, form), (submissions.c.period, period)):
            if wanted is not None:
                query = query.where(column == wanted)
        return tuple(map(_submission, self.connection.execute(query)))

    def put_submission(self, row: SubmissionRow) -> None:
        """Adds a submission; one that is there keeps what acts have made of it."""
        values = {
            "id": row.id,
            "part_id": row.part,
            "drop_id": row.drop,
            "case_id": row.case,
            "form": row.form,
            "edition": row.edition,
            "received_at": instant(row.received_at),
            "effective": row.effective.isoformat(),
            "period": row.period,
            "values_hash": row.values_hash,
            "path": row.path,
            "withdrawn_by": row.withdrawn_by,
        }
        put(self.connection, submissions, values, keep=True)

    def withdraw_submission(self, submission: str, act: str) -> None:
        self.connection.execute(
            update(submissions).where(submissions.c.id == submission).values(withdrawn_by=act)
        )

    def move_submission(self, submission: str, case: str) -> None:
        """Files it under another case, and what it says of the person's numbers with it."""
        self.connection.execute(
            update(submissions).where(submissions.c.id == submission).values(case_id=case)
        )
        self.connection.execute(
            update(case_identifiers)
            .where(case_identifiers.c.submission_id == submission)
            .values(case_id=case)
        )


def _case(row: Row[Any]) -> CaseRow:
    return CaseRow(row.id, CaseStatus(row.status), row.opened_by, row.merged_into)


def _submission(row: Row[Any]) -> SubmissionRow:
    return SubmissionRow(
        id=row.id,
        part=row.part_id,
        drop=row.drop_id,
        case=row.case_id,
        form=row.form,
        edition=row.edition,
        received_at=datetime.fromisoformat(row.received_at),
        effective=date.fromisoformat(row.effective),
        period=row.period,
        values_hash=row.values_hash,
        path=row.path,
        withdrawn_by=row.withdrawn_by,
    )
