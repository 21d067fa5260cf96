"""Papers read once more with what a person or a printed code says of them."""

from __future__ import annotations

from pathlib import Path

from pipeline.archive import held_path
from pipeline.desk.answers import COPY, SheetAnswers, read_sheet
from pipeline.desk.printed import as_read, box_of, expected_in
from pipeline.ledger import DropRow, PartRow
from pipeline.model import Part
from pipeline.reading.formmap import Target
from pipeline.reading.pages import OpenedFile
from pipeline.run.office import Office
from pipeline.run.reader import ReadPart, widget_values

SHEET_CODE = "S1|"


def original_of(office: Office, drop: DropRow) -> Path:
    deposit = office.archive.deposit(drop.path)
    return office.archive.file(deposit, f"original.{drop.file_type}")


def read_as(office: Office, held: PartRow, form: str) -> ReadPart | None:
    """The pages of a held part read as pages of one form; None where its boxes are not found on them."""
    with office.ledger.reading() as tx:
        drop = tx.drop(held.drop)
    if drop is None or not held.pages:
        return None
    year = office.local_day(drop.received_at).year
    with office.reader.opened(original_of(office, drop)) as opened:
        return office.reader.part_as(form, held.drop, opened, held.pages, year)


def is_sheet(part: Part) -> bool:
    """Whether the printed code of these pages is that of a correction sheet of ours."""
    return part.form.startswith(SHEET_CODE) and part.form != f"{SHEET_CODE}request"


def answers_on_paper(office: Office, drop: DropRow, opened: OpenedFile, part: Part) -> SheetAnswers | None:
    """What was written by hand on a printed sheet; None where we never made such a sheet.

    The sheet as we made it is the blank: what it held already is its print, so only what a hand added counts.
    """
    about, number = part.form.removeprefix(SHEET_CODE), part.edition
    if not number.isdecimal() or not about.isalnum():
        return None
    path = held_path(about, int(number))
    if not office.archive.has(path):
        return None
    made = office.archive.file(office.archive.deposit(path), "sheet.pdf")
    with office.reader.opened(made) as ours:
        printed = widget_values(ours)
    with office.ledger.reading() as tx:
        held = tx.part(about)
    year = office.local_day(drop.received_at).year
    expected = expected_in(office.site, held.form if held else "", printed, {}, year)
    readings = office.reader.sheet(part, opened, made, _target, expected)
    values = as_read(readings, printed)
    return read_sheet({**values, COPY: printed.get(COPY, "")}, {})


def _target(name: str, state: str) -> Target | None:
    box = box_of(name, state)
    return Target(*box) if box else None
