"""Sheets of nothing but combs, and how somebody fills them in: many cells a page, with the truth of each."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from tests.paper.families import Half, faces, typefaces
from tests.paper.fill import Hand, Sheet, by_hand, invented_hand, typewriter
from tests.paper.realdigits import real_digits
from tests.paper.widgetry import Box, with_boxes
from tests.paper.widgets import spots

WIDE, HIGH = 612.0, 792.0
NO_DIGIT = 10
TRAINED, HELD = (0.0, 0.8), (0.8, 1.0)  # of the development half of the real digits
LETTERS = "ACEFHKMNPRUVWXadefkmnprtwx"  # those that nobody takes for a digit
WORDS = ("Number", "Date", "Phone", "Code", "Case", "Claim", "Account", "Reference", "Period", "Unit")


class Pen(IntEnum):
    """Whose digits stand on a page."""

    REAL = 0
    FONT = 1
    STROKES = 2
    TYPED = 3


@dataclass(frozen=True, slots=True)
class Manner:
    """How a maker draws combs. cell, high: points; tone: of the lines between cells, 0 black

    apart: cells are boxes of their own; teeth: the lines between cells are short; framed: by the widget
    """

    name: str
    cell: float
    high: float
    tone: float = 0.45
    weight: float = 0.5
    apart: float = 0.0
    teeth: bool = False
    framed: bool = False


MANNERS = (
    Manner("ours", 15.0, 20.0),
    Manner("narrow", 14.4, 20.0),
    Manner("heavy", 18.0, 24.0, tone=0.0, weight=0.8),
    Manner("apart", 15.0, 18.0, tone=0.0, apart=2.0),
    Manner("teeth", 16.0, 20.0, tone=0.0, teeth=True),
    Manner("framed", 14.0, 19.0, framed=True),
)


def blank_of(manner: Manner) -> bytes:
    """A fillable PDF of one page full of combs in this manner."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDE, HIGH), invariant=1)
    canvas.setFont("Helvetica-Bold", 12)
    canvas.drawString(40, 760, f"Sheet of combs: {manner.name}")
    rng = np.random.default_rng([len(manner.name), 7])
    boxes: list[Box] = []
    y = 745.0 - manner.high
    while y > 36:
        x = 36.0
        while True:
            cells = int(rng.choice([2, 5, 6, 7, 8, 8, 8, 9, 10, 10]))
            if x + cells * manner.cell > WIDE - 36:
                break
            canvas.setFont("Helvetica", 6)
            label = f"{WORDS[int(rng.integers(len(WORDS)))]} {len(boxes) + 1}"
            canvas.drawString(x, y + manner.high + 1.5, label)
            _drawn(canvas, manner, x, y, cells)
            rect = (x, y, x + cells * manner.cell, y + manner.high)
            border = 0.3 if manner.framed else None
            boxes.append(Box(f"c{len(boxes)}", 1, rect, cells=cells, border=border))
            x += cells * manner.cell + float(rng.uniform(8, 16))
        y -= manner.high + 10
    canvas.showPage()
    canvas.save()
    return with_boxes(buffer.getvalue(), boxes)


def _drawn(canvas: Canvas, manner: Manner, x: float, y: float, cells: int) -> None:
    if manner.framed:
        return
    canvas.setLineWidth(0.8)
    canvas.setStrokeGray(0)
    if manner.apart:
        for k in range(cells):
            left = x + k * manner.cell + manner.apart / 2
            canvas.rect(left, y, manner.cell - manner.apart, manner.high)
        return
    canvas.rect(x, y, cells * manner.cell, manner.high)
    canvas.setLineWidth(manner.weight)
    canvas.setStrokeGray(manner.tone)
    for k in range(1, cells):
        at = x + k * manner.cell
        canvas.line(at, y, at, y + manner.high * (0.3 if manner.teeth else 1))


def pen_of(rng: np.random.Generator) -> Pen:
    return Pen(int(rng.choice(4, p=(0.5, 0.31, 0.07, 0.12))))


def hand_of(pen: Pen, held: bool, rng: np.random.Generator) -> Hand:
    """A hand that is not of the test half. held: one that training does not see (it keeps five fonts and a fifth
    of the digits for the fit)."""
    mine = development_faces(held)
    if pen is Pen.TYPED:
        machines = typefaces()
        return typewriter(machines[int(rng.integers(len(machines)))], capital=float(rng.uniform(6, 9)))
    if pen is Pen.REAL:
        hand = invented_hand(rng, mine)
        digits = real_digits(Half.DEVELOPMENT, *(HELD if held else TRAINED))
        return replace(hand, capitals=False, slant=float(rng.uniform(-5, 6)), digits=digits)
    return replace(invented_hand(rng, mine if pen is Pen.FONT else ()), capitals=False)


