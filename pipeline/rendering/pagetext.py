"""The text of a PDF as it can be read back: the second opinion on our own PDFs.

A page's text is in the order it was drawn, with header and footer. The logical text follows the structure tags:
a cell that runs over a page stays whole, and what repeats on each page is left out. The proof needs the
latter: in drawn order, a value cut by the foot of a page cannot be told from a lost one.
"""

from __future__ import annotations

import ctypes
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
from pikepdf import Name, Object


@dataclass(frozen=True, slots=True)
class PdfText:
    """pages: text of each page; logical: the body's text in reading order, empty where the PDF has no tags."""

    pages: tuple[str, ...] = field(repr=False)
    logical: str = field(repr=False)


def read_pages(pdf: bytes) -> list[str]:
    """The text of each page, in the order it was drawn."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        texts = [str(page.get_textpage().get_text_bounded()) for page in document]
        # PDFium marks a hyphen at the end of a line with this control character, wherever it came from.
        return [text.replace("\x02", "-") for text in texts]
    finally:
        document.close()


def read_pdf_text(pdf: bytes) -> PdfText:
    """The text of a PDF, page by page and in reading order."""
    marked = _marked_texts(pdf)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        order = list(_reading_order(document))
    return PdfText(tuple(read_pages(pdf)), "\n".join(marked.get(place, "") for place in order))


def _marked_texts(pdf: bytes) -> dict[tuple[int, int], str]:
    """Page (from 0) and marked-content number → the text drawn under that number."""
    texts: dict[tuple[int, int], str] = {}
    document = pypdfium2.PdfDocument(pdf)
    try:
        for number, page in enumerate(document):
            drawn = page.get_textpage()
            for index in range(pdfium.FPDFPage_CountObjects(page)):
                item = pdfium.FPDFPage_GetObject(page, index)
                if pdfium.FPDFPageObj_GetType(item) == pdfium.FPDF_PAGEOBJ_TEXT:
                    place = number, int(pdfium.FPDFPageObj_GetMarkedContentID(item))
                    texts[place] = texts.get(place, "") + _object_text(item, drawn)
    finally:
        document.close()
    return texts


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
