"""The boxes of one field: a comb, an open box, a group of tick boxes, a signature line.

Each function gives a block of the asked width with its top at 0 and no label. Sizes are for filling in by
hand: boxes at least 0.24 in high, comb cells at least 0.2 by 0.26 in.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.fillable import Entry
from pipeline.fillable import Field as Widget
from pipeline.model import Box
from pipeline.rendering.blank_shapes import (
    Block,
    Dot,
    Frame,
    Line,
    Shape,
    Words,
    text_width,
    wrapped,
)
from pipeline.site.program import Program
from pipeline.site.schemas import Field
from pipeline.values import Kind

BOX_HEIGHT = 20.0
COMB_CELL = 15.0
NARROW_CELL = 14.4
LINE_HEIGHT = 19.0
SIGNATURE_HEIGHT = 29.0
TICK_SIZE = 11.0
TICK_PITCH = 16.0
TICK_TEXT = 8.5
TICK_LINE = 9.5
LABEL = 7.2

COMBS = {
    Kind.DATE: 8,
    Kind.MONTH: 6,
    Kind.PHONE: 10,
    Kind.ZIP: 5,
    Kind.STATE: 2,
    Kind.NPI: 10,
    Kind.ICD10: 7,
    Kind.HCPCS: 5,
}
# After these cells the line between is heavier: month, day and year; area code.
GROUPS = {Kind.DATE: (2, 4), Kind.MONTH: (2,), Kind.PHONE: (3, 6)}
HINTS = {Kind.DATE: "MM DD YYYY", Kind.MONTH: "MM YYYY", Kind.MONEY: "$"}
LEAST_WIDTH = {
    Kind.MONEY: 60.0,
    Kind.UNITS: 52.0,
    Kind.INTEGER: 38.0,
    Kind.TICK: 34.0,
    Kind.YES_NO: 76.0,
    Kind.SIGNATURE: 180.0,
    Kind.NARRATIVE: 240.0,
}
# Kinds whose boxes do not grow beyond this in a row with others.
NATURAL_WIDTH = {Kind.MONEY: 110.0, Kind.UNITS: 90.0, Kind.INTEGER: 70.0}
LEAST_LISTED = {"unit_kinds": 60.0, "providers": 140.0, "counties": 120.0}
LISTS_IN_BLANK = ("counties", "unit_kinds")
NOWHERE = Box(0, 0, 0, 0)  # until the box is placed
YES_NO = (("yes", "Yes"), ("no", "No"))


def printed_label(field: Field) -> str:
    """The label as printed: with a hint how to write it, and a star where it must be filled in."""
    hint = f" ({HINTS[field.kind]})" if field.kind in HINTS else ""
    return f"{field.label}{hint}{' *' if field.required else ''}"


def comb_cells(field: Field, program: Program) -> int:
    """Number of cells, 0 for an open box."""
    if field.kind is Kind.IDENTIFIER and field.pattern in program.identifiers:
        return program.identifiers[field.pattern].length
    return COMBS.get(field.kind, 0)


def options_of(field: Field, program: Program) -> tuple[tuple[str, str], ...]:
    """Codes and labels that are printed as tick boxes; staff come and go, so they are never printed."""
    if field.kind is Kind.YES_NO:
        return YES_NO
    lists: dict[str, tuple[tuple[str, str], ...]] = {
        "waivers": tuple((code, waiver.name) for code, waiver in program.waivers.items()),
        "services": tuple((code, f"{code} {item.name}") for code, item in program.services.items()),
        "unit_kinds": tuple(program.unit_kinds.items()),
        "counties": tuple((county, county) for county in program.counties),
    }
    return field.options or lists.get(field.listed, ())


def has_ticks(field: Field, program: Program) -> bool:
    if field.kind in (Kind.YES_NO, Kind.CHOICES):
        return True
    return field.kind is Kind.CHOICE and bool(field.options)


def least_width(field: Field, program: Program, cell: float) -> float:
    """The width below which the field cannot be filled in."""
    if cells := comb_cells(field, program):
        return cells * cell
    if has_ticks(field, program):
        widest = max(tick_width(label) for _, label in options_of(field, program))
        return max(widest, LEAST_WIDTH.get(field.kind, 0.0))
    if field.listed:
        return LEAST_LISTED.get(field.listed, 120.0)
    if field.kind is Kind.TEXT and 0 < field.max_length <= 20:
        return 52.0
    return LEAST_WIDTH.get(field.kind, 90.0)


def tick_width(label: str) -> float:
    return TICK_SIZE + 4 + text_width(label, TICK_TEXT) + 10


def text_box(field: Field, name: str, tip: str, width: float, height: float, program: Program) -> Block:
    """An open box for one line, or for several when it is high enough for two."""
    box = Box(0, 0, width, height)
    listed = program_list(field, program)
    several = height >= 2 * LINE_HEIGHT - 6 and field.kind in (Kind.TEXT, Kind.NARRATIVE)
    widget = Widget(
        name,
        box,
        Entry.LIST if listed else Entry.TEXT,
        tip,
        multiline=several,
        required=field.required,
        max_length=field.max_length,
        right=field.kind in (Kind.MONEY, Kind.UNITS),
        size=9.0 if several else 10.0,
        options=listed,
        framed=False,
    )
    return Block(height, (Frame(box), *_line_marks(box, several)), (widget,))


def _line_marks(box: Box, several: bool) -> list[Shape]:
    """Short strokes at both sides of a high box, where the lines of writing fall: a guide for the hand that
    no reader mistakes for writing."""
    if not several or box.width < 120:
        return []
    lines = max(2, round(box.height / LINE_HEIGHT))
    pitch = box.height / lines
    marks: list[Shape] = []
    for number in range(1, lines):
        y = box.top + number * pitch
        marks += [Line(box.x0, y, box.x0 + 4, y, 0.5), Line(box.x1 - 4, y, box.x1, y, 0.5)]
    return marks


def program_list(field: Field, program: Program) -> tuple[str, ...]:
    """What a drop-down on screen offers. Only lists that outlive a published blank."""
    if field.kind is not Kind.CHOICE or field.listed not in LISTS_IN_BLANK:
        return ()
    return program.counties if field.listed == "counties" else tuple(program.unit_kinds)


def comb(field: Field, name: str, tip: str, cells: int, cell: float) -> Block:
    """A row of cells for one character each."""
    box = Box(0, 0, cells * cell, BOX_HEIGHT)
    shapes: list[Shape] = [Frame(box)]
    groups = GROUPS.get(field.kind, (3, 5) if field.pattern == "ssn" else ())
    for number in range(1, cells):
        heavy = number in groups
        x = number * cell
        shapes.append(Line(x, 0, x, BOX_HEIGHT, 1.1 if heavy else 0.5, 0.0 if heavy else 0.45))
    if field.kind is Kind.ICD10:
        shapes.append(Dot(3 * cell, BOX_HEIGHT - 2.6, 1.7))
    widget = Widget(name, box, Entry.TEXT, tip, comb=cells, required=field.required, framed=False)
    return Block(BOX_HEIGHT, tuple(shapes), (widget,))


def tick_box(x: float, y: float, widget: Widget, label: list[str]) -> Block:
    """One tick box at (x, y), its label to the right."""
    box = Box(x, y, x + TICK_SIZE, y + TICK_SIZE)
    words = tuple(
        Words(x + TICK_SIZE + 4, y + 8.7 + row * TICK_LINE, line, TICK_TEXT) for row, line in enumerate(label)
    )
    return Block(TICK_SIZE, (Frame(box, 0.8), *words), (replace(widget, box=box),))


def tick_widget(field: Field, name: str, tip: str, code: str, label: str) -> Widget:
    """The widget of one option: one of a radio group, or a check box of its own for `choices`."""
    said = f"{tip}: {label}"
    if field.kind is Kind.CHOICES:
        return Widget(f"{name}.{code}", NOWHERE, Entry.TICK, said, framed=False)
    return Widget(
        name, NOWHERE, Entry.RADIO, said, state=code, group=tip, required=field.required, framed=False
    )


def tick_row(field: Field, name: str, tip: str, width: float, program: Program) -> Block:
    """The options one after the other, in as many lines as they need; a label too long is broken."""
    parts: list[Block] = []
    x, y, lines = 0.0, (BOX_HEIGHT - TICK_SIZE) / 2, 1
    for code, label in options_of(field, program):
        if x and x + tick_width(label) - 10 > width:
            x, y, lines = 0.0, y + TICK_PITCH + (lines - 1) * TICK_LINE, 1
        rows = wrapped(label, TICK_TEXT, max(width - x - TICK_SIZE - 4, 30))
        parts.append(tick_box(x, y, tick_widget(field, name, tip, code, label), rows))
        x += tick_width(label)
        lines = max(lines, len(rows))
    return _together(y + TICK_SIZE + 3 + (lines - 1) * TICK_LINE, parts)


def tick_rows(field: Field, name: str, tip: str, width: float, columns: int, program: Program) -> list[Block]:
    """The options in columns, read across, a block for each row; a long label takes two lines."""
    options = options_of(field, program)
    pitch = width / columns
    blocks: list[Block] = []
    for start in range(0, len(options), columns):
        parts: list[Block] = []
        lines = 1
        for column, (code, label) in enumerate(options[start : start + columns]):
            rows = wrapped(label, TICK_TEXT, pitch - TICK_SIZE - 10)
            lines = max(lines, len(rows))
            parts.append(tick_box(column * pitch, 2, tick_widget(field, name, tip, code, label), rows))
        blocks.append(_together(TICK_PITCH + (lines - 1) * TICK_LINE, parts))
    return blocks


def single_tick(field: Field, name: str, tip: str, x: float, y: float, label: list[str]) -> Block:
    widget = Widget(name, NOWHERE, Entry.TICK, tip, required=field.required, framed=False)
    return tick_box(x, y, widget, label)


def signature_line(field: Field, name: str, tip: str, width: float) -> Block:
    """A box to sign in, higher than the others."""
    box = Box(0, 0, width, SIGNATURE_HEIGHT)
    widget = Widget(name, box, Entry.TEXT, tip, size=12.0, framed=False)
    return Block(SIGNATURE_HEIGHT, (Frame(box),), (widget,))


def _together(height: float, parts: list[Block]) -> Block:
    return Block(
        height,
        tuple(shape for part in parts for shape in part.shapes),
        tuple(item for part in parts for item in part.widgets),
    )
