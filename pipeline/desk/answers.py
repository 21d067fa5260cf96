"""What a person said on a sheet, from the plain names and values of its boxes.

The file is opened elsewhere, in a child process. Only the tick at "I am finished" together with initials
counts: an ordinary Save of a sheet that someone only looked at submits nothing.

Boxes of question n: `q.n` the right value, a radio with the number of the option, or `q.n.m` one tick per option;
`hand.n` the right value written by hand; `empty.n` the box on the form is rightly empty.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as member

from pipeline.desk.held import (
    NEITHER,
    SUPPORTING,
    SUPPORTING_CASE,
    TWO_ANSWERS,
    HeldPart,
    Question,
    QuestionKind,
)

PART, ROUND, QUESTIONS = "SheetPart", "SheetRound", "SheetQuestions"
COPY = "sheet"
"""A hidden box with the same: some viewers drop unknown keys of a document's properties when they save."""
DOUBTFUL = "\ufffd"
"""What stands in a box that could not be read for certain: the character for exactly that, which nobody types."""
LONGEST_TICK_LIST = 12
"""Longer lists are offered as a drop-down with a box to write in: a hundred counties do not fit as ticks."""


@dataclass(frozen=True, slots=True)
class SheetAnswers:
    """What a sheet says.

    finished:  the tick; it counts only together with initials: see `submitted`
    answers:   question key → text; empty means the box is rightly blank; unanswered ones are not there
    dismissed: why the paper was put aside, None where it was not
    missing:   what a finished sheet still lacks, in words, each naming its number on the sheet
    """

    part: str
    round: int
    finished: bool
    initials: str
    answers: Mapping[str, str] = member(repr=False)
    dismissed: str | None = member(default=None, repr=False)
    missing: tuple[str, ...] = ()

    @property
    def submitted(self) -> bool:
        return self.finished and bool(self.initials)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as the sheet remembers it."""

    number: int
    key: str
    kind: QuestionKind
    options: tuple[str, ...]
    may_stay_empty: bool


def is_ticked(value: str) -> bool:
    return value.strip("/ ").casefold() not in ("", "off", "no", "false", DOUBTFUL)


def uses_drop_down(question: Question) -> bool:
    return question.kind is QuestionKind.CHOICE and len(question.options) > LONGEST_TICK_LIST


def sheet_info(held: HeldPart) -> dict[str, str]:
    """What a sheet carries about itself in its properties: part, round, and which number asks what."""
    asked = [
        [
            question.key,
            (QuestionKind.TEXT if uses_drop_down(question) else question.kind).value,
            [] if uses_drop_down(question) else [code for code, _ in question.options],
            int(question.may_stay_empty),
        ]
        for question in held.questions
    ]
    return {PART: held.part, ROUND: str(held.round), QUESTIONS: json.dumps(asked, separators=(",", ":"))}


def read_sheet(widgets: Mapping[str, str], info: Mapping[str, str]) -> SheetAnswers | None:
    """What the sheet says, None where it is not one of our sheets.

    widgets: qualified name → value; ticks have their on-state or `Off`; a box that could not be read for certain
             holds `DOUBTFUL`; see `printed.py` for one filled by hand
    info:    the document's properties, with or without the leading slash
    """
    about = _about(widgets, info)
    if about is None:
        return None
    part, round_number, asked = about
    initials = initials_in(widgets.get("initials", ""))
    finished = is_ticked(widgets.get("finished", ""))
    dismissed = widgets.get("dismiss_reason", "").strip() if is_ticked(widgets.get("dismiss", "")) else None
    answers: dict[str, str] = {}
    missing: list[str] = []
    for question in asked:
        answer, lack = _answer(question, widgets)
        if answer is not None:
            answers[question.key] = answer
        elif lack or not question.may_stay_empty:
            missing.append(f"Number {question.number}: {lack or 'there is no answer.'}")
    if answers.get("form") == SUPPORTING and not answers.get(SUPPORTING_CASE):
        missing.append("The case this is a supporting paper for.")
    if dismissed is not None:
        missing = [] if dismissed else ["The reason for putting this paper aside."]
    missing += _lacks_at_the_end(finished, initials)
    return SheetAnswers(part, round_number, finished, initials, answers, dismissed, tuple(missing))


def _lacks_at_the_end(finished: bool, initials: str) -> list[str]:
    if finished and not initials:
        return ['Your initials beside "I am finished".']
    if initials and not finished:
        return ['The tick at "I am finished".']
    return []


def _about(widgets: Mapping[str, str], info: Mapping[str, str]) -> tuple[str, int, tuple[_Asked, ...]] | None:
    known = carried(widgets, info, PART)
    part, number = known.get(PART, ""), known.get(ROUND, "")
    if not part or not number.isdecimal() or len(number) > 6:
        return None
    asked = _asked(known.get(QUESTIONS, ""))
    return None if asked is None else (part, int(number), asked)


def carried(widgets: Mapping[str, str], info: Mapping[str, str], key: str) -> dict[str, str]:
    """What a sheet carries about itself: its properties where they hold `key`, else the hidden copy."""
    known = {name.lstrip("/"): str(value) for name, value in info.items()}
    return known if key in known else _copy(widgets.get(COPY, ""))


def _copy(text: str) -> dict[str, str]:
    """The hidden copy; it comes back from outside, so anything may stand there."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {key: value for key, value in found.items() if isinstance(value, str)}


