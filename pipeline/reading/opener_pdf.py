"""Pages of a PDF: rendered grey, with words and widget values. Runs only inside the child.

pypdf gives widgets and encryption, pypdfium2 the pictures, pdfplumber the words. The three must agree
on the number of pages: on broken files they do not, and then none is believed.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pdfplumber
import pypdfium2 as pdfium
from pdfplumber.utils.exceptions import PdfminerException
from pypdf import PdfReader
from pypdf.errors import FileNotDecryptedError
from pypdf.generic import DictionaryObject

from pipeline.errors import DropError
from pipeline.model import Reason
from pipeline.reading import limits
from pipeline.reading.acroform import FoundWidget, Frame, annotations_of, frame_of, widgets_of
from pipeline.reading.opener import PageAnswer

_MARKUP = {"/FreeText", "/Ink", "/Stamp", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine"}
_IMAGE = 3  # FPDF_PAGEOBJ_IMAGE
SCAN_COVER = 0.6  # share of the page that pictures cover in a scan; logos and photos cover less


def pdf_pages(path: Path, scratch: Path, allow_time_for: Callable[[int], None]) -> list[PageAnswer]:
    """Every page of the file. Raises DropError where it is locked, empty, too large or a bare XFA shell."""
    logging.disable(logging.CRITICAL)
    reader = opened_reader(path)
    if len(reader.pages) == 0:
        raise DropError(Reason.NO_PAGES)
    document = pdfium.PdfDocument(path)
    count = len(document)
    if count > limits.MAX_PAGES:
        raise DropError(Reason.TOO_LARGE, "pages")
    if len(reader.pages) != count:
        raise DropError(Reason.DAMAGED, "page count")
    allow_time_for(count)
    widgets = list(widgets_of(reader, limits.MAX_WIDGETS))
    if is_bare_xfa(reader, widgets):
        raise DropError(Reason.XFA_ONLY)
    document.init_forms()
    frames = [frame_of(page) for page in reader.pages]
    pages = [rendered(document, number, scratch) for number in range(1, count + 1)]
    for page, frame in zip(pages, frames, strict=True):
        page.marked = has_markup(reader, page.number)
        if agrees(page, frame):
            page.widgets = [as_answer(widget) for widget in widgets if widget.page == page.number]
    add_words(path, pages, frames)
    for page, frame in zip(pages, frames, strict=True):
        if page.marked and agrees(page, frame):
            page.words += typed_comments(reader, page.number, frame)
    return pages


def opened_reader(path: Path) -> PdfReader:
    """The file for pypdf, the empty password tried. Raises DropError when it needs another."""
    reader = PdfReader(path, strict=False)
    try:
        if reader.is_encrypted and not reader.decrypt(""):
            raise DropError(Reason.ENCRYPTED)
        len(reader.pages)
    except FileNotDecryptedError:
        raise DropError(Reason.ENCRYPTED) from None
    return reader


def is_bare_xfa(reader: PdfReader, widgets: list[FoundWidget]) -> bool:
    """Whether the pages are only a "please wait" shell around an XFA form that no library can show."""
    form = reader.root_object.get("/AcroForm")
    form = form.get_object() if form is not None else None
    return isinstance(form, DictionaryObject) and "/XFA" in form and not widgets


def has_markup(reader: PdfReader, number: int) -> bool:
    """Whether somebody drew or typed over the page with a viewer's comment tools."""
    return any(item.get("/Subtype") in _MARKUP for item in annotations_of(reader.pages[number - 1]))


def typed_comments(
    reader: PdfReader, number: int, frame: Frame
) -> list[tuple[str, float, float, float, float]]:
    """What was typed onto the page with a viewer's "add text": one piece for each comment, with its box."""
    found = []
    for item in annotations_of(reader.pages[number - 1]):
        rect, text = item.get("/Rect"), item.get("/Contents")
        if item.get("/Subtype") != "/FreeText" or rect is None or text is None:
            continue
        edges = [float(edge.get_object()) for edge in rect.get_object()]
        box = frame.box((edges[0], edges[1], edges[2], edges[3]))
        words = " ".join(str(text.get_object()).split())[:2_000]
        found.append((words, box.x0, box.top, box.x1, box.bottom))
    return found[: limits.MAX_WIDGETS]


def agrees(page: PageAnswer, frame: Frame) -> bool:
    width, height = frame.size
    return abs(page.width - width) < 2 and abs(page.height - height) < 2


def as_answer(widget: FoundWidget) -> dict[str, Any]:
    box = widget.box
    return {
        "name": widget.name[:500],
        "kind": widget.kind,
        "box": [round(edge, 2) for edge in (box.x0, box.top, box.x1, box.bottom)],
        "value": widget.value[: limits.MAX_TEXT],
        "state": widget.state[:200],
        "on": widget.is_on,
    }


