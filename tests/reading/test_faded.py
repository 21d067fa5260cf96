"""Blanks of a faded copy, and whose text is taken: what the boxes of a form say of each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from pipeline.model import Box, Decision, PageMatch, Part, Reading, Reason, Vote, Widget, WidgetKind
from pipeline.reading import fields
from pipeline.reading.boxes import BoxText, read_text
from pipeline.reading.fields import TYPE_STAYS, read_part
from pipeline.reading.hands import Script
from pipeline.reading.laid import Cut
from pipeline.reading.recogniser import Readers
from pipeline.reading.texts import ByHand
from pipeline.values import Expectation, Kind
from tests.reading.test_worn import box as letters_in
from tests.reading.test_worn import nothing, told

PAPER = np.zeros((60, 200), np.uint8)
CUT = Cut(PAPER, PAPER, (20, 20, 180, 40), 230.0, 1.0, 0.6)
VOTES = (Vote("a", "Boone"), Vote("b", "Boone"))
LEVEL, ROUND = Script(6, 0.0, 0.35, 30.0), Script(6, 0.02, 0.24, 30.0)
FADED = BoxText("", 0.99, (), Reason.NOT_SURE, CUT, no_ink=True)  # no ink, and the print is pale
WORD = BoxText("Boone", 0.9, VOTES, None, CUT, LEVEL)
TYPED = dict.fromkeys("abcdef", WORD)
Boxes = Mapping[str, BoxText]


@pytest.fixture
def laid(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page is not laid, and its boxes hold what is told of them."""

    def told(page: SimpleNamespace, match: PageMatch, blank: Boxes) -> Boxes:
        return page.boxes  # type: ignore[no-any-return]  # a page made of what its boxes hold

    def read(boxes: Boxes, widget: Widget, expect: Expectation, readers: Readers) -> BoxText:
        return boxes[widget.field]

    monkeypatch.setattr(fields, "LaidPage", told)
    monkeypatch.setattr(fields, "read_text", read)


def readings(*pages: Boxes, kind: Kind = Kind.ZIP) -> dict[str, Reading]:
    """The readings of a form with such boxes on its pages, by page and field: "1/a"."""

    def on_page(page: int) -> list[Widget]:
        return [
            Widget(f"{page}/{name}", page, Box(0, 0, 9, 9), WidgetKind.TEXT, name, name)
            for name in pages[page - 1]
        ]

    def opened(page: int) -> SimpleNamespace:
        return SimpleNamespace(words=(), marked=False, widgets=(), boxes=pages[page - 1])

    numbers = range(1, len(pages) + 1)
    matches = tuple(PageMatch(page, "form", "1", page, len(pages), "code") for page in numbers)
    known = SimpleNamespace(map=SimpleNamespace(on_page=on_page), pages=pages)
    names = {name for boxes in pages for name in boxes}
    found = read_part(
        SimpleNamespace(page=opened),  # type: ignore[arg-type]  # a file of such pages
        Part("DROP", tuple(numbers), matches),
        known,  # type: ignore[arg-type]  # their blank
        dict.fromkeys(names, Expectation(kind)),
        Readers(),
    )
    return {item.widget: item for item in found}


def last(*pages: Boxes) -> tuple[str, Decision, Reason | None]:
    item = readings(*pages)[f"{len(pages)}/x"]
    return item.text, item.decision, item.reason


ASKED = ("", Decision.ASK, Reason.NOT_SURE)
TAKEN = ("", Decision.ACCEPTED, None)


@pytest.mark.usefixtures("laid")
def test_a_box_without_ink_on_a_pale_copy_of_a_form_typed_throughout_is_blank() -> None:
    assert last({**TYPED, "x": FADED}) == TAKEN


@pytest.mark.usefixtures("laid")
def test_the_other_pages_of_the_form_say_whether_it_was_typed_throughout() -> None:
    assert last(TYPED, {"x": FADED}) == TAKEN
    assert last({**TYPED, "g": replace(WORD, script=ROUND)}, {"x": FADED}) == ASKED


@pytest.mark.usefixtures("laid")
@pytest.mark.parametrize(
    "other",
    [
        replace(WORD, script=ROUND),
        replace(WORD, script=replace(LEVEL, feet=0.11)),
        replace(WORD, script=ROUND, reason=Reason.READERS_DISAGREE),
    ],
    ids=["round", "astray", "doubted"],
)
def test_one_box_that_is_clearly_a_hands_makes_every_pale_blank_a_doubt(other: BoxText) -> None:
    assert last({**TYPED, "g": other, "x": FADED}) == ASKED


