"""What a camera looks for on a page: corner markers, QR code, check of the printed code.

The same marks stand on blanks and on sheets (docs/formats.md, "Marks on generated blanks"), so a sheet that was
printed and filled by hand is found and straightened by the same reader as a form.
"""

from __future__ import annotations

from collections.abc import Iterator

import segno

from pipeline.model import Box, check_characters

PAGE_WIDTH, PAGE_HEIGHT = 612.0, 792.0
EDGE = 43.2
"""Outer edges of the markers, 0.6 in from the paper's edge: scanners and printers lose the outermost half inch."""
MARKER = 21.6
QR_SIDE = 54.0
QUIET_MODULES = 4

# Source: OpenCV's predefined dictionary DICT_4X4_50, ids 0 to 3; a test compares them with it. 1 is white.
_BITS = (
    ("1011", "0101", "0011", "0010"),
    ("0000", "1111", "1001", "1010"),
    ("0011", "0011", "0010", "1101"),
    ("1001", "1001", "0100", "0110"),
)


def printed_code(*parts: str | int) -> str:
    """`S1|part|round|page|pages|CC`: the parts joined by bars, then their two check characters."""
    body = "|".join(str(part) for part in parts)
    return f"{body}|{check_characters(body)}"


def parts_of_code(code: str) -> tuple[str, ...] | None:
    """The parts of a printed code without its check characters, None where they do not fit."""
    body, _, check = code.strip().rpartition("|")
    return tuple(body.split("|")) if body and check_characters(body) == check else None


def marker_boxes() -> tuple[Box, Box, Box, Box]:
    """The places of markers 0 to 3: top left, top right, bottom right, bottom left."""
    left, right = EDGE, PAGE_WIDTH - EDGE - MARKER
    top, bottom = EDGE, PAGE_HEIGHT - EDGE - MARKER
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    first, second, third, fourth = (Box(x, y, x + MARKER, y + MARKER) for x, y in corners)
    return first, second, third, fourth


def white_cells(marker: int, box: Box) -> Iterator[Box]:
    """The white squares inside the black square of a marker: six cells a side, the outer ring black."""
    cell = box.width / 6
    for row, bits in enumerate(_BITS[marker]):
        for column, bit in enumerate(bits):
            if bit == "1":
                x, y = box.x0 + (column + 1) * cell, box.top + (row + 1) * cell
                yield Box(x, y, x + cell, y + cell)


def qr_box() -> Box:
    """Where the QR code stands with its quiet zone: at the top centre, level with the markers."""
    x0 = (PAGE_WIDTH - QR_SIDE) / 2
    return Box(x0, EDGE - 8, x0 + QR_SIDE, EDGE - 8 + QR_SIDE)


def dark_modules(code: str, box: Box) -> Iterator[Box]:
    """The dark runs of the QR code of a text, quiet zone of four modules left free inside the box."""
    rows = [list(row) for row in segno.make_qr(code, error="m", boost_error=False).matrix]
    side = box.width / (len(rows) + 2 * QUIET_MODULES)
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                left, top = box.x0 + (start + QUIET_MODULES) * side, box.top + (y + QUIET_MODULES) * side
                yield Box(left, top, left + (x - start) * side, top + side)
            x += 1
