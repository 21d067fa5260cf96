"""Draws `templates/waiver/slot-request.pdf`: a one-page form as a state could issue it, for a packet to fill.

    python -m tests.rendering.slot_request

It is invented, and says so on the page; a site puts its own state's form in its place. The same bytes every time.
"""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from pipeline.fillable import PAGE_HEIGHT, Entry, Field, FillablePdf, Style
from pipeline.model import Box

PLACE = Path(__file__).parents[2] / "templates" / "waiver" / "slot-request.pdf"
TITLE = "Request for a waiver slot"
LEFT, RIGHT = 50.0, 562.0
WIDTH = RIGHT - LEFT
GAP = 8.0
HIGH = 19.0
_LABEL, _SMALL = Style(7.5, grey=0.15), Style(7.5, grey=0.3)
LEGAL = (
    ("Own", "Own guardian"),
    ("Minor", "Minor"),
    ("Guardian", "Has a guardian"),
    ("Other", "Other support"),
)
WAIVERS = ("Comprehensive", "Community Support", "Another waiver")
TICKS = (
    ("MedicaidActive", "Medicaid is active"),
    ("Before22", "The condition began before age 22"),
    ("LevelMet", "The level of care is met"),
    ("SelfDirect", "Wishes to self-direct services"),
)


class _Sheet:
    """The page while it grows from the top."""

    def __init__(self) -> None:
        self.pdf = FillablePdf(TITLE)
        self.y = 0.0

    def section(self, words: str) -> None:
        self.y += 7
        self.pdf.frame(Box(LEFT, self.y, RIGHT, self.y + 15), 0, fill=0.88)
        self.pdf.text(LEFT + 5, self.y + 11, words, Style(9.5, bold=True))
        self.y += 19

    def row(self, *cells: tuple[str, str, float, int]) -> None:
        """Boxes beside each other: name, label, share of the width, cells of a comb (0: none)."""
        x, shares = LEFT, sum(share for _, _, share, _ in cells)
        for name, label, share, comb in cells:
            wide = (WIDTH - GAP * (len(cells) - 1)) * share / shares
            self.pdf.text(x, self.y + 7.5, label, _LABEL)
            box = Box(x, self.y + 10, x + wide, self.y + 10 + HIGH)
            self.pdf.field(Field(name, box, Entry.TEXT, label, comb=comb))
            x += wide + GAP
        self.y += 10 + HIGH + 5

    def choose(self, name: str, label: str, options: tuple[tuple[str, str], ...]) -> None:
        """One box of several."""
        self.pdf.text(LEFT, self.y + 9.5, label, Style(8.5))
        for place, (state, words) in enumerate(options):
            self._mark(
                Field(name, self._tick_box(place), Entry.RADIO, words, state=state, group=label), words
            )
        self.y += 19

    def ticks(self) -> None:
        for place, (name, words) in enumerate(TICKS):
            left, top = LEFT + (place % 2) * WIDTH / 2, self.y + (place // 2) * 17
            self._mark(Field(name, Box(left, top, left + 11, top + 11), Entry.TICK, words, state="On"), words)
        self.y += 2 * 17 + 2

    def lines(self, name: str, label: str, high: float) -> None:
        self.pdf.text(LEFT, self.y + 7.5, label, _LABEL)
        box = Box(LEFT, self.y + 10, RIGHT, self.y + 10 + high)
        self.pdf.field(Field(name, box, Entry.TEXT, label, multiline=True, size=9.5))
        self.y += 10 + high + 5

    def _tick_box(self, place: int) -> Box:
        left = LEFT + 104 + place * 102
        return Box(left, self.y, left + 11, self.y + 11)

    def _mark(self, field: Field, words: str) -> None:
        self.pdf.field(field)
        self.pdf.text(field.box.x1 + 5, field.box.top + 9, words, Style(8.5))


def slot_request() -> bytes:
    """The form, empty."""
    sheet = _Sheet()
    _head(sheet)
    sheet.section("1  The person")
    sheet.row(
        ("LastName", "Last name", 3, 0), ("FirstName", "First name", 3, 0), ("Middle", "Middle name", 1.5, 0)
    )
    sheet.row(
        ("BirthDate", "Date of birth", 2, 0), ("Phone", "Telephone", 2, 0), ("DCN", "Medicaid number", 2.6, 8)
    )
    sheet.row(
        *(("Street", "Street address", 3, 0), ("City", "City", 1.7, 0)),
        *(("State", "State", 0.6, 0), ("Zip", "ZIP", 0.9, 0), ("County", "County", 1.4, 0)),
    )
    sheet.choose("LegalStatus", "Who decides", LEGAL)
    sheet.row(
        ("GuardianName", "Guardian or parent, if there is one", 3, 0), ("GuardianPhone", "Telephone", 1.6, 0)
    )
    sheet.section("2  What is asked for")
    sheet.choose("Waiver", "Waiver", tuple((words, words) for words in WAIVERS))
    sheet.row(
        *(("Begins", "Wanted from", 1.4, 0), ("PlanTotal", "Cost of the plan for a year", 1.6, 0)),
        *(("Score", "Priority of need score", 1.4, 0), ("AssessedOn", "Date of the assessment", 1.4, 0)),
    )
    sheet.ticks()
    sheet.lines("Needs", "What the person needs, and what would happen without it", 128)
    sheet.section("3  Who asks")
    sheet.row(
        *(("Coordinator", "Support coordinator", 2.2, 0), ("Agency", "Agency", 2.6, 0)),
        *(("CoordinatorPhone", "Telephone", 1.6, 0),),
    )
    signed = _places_to_sign(sheet)
    sheet.pdf.text(
        LEFT, 722, "Invented example, modelled on the requests of several states. No state's form.", _SMALL
    )
    return _with_signature(sheet.pdf.finish(), signed)


def _places_to_sign(sheet: _Sheet) -> Box:
    """The box of the signature, in points from the top left."""
    sheet.pdf.text(
        LEFT, sheet.y + 9, "I ask for a slot in the waiver named above. What is said here is true.", Style(9)
    )
    signed = Box(LEFT, sheet.y + 16, LEFT + 330, sheet.y + 44)
    for left, right, words in (
        (LEFT, LEFT + 330, "Signature of the person or guardian"),
        (LEFT + 350, RIGHT, "Date"),
    ):
        sheet.pdf.line(left, signed.bottom, right, signed.bottom, 0.7)
        sheet.pdf.text(left, signed.bottom + 9, words, _LABEL)
    return signed


def _head(sheet: _Sheet) -> None:
    pdf = sheet.pdf
    pdf.text(LEFT, 50, "Division of Disability Services (example)", Style(9, grey=0.2))
    pdf.text(LEFT, 71, TITLE, Style(17, bold=True))
    pdf.text(RIGHT, 50, "Form WS-1 (1/2027)", Style(9, grey=0.2), "right")
    pdf.text(RIGHT, 71, "Send with the waiver packet.", Style(9), "right")
    pdf.line(LEFT, 79, RIGHT, 79, 1.2)
    sheet.y = 82


def _with_signature(form: bytes, box: Box) -> bytes:
    """The form with an empty signature field, which our own forms do not have."""
    with pikepdf.open(io.BytesIO(form)) as pdf:
        edges = [box.x0, PAGE_HEIGHT - box.bottom, box.x1, PAGE_HEIGHT - box.top]
        field = pdf.make_indirect(
            Dictionary(
                **{"Type": Name.Annot, "Subtype": Name.Widget, "FT": Name.Sig, "T": String("Signature")},
                **{"TU": String("Individual or guardian"), "F": 4, "Rect": Array(edges)},
            )
        )
        pdf.pages[0].obj.Annots.append(field)
        pdf.Root.AcroForm.Fields.append(field)
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
        return out.getvalue()


if __name__ == "__main__":
    PLACE.write_bytes(slot_request())
