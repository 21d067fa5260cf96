"""The text of a PDF as it can be read back: the second opinion on our own PDFs.

A page's text is in the order it was drawn, with header and footer. The logical text follows the structure tags:
a cell that runs over a page stays whole, and what repeats on each page is left out. The proof needs the
latter: in drawn order, a value cut by the foot of a page cannot be told from a lost one.
"""

from __future__ import annotations

import ctypes
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
from pikepdf import Name, Object

# Pieces of text whose baselines differ by less, in PDF points, stand in one line.
SAME_LINE = 1.0


class UnreadablePdf(Exception):
    """A PDF that cannot be opened: torn, or none."""


@dataclass(frozen=True, slots=True)
class PdfText:
    """pages: text of each page; logical: the body's text in reading order, empty where the PDF has no tags.

    margins: for each page what is drawn outside the tags: header, footer, repeated head rows of tables
    In logical and margins a line end stands between what was drawn apart.
    logical_pages: for each line of logical, the page it was drawn on, from 1; empty where that is not known
    """

    pages: tuple[str, ...] = field(repr=False)
    logical: str = field(repr=False)
    margins: tuple[str, ...] = field(default=(), repr=False)
    logical_pages: tuple[int, ...] = ()


def read_pages(pdf: bytes) -> list[str]:
    """The text of each page, in the order it was drawn. Raises UnreadablePdf."""
    try:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return [_page_text(page.get_textpage()) for page in document]
        finally:
            document.close()
    except pypdfium2.PdfiumError as error:
        raise UnreadablePdf from error


def _page_text(drawn: pypdfium2.PdfTextPage) -> str:
    # PDFium marks a hyphen at the end of a line with this control character, wherever it came from.
    return str(drawn.get_text_bounded()).replace("\x02", "-")


def read_pdf_text(pdf: bytes) -> PdfText:
    """The text of a PDF, page by page and in reading order. Raises UnreadablePdf."""
    try:
        pages, marked, margins = _drawn_texts(pdf)
        with pikepdf.open(io.BytesIO(pdf)) as document:
            order = list(_reading_order(document))
    except (pypdfium2.PdfiumError, pikepdf.PdfError) as error:
        raise UnreadablePdf from error
    texts = [marked.get(place, "") for place in order]
    lines = zip(order, texts, strict=True)
    numbers = tuple(page + 1 for (page, _), text in lines for _ in text.split("\n"))
    return PdfText(tuple(pages), "\n".join(texts), tuple(margins), numbers)


def _drawn_texts(pdf: bytes) -> tuple[list[str], dict[tuple[int, int], str], list[str]]:
    """Text of each page; page (from 0) and marked-content number → what is drawn under it; text outside the tags."""
    pages: list[str] = []
    texts: dict[tuple[int, int], str] = {}
    margins: list[str] = []
    document = pypdfium2.PdfDocument(pdf)
    try:
        for number, page in enumerate(document):
            drawn = page.get_textpage()
            pages.append(_page_text(drawn))
            pieces: dict[int, list[_Piece]] = {}
            for piece in _pieces(page, drawn):
                pieces.setdefault(piece.content, []).append(piece)
            places = _CharPlaces(drawn)
            margins.append(_joined(pieces.pop(-1, []), places, "\n"))
            for content, found in pieces.items():
                texts[number, content] = _joined(found, places, "")
    finally:
        document.close()
    return pages, texts, margins


@dataclass(slots=True)
class _Piece:
    """A text object of a page. content: number of its marked content, -1 outside the tags; PDF points."""

    content: int
    text: str = field(repr=False)
    item: object
    left: float
    right: float
    base: float


