"""The cases of an office at a glance, for `cases`: whose each is, who looks after it, and what of it waits.

It names people. It is for whoever may open the outbox, and goes to a terminal or to another program, never to a log.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from dataclasses import field as member
from datetime import date

from pipeline.ledger import CaseRow, PartRow, SheetRow, SubmissionRow, Transaction
from pipeline.model import CaseRecord, CaseStatus, Outcome, Reason
from pipeline.run.annual import coordinator_of
from pipeline.run.confirming import CONFIRM, unconfirmed
from pipeline.run.office import Office
from pipeline.run.signing import out_for_signature
from pipeline.values import Json, Kind, display, fold_case


@dataclass(frozen=True, slots=True)
class WaitingPaper:
    """A paper of the case that a person must look at. sheet: its file in needs-attention, empty if not there."""

    part: str
    form: str
    reasons: tuple[Reason, ...]
    sheet: str = ""

    def as_json(self) -> dict[str, Json]:
        reasons: list[Json] = [reason.value for reason in self.reasons]
        return {"part": self.part, "form": self.form, "reasons": reasons, "sheet": self.sheet}


@dataclass(frozen=True, slots=True)
class OpenList:
    """A confirm list that nobody has finished. boxes: how many are still to be compared."""

    submission: str
    form: str
    boxes: int
    sheet: str = ""

    def as_json(self) -> dict[str, Json]:
        return {"submission": self.submission, "form": self.form, "boxes": self.boxes, "sheet": self.sheet}


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A line of a final packet that is not signed. state: `unsigned`, `unsure` or `refused`."""

    packet: str
    name: str
    place: str
    role: str
    state: str

    def as_json(self) -> dict[str, Json]:
        return {
            "packet": self.packet,
            "name": self.name,
            "place": self.place,
            "role": self.role,
            "state": self.state,
        }


@dataclass(frozen=True, slots=True)
class CaseSeen:
    """One case. ids: (place of the record, number); begins, ends: of the plan year of the day, else of the newest."""

    case: str
    name: str = member(repr=False)
    birth_date: date | None = member(repr=False)
    ids: tuple[tuple[str, str], ...] = member(repr=False)
    status: CaseStatus
    coordinator: str
    begins: date | None
    ends: date | None
    forms: int
    waits: tuple[WaitingPaper, ...]
    confirm_lists: tuple[OpenList, ...]
    unsigned: tuple[Unsigned, ...] = ()

    def has(self, words: str) -> bool:
        """Whether each word stands in its number, name, birth date, ids, status or coordinator."""
        born = display(self.birth_date) if self.birth_date else ""
        numbers = [number for _, number in self.ids]
        texts = [
            fold_case(text)
            for text in (self.case, self.name, born, *numbers, self.status.value, self.coordinator)
        ]
        return all(any(fold_case(word) in text for text in texts) for word in words.split())

    def as_json(self) -> dict[str, Json]:
        """The shape is documented in docs/commands.md and stable."""
        return {
            "case": self.case,
            "name": self.name,
            "birth_date": _day(self.birth_date),
            "ids": dict(self.ids),
            "status": self.status.value,
            "coordinator": self.coordinator,
            "plan_year": {"begins": _day(self.begins), "ends": _day(self.ends)},
            "forms": self.forms,
            "waits": [each.as_json() for each in self.waits],
            "confirm_lists": [each.as_json() for each in self.confirm_lists],
            "unsigned": [each.as_json() for each in self.unsigned],
        }


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def cases_seen(office: Office, words: str = "") -> tuple[CaseSeen, ...]:
    """Every case by name, or those that have all the words in them, or the one with that number.

    A private number (Medicaid) finds its case and is not shown.
    """
    today = office.today()
    with office.ledger.reading() as tx:
        rows = tx.cases()
        filed = _by_case(tx, [row for row in tx.submissions() if not row.withdrawn_by])
        sheets = tx.sheets()
        waiting = _waiting(tx, sheets)
        unsigned = _unsigned(office, tx)
    seen = [
        replace(
            _seen(office, row, office.record(row.id, today), filed[row.id], waiting[row.id], sheets),
            unsigned=tuple(unsigned[row.id]),
        )
        for row in rows
    ]
    numbered = office.find_case(words) if words else None
    wanted = [each for each in seen if each.case == numbered or each.has(words)]
    return tuple(sorted(wanted, key=lambda each: (fold_case(each.name), each.case)))


