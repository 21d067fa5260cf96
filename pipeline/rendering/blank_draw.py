"""Blank pages drawn: print first, then the boxes to fill in, the corner markers and the code of each page."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.fillable import PAGE_WIDTH, FillablePdf, Style
from pipeline.model import Box
from pipeline.rendering.blank_shapes import BlankPage, Dot, Line, Shape, Words

# The QR code with its quiet zone. Larger than a sheet's: a form comes back by fax and camera, and the code was
# found reliably from 0.8 in on; the quiet zone of four modules may reach into the margin, being white.
CODE_SIDE = 76.0
CODE_TOP = 28.0


def code_box() -> Box:
    """Where the code lies, its quiet zone included."""
    left = (PAGE_WIDTH - CODE_SIDE) / 2
    return Box(left, CODE_TOP, left + CODE_SIDE, CODE_TOP + CODE_SIDE)


def drawn(pages: Sequence[BlankPage], codes: Sequence[str], title: str) -> bytes:
    """The fillable PDF of the pages. The same pages give the same bytes."""
    pdf = FillablePdf(title)
    for number, (page, code) in enumerate(zip(pages, codes, strict=True)):
        if number:
            pdf.next_page()
        for shape in page.shapes:
            _draw(pdf, shape)
        for widget in page.widgets:
            pdf.field(widget)
        pdf.marks(code, code_box())
    return pdf.finish()


def _draw(pdf: FillablePdf, shape: Shape) -> None:
    if isinstance(shape, Words):
        pdf.text(shape.x, shape.y, shape.text, Style(shape.size, shape.bold, shape.grey), shape.align)
    elif isinstance(shape, Line):
        pdf.line(shape.x0, shape.y0, shape.x1, shape.y1, shape.width, shape.grey)
    elif isinstance(shape, Dot):
        pdf.dot(shape.x, shape.y, shape.radius)
    else:
        pdf.frame(shape.box, shape.width, shape.grey, shape.fill)