def rendered(document: pdfium.PdfDocument, number: int, scratch: Path) -> PageAnswer:
    """The page as a grey picture: a scan at its own resolution, anything else at the reading resolution.

    Rendering at the scan's own resolution gives its very pixels, whatever masks, turns and decode arrays
    stand between. Side and pixels are checked before anything is drawn.
    """
    page = document[number - 1]
    width, height = page.get_size()
    answer = PageAnswer(number=number, width=width, height=height)
    if not (0 < width <= limits.MAX_PAGE_SIDE_POINTS and 0 < height <= limits.MAX_PAGE_SIDE_POINTS):
        raise DropError(Reason.TOO_LARGE, "page size")
    cover, own_dpi = pictures_on(page, width * height)
    answer.scanned = cover >= SCAN_COVER
    dpi = min(own_dpi, limits.READING_DPI) if answer.scanned else limits.READING_DPI
    dpi = max(dpi, 100.0)
    dpi = min(dpi, 72 * (limits.MAX_PICTURE_PIXELS / (width * height)) ** 0.5)
    if dpi < limits.LEAST_DPI:
        raise DropError(Reason.TOO_LARGE, "page size")
    bitmap = page.render(scale=dpi / 72, grayscale=True, may_draw_forms=True)
    pixels = np.ascontiguousarray(bitmap.to_numpy().reshape(bitmap.height, -1)[:, : bitmap.width])
    if pixels.min() == pixels.max():
        answer.undecoded = not pictures_decode(page)
    answer.image, answer.dpi, answer.shape = f"{number}.npy", dpi, (pixels.shape[0], pixels.shape[1])
    np.save(scratch / answer.image, pixels, allow_pickle=False)
    page.close()
    return answer


def pictures_decode(page: Any) -> bool:
    """Whether every picture of a page of one shade can be decoded.

    A picture that cannot is left out without a word when the page is drawn: the page then looks like the blank
    back of a sheet, and would be put aside as one.
    """
    for item in page.get_objects(filter=[_IMAGE], max_depth=4):
        across, down = item.get_px_size()
        if across * down > limits.MAX_PICTURE_PIXELS:
            return False
        try:
            item.get_bitmap().close()
        except pdfium.PdfiumError:
            return False
    return True


def pictures_on(page: Any, area: float) -> tuple[float, float]:
    """Share of the page under pictures, and the resolution of the largest of them."""
    cover, largest, dpi = 0.0, 0.0, 0.0
    for item in page.get_objects(filter=[_IMAGE], max_depth=4):
        left, bottom, right, top = item.get_bounds()
        size = max(0.0, right - left) * max(0.0, top - bottom)
        cover += size / area
        if size > largest:
            across = item.get_px_size()[0]
            largest, dpi = size, 72 * across / max(1.0, right - left)
            if page.get_rotation() in (90, 270) and right - left > 0:
                dpi = 72 * max(item.get_px_size()) / max(right - left, top - bottom)
    return cover, dpi or float(limits.READING_DPI)


def add_words(path: Path, pages: list[PageAnswer], frames: list[Frame]) -> None:
    """Words with boxes for pages that were never paper. A scanner's own text layer is not believed.

    Where pdfplumber fails on a page (54 of 2,707 public files), the page is read from its picture.
    """
    wanted = [page for page in pages if not page.scanned]
    if not wanted:
        return
    with contextlib.suppress(PdfminerException), pdfplumber.open(path) as plumbed:
        if len(plumbed.pages) != len(pages):
            return
        for page in wanted:
            try:
                page.words = words_of(plumbed.pages[page.number - 1], frames[page.number - 1])
            except (TypeError, KeyError, ValueError, AttributeError, AssertionError, IndexError):
                page.words = []
            plumbed.pages[page.number - 1].close()


def words_of(page: Any, frame: Frame) -> list[tuple[str, float, float, float, float]]:
    """Words with their boxes in points of the page as displayed (pdfplumber counts from the media box)."""
    media = page.mediabox
    whole = Frame(float(media[0]), float(media[1]), float(media[2]), float(media[3]), frame.turn)
    corner = whole.box((frame.x0, frame.y0, frame.x1, frame.y1))
    words = page.extract_words(x_tolerance=1.5, y_tolerance=2, keep_blank_chars=False)
    return [
        (
            str(word["text"])[:200],
            round(float(word["x0"]) - corner.x0, 2),
            round(float(word["top"]) - corner.top, 2),
            round(float(word["x1"]) - corner.x0, 2),
            round(float(word["bottom"]) - corner.top, 2),
        )
        for word in words[: limits.MAX_WORDS_A_PAGE]
    ]
