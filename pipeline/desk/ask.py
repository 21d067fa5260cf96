"""One question on a sheet: its label, why it is asked, the picture of the box, and the boxes for the answer."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.desk.answers import uses_drop_down
from pipeline.desk.held import NEITHER, NOT_OURS, SUPPORTING_CASE, Question, QuestionKind
from pipeline.desk.layout import LABEL, LEFT, RIGHT, SMALL, Flow, height_of
from pipeline.desk.ticks import OPTION, TICK, draw_options, options_height
from pipeline.fillable import Entry, Field, Style, picture_size, width_of, wrapped
from pipeline.model import Box

WHY = Style(10.5)
NUMBER_WIDTH = 24.0
INDENT = LEFT + NUMBER_WIDTH
INNER = RIGHT - INDENT
PICTURE_WIDTH, PICTURE_HEIGHT, PAGE_PICTURE_HEIGHT = 236.0, 120.0, 216.0
LEAST_WIDTH, WIDE_PICTURE = 150.0, 330.0
MOST_LINES, MOST_LINES_BELOW_A_PICTURE, MOST_WHY = 24, 14, 7
"""So that one question always fits a page. A longer text scrolls in its box, and stands whole on the paper."""
BESIDE = 0.44
"""Share of the line for a value without a picture; the box for a hand stands beside it."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where the picture and the answer of one question go, in points below its head.

    left: edge of the answer; down: how far below the head it begins; height: of picture and answer together
    """

    picture: tuple[float, float]
    left: float
    down: float
    height: float


def draw_question(flow: Flow, number: int, question: Question) -> None:
    """The question at the next place of the page; it is not cut in two."""
    plan = _plan(question)
    flow.need(_head_height(question) + plan.height + 12)
    flow.pdf.line(LEFT, flow.y, RIGHT, flow.y, 0.8, grey=0.45)
    flow.skip(6)
    _head(flow, number, question)
    top = flow.y
    if plan.picture[0]:
        flow.pdf.text(INDENT, top + 8, "On the paper:", SMALL)
        box = Box(INDENT, top + 13, INDENT + plan.picture[0], top + 13 + plan.picture[1])
        flow.pdf.picture(question.picture, box)
        flow.pdf.frame(box, 0.5, grey=0.6)
    _answer(flow, number, question, plan.left, top + plan.down)
    flow.y = top + plan.height + 7


def _plan(question: Question) -> _Plan:
    """The picture beside the answer, or above it where it would have to shrink too far to be read."""
    tallest = PICTURE_HEIGHT if question.is_box else PAGE_PICTURE_HEIGHT
    whole = picture_size(question.picture, INNER, tallest + 40)
    if not whole[0]:
        return _Plan((0.0, 0.0), INDENT, 0.0, _answer_height(question, INNER))
    if question.is_box and whole[0] > WIDE_PICTURE:
        down = whole[1] + 20
        return _Plan(whole, INDENT, down, down + _answer_height(question, INNER))
    size = picture_size(question.picture, PICTURE_WIDTH, tallest)
    left = INDENT + (PICTURE_WIDTH if question.is_box else max(size[0], LEAST_WIDTH)) + 14
    return _Plan(size, left, 0.0, max(_answer_height(question, RIGHT - left), size[1] + 14))


def _head_height(question: Question) -> float:
    label = height_of(question.label, LABEL, INNER - 80)
    return 6 + label + len(_why_lines(question)) * WHY.line + 4


def _why_lines(question: Question) -> list[str]:
    lines = wrapped(question.why, WHY, INNER) if question.why else []
    return lines if len(lines) <= MOST_WHY else [*lines[: MOST_WHY - 1], "..."]


def _head(flow: Flow, number: int, question: Question) -> None:
    pdf, top = flow.pdf, flow.y
    pdf.text(LEFT, top + 11, f"{number}.", LABEL)
    flow.y = pdf.paragraph(INDENT, top, INNER - 80, question.label, LABEL)
    if question.page:
        pdf.text(RIGHT, top + 11, f"page {question.page}", SMALL, "right")
    for line in _why_lines(question):
        pdf.text(INDENT, flow.y + WHY.size * 0.95, line, WHY)
        flow.skip(WHY.line)
    flow.skip(4)


# --- the boxes for the answer ---------------------------------------------------------------------


def _answer_height(question: Question, width: float) -> float:
    kind = question.kind
    if kind is QuestionKind.NOTE:
        return 0.0
    if kind in (QuestionKind.TEXT, QuestionKind.LINES) or uses_drop_down(question):
        below = _hand_height(question) + 6 if _asks_by_hand(question) and not _beside(question) else 0.0
        return 13 + _value_height(question, width) + below
    extra = 26.0 if _offers_other(question) else 0.0
    return _hint_height(question) + options_height(question, width) + extra


def _value_height(question: Question, width: float) -> float:
    lines = len(wrapped(question.read, Style(10), width - 10))
    most = MOST_LINES_BELOW_A_PICTURE if question.picture else MOST_LINES
    if question.kind is not QuestionKind.LINES:
        return 22.0 if lines == 1 else 11.5 * min(lines, most) + 8
    return 11.5 * min(max(lines + 1, 4), most) + 8


def _beside(question: Question) -> bool:
    """Whether a short value and the box for a hand share a line: without a picture there is room for both."""
    is_line = question.kind is QuestionKind.TEXT or uses_drop_down(question)
    short = width_of(question.read, Style(10)) < INNER * BESIDE - 20
    return is_line and short and question.is_box and not question.picture


def _hand_height(question: Question) -> float:
    return 44.0 if question.kind is QuestionKind.LINES else 20.0


def _asks_by_hand(question: Question) -> bool:
    """Only a value already standing in a box needs room beside it for a hand; an override or case has it empty."""
    return question.is_box


def _offers_other(question: Question) -> bool:
    """Whether none of the options may be right: a box may be empty or say something else, a person be another."""
    if question.key == "case":
        return True
    return question.is_box and question.kind in (QuestionKind.CHOICE, QuestionKind.CHOICES)


def _answer(flow: Flow, number: int, question: Question, left: float, top: float) -> None:
    kind = question.kind
    if kind is QuestionKind.NOTE:
        return
    if kind in (QuestionKind.TEXT, QuestionKind.LINES) or uses_drop_down(question):
        _value(flow, number, question, left, top)
        return
    if hint := _tick_hint(question):
        flow.pdf.text(left, top + 8, hint, SMALL)
    bottom = draw_options(flow, number, question, left, top + _hint_height(question))
    if _offers_other(question):
        _other(flow, number, question, left, bottom + 4)


def _value(flow: Flow, number: int, question: Question, left: float, top: float) -> None:
    """The right value: what was read stands in the box and is typed over where wrong."""
    pdf = flow.pdf
    pdf.text(left, top + 8, _value_hint(question), SMALL)
    right = left + (RIGHT - left) * BESIDE if _beside(question) else RIGHT
    box = Box(left, top + 13, right, top + 13 + _value_height(question, right - left))
    entry = Entry.LIST if uses_drop_down(question) else Entry.TEXT
    labels = tuple(label for _, label in question.options)
    shown = dict(question.options).get(question.read, question.read)
    pdf.field(
        Field(
            f"q.{number}",
            box,
            entry,
            f"Number {number}. {question.label}: the right value",
            shown,
            multiline=box.height > 22 and entry is Entry.TEXT,
            options=labels if entry is Entry.LIST else (),
        )
    )
    if _beside(question):
        _empty_and_hand(flow, number, question, right + 10, box.top + 1, "By hand:")
    elif _asks_by_hand(question):
        _empty_and_hand(flow, number, question, left, box.bottom + 5, "By hand:")


def _value_hint(question: Question) -> str:
    if question.key == SUPPORTING_CASE:
        return "Case number:"
    if not question.is_box:
        return "Your answer (may stay empty):" if question.may_stay_empty else "Your answer:"
    if question.read:
        return "We read this. Leave it if it is right:"
    return "Type the right value:"


def _empty_and_hand(flow: Flow, number: int, question: Question, left: float, top: float, words: str) -> None:
    """`The box is empty` and a free box: a print has no room for a hand where a value already stands."""
    pdf = flow.pdf
    tick = Box(left, top + 4, left + TICK, top + 4 + TICK)
    label = f"Number {number}. {question.label}"
    ticked = "on" if question.said_empty else ""
    pdf.field(Field(f"empty.{number}", tick, Entry.TICK, f"{label}: the box on the form is empty", ticked))
    pdf.text(left + TICK + 5, top + 13, "It is empty", Style(9.5))
    words_at = left + TICK + 66
    pdf.text(words_at, top + 13, words, Style(9.5, grey=0.25))
    hand_at = words_at + width_of(words, Style(9.5)) + 4
    hand = Box(hand_at, top, RIGHT, top + _hand_height(question))
    tip, several = f"{label}: {words.rstrip(':').lower()}", question.kind is QuestionKind.LINES
    pdf.field(Field(f"hand.{number}", hand, Entry.TEXT, tip, multiline=several))


def _other(flow: Flow, number: int, question: Question, left: float, top: float) -> None:
    label = f"Number {number}. {question.label}"
    if question.key == "case":
        persons = {code for code, _ in question.options} - {NOT_OURS, NEITHER}
        words = "Someone else, known by this number:" if persons else "Known to us by this number:"
        flow.pdf.text(left, top + 13, words, OPTION)
        box = Box(left + width_of(words, OPTION) + 8, top - 1, RIGHT, top + 19)
        flow.pdf.field(Field(f"hand.{number}", box, Entry.TEXT, f"{label} {words.rstrip(':')}"))
        return
    offers_values = question.kind is QuestionKind.CHOICE and not question.option_pictures
    if offers_values:
        _empty_and_hand(flow, number, question, left, top, "None. It says:")
        return
    tick = Box(left, top + 4, left + TICK, top + 4 + TICK)
    tip = f"{label}: nothing is ticked on the form"
    flow.pdf.field(Field(f"empty.{number}", tick, Entry.TICK, tip, "on" if question.said_empty else ""))
    flow.pdf.text(left + TICK + 6, top + 13.5, "Nothing is ticked", OPTION)


def _tick_hint(question: Question) -> str:
    """What is to be ticked, and that a right tick can stay."""
    if not question.is_box:
        return ""
    if question.read:
        return "Ticked as we read it. Leave it if it is right:"
    if question.kind is QuestionKind.CHOICES:
        return "Tick all that are ticked on the paper:"
    return "Tick what is right:"


def _hint_height(question: Question) -> float:
    return 14.0 if _tick_hint(question) else 0.0
