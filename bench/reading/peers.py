"""Tesseract on the same pages: the whole page at once, and box by box on the program's own cuts.

A peer gets what it can use: for the whole page the sheet laid flat by the truth and the true places of the
boxes; for a box the very ink that our readers get, its print taken away. Without the packages of
requirements-bench.txt there is no peer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from bench.cost import cpu_now
from bench.reading.papers import Paper
from bench.reading.tesseract import tesseract
from pipeline.model import Widget, WidgetKind
from pipeline.reading.blanks import KnownForm
from pipeline.reading.ink import Filling, strokes_in
from pipeline.reading.laid import LaidPage
from pipeline.reading.lines import as_line
from pipeline.reading.pages import OpenedFile
from pipeline.run.readpart import ReadPart


@dataclass(frozen=True, slots=True)
class PeerTexts:
    """What Tesseract read by widget key, and its CPU seconds for the whole page and for the crops."""

    page: dict[str, str]
    crop: dict[str, str]
    seconds: tuple[float, float]

    @classmethod
    def none(cls) -> PeerTexts:
        return cls({}, {}, (0.0, 0.0))


def read_by_peers(paper: Paper, opened: OpenedFile, parts: Sequence[ReadPart], known: KnownForm) -> PeerTexts:
    page_texts: dict[str, str] = {}
    crop_texts: dict[str, str] = {}
    page_seconds = crop_seconds = 0.0
    matches = {match.source_page: match for part in parts for match in part.part.matches}
    for place, sheet in enumerate(paper.drop.sheets):
        match = matches.get(place + 1)
        if match is None or match.reason is not None or match.page != sheet.page:
            continue
        flat, scale = upright(paper, place, opened)
        boxes = [w for w in known.map.on_page(sheet.page) if w.field and w.kind is WidgetKind.TEXT]
        before = cpu_now()
        words = list(page_words(flat))
        page_texts |= {widget.key: words_in(words, widget, scale) for widget in boxes}
        page_seconds += cpu_now() - before
        laid = LaidPage(opened.page(place + 1), match, known.pages[match.page - 1])
        before = cpu_now()
        crop_texts |= {widget.key: crop_text(laid, widget) for widget in boxes}
        crop_seconds += cpu_now() - before
    return PeerTexts(page_texts, crop_texts, (page_seconds, crop_seconds))


def upright(paper: Paper, place: int, opened: OpenedFile) -> tuple[np.ndarray, float]:
    """The page laid flat at 300 dpi by the truth, and pixels a point."""
    shot, scale = paper.drop.shots[place], 300 / 72
    picture = opened.page(place + 1).picture()
    height, width = picture.shape
    across, down = width / shot.image.width, height / shot.image.height
    size = known_size(paper, place)
    onto = np.diag([across, down, 1.0]) @ shot.homography @ np.diag([1 / scale, 1 / scale, 1.0])
    flat = cv2.warpPerspective(
        picture,
        onto,
        (round(size[0] * scale), round(size[1] * scale)),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(flat, np.uint8), scale


def known_size(paper: Paper, place: int) -> tuple[float, float]:
    sheet = paper.drop.sheets[place]
    return sheet.image.width * 72 / sheet.dpi, sheet.image.height * 72 / sheet.dpi


def page_words(flat: np.ndarray) -> Iterator[tuple[str, float, float]]:
    """Each word of the page with its middle in pixels."""
    import tesserocr  # noqa: PLC0415

    engine = tesseract(3)
    engine.SetImage(Image.fromarray(flat))
    engine.SetSourceResolution(300)
    engine.Recognize()
    found = engine.GetIterator()
    if found is None:
        return
    for word in tesserocr.iterate_level(found, tesserocr.RIL.WORD):
        text, box = word.GetUTF8Text(tesserocr.RIL.WORD), word.BoundingBox(tesserocr.RIL.WORD)
        if text and box:
            yield text, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def words_in(words: list[tuple[str, float, float]], widget: Widget, scale: float) -> str:
    """The words whose middle lies in the box, in the order Tesseract gives them."""
    box = widget.box
    return " ".join(
        text
        for text, x, y in words
        if box.x0 * scale <= x <= box.x1 * scale and box.top * scale <= y <= box.bottom * scale
    )


def crop_text(laid: LaidPage, widget: Widget) -> str:
    """The ink of one box by itself, as a line or as a block."""
    strokes = strokes_in(laid.cut(widget.box))
    cut = None if strokes.filling is Filling.BLANK else as_line(strokes)
    if cut is None:
        return ""
    framed = cv2.copyMakeBorder(cut, 12, 12, 12, 12, cv2.BORDER_CONSTANT, value=255)
    engine = tesseract(6 if widget.multiline else 7)
    engine.SetImage(Image.fromarray(framed))
    engine.SetSourceResolution(300)
    return str(engine.GetUTF8Text()).strip()
