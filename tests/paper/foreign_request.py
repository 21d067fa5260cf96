"""A plain two-page form in the manner of a word processor's export: few blue boxes, no marks."""

from __future__ import annotations

import io

from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas


def request() -> bytes:
    """Two pages in the plain style of a word processor's export: few boxes, no marks, names on both pages."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=letter, invariant=1)
    for page in (1, 2):
        canvas.setFont("Helvetica-Bold", 15)
        canvas.drawString(54, 740, "Request for Community Services")
        canvas.setFont("Helvetica", 9)
        canvas.drawRightString(558, 740, f"Page {page} of 2")
        for name, label, left in (("LastName", "Last name", 54), ("FirstName", "First name", 280)):
            canvas.drawString(left, 714, label)
            canvas.acroForm.textfield(
                name=name, x=left, y=690, width=200, height=20, fontSize=0, maxlen=40, fieldFlags=""
            )
        if page == 1:
            _request_body(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _request_body(canvas: Canvas) -> None:
    form = canvas.acroForm
    canvas.drawString(54, 664, "Date of birth")
    form.textfield(name="DOB", x=54, y=640, width=160, height=20, fieldFlags="comb", maxlen=8, fontSize=0)
    canvas.drawString(54, 614, "Sex")
    for place, (state, label) in enumerate((("F", "Female"), ("M", "Male"))):
        left = 54 + place * 90
        form.radio(name="Sex", value=state, x=left, y=594, size=12, buttonStyle="check", shape="square")
        canvas.drawString(left + 16, 596, label)
    for place, label in enumerate(("Respite", "Transport", "Employment")):
        left = 54 + place * 110
        form.checkbox(name=f"Svc{label}", x=left, y=560, size=12, buttonStyle="check")
        canvas.drawString(left + 16, 562, label)
    canvas.drawString(54, 540, "What is important to you?")
    form.textfield(
        name="Important", x=54, y=440, width=500, height=94, fieldFlags="multiline", fontSize=10, maxlen=2000
    )
    canvas.drawString(54, 420, "County")
    counties = [" ", "Boone", "Cole", "Callaway"]
    form.choice(
        name="County", value=" ", options=counties, x=54, y=396, width=150, height=20, fieldFlags="combo"
    )
    canvas.drawString(54, 376, "Signature")
    canvas.line(54, 340, 300, 340)
    form.textfield(name="Signature", x=54, y=341, width=246, height=30, borderWidth=0)
