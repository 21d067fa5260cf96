"""What a pen leaves on paper: lines of changing width, and letters, ticks and signatures made of them.

Ink is a grey picture in which 255 is full ink and 0 is bare paper. Sizes are pixels. All chance comes
from the generator passed in, so the same seed writes the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.paper.glyphs import Glyph, extent, glyphs

Ink = NDArray[np.uint8]
Line = NDArray[np.float64]
FINE = 3  # lines are drawn this many times larger and shrunk, for smooth edges


@dataclass(frozen=True, slots=True)
class Writing:
    """Ink of one word or mark. base: row of the baseline, from the top of the picture."""

    ink: Ink
    base: float


@dataclass(frozen=True, slots=True)
class Motion:
    """How steady and how leaning a hand is.

    shake: wander of a stroke, and lift: of letters, both in parts of a capital's height
    slant: degrees, to the right positive; gap: room between letters; odd: seed of this hand's own shapes
    """

    pen: float
    shake: float = 0.02
    lift: float = 0.03
    slant: float = 4.0
    gap: float = 0.24
    odd: int = 0


def can_write(text: str) -> bool:
    """Whether every character has a stroke glyph."""
    return all(ch == " " or glyphs(ch) for ch in text)


def letters(text: str, height: float, motion: Motion, rng: np.random.Generator) -> Writing:
    """A word printed by hand in strokes. height: of a capital. Raises ValueError for unknown characters."""
    lines: list[Line] = []
    across = 0.0
    for ch in text:
        shapes = glyphs(ch)
        if not shapes:
            if ch != " ":
                raise ValueError(f"the stroke alphabet lacks U+{ord(ch):04X}")
            across += 0.55
            continue
        shape = shapes[(ord(ch) * 31 + motion.odd) % len(shapes)]
        left, right = extent(shape)
        lines += _letter(shape, left, across, motion, rng)
        across += (right - left) / 10 + motion.gap * rng.uniform(0.75, 1.3)
    return drawn([line * height for line in lines], motion.pen, rng)


def _letter(shape: Glyph, left: float, across: float, motion: Motion, rng: np.random.Generator) -> list[Line]:
    """The strokes of one letter in capital heights, y downwards, put at `across` and shaken."""
    size = rng.normal(1, 0.04, 2).clip(0.88, 1.12)
    turn = rng.normal(0, 0.03)
    lean = np.tan(np.radians(motion.slant)) + rng.normal(0, 0.03)
    raised = rng.normal(0, motion.lift)
    lines = []
    for stroke in shape:
        points = (np.array(stroke) - (left, 0)) / 10 * size
        points = points + wander(len(points), rng) * motion.shake
        x, y = points[:, 0], points[:, 1]
        lines.append(np.stack([across + x + y * (lean + turn), -(y + raised) + x * turn], axis=1))
    return lines


def wander(count: int, rng: np.random.Generator) -> Line:
    """A slow random bend, one row per point, about 1 in size."""
    t = np.linspace(0, 1, count)[:, None]
    phase, speed = rng.uniform(0, 2 * np.pi, (2, 2)), rng.uniform(1.5, 6, (2, 2))
    return np.asarray(np.sin(speed[0] * t + phase[0]) + 0.6 * np.sin(2 * speed[1] * t + phase[1]))


def drawn(lines: Sequence[Line], pen: float, rng: np.random.Generator) -> Writing:
    """Lines drawn with a pen. Points are x, y in pixels, y downwards, the baseline at y = 0."""
    if not lines:
        return Writing(np.zeros((1, 1), np.uint8), 0)
    every = np.concatenate(lines)
    margin = pen + 2
    low, high = every.min(axis=0) - margin, every.max(axis=0) + margin
    width, height = (int(np.ceil(edge)) for edge in high - low)
    canvas = np.zeros((height * FINE, width * FINE), np.uint8)
    for line in lines:
        _stroke(canvas, (line - low) * FINE, pen * FINE, rng)
    ink = cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA)
    return Writing(np.asarray(ink, np.uint8), float(-low[1]))


def _stroke(canvas: Ink, line: Line, pen: float, rng: np.random.Generator) -> None:
    """One line; the pen presses more in the middle and lifts at its end."""
    press = 1 + 0.18 * wander(len(line), rng)[:, 0]
    press[-1] *= 0.75
    for start, end, weight in zip(line, line[1:], press[1:], strict=False):
        thick = max(1, round(pen * float(np.clip(weight, 0.6, 1.4))))
        a, b = (tuple(round(v * 8) for v in point) for point in (start, end))
        cv2.line(canvas, a, b, 255, thick, cv2.LINE_AA, 3)


def tick(style: str, width: float, height: float, pen: float, rng: np.random.Generator) -> Writing:
    """A mark for a box of that size, baseline at the box's bottom: `x check slash fill dot`.

    It reaches over the edges a little, as people's marks do.
    """
    over = rng.uniform(-0.1, 0.18, 4)
    shapes = {
        "x": [
            [(-over[0], 1 + over[1]), (1 + over[2], -over[3])],
            [(1 + over[1], 1 + over[0]), (-over[3], -over[2])],
        ],
        "check": [[(0.1, 0.5), (0.38, 0.05 - abs(over[0])), (1.05 + abs(over[1]), 1.05 + abs(over[2]))]],
        "slash": [[(-over[0], -over[1]), (1 + over[2], 1 + over[3])]],
        "fill": [[(0.1 + 0.8 * (k % 2), 0.1 + 0.8 * k / 9) for k in range(10)]],
        "dot": [
            [(0.5 + 0.22 * np.cos(k * 0.8), 0.5 + 0.22 * np.sin(k * 0.8) * (1 - k / 30)) for k in range(20)]
        ],
    }
    lines = []
    for corners in shapes[style]:
        points = _between(np.array(corners)) * (width, -height)
        lines.append(points + wander(len(points), rng) * 0.03 * min(width, height))
    return drawn(lines, pen * (1.6 if style in ("fill", "dot") else 1.0), rng)


def _between(corners: Line, steps: int = 6) -> Line:
    share = np.linspace(0, 1, steps, endpoint=False)[:, None]
    parts = [a + (b - a) * share for a, b in pairwise(corners)]
    return np.concatenate([*parts, corners[-1:]])


def signature(width: float, height: float, pen: float, rng: np.random.Generator) -> Writing:
    """A signature nobody can read: a loop, a fading wave, sometimes a stroke under it; about that size."""
    start = np.array([(0.0, 0.1), (0.1, 1.0), (0.2, 0.5), (0.06, 0.0), (0.3, 0.2)])
    count = int(rng.integers(6, 13))
    wave = [
        (
            0.3 + 0.6 * k / count,
            (0.62 - 0.34 * k / count) * (k % 2) * rng.uniform(0.5, 1.2) + 0.04 * rng.normal(),
        )
        for k in range(1, count + 1)
    ]
    points = np.array([*start, *wave, (1.0, rng.uniform(0, 0.5))])
    points += rng.normal(0, 0.02, points.shape)
    lines = [_curve(points) * (width, -height)]
    if rng.random() < 0.5:
        lines.append(_curve(np.array([(0.9, -0.12), (0.4, -0.2), (0.15, -0.1)])) * (width, -height))
    if rng.random() < 0.3:
        lines.append(_between(np.array([(0.45, 0.7), (0.47, 0.72)])) * (width, -height))
    return drawn(lines, pen, rng)


def _curve(points: Line, steps: int = 10) -> Line:
    """A smooth curve (cubic Bezier pieces) through the points."""
    slopes = np.gradient(points, axis=0)
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = []
    for a, b, da, db in zip(points, points[1:], slopes, slopes[1:], strict=False):
        c, d = a + da / 3, b - db / 3
        pieces.append((1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * c + 3 * (1 - t) * t**2 * d + t**3 * b)
    return np.concatenate([*pieces, points[-1:]])
