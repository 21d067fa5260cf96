"""Who holds the pen: a typeface, a handwriting font or our stroke alphabet, with its own habits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tests.paper import pen
from tests.paper.pen import Motion, Writing
from tests.paper.realdigits import Digits, is_digit

BLACK, BLUE, DARK_BLUE, GREY = (25, 25, 30), (30, 55, 160), (20, 30, 100), (90, 90, 95)
TICKS = ("x", "check", "slash", "fill")


@dataclass(frozen=True, slots=True)
class Hand:
    """One writer.

    face:     font file; None: the stroke alphabet.
    typed:    a machine: nothing shakes, slants or reaches over
    capital:  height of a capital in points where the box leaves room; nib: width of the line in points
    unsteady: 0 a ruler, 1 a normal person, 2 a hurried one
    capitals: writes everything in capitals (truth is then compared without case)
    digits:   real digits, for what is written digit by digit into the cells of a comb
    strike:   how far the line through a wrong tick reaches over each side of its box, in widths of the box
    """

    name: str
    face: Path | None = None
    typed: bool = False
    colour: tuple[int, int, int] = BLACK
    capital: float = 8.5
    nib: float = 0.9
    slant: float = 4.0
    unsteady: float = 1.0
    capitals: bool = False
    tick: str = "x"
    odd: int = 0
    digits: Digits | None = None
    strike: float = 0.7


def typewriter(face: Path, colour: tuple[int, int, int] = BLACK, capital: float = 7.2) -> Hand:
    """A machine that prints with this font."""
    return Hand(face.stem, face, typed=True, colour=colour, capital=capital, slant=0, unsteady=0, tick="x")


def invented_hand(rng: np.random.Generator, faces: tuple[Path, ...] = ()) -> Hand:
    """A person's handwriting: one of the fonts, or the stroke alphabet where none is given."""
    face = faces[int(rng.integers(len(faces)))] if faces else None
    return Hand(
        name=face.stem if face else "strokes",
        face=face,
        colour=(BLACK, BLUE, DARK_BLUE)[int(rng.integers(3))],
        capital=float(rng.uniform(7.5, 10)),
        nib=float(rng.uniform(0.7, 1.2)),
        slant=float(rng.uniform(-4, 12)) if face is None else float(rng.uniform(-3, 4)),
        unsteady=float(rng.uniform(0.6, 1.5)),
        capitals=bool(rng.random() < 0.25),
        tick=TICKS[int(rng.integers(len(TICKS)))],
        odd=int(rng.integers(1000)),
    )


def word(hand: Hand, text: str, height: float, dots_per_point: float, rng: np.random.Generator) -> Writing:
    """Ink of one word. height: of a capital, in pixels. Words a font cannot write come from the strokes."""
    if hand.digits is not None and is_digit(text):
        real = hand.digits.written(text, height, max(1.0, hand.nib * dots_per_point), rng)
        return _shaken(real, hand, height, rng)
    if hand.face is None or (not hand.typed and not has_letters(hand.face, text)):
        motion = Motion(
            pen=max(1.0, hand.nib * dots_per_point),
            shake=0.018 * hand.unsteady,
            lift=0.03 * hand.unsteady,
            slant=hand.slant,
            odd=hand.odd,
        )
        return pen.letters(text, height, motion, rng)
    writing = _set(hand.face, text, height)
    return writing if hand.typed else _shaken(writing, hand, height, rng)


def _set(face: Path, text: str, height: float) -> Writing:
    """The word in a font, as the font draws it."""
    font = _font(face, max(4, round(height / _capital_share(face))))
    left, top, right, bottom = font.getbbox(text, anchor="ls")
    picture = Image.new("L", (max(1, int(right - left) + 2), max(1, int(bottom - top) + 2)))
    ImageDraw.Draw(picture).text((1 - left, 1 - top), text, fill=255, font=font, anchor="ls")
    return Writing(np.asarray(picture), 1 - top)


def _shaken(writing: Writing, hand: Hand, height: float, rng: np.random.Generator) -> Writing:
    """The word leaned, turned, resized and bent a little, as no two written words are the same."""
    rows, columns = writing.ink.shape
    grow = 1 + 0.05 * hand.unsteady * rng.normal(0, 1, 2).clip(-1.5, 1.5)
    lean = np.tan(np.radians(hand.slant)) + 0.03 * hand.unsteady * rng.normal()
    turn = 0.012 * hand.unsteady * rng.normal()
    margin = int(0.3 * height) + 2
    wide, tall = int(columns * grow[0] + rows * abs(lean)) + 2 * margin, int(rows * grow[1]) + 2 * margin
    base = margin + writing.base * grow[1]
    x, y = np.meshgrid(np.arange(wide, dtype=np.float32), np.arange(tall, dtype=np.float32))
    bend = 0.02 * hand.unsteady * height
    waves, phases = rng.uniform(1.0, 2.5, 2) * height, rng.uniform(0, 2 * np.pi, 2)
    dx = bend * np.sin(y / waves[0] * 2 * np.pi + phases[0]) - lean * (base - y)
    dy = bend * 1.5 * np.sin(x / waves[1] + phases[1]) + turn * (x - margin)
    shift = margin + max(0.0, -lean * rows)
    across = ((x + dx - shift) / grow[0]).astype(np.float32)
    down = ((y + dy - base) / grow[1] + writing.base).astype(np.float32)
    ink = cv2.remap(np.ascontiguousarray(writing.ink), across, down, cv2.INTER_LINEAR)
    filled = np.flatnonzero(ink.max(axis=0) > 20)
    if filled.size:
        ink = ink[:, filled[0] : filled[-1] + 1]
    return Writing(np.asarray(ink, np.uint8), float(base))


def blank_width(hand: Hand, height: float) -> float:
    """Pixels between two words."""
    if hand.typed and hand.face is not None:
        return float(_font(hand.face, max(4, round(height / _capital_share(hand.face)))).getlength(" ")) - 2
    return 0.55 * height


def has_letters(face: Path, text: str) -> bool:
    """Whether the font draws each character as something other than its box for missing ones."""
    return all(ch == " " or _glyph(face, ch) != _glyph(face, "\uffff") for ch in text)


@lru_cache(maxsize=4096)
def _glyph(face: Path, ch: str) -> bytes:
    mask = _font(face, 40).getmask(ch)
    return bytes(mask) + bytes(str(mask.size), "ascii")


@lru_cache(maxsize=512)
def _font(face: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(face), size)


@lru_cache(maxsize=64)
def _capital_share(face: Path) -> float:
    """Height of a capital in parts of the font's size; for fonts of tiny small letters, what looks so."""
    heights = []
    for letter, usual in (("H", 1.0), ("x", 0.64)):
        _, top, _, bottom = _font(face, 200).getbbox(letter, anchor="ls")
        heights.append((bottom - top) / 200 / usual)
    return float(max(0.1, min(heights)))