def _pieces(page: pypdfium2.PdfPage, drawn: pypdfium2.PdfTextPage) -> Iterator[_Piece]:
    matrix = pdfium.FS_MATRIX()
    left, right, _ = ctypes.c_float(), ctypes.c_float(), ctypes.c_float()
    for index in range(pdfium.FPDFPage_CountObjects(page)):
        item = pdfium.FPDFPage_GetObject(page, index)
        if pdfium.FPDFPageObj_GetType(item) == pdfium.FPDF_PAGEOBJ_TEXT:
            content = int(pdfium.FPDFPageObj_GetMarkedContentID(item))
            pdfium.FPDFPageObj_GetMatrix(item, matrix)
            pdfium.FPDFPageObj_GetBounds(item, left, _, right, _)
            yield _Piece(content, _object_text(item, drawn), item, left.value, right.value, matrix.f)


def _joined(pieces: Sequence[_Piece], places: _CharPlaces, between: str) -> str:
    """The text of pieces drawn one after the other. Letters that the font lacks are drawn from another one after
    the rest of their line: where pieces of a line overlap, their letters are put in order from left to right."""
    lines: list[list[_Piece]] = []
    for piece in pieces:
        if (
            lines
            and abs(lines[-1][-1].base - piece.base) < SAME_LINE
            and lines[-1][0].content == piece.content
        ):
            lines[-1].append(piece)
        else:
            lines.append([piece])
    texts: list[str] = []
    for line in lines:
        overlapping = any(b.left < max(a.right for a in line[:n]) - 0.5 for n, b in enumerate(line) if n)
        if overlapping:
            texts.append(places.in_order(line))
        else:
            texts += [each.text for each in line]
    return between.join(texts)


class _CharPlaces:
    """Where the letters of a page stand; looked up only for lines that were drawn out of order."""

    def __init__(self, drawn: pypdfium2.PdfTextPage) -> None:
        self.drawn = drawn
        self.letters: dict[int, list[tuple[float, str]]] | None = None

    def in_order(self, line: Sequence[_Piece]) -> str:
        if self.letters is None:
            self.letters = self._letters()
        letters = [letter for piece in line for letter in self.letters.get(_address(piece.item), [])]
        ordered = "".join(letter for _, letter in sorted(letters, key=lambda letter: letter[0]))
        return ordered.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # halves of one letter

    def _letters(self) -> dict[int, list[tuple[float, str]]]:
        letters: dict[int, list[tuple[float, str]]] = {}
        x, y = ctypes.c_double(), ctypes.c_double()
        for index in range(pdfium.FPDFText_CountChars(self.drawn)):
            item = pdfium.FPDFText_GetTextObject(self.drawn, index)
            if item:
                pdfium.FPDFText_GetCharOrigin(self.drawn, index, x, y)
                letter = chr(pdfium.FPDFText_GetUnicode(self.drawn, index))
                letters.setdefault(_address(item), []).append((x.value, letter))
        return letters


def _address(item: object) -> int:
    return ctypes.addressof(item.contents)  # type: ignore[attr-defined]


def _object_text(item: object, drawn: object) -> str:
    size = int(pdfium.FPDFTextObj_GetText(item, drawn, None, 0))
    buffer = (ctypes.c_ushort * (size // 2))()
    pdfium.FPDFTextObj_GetText(item, drawn, buffer, size)
    return bytes(buffer).decode("utf-16-le", "replace").rstrip("\0")


def _reading_order(document: pikepdf.Pdf) -> Iterator[tuple[int, int]]:
    """Page (from 0) and marked-content number of each piece of text, as the structure tree orders them."""
    root = document.Root.get(Name.StructTreeRoot)
    if root is None:
        return
    numbers = {page.objgen: number for number, page in enumerate(document.pages)}
    waiting: list[tuple[Object, Object | None]] = [(root.get(Name.K), None)]
    while waiting:
        item, page = waiting.pop()
        if isinstance(item, pikepdf.Array):
            waiting += [(kid, page) for kid in reversed(item.as_list())]
        elif isinstance(item, pikepdf.Dictionary):
            page = item.get(Name.Pg, page)
            content = item.get(Name.MCID)
            if content is not None and page is not None:
                yield numbers.get(page.objgen, -1), int(content)
            elif Name.K in item:
                waiting.append((item.K, page))
        elif item is not None and page is not None:
            yield numbers.get(page.objgen, -1), int(item)
