"""Papers read once more with what a person says of them."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as member
from pathlib import Path

from pipeline.ledger import DropRow, PartRow
from pipeline.run.office import Office
from pipeline.run.readpart import ReadPart


@dataclass(frozen=True, slots=True)
class Reread:
    """A held part read as the form that somebody says it is. read: None where its boxes are not found on it."""

    part: str
    form: str
    read: ReadPart | None = member(repr=False)


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
