"""A dense state-like form: grey cells, tables, twin pages, one-character boxes, LiveCycle names.

What is awkward is meant: labels inside the widgets, ticks whose widget is larger than the printed box, lone
boxes that all say Yes, one name on every page, borders and comb lines that only the widgets draw.
"""

from __future__ import annotations

import io

from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from tests.paper.widgetry import Box, with_boxes

LEFT, RIGHT = 40.0, 572.0
INCOME = ("Wages", "Social Security", "SSI", "Pension", "Other")
ASSETS = ("Checking", "Savings", "ABLE account", "Vehicle", "Burial plan", "Trust")


def household() -> bytes:
    """Four pages: the household, persons 2 and 3 (twins), resources."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=letter, invariant=1)
    boxes: list[Box] = []
    for page in (1, 2, 3, 4):
        _head(canvas, page, boxes)
        if page == 4:
            _assets(canvas, boxes)
        else:
            _person(canvas, page, boxes)
        canvas.showPage()
    canvas.save()
    return with_boxes(buffer.getvalue(), boxes)


def _head(canvas: Canvas, page: int, boxes: list[Box]) -> None:
    canvas.setFillGray(0.15)
    canvas.rect(LEFT, 738, RIGHT - LEFT, 26, stroke=0, fill=1)
    canvas.setFillGray(1)
    canvas.setFont("Times-Bold", 13)
    canvas.drawString(LEFT + 8, 746, "HOUSEHOLD AND RESOURCES STATEMENT")
    canvas.setFont("Times-Roman", 8)
    canvas.drawRightString(RIGHT - 6, 747, f"FS-17 (Rev. 3-25)   Page {page} of 4")
    canvas.setFillGray(0)
    _cell(canvas, 404, 716, 168, 20, label="Case number")
    boxes.append(Box("form1[0].CaseNumber[0]", page, (470, 717, 571, 735), longest=10))
    canvas.setFont("Times-Roman", 6.5)
    canvas.drawString(
        LEFT, 30, "A sample form of no agency. Fill in with black or blue ink. Do not write in grey areas."
    )


def _cell(canvas: Canvas, x: float, y: float, *size: float, label: str = "", grey: float = 1.0) -> None:
    """A ruled cell of a width and height with its label printed small in the upper left corner."""
    width, height = size
    canvas.setLineWidth(0.6)
    canvas.setFillGray(grey)
    canvas.rect(x, y, width, height, fill=1)
    canvas.setFillGray(0)
    canvas.setFont("Helvetica", 6)
    canvas.drawString(x + 2, y + height - 7, label)


def _bar(canvas: Canvas, y: float, title: str) -> None:
    canvas.setFillGray(0.78)
    canvas.rect(LEFT, y, RIGHT - LEFT, 15, fill=1)
    canvas.setFillGray(0)
    canvas.setFont("Times-Bold", 9)
    canvas.drawString(LEFT + 4, y + 4, title)


def _person(canvas: Canvas, page: int, boxes: list[Box]) -> None:
    """Pages 1 to 3 differ in one line of print and in the names of the boxes only."""
    title = "PERSON 1 (head of household)" if page == 1 else f"PERSON {page}"
    _bar(canvas, 694, title)
    stem = f"form1[0].Page{page}[0]"
    for name, label, x, width in (
        ("LastName", "Last name", 40, 200),
        ("FirstName", "First name", 240, 180),
        ("MI", "M.I.", 420, 40),
        ("Suffix", "Suffix", 460, 112),
    ):
        _cell(canvas, x, 664, width, 30, label=label)
        boxes.append(Box(f"{stem}.{name}[0]", page, (x + 1, 665, x + width - 1, 693)))  # covers its label
    _ssn(canvas, page, stem, boxes)
    _cell(canvas, 240, 630, 180, 30, label="Date of birth (MMDDYYYY)")
    boxes.append(Box(f"{stem}.DOB[0]", page, (262, 632, 406, 650), cells=8, border=0.4))
    _cell(canvas, 420, 630, 152, 30, label="Telephone")
    boxes.append(Box(f"{stem}.Phone[0]", page, (422, 632, 570, 650)))
    _marks(canvas, page, stem, boxes)
    _income(canvas, page, stem, boxes)
    _coverage(canvas, page, stem, boxes)
    _bar(canvas, 300, "REMARKS")
    _cell(canvas, LEFT, 200, RIGHT - LEFT, 100, label="Explain any change since the last statement")
    boxes.append(Box(f"{stem}.Remarks[0]", page, (42, 202, 570, 291), several_lines=True, size=9))
    _cell(canvas, LEFT, 150, 360, 40, label="Signature", grey=0.97)
    boxes.append(Box(f"{stem}.Signature[0]", page, (42, 152, 398, 182)))
    _cell(canvas, 400, 150, 172, 40, label="Date")
    boxes.append(Box(f"{stem}.SignDate[0]", page, (402, 152, 570, 180)))


def _ssn(canvas: Canvas, page: int, stem: str, boxes: list[Box]) -> None:
    """Nine boxes of one character; the third is missing its index, as such forms have it."""
    _cell(canvas, 40, 630, 200, 30, label="Social Security number")
    x = 48.0
    for place in range(9):
        canvas.rect(x, 633, 15, 17)
        name = f"{stem}.SSN_{place}[0]" if place != 2 else f"{stem}.SSN[0]"
        boxes.append(Box(name, page, (x, 633, x + 15, 650), longest=1))
        x += 15 + (8 if place in (2, 4) else 0)


def _marks(canvas: Canvas, page: int, stem: str, boxes: list[Box]) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.drawString(LEFT + 2, 611, "Sex")
    for place, label in enumerate(("Female", "Male", "Not stated")):
        x = 80 + place * 80.0
        canvas.rect(x, 608, 9, 9)
        canvas.drawString(x + 13, 610, label)
        rect = (x - 4.5, 603.5, x + 13.5, 621.5)  # twice the printed box
        boxes.append(Box(f"{stem}.Sex[0]", page, rect, state=str(place + 1), radio=True))
    canvas.drawString(340, 611, "Lives with you?")
    for place, label in enumerate(("Yes", "No")):
        x = 420 + place * 60.0
        canvas.drawString(x + 15, 610, label)  # no printed box: the widget draws it
        rect = (x, 607, x + 11, 618)
        boxes.append(Box(f"{stem}.LivesWith{label}[0]", page, rect, state="Yes", border=0))
    for place, label in enumerate(("Student", "Veteran", "Blind or disabled", "Citizen", "Tribal member")):
        x = LEFT + 4 + place * 106.0
        canvas.rect(x, 584, 9, 9)
        canvas.drawString(x + 13, 586, label)
        name = label.split()[0]
        boxes.append(Box(f"{stem}.{name}[0]", page, (x, 584, x + 9, 593), state="Yes"))


def _income(canvas: Canvas, page: int, stem: str, boxes: list[Box]) -> None:
    _bar(canvas, 556, "INCOME EACH MONTH")
    widths = (150, 110, 90, 182)
    heads = ("Kind", "Amount before taxes", "How often", "From whom")
    y = 538.0
    x = LEFT
    for head, width in zip(heads, widths, strict=True):
        _cell(canvas, x, y, width, 18, label=head, grey=0.88)
        x += width
    for place, kind in enumerate(INCOME):
        y -= 22
        x = LEFT
        for head, width in zip(heads, widths, strict=True):
            _cell(canvas, x, y, width, 22, label="", grey=0.94 if place % 2 else 1.0)
            if head == "Kind":
                canvas.setFont("Helvetica", 8)
                canvas.drawString(x + 4, y + 7, kind)
            else:
                name = f"{stem}.Income[{place}].{head.split()[0]}[0]"
                boxes.append(Box(name, page, (x + 1, y + 21, x + width - 1, y + 1)))  # corners swapped
            x += width


def _coverage(canvas: Canvas, page: int, stem: str, boxes: list[Box]) -> None:
    """A tight table whose ticks and combs almost touch their lines."""
    _bar(canvas, 406, "HEALTH COVERAGE")
    for place, kind in enumerate(("Medicaid", "Medicare A", "Medicare B", "Private plan")):
        y = 384.0 - place * 22
        _cell(canvas, LEFT, y, 130, 22, grey=0.94 if place % 2 else 0.86)
        _cell(canvas, LEFT + 130, y, 90, 22)
        _cell(canvas, LEFT + 220, y, 180, 22, label="Number")
        _cell(canvas, LEFT + 400, y, 132, 22, label="Since (MMYYYY)")
        canvas.setFont("Helvetica", 8)
        canvas.drawString(LEFT + 4, y + 7, kind)
        for mark, x in (("Y", 190.0), ("N", 225.0)):
            canvas.rect(x, y + 6, 9, 9)
            canvas.drawString(x + 12, y + 7, mark)
            rect = (x, y + 6, x + 9, y + 15)
            boxes.append(Box(f"{stem}.Coverage[{place}].Has[0]", page, rect, state=mark, radio=True))
        number = (264, y + 1, 438, y + 14)
        boxes.append(Box(f"{stem}.Coverage[{place}].Number[0]", page, number, cells=12, border=0.5))
        since = (444, y + 1, 564, y + 14)
        boxes.append(Box(f"{stem}.Coverage[{place}].Since[0]", page, since, cells=6, border=0.5))


def _assets(canvas: Canvas, boxes: list[Box]) -> None:
    _bar(canvas, 694, "RESOURCES")
    y = 694.0
    for place, asset in enumerate(ASSETS):
        y -= 24
        _cell(canvas, LEFT, y, 180, 24, label="", grey=0.9)
        canvas.setFont("Helvetica", 8)
        canvas.drawString(LEFT + 4, y + 8, asset)
        _cell(canvas, LEFT + 180, y, 232, 24, label="Where")
        boxes.append(Box(f"form1[0].Page4[0].Asset[{place}].Where[0]", 4, (222, y + 1, 450, y + 18)))
        _cell(canvas, LEFT + 412, y, 120, 24, label="$ value")
        boxes.append(Box(f"form1[0].Page4[0].Asset[{place}].Value[0]", 4, (476, y + 1, 570, y + 23)))
    canvas.setFont("Helvetica", 8)
    canvas.drawString(LEFT, 500, "County")
    counties = ("", "Boone", "Cole", "Greene", "Webster")
    boxes.append(Box("form1[0].Page4[0].County[0]", 4, (80, 494, 230, 512), choices=counties, border=0.5))
