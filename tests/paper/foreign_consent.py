"""A letter with lines to write on, no printed boxes at all, and a second page that is turned and cropped.

Awkward on purpose: widgets without borders on ruled lines, text running around them, a landscape page that is
a portrait page with /Rotate 90, a crop box that does not begin at
zero, a locked file whose password is empty.
"""

from __future__ import annotations

import io

import pikepdf
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from tests.paper.widgetry import Box, with_boxes

LINES = (
    ("I,", "first", 130, "", "last", 150),
    ("born on", "born", 100, "living at", "street", 210),
    ("in", "city", 140, "agree that", "agency", 210),
)
KINDS = ("medical records", "school records", "psychological reports", "plans of support", "billing records")


def consent(*, locked: bool = False) -> bytes:
    """Two pages: a consent to share records, and a log turned sideways. locked: encrypted, empty password."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=letter, invariant=1)
    boxes = [*_letter(canvas)]
    canvas.showPage()
    boxes += _log(canvas)
    canvas.showPage()
    canvas.save()
    pdf = pikepdf.open(io.BytesIO(with_boxes(buffer.getvalue(), boxes)))
    pdf.pages[1].Rotate = 90
    pdf.pages[1].CropBox = pikepdf.Array([18, 36, 594, 756])
    out = io.BytesIO()
    if locked:
        pdf.save(out, encryption=pikepdf.Encryption(owner="a-secret-owner", user="", R=4))
    else:
        pdf.save(out, static_id=True)
    return out.getvalue()


def _letter(canvas: Canvas) -> list[Box]:
    boxes = []
    canvas.setFont("Times-Italic", 17)
    canvas.drawCentredString(306, 720, "Consent to Share Information")
    y = 670.0
    for first, name, width, then, other, other_width in LINES:
        x = _words(canvas, 72, y, first)
        boxes.append(_ruled(canvas, name, x, y, width))
        x = _words(canvas, x + width + 5, y, then)
        boxes.append(_ruled(canvas, other, x, y, other_width))
        y -= 34
    _words(canvas, 72, y, "may give the following to my support coordinator (circle or mark):")
    for kind in KINDS:
        y -= 24
        canvas.circle(96, y + 3, 5)
        _words(canvas, 110, y, kind)
        boxes.append(Box(f"share.{kind.split()[0]}", 1, (90, y - 3, 102, y + 9), state="On"))
    y -= 40
    _words(canvas, 72, y, "What must not be shared:")
    for place in range(3):
        y -= 26
        boxes.append(_ruled(canvas, f"not_shared.{place}", 72, y, 468))
    y -= 40
    x = _words(canvas, 72, y, "This consent ends on")
    boxes.append(_ruled(canvas, "ends", x, y, 100))
    y -= 60
    boxes.append(_ruled(canvas, "sign.person", 72, y, 230))
    boxes.append(_ruled(canvas, "sign.date", 340, y, 110))
    canvas.setFont("Times-Roman", 8)
    canvas.drawString(72, y - 11, "Signature")
    canvas.drawString(340, y - 11, "Date")
    return boxes


def _words(canvas: Canvas, x: float, y: float, text: str) -> float:
    """Print words and give the place behind them."""
    canvas.setFont("Times-Roman", 11.5)
    canvas.drawString(x, y, text)
    return x + float(canvas.stringWidth(text, "Times-Roman", 11.5)) + 5


def _ruled(canvas: Canvas, name: str, x: float, y: float, width: float) -> Box:
    canvas.setLineWidth(0.5)
    canvas.line(x, y - 2, x + width, y - 2)
    return Box(name, 1, (x, y - 1, x + width, y + 17))


def _log(canvas: Canvas) -> list[Box]:
    """A page drawn to be read after a quarter turn to the right: 720 wide and 576 high as shown."""
    boxes = []
    canvas.saveState()
    canvas.translate(594, 36)
    canvas.rotate(90)
    canvas.setFont("Times-Italic", 15)
    canvas.drawString(30, 540, "Record of what was shared")
    canvas.setFont("Times-Roman", 9)
    columns = (
        ("date", "Date", 100),
        ("what", "What was sent", 260),
        ("whom", "To whom", 200),
        ("by", "By", 90),
    )
    for row in range(-1, 9):
        x, y = 30.0, 440.0 - row * 40
        for name, title, width in columns:
            canvas.rect(x, y, width, 40)
            if row < 0:
                canvas.drawString(x + 4, y + 14, title)
            else:
                # on the unturned page: x grows with what is shown as height, y with what is shown as width
                rect = (594 - (y + 39), 36 + x + 1, 594 - (y + 1), 36 + x + width - 1)
                boxes.append(Box(f"log.{row}.{name}", 2, rect, turned=90))
            x += width
    canvas.restoreState()
    return boxes