def waiting_without_case(office: Office) -> int:
    """How many papers wait of which it is not known yet whose they are."""
    with office.ledger.reading() as tx:
        return sum(
            tx.case(_case_of(tx, part)) is None  # an intake that waits names the case it would open
            for part in tx.parts(outcome=Outcome.HELD)
        )


def _by_case(tx: Transaction, filed: Sequence[SubmissionRow]) -> defaultdict[str, list[SubmissionRow]]:
    found: defaultdict[str, list[SubmissionRow]] = defaultdict(list)
    for row in filed:
        found[tx.resolve_case(row.case)].append(row)
    return found


def _waiting(tx: Transaction, sheets: Sequence[SheetRow]) -> defaultdict[str, list[WaitingPaper]]:
    """Held papers of which it is known whose they are; the others wait in needs-attention like these."""
    names = {(sheet.part, sheet.round): sheet.name for sheet in sheets if sheet.kind != CONFIRM}
    found: defaultdict[str, list[WaitingPaper]] = defaultdict(list)
    for part in tx.parts(outcome=Outcome.HELD):
        if case := _case_of(tx, part):
            sheet = names.get((part.id, part.round), "")
            found[tx.resolve_case(case)].append(WaitingPaper(part.id, part.form, part.reasons, sheet))
    return found


def _unsigned(office: Office, tx: Transaction) -> defaultdict[str, list[Unsigned]]:
    found: defaultdict[str, list[Unsigned]] = defaultdict(list)
    for packet in out_for_signature(office, tx):
        row = packet.row
        found[tx.resolve_case(row.case)] += [
            Unsigned(row.id, row.name, line.place, line.role, line.state.value)
            for line in packet.wanted
            if not line.is_signed
        ]
    return found


def _case_of(tx: Transaction, part: PartRow) -> str:
    deposit = tx.deposit(part.path) if part.path else None
    return part.case or (deposit.case if deposit else "")


def _seen(
    office: Office,
    row: CaseRow,
    record: CaseRecord,
    filed: Sequence[SubmissionRow],
    waits: Sequence[WaitingPaper],
    sheets: Sequence[SheetRow],
) -> CaseSeen:
    begins, ends = _plan_year(record)
    born = record.value("person.birth_date")
    return CaseSeen(
        case=row.id,
        name=" ".join(_identity(office, record, Kind.PERSON_NAME).values()),
        birth_date=born if isinstance(born, date) else None,
        ids=tuple(_identity(office, record, Kind.IDENTIFIER).items()),
        status=row.status,
        coordinator=coordinator_of(office, record),
        begins=begins,
        ends=ends,
        forms=len(filed),
        waits=tuple(waits),
        confirm_lists=tuple(_open_lists(office, filed, sheets)),
    )


def _identity(office: Office, record: CaseRecord, kind: Kind) -> dict[str, str]:
    """What of this kind identifies the person, by place, in the order of schemas/record.yaml. Nothing private."""
    found: dict[str, str] = {}
    for place in office.site.places.values():
        value = record.value(place.name)
        if place.identity and not place.private and place.kind is kind and value is not None:
            found[place.name] = display(value)
    return found


def _plan_year(record: CaseRecord) -> tuple[date | None, date | None]:
    """First and last day of the plan year the day lies in, else of the newest on file."""
    years: list[tuple[date, date | None]] = []
    for scope in record.scopes("plan.start"):
        begins, ends = record.value("plan.start", scope), record.value("plan.end", scope)
        if isinstance(begins, date):
            years.append((begins, ends if isinstance(ends, date) else None))
    now = [(begins, ends) for begins, ends in years if ends and begins <= record.as_of <= ends]
    return max(now or years, key=lambda year: year[0], default=(None, None))


def _open_lists(office: Office, filed: Sequence[SubmissionRow], sheets: Sequence[SheetRow]) -> list[OpenList]:
    names = {sheet.part: sheet.name for sheet in sheets if sheet.kind == CONFIRM}
    found: list[OpenList] = []
    for row in filed:
        if row.part in names and (boxes := unconfirmed(office, row)):
            found.append(OpenList(row.id, row.form, len(boxes), names[row.part]))
    return found
