"""From the inbox into the archive: what lies ready is claimed, copied, hashed and kept before anybody reads it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pipeline.disk import clear_away
from pipeline.errors import ArchiveError, DropError
from pipeline.inbox import Claim, Look, Received, SheetLook, StillChanging
from pipeline.run.actors import note_who_saved
from pipeline.run.office import Office

MOST_AT_ONCE: Final = 50  # files taken in before the first of them is read
STRUCK_ENOUGH: Final = 3  # failures in one look after which the machine is to blame, and the rest waits


def take_in(office: Office, look: Look, stop: Callable[[], bool]) -> bool:
    """Receives what lies ready, oldest first, as far as one look goes; whether something is left."""
    struck = 0
    office.troubles.keep_only("claim:", {f"claim:{claim.cid}" for claim in look.claims})
    claims = list(look.claims[:MOST_AT_ONCE])
    candidates = list(look.ready[: MOST_AT_ONCE - len(claims)])
    while (claims or candidates) and struck < STRUCK_ENOUGH and not stop():
        if not claims:
            with office.troubles.apart("claiming", "Taking a file from the inbox") as went:
                claim = office.inbox.claim(candidates.pop(0))
                claims += [claim] if claim is not None else []
            struck += not went.well
            continue
        claim = claims.pop(0)
        with office.troubles.apart(f"claim:{claim.cid}", "Taking in a file") as went:
            _receive(office, claim)
        struck += not went.well
    return len(look.claims) + len(look.ready) > MOST_AT_ONCE


def _receive(office: Office, claim: Claim) -> None:
    """The original into the archive, straight after the claim; only then does it leave the inbox."""
    try:
        received = office.inbox.receive(claim, office.scratch)
    except StillChanging as failure:
        if isinstance(failure.__cause__, OSError) and not isinstance(failure.__cause__, FileNotFoundError):
            raise ArchiveError(UNREADABLE) from failure
        return
    except DropError as failure:  # somebody swapped the file for a link or a folder; it stays as it lies
        office.log.failure("not-received", failure, claim=claim.cid)
        return
    try:
        _archive_original(office, received)
    finally:
        clear_away(received.copy)
    office.inbox.finish(claim, received)


UNREADABLE = "it cannot be read at the moment (disk or share). It stays where it is and is tried again."


def _archive_original(office: Office, received: Received) -> None:
    day = office.local_day(received.drop.received_at)
    note_who_saved(office, received.drop.id, received.owner)  # first: a kept sheet is not looked at again
    office.books.keep_original(received.drop, received.copy, received.file_type, received.source, day)


def receive_sheets(office: Office) -> SheetLook:
    """Sheets saved in place: copied and archived like any drop, never moved under the viewer."""
    with office.ledger.reading() as tx:
        look = office.inbox.changed_sheets(tx.made_sheet, lambda drop: tx.drop(drop) is not None)
    for sheet in look.changed:
        try:
            received = office.inbox.receive_sheet(sheet, office.scratch)
        except StillChanging:
            continue
        except DropError as failure:
            office.log.failure("sheet-not-received", failure, drop=sheet.drop)
            continue
        _archive_original(office, received)
        clear_away(received.copy)
    return look
