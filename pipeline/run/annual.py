"""The annual reviews of a month, and what is due. One bad case stops nobody; every person has a result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pipeline.due import DueItem, due_items
from pipeline.errors import ArchiveError, PacketError, SetupError, SiteError
from pipeline.model import CaseRecord, CaseStatus, canonical_json
from pipeline.run.depositing import MadePacket
from pipeline.run.office import Office
from pipeline.run.packeting import draft_unless_made, make_packet
from pipeline.run.printing import pdfs_begun
from pipeline.run.rendered import Rendered
from pipeline.run.reporting import keep
from pipeline.values import Json, Month

ANNUAL_REVIEW = "annual-review"
FAILED = (
    "A mistake of the program ({}) stopped this packet; the others were made. Its place is noted in log.jsonl in the "
    "state folder."
)
NO_YEAR = "No plan year is on file, so nobody can tell when it ends."
# Converted in one go, since LibreOffice starts once for all: some 20 seconds of a processor.
DOCUMENTS_TOGETHER = 50
# Most of them have their packet already: a few seconds until the next result.
PEOPLE_TOGETHER = 100


class Review(StrEnum):
    """made: the packet lies in the archive. refused: it could not be made, `why` says so. cannot-tell: no plan year
    is on file, so nobody knows when it ends."""

    MADE = "made"
    REFUSED = "refused"
    CANNOT_TELL = "cannot-tell"


@dataclass(frozen=True, slots=True)
class ReviewResult:
    """What became of one person's annual review."""

    case: str
    review: Review
    path: str = ""
    blanks: int = 0
    why: tuple[str, ...] = ()


def active_cases(office: Office) -> tuple[str, ...]:
    """Everyone for whom something may be due, by case number."""
    with office.ledger.reading() as tx:
        return tuple(row.id for row in tx.cases(CaseStatus.ACTIVE))


def batch_day(office: Office, month: Month, asked: date | None) -> date:
    """The day a batch is for: the one asked for, else that of a batch of this month that was not finished, else today.

    It is written into the journal, so that a batch that was stopped goes on with the day it began with.
    """
    with office.ledger.reading() as tx:
        begun = [event.ids for event in tx.events(kind="batch") if event.ids.get("month") == str(month)]
        ended = [
            event.ids.get("as_of")
            for event in tx.events(kind="batch-done")
            if event.ids.get("month") == str(month)
        ]
    open_days = [str(ids["as_of"]) for ids in begun if ids["as_of"] not in ended]
    day = asked or (date.fromisoformat(open_days[-1]) if open_days else office.today())
    office.books.record("batch", batch=ANNUAL_REVIEW, month=str(month), as_of=day.isoformat())
    return day


def finish_batch(office: Office, month: Month, day: date) -> None:
    """Notes that everyone of the batch has a result, so that the next one begins with a day of its own."""
    office.books.record("batch-done", batch=ANNUAL_REVIEW, month=str(month), as_of=day.isoformat())


def annual_reviews(office: Office, month: Month, as_of: date) -> Iterator[ReviewResult]:
    """A result for everyone whose plan year ends in the month, and for everyone of whom that cannot be told.

    Running it again with the same day finds what was made and goes on with the rest.
    """
    ready: list[_Person] = []
    for group in _groups(office, _people(office, month, as_of), as_of):
        with _converting(office, group):
            yield from _results(office, ready, as_of)  # while LibreOffice is at work for those after them
        ready = group
    yield from _results(office, ready, as_of)


@dataclass(frozen=True, slots=True)
class _Person:
    """One person of a group. result: what can be said already; documents: still to be made PDFs."""

    case: str
    scope: str
    documents: Sequence[Rendered] = ()
    result: ReviewResult | None = None


def _groups(office: Office, people: Iterable[tuple[str, str]], as_of: date) -> Iterator[list[_Person]]:
    group: list[_Person] = []
    documents = 0
    for case, scope in people:
        group.append(_looked_at(office, case, as_of, scope))
        documents += len(group[-1].documents)
        if documents >= DOCUMENTS_TOGETHER or len(group) >= PEOPLE_TOGETHER:
            yield group
            group, documents = [], 0
    if group:
        yield group


def _looked_at(office: Office, case: str, as_of: date, scope: str) -> _Person:
    """Whether the person's packet lies there already, and if not, what belongs to it."""
    if not scope:
        return _Person(case, scope, (), ReviewResult(case, Review.CANNOT_TELL, why=(NO_YEAR,)))
    try:
        draft = draft_unless_made(office, ANNUAL_REVIEW, case, as_of, scope)
    except (PacketError, SiteError):
        return _Person(case, scope)  # told when the packet itself is made
    except Exception as failure:  # met again, and told, where the packet itself is made
        office.log.failure("review-not-prepared", failure, case=case)
        return _Person(case, scope)
    if isinstance(draft, MadePacket):
        return _Person(case, scope, (), _made(case, draft))
    return _Person(case, scope, draft.rendered)


