"""The sheets people find in needs-attention: made to agree with what waits, as often as one likes.

A sheet that was deleted comes back; one whose paper is settled goes away, unless a person has saved something
into it that was not taken yet. An open sheet is never rewritten: its bytes are those of the archive.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from pipeline.desk.short import kind_of_paper
from pipeline.disk import sha256_of
from pipeline.inbox import Listing
from pipeline.inbox.names import NEEDS_ATTENTION
from pipeline.ledger import DropState, PartRow, SheetRow
from pipeline.model import Outcome, Reason
from pipeline.run.confirming import CONFIRM, CONFIRM_LIST, unconfirmed
from pipeline.run.hearsigned import settle_signatures
from pipeline.run.office import Office

SHEET = "sheet.pdf"
SAID_ON_A_SLIP = frozenset({Reason.SHEET_OLD_ROUND, Reason.SHEET_UNFINISHED, Reason.REQUEST_FAILED})


def tidy_needs_attention(office: Office, listing: Listing | None = None) -> None:
    """Puts the sheet of every waiting part where people find it, and takes the settled ones away.

    listing: what lay there before. Where neither it nor the ledger has changed since a time when there was nothing to
    do, there is nothing to do.
    """
    at = (office.ledger.version(), listing)
    if listing is not None and office.tidy_at == at:
        return
    office.tidy_at = None
    if not _tidied(office):
        office.tidy_at = at


def _tidied(office: Office) -> int:
    """How many sheets were put or taken away, or were to be: what fails is tried again."""
    tried = settle_signatures(office)
    with office.ledger.reading() as tx:
        waiting = {
            row.id: row for outcome in (Outcome.HELD, Outcome.REFUSED) for row in tx.parts(outcome=outcome)
        }
        sheets = tx.sheets()
    placed = {(sheet.part, sheet.round): sheet.name for sheet in sheets if sheet.name}
    there = _names_there(office)
    office.troubles.keep_only("sheet:", {f"sheet:{part}" for part in waiting})
    for row in waiting.values():
        if _wants_a_sheet(row) and placed.get((row.id, row.round)) not in there:
            tried += 1
            with office.troubles.apart(f"sheet:{row.id}", "Putting a sheet into needs-attention"):
                _put(office, row)
    listed, put = _put_confirm_lists(office, sheets)
    tried += put
    for sheet in sheets:
        if sheet.part in listed and sheet.kind == CONFIRM:
            continue
        part = waiting.get(sheet.part)
        if sheet.name and (part is None or not _wants_a_sheet(part) or sheet.round != part.round):
            tried += 1
            _take_away(office, sheet)
    return tried + _clear_copies(office, sheets, waiting)


def _put_confirm_lists(office: Office, sheets: Sequence[SheetRow]) -> tuple[set[str], int]:
    """The lists of handwriting to confirm; gives the parts whose list still waits, and how many were to be put."""
    tried = 0
    with office.ledger.reading() as tx:
        filed = {row.part: row for row in tx.submissions() if not row.withdrawn_by}
    waiting: set[str] = set()
    for sheet in sheets:
        row = filed.get(sheet.part)
        if sheet.kind != CONFIRM or row is None or not unconfirmed(office, row):
            continue
        waiting.add(sheet.part)
        if sheet.name and _place(office, sheet.name).is_file():
            continue
        tried += 1
        name = f"{office.local_day(row.received_at).isoformat()} To confirm {row.case} {row.id[:6]}.pdf"
        with office.troubles.apart(f"list:{row.id}", "Putting a list to confirm into needs-attention"):
            office.inbox.put(name, office.archive.read(office.archive.deposit(row.path), CONFIRM_LIST))
            with office.ledger.transaction() as tx:
                tx.sheet_placed(sheet.part, sheet.round, sheet.kind, name)
    return waiting, tried


def _wants_a_sheet(row: PartRow) -> bool:
    return Reason.DISMISSED not in row.reasons and row.path.startswith(f"held/{row.id}/")


def sheet_name(office: Office, row: PartRow) -> str:
    """A name that says what it is and when it came, and nothing about a person."""
    form = office.site.forms.get((row.form, row.edition))
    with office.ledger.reading() as tx:
        drop = tx.drop(row.drop)
    day = office.local_day(drop.received_at).isoformat() if drop else ""
    title = form.title if form else kind_of_paper(row.reasons)
    safe = "".join(ch if ch.isalnum() or ch in " -" else " " for ch in title)
    return f"{day} {' '.join(safe.split())} {row.id[:6]}-{row.round}.pdf"


def _names_there(office: Office) -> frozenset[str]:
    """The name of every file in needs-attention; empty where the folder is not there yet."""
    try:
        with os.scandir(office.folders.inbox / NEEDS_ATTENTION) as entries:
            return frozenset(entry.name for entry in entries if entry.is_file(follow_symlinks=False))
    except FileNotFoundError:
        return frozenset()


def _put(office: Office, row: PartRow) -> None:
    name = sheet_name(office, row)
    deposit = office.archive.deposit(row.path)
    office.inbox.put(name, office.archive.read(deposit, SHEET))
    with office.ledger.transaction() as tx:
        tx.sheet_placed(row.id, row.round, "sheet", name)


def _place(office: Office, name: str) -> Path:
    return office.folders.inbox / NEEDS_ATTENTION / name


def _take_away(office: Office, sheet: SheetRow) -> None:
    """Removes a settled sheet whose bytes are ours, or are in the archive as a drop already."""
    place = _place(office, sheet.name)
    try:
        found = sha256_of(place)
        with office.ledger.reading() as tx:
            is_safe = found == sheet.sha256 or bool(tx.drops_with_sha(found))
        if not is_safe or not office.inbox.remove(sheet.name, found):
            return
    except FileNotFoundError:
        pass
    except OSError:
        return  # held open by a viewer; the next look takes it away
    with office.ledger.transaction() as tx:
        tx.sheet_placed(sheet.part, sheet.round, sheet.kind, "")


# --- under other names ----------------------------------------------------------------------------


def _clear_copies(office: Office, sheets: Sequence[SheetRow], waiting: Mapping[str, PartRow]) -> int:
    """Sheets that people renamed or saved under another name leave too, once nothing is left to be said on them.

    Gives how many were to leave.
    """
    tried = 0
    ours = {sheet.sha256: sheet for sheet in sheets}
    for name, digest in office.inbox.under_other_names({sheet.name for sheet in sheets}).items():
        if not digest:
            tried += 1  # by the program that saves it; the next look finds it again
            continue
        sheet = ours.get(digest)
        is_spent = _is_over(sheet, waiting) if sheet else _was_heard(office, digest, waiting)
        if is_spent:
            tried += 1
            with suppress(OSError):  # held open by a viewer; the next look takes it away
                office.inbox.remove(name, digest)
    return tried


def _is_over(sheet: SheetRow, waiting: Mapping[str, PartRow]) -> bool:
    part = waiting.get(sheet.part)
    return sheet.kind != CONFIRM and (part is None or not _wants_a_sheet(part) or part.round != sheet.round)


def _was_heard(office: Office, digest: str, waiting: Mapping[str, PartRow]) -> bool:
    """Whether these bytes came in as a sheet that was acted upon or answered by a slip. A scan that somebody put
    into the folder, and a sheet that somebody means to go on with, stay."""
    with office.ledger.reading() as tx:
        drops = [drop for drop in tx.drops_with_sha(digest) if drop.state is DropState.FINISHED]
        parts = [part for drop in drops for part in tx.parts(drop=drop.id)]
    return bool(parts) and all(_is_done(office, part, waiting) for part in parts)


def _is_done(office: Office, part: PartRow, waiting: Mapping[str, PartRow]) -> bool:
    if part.outcome is Outcome.REFUSED:
        return bool(SAID_ON_A_SLIP & set(part.reasons))
    if part.outcome is not Outcome.ACTED:
        return False
    if Reason.SHEET_UNFINISHED not in part.reasons:
        return True
    if not part.path.startswith("held/"):
        return False  # a confirm list
    return all(part.path != about.path for about in waiting.values())
