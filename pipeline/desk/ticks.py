"""The ticks of one question: each option in its column, with the picture of its box on the paper where there is one."""

from __future__ import annotations

from pipeline.desk.answers import LONGEST_TICK_LIST
from pipeline.desk.held import Question, QuestionKind
from pipeline.desk.layout import RIGHT, Flow, height_of
from pipeline.fillable import Entry, Field, Style, picture_size, shortened
from pipeline.model import Box

OPTION = Style(10.5)
TICK = 12.0
GAP = 6.0
TICK_PICTURE, TICK_DPI = (30.0, 28.0), 110
"""A tick box is a few millimetres wide: its picture is drawn larger than it was on the paper."""


def _columns(question: Question, width: float) -> int:
    longest = max((len(label) for _, label in question.options), default=0)
    many = len(question.options) > LONGEST_TICK_LIST
    return 2 if width > 400 and len(question.options) > 2 and (longest <= 38 or many) else 1


def _indent(question: Question) -> float:
    """Room for the tick, and for the picture of the tick box on the paper where there is one."""
    return TICK + (16 + TICK_PICTURE[0] if any(question.option_pictures) else 8)


def _cell_height(label: str, question: Question, width: float) -> float:
    tall = TICK_PICTURE[1] + 4 if any(question.option_pictures) else TICK + GAP
    return max(height_of(label, OPTION, width - _indent(question) - GAP) + 4, tall)


def options_height(question: Question, width: float) -> float:
    columns = _columns(question, width)
    cell = width / columns
    labels = [label for _, label in question.options]
    rows = [labels[first : first + columns] for first in range(0, len(labels), columns)]
    return sum(max(_cell_height(label, question, cell) for label in row) for row in rows)


def draw_options(flow: Flow, number: int, question: Question, left: float, top: float) -> float:
    """The options as ticks, in one or two columns; gives the place where they end."""
    width = RIGHT - left
    columns = _columns(question, width)
    cell = width / columns
    y = top
    for first in range(0, len(question.options), columns):
        row = range(first, min(first + columns, len(question.options)))
        for column, place in enumerate(row):
            _option(
                flow, number, question, place, Box(left + column * cell, y, left + (column + 1) * cell, y)
            )
        y += max(_cell_height(question.options[place][1], question, cell) for place in row)
    return y


def _option(flow: Flow, number: int, question: Question, place: int, cell: Box) -> None:
    code, label = question.options[place]
    pdf, several = flow.pdf, question.kind is QuestionKind.CHOICES
    state = "on" if several else str(place + 1)
    chosen = code in question.read.split(";") if several else code == question.read
    tip = f"Number {number}. {question.label}: {shortened(label, OPTION, 400)}"
    pdf.field(
        Field(
            f"q.{number}.{place + 1}" if several else f"q.{number}",
            Box(cell.x0, cell.top + 1, cell.x0 + TICK, cell.top + 1 + TICK),
            Entry.TICK if several else Entry.RADIO,
            tip,
            state if chosen else "",
            state,
        )
    )
    if place < len(question.option_pictures):
        _option_picture(flow, question.option_pictures[place], cell)
    pdf.paragraph(
        cell.x0 + _indent(question), cell.top + 0.5, cell.width - _indent(question) - GAP, label, OPTION
    )


def _option_picture(flow: Flow, png: bytes, cell: Box) -> None:
    across, down = picture_size(png, *TICK_PICTURE, TICK_DPI)
    if across:
        box = Box(cell.x0 + TICK + 8, cell.top - 1, cell.x0 + TICK + 8 + across, cell.top - 1 + down)
        flow.pdf.picture(png, box)
        flow.pdf.frame(box, 0.4, grey=0.7)
