"""What happens to everything dropped into the inbox.

Look, claim, receive, archive; then open, identify, read, check; then keep, hold or name a duplicate. Every
step may be repeated: a crash at any line leaves the drop to be taken up again, and what was done is found done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from pipeline.errors import ArchiveError, DropError, SetupError
from pipeline.inbox import SheetLook
from pipeline.ledger import DropRow, DropState, Job, PartRow
from pipeline.ledger.index import drop_job
from pipeline.model import Outcome, Part, Reason
from pipeline.run.filing import release_waiting, settle
from pipeline.run.gathering import found_in, gathered
from pipeline.run.joining import has_joined, join_waiting, let_go_of_copies, may_join
from pipeline.run.needs_attention import tidy_needs_attention
from pipeline.run.office import Office
from pipeline.run.onpaper import is_sheet, sheet_on_paper
from pipeline.run.paper import Paper
from pipeline.run.queue import note_done, to_do
from pipeline.run.reader import ReadPart
from pipeline.run.receiving import STRUCK_ENOUGH, receive_sheets, take_in
from pipeline.run.rereading import original_of
from pipeline.run.sheets import act_on_sheet, sheet_in
from pipeline.run.status import write_status
from pipeline.workers import Worked, work_on

Progress = Callable[[DropRow, tuple[PartRow, ...]], None]


@dataclass(frozen=True, slots=True)
class Round:
    """What one look at the inbox did. waiting: files and sheets that have not settled.

    away: the inbox cannot be reached; more: there is work left that this look had no time for;
    next_look_seconds: when something may have settled.
    """

    drops: tuple[str, ...]
    waiting: int
    refused: tuple[str, ...]
    away: bool
    more: bool
    next_look_seconds: float


ROUND_SECONDS = 20.0  # of reading, before new drops and saved sheets are looked for again
TROUBLE_SECONDS = 30.0
AT_ONCE_SECONDS = 0.01


def once(office: Office, progress: Progress | None = None, stop: Callable[[], bool] = lambda: False) -> Round:
    """Takes in what lies ready in the inbox, reads for a while, then shows people where things stand.

    What fails is noted as a trouble and tried again at the next look; it stops nothing else. stop: asked between
    two files.
    """
    look = office.inbox.look()
    sheets = SheetLook((), 0, look.next_look_seconds)
    left = False
    if look.away:
        office.troubles.note("inbox", INBOX_AWAY)
    else:
        office.troubles.over("inbox")
        left = take_in(office, look, stop)
        with office.troubles.apart("sheets", "Taking in sheets that were filled in"):
            sheets = receive_sheets(office)
    done: list[str] = []
    with office.troubles.apart("work", "Reading and filing"):
        for row in _work(office, progress, stop):
            done.append(row.id)
    with office.troubles.apart("given-up", "Holding files that could not be read"):
        _give_up_the_rest(office)
    if not look.away:
        with office.troubles.apart("tidy", "Putting sheets into needs-attention"):
            tidy_needs_attention(office, sheets.listing)
        with office.troubles.apart("status", "Making the page STATUS.html"):
            write_status(office, look)
    left = left or bool(to_do(office))
    names = tuple(refused.name for refused in look.refused)
    soon = min(look.next_look_seconds, sheets.next_look_seconds)
    if _is_struck(office):
        soon = min(soon, TROUBLE_SECONDS)
    elif left and not stop():
        soon = AT_ONCE_SECONDS
    return Round(tuple(done), look.waiting + sheets.waiting, names, look.away, left, soon)


INBOX_AWAY = (
    "The inbox cannot be reached. Keep your scans; what was taken in before is safe and is being worked on. "
    "(If the folder is there and was only emptied, make an empty folder .claims in it.)"
)


def _is_struck(office: Office) -> bool:
    """Whether disk, share or a setting fails, so that trying again at once helps nobody."""
    return any(trouble.machine for trouble in office.troubles.now)


MOST_LOOKS = 10_000


def settle_and_take(
    office: Office, progress: Progress | None, expect: Callable[[int], None] = lambda total: None
) -> None:
    """Looks until nothing that lay in the inbox is still settling, then stops: what `once` means."""
    seen = 0
    for _ in range(MOST_LOOKS):
        look = office.inbox.look()
        seen = max(seen, len(look.ready) + len(look.claims) + look.waiting)
        expect(seen)
        done = once(office, progress)
        struck = _is_struck(office) and not done.drops
        if struck or not (done.waiting or done.more):
            break
        time.sleep(min(done.next_look_seconds, 1.0))
    if _is_struck(office):
        raise ArchiveError(next(trouble.words for trouble in office.troubles.now if trouble.machine))


def _work(office: Office, progress: Progress | None, stop: Callable[[], bool]) -> Iterator[DropRow]:
    """The drops whose job is not done, oldest first, one after the other, for as long as a look lasts."""
    struck, until = 0, time.monotonic() + ROUND_SECONDS
    for drop_id in to_do(office):
        began = time.monotonic()
        if stop() or began > until or struck >= STRUCK_ENOUGH:
            return
        key, worked = drop_job(drop_id), Worked.FAILED
        with office.troubles.apart(f"job:{drop_id}", "Reading and filing a paper") as went:
            worked = work_on(office.ledger, key, partial(_process_job, office, drop_id), office.log)
        struck += not went.well
        if worked is Worked.GAVE_UP:
            _give_up_the_rest(office)
        with office.ledger.reading() as tx:
            row, parts = tx.drop(drop_id), tx.parts(drop=drop_id)
        if row is not None:
            note_done(office, row, parts, worked, time.monotonic() - began)
            if progress is not None:
                progress(row, parts)
            yield row


def _process_job(office: Office, drop_id: str, job: Job) -> None:
    with office.books.under(job):
        process(office, drop_id)


# --- one drop -------------------------------------------------------------------------------------


def process(office: Office, drop_id: str) -> None:
    """From the archived original to an outcome for each of its pages."""
    with office.ledger.reading() as tx:
        row = tx.drop(drop_id)
        assert row is not None, drop_id
        same = [each for each in tx.drops_with_sha(row.sha256) if each.id != drop_id]
        before = [
            part for each in same for part in tx.parts(drop=each.id) if each.received_at <= row.received_at
        ]
        filed = [tx.submission(part.submission) for part in before if part.submission]
        withdrawn = any(form is not None and form.withdrawn_by for form in filed)
    spoken_for = before and not withdrawn and all(part.outcome in _SPOKEN_FOR for part in before)
    if row.source == "inbox" and spoken_for:
        for part in before:
            _repeat(office, drop_id, part)
    else:
        _read_and_settle(office, row)
    release_waiting(office, drop_id)
    office.books.finish_drop(drop_id)


_SPOKEN_FOR = (Outcome.KEPT, Outcome.HELD, Outcome.DUPLICATE, Outcome.SUPPORTING, Outcome.SEPARATOR)


def _repeat(office: Office, drop_id: str, part: PartRow) -> None:
    """The very same file again: its parts are those of the first, in the case where the form lies now."""
    with office.ledger.reading() as tx:
        filed = tx.submission(part.submission)
        case = tx.resolve_case(filed.case) if filed is not None else part.case
    office.books.settle_part(
        replace(
            part,
            id=Part(drop_id, part.pages).id,
            drop=drop_id,
            outcome=Outcome.DUPLICATE,
            reasons=(Reason.ALREADY_FILED,),
            case=case,
            round=0,
        )
    )


def _read_and_settle(office: Office, row: DropRow) -> None:
    try:
        with office.reader.opened(original_of(office, row)) as opened:
            if opened.repaired or opened.signed:
                office.books.record("opened", drop=row.id, repaired=opened.repaired, signed=opened.signed)
            if (sheet := sheet_in(opened)) is not None:
                act_on_sheet(office, row, Part(row.id, tuple(page.number for page in opened.pages)), sheet)
                return
            parts = office.parts_in(row.id, opened, row.received_at)
            office.books.note_step("read", input=row.sha256, output=found_in(parts))
            sheets = [
                (read, sheet_on_paper(office, row, opened, read.part))
                for read in parts
                if is_sheet(read.part)
            ]
    except DropError as failure:
        paper = Paper(Part(row.id, ()), row.received_at, (), reason=Reason(failure.reason))
        settle(office, paper)
        return
    known = [(read, sheet) for read, sheet in sheets if sheet is not None]
    for read, sheet in known:
        act_on_sheet(office, row, read.part, sheet)
    _settle_all(office, row, tuple(read for read in parts if read not in [each for each, _ in known]))


def _settle_all(office: Office, row: DropRow, parts: tuple[ReadPart, ...]) -> None:
    """Pages that belong together are brought together; then each part gets its outcome."""
    whole, copies = gathered(parts, partial(_same_person, office))
    for copy in copies:
        office.books.settle_part(
            PartRow(
                copy.id, row.id, copy.pages, Outcome.DUPLICATE, copy.form, copy.edition, (Reason.PAGE_TWICE,)
            )
        )
    for read in whole:
        _settle_part(office, row, read)


def _same_person(office: Office, one: ReadPart, other: ReadPart) -> bool:
    return office.reader.same_person(one.part, one.readings, other.part, other.readings)


def _settle_part(office: Office, row: DropRow, read: ReadPart) -> None:
    reason = next((match.reason for match in read.part.matches if match.reason), None)
    if reason in (Reason.BLANK_PAGE, Reason.SEPARATOR_PAGE):
        office.books.settle_part(
            PartRow(read.part.id, row.id, read.part.pages, Outcome.SEPARATOR, reasons=(reason,))
        )
        return
    part = read.part if reason is None else replace(read.part, form="", edition="")
    unread = tuple(
        page for page in read.pages_missing if page in {bad.matches[0].page for bad in read.unread}
    )
    for bad in read.unread:  # they wait with the form they belong to
        flaw = bad.matches[0].reason or Reason.UNREADABLE_PAGE
        office.books.settle_part(
            PartRow(bad.id, row.id, bad.pages, Outcome.HELD, bad.form, bad.edition, (flaw,))
        )
    paper = Paper(
        part,
        row.received_at,
        read.readings,
        pages_missing=read.pages_missing,
        unread=unread,
        joined=tuple(bad.id for bad in read.unread),
    )
    if read.pages_missing:
        if has_joined(office, paper.part.id) or join_waiting(office, paper, read.pictures):
            return
        paper = replace(paper, may_join=may_join(office, paper))
    settled = settle(office, paper, read.pictures)
    if settled.outcome is Outcome.KEPT:
        let_go_of_copies(office, paper, settled)


def _give_up_the_rest(office: Office) -> None:
    """Files that were given up, but whose slip could not be made then: tried again, so that none is forgotten."""
    with office.ledger.reading() as tx:
        given_up = [job.key.removeprefix(drop_job("")) for job in tx.poisoned_jobs() if job.kind == "drop"]
        open_still = [row.id for row in tx.drops(DropState.RECEIVED)] if given_up else []
    for drop_id in set(given_up) & set(open_still):
        try:
            _give_up(office, drop_id)
        except (ArchiveError, SetupError):
            raise
        except Exception as error:  # one file that cannot even be held must not stop the others
            office.log.failure("not-given-up", error, drop=drop_id)


def _give_up(office: Office, drop_id: str) -> None:
    """Three times it ended our workers: a person must look at the original, which is safe."""
    with office.ledger.reading() as tx:
        row = tx.drop(drop_id)
    if row is not None:
        settle(office, Paper(Part(drop_id, ()), row.received_at, (), reason=Reason.GAVE_UP))
        office.books.finish_drop(drop_id, DropState.GAVE_UP)
