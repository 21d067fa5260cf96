"""What happens to everything dropped into the inbox.

Look, claim, receive, archive; then open, identify, read, check; then keep, hold or name a duplicate. Every
step may be repeated: a crash at any line leaves the drop to be taken up again, and what was done is found done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pipeline.disk import clear_away
from pipeline.errors import DropError
from pipeline.identify import missing_pages
from pipeline.inbox import Claim, Received, StillChanging
from pipeline.ledger import DropRow, DropState, Job, PartRow
from pipeline.ledger.index import drop_job
from pipeline.model import Outcome, PageMatch, Part, Reason
from pipeline.run.filing import held_paper, held_pictures, settle
from pipeline.run.needs_attention import tidy_needs_attention
from pipeline.run.office import Office
from pipeline.run.paper import Paper
from pipeline.run.reader import ReadPart
from pipeline.run.sheets import act_on_sheet, sheet_in
from pipeline.run.status import write_status
from pipeline.workers import Worked, work_on

Progress = Callable[[DropRow, tuple[PartRow, ...]], None]


@dataclass(frozen=True, slots=True)
class Round:
    """What one look at the inbox did. next_look_seconds: when something may have settled."""

    drops: tuple[str, ...]
    waiting: int
    refused: tuple[str, ...]
    away: bool
    next_look_seconds: float


def once(office: Office, progress: Progress | None = None) -> Round:
    """Takes in all that lies ready in the inbox, then shows people where things stand."""
    look = office.inbox.look()
    claims = [*look.claims]
    claims += [claim for candidate in look.ready if (claim := office.inbox.claim(candidate)) is not None]
    for claim in claims:
        _receive(office, claim)
    sheets = _receive_sheets(office)
    done = [row.id for row in _work(office, progress)]
    tidy_needs_attention(office)
    write_status(office, look)
    names = tuple(refused.name for refused in look.refused)
    return Round(tuple(done), look.waiting, names, look.away, min(look.next_look_seconds, sheets))


MOST_LOOKS = 400


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
        if not done.waiting:
            return
        time.sleep(min(done.next_look_seconds, 1.0))


def _receive(office: Office, claim: Claim) -> None:
    """The original into the archive, straight after the claim; only then does it leave the inbox."""
    try:
        received = office.inbox.receive(claim, office.scratch)
    except StillChanging:
        return
    _archive_original(office, received)
    office.inbox.finish(claim, received)


def _archive_original(office: Office, received: Received) -> None:
    day = office.local_day(received.drop.received_at)
    office.books.keep_original(received.drop, received.copy, received.file_type, received.source, day)


def _receive_sheets(office: Office) -> float:
    """Sheets saved in place: copied and archived like any drop, never moved under the viewer."""
    with office.ledger.reading() as tx:
        look = office.inbox.changed_sheets(tx.made_sheet, lambda drop: tx.drop(drop) is not None)
    for sheet in look.changed:
        try:
            received = office.inbox.receive_sheet(sheet, office.scratch)
        except StillChanging:
            continue
        _archive_original(office, received)
        clear_away(received.copy)
    return look.next_look_seconds


def _work(office: Office, progress: Progress | None) -> Iterator[DropRow]:
    """Every drop whose job is not done, one after the other."""
    with office.ledger.reading() as tx:
        keys = tx.jobs_to_do("drop")
    for key in keys:
        drop_id = key.removeprefix(drop_job(""))
        if work_on(office.ledger, key, partial(_process_job, office, drop_id)) is Worked.GAVE_UP:
            _give_up(office, drop_id)
        with office.ledger.reading() as tx:
            row, parts = tx.drop(drop_id), tx.parts(drop=drop_id)
        if row is not None:
            if progress is not None:
                progress(row, parts)
            yield row


def _process_job(office: Office, drop_id: str, job: Job) -> None:
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
    if row.source == "inbox" and before and all(part.outcome in _SPOKEN_FOR for part in before):
        for part in before:
            _repeat(office, drop_id, part)
    else:
        _read_and_settle(office, row)
    office.books.finish_drop(drop_id)


_SPOKEN_FOR = (
    Outcome.KEPT,
    Outcome.HELD,
    Outcome.DUPLICATE,
    Outcome.SUPPORTING,
    Outcome.SEPARATOR,
    Outcome.ACTED,
)


def _repeat(office: Office, drop_id: str, part: PartRow) -> None:
    """The very same file again: its parts are those of the first, whatever became of them."""
    again = Part(drop_id, part.pages)
    office.books.settle_part(
        replace(
            part,
            id=again.id,
            drop=drop_id,
            outcome=Outcome.DUPLICATE,
            reasons=(Reason.ALREADY_FILED,),
            round=0,
        )
    )


def _read_and_settle(office: Office, row: DropRow) -> None:
    original = _original(office, row)
    try:
        with office.reader.opened(original) as opened:
            if (sheet := sheet_in(opened)) is not None:
                act_on_sheet(office, row, opened, sheet)
                return
            year = office.local_day(row.received_at).year
            parts = office.reader.parts(row.id, opened, year)
    except DropError as failure:
        paper = Paper(Part(row.id, ()), row.received_at, (), reason=Reason(failure.reason))
        settle(office, paper)
        return
    for read in parts:
        _settle_part(office, row, read)


def _original(office: Office, row: DropRow) -> Path:
    deposit = office.archive.deposit(row.path)
    return office.archive.file(deposit, f"original.{row.file_type}")


def _settle_part(office: Office, row: DropRow, read: ReadPart) -> None:
    reason = next((match.reason for match in read.part.matches if match.reason), None)
    if reason in (Reason.BLANK_PAGE, Reason.SEPARATOR_PAGE):
        office.books.settle_part(
            PartRow(read.part.id, row.id, read.part.pages, Outcome.SEPARATOR, reasons=(reason,))
        )
        return
    part = read.part if reason is None else replace(read.part, form="", edition="")
    paper = Paper(part, row.received_at, read.readings, pages_missing=read.pages_missing)
    if read.pages_missing and _joins_waiting(office, paper, read.pictures):
        return
    settle(office, paper, read.pictures)


def _joins_waiting(office: Office, paper: Paper, pictures: tuple[bytes, ...]) -> bool:
    """Pages that were missing from a form that waits go to it, if they name the same person."""
    there = {match.page for match in paper.part.matches}
    with office.ledger.reading() as tx:
        waiting = [row for row in tx.parts(outcome=Outcome.HELD) if Reason.PAGE_MISSING in row.reasons]
    found: list[tuple[PartRow, Paper]] = []
    for row in waiting:
        if (row.form, row.edition) == (paper.part.form, paper.part.edition) and row.id != paper.part.id:
            first = held_paper(office, row)
            if there <= set(first.pages_missing) and office.reader.same_person(
                first.part, first.readings, paper.part, paper.readings
            ):
                found.append((row, first))
    if len(found) != 1:
        return False  # none, or two people wait for the same page: it waits for itself and a person decides
    row, first = found[0]
    joined = _joined(first, paper)
    _settle_joining(office, paper, row)
    settle(office, joined, (*held_pictures(office, row), *pictures))
    return True


def _joined(first: Paper, later: Paper) -> Paper:
    """The waiting form with the pages that came later."""
    origins = {match.page: (later.part.drop, later.part.id) for match in later.part.matches}
    matches: tuple[PageMatch, ...] = (*first.part.matches, *later.part.matches)
    all_pages = replace(first.part, matches=matches)
    return replace(
        first,
        part=all_pages,
        readings=(*first.readings, *later.readings),
        joined=(*first.joined, later.part.id),
        origins={**first.origins, **origins},
        pages_missing=missing_pages(all_pages),
    )


def _settle_joining(office: Office, paper: Paper, waiting: PartRow) -> None:
    """Before the form as a whole is decided, the later pages are spoken for: they wait with it."""
    part = paper.part
    office.books.settle_part(
        PartRow(
            part.id,
            part.drop,
            part.pages,
            Outcome.HELD,
            part.form,
            part.edition,
            (Reason.PAGE_MISSING,),
            path=waiting.path,
            round=waiting.round,
        )
    )


def _give_up(office: Office, drop_id: str) -> None:
    """Three times it ended our workers: a person must look at the original, which is safe."""
    with office.ledger.reading() as tx:
        row = tx.drop(drop_id)
    if row is not None:
        settle(office, Paper(Part(drop_id, ()), row.received_at, (), reason=Reason.GAVE_UP))
        office.books.finish_drop(drop_id, DropState.GAVE_UP)
