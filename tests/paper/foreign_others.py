"""More forms of other offices, drawn by chance in three manners, some of them near twins.

They are there to be mistaken: whoever names a page has to choose among them. A twin has the same rules, boxes
and most words as its sibling; title, code and a few labels differ, as between a form for adults and one for
children. Each has two pages and asks who it is about on the first.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as member

import numpy as np
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from tests.paper.widgetry import Box, with_boxes

LEFT, RIGHT, TOP, BOTTOM = 48.0, 564.0, 690.0, 70.0
PAGES = 2
IDENTITY = (("first", "First name"), ("last", "Last name"), ("birth_date", "Date of birth"))
TITLES = (
    "Emergency Contact and Medication Record", "Application for Respite Care", "Transportation Agreement",
    "Report of an Unusual Event", "Home and Safety Checklist", "Consent to Medical Treatment",
    "Record of Daily Support", "Statement of Rights", "Request for a Change of Provider",
)  # fmt: skip
LABELS = (
    "Name of agency", "Telephone", "Street address", "City and ZIP", "Case worker", "Relationship",
    "Medication", "Dose", "Time of day", "Prescribed by", "Allergies", "Diet", "Hours each week", "Begins on",
    "Ends on", "Reason", "Place of event", "Witness", "Action taken", "Follow-up by", "Vehicle", "Distance",
    "Rate", "Number of steps", "Smoke detector tested", "Fire drill held", "Next review", "Provider code",
    "School", "Employer", "Bank", "Rent or mortgage", "Utilities", "Interpreter", "Preferred language",
)  # fmt: skip
MARKS = ("Yes", "No", "Not known", "Weekly", "Monthly", "At home", "At work", "With help", "Alone", "Done")
SENTENCES = (
    "I understand that this may be changed at any time by telling my support coordinator.",
    "Everything written here is true as far as I know it on the day on which I sign.",
    "A copy of this page is given to the person and to the agency that is named above.",
    "Whoever fills this in signs on the last page and gives the date beside the name.",
)


@dataclass(frozen=True, slots=True)
class OtherForm:
    """One form to be drawn. seed: of its layout and words; twin: which of those that look alike, from 0."""

    name: str
    manner: str
    seed: int
    twin: int = 0

    @property
    def title(self) -> str:
        base = TITLES[(self.seed * 3 + list(MANNERS).index(self.manner)) % len(TITLES)]
        return f"{base}: {('Adult', 'Child', 'Family')[self.twin]}"


@dataclass(slots=True)
class _Page:
    """A page while it is drawn: the canvas, where the next thing goes, and the boxes so far."""

    canvas: Canvas
    number: int
    rng: np.random.Generator
    twin: int
    boxes: list[Box] = member(default_factory=list)
    y: float = TOP

    def label(self) -> str:
        """A label by chance; one in eight is another one in a twin."""
        places = self.rng.integers(len(LABELS), size=2)
        differs = self.rng.random() < 1 / 8
        return LABELS[int(places[1 if differs and self.twin else 0])]

    def box(self, x: float, width: float, height: float, **more: bool | int | float | str) -> None:
        rect = (x, self.y, x + width, self.y + height)
        state = str(more.pop("state", ""))
        name = str(more.pop("name", "")) or f"p{self.number}.{'t' if state else 'q'}{len(self.boxes)}"
        border = float(more["border"]) if "border" in more else None
        self.boxes.append(Box(name, self.number, rect, state, cells=int(more.get("cells", 0)), border=border))

    def says(self, x: float, up: float, text: str, font: str, size: float) -> float:
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, self.y + up, text)
        return x + float(self.canvas.stringWidth(text, font, size))


def drawn(form: OtherForm) -> tuple[bytes, tuple[Box, ...]]:
    """The blank and its boxes; those of `IDENTITY` stand on the first page under these names."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=letter, invariant=1)
    boxes: list[Box] = []
    for number in range(1, PAGES + 1):
        rng = np.random.default_rng([form.seed, number, *form.manner.encode()])
        page = _Page(canvas, number, rng, form.twin)
        MANNERS[form.manner](page, form, list(IDENTITY) if number == 1 else [])
        canvas.showPage()
        boxes += page.boxes
    canvas.save()
    return with_boxes(buffer.getvalue(), boxes), tuple(boxes)


