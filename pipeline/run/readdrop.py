"""A drop read, with nothing kept or decided yet: what a child process gives back to whoever files it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from dataclasses import field as member

from pipeline.errors import DropError
from pipeline.ledger import DropRow
from pipeline.ledger.index import drop_job
from pipeline.model import Decision, Reason
from pipeline.run.office import Office
from pipeline.run.onpaper import is_sheet, sheet_on_paper
from pipeline.run.reader import ReadPart
from pipeline.run.rereading import original_of
from pipeline.run.sheets import Sheet, sheet_in


@dataclass(frozen=True, slots=True)
class ReadDrop:
    """What is on the pages of a file. Nothing in it refers to the opened file, so it travels between processes.

    flaw: why the file cannot be used at all; then the rest is empty
    sheet: the sheet of ours that the whole file is, saved in a viewer; pages: its pages
    parts: every page in one part; on_paper: those of them that are sheets of ours, filled in by hand
    people: the mark of whom the office knew then
    repaired, signed: how the file was, in codes for the journal
    """

    flaw: Reason | None = None
    repaired: bool = False
    signed: bool = False
    sheet: Sheet | None = None
    pages: tuple[int, ...] = ()
    people: str = ""
    parts: tuple[ReadPart, ...] = member(default=(), repr=False)
    on_paper: tuple[tuple[ReadPart, Sheet], ...] = member(default=(), repr=False)


def read_drop(office: Office, row: DropRow) -> ReadDrop:
    """The archived original of a drop, opened and read. A file that cannot be read is no error but a flaw."""
    try:
        with office.reader.opened(original_of(office, row)) as opened:
            pages = tuple(page.number for page in opened.pages)
            how = ReadDrop(repaired=opened.repaired, signed=opened.signed, pages=pages)
            if (sheet := sheet_in(opened)) is not None:
                return replace(how, sheet=sheet)
            people = office.people()
            parts = office.parts_in(row.id, opened, row.received_at, people)
            sheets = [
                (read, sheet_on_paper(office, row, opened, read.part))
                for read in parts
                if is_sheet(read.part)
            ]
    except DropError as failure:
        return ReadDrop(flaw=Reason(failure.reason))
    known = tuple((read, sheet) for read, sheet in sheets if sheet is not None)
    taken = [read for read, _ in known]
    return replace(
        how, people=people.mark, parts=tuple(read for read in parts if read not in taken), on_paper=known
    )


def read_job(office: Office, key: str) -> ReadDrop:
    """The same for the key of a job."""
    with office.ledger.reading() as tx:
        row = tx.drop(key.removeprefix(drop_job("")))
    assert row is not None, key
    return read_drop(office, row)


def would_read_better(office: Office, read: ReadDrop) -> bool:
    """Whether a name or number of a person was not sure, and the office has come to know others since.

    Two files dropped together are read at once: the person of the second may be known by the first alone.
    """
    schemas = office.site.schemas
    unsure = any(
        reading.decision is not Decision.ACCEPTED and reading.field in schemas[each.part.form].person.fields
        for each in read.parts
        if each.part.form in schemas
        for reading in each.readings
    )
    return unsure and office.people().mark != read.people