def development_faces(held: bool) -> tuple[Path, ...]:
    """The last three printed and the last two cursive families of the development half are held back."""
    printed, cursive = faces(Half.DEVELOPMENT, "print"), faces(Half.DEVELOPMENT, "cursive")
    if held:
        return *printed[-3:], *cursive[-2:]
    return *printed[:-3], *cursive[:-2], *faces(Half.TRAINING)


@dataclass(frozen=True, slots=True)
class Filled:
    """A sheet and the truth: by name of a comb, the class of each cell, -1 where it was left empty."""

    sheet: Sheet
    truth: dict[str, tuple[int, ...]]


def filled_sheet(blank: Path, combs: dict[str, int], hand: Hand, seed: int) -> Filled:
    """The blank filled: mostly digits, some letters, some written over, struck out, scribbled or left empty."""
    rng = np.random.default_rng([seed, 77])
    values: dict[str, str] = {}
    wrong: dict[str, str] = {}
    truth: dict[str, tuple[int, ...]] = {}
    marked: list[tuple[str, int]] = []
    for name, cells in combs.items():
        chance = rng.random()
        digits = "".join(str(d) for d in rng.integers(0, 10, cells))
        truth[name] = tuple(int(d) for d in digits)
        values[name] = digits
        if chance < 0.07:
            values[name] = "".join(LETTERS[int(k)] for k in rng.integers(0, len(LETTERS), cells))
            truth[name] = (NO_DIGIT,) * cells
        elif chance < 0.10 and not hand.typed:
            wrong[name] = "".join(str((int(d) + int(rng.integers(1, 10))) % 10) for d in digits)
            truth[name] = (NO_DIGIT,) * cells
        elif chance < 0.13 and not hand.typed:
            marked += [(name, place) for place in range(cells)]
            truth[name] = (NO_DIGIT,) * cells
            if chance < 0.115:
                del values[name]
        elif chance < 0.15:
            del values[name]
            truth[name] = (-1,) * cells
    sheet = by_hand(blank, values, hand, seed=seed, mistakes=wrong)[0]
    if marked:
        sheet = replace(sheet, image=_scribbled(sheet, blank, marked, set(values), rng, hand))
    return Filled(sheet, truth)


def _scribbled(
    sheet: Sheet,
    blank: Path,
    marked: list[tuple[str, int]],
    filled: set[str],
    rng: np.random.Generator,
    hand: Hand,
) -> Image.Image:
    """The sheet with strokes that are no digits over the marked cells; dots only where no digit stands."""
    places = {spot.name: spot for spot in spots(blank)}
    picture = np.array(sheet.image)
    scale = sheet.dpi / 72
    nib = max(1, round(hand.nib * scale))
    for name, place in marked:
        spot = places[name]
        cell = spot.width / spot.cells
        box = np.array([spot.left + place * cell, spot.top, spot.left + (place + 1) * cell, spot.bottom])
        for line in strange_strokes(box * scale, name in filled, rng):
            cv2.polylines(picture, [line.round().astype(np.int32)], False, hand.colour, nib, cv2.LINE_AA)
    return Image.fromarray(picture)


def strange_strokes(box: np.ndarray, written: bool, rng: np.random.Generator) -> list[np.ndarray]:
    """A crossing out, a zigzag, a dash, or two dots where nothing was written."""
    size = box[2:] - box[:2]

    def at(points: list[tuple[float, float]]) -> np.ndarray:
        return np.asarray(box[:2] + (np.array(points) + rng.normal(0, 0.05, (len(points), 2))) * size)

    kind = int(rng.integers(3 if written else 4))
    if kind == 0:
        return [at([(0.1, 0.1), (0.9, 0.9)]), at([(0.9, 0.1), (0.1, 0.9)])]
    if kind == 1:
        return [at([(0.1 + 0.8 * (k % 2), 0.15 + 0.7 * k / 7) for k in range(8)])]
    if kind == 2:
        return [at([(0.0, 0.5), (1.0, 0.5)]), at([(0.0, 0.6), (1.0, 0.55)])]
    return [at([(0.4, 0.7), (0.6, 0.7)]), at([(0.45, 0.3), (0.5, 0.32)])]
