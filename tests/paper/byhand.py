"""A printed form filled in with a pen or a typewriter: pictures of its pages, as they lie on the desk."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pypdfium2
from PIL import Image

from tests.paper import pen
from tests.paper.hands import Hand, blank_width, word
from tests.paper.pen import Ink, Writing
from tests.paper.widgets import Spot, SpotKind, spots

_Edges = tuple[int, int, int, int]


def pictures(pdf: Path | bytes, dpi: float, *, boxes_drawn: bool = True) -> list[Image.Image]:
    """Each page as printed at that many dots per inch, in colour.

    boxes_drawn: widgets are drawn as a viewer prints them; without, only the page's own content is.
    """
    document = pypdfium2.PdfDocument(pdf)
    try:
        if boxes_drawn and document.get_formtype():
            document.init_forms()
        return [
            page.render(scale=dpi / 72, may_draw_forms=boxes_drawn).to_pil().convert("RGB")
            for page in document
        ]
    finally:
        document.close()


@dataclass(frozen=True, slots=True)
class Written:
    """One value on paper, as it was really put there, and the pixels it covers.

    spoiled: the writer first put something else there and struck it out or wrote over it; a tick that was
    struck out altogether has the text `struck`
    """

    spot: Spot
    text: str
    left: int
    top: int
    right: int
    bottom: int
    spoiled: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page after somebody wrote on it. dpi: pixels per inch; a point of the blank is dpi/72 pixels."""

    image: Image.Image
    page: int
    dpi: float
    written: tuple[Written, ...]


def by_hand(
    blank: Path,
    values: Mapping[str, str],
    hand: Hand,
    *,
    dpi: float = 300,
    seed: int = 0,
    signed: Collection[str] = (),
    mistakes: Mapping[str, str] | None = None,
    boxes_drawn: bool = True,
) -> list[Sheet]:
    """The printed blank with each value written into its box.

    values: by qualified name, ticks and radio buttons by on-state. `name@2` is what stands in that
    field's box on page 2 only, for papers whose copies differ.
    signed: names of boxes that get a signature.
    mistakes: by name, what was written or ticked first and then struck out (combs: written over).
    Raises KeyError for a name the form does not have, ValueError for text longer than its comb.
    """
    boxes = spots(blank)
    known = {spot.name for spot in boxes} | {f"{spot.name}@{spot.page}" for spot in boxes}
    wrong = dict(mistakes or {})
    if unknown := (set(values) | set(signed) | set(wrong)) - known:
        raise KeyError(f"no box is named {', '.join(sorted(unknown))}")
    sheets = []
    for number, picture in enumerate(pictures(blank, dpi, boxes_drawn=boxes_drawn), start=1):
        desk = _Desk(picture, dpi / 72, hand, np.random.default_rng([seed, number]))
        for spot in boxes:
            if spot.page == number:
                text = values.get(f"{spot.name}@{number}", values.get(spot.name, ""))
                desk.put(spot, text, wrong.get(spot.name, ""), signed=spot.name in signed)
        sheets.append(Sheet(desk.finished(), number, dpi, tuple(desk.written)))
    return sheets