def _people(office: Office, month: Month, as_of: date) -> Iterator[tuple[str, str]]:
    """Cases with the plan year that ends in the month; with none where nobody can tell."""
    for case in active_cases(office):
        ends = plan_ends(office.record(case, as_of))
        scope = next((scope for scope, end in ends.items() if Month.of(end) == month), None)
        if scope is not None or not ends:
            yield case, scope or ""


@contextmanager
def _converting(office: Office, group: Sequence[_Person]) -> Iterator[None]:
    """The PDFs of several people's packets in one go, beside what is done meanwhile; nothing fails by it."""
    documents = [document for each in group for document in each.documents]
    with ExitStack() as begun:
        with _left_for_later(office):
            begun.enter_context(pdfs_begun(office, documents))
        yield
        with _left_for_later(office):
            begun.close()


@contextmanager
def _left_for_later(office: Office) -> Iterator[None]:
    """What fails here is met again, and told, where the packet itself is made."""
    try:
        yield
    except Exception as failure:
        office.log.failure("review-not-prepared", failure)


def _results(office: Office, group: Sequence[_Person], as_of: date) -> Iterator[ReviewResult]:
    for each in group:
        yield each.result or _review(office, each.case, as_of, each.scope)


def plan_ends(record: CaseRecord) -> dict[str, date]:
    """First day of each plan year on file → its last day."""
    found = {scope: record.value("plan.end", scope) for scope in record.scopes("plan.end")}
    return {scope: end for scope, end in found.items() if isinstance(end, date)}


def _review(office: Office, case: str, as_of: date, scope: str) -> ReviewResult:
    try:
        made = make_packet(office, ANNUAL_REVIEW, case, as_of, scope)
    except PacketError as failure:
        return ReviewResult(case, Review.REFUSED, why=failure.reasons)
    except SiteError as failure:
        return ReviewResult(case, Review.REFUSED, why=tuple(str(problem) for problem in failure.problems))
    except (ArchiveError, SetupError):  # of the disk or the machine: it would strike everybody
        raise
    except Exception as failure:
        # A mistake of ours that one person's values meet must not keep the others waiting.
        office.log.failure("review-failed", failure, case=case)
        return ReviewResult(case, Review.REFUSED, why=(FAILED.format(type(failure).__name__),))
    return _made(case, made)


def _made(case: str, made: MadePacket) -> ReviewResult:
    return ReviewResult(case, Review.MADE, made.row.path, len(made.blanks))


def keep_report(office: Office, month: Month, as_of: date, results: tuple[ReviewResult, ...]) -> str:
    """The path of the batch's report in the archive; the same results give the same report. Ends the batch."""
    finish_batch(office, month, as_of)
    rows: list[Json] = [
        {
            "case": result.case,
            "result": result.review.value,
            "path": result.path,
            "blanks": result.blanks,
            "why": list(result.why),
        }
        for result in results
    ]
    data = canonical_json({"format": 1, "month": str(month), "as_of": as_of.isoformat(), "results": rows})
    return keep(office, f"{ANNUAL_REVIEW}s-{month}", as_of, "report.json", data, {"month": str(month)})


@dataclass(frozen=True, slots=True)
class DueOf:
    """What is due for one coordinator. coordinator: name, or empty where no plan names one."""

    coordinator: str
    items: tuple[DueItem, ...]


def due_by_coordinator(office: Office, as_of: date, within_days: int) -> tuple[DueOf, ...]:
    """Everything overdue, due or not to be told, by coordinator."""
    found: dict[str, list[DueItem]] = {}
    for case in active_cases(office):
        record = office.record(case, as_of)
        name = coordinator_of(office, record)
        items = due_items(record, office.site.program.calendar, office.site.places, within_days)
        found.setdefault(name, []).extend(items)
    return tuple(
        DueOf(name, tuple(sorted(items, key=lambda item: (item.day or date.max, item.case))))
        for name, items in sorted(found.items())
    )


def coordinator_of(office: Office, record: CaseRecord) -> str:
    """The support coordinator named by the newest plan, else by the caseloads; empty where neither does."""
    scopes = record.scopes("plan.coordinator")
    code = str(record.value("plan.coordinator", scopes[-1])) if scopes else ""
    if not code:
        ids = {record.case, str(record.value("person.dmh_id") or "")}
        caseloads = office.site.staff.caseloads.items()
        code = next((name for name, people in caseloads if ids & set(people)), "")
    found = office.site.staff.coordinators.get(code)
    return found.name if found else ""
