"""Word documents of packets as somebody edits them, and what tests do with the sheets about them."""

from __future__ import annotations

import io
from collections.abc import Callable

from docx import Document
from docx.document import Document as WordDocument
from docx.text.paragraph import Paragraph

from pipeline.ledger import PartRow
from pipeline.model import Outcome
from tests.run.office import AnOffice, words_of

Change = Callable[[WordDocument], None]
FILED = {"choice:edited": "next-version"}


def edited(docx: bytes, *changes: Change) -> bytes:
    """The document opened, changed and saved."""
    word = Document(io.BytesIO(docx))
    for change in changes:
        change(word)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def paragraphs(word: WordDocument) -> list[Paragraph]:
    cells = [cell for table in word.tables for row in table.rows for cell in row.cells]
    return [*word.paragraphs, *(paragraph for cell in cells for paragraph in cell.paragraphs)]


def saying(old: str, new: str) -> Change:
    """Other words wherever these stand."""

    def change(word: WordDocument) -> None:
        found = [run for each in paragraphs(word) for run in each.runs if old in run.text]
        assert found, old
        for run in found:
            run.text = run.text.replace(old, new)

    return change


def held(office: AnOffice, docx: bytes) -> tuple[PartRow, str]:
    """The document that waits, and what its sheet says."""
    (part,) = office.drop(docx, "My changes.docx")
    assert part.outcome is Outcome.HELD
    return part, words_of(office.sheet_of(part).read_bytes())
