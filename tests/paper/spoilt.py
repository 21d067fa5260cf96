"""Paper that came to harm on its way into a picture: blurred, coarse, cut off, folded, covered, black, off a screen.

Each maker takes the picture of a whole page in colour, at `DPI` dots per inch, and gives what a scanner or a
telephone made of it. Nothing is drawn by chance except where a generator is passed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from PIL import Image

from tests.paper.geometry import Picture

DPI = 300
LID = 255
SKIN = (222, 175, 150)
NOTE = (250, 238, 140)


class Side(StrEnum):
    LEFT = "left"
    RIGHT = "right"
    TOP = "top"
    BOTTOM = "bottom"


@dataclass(frozen=True, slots=True)
class Shade:
    """Coloured paper: the share of red, green and blue light it gives back."""

    red: float
    green: float
    blue: float


YELLOW, PINK, GREEN, DARK_BLUE = (
    Shade(1.0, 0.93, 0.55),
    Shade(1.0, 0.72, 0.78),
    Shade(0.62, 0.86, 0.62),
    Shade(0.35, 0.45, 0.75),
)
RED, PALE_RED = (205, 30, 40), (255, 150, 150)


def pixels(page: Image.Image) -> Picture:
    return np.asarray(page.convert("RGB")).copy()


def out_of_focus(page: Image.Image, spread: float) -> Image.Image:
    """spread: of a point, in pixels at DPI (standard deviation)."""
    return Image.fromarray(np.asarray(cv2.GaussianBlur(pixels(page), (0, 0), spread), np.uint8))


def shaken(page: Image.Image, length: int) -> Image.Image:
    """The telephone moved sideways by `length` pixels while the picture was taken."""
    kernel = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1 / length
    return Image.fromarray(np.asarray(cv2.filter2D(pixels(page), -1, kernel), np.uint8))


def coarse(page: Image.Image, dpi: float) -> Image.Image:
    """Scanned with few dots."""
    factor = dpi / DPI
    small = cv2.resize(pixels(page), None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return Image.fromarray(np.asarray(small, np.uint8))


def blown_up(page: Image.Image, dpi: float) -> Image.Image:
    """Scanned with few dots and then enlarged to DPI, as a program does that was told to deliver so many."""
    return coarse(page, dpi).resize(page.size, Image.Resampling.BICUBIC)


def cropped(page: Image.Image, side: Side, inches: float) -> Image.Image:
    """The page lay too far on that side: a strip of it is not in the picture."""
    width, height, cut = page.width, page.height, round(inches * DPI)
    edges = {
        Side.LEFT: (cut, 0, width, height),
        Side.RIGHT: (0, 0, width - cut, height),
        Side.TOP: (0, cut, width, height),
        Side.BOTTOM: (0, 0, width, height - cut),
    }
    return page.crop(edges[side])


def slid(page: Image.Image, side: Side, inches: float) -> Image.Image:
    """The page was pushed over that side of the glass; the picture has its full size, with the lid beyond."""
    shift = round(inches * DPI)
    across = {Side.LEFT: -shift, Side.RIGHT: shift}.get(side, 0)
    down = {Side.TOP: -shift, Side.BOTTOM: shift}.get(side, 0)
    glass = Image.new("RGB", page.size, (LID,) * 3)
    glass.paste(page, (across, down))
    return glass


def corner_folded(page: Image.Image, inches: float) -> Image.Image:
    """The top right corner folded forward over the page: its white back covers what lies under it."""
    out = pixels(page)
    width, cut = page.width, round(inches * DPI)
    beyond = np.array([(width - cut, 0), (width, 0), (width, cut)])
    over = np.array([(width - cut, 0), (width - cut, cut), (width, cut)])
    cv2.fillPoly(out, [over], (248, 248, 246))
    cv2.fillPoly(out, [beyond], (LID,) * 3)
    cv2.polylines(out, [over], True, (150, 150, 150), 5, cv2.LINE_AA)
    return Image.fromarray(out)


def creased(page: Image.Image, top: float, inches: float) -> Image.Image:
    """A fold across the page, `top` inches down, in which a strip of it vanished; the rest moved up."""
    whole = pixels(page)
    start, lost = round(top * DPI), round(inches * DPI)
    out = np.full_like(whole, LID)
    out[:start] = whole[:start]
    out[start : len(whole) - lost] = whole[start + lost :]
    cv2.line(out, (0, start), (page.width, start), (90, 90, 90), 7)
    return Image.fromarray(np.asarray(out, np.uint8))


def under_a_finger(page: Image.Image, at: tuple[float, float], inches: float = 0.85) -> Image.Image:
    """A thumb that holds the page from the left, its tip at that place (inches from the top left)."""
    out = pixels(page)
    tip = round(at[0] * DPI), round(at[1] * DPI)
    half = round(inches * DPI / 2)
    cv2.ellipse(out, (tip[0] - half, tip[1]), (half, half), 0, -90, 90, SKIN, -1, cv2.LINE_AA)
    cv2.rectangle(out, (0, tip[1] - half), (tip[0] - half, tip[1] + half), SKIN, -1)
    return Image.fromarray(np.asarray(cv2.GaussianBlur(out, (0, 0), 0.8), np.uint8))


def under_a_note(page: Image.Image, at: tuple[float, float], inches: float = 3.0) -> Image.Image:
    """A sticky note left on the page, its top left corner at that place, with a few words on it."""
    out = pixels(page)
    left, top, side = round(at[0] * DPI), round(at[1] * DPI), round(inches * DPI)
    cv2.rectangle(out, (left, top), (left + side, top + side), NOTE, -1)
    for line, words in enumerate(("Call back", "on Tuesday")):
        place = left + 60, top + 180 + 150 * line
        cv2.putText(out, words, place, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 3, (40, 40, 120), 6, cv2.LINE_AA)
    return Image.fromarray(out)


def punched(page: Image.Image, at: tuple[float, float]) -> Image.Image:
    """A hole of a punch at that place, in inches, seen black against the open lid."""
    out = pixels(page)
    cv2.circle(out, (round(at[0] * DPI), round(at[1] * DPI)), 42, (0, 0, 0), -1, cv2.LINE_AA)
    return Image.fromarray(out)


def black_page() -> Image.Image:
    """The lid was open in a dark room."""
    return Image.new("L", (2550, 3300), 6)


def off_a_screen(page: Image.Image, rng: np.random.Generator, zoom: float = 1.3) -> Image.Image:
    """A telephone's picture of the page on a screen: rows of coloured dots, moiré where they beat with the
    camera's, a bright and a dim side. zoom: dots of the screen for each at 96 dpi."""
    shown = coarse(page, 96 * zoom)
    dots = np.repeat(np.repeat(pixels(shown).astype(np.float32), 3, axis=0), 3, axis=1)
    for channel in range(3):
        for column in range(3):
            if column != channel:
                dots[:, column::3, channel] *= 0.25
    dots[2::3] *= 0.45
    tall, wide = dots.shape[:2]
    factor = 3300 / tall * float(rng.uniform(0.93, 0.99))
    turn = cv2.getRotationMatrix2D((wide / 2, tall / 2), float(rng.uniform(-2, 2)), factor)
    turn[:, 2] += np.array([2550 / 2 - wide / 2, 3300 / 2 - tall / 2])
    taken = cv2.warpAffine(dots, turn, (2550, 3300), flags=cv2.INTER_LINEAR, borderValue=(20, 20, 24))
    bright = np.linspace(float(rng.uniform(1.4, 1.9)), float(rng.uniform(1.0, 1.4)), 2550)[None, :, None]
    noise = rng.standard_normal(taken.shape).astype(np.float32) * 4
    return Image.fromarray((taken * bright + noise).clip(0, 255).astype(np.uint8))


