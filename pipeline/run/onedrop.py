"""One drop: from what was read of it to an outcome for each of its pages.

Every step may be repeated: what a crash left undone is done by whoever takes the job up again, and what was done is
found done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Final

from pipeline.ledger import DropRow, DropState, PartRow, Transaction
from pipeline.model import Outcome, Part, Reason
from pipeline.run.edited import file_edited
from pipeline.run.filing import release_waiting, settle
from pipeline.run.gathering import found_in, gathered
from pipeline.run.joining import has_joined, join_waiting, let_go_of_copies, may_join
from pipeline.run.office import Office
from pipeline.run.paper import Paper
from pipeline.run.readdrop import ReadDrop
from pipeline.run.readpart import ReadPart, same_person
from pipeline.run.returned import file_returned
from pipeline.run.sheets import act_on_sheet

_SPOKEN_FOR: Final = (
    Outcome.KEPT,
    Outcome.HELD,
    Outcome.DUPLICATE,
    Outcome.SUPPORTING,
    Outcome.SEPARATOR,
)


def file_drop(office: Office, row: DropRow, read: Callable[[], ReadDrop]) -> None:
    """An outcome for each page of a drop, from what was read of it. The very same file again is not looked at."""
    rest: tuple[PartRow, ...] = ()
    if before := seen_before(office, row):
        for part in before:
            _repeat(office, row.id, part)
    else:
        rest = _settle(office, row, read())
    release_waiting(office, row.id)
    office.books.finish_drop(row.id, settles=rest)


def seen_before(office: Office, row: DropRow) -> tuple[PartRow, ...]:
    """The parts of the very same file that came earlier, where all of them are spoken for; else none."""
    if row.source != "inbox":
        return ()
    with office.ledger.reading() as tx:
        before = tuple(_earlier(tx, row))
        filed = [tx.submission(part.submission) for part in before if part.submission]
    if any(form is not None and form.withdrawn_by for form in filed):
        return ()
    if any(_became_void(office, part) for part in before):
        return ()
    return before if all(part.outcome in _SPOKEN_FOR for part in before) else ()


def _became_void(office: Office, part: PartRow) -> bool:
    """Whether it is an edited document whose version of the packet is void: then it may become another."""
    if part.outcome is not Outcome.SUPPORTING or Reason.PACKET_EDITED not in part.reasons:
        return False
    number = str(office.archive.deposit(part.path).about["packet"])
    with office.ledger.reading() as tx:
        row = tx.packet(number)
    return row is not None and row.is_void


def _earlier(tx: Transaction, row: DropRow) -> Iterable[PartRow]:
    """Of drops that came before; and of one that came later but was filed first, since two are read at once."""
    for each in tx.drops_with_sha(row.sha256):
        parts = tx.parts(drop=each.id) if each.id != row.id else ()
        if (each.received_at, each.id) < (row.received_at, row.id) or _stands_by_itself(each, parts):
            yield from parts


def _stands_by_itself(drop: DropRow, parts: tuple[PartRow, ...]) -> bool:
    """Whether it is filed to its end and no copy of another one: else each of two might be the copy of the other."""
    return drop.state is DropState.FINISHED and all(
        Reason.ALREADY_FILED not in part.reasons for part in parts
    )


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


def _settle(office: Office, row: DropRow, read: ReadDrop) -> tuple[PartRow, ...]:
    """What is left to be said with the end of the drop: of pages that ask nothing and that nothing hangs on."""
    if read.repaired or read.signed:
        office.books.record("opened", drop=row.id, repaired=read.repaired, signed=read.signed)
    if read.flaw is not None:
        settle(office, Paper(Part(row.id, ()), row.received_at, (), reason=read.flaw))
    elif read.edited is not None:
        file_edited(office, row, read.edited)
    elif read.sheet is not None:
        act_on_sheet(office, row, Part(row.id, read.pages), read.sheet)
    else:
        parts = (*read.parts, *read.returned, *(on_paper for on_paper, _ in read.on_paper))
        office.books.note_step("read", input=row.sha256, output=found_in(parts))
        for on_paper, sheet in read.on_paper:
            act_on_sheet(office, row, on_paper.part, sheet)
        for pages in read.returned:
            file_returned(office, row, pages)
        return _settle_all(office, row, read.parts, read.repaired)
    return ()


def _settle_all(
    office: Office, row: DropRow, parts: tuple[ReadPart, ...], repaired: bool
) -> tuple[PartRow, ...]:
    """Pages that belong together are brought together; then each part gets its outcome."""
    whole, copies = gathered(parts, partial(_same_person, office))
    rest = [
        PartRow(copy.id, row.id, copy.pages, Outcome.DUPLICATE, copy.form, copy.edition, (Reason.PAGE_TWICE,))
        for copy in copies
    ]
    for read in whole:
        reason = _reason_of(read)
        if reason in (Reason.BLANK_PAGE, Reason.SEPARATOR_PAGE):
            rest.append(PartRow(read.part.id, row.id, read.part.pages, Outcome.SEPARATOR, reasons=(reason,)))
        else:
            _settle_part(office, row, read, reason, repaired)
    return tuple(rest)


def _reason_of(read: ReadPart) -> Reason | None:
    return next((match.reason for match in read.part.matches if match.reason), None)


def _same_person(office: Office, one: ReadPart, other: ReadPart) -> bool:
    return same_person(office.site, one.part, one.readings, other.part, other.readings)


def _settle_part(office: Office, row: DropRow, read: ReadPart, reason: Reason | None, repaired: bool) -> None:
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
        repaired=repaired,
    )
    if read.pages_missing:
        if has_joined(office, paper.part.id) or join_waiting(office, paper, read.pictures):
            return
        paper = replace(paper, may_join=may_join(office, paper))
    settled = settle(office, paper, read.pictures)
    if settled.outcome is Outcome.KEPT:
        let_go_of_copies(office, paper, settled)
