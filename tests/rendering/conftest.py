"""Word documents made on the spot, and a reader of PDF text, for the tests of this room."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import pytest
from docx import Document

from pipeline.showing import Blank, Context, Shown, ShownTable

DocxMaker = Callable[..., bytes]


def docx_of(*paragraphs: str, title: str = "A title", table: Sequence[Sequence[str]] = ()) -> bytes:
    document = Document()
    document.core_properties.title = title
    for text in paragraphs:
        document.add_paragraph(text)
    if table:
        grid = document.add_table(len(table), len(table[0]))
        for row, texts in zip(grid.rows, table, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def paragraphs_of(docx: bytes) -> list[str]:
    return [paragraph.text for paragraph in Document(io.BytesIO(docx)).paragraphs]


def rows_of(docx: bytes) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in Document(io.BytesIO(docx)).tables[0].rows]


@pytest.fixture
def context() -> Context:
    services = ShownTable(
        (
            {"code": Shown("T2021"), "amount": Shown("$1,250.00"), "unit": Shown("Hour", ("hour",))},
            {"code": Shown("H2015"), "amount": Shown("$90.10"), "unit": Shown("Day", ("day",))},
        ),
        facts=("FACT-SERVICES",),
    )
    return Context(
        places={
            "person.name.first": Shown("Ada", facts=("FACT-FIRST",)),
            "person.name.last": Shown("Quince & <Sons>"),
            "person.birth_date": Blank("Birth date"),
            "person.medicaid_active": Shown("Yes", ("yes",)),
            "benefits.medicaid_id": Shown("40718265"),
            "plan.risks": Blank("Risks", {"risk": "Risk", "support": "Support"}),
            "plan.services": services,
            "packet.id": Shown("ABCDEFGHJKMN"),
            "today": Shown("3/4/2027"),
        },
        private=frozenset({"benefits.medicaid_id"}),
    )
