"""The rows of a section: fields side by side, tables, narratives, options, lines of instruction.

Every row becomes blocks of the full width. Columns of a row share the width by their weights; a comb never
gets less than its cells need, and what does not fit beside the others goes to the next line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.errors import Problem, SiteError
from pipeline.model import Box
from pipeline.rendering import blank_cells as cells
from pipeline.rendering.blank_shapes import (
    WIDTH,
    Block,
    Frame,
    Shape,
    Words,
    joined,
    moved,
    text_width,
    wrapped,
)
from pipeline.rendering.blank_tables import table_blocks
from pipeline.site.forms import FieldRow, LayoutRow, NarrativeRow, OptionsRow, TableRow
from pipeline.site.program import Program
from pipeline.site.schemas import Field, Schema
from pipeline.values import Kind

GAP = 9.0
AFTER_ROW = 5.0
LABEL_PITCH = 8.2
HELP_PITCH = 7.5
KEPT_ROWS = 8
TALLEST = 500.0  # no box is higher than a page has room for


def row_blocks(row: LayoutRow, schema: Schema, program: Program) -> list[Block]:
    """The blocks of one row of form.yaml. Raises SiteError for a row that cannot be printed."""
    if isinstance(row, FieldRow):
        wanted = [(_printable(schema.fields[name], schema), weight) for name, weight in row.cells]
        return [field_line(line, program) for line in in_lines(wanted, program)]
    if isinstance(row, TableRow):
        return table_blocks(row, schema.fields[row.table], program)
    if isinstance(row, NarrativeRow):
        field = schema.fields[row.narrative]
        height = min(row.lines * cells.LINE_HEIGHT, TALLEST)
        box = cells.text_box(field, field.name, field.label, WIDTH, height, program)
        return [_labelled(field, box, WIDTH, 1)]
    if isinstance(row, OptionsRow):
        field = schema.fields[row.options]
        if not cells.options_of(field, program):
            return [field_line([(_printable(field, schema), 1)], program)]
        return _option_blocks(field, row.columns, program)
    return [text_block(row.text)]


def _printable(field: Field, schema: Schema) -> Field:
    """The field, where it can stand in a row. Raises SiteError."""
    if field.kind is Kind.TABLE:
        problem = f'"{field.name}" is a table: print it with `table: {field.name}`'
        raise SiteError([Problem(schema.file, field.line, problem)])
    if field.kind is Kind.CHOICES and not field.options and field.listed in ("providers", "coordinators"):
        problem = f'"{field.name}" would print the names of {field.listed}, who change while a blank does not'
        raise SiteError([Problem(schema.file, field.line, problem)])
    return field


def _option_blocks(field: Field, columns: int, program: Program) -> list[Block]:
    """The label with the first row of options, then the others; few options stay on one page."""
    columns = _columns_that_fit(field, columns, program)
    first, *others = cells.tick_rows(field, field.name, field.label, WIDTH, columns, program)
    blocks = [_labelled(field, first, WIDTH, 1, 0 if others else AFTER_ROW), *others]
    last = replace(blocks[-1], height=blocks[-1].height + (AFTER_ROW if others else 0))
    is_short = len(blocks) <= KEPT_ROWS
    return [*(replace(block, keep_with_next=is_short) for block in blocks[:-1]), last]


def _columns_that_fit(field: Field, wanted: int, program: Program) -> int:
    """As many columns as asked for, fewer where a word of a label would not fit into one."""
    labels = [label for _, label in cells.options_of(field, program)]
    longest = max(text_width(word, cells.TICK_TEXT) for label in labels for word in label.split())
    return max(1, min(wanted, int(WIDTH // (longest + cells.TICK_SIZE + 12))))


def text_block(text: str, size: float = 8.2) -> Block:
    """Instructions, as wide as the page's text."""
    lines = wrapped(text, size, WIDTH)
    shapes = tuple(Words(0, 8 + row * (size + 2), line, size) for row, line in enumerate(lines))
    return Block(len(lines) * (size + 2) + 4, shapes, keep_with_next=True)


def section_bar(title: str) -> Block:
    bar = Frame(Box(0, 0, WIDTH, 15), 0, fill=0.22)
    return Block(19, (bar, Words(6, 10.9, title, 9.5, bold=True, grey=1.0)), keep_with_next=True)


def continued_bar(title: str) -> Block:
    bar = Frame(Box(0, 0, WIDTH, 11.5), 0, fill=0.82)
    return Block(14.5, (bar, Words(6, 8.6, f"{title} (continued)", 8, bold=True)))


def in_lines(wanted: Sequence[tuple[Field, int]], program: Program) -> list[list[tuple[Field, int]]]:
    """The fields of a row, in as many lines as their least widths ask for."""
    lines: list[list[tuple[Field, int]]] = [[]]
    used = 0.0
    for field, weight in wanted:
        least = min(cells.least_width(field, program, cells.COMB_CELL), WIDTH)
        if lines[-1] and used + GAP + least > WIDTH:
            lines.append([])
            used = 0.0
        used += least + (GAP if lines[-1] else 0.0)
        lines[-1].append((field, weight))
    return lines


