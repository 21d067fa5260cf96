"""Whether the words of a PDF can be seen: the proof reads its text, which is whole where the picture is not.

A line of which a row with a fixed height cuts off the lower half, white letters, letters of one point, words under a
picture or under other words: all of them are in the text. No model reads here; it is looked for ink where words stand.
"""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium

from pipeline.rendering.comparable import comparable
from pipeline.rendering.pagetext import SAME_LINE, UnreadablePdf
from pipeline.rendering.stamps import CODE_SIZE, FOOT, LEFT, code_square

# At 100 dots an inch a page takes 10 ms, and a full stop of 5 points is still a dot.
DPI: Final = 100.0
LEAST_CONTRAST: Final = 32  # of 255 levels of grey, of a letter against its ground; print loses less
LEAST_SIZE: Final = 3.0  # points; the small print of forms has 5
LEAST_LEFT: Final = 0.8  # of the height and of the width of a line: less is cut off
MOST_COVERED: Final = 0.4  # of a line by another or by a picture; in the usual spacing lines do not overlap
PALE, SMALL = "are too pale to be seen, or covered", "are too small to be read"
CUT, UNDER = "are cut off", "are covered by others or by a picture"
STAMPED = "stand where the code of the page is stamped"


@dataclass(frozen=True, slots=True)
class _Edges:
    """In points from the lower left corner of the page."""

    left: float
    foot: float
    right: float
    top: float

    @property
    def area(self) -> float:
        return max(0.0, self.right - self.left) * max(0.0, self.top - self.foot)

    def within(self, other: _Edges) -> _Edges:
        return _Edges(
            max(self.left, other.left),
            max(self.foot, other.foot),
            min(self.right, other.right),
            min(self.top, other.top),
        )


@dataclass(slots=True)
class _Drawn:
    """A piece of text or a picture, in the order in which it is drawn. text: empty for a picture; base: of its line"""

    edges: _Edges
    text: str = field(default="", repr=False)
    base: float = 0.0
    size: float = 0.0
    clip: _Edges | None = None


def unseen_words(pdf: bytes) -> list[str]:
    """Where words are drawn so that nobody can read them, and how; a line for each place, which quotes nothing.
    Raises UnreadablePdf."""
    found: list[str] = []
    try:
        document = pypdfium2.PdfDocument(pdf)
        try:
            for number, page in enumerate(document, 1):
                height = page.get_size()[1]
                for edges, how in _unseen_on(page):
                    inches = max(0.0, height - edges.top) / 72
                    found.append(f"On page {number}, {inches:.1f} inches from the top, words {how}.")
        finally:
            document.close()
    except pypdfium2.PdfiumError as error:
        raise UnreadablePdf from error
    return list(dict.fromkeys(found))


def _unseen_on(page: Any) -> Iterator[tuple[_Edges, str]]:
    drawn = list(_drawn_on(page))
    width, height = page.get_size()
    whole = _Edges(0, 0, width, height)
    rendered = page.render(scale=DPI / 72, grayscale=True)
    picture = rendered.to_numpy().reshape(rendered.height, rendered.width)
    for number, each in enumerate(drawn):
        if not each.text:
            continue
        shown = each.edges.within(each.clip or whole).within(whole)
        if each.size < LEAST_SIZE:
            yield each.edges, SMALL
        elif _is_cut(each.edges, shown):
            yield each.edges, CUT
        elif _contrast(picture, shown, height) < LEAST_CONTRAST:
            yield each.edges, PALE
        elif _is_under(each, drawn[number + 1 :]):
            yield each.edges, UNDER
        elif any(each.edges.within(stamp).area for stamp in _stamps(width)):
            yield each.edges, STAMPED


def _stamps(width: float) -> tuple[_Edges, _Edges]:
    """Where a packet's page carries its code: as a square, and as a line of text beside it."""
    square = _Edges(*code_square(width))
    return square, _Edges(LEFT, FOOT, square.left, FOOT + CODE_SIZE)


def _drawn_on(page: Any) -> Iterator[_Drawn]:
    textpage = page.get_textpage()
    matrix = pdfium.FS_MATRIX()
    size = ctypes.c_float()
    for index in range(pdfium.FPDFPage_CountObjects(page)):
        item = pdfium.FPDFPage_GetObject(page, index)
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            text = comparable(_text(item, textpage))
            if text:
                pdfium.FPDFPageObj_GetMatrix(item, matrix)
                pdfium.FPDFTextObj_GetFontSize(item, size)
                scale = (matrix.c**2 + matrix.d**2) ** 0.5
                yield _Drawn(_bounds(item), text, matrix.f, size.value * scale, _clip(item))
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE and not pdfium.FPDFPageObj_HasTransparency(item):
            yield _Drawn(_bounds(item))


def _text(item: Any, textpage: Any) -> str:
    length = int(pdfium.FPDFTextObj_GetText(item, textpage, None, 0))
    buffer = (ctypes.c_ushort * (length // 2))()
    pdfium.FPDFTextObj_GetText(item, textpage, buffer, length)
    return bytes(buffer).decode("utf-16-le", "replace").rstrip("\0")


def _bounds(item: Any) -> _Edges:
    edges = [ctypes.c_float() for _ in range(4)]
    pdfium.FPDFPageObj_GetBounds(item, *edges)
    return _Edges(*(edge.value for edge in edges))


def _clip(item: Any) -> _Edges | None:
    """The edges of what is drawn of it; None where nothing is cut off."""
    path = pdfium.FPDFPageObj_GetClipPath(item)
    x, y = ctypes.c_float(), ctypes.c_float()
    clip: _Edges | None = None
    for number in range(max(0, pdfium.FPDFClipPath_CountPaths(path))):
        points: list[tuple[float, float]] = []
        for segment in range(max(0, pdfium.FPDFClipPath_CountPathSegments(path, number))):
            pdfium.FPDFPathSegment_GetPoint(pdfium.FPDFClipPath_GetPathSegment(path, number, segment), x, y)
            points.append((x.value, y.value))
        if points:
            across, up = zip(*points, strict=True)
            own = _Edges(min(across), min(up), max(across), max(up))
            clip = own if clip is None else clip.within(own)
    return clip


def _is_cut(edges: _Edges, shown: _Edges) -> bool:
    high, wide = edges.top - edges.foot, edges.right - edges.left
    return shown.top - shown.foot < LEAST_LEFT * high or shown.right - shown.left < LEAST_LEFT * wide


def _contrast(picture: npt.NDArray[np.uint8], edges: _Edges, height: float) -> int:
    scale = DPI / 72
    rows = slice(int((height - edges.top) * scale), math.ceil((height - edges.foot) * scale) + 1)
    columns = slice(int(edges.left * scale), math.ceil(edges.right * scale) + 1)
    there = picture[rows, columns]
    return int(there.max()) - int(there.min()) if there.size else 0


def _is_under(line: _Drawn, later: Sequence[_Drawn]) -> bool:
    """Whether what is drawn after it lies over it. Pieces of one line do so where a font lacks some of its letters, and
    marks over and under letters stand on no line."""
    if _is_marks(line.text):
        return False
    for each in later:
        if each.text and (abs(each.base - line.base) < SAME_LINE or _is_marks(each.text)):
            continue
        if line.edges.within(each.edges).area > MOST_COVERED * min(line.edges.area, each.edges.area or 1e9):
            return True
    return False


def _is_marks(text: str) -> bool:
    return not text.isascii() and all(unicodedata.category(char).startswith("M") for char in text)
