"""Blank pages drawn with reportlab: shapes, corner markers, and the code of each page."""

from __future__ import annotations

import io
from collections.abc import Sequence

import segno
from reportlab.pdfgen.canvas import Canvas

from pipeline.model import Box
from pipeline.rendering.blank_shapes import (
    BOLD,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    REGULAR,
    BlankPage,
    Dot,
    Frame,
    Line,
    Shape,
    Words,
)

# The markers 0 to 3 of ArUco's DICT_4X4_50, black border included, # is black. Source: OpenCV,
# cv2.aruco.generateImageMarker(getPredefinedDictionary(DICT_4X4_50), id, 6); a test compares them.
MARKERS = (
    ("######", "#.#..#", "##.#.#", "###..#", "###.##", "######"),
    ("######", "######", "#....#", "#.##.#", "#.#.##", "######"),
    ("######", "###..#", "###..#", "###.##", "#..#.#", "######"),
    ("######", "#.##.#", "#.##.#", "##.###", "##..##", "######"),
)
MARKER_SIZE = 21.6
MARKER_INSET = 43.2
CODE_SIZE = 60.0
CODE_TOP = 37.0


def drawn(pages: Sequence[BlankPage], codes: Sequence[str], title: str) -> bytes:
    """The PDF of the pages without their fields. The same pages give the same bytes."""
    sheet = io.BytesIO()
    canvas = Canvas(sheet, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1, pageCompression=1)
    canvas.setTitle(title)
    for page, code in zip(pages, codes, strict=True):
        for shape in page.shapes:
            _draw(canvas, shape)
        _draw_markers(canvas)
        _draw_code(canvas, code)
        canvas.showPage()
    canvas.save()
    return sheet.getvalue()


def _draw(canvas: Canvas, shape: Shape) -> None:
    if isinstance(shape, Words):
        canvas.setFillGray(shape.grey)
        canvas.setFont(BOLD if shape.bold else REGULAR, shape.size)
        place = {
            "left": canvas.drawString,
            "centre": canvas.drawCentredString,
            "right": canvas.drawRightString,
        }
        place[shape.align](shape.x, PAGE_HEIGHT - shape.y, shape.text)
    elif isinstance(shape, Line):
        canvas.setStrokeGray(shape.grey)
        canvas.setLineWidth(shape.width)
        canvas.line(shape.x0, PAGE_HEIGHT - shape.y0, shape.x1, PAGE_HEIGHT - shape.y1)
    elif isinstance(shape, Dot):
        canvas.setFillGray(0)
        canvas.circle(shape.x, PAGE_HEIGHT - shape.y, shape.radius, stroke=0, fill=1)
    else:
        _draw_frame(canvas, shape)


def _draw_frame(canvas: Canvas, frame: Frame) -> None:
    if frame.fill is not None:
        canvas.setFillGray(frame.fill)
    canvas.setStrokeGray(frame.grey)
    canvas.setLineWidth(frame.width)
    box = frame.box
    canvas.rect(
        box.x0,
        PAGE_HEIGHT - box.bottom,
        box.width,
        box.height,
        stroke=int(frame.width > 0),
        fill=int(frame.fill is not None),
    )


def marker_boxes() -> tuple[Box, ...]:
    """Where the four markers lie: top left, top right, bottom right, bottom left."""
    near, far_x = MARKER_INSET, PAGE_WIDTH - MARKER_INSET - MARKER_SIZE
    far_y = PAGE_HEIGHT - MARKER_INSET - MARKER_SIZE
    corners = ((near, near), (far_x, near), (far_x, far_y), (near, far_y))
    return tuple(Box(x, y, x + MARKER_SIZE, y + MARKER_SIZE) for x, y in corners)


def code_box() -> Box:
    """Where the code lies, without its quiet zone."""
    left = (PAGE_WIDTH - CODE_SIZE) / 2
    return Box(left, CODE_TOP, left + CODE_SIZE, CODE_TOP + CODE_SIZE)


def _draw_markers(canvas: Canvas) -> None:
    for box, marker in zip(marker_boxes(), MARKERS, strict=True):
        _draw_modules(canvas, box, marker)


def _draw_code(canvas: Canvas, code: str) -> None:
    symbol = segno.make(code, error="m", micro=False, boost_error=False)
    modules = tuple("".join("#" if dark else "." for dark in row) for row in symbol.matrix)
    box = code_box()
    _draw_modules(canvas, box, modules)
    canvas.setFont(REGULAR, 6.2)
    canvas.drawCentredString(PAGE_WIDTH / 2, PAGE_HEIGHT - box.bottom - 12.5, code)


def _draw_modules(canvas: Canvas, box: Box, modules: Sequence[str]) -> None:
    """Dark squares, one path for each run in a row, so that no hairline shows between neighbours."""
    canvas.setFillGray(0)
    side = box.width / len(modules)
    path = canvas.beginPath()
    for row, line in enumerate(modules):
        start = None
        for column, mark in enumerate(f"{line}."):
            if mark == "#" and start is None:
                start = column
            elif mark != "#" and start is not None:
                y = PAGE_HEIGHT - box.top - (row + 1) * side
                path.rect(box.x0 + start * side, y, (column - start) * side, side)
                start = None
    canvas.drawPath(path, stroke=0, fill=1)
