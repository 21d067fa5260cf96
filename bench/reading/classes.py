"""The classes of boxes that figures are given for, and when a reading of one is right."""

from __future__ import annotations

from enum import StrEnum

from bench.reading.papers import Script
from pipeline.model import Widget, WidgetKind
from pipeline.values import Expectation, Kind, NotAValue, is_blank, parse

STRUCK = "struck"
"""The truth of a tick that was crossed out: neither on nor off, a person must be asked."""


class FieldClass(StrEnum):
    """As in the goals. Boxes in which nothing was written are a class of their own."""

    TYPED = "typed lines, numbers, combs"
    LISTED = "listed values"
    COMB = "hand: combs"
    REAL_COMB = "combs by hand, real digits"
    NUMBERS = "hand: dates, phones, money"
    NAMES = "hand: names of known people"
    OTHER_NAMES = "hand: other names"
    TEXT = "hand: other lines"
    NARRATIVE = "running text (to confirm)"
    TICK = "ticks"
    STRUCK = "ticks struck out (to be asked)"
    NEW_MARK = "ticks beside a struck one"
    SIGNATURE = "signatures"
    BLANK = "blank boxes"


ONLY_REAL = frozenset({FieldClass.REAL_COMB, FieldClass.STRUCK, FieldClass.NEW_MARK})
"""The boxes for which pages of script `real` are made; all their others are measured on those of script `hand`."""

NUMBERS = frozenset({Kind.DATE, Kind.MONTH, Kind.PHONE, Kind.MONEY, Kind.UNITS, Kind.INTEGER, Kind.ZIP,
                     Kind.NPI, Kind.ICD10, Kind.IDENTIFIER})  # fmt: skip


def class_of(widget: Widget, expect: Expectation, script: Script, truth: str, *, known: bool) -> FieldClass:
    """known: the box names a person whose case is open, so that a second source speaks for it."""
    if widget.kind is WidgetKind.TICK:
        return FieldClass.STRUCK if truth == STRUCK else FieldClass.TICK
    if widget.kind is WidgetKind.SIGNATURE or expect.kind is Kind.SIGNATURE:
        return FieldClass.SIGNATURE
    if not truth:
        return FieldClass.BLANK
    if expect.kind is Kind.NARRATIVE or widget.multiline:
        return FieldClass.NARRATIVE
    if expect.options or expect.kind in (Kind.STATE, Kind.HCPCS):
        return FieldClass.LISTED
    if script is Script.TYPED:
        return FieldClass.TYPED
    if script is Script.REAL and widget.comb and truth.isdecimal():
        return FieldClass.REAL_COMB
    return _by_hand(widget, expect, known)


def _by_hand(widget: Widget, expect: Expectation, known: bool) -> FieldClass:
    if widget.comb:
        return FieldClass.COMB
    if expect.kind in NUMBERS:
        return FieldClass.NUMBERS
    if expect.kind is Kind.PERSON_NAME:
        return FieldClass.NAMES if known else FieldClass.OTHER_NAMES
    return FieldClass.TEXT


def same(wanted: str, got: str, expect: Expectation) -> bool:
    """Whether two texts are the same value; case and the number of blanks say nothing on paper."""
    if is_blank(wanted) or is_blank(got):
        return is_blank(wanted) == is_blank(got)
    try:
        left, right = parse(wanted, expect), parse(got, expect)
    except NotAValue:
        return _plain(wanted) == _plain(got)
    if isinstance(left, str) and isinstance(right, str):
        return _plain(left) == _plain(right)
    return bool(left == right)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
