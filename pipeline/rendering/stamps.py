"""What is printed over every page of a packet: its code as text and as a small QR, the page count, and a pale
DRAFT under the words (the draft's own words stand in the header of the document, `draftmark`).

Stamps stand in the foot margin and are marked as artifacts, so that a screen reader does not read them on
every page. Their font is embedded. All lengths are PDF points, origin at the bottom left.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

import reportlab
import segno
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from pipeline.model import DRAFT_CODE, FINAL_CODE, check_characters

FONT = "PacketStamp"
FONT_BOLD = "PacketStampBold"
CODE_SIZE = 7.5
LEFT = 64.8
FOOT = 22.0
# 29 modules at 1.4 points: 4 pixels a module on a scan of 200 dots an inch.
QR_SIZE = 42.0
QR_RIGHT = 20.0
QR_FOOT = 18.0
DRAFT_WORD = "DRAFT"


@dataclass(frozen=True, slots=True)
class PageStamp:
    """What one page says about itself. page, pages: of the document; packet_pages: of the whole PDF, 0: not said."""

    packet: str
    document: str
    page: int
    pages: int
    packet_page: int
    packet_pages: int
    draft: bool
    width: float
    height: float

    @property
    def code(self) -> str:
        return page_code(self.packet, self.document, self.page, self.pages, draft=self.draft)


def code_square(width: float) -> tuple[float, float, float, float]:
    """Left, foot, right and top of the QR on a page so wide, in points from the lower left corner."""
    left = width - QR_RIGHT - QR_SIZE
    return left, QR_FOOT, left + QR_SIZE, QR_FOOT + QR_SIZE


def page_code(packet: str, document: str, page: int, pages: int, *, draft: bool = False) -> str:
    """The printed code of one page of a packet, with its check characters. It holds no personal data.

    A draft and the final packet made of it have one number, so the code says which of them was printed:
    what somebody signed on a draft must never pass for a signature on the final page.
    """
    text = f"{DRAFT_CODE if draft else FINAL_CODE}|{packet}|{document}|{page}|{pages}"
    return f"{text}|{check_characters(text)}"


def page_count_words(page: int, pages: int) -> str:
    """The place of a page in the whole packet, as it is printed; nothing where pages are not counted (0)."""
    return f"Packet page {page} of {pages}" if pages else ""


def stamps_over(pages: Sequence[PageStamp]) -> bytes:
    """A PDF with one page of stamps for each page, to be laid over it."""
    return _drawn(pages, _draw_over)


def marks_under(pages: Sequence[PageStamp]) -> bytes:
    """A PDF with the large pale DRAFT for each page, to be laid under it, so that no word is covered."""
    return _drawn(pages, _draw_under)


def _drawn(pages: Sequence[PageStamp], draw: object) -> bytes:
    _register_fonts()
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1, pageCompression=1, initialFontName=FONT)
    for stamp in pages:
        canvas.setPageSize((stamp.width, stamp.height))
        draw(canvas, stamp)  # type: ignore[operator]
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@cache
def _register_fonts() -> None:
    """Bitstream Vera comes with reportlab, so that no machine lacks the stamps' font."""
    folder = Path(reportlab.__file__).parent / "fonts"
    pdfmetrics.registerFont(TTFont(FONT, str(folder / "Vera.ttf")))
    pdfmetrics.registerFont(TTFont(FONT_BOLD, str(folder / "VeraBd.ttf")))


def _draw_over(canvas: Canvas, stamp: PageStamp) -> None:
    canvas.setFillGray(0)
    canvas.setFont(FONT, CODE_SIZE)
    canvas.drawString(LEFT, FOOT, stamp.code)
    qr_left, qr_foot, _, _ = code_square(stamp.width)
    canvas.drawRightString(qr_left - 10, FOOT, page_count_words(stamp.packet_page, stamp.packet_pages))
    _draw_qr(canvas, stamp.code, qr_left, qr_foot)


def _draw_qr(canvas: Canvas, code: str, left: float, foot: float) -> None:
    modules, bars = _qr_bars(code)
    module = QR_SIZE / modules
    path = canvas.beginPath()
    for down, across, length in bars:
        path.rect(left + across * module, foot + (modules - 1 - down) * module, length * module, module)
    canvas.drawPath(path, stroke=0, fill=1)


@lru_cache(maxsize=1_024)  # each recipient's copy of a page has the same code
def _qr_bars(code: str) -> tuple[int, tuple[tuple[int, int, int], ...]]:
    """How many modules a side has, and its dark bars: row from the top, first column, length."""
    rows = segno.make(code, error="m", micro=False, boost_error=False).matrix
    bars: list[tuple[int, int, int]] = []
    for down, row in enumerate(rows):
        across = 0
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                bars.append((down, across, length))
            across += length
    return len(rows), tuple(bars)


def _draw_under(canvas: Canvas, stamp: PageStamp) -> None:
    if not stamp.draft:
        return
    canvas.saveState()
    canvas.setFillGray(0.93)
    canvas.setFont(FONT_BOLD, 130)
    canvas.translate(stamp.width / 2, stamp.height / 2)
    canvas.rotate(52)
    canvas.drawCentredString(0, -45, DRAFT_WORD)
    canvas.restoreState()
