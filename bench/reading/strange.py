"""Pages that are none of the forms: each must be accepted as none."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench.reading.measure import bench
from pipeline.reading.matching import match_pages
from tests.paper.carriers import Carrier, save_as
from tests.paper.degrade import Severity, degraded
from tests.paper.families import Half, typefaces

WIDTH, HEIGHT = 1700, 2200  # letter at 200 dpi
_WORDS = """
the of and to in for is on that by this with you it not or be are from at as your all have new more an was we
will home can us about if page my has search free but our one other do no information time they site he up may
"""
WORDS = _WORDS.split()


def strange_pages(half: Half) -> Iterator[tuple[str, Image.Image]]:
    """Forty pages: letters, tables, other forms, pictures, empty ones, at 200 dpi."""
    first = 0 if half is Half.DEVELOPMENT else 1000
    makers = (letter, table, other_form, drawing, newsletter)
    for place in range(8):
        for maker in makers:
            rng = np.random.default_rng([first + place, len(maker.__name__)])
            yield f"{maker.__name__} {place}", maker(rng)


@dataclass(frozen=True, slots=True)
class Strange:
    """How many were shown, and which were taken for a form."""

    shown: int
    taken: tuple[str, ...]

    def lines(self, candidates: int) -> Iterator[str]:
        yield ""
        yield (
            f"Strange pages {self.shown}: taken for a form {len(self.taken)} "
            f"(among {candidates} candidate pages)"
        )
        yield from (f"  ! {line}" for line in self.taken)


def shown_strange_pages(site: Path, cache: Path, half: Half) -> Strange:
    """What became of each."""
    work = bench(site, cache)
    taken: list[str] = []
    pages = list(strange_pages(half))
    for place, (name, page) in enumerate(pages):
        severity = list(Severity)[place % 4]
        shot = degraded(page, severity, place, dpi=200)
        photo = severity is Severity.PHOTO
        data = save_as([shot.image], Carrier.JPG if photo else Carrier.TIFF, dpi=shot.dpi)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / ("scan.jpg" if photo else "scan.tif")
            path.write_bytes(data)
            with work.reader.opened(path) as opened:
                matches = match_pages(opened, work.reader.catalogue)
        taken += [
            f"{name} {severity.name.lower()}: {match.form} {match.page}"
            for match in matches
            if match.reason is None
        ]
    return Strange(len(pages), tuple(taken))


def _sheet() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    page = Image.new("RGB", (WIDTH, HEIGHT), "white")
    return page, ImageDraw.Draw(page)


def _font(rng: np.random.Generator, size: int) -> ImageFont.FreeTypeFont:
    machines = typefaces()
    return ImageFont.truetype(str(machines[int(rng.integers(len(machines)))]), size)


def _words(rng: np.random.Generator, count: int) -> str:
    return " ".join(WORDS[int(place)] for place in rng.integers(0, len(WORDS), count))


def letter(rng: np.random.Generator) -> Image.Image:
    page, pen = _sheet()
    font = _font(rng, 30)
    pen.text((150, 150), _words(rng, 3).title(), font=_font(rng, 44), fill="black")
    for line in range(int(rng.integers(12, 34))):
        pen.text((150, 320 + line * 48), _words(rng, int(rng.integers(4, 14))), font=font, fill="black")
    return page


def newsletter(rng: np.random.Generator) -> Image.Image:
    page, pen = _sheet()
    font = _font(rng, 22)
    pen.rectangle((100, 100, WIDTH - 100, 300), fill=(60, 90, 140))
    pen.text((140, 150), _words(rng, 3).upper(), font=_font(rng, 80), fill="white")
    for column in range(3):
        for line in range(40):
            pen.text((110 + column * 510, 360 + line * 42), _words(rng, 5), font=font, fill="black")
    return page


def table(rng: np.random.Generator) -> Image.Image:
    page, pen = _sheet()
    rows, columns = int(rng.integers(8, 30)), int(rng.integers(3, 8))
    font = _font(rng, 22)
    wide, tall = (WIDTH - 240) / columns, (HEIGHT - 500) / rows
    for row in range(rows + 1):
        pen.line((120, 300 + row * tall, WIDTH - 120, 300 + row * tall), fill="black", width=2)
    for column in range(columns + 1):
        pen.line((120 + column * wide, 300, 120 + column * wide, 300 + rows * tall), fill="black", width=2)
        for row in range(rows if column < columns else 0):
            pen.text((128 + column * wide, 306 + row * tall), _words(rng, 1), font=font, fill="black")
    return page


def other_form(rng: np.random.Generator) -> Image.Image:
    """Somebody else's form: title, boxes with labels, tick boxes, now and then corner markers of its own."""
    page, pen = _sheet()
    font = _font(rng, 22)
    pen.text((150, 110), _words(rng, 4).title(), font=_font(rng, 42), fill="black")
    top = 240
    while top < HEIGHT - 250:
        count = int(rng.integers(1, 4))
        wide = (WIDTH - 300) / count
        for place in range(count):
            left = 150 + place * wide
            pen.rectangle((left, top, left + wide - 12, top + 80), outline="black", width=2)
            pen.text((left + 6, top + 4), _words(rng, 2).title(), font=font, fill="black")
            if rng.random() < 0.3:
                pen.rectangle((left + 20, top + 40, left + 48, top + 68), outline="black", width=2)
        top += int(rng.integers(100, 180))
    if rng.random() < 0.4:
        _markers(page)
    return page


def _markers(page: Image.Image) -> None:
    """Square markers of the family the program uses, where its own forms have them: a trap."""
    words = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    places = ((120, 120), (WIDTH - 180, 120), (WIDTH - 180, HEIGHT - 180), (120, HEIGHT - 180))
    for number, place in enumerate(places):
        page.paste(Image.fromarray(cv2.aruco.generateImageMarker(words, number, 60)).convert("RGB"), place)


def drawing(rng: np.random.Generator) -> Image.Image:
    page, pen = _sheet()
    for _ in range(int(rng.integers(5, 60))):
        box = np.sort(rng.integers(50, 1650, (2, 2)), axis=0).ravel()
        shade = tuple(int(level) for level in rng.integers(0, 255, 3))
        draw = pen.ellipse if rng.random() < 0.5 else pen.rectangle
        draw((int(box[0]), int(box[1]), int(box[2]) + 4, int(box[3]) + 4), outline=shade, width=4)
    buffer = io.BytesIO()
    page.save(buffer, "JPEG", quality=60)
    return Image.open(io.BytesIO(buffer.getvalue())).convert("RGB")