@pytest.mark.usefixtures("laid")
def test_dirt_in_which_no_text_was_read_is_no_hand() -> None:
    dirt = BoxText("", 0.0, VOTES, Reason.NOT_SURE, CUT, ROUND)
    assert last({**TYPED, "g": dirt, "x": FADED}) == TAKEN


@pytest.mark.usefixtures("laid")
@pytest.mark.parametrize("count", [0, 2])
def test_with_too_few_boxes_to_tell_a_pale_blank_is_a_doubt(count: int) -> None:
    assert last({**dict.fromkeys("ab"[:count], WORD), "x": FADED}) == ASKED


@pytest.mark.usefixtures("laid")
@pytest.mark.parametrize(
    ("box", "expected"),
    [
        (replace(FADED, cut=replace(CUT, kept=TYPE_STAYS)), TAKEN),
        (replace(FADED, cut=replace(CUT, kept=TYPE_STAYS - 0.01)), ASKED),
        (replace(FADED, votes=VOTES, script=LEVEL, hand=Reason.NOT_SURE, no_ink=False), ASKED),
        (replace(FADED, reason=Reason.NO_MODEL, script=LEVEL, hand=Reason.NO_MODEL), None),
        (replace(FADED, cut=replace(CUT, least=0.1)), None),
    ],
    ids=[
        "half the print is kept",
        "less is kept",
        "readers saw ink",
        "nobody read it",
        "a note lies on it",
    ],
)
def test_only_a_box_without_ink_is_blank_because_the_form_is_typed(
    box: BoxText, expected: tuple[str, Decision, Reason | None] | None
) -> None:
    found = last({**TYPED, "x": box})
    assert found == expected if expected else found[1] is Decision.ASK


# --- whose text -------------------------------------------------------------------------------------

TWO = replace(
    WORD,
    text="65203",
    by_hand=ByHand(Reason.READERS_DISAGREE, text="65208"),
    hand=Reason.READERS_DISAGREE,
)
BY_HAND = dict.fromkeys("abcdef", replace(WORD, script=Script(6, 0.2, 0.2, 30.0)))


@pytest.mark.usefixtures("laid")
def test_of_two_texts_types_is_taken_on_a_typed_form_and_a_hands_on_one_by_hand() -> None:
    typed = readings({**TYPED, "x": TWO})["1/x"]
    assert (typed.text, typed.decision, typed.handwritten) == ("65203", Decision.ACCEPTED, False)
    hand = readings({**BY_HAND, "x": TWO})["1/x"]
    assert (hand.text, hand.decision, hand.handwritten) == ("65208", Decision.ASK, True)
    assert hand.reason is Reason.READERS_DISAGREE


@pytest.mark.usefixtures("laid")
def test_a_hands_text_is_taken_where_it_is_believed() -> None:
    box = replace(TWO, by_hand=ByHand(None, text="65208"), hand=None)
    hand = readings({**BY_HAND, "x": box})["1/x"]
    assert (hand.text, hand.decision, hand.reason) == ("65208", Decision.ACCEPTED, None)


@pytest.mark.usefixtures("laid")
def test_without_a_text_of_its_own_a_hand_wrote_what_was_read() -> None:
    box = replace(TWO, by_hand=ByHand(Reason.NOT_SURE), hand=Reason.NOT_SURE)
    hand = readings({**BY_HAND, "x": box})["1/x"]
    assert (hand.text, hand.reason) == ("65203", Reason.NOT_SURE)


# --- what is lost today -----------------------------------------------------------------------------


def inked(left: int, top: int, wide: int, high: int) -> Cut:
    """A box with one mark in it."""
    cut = letters_in(letters=0)
    cut.dark[top : top + high, left : left + wide] = 220
    return cut


@pytest.mark.usefixtures("laid")
@pytest.mark.parametrize(
    ("cut", "kind", "comb"),
    [
        (replace(letters_in(letters=0), wiped=(100, 101)), Kind.UNITS, 0),
        (inked(60, 70, 60, 12), Kind.NARRATIVE, 0),
        (inked(81, 50, 4, 45), Kind.UNITS, 8),
    ],
    ids=["a 1 that went with a streak", "small print in an area", "a 1 on the edge of two cells"],
)
def test_on_a_typed_form_too_a_box_that_holds_ink_or_lost_a_streak_is_asked_about(
    cut: Cut, kind: Kind, comb: int
) -> None:
    laid = SimpleNamespace(cut=lambda box: cut)
    widget = Widget("1/x", 1, Box(0, 0, 9, 9), WidgetKind.TEXT, "x", "x", comb=comb)
    seen = read_text(laid, widget, Expectation(kind), told(nothing(), nothing()))  # type: ignore[arg-type]  # one box
    assert (seen.text, seen.reason) == ("", Reason.NOT_SURE)
    assert last({**TYPED, "x": seen}) == ASKED
