"""Tables of a blank: columns under their heads, or, where a row is too wide, boxes in two lines.

A table whose columns cannot stand side by side prints each row as a card with its labels inside, so that no
date is ever squeezed into cells a hand cannot fill.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

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
from pipeline.site.forms import TableRow
from pipeline.site.program import Program
from pipeline.site.schemas import Field
from pipeline.values import Kind

GUTTER = 15.0
PAD = 3.0
HEAD_PITCH = 8.0
CARD_LABEL = 6.8
CARD_PITCH = 7.5
MOST_LINES = 8  # of writing in one row


def table_blocks(row: TableRow, table: Field, program: Program) -> list[Block]:
    """Title, heads and rows of a table. Heads are printed again where the table goes on overleaf."""
    weights = dict(row.widths)
    order = [*weights, *(name for name in table.columns if name not in weights)]
    columns = [(table.columns[name], weights.get(name, 1)) for name in order]
    row = replace(row, lines=min(row.lines, MOST_LINES))
    least = [_least(column, program) for column, _ in columns]
    title = Block(11, (Words(0, 8, cells.printed_label(table), 8.2, bold=True),), keep_with_next=True)
    if sum(least) + PAD * (len(least) - 1) <= WIDTH - GUTTER:
        return [title, *_plain(row, table, columns, least, program)]
    labelled = [max(room, _card_label(column)) for room, (column, _) in zip(least, columns, strict=True)]
    if max(labelled) > WIDTH / 3:
        labelled = least
    return [title, *_cards(row, table, columns, labelled, program)]


def _card_label(column: Field) -> float:
    return text_width(cells.printed_label(column), CARD_LABEL) + 3


def _least(column: Field, program: Program) -> float:
    if cells.has_ticks(column, program) and column.kind is not Kind.YES_NO:
        wide = sum(cells.tick_width(label) for _, label in cells.options_of(column, program))
        return min(wide, WIDTH - GUTTER - 6)
    return min(cells.least_width(column, program, cells.NARROW_CELL), WIDTH - GUTTER - 6)


def shared(
    least: Sequence[float], weights: Sequence[int], growing: Sequence[bool], width: float
) -> list[float]:
    """Widths that add up to `width`: each at least its least, the growing ones nearer their weights."""
    total = sum(weight for weight, grows in zip(weights, growing, strict=True) if grows)
    spare = width - sum(least)
    if not total:
        return [item + spare / len(least) for item in least]
    return [
        item + (spare * weight / total if grows else 0.0)
        for item, weight, grows in zip(least, weights, growing, strict=True)
    ]


def _grows(column: Field, program: Program) -> bool:
    return not cells.comb_cells(column, program) and column.kind not in (Kind.TICK, Kind.YES_NO, Kind.INTEGER)


def _cell(table: Field, number: int, column: Field, width: float, height: float, program: Program) -> Block:
    """The box of one column in one row."""
    name = f"{table.name}.{number}.{column.name}"
    tip = f"{table.label}, row {number}: {column.label}"
    if column.kind is Kind.TICK:
        x, y = (width - cells.TICK_SIZE) / 2, (height - cells.TICK_SIZE) / 2
        return cells.single_tick(column, name, tip, x, y, [])
    if count := cells.comb_cells(column, program):
        return cells.comb(column, name, tip, count, cells.NARROW_CELL)
    if cells.has_ticks(column, program):
        return cells.tick_row(column, name, tip, width, program)
    return cells.text_box(column, name, tip, width, height, program)


def _plain(
    row: TableRow,
    table: Field,
    columns: Sequence[tuple[Field, int]],
    least: Sequence[float],
    program: Program,
) -> list[Block]:
    """Heads above, one line of boxes for each row."""
    weights = [weight for _, weight in columns]
    growing = [_grows(column, program) for column, _ in columns]
    widths = shared(least, weights, growing, WIDTH - GUTTER - PAD * (len(columns) - 1))
    head = _head(columns, widths)
    height = _row_height(row, columns)
    blocks = [head]
    for number in range(1, row.rows + 1):
        parts: list[Block] = []
        x = GUTTER
        for (column, _), width in zip(columns, widths, strict=True):
            parts.append(moved(_cell(table, number, column, width, height, program), x, 0))
            x += width + PAD
        tallest = max(height, *(part.height for part in parts))
        pitch = tallest + (PAD if number < row.rows else 7)
        blocks.append(_under(head, joined(pitch, [_row_number(number, tallest), *parts])))
    return blocks


def _row_height(row: TableRow, columns: Sequence[tuple[Field, int]]) -> float:
    """As high as the lines of writing ask for, where a column holds words at all."""
    has_words = any(column.kind in (Kind.TEXT, Kind.NARRATIVE) for column, _ in columns)
    return row.lines * cells.LINE_HEIGHT - 2 if row.lines > 1 and has_words else cells.BOX_HEIGHT


def _head(columns: Sequence[tuple[Field, int]], widths: Sequence[float]) -> Block:
    labels = [
        wrapped(cells.printed_label(column), cells.LABEL, max(width - 2, 10))
        for (column, _), width in zip(columns, widths, strict=True)
    ]
    rows = max(len(label) for label in labels)
    height = rows * HEAD_PITCH + 3.5
    shapes: list[Shape] = [Frame(Box(0, 0, WIDTH, height), 0, fill=0.9)]
    x = GUTTER
    for label, width in zip(labels, widths, strict=True):
        first = rows - len(label)
        shapes += [
            Words(x + 2, 8 + (first + at) * HEAD_PITCH, line, cells.LABEL) for at, line in enumerate(label)
        ]
        x += width + PAD
    return Block(height + 2.5, tuple(shapes), keep_with_next=True)


def _under(head: Block, block: Block) -> Block:
    return Block(block.height, block.shapes, block.widgets, head=head)


def _row_number(number: int, height: float) -> Block:
    return Block(0, (Words(GUTTER / 2 - 1, height / 2 + 2.6, str(number), 7.5, grey=0.3, align="centre"),))


def tiers(least: Sequence[float], width: float) -> list[int]:
    """Where each line of a card ends: as few lines as fit, the fullest as empty as can be."""
    count = len(least)
    for lines in range(1, count + 1):
        best: tuple[float, list[int]] | None = None
        for cuts in combinations(range(1, count), lines - 1):
            ends = [*cuts, count]
            sums = [
                sum(least[start:end]) + PAD * 2 * (end - start - 1)
                for start, end in zip([0, *cuts], ends, strict=True)
            ]
            if max(sums) <= width and (best is None or max(sums) < best[0]):
                best = (max(sums), ends)
        if best is not None:
            return best[1]
    return list(range(1, count + 1))


def _cards(
    row: TableRow,
    table: Field,
    columns: Sequence[tuple[Field, int]],
    least: Sequence[float],
    program: Program,
) -> list[Block]:
    """Each row as a card: its columns in two or more lines, labels above the boxes."""
    inner = WIDTH - GUTTER - 6
    ends = tiers(least, inner)
    blocks = []
    for number in range(1, row.rows + 1):
        parts: list[Block] = []
        y = 2.0
        for start, end in zip([0, *ends[:-1]], ends, strict=True):
            line = _card_line(table, number, columns[start:end], least[start:end], row.lines, program)
            parts.append(moved(line, GUTTER + 3, y))
            y += line.height
        y += 3.5
        edge: list[Shape] = [
            Frame(Box(0, 0, WIDTH, y), 0.6, 0.35),
            Frame(Box(0, 0, GUTTER - 1, y), 0.6, 0.35, fill=0.9),
        ]
        parts = [Block(0, tuple(edge)), _row_number(number, y), *parts]
        blocks.append(joined(y + (4 if number < row.rows else 8), parts))
    return blocks


def _card_line(
    table: Field,
    number: int,
    columns: Sequence[tuple[Field, int]],
    least: Sequence[float],
    lines: int,
    program: Program,
) -> Block:
    growing = [_grows(column, program) for column, _ in columns]
    weights = [weight for _, weight in columns]
    width = WIDTH - GUTTER - 6
    widths = shared(least, weights, growing, width - 2 * PAD * (len(columns) - 1))
    long = any(column.kind in (Kind.TEXT, Kind.NARRATIVE) and column.max_length > 60 for column, _ in columns)
    height = lines * cells.LINE_HEIGHT - 2 if long and lines > 1 else cells.BOX_HEIGHT
    parts: list[Block] = []
    x = 0.0
    tallest = 0.0
    head = max(
        len(wrapped(cells.printed_label(column), CARD_LABEL, max(room - 1, 20)))
        for (column, _), room in zip(columns, widths, strict=True)
    )
    for (column, _), room in zip(columns, widths, strict=True):
        label = wrapped(cells.printed_label(column), CARD_LABEL, max(room - 1, 20))
        high = height if column.kind in (Kind.TEXT, Kind.NARRATIVE) else cells.BOX_HEIGHT
        cell = _cell(table, number, column, room, high, program)
        tallest = max(tallest, cell.height)
        first = head - len(label)
        words = tuple(
            Words(0.5, 7 + (first + at) * CARD_PITCH, text, CARD_LABEL) for at, text in enumerate(label)
        )
        parts += [moved(Block(0, words), x, 0), moved(cell, x, head * CARD_PITCH + 1.5)]
        x += room + 2 * PAD
    return joined(head * CARD_PITCH + 1.5 + tallest + 2, parts)
