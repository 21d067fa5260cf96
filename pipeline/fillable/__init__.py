"""Fillable PDFs, drawn from plain descriptions: pages, boxes to fill in, marks a scanner finds again."""

from pipeline.fillable.marks import PAGE_HEIGHT, PAGE_WIDTH, marker_boxes, parts_of_code, printed_code
from pipeline.fillable.pages import FillablePdf, picture_size
from pipeline.fillable.typeset import Style, shortened, width_of, wrapped
from pipeline.fillable.widgets import Entry, Field

__all__ = [
    "PAGE_HEIGHT",
    "PAGE_WIDTH",
    "Entry",
    "Field",
    "FillablePdf",
    "Style",
    "marker_boxes",
    "parts_of_code",
    "picture_size",
    "printed_code",
    "shortened",
    "width_of",
    "wrapped",
]