def _plain(page: _Page, form: OtherForm, wanted: list[tuple[str, str]]) -> None:
    """As a word processor exports it: labels over framed boxes, ticks in rows."""
    page.y = 740
    page.says(LEFT, 0, form.title, "Helvetica-Bold", 14)
    page.says(500, 0, f"Page {page.number} of {PAGES}", "Helvetica", 8)
    page.y = TOP
    while page.y > BOTTOM:
        count = int(page.rng.integers(1, 4))
        width = (RIGHT - LEFT) / count
        for place in range(count):
            name, label = wanted.pop(0) if wanted else ("", page.label())
            x = LEFT + place * width
            page.says(x, 23, label, "Helvetica", 9)
            page.box(x, width - 14, 18, name=name, border=0.3)
        page.y -= float(page.rng.choice([42, 46, 54]))
        if page.rng.random() < 0.35:
            _ticks(page, "Helvetica")


def _ticks(page: _Page, font: str) -> None:
    count = int(page.rng.integers(2, 5))
    for place, mark in enumerate(page.rng.permutation(len(MARKS))[:count]):
        x = LEFT + place * 120
        page.canvas.rect(x, page.y, 10, 10)
        page.box(x, 10, 10, state="Yes")
        page.says(x + 15, 2, MARKS[int(mark)], font, 9)
    page.y -= 44


def _ruled(page: _Page, form: OtherForm, wanted: list[tuple[str, str]]) -> None:
    """A letter: sentences, and lines to write on without a box."""
    page.y = 735
    page.says(150, 0, form.title, "Times-Italic", 16)
    page.y = TOP
    while page.y > BOTTOM:
        if page.rng.random() < 0.3 and page.y < TOP:
            page.says(LEFT, 0, SENTENCES[int(page.rng.integers(len(SENTENCES)))], "Times-Roman", 11)
            page.y -= 26
        elif page.rng.random() < 0.2 and page.y < TOP:
            _ticks(page, "Times-Roman")
        x = LEFT
        for _ in range(int(page.rng.integers(1, 3))):
            name, label = wanted.pop(0) if wanted else ("", page.label())
            x = page.says(x, 0, f"{label}:", "Times-Roman", 11.5) + 5
            width = float(page.rng.uniform(110, 150))
            page.canvas.setLineWidth(0.5)
            page.canvas.line(x, page.y - 2, x + width, page.y - 2)
            page.box(x, width, 16, name=name)
            x += width + 8
        page.y -= float(page.rng.choice([30, 34]))


def _table(page: _Page, form: OtherForm, wanted: list[tuple[str, str]]) -> None:
    """As a state prints it: a dark head, grey bars, cells with small labels, tables, combs."""
    canvas = page.canvas
    canvas.setFillGray(0.15)
    canvas.rect(LEFT, 730, RIGHT - LEFT, 24, stroke=0, fill=1)
    canvas.setFillGray(1)
    page.y = 737
    page.says(LEFT + 6, 0, form.title.upper(), "Times-Bold", 12)
    page.says(
        440, 0, f"FS-{20 + form.seed}{'ABC'[form.twin]}  Page {page.number} of {PAGES}", "Times-Roman", 8
    )
    canvas.setFillGray(0)
    page.y = TOP
    while page.y > BOTTOM + 20:
        if page.rng.random() < 0.25:
            canvas.setFillGray(0.78)
            canvas.rect(LEFT, page.y, RIGHT - LEFT, 15, fill=1)
            canvas.setFillGray(0)
            page.says(LEFT + 4, 4, page.label().upper(), "Times-Bold", 9)
            page.y -= 30
            continue
        count = int(page.rng.integers(2, 5))
        width = (RIGHT - LEFT) / count
        for place in range(count):
            name, label = wanted.pop(0) if wanted else ("", page.label())
            _cell(page, LEFT + place * width, width, name, label)
        page.y -= 28


def _cell(page: _Page, x: float, width: float, name: str, label: str) -> None:
    page.canvas.setLineWidth(0.6)
    page.canvas.rect(x, page.y, width, 28)
    page.says(x + 2, 21, label, "Helvetica", 6)
    if not name and page.rng.random() < 0.15:
        page.canvas.rect(x + 8, page.y + 6, 9, 9)
        page.y += 6
        page.box(x + 8, 9, 9, state="Yes")
        page.y -= 6
        return
    cells = int(page.rng.choice([0, 0, 0, 6, 8])) if width > 125 and not name else 0
    page.box(x + 3, width - 6, 17, name=name, cells=cells, **({"border": 0.4} if cells else {}))


MANNERS: dict[str, Callable[[_Page, OtherForm, list[tuple[str, str]]], None]] = {
    "plain": _plain,
    "ruled": _ruled,
    "table": _table,
}
OTHERS = tuple(
    OtherForm(f"other-{manner}-{seed}{'-twin' if twin else ''}", manner, seed, twin)
    for manner in MANNERS
    for seed, twin in ((1, 0), (1, 1), (2, 0), (3, 0))
)