def _asked(text: str) -> tuple[_Asked, ...] | None:
    """The questions a sheet says it asked, None where someone changed them."""
    try:
        rows = json.loads(text)
        return tuple(
            _Asked(number, str(key), QuestionKind(kind), tuple(str(code) for code in codes), bool(optional))
            for number, (key, kind, codes, optional) in enumerate(rows, start=1)
        )
    except (ValueError, TypeError, RecursionError):
        return None


def initials_in(text: str) -> str:
    """The initials, empty where there are none or a hand could not be read."""
    initials = "".join(text.split())
    return initials[:8] if any(ch.isalpha() for ch in initials) and initials != DOUBTFUL else ""


def _answer(question: _Asked, widgets: Mapping[str, str]) -> tuple[str | None, str]:
    """The answer, or None and what is wrong with it (empty where there simply is none)."""
    number = question.number
    by_hand = widgets.get(f"hand.{number}", "").strip()
    empty = widgets.get(f"empty.{number}", "")
    if DOUBTFUL in (by_hand, empty):
        return None, "what is written there cannot be read."
    if by_hand and is_ticked(empty):
        return None, "a value is given, and the box is also said to be empty."
    if by_hand:
        return _beside_the_tick(question, widgets, by_hand), ""
    if is_ticked(empty):
        return "", ""
    if question.kind is QuestionKind.CHOICES:
        return _several(question, widgets)
    value = widgets.get(f"q.{number}", "").strip()
    if value == DOUBTFUL:
        return None, "it is not clear what is meant."
    if question.kind in (QuestionKind.TEXT, QuestionKind.LINES):
        return value or None, ""
    return _option(question, value), ""


def _beside_the_tick(question: _Asked, widgets: Mapping[str, str], by_hand: str) -> str:
    """What is written by hand; with the person who is ticked, where both are given: neither wins silently."""
    ticked = _option(question, widgets.get(f"q.{question.number}", ""))
    if question.key != "case" or ticked in (None, NEITHER, by_hand):
        return by_hand
    return f"{ticked}{TWO_ANSWERS}{by_hand}"


def _several(question: _Asked, widgets: Mapping[str, str]) -> tuple[str | None, str]:
    values = [
        widgets.get(f"q.{question.number}.{place}", "") for place in range(1, len(question.options) + 1)
    ]
    if DOUBTFUL in values:
        return None, "it is not clear which boxes are ticked."
    codes = [code for code, value in zip(question.options, values, strict=True) if is_ticked(value)]
    return ";".join(codes) or None, ""


def _option(question: _Asked, value: str) -> str | None:
    """The code of the option whose number is ticked."""
    place = value.strip("/ ")
    if not place.isdecimal() or len(place) > 3 or not 1 <= int(place) <= len(question.options):
        return None
    return question.options[int(place) - 1]
