"""The slip and correction sheet of one held part: one fillable PDF, the same bytes for the same held part.

First what happened and what to do, then each question with the picture of its box, then "I am finished", then
the rest of the form for reference. Every page carries code and markers, so that a sheet printed and filled by
hand can be read again.
"""

from __future__ import annotations

import json

from pipeline.desk.answers import COPY, sheet_info
from pipeline.desk.ask import draw_question
from pipeline.desk.held import HeldPart, Question, QuestionKind
from pipeline.desk.layout import (
    BODY,
    HEADLINE,
    LABEL,
    LEFT,
    RIGHT,
    SMALL,
    TITLE,
    WIDTH,
    Flow,
    drawn_twice,
    new_pdf,
)
from pipeline.desk.words import pages_named
from pipeline.fillable import Entry, Field, FillablePdf, Style, picture_size, wrapped
from pipeline.model import Box


def make_sheet(held: HeldPart) -> bytes:
    """The sheet of a held part. Without questions it is a slip, which can only be acknowledged or put aside."""
    return drawn_twice(lambda pages: _sheet(held, pages))


def sheet_title(held: HeldPart) -> str:
    asks = any(question.kind is not QuestionKind.NOTE for question in held.questions)
    return "Please correct this form" if asks and held.form_code else "Please look at this"


def _sheet(held: HeldPart, pages: int) -> tuple[FillablePdf, int]:
    info = sheet_info(held)
    named = " ".join(word for word in (held.form_code, held.form_title) if word) or "Paper without a form"
    pdf = new_pdf(f"{sheet_title(held)}: {named}", info)
    flow = Flow(pdf, named, ("S1", held.part, held.round), pages)
    pdf.field(Field(COPY, Box(0, 0, 0, 0), Entry.TEXT, "For the program", json.dumps(info), hidden=True))
    _opening(flow, held, named)
    (_page_heads if held.heads_only else _page_pictures)(flow, held.page_pictures)
    for number, question in enumerate(held.questions, start=1):
        if not _is_said_above(held, question):
            draw_question(flow, number, question)
    stands = any(question.is_box and question.read for question in held.questions)
    _ending(flow, bool(held.questions), stands, ASIDE_FILED if held.filed else ASIDE)
    if held.reference:
        _reference(flow, held.reference)
    return pdf, pdf.pages


def _is_said_above(held: HeldPart, question: Question) -> bool:
    """A note that only repeats the headline; numbers stay, so that they agree with what the sheet carries."""
    above = f"{held.headline} {held.happened} {held.what_to_do}"
    sentences = question.why.rstrip(".").split(". ")
    return question.kind is QuestionKind.NOTE and all(sentence in above for sentence in sentences)


def _opening(flow: Flow, held: HeldPart, named: str) -> None:
    flow.say(sheet_title(held), TITLE)
    flow.skip(4)
    pages = pages_named(held.pages)
    facts = [
        named,
        f"received {held.received_at}",
        f"file {held.file_name}" + (f", {pages}" if pages else ""),
    ]
    flow.say("   ·   ".join(facts), SMALL)
    flow.skip(8)
    flow.say(held.headline, HEADLINE)
    if held.happened:
        flow.say(held.happened, BODY)
    flow.skip(3)
    flow.say(f"What to do: {held.what_to_do}", Style(11.5, bold=True))
    flow.skip(10)


def _page_pictures(flow: Flow, pictures: tuple[bytes, ...]) -> None:
    """Whole pages side by side, two in a row; small enough to leave room for the questions."""
    gap, width, height = 12.0, (WIDTH - 12.0) / 2, 300.0
    for first in range(0, len(pictures), 2):
        pair = [(png, picture_size(png, width, height)) for png in pictures[first : first + 2]]
        tallest = max(size[1] for _, size in pair)
        if not tallest:
            continue
        flow.need(tallest + gap)
        x = LEFT
        for png, (across, down) in pair:
            if across:
                box = Box(x, flow.y, x + across, flow.y + down)
                flow.pdf.picture(png, box)
                flow.pdf.frame(box, 0.6, grey=0.5)
            x += width + gap
        flow.skip(tallest + gap)


HEAD_SHARE, HEAD_DPI = 0.24, 100
"""How much of a page its title and person block take, and how coarse it may be drawn: large type, read at a glance."""


