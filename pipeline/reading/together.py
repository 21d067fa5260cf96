"""What the boxes of a form say together: ticks of one choice, and copies of a number on several pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from typing import Final

from pipeline.model import Decision, Method, Reading, Reason, Widget
from pipeline.reading.combs import sure_together
from pipeline.reading.fitted import load_thresholds
from pipeline.values import Expectation, Kind

ANY: Final = Expectation(Kind.TEXT)
DOUBTS: Final = frozenset({Reason.NOT_SURE, Reason.READERS_DISAGREE})
EXCLUSIVE: Final = frozenset({Kind.CHOICE, Kind.YES_NO})


def weak_ticks_settled(
    readings: Sequence[Reading], expectations: Mapping[str, Expectation], weak: Set[tuple[int, str]]
) -> Iterator[Reading]:
    """The readings; in a choice of one, where one box is clearly ticked, a box with hardly any ink is not.

    weak: (page of the file, widget) of the boxes that are doubtful for want of ink
    """
    enough = load_thresholds().ticks.clear
    clear = {
        (item.source_page, item.field)
        for item in readings
        if item.option and item.text == "on" and item.confidence >= enough
    }
    for item in readings:
        one_of = expected_of(item, expectations).kind in EXCLUSIVE
        here = (item.source_page, item.field) in clear
        if one_of and here and (item.source_page, item.widget) in weak:
            yield replace(item, text="off", decision=Decision.ACCEPTED, reason=None)
        else:
            yield item


def copies_believed(readings: Sequence[Reading], short: Set[tuple[int, str]]) -> list[Reading]:
    """The readings; a comb by hand that all three readers read alike on several pages is believed together, and
    what is doubted on one page where the very same was taken on another.

    short: (page of the file, widget) of the combs that are doubtful only for want of a lead
    """
    copies: dict[str, list[Reading]] = {}
    for item in readings:
        if item.text and item.handwritten:
            copies.setdefault(item.field, []).append(item)
    taken = {
        (item.field, item.text): item.source_page
        for item in readings
        if item.text and item.method is Method.RECOGNISED and item.decision is Decision.ACCEPTED
    }
    believed = {
        field
        for field, items in copies.items()
        if len({item.source_page for item in items}) == len(items)
        and len({item.text for item in items}) == 1
        and all(len({vote.text for vote in item.votes}) == 1 and len(item.votes) > 2 for item in items)
        and all(item.reason is None or (item.source_page, item.widget) in short for item in items)
        and sure_together([item.confidence for item in items])
    }
    return [
        replace(item, decision=Decision.ACCEPTED, reason=None)
        if (item.field in believed and item.reason is Reason.NOT_SURE) or is_copy(item, taken)
        else item
        for item in readings
    ]


def is_copy(item: Reading, taken: Mapping[tuple[str, str], int]) -> bool:
    """Whether the same value was taken for the same field on another page, and this page only raised doubts."""
    elsewhere = taken.get((item.field, item.text), item.source_page) != item.source_page
    return elsewhere and item.reason in DOUBTS and item.decision is Decision.ASK


def contradictions_asked(
    readings: list[Reading], expectations: Mapping[str, Expectation]
) -> Iterator[Reading]:
    """The readings; where two boxes of one choice are ticked on the same page, both are asked about."""
    ticked: dict[tuple[int, str], int] = {}
    for item in readings:
        if item.option and item.text == "on":
            ticked[item.source_page, item.field] = ticked.get((item.source_page, item.field), 0) + 1
    for item in readings:
        twice = ticked.get((item.source_page, item.field), 0) > 1
        if twice and item.text == "on" and expected_of(item, expectations).kind in EXCLUSIVE:
            yield replace(item, decision=Decision.ASK, reason=Reason.TICKS_CONTRADICT)
        else:
            yield item


def expected_of(reading: Reading, expectations: Mapping[str, Expectation]) -> Expectation:
    plain = re.sub(r"\.\d+(?=\.|$)", "", reading.field)
    return expectations.get(reading.field) or expectations.get(plain) or ANY


def expectation_of(widget: Widget, expectations: Mapping[str, Expectation]) -> Expectation:
    plain = re.sub(r"\.\d+(?=\.|$)", "", widget.field)
    return expectations.get(widget.field) or expectations.get(plain) or ANY
