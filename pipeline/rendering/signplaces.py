"""Where a document is signed, and by whom: rows of its tables that are headed "Role and name" and "Signature".

The Word file says which roles sign; the PDF says where. Both must tell the same rows in the same order, else no row
has a place: a box that is a line off would take one person's signature for another's. All lengths are PDF points.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import pypdfium2
import pypdfium2.raw as pdfium
from lxml import etree

from pipeline.model import Box
from pipeline.rendering.docxfile import W

ROLE, SIGNATURE, DATE = "Role and name", "Signature", "Date"
NOT_WANTED = "Not applicable"
THIN: Final = 2.5  # no rule of a table is thicker; its cells are higher
NEAR: Final = 2.0

_W = f"{{{W}}}"
Rect = tuple[float, float, float, float]  # left, bottom, right, top; origin at the bottom left, as PDF has it


@dataclass(frozen=True, slots=True)
class SignaturePlace:
    """A line on which a role signs. wanted: False where the paper says that nobody signs there.

    below: what stands below the role: the name, or what is signed for; empty where a hand writes it
    page: of the document, 0 where it was not found in the PDF; date: the box of the day beside it
    """

    role: str
    wanted: bool
    page: int = 0
    box: Box | None = None
    date: Box | None = None
    below: str = ""


def signature_places(docx: bytes, pdf: bytes | None = None) -> tuple[SignaturePlace, ...]:
    """Every place of the document where a role signs, in reading order."""
    places = tuple(_in_word(docx))
    if pdf is None or not places:
        return places
    rows = list(_in_pdf(pdf))
    if len(rows) != len(places) or not all(
        _squeezed(text).startswith(_squeezed(place.role))
        for (text, _), place in zip(rows, places, strict=True)
    ):
        return places
    return tuple(
        replace(place, page=at.page, box=at.box, date=at.date)
        for (_, at), place in zip(rows, places, strict=True)
    )


def _squeezed(text: str) -> str:
    return "".join(text.split())


# --- the Word file --------------------------------------------------------------------------------


def _in_word(docx: bytes) -> Iterator[SignaturePlace]:
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        root = etree.fromstring(package.read("word/document.xml"), parser)
    for table in root.iter(f"{_W}tbl"):
        head, *rows = [_cells(row) for row in table.findall(f"{_W}tr")] or [[]]
        heads = [" ".join(lines) for lines in head]
        if not heads or heads[0] != ROLE or SIGNATURE not in heads:
            continue
        for row in rows:
            lines = row[0] if row else []
            wanted = bool(lines) and NOT_WANTED not in lines
            below = lines[1] if wanted and lines[1:] else ""
            yield SignaturePlace(
                lines[0] if lines else "", wanted, below="" if below.endswith(":") else below.rstrip(".")
            )


def _cells(row: etree._Element) -> list[list[str]]:
    """The lines of each cell of a row, without empty ones."""
    found: list[list[str]] = []
    for cell in row.findall(f"{_W}tc"):
        texts = ["".join(text.text or "" for text in line.iter(f"{_W}t")) for line in cell.iter(f"{_W}p")]
        found.append([" ".join(text.split()) for text in texts if text.strip()])
    return found


# --- the PDF --------------------------------------------------------------------------------------


def _in_pdf(pdf: bytes) -> Iterator[tuple[str, SignaturePlace]]:
    """Text of the first cell, and where it is signed, for each row of each such table."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        for number, page in enumerate(document, start=1):
            words = page.get_textpage()
            heads = list(_heads(words))
            rules = _rules(page) if heads else []
            for head in heads:
                yield from _rows(number, float(page.get_height()), words, rules, head)
    finally:
        document.close()


def _heads(words: Any) -> Iterator[Rect]:
    """Where the heads of such tables stand on the page, from its top."""
    search = words.search(ROLE, match_case=True)
    while (found := search.get_next()) is not None:
        first, count = found
        boxes = [words.get_charbox(first + at) for at in range(count)]
        yield (
            min(box[0] for box in boxes),
            min(box[1] for box in boxes),
            max(box[2] for box in boxes),
            max(box[3] for box in boxes),
        )


def _rules(page: Any) -> list[Rect]:
    """The thin lines on the page."""
    found = [item.get_bounds() for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=1)]
    return [rect for rect in found if min(rect[2] - rect[0], rect[3] - rect[1]) <= THIN]


def _rows(
    number: int, height: float, words: Any, rules: Sequence[Rect], head: Rect
) -> Iterator[tuple[str, SignaturePlace]]:
    across, down = (head[0] + head[2]) / 2, (head[1] + head[3]) / 2
    lines = [rule for rule in rules if rule[2] - rule[0] > THIN and rule[0] <= across <= rule[2]]
    sides = [rule for rule in rules if rule[3] - rule[1] > THIN and rule[1] - NEAR <= down <= rule[3] + NEAR]
    edges = _apart((side[0] + side[2]) / 2 for side in sides)
    below = [line for line in lines if line[3] < head[1] + NEAR]
    if not below or len(edges) < 3:
        return
    foot = min(side[1] for side in sides)
    levels = [
        level for level in reversed(_apart((line[1] + line[3]) / 2 for line in below)) if level > foot - NEAR
    ]
    top = min((line[1] for line in lines if line[1] > head[3] - NEAR), default=head[3])
    columns = {
        " ".join(words.get_text_bounded(left, levels[0], right, top).split()): (left, right)
        for left, right in pairwise(edges)
    }
    if not {ROLE, SIGNATURE} <= columns.keys():
        return
    for upper, lower in pairwise(levels):
        left, right = columns[ROLE]
        boxes = {
            name: Box(columns[name][0], height - upper, columns[name][1], height - lower)
            for name in (SIGNATURE, DATE)
            if name in columns
        }
        place = SignaturePlace("", True, number, boxes[SIGNATURE], boxes.get(DATE))
        yield words.get_text_bounded(left, lower, right, upper), place


def _apart(places: Iterator[float] | Sequence[float]) -> list[float]:
    """The places in order, those that are one line taken once."""
    found: list[float] = []
    for place in sorted(places):
        if not found or place - found[-1] > NEAR:
            found.append(place)
    return found