class _Desk:
    """One page while it is written on: the print, and the ink so far."""

    def __init__(self, picture: Image.Image, scale: float, hand: Hand, rng: np.random.Generator) -> None:
        self.picture = picture
        self.ink: Ink = np.zeros((picture.height, picture.width), np.uint8)
        self.scale, self.hand, self.rng = scale, hand, rng
        self.written: list[Written] = []

    def put(self, spot: Spot, text: str, wrong: str = "", *, signed: bool = False) -> None:
        if signed:
            self._keep(spot, "signed", self._sign(spot))
        elif spot.kind is SpotKind.TICK:
            if spot.on_state and text == spot.on_state:
                self._keep(spot, text, self._tick(spot))
            elif spot.on_state and wrong == spot.on_state:
                self._keep(spot, "struck", [*self._tick(spot), self._strike_tick(spot)], spoiled=True)
        elif (text or wrong) and spot.kind is not SpotKind.SIGNATURE:
            shown, first = (part.upper() if self.hand.capitals else part for part in (text, wrong))
            self._keep(spot, shown, self._write(spot, shown, first), spoiled=bool(wrong))

    def finished(self) -> Image.Image:
        """Ink laid over print as light sees it: both darken."""
        paper = np.asarray(self.picture).astype(np.float32)
        tint = 1 - np.asarray(self.hand.colour, np.float32) / 255
        paper *= 1 - (self.ink.astype(np.float32) / 255)[..., None] * tint
        return Image.fromarray(paper.round().astype(np.uint8))

    def _keep(self, spot: Spot, text: str, marks: Iterable[_Edges], *, spoiled: bool = False) -> None:
        covered = list(marks)
        if covered:
            edges = np.array(covered)
            low, high = edges[:, :2].min(axis=0), edges[:, 2:].max(axis=0)
            self.written.append(
                Written(spot, text, int(low[0]), int(low[1]), int(high[0]), int(high[1]), spoiled)
            )

    def _lay(self, writing: Writing, x: float, baseline: float) -> _Edges:
        """Put ink on the page; what goes over the paper's edge is lost."""
        left, top = round(x), round(baseline - writing.base)
        rows, columns = writing.ink.shape
        x0, y0 = max(left, 0), max(top, 0)
        x1, y1 = min(left + columns, self.ink.shape[1]), min(top + rows, self.ink.shape[0])
        if x1 > x0 and y1 > y0:
            there = self.ink[y0:y1, x0:x1]
            np.maximum(there, writing.ink[y0 - top : y1 - top, x0 - left : x1 - left], out=there)
        return left, top, left + columns, top + rows

    def _wobble(self, points: float) -> float:
        return float(self.rng.normal(0, points * self.scale * self.hand.unsteady))

    def _write(self, spot: Spot, text: str, wrong: str) -> Iterator[_Edges]:
        if spot.cells:
            yield from self._comb(spot, wrong)
            yield from self._comb(spot, text)
        elif spot.multiline or "\n" in text:
            yield from self._paragraph(spot, text, wrong)
        else:
            yield from self._line(spot, text, wrong)

    def _comb(self, spot: Spot, text: str) -> Iterator[_Edges]:
        if len(text) > spot.cells:
            raise ValueError(f"{spot.key}: {len(text)} characters do not go into {spot.cells} cells")
        cell = spot.width / spot.cells
        capital = min(self.hand.capital * 1.1, spot.height * 0.62, cell * 1.05) * self.scale
        baseline = (spot.bottom - max(0.0, spot.height - capital / self.scale) / 2) * self.scale
        for place, ch in enumerate(text):
            if ch == " ":
                continue
            writing = self._narrowed(
                word(self.hand, ch, capital, self.scale, self.rng), cell * 0.86 * self.scale
            )
            middle = (spot.left + (place + 0.5) * cell) * self.scale + self._wobble(0.05 * cell)
            yield self._lay(
                writing, middle - writing.ink.shape[1] / 2, baseline + self._wobble(0.03 * spot.height)
            )

    def _line(self, spot: Spot, text: str, wrong: str) -> Iterator[_Edges]:
        capital = min(self.hand.capital, spot.height * 0.6) * self.scale
        parts, struck = [*wrong.split(), *text.split(" ")], len(wrong.split())
        words = [word(self.hand, part, capital, self.scale, self.rng) for part in parts if part]
        room = (spot.width - 3) * self.scale
        gap = blank_width(self.hand, capital)
        needed = sum(w.ink.shape[1] for w in words) + gap * (len(words) - 1)
        squeeze = min(1.0, room / max(needed, 1))
        if squeeze < 0.75 and not self.hand.typed:
            # people first write smaller, then closer together
            capital *= max(0.6, squeeze)
            words = [word(self.hand, part, capital, self.scale, self.rng) for part in parts if part]
            gap = blank_width(self.hand, capital) * 0.8
            needed = sum(w.ink.shape[1] for w in words) + gap * (len(words) - 1)
            squeeze = min(1.0, room / max(needed, 1))
        if squeeze < 1:
            words, gap = [self._narrowed(w, w.ink.shape[1] * squeeze) for w in words], gap * squeeze
        spare = max(0.0, room - needed * squeeze)
        x = (spot.left + 2) * self.scale + (
            0 if self.hand.typed else self.rng.uniform(0, min(spare, capital))
        )
        baseline = (spot.bottom - max(2.2, (spot.height - capital / self.scale) * 0.42)) * self.scale
        yield from self._struck(self._run(words, x, baseline + self._wobble(0.4), gap), struck)

    def _struck(self, marks: Iterator[_Edges], count: int) -> Iterator[_Edges]:
        """The marks as they come, a line drawn through the first `count` of them."""
        for place, edges in enumerate(marks):
            if place < count:
                left, top, right, bottom = edges
                self._stroke((left - 3, (top + bottom) / 2), (right + 3, (top + bottom) / 2))
            yield edges

    def _stroke(self, start: tuple[float, float], end: tuple[float, float]) -> _Edges:
        """One line of the pen between two pixels, not quite straight."""
        nib = max(1.0, self.hand.nib * self.scale)
        line = np.linspace(start, end, 12)
        line += pen.wander(len(line), self.rng) * nib * 0.5 - start
        return self._lay(pen.drawn([line], nib, self.rng), start[0] - nib - 2, start[1])

    def _strike_tick(self, spot: Spot) -> _Edges:
        """A flat line through a tick that was a mistake."""
        middle = (spot.top + spot.bottom) / 2 * self.scale
        reach = self.hand.strike * spot.width * self.scale
        return self._stroke(
            (spot.left * self.scale - reach, middle), (spot.right * self.scale + reach, middle)
        )

    def _run(self, words: list[Writing], x: float, baseline: float, gap: float) -> Iterator[_Edges]:
        climb = 0.004 * self.hand.unsteady * self.rng.normal()
        start = x
        for writing in words:
            yield self._lay(writing, x, baseline + climb * (x - start) + self._wobble(0.25))
            x += writing.ink.shape[1] + gap * (1 if self.hand.typed else self.rng.uniform(0.85, 1.3))

    def _paragraph(self, spot: Spot, text: str, wrong: str) -> Iterator[_Edges]:
        capital = min(self.hand.capital, spot.height * 0.6) * self.scale
        room = (spot.width - 6) * self.scale
        while True:
            pitch = capital * 1.95
            lines = self._wrapped(f"{wrong} {text}".strip(), capital, room)
            if len(lines) * pitch <= spot.height * self.scale or capital < 4 * self.scale:
                break
            capital *= 0.9
        baseline = (spot.top + 2) * self.scale + capital * 1.25
        struck = len(wrong.split())
        for line in lines:
            left = (spot.left + 3) * self.scale
            run = self._run(line, left, baseline + self._wobble(0.4), blank_width(self.hand, capital))
            yield from self._struck(run, struck)
            struck = max(0, struck - len(line))
            baseline += pitch

    def _wrapped(self, text: str, capital: float, room: float) -> list[list[Writing]]:
        lines: list[list[Writing]] = []
        for paragraph in text.split("\n"):
            lines.append([])
            used = 0.0
            for part in paragraph.split():
                writing = word(self.hand, part, capital, self.scale, self.rng)
                if used and used + writing.ink.shape[1] > room:
                    lines.append([])
                    used = 0.0
                lines[-1].append(writing)
                used += writing.ink.shape[1] + 1.1 * blank_width(self.hand, capital)
        return lines

    def _narrowed(self, writing: Writing, width: float) -> Writing:
        """The same ink pressed together sideways where it is wider than `width`."""
        rows, columns = writing.ink.shape
        if columns <= width:
            return writing
        smaller = Image.fromarray(writing.ink).resize((max(1, int(width)), rows), Image.Resampling.BOX)
        return Writing(np.asarray(smaller), writing.base)

    def _tick(self, spot: Spot) -> Iterator[_Edges]:
        if self.hand.typed:
            capital = spot.height * 0.75 * self.scale
            writing = word(self.hand, "X", capital, self.scale, self.rng)
            x = (spot.left + spot.right) / 2 * self.scale - writing.ink.shape[1] / 2
            yield self._lay(writing, x, (spot.bottom - spot.height * 0.125) * self.scale)
            return
        wide, tall = spot.width * self.scale, spot.height * self.scale
        writing = pen.tick(self.hand.tick, wide, tall, max(1.0, self.hand.nib * self.scale), self.rng)
        x = (spot.left + spot.right) / 2 * self.scale - writing.ink.shape[1] / 2
        yield self._lay(writing, x + self._wobble(0.4), spot.bottom * self.scale + self._wobble(0.4))

    def _sign(self, spot: Spot) -> Iterator[_Edges]:
        wide = min(spot.width * self.rng.uniform(0.5, 0.85), 220) * self.scale
        tall = min(spot.height * self.rng.uniform(0.8, 1.2), 34) * self.scale
        writing = pen.signature(wide, tall, max(1.0, self.hand.nib * self.scale), self.rng)
        yield self._lay(writing, (spot.left + 4) * self.scale, (spot.bottom - 4) * self.scale)
