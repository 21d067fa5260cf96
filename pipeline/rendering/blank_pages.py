"""A form's blocks brought onto pages, with the head, person block, marks and foot of each page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pipeline.errors import Problem, SiteError
from pipeline.fillable import PAGE_WIDTH, printed_code
from pipeline.model import Box
from pipeline.rendering.blank_rows import (
    continued_bar,
    field_line,
    in_lines,
    row_blocks,
    section_bar,
    text_block,
)
from pipeline.rendering.blank_shapes import (
    LEFT,
    WIDTH,
    BlankPage,
    Block,
    Frame,
    Line,
    Shape,
    Words,
    joined,
    moved,
    wrapped,
)
from pipeline.site.forms import FieldRow, FormEdition, Section
from pipeline.site.program import Program
from pipeline.site.schemas import Schema
from pipeline.values import Kind

PERSON_TOP = 113.0
BODY_BOTTOM = 721.0
# Under every block there is at least this much air, which may fall below the last line of the page.
AIR = 4.0
AGAIN = 60.0  # at most what is repeated at the head of a page
SHORT_SECTION = 120.0
SIGNED_SECTION = 300.0
TITLE_LEFT = 74.0
TITLE_WIDTH = 185.0


def page_code(form: FormEdition, page: int, pages: int) -> str:
    """The code printed on a page: form, edition, page of pages, and two check characters."""
    return printed_code("F1", form.form, form.edition, page, pages)


def laid_out(form: FormEdition, schema: Schema, program: Program) -> list[BlankPage]:
    """Every page of the blank, everything at its place, without the marks and codes."""
    person = _person_block(form, schema, program)
    body_top = PERSON_TOP + person.height + 5
    blocks = [block for section in form.sections for block in _section(section, schema, program)]
    bodies = _paged(blocks, BODY_BOTTOM - body_top)
    pages = []
    for number, body in enumerate(bodies, start=1):
        parts = [
            _page_head(form, program, number),
            moved(person, LEFT, PERSON_TOP),
            moved(body, LEFT, body_top),
            _foot(form, number, len(bodies)),
        ]
        whole = joined(0, parts)
        pages.append(BlankPage(whole.shapes, whole.widgets))
    return pages


def _section(section: Section, schema: Schema, program: Program) -> list[Block]:
    """The bar, the instruction and the rows; a short section is kept on one page, and so is one that is signed."""
    blocks = [replace(section_bar(section.title), new_page=section.new_page)]
    if section.text:
        blocks.append(text_block(section.text))
    for row in section.rows:
        blocks += row_blocks(row, schema, program)
    height = sum(block.height for block in blocks)
    if height <= (SIGNED_SECTION if _is_signed(section, schema) else SHORT_SECTION):
        blocks = [replace(block, keep_with_next=True) for block in blocks[:-1]] + blocks[-1:]
    last = blocks[-1]
    blocks = [*blocks[:-1], replace(last, height=last.height + 3)]
    return [blocks[0], *(replace(block, section=section.title) for block in blocks[1:])]


def _is_signed(section: Section, schema: Schema) -> bool:
    named = [name for row in section.rows if isinstance(row, FieldRow) for name, _ in row.cells]
    return any(schema.fields[name].kind is Kind.SIGNATURE for name in named)


def _paged(blocks: list[Block], height: float) -> list[Block]:
    """The blocks of each page, stacked. What must stay together goes over to the next page together."""
    room = height + AIR
    pages: list[list[Block]] = [[]]
    y = 0.0
    for group in _groups(blocks, room):
        tall = sum(block.height for block in group)
        if pages[-1] and (y + tall > room or group[0].new_page):
            pages.append([])
            y = 0.0
            for block in _again(group[0]):
                pages[-1].append(moved(block, 0, y))
                y += block.height
        for block in group:
            pages[-1].append(moved(block, 0, y))
            y += block.height
    return [joined(0, page) for page in pages]


def _again(first: Block) -> list[Block]:
    """What a page repeats when it begins in the middle of a section or a table."""
    bar = [continued_bar(first.section)] if first.section else []
    return [*bar, first.head] if first.head is not None else bar


def _groups(blocks: list[Block], room: float) -> list[list[Block]]:
    """Blocks that stay together; what is higher than a page falls apart again."""
    groups: list[list[Block]] = [[]]
    for block in blocks:
        groups[-1].append(block)
        if not block.keep_with_next:
            groups.append([])
    found: list[list[Block]] = []
    for group in groups:
        fits = sum(block.height for block in group) <= room - AGAIN
        found += [group] if fits else [[block] for block in group]
    return [group for group in found if group]


def _person_block(form: FormEdition, schema: Schema, program: Program) -> Block:
    """Who the page is about: on every page, so that pages of two people never join unseen."""
    parts: list[Block] = []
    y = 0.0
    for line in in_lines([(schema.fields[name], 1) for name in form.person_block], program):
        if line:
            parts.append(moved(field_line(line, program), 0, y))
            y += parts[-1].height
    return joined(y, [*parts, Block(0, (Line(0, y, WIDTH, y, 1.2),))])


def edition_text(edition: str) -> str:
    """(11/2026) for 2026-11; any other name as it is."""
    try:
        day = date.fromisoformat(f"{edition}-01")
    except ValueError:
        return f"({edition})"
    return f"({day.month:02d}/{day.year})"


def _page_head(form: FormEdition, program: Program, page: int) -> Block:
    shapes: list[Shape] = []
    size, title = _title_lines(form.title, 14.0 if page == 1 else 11.5)
    shapes.append(Words(TITLE_LEFT, 50, program.office.get("name", ""), 6.9, grey=0.2))
    y = 51.0
    for line in title:
        y += size + 1.5
        shapes.append(Words(TITLE_LEFT, y, line, size, bold=True))
    shapes.append(Words(TITLE_LEFT, y + 11, f"{form.code} {edition_text(form.edition)}", 8))
    if page == 1:
        shapes.append(Words(LEFT, 108, "Boxes marked * must be filled in.", 7.2, grey=0.2))
        shapes += _office_use(form)
    return Block(0, tuple(shapes))


def _title_lines(title: str, size: float) -> tuple[float, list[str]]:
    """The title in at most two lines beside the code, set smaller where it is long."""
    lines = wrapped(title, size, TITLE_WIDTH, bold=True)
    while len(lines) > 2 and size > 7:
        size -= 0.5
        lines = wrapped(title, size, TITLE_WIDTH, bold=True)
    return size, lines


def _office_use(form: FormEdition) -> list[Shape]:
    """A shaded corner for the office's own notes; nothing in it is read."""
    if not form.office_use:
        return []
    if len(form.office_use) > 6:
        raise SiteError([Problem(form.file, 1, "office_use has room for six lines at most")])
    box = Box(353, 41, 538, 100)
    shapes: list[Shape] = [
        Frame(box, 0.5, 0.4, fill=0.93),
        Words(box.x0 + 4, box.top + 8, "FOR OFFICE USE", 6.2, bold=True, grey=0.2),
    ]
    columns = 2 if len(form.office_use) <= 4 else 3
    pitch = (box.width - 4) / columns
    for number, label in enumerate(form.office_use):
        x = box.x0 + 4 + (number % columns) * pitch
        y = box.top + 26 + (number // columns) * 23
        shapes += [Line(x, y, x + pitch - 5, y, 0.5, 0.3), Words(x, y + 6.4, label, 5.8, grey=0.2)]
    return shapes


def _foot(form: FormEdition, page: int, pages: int) -> Block:
    middle = PAGE_WIDTH / 2
    notes = wrapped(form.footnote, 6.6, 430)[:2]
    shapes: tuple[Shape, ...] = (
        Words(TITLE_LEFT, 738, f"{form.code} {edition_text(form.edition)}", 7.2, grey=0.2),
        Words(middle, 738, f"Page {page} of {pages}", 8.5, align="centre"),
        *(
            Words(middle, 747 + row * 7.5, line, 6.6, grey=0.2, align="centre")
            for row, line in enumerate(notes)
        ),
    )
    return Block(0, shapes)