def _page_heads(flow: Flow, pictures: tuple[bytes, ...]) -> None:
    """The top of each page across the sheet, where the names and numbers can be read."""
    for png in pictures:
        across, down = picture_size(png, WIDTH, WIDTH * 2, HEAD_DPI)
        if not across:
            continue
        flow.need(down * HEAD_SHARE + 10)
        box = Box(LEFT, flow.y, LEFT + across, flow.y + down * HEAD_SHARE)
        flow.pdf.picture(png, box, HEAD_SHARE)
        flow.pdf.frame(box, 0.6, grey=0.5)
        flow.skip(box.height + 10)


ASIDE = "Put this paper aside; it is not to be filed."
ASIDE_FILED = "Leave the lines open; the pages stay filed."
ONLY_THIS_COUNTS = "Only this tick together with your initials counts. Saving alone sends nothing."
CONFIRMS = "It confirms each box above as it stands: what you leave, you say is right."


def _ending(flow: Flow, asks: bool, stands: bool, aside: str) -> None:
    """The only place where a sheet is handed in, or the paper put aside. stands: something is pre-filled above."""
    height = 125.0 if stands else 112.0
    flow.need(height + 6)
    pdf, top = flow.pdf, flow.y
    pdf.frame(Box(LEFT, top, RIGHT, top + height), 1.6)
    x = LEFT + 12
    pdf.field(Field("dismiss", Box(x, top + 12, x + 14, top + 26), Entry.TICK, aside))
    pdf.text(x + 22, top + 23, f"{aside}  Reason:", Style(10.5))
    reason = Box(x + 268, top + 9, RIGHT - 12, top + 29)
    tip = "Why this paper is put aside"
    pdf.field(Field("dismiss_reason", reason, Entry.TEXT, tip, max_length=120))
    pdf.line(LEFT, top + 40, RIGHT, top + 40, 0.6)
    finished = Box(x, top + 54, x + 18, top + 72)
    pdf.field(Field("finished", finished, Entry.TICK, f"I am finished. {ONLY_THIS_COUNTS}"))
    pdf.text(x + 28, top + 68, "I am finished.", Style(15, bold=True))
    pdf.text(x + 236, top + 68, "My initials:", Style(12))
    initials = Box(x + 306, top + 50, x + 396, top + 76)
    pdf.field(Field("initials", initials, Entry.TEXT, "Your initials", max_length=8, size=13))
    pdf.text(x + 28, top + 88, ONLY_THIS_COUNTS, Style(10))
    if stands:
        pdf.text(x + 28, top + 101, CONFIRMS, Style(10))
    saved = "Then save this file where it lies, or save it into the inbox. "
    by_hand = "You can also print it, fill it in by hand and scan it."
    pdf.text(x + 28, top + height - 11, saved + by_hand if asks else saved, Style(9, grey=0.25))
    flow.skip(height + 16)


def _reference(flow: Flow, rows: tuple[tuple[str, str], ...]) -> None:
    """Everything else that was read, for looking up; nothing here can be changed."""
    flow.need(120)
    flow.say("The rest of this form, for reference", HEADLINE)
    flow.skip(4)
    _reference_head(flow)
    label_width = WIDTH * 0.42
    style = Style(9.5)
    for label, value in rows:
        labels = wrapped(label, style, label_width - 10)
        values = wrapped(value, style, WIDTH - label_width - 8)
        for start in range(0, max(len(labels), len(values)), ROWS_TOGETHER):
            chunk = slice(start, start + ROWS_TOGETHER)
            _reference_row(flow, labels[chunk], values[chunk], style, label_width)
        flow.pdf.line(LEFT, flow.y + 2, RIGHT, flow.y + 2, 0.4, grey=0.7)
        flow.skip(4)


ROWS_TOGETHER = 6
"""A long narrative may be cut after so many lines, so that it runs on over the pages."""


def _reference_head(flow: Flow) -> None:
    style = LABEL
    flow.pdf.frame(Box(LEFT, flow.y, RIGHT, flow.y + 18), 0, fill=0.9)
    flow.pdf.text(LEFT + 5, flow.y + 13, "Box on the form", Style(9.5, style.bold))
    flow.pdf.text(LEFT + WIDTH * 0.42 + 4, flow.y + 13, "What was read", Style(9.5, style.bold))
    flow.skip(18)


def _reference_row(
    flow: Flow, labels: list[str], values: list[str], style: Style, label_width: float
) -> None:
    height = max(len(labels), len(values)) * style.line
    if not flow.room(height):
        flow.new_page()
        _reference_head(flow)
    for x, lines in ((LEFT + 5, labels), (LEFT + label_width + 4, values)):
        y = flow.y + style.size
        for line in lines:
            flow.pdf.text(x, y, line, style)
            y += style.line
    flow.skip(height)