def column_widths(
    least: Sequence[float], weights: Sequence[int], fixed: Sequence[bool], width: float
) -> list[float]:
    """Widths that fill `width` by weight, none below its least; fixed ones keep their least where others can grow."""
    if not all(fixed):
        weights = [0 if is_fixed else weight for is_fixed, weight in zip(fixed, weights, strict=True)]
    found = list(least)
    growing = [column for column, weight in enumerate(weights) if weight]
    while growing:
        free = width - sum(found[column] for column in range(len(found)) if column not in growing)
        total = sum(weights[column] for column in growing)
        short = [column for column in growing if free * weights[column] / total < least[column]]
        if not short:
            for column in growing:
                found[column] = free * weights[column] / total
            break
        growing = [column for column in growing if column not in short]
    return found


def field_line(line: Sequence[tuple[Field, int]], program: Program) -> Block:
    """Fields side by side with their labels, the boxes standing on one line."""
    least = [min(cells.least_width(field, program, cells.COMB_CELL), WIDTH) for field, _ in line]
    fixed = [_is_fixed(field, program) for field, _ in line]
    wished = [
        max(room, cells.NATURAL_WIDTH.get(field.kind, 0.0), min(label_width(field), 190.0)) if stays else room
        for room, stays, (field, _) in zip(least, fixed, line, strict=True)
    ]
    if sum(wished) + GAP * (len(line) - 1) <= WIDTH:
        least = wished
    weights = [weight for _, weight in line]
    widths = column_widths(least, weights, fixed, WIDTH - GAP * (len(line) - 1))
    boxes = [_boxes(field, width, program) for (field, _), width in zip(line, widths, strict=True)]
    tallest = max(box.height for box in boxes) if _signed(line) else 0.0
    parts = []
    x = 0.0
    rows = max(len(_label_lines(field, width)) for (field, _), width in zip(line, widths, strict=True))
    for (field, _), width, box in zip(line, widths, boxes, strict=True):
        lowered = max(0.0, tallest - box.height)
        part = moved(_labelled(field, box, width, rows), x, lowered)
        parts.append(joined(part.height + lowered, [part]))
        x += width + GAP
    return joined(max(part.height for part in parts), parts)


def _is_fixed(field: Field, program: Program) -> bool:
    """Whether the boxes of a field have a width of their own, beside others that can grow."""
    return (
        bool(cells.comb_cells(field, program))
        or field.kind is Kind.YES_NO
        or field.kind in cells.NATURAL_WIDTH
    )


def _signed(line: Sequence[tuple[Field, int]]) -> bool:
    return any(field.kind is Kind.SIGNATURE for field, _ in line)


def label_width(field: Field) -> float:
    return text_width(cells.printed_label(field), cells.LABEL) + 2


def _boxes(field: Field, width: float, program: Program) -> Block:
    """The boxes of a field in a row of `width`, without its label."""
    if field.kind is Kind.TICK:
        label = wrapped(cells.printed_label(field), cells.TICK_TEXT, width - 16)
        return _standing(cells.single_tick(field, field.name, field.label, 0, 2.5, label))
    if field.kind is Kind.SIGNATURE:
        return cells.signature_line(field, field.name, field.label, width)
    if number := cells.comb_cells(field, program):
        return cells.comb(field, field.name, field.label, number, cells.COMB_CELL)
    if cells.has_ticks(field, program):
        return cells.tick_row(field, field.name, field.label, width, program)
    wide = min(width, max(cells.NATURAL_WIDTH.get(field.kind, width), label_width(field)))
    return cells.text_box(field, field.name, field.label, wide, cells.BOX_HEIGHT, program)


def _standing(tick: Block) -> Block:
    """A tick box of its own, with air around it."""
    return joined(tick.height + 5, [tick])


def _label_lines(field: Field, width: float) -> list[str]:
    if field.kind is Kind.TICK:
        return []
    return wrapped(cells.printed_label(field), cells.LABEL, width)


def _labelled(field: Field, boxes: Block, width: float, rows: int, after: float = AFTER_ROW) -> Block:
    """The boxes under their label, which has `rows` lines of room and stands on the lowest."""
    label = _label_lines(field, width)
    room = max(rows, len(label))
    first = room - len(label)
    shapes: list[Shape] = [
        Words(0, 7 + (first + row) * LABEL_PITCH, line, cells.LABEL) for row, line in enumerate(label)
    ]
    top = room * LABEL_PITCH + 1.6 if room else 0.0
    height = top + boxes.height
    if field.help:
        shapes.append(Words(0, height + 6.6, field.help, 6.4, grey=0.25))
        height += HELP_PITCH
    return joined(height + after, [Block(0, tuple(shapes)), moved(boxes, 0, top)])
