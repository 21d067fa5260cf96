"""What happens to everything dropped into the inbox.

Look, claim, receive, archive; then open, identify, read, check; then keep, hold or name a duplicate. Every
step may be repeated: a crash at any line leaves the drop to be taken up again, and what was done is found done.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.errors import ArchiveError
from pipeline.inbox import SheetLook
from pipeline.run.needs_attention import tidy_needs_attention
from pipeline.run.office import Office
from pipeline.run.queue import to_do
from pipeline.run.receiving import receive_sheets, take_in
from pipeline.run.status import write_status
from pipeline.run.work import Progress, give_up_the_rest, worked_on


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
        for row in worked_on(office, progress, stop):
            done.append(row.id)
        office.crew.rest()
    with office.troubles.apart("given-up", "Holding files that could not be read"):
        give_up_the_rest(office)
    if not look.away:
        with office.troubles.apart("tidy", "Putting sheets into needs-attention"):
            tidy_needs_attention(office, sheets.listing)
        with office.troubles.apart("status", "Making the page STATUS.html"):
            write_status(office, look)
    left = left or bool(office.crew.in_hand or to_do(office))
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