def side_by_side(first: Image.Image, second: Image.Image, dpi: float = 230) -> Image.Image:
    """Two sheets in one photo, on a dark table."""
    one, other = coarse(first, dpi), coarse(second, dpi)
    gap = round(0.3 * dpi)
    size = one.width + other.width + 3 * gap, max(one.height, other.height) + 2 * gap
    table = Image.new("RGB", size, (92, 74, 60))
    table.paste(one, (gap, gap))
    table.paste(other, (one.width + 2 * gap, gap))
    return table


def one_on_another(first: Image.Image, second: Image.Image, shown: float = 3.0) -> Image.Image:
    """Two sheets on the glass: the second lies under the first and shows its lowest `shown` inches."""
    tall = round(shown * DPI)
    glass = Image.new("RGB", (first.width, first.height + tall), (LID,) * 3)
    glass.paste(second.crop((0, second.height - tall, second.width, second.height)), (0, first.height))
    glass.paste(first, (0, 0))
    return glass


def on_coloured_paper(page: Image.Image, shade: Shade) -> Image.Image:
    """The form on coloured paper."""
    tint = np.array([shade.red, shade.green, shade.blue], np.float32)
    return Image.fromarray((pixels(page).astype(np.float32) * tint).clip(0, 255).astype(np.uint8))


def printed_in(page: Image.Image, blank: Image.Image, colour: tuple[int, int, int]) -> Image.Image:
    """The form's own print in that colour; what was written on it stays as it is. blank: the page unwritten."""
    whole, bare = pixels(page).astype(np.float32), pixels(blank).astype(np.float32)
    own = np.abs(whole - bare).max(axis=2, keepdims=True) < 40
    share = 1 - bare.mean(axis=2, keepdims=True) / 255
    tinted = 255 - share * (255 - np.array(colour, np.float32))
    return Image.fromarray(np.where(own, tinted, whole).clip(0, 255).astype(np.uint8))


def stapled(page: Image.Image) -> Image.Image:
    """The staple in the top left corner with its shadow, and the holes and the crease around it."""
    out = pixels(page).astype(np.float32)
    shadow = np.zeros(out.shape[:2], np.uint8)
    cv2.line(shadow, (75, 170), (185, 75), 255, 14)
    cv2.line(shadow, (0, 420), (430, 0), 160, 5)
    soft = cv2.GaussianBlur(shadow, (0, 0), 6).astype(np.float32)[..., None] / 255
    staple = np.zeros(out.shape[:2], np.uint8)
    cv2.line(staple, (70, 162), (180, 67), 255, 7, cv2.LINE_AA)
    hard = staple.astype(np.float32)[..., None] / 255
    out = out * (1 - 0.75 * soft)
    return Image.fromarray((out * (1 - hard) + 70 * hard).clip(0, 255).astype(np.uint8))
