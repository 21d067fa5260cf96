"""A drop read, with nothing kept or decided yet: what a child process gives back to whoever files it."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as member

from pipeline.model import Decision, Reason
from pipeline.run.editedword import EditedWord
from pipeline.run.office import Office
from pipeline.run.readpart import ReadPart
from pipeline.run.sheets import Sheet


@dataclass(frozen=True, slots=True)
class ReadDrop:
    """What is on the pages of a file. Nothing in it refers to the opened file, so it travels between processes.

    flaw: why the file cannot be used at all; then the rest is empty
    sheet: the sheet of ours that the whole file is, saved in a viewer; pages: its pages
    parts, returned, on_paper: every page in one part of these; returned: pages of our own packets that came back;
    on_paper: sheets of ours, filled in by hand
    edited: the Word document of ours that the file is
    people: the mark of whom the office knew then
    repaired, signed: how the file was, in codes for the journal
    """

    flaw: Reason | None = None
    repaired: bool = False
    signed: bool = False
    sheet: Sheet | None = None
    pages: tuple[int, ...] = ()
    edited: EditedWord | None = None
    people: str = ""
    parts: tuple[ReadPart, ...] = member(default=(), repr=False)
    returned: tuple[ReadPart, ...] = member(default=(), repr=False)
    on_paper: tuple[tuple[ReadPart, Sheet], ...] = member(default=(), repr=False)


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
