"""Sheets of ours that were printed, filled in by hand and scanned: known by their code, read like a form.

The sheet as we made it is the blank: what it held already is its print, so only what a hand added counts.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.archive import held_path
from pipeline.desk.answers import COPY, SheetAnswers, read_sheet
from pipeline.desk.penned import expected_on_request
from pipeline.desk.printed import as_read, box_of, expected_in
from pipeline.desk.words import pages_named
from pipeline.ledger import DropRow
from pipeline.model import Part, Reading
from pipeline.reading.formmap import Target
from pipeline.reading.pages import OpenedFile
from pipeline.run.certain import packet_names
from pipeline.run.confirming import CONFIRM_LIST, ConfirmSheet
from pipeline.run.office import Office
from pipeline.run.readpart import widget_values
from pipeline.run.requests import RequestSheet, blank_request
from pipeline.run.sheets import Correction, Sheet
from pipeline.values import Expectation

SHEET_CODE = "S1|"
REQUEST, OF_A_LIST = "request", "0"
MOST_NUMBERS = 2000


def is_sheet(part: Part) -> bool:
    """Whether the printed code of these pages is that of a sheet of ours."""
    return part.form.startswith(SHEET_CODE)


def sheet_on_paper(office: Office, drop: DropRow, opened: OpenedFile, part: Part) -> Sheet | None:
    """What was written by hand on a printed sheet; None where we never made such a sheet."""
    about, number = part.form.removeprefix(SHEET_CODE), part.edition
    if about == REQUEST:
        return _request(office, opened, part)
    if not number.isdecimal() or not about.isalnum():
        return None
    if number == OF_A_LIST:
        return _confirm_list(office, opened, part, about)
    return _correction(office, drop, opened, part)


def _correction(office: Office, drop: DropRow, opened: OpenedFile, part: Part) -> Correction | None:
    about = part.form.removeprefix(SHEET_CODE)
    path = held_path(about, int(part.edition))
    if not office.archive.has(path):
        return None
    made = office.archive.file(office.archive.deposit(path), "sheet.pdf")
    printed, pages = _printed(office, made)
    with office.ledger.reading() as tx:
        held = tx.part(about)
    year = office.local_day(drop.received_at).year
    expected = expected_in(office.site, held.form if held else "", printed, {}, year)
    values = as_read(_boxes(office, opened, part, made, expected), printed)
    copy = {COPY: printed.get(COPY, "")}
    answers, before = read_sheet({**values, **copy}, {}), read_sheet(printed, {})
    if answers is None or before is None:
        return None
    added = any(before.answers.get(key) != text for key, text in answers.answers.items())
    missing = tuple(number for number in pages if number not in _scanned(part))
    return Correction(
        _with_pages(answers, missing), is_started=added or bool(answers.initials) or bool(missing)
    )


def _with_pages(answers: SheetAnswers, missing: tuple[int, ...]) -> SheetAnswers:
    """What the sheet lacks, the pages that nobody scanned first."""
    if not missing:
        return answers
    verb = "was" if len(missing) == 1 else "were"
    named = pages_named(missing)
    words = f"{named[:1].upper()}{named[1:]} of the sheet {verb} not scanned, or could not be read."
    return replace(answers, missing=(words, *answers.missing))


def _scanned(part: Part) -> set[int]:
    """The pages of the sheet that are in the scan."""
    return {match.page for match in part.matches}


def _confirm_list(office: Office, opened: OpenedFile, part: Part, submission: str) -> ConfirmSheet | None:
    with office.ledger.reading() as tx:
        filed = tx.submission(submission)
    if filed is None:
        return None
    deposit = office.archive.deposit(filed.path)
    if CONFIRM_LIST not in [file.name for file in deposit.files]:
        return None
    made = office.archive.file(deposit, CONFIRM_LIST)
    printed, _ = _printed(office, made)
    values = as_read(_boxes(office, opened, part, made, {}), printed)
    return ConfirmSheet(submission, {**printed, **values})


def _request(office: Office, opened: OpenedFile, part: Part) -> RequestSheet:
    with office.ledger.reading() as tx:
        made_packets = [row.id for row in tx.packets()]
        filed = [row.id for row in tx.submissions()]
    expected = expected_on_request(packet_names(office.site), _newest(made_packets), _newest(filed))
    with TemporaryDirectory(prefix="request-", dir=office.scratch) as folder:
        made = Path(folder) / "request.pdf"
        made.write_bytes(blank_request(office.site))
        readings = _boxes(office, opened, part, made, expected)
    return RequestSheet(as_read(readings), readings)


def _newest(numbers: list[str]) -> list[str]:
    """Each number once. Requests are about what was made lately; a list of all years would be slow to compare."""
    return list(dict.fromkeys(reversed(numbers)))[:MOST_NUMBERS]


def _printed(office: Office, made: Path) -> tuple[dict[str, str], tuple[int, ...]]:
    """What stood in the boxes when the sheet was printed, and the pages that have boxes: the others say nothing."""
    with office.reader.opened(made) as ours:
        pages = (page.number for page in ours.pages if any(box.name != COPY for box in page.widgets))
        return dict(widget_values(ours)), tuple(pages)


def _boxes(
    office: Office, opened: OpenedFile, part: Part, made: Path, expected: dict[str, Expectation]
) -> tuple[Reading, ...]:
    return office.reader.sheet(part, opened, made, _target, expected)


def _target(name: str, state: str) -> Target | None:
    box = box_of(name, state)
    return Target(*box) if box else None
