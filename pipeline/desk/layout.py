"""Pages of a sheet as they fill from top to bottom: a head with the code on each, then one block after another.

The number of pages stands in every code, so a sheet is drawn twice: once to count, once for good.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from pipeline.fillable import PAGE_WIDTH, FillablePdf, Style, printed_code, shortened, wrapped

LEFT, RIGHT, TOP, BOTTOM = 50.0, 562.0, 112.0, 718.0
WIDTH = RIGHT - LEFT
TITLE, HEADLINE, BODY, LABEL, SMALL = (
    Style(18, bold=True),
    Style(14, bold=True),
    Style(11.5),
    Style(11, bold=True),
    Style(9, grey=0.25),
)


class Flow:
    """Where the next block goes. `y` is the place on the page, in points from the top."""

    def __init__(self, pdf: FillablePdf, heading: str, code: tuple[str | int, ...], pages: int) -> None:
        self.pdf = pdf
        self.y = TOP
        self._heading = heading
        self._code = code
        self._pages = pages
        self._head()

    def _head(self) -> None:
        page = self.pdf.pages
        self.pdf.marks(printed_code(*self._code, page, max(self._pages, page)))
        self._say_heading()
        where = f"Page {page} of {max(self._pages, page)}"
        self.pdf.text(538, 58, where, Style(10, grey=0.2), "right")
        self.y = TOP

    def _say_heading(self) -> None:
        """In one line left of the code, or in two smaller ones: the titles of forms are long."""
        width = PAGE_WIDTH / 2 - 110
        style = Style(10, bold=True, grey=0.2)
        first, *rest = wrapped(self._heading, style, width)
        if rest:
            style = replace(style, size=9)
            first, *rest = wrapped(self._heading, style, width)
        self.pdf.text(74, 58, first, style)
        if rest:
            self.pdf.text(74, 58 + style.line, shortened(" ".join(rest), style, width), style)

    def room(self, height: float) -> bool:
        return self.y + height <= BOTTOM

    def need(self, height: float) -> None:
        """Goes to a new page where the block does not fit on this one."""
        if not self.room(height) and self.y > TOP:
            self.new_page()

    def new_page(self) -> None:
        self.pdf.next_page()
        self._head()

    def skip(self, height: float) -> None:
        self.y += height

    def say(self, text: str, style: Style, indent: float = 0.0) -> None:
        """Text across the page; it may go on to the next one."""
        for line in wrapped(text, style, WIDTH - indent):
            self.need(style.line)
            self.pdf.text(LEFT + indent, self.y + style.size * 0.95, line, style)
            self.y += style.line


def height_of(text: str, style: Style, width: float) -> float:
    return len(wrapped(text, style, width)) * style.line if text else 0.0


def drawn_twice(
    make: Callable[[int], tuple[FillablePdf, int]],
) -> bytes:
    """The document whose pages know how many there are."""
    _, pages = make(0)
    pdf, _ = make(pages)
    return pdf.finish()


def new_pdf(title: str, custom: Mapping[str, str]) -> FillablePdf:
    return FillablePdf(title, subject="To be filled in and saved", custom=custom)
