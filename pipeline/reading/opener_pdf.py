"""Pages of a PDF: rendered grey, with words and widget values. Runs only inside the child.

pypdf gives widgets and encryption, pypdfium2 the pictures, pdfplumber the words. The first two must agree
on the number of pages (`opener_mend.py`); where the third does not, its words are not believed.
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
from pypdf.generic import DictionaryObject

from pipeline.errors import DropError
from pipeline.model import Reason
from pipeline.reading import limits
from pipeline.reading.acroform import FoundWidget, Frame, annotations_of, frame_of, widgets_of
from pipeline.reading.limits import FileType
from pipeline.reading.opener import Answer, PageAnswer
from pipeline.reading.opener_mend import opened_pdf

_MARKUP = {"/FreeText", "/Ink", "/Stamp", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine"}
_IMAGE = 3  # FPDF_PAGEOBJ_IMAGE
SCAN_COVER = 0.6  # share of the page that pictures cover in a scan; logos and photos cover less


def pdf_pages(path: Path, scratch: Path, allow_time_for: Callable[[int, Path], None]) -> Answer:
    """Every page of the file. Raises DropError where it is locked, empty, too large or a bare XFA shell."""
    logging.disable(logging.CRITICAL)
    file = opened_pdf(path, scratch)
    reader, document, count = file.reader, file.document, len(file.document)
    allow_time_for(count, scratch)
    widgets = list(widgets_of(reader, limits.MAX_WIDGETS))
    if is_bare_xfa(reader, widgets):
        raise DropError(Reason.XFA_ONLY)
    document.init_forms()
    frames = [frame_of(page) for page in reader.pages]
    loaded = [document[number] for number in range(count)]  # kept: to load one again is to parse it again
    pages = [planned(page, number) for number, page in enumerate(loaded, 1)]
    if sum(map(pixels_of, pages)) > limits.MAX_PIXELS_IN_ALL:
        raise DropError(Reason.TOO_LARGE, "pixels in all")
    for page, drawn, frame in zip(pages, loaded, frames, strict=True):
        draw(drawn, page, scratch, doubt_empty=file.repaired)
        page.marked = has_markup(reader, page.number)
        if agrees(page, frame):
            page.widgets = [as_answer(widget) for widget in widgets if widget.page == page.number]
    add_words(file.path, pages, frames)
    for page, frame in zip(pages, frames, strict=True):
        if page.marked and agrees(page, frame):
            page.words += typed_comments(reader, page.number, frame)
    signed = is_signed(reader, widgets)
    return Answer(kind=FileType.PDF, repaired=file.repaired, signed=signed, pages=pages)


def is_signed(reader: PdfReader, widgets: list[FoundWidget]) -> bool:
    """Whether somebody signed the file itself with a certificate. It is read like any other, the signature unproved.

    Source: ISO 32000-1, 12.7.4.5 (a signature field with a value) and 12.8.4 (permissions of a certified file).
    """
    return "/Perms" in reader.root_object or any(
        widget.kind == "/Sig" and widget.value == "signed" for widget in widgets
    )


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


def planned(page: pdfium.PdfPage, number: int) -> PageAnswer:
    """The page and the resolution it will be drawn at: a scan at its own, anything else at the reading resolution.

    Rendering at the scan's own resolution gives its very pixels, whatever masks, turns and decode arrays
    stand between. Side and pixels are checked before anything is drawn.
    """
    width, height = page.get_size()
    answer = PageAnswer(number=number, width=width, height=height)
    if not (0 < width <= limits.MAX_PAGE_SIDE_POINTS and 0 < height <= limits.MAX_PAGE_SIDE_POINTS):
        raise DropError(Reason.TOO_LARGE, "page size")
    cover, own_dpi = pictures_on(page, width * height)
    answer.scanned = cover >= SCAN_COVER
    dpi = min(own_dpi, limits.READING_DPI) if answer.scanned else limits.READING_DPI
    dpi = max(dpi, 100.0)
    answer.dpi = min(dpi, 72 * (limits.MAX_PICTURE_PIXELS / (width * height)) ** 0.5)
    if answer.dpi < limits.LEAST_DPI:
        raise DropError(Reason.TOO_LARGE, "page size")
    return answer


def pixels_of(page: PageAnswer) -> float:
    return page.width * page.height * (page.dpi / 72) ** 2


def draw(page: pdfium.PdfPage, answer: PageAnswer, scratch: Path, *, doubt_empty: bool) -> None:
    """The page as a grey picture in scratch. doubt_empty: a page of one shade may have lost what was on it."""
    bitmap = page.render(scale=answer.dpi / 72, grayscale=True, may_draw_forms=True)
    pixels = np.ascontiguousarray(bitmap.to_numpy().reshape(bitmap.height, -1)[:, : bitmap.width])
    if pixels.min() == pixels.max():
        answer.undecoded = doubt_empty or not pictures_decode(page)
    answer.image, answer.shape = f"{answer.number}.npy", (pixels.shape[0], pixels.shape[1])
    with limits.writing_scratch():
        np.save(scratch / answer.image, pixels, allow_pickle=False)
    page.close()


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
