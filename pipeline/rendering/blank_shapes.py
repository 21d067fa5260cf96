"""What a blank is made of before it is drawn: words, lines, frames and boxes to fill in.

A block is a strip of the page as wide as the text, with its top at 0. Layout makes blocks, paging moves
them to their place, and the drawing follows. Units are PDF points, origin at the top left.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipeline.fillable import Field as Widget
from pipeline.fillable import Style, width_of
from pipeline.fillable import wrapped as wrapped_in
from pipeline.model import Box

LEFT, RIGHT = 43.2, 568.8
WIDTH = RIGHT - LEFT


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text. y is the baseline; align is `left`, `centre` or `right` of x."""

    x: float
    y: float
    text: str
    size: float
    bold: bool = False
    grey: float = 0.0
    align: str = "left"


@dataclass(frozen=True, slots=True)
class Line:
    x0: float
    y0: float
    x1: float
    y1: float
    width: float = 0.5
    grey: float = 0.0


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle. fill and grey run from 0 black to 1 white; fill None is open, width 0 has no outline."""

    box: Box
    width: float = 0.6
    grey: float = 0.0
    fill: float | None = None


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    radius: float


Shape = Words | Line | Frame | Dot


@dataclass(frozen=True, slots=True)
class Block:
    """A strip of the page that is never cut.

    head:    printed above it again when it begins a page
    section: the section that goes on when it begins a page, empty where the section begins with it
    """

    height: float
    shapes: tuple[Shape, ...] = ()
    widgets: tuple[Widget, ...] = ()
    keep_with_next: bool = False
    new_page: bool = False
    head: Block | None = None
    section: str = ""


@dataclass(frozen=True, slots=True)
class BlankPage:
    """One page, everything at its place."""

    shapes: tuple[Shape, ...]
    widgets: tuple[Widget, ...]


def text_width(text: str, size: float, bold: bool = False) -> float:
    return width_of(text, Style(size, bold))


def wrapped(text: str, size: float, width: float, bold: bool = False) -> list[str]:
    """The text in lines that fit `width`."""
    return wrapped_in(text, Style(size, bold), width)


def moved_shape(shape: Shape, dx: float, dy: float) -> Shape:
    if isinstance(shape, Line):
        return replace(shape, x0=shape.x0 + dx, x1=shape.x1 + dx, y0=shape.y0 + dy, y1=shape.y1 + dy)
    if isinstance(shape, Frame):
        return replace(shape, box=moved_box(shape.box, dx, dy))
    return replace(shape, x=shape.x + dx, y=shape.y + dy)


def moved_box(box: Box, dx: float, dy: float) -> Box:
    return Box(box.x0 + dx, box.top + dy, box.x1 + dx, box.bottom + dy)


def moved(block: Block, dx: float, dy: float) -> Block:
    """The block with everything in it shifted; its height stays."""
    return replace(
        block,
        shapes=tuple(moved_shape(shape, dx, dy) for shape in block.shapes),
        widgets=tuple(replace(item, box=moved_box(item.box, dx, dy)) for item in block.widgets),
    )


def joined(height: float, blocks: Iterable[Block]) -> Block:
    """One block of everything in `blocks`, which stand at their places already."""
    parts = list(blocks)
    return Block(
        height,
        tuple(shape for part in parts for shape in part.shapes),
        tuple(item for part in parts for item in part.widgets),
    )
