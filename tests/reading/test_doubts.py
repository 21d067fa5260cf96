"""What settles a doubt: a second look, copies of a number, a clear tick beside a weak one, a whole value."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.model import Box, Decision, Method, Reading, Reason, Vote
from pipeline.reading import combs
from pipeline.reading.boxes import is_complete, is_ruled_through
from pipeline.reading.combs import sure_together, unlikely
from pipeline.reading.fitted import load_rules
from pipeline.reading.hands import Script, is_type_throughout, is_typed
from pipeline.reading.ink import Filling, Strokes
from pipeline.reading.pictures import Grey
from pipeline.reading.recogniser import Probabilities, Readers
from pipeline.reading.texts import LineText, looked_again, same_amount, without_specks
from pipeline.reading.together import copies_believed, weak_ticks_settled
from pipeline.values import Expectation, Kind
from tests.reading.test_digits import line_of


def reading(widget: str, field: str, text: str, page: int = 1, option: str = "") -> Reading:
    return Reading(
        widget=widget,
        field=field,
        page=page,
        source_page=page,
        box=Box(0, 0, 10, 10),
        method=Method.INK,
        text=text,
        option=option,
    )


# --- ticks ----------------------------------------------------------------------------------------

CHOICE = {"sex": Expectation(Kind.CHOICE), "needs": Expectation(Kind.CHOICES)}


def ticks(field: str, clear: float) -> list[Reading]:
    on = replace(reading("1/a", field, "on", option="a"), confidence=clear)
    weak = replace(
        reading("1/b", field, "doubtful", option="b"), decision=Decision.ASK, reason=Reason.TICK_DOUBTFUL
    )
    return [on, weak]


def settled(field: str, clear: float, weak: set[tuple[int, str]]) -> str:
    return list(weak_ticks_settled(ticks(field, clear), CHOICE, weak))[1].text


def test_a_weak_mark_beside_a_clear_one_in_a_choice_of_one_is_none() -> None:
    assert settled("sex", 1.0, {(1, "1/b")}) == "off"


@pytest.mark.parametrize(
    ("field", "clear", "weak"),
    [
        ("needs", 1.0, {(1, "1/b")}),
        ("sex", 0.9, {(1, "1/b")}),
        ("sex", 1.0, set()),
        ("sex", 1.0, {(2, "1/b")}),
    ],
    ids=["several may be ticked", "the other is not clear", "it is struck out", "the other page"],
)
def test_else_a_doubtful_mark_stays_doubtful(field: str, clear: float, weak: set[tuple[int, str]]) -> None:
    assert settled(field, clear, weak) == "doubtful"


# --- copies ---------------------------------------------------------------------------------------


def copies(confidence: float, *texts: str, votes: int = 3) -> list[Reading]:
    return [
        replace(
            reading(f"{page}/id", "id", text, page),
            confidence=confidence,
            votes=tuple(Vote(str(number), text) for number in range(votes)),
            decision=Decision.ASK,
            reason=Reason.NOT_SURE,
            handwritten=True,
        )
        for page, text in enumerate(texts, start=1)
    ]


def decisions(readings: list[Reading]) -> set[Decision]:
    short = {(item.source_page, item.widget) for item in readings}
    return {item.decision for item in copies_believed(readings, short)}


def test_a_number_read_alike_on_three_pages_is_believed() -> None:
    assert decisions(copies(0.9, "2757786", "2757786", "2757786")) == {Decision.ACCEPTED}


@pytest.mark.parametrize(
    "readings",
    [
        copies(0.9, "2757786"),
        copies(0.6, "2757786", "2757786"),
        copies(0.9, "2757786", "2757786", "2751786"),
        copies(0.9, "2757786", "2757786", "2757786", votes=2),
        [replace(item, handwritten=False) for item in copies(0.9, "2757786", "2757786", "2757786")],
    ],
    ids=["one copy", "too little together", "they differ", "two readers", "typed"],
)
def test_else_it_is_asked_about(readings: list[Reading]) -> None:
    assert decisions(readings) == {Decision.ASK}


def test_copies_that_are_worn_do_not_bear_each_other_out() -> None:
    worn = copies(0.9, "2757786", "2757786", "2757786")
    assert {item.decision for item in copies_believed(worn, set())} == {Decision.ASK}


TAKEN = replace(reading("1/name", "name", "Holloway", 1), method=Method.RECOGNISED)
DOUBTED = replace(
    reading("2/name", "name", "Holloway", 2),
    method=Method.RECOGNISED,
    decision=Decision.ASK,
    reason=Reason.NOT_SURE,
)


@pytest.mark.parametrize("reason", [Reason.NOT_SURE, Reason.READERS_DISAGREE])
def test_a_doubted_copy_of_what_was_taken_on_another_page_is_taken(reason: Reason) -> None:
    first, second = copies_believed([TAKEN, replace(DOUBTED, reason=reason)], set())
    assert (first, second.decision, second.reason) == (TAKEN, Decision.ACCEPTED, None)


@pytest.mark.parametrize(
    ("taken", "doubted"),
    [
        (TAKEN, replace(DOUBTED, text="Hollaway")),
        (TAKEN, replace(DOUBTED, text="holloway")),
        (TAKEN, replace(DOUBTED, source_page=1)),
        (TAKEN, replace(DOUBTED, field="mother")),
        (TAKEN, replace(DOUBTED, reason=Reason.NOT_VALID)),
        (TAKEN, replace(DOUBTED, reason=Reason.BOX_HIDDEN)),
        (TAKEN, replace(DOUBTED, decision=Decision.CONFIRM)),
        (replace(TAKEN, decision=Decision.CONFIRM), DOUBTED),
        (replace(TAKEN, decision=Decision.ASK, reason=Reason.NOT_SURE), DOUBTED),
        (replace(TAKEN, method=Method.WIDGET), DOUBTED),
        (replace(TAKEN, text="", method=Method.INK), replace(DOUBTED, text="")),
        (replace(TAKEN, text=""), replace(DOUBTED, text="")),
    ],
    ids=[
        "another text",
        "another case",
        "the same page",
        "another field",
        "no value",
        "hidden",
        "waits to be confirmed",
        "the other waits",
        "the other is doubted too",
        "the other was typed on screen",
        "both are blank",
        "nothing was read in either",
    ],
)
def test_any_other_copy_stays_as_it_is(taken: Reading, doubted: Reading) -> None:
    assert copies_believed([taken, doubted], set()) == [taken, doubted]


def test_two_sure_copies_count_for_more_than_two_unsure_ones() -> None:
    assert sure_together([0.95, 0.95])
    assert not sure_together([0.7, 0.7])
    assert load_rules().margins[combs.ALL] > 0


# --- values ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expect", "handicap"),
    [
        ("12012026", Expectation(Kind.DATE, about=2026), 0.0),
        ("12012024", Expectation(Kind.DATE, about=2026), combs.FAR_YEAR),
        ("12011962", Expectation(Kind.DATE), 0.0),
        ("112028", Expectation(Kind.MONTH, about=2026), 0.0),
    ],
)
def test_what_is_unlikely_beforehand_has_a_handicap(text: str, expect: Expectation, handicap: float) -> None:
    assert handicap == unlikely(text, expect)


@pytest.mark.parametrize(
    ("text", "kind", "cells", "whole"),
    [
        ("12012026", Kind.DATE, 8, True),
        ("1/1/2026", Kind.DATE, 0, False),
        ("5735550134", Kind.PHONE, 10, True),
        ("2757786", Kind.IDENTIFIER, 8, False),
        ("27577861", Kind.IDENTIFIER, 8, True),
        ("240.00", Kind.MONEY, 0, False),
        ("Holloway", Kind.PERSON_NAME, 0, False),
        ("MO", Kind.STATE, 0, True),
    ],
)
def test_a_value_is_whole_where_nothing_can_have_been_lost(
    text: str, kind: Kind, cells: int, whole: bool
) -> None:
    assert is_complete(text, Expectation(kind), cells) is whole


CARE = (("respite", "Respite"), ("away", "Respite out of home"), ("m", "Male"), ("f", "Female"))


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Respite out of home", True),
        ("respite  OUT of home", True),
        ("Female", True),
        ("Respite", False),
        ("Male", False),
        ("f", False),
        ("Transport", False),
        ("", False),
    ],
)
def test_a_listed_value_is_whole_if_no_other_holds_it(text: str, whole: bool) -> None:
    assert is_complete(text, Expectation(Kind.CHOICE, options=CARE), 0) is whole


@pytest.mark.parametrize("kind", [Kind.CHOICE, Kind.HCPCS])
def test_without_a_list_nothing_is_whole(kind: Kind) -> None:
    assert not is_complete("T1005", Expectation(kind), 0)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1.00.", "1.00"),
        (",250.25", ",250.25"),
        (".2,416.96", ".2,416.96"),
        ("12.", "12."),
        ("1,", "1,"),
        ("24", "24"),
    ],
)
def test_points_where_none_can_stand_are_specks(written: str, read: str) -> None:
    assert read == without_specks(written)


def test_a_comma_after_the_thousands_makes_no_other_number() -> None:
    money = Expectation(Kind.MONEY)
    assert same_amount("1,786.00", "1786.00", money)
    assert not same_amount("7.10", "710", money)
    assert not same_amount("1,786", "1786", Expectation(Kind.TEXT))


# --- typed ----------------------------------------------------------------------------------------

LEVEL = Script(6, 0.0, 0.35, 30.0)
SHAKY = Script(6, 0.08, 0.3, 30.0)


@pytest.mark.parametrize(
    ("box", "page", "form", "typed"),
    [
        (LEVEL, [LEVEL] * 5, [LEVEL] * 5, True),
        (SHAKY, [LEVEL] * 5, [LEVEL] * 5, False),
        (LEVEL, [LEVEL] * 5, [*[LEVEL] * 5, *[SHAKY] * 9], False),
        (LEVEL, [SHAKY] * 5, [*[SHAKY] * 5, *[LEVEL] * 9], False),
        (Script(2, 1.0, 0.18, 30.0), [LEVEL] * 5, [LEVEL] * 5, True),
        (Script(2, 1.0, 0.18, 40.0), [LEVEL] * 5, [LEVEL] * 5, False),
        (LEVEL, [LEVEL] * 2, [LEVEL] * 2, False),
    ],
    ids=["level", "shaky box", "form by hand", "page by hand", "round figures", "larger figures", "too few"],
)
def test_a_box_is_typed_only_among_its_like(
    box: Script, page: list[Script], form: list[Script], typed: bool
) -> None:
    assert is_typed(box, page, form) is typed


SQUARE = Script(6, 0.19, 0.36, 30.0)


@pytest.mark.parametrize(
    ("box", "typed"),
    [(SQUARE, True), (replace(SQUARE, straight=0.32), False), (replace(SQUARE, feet=0.21), False)],
    ids=["square", "round", "astray"],
)
def test_a_square_box_among_type_may_stray_as_a_bad_copy_lets_it(box: Script, typed: bool) -> None:
    assert is_typed(box, [LEVEL] * 5, [LEVEL] * 5) is typed


def test_a_square_box_among_boxes_by_hand_is_by_hand() -> None:
    assert not is_typed(SQUARE, [SHAKY] * 5, [SHAKY] * 5)


@pytest.mark.parametrize(
    ("written", "form", "typed"),
    [
        ([LEVEL] * 5, [LEVEL] * 5, True),
        ([*[LEVEL] * 4, SHAKY], [LEVEL] * 5, True),
        ([*[LEVEL] * 4, replace(SHAKY, feet=0.11)], [LEVEL] * 5, False),
        ([*[LEVEL] * 4, replace(LEVEL, straight=0.25)], [LEVEL] * 5, False),
        ([*[LEVEL] * 4, Script(2, 1.0, 0.18, 30.0)], [LEVEL] * 5, True),
        ([LEVEL] * 5, [*[LEVEL] * 5, *[SHAKY] * 9], False),
        ([LEVEL] * 2, [LEVEL] * 2, False),
    ],
    ids=[
        "all level",
        "one worn",
        "one astray",
        "one round",
        "too few letters",
        "form by hand",
        "too few boxes",
    ],
)
def test_a_form_is_type_throughout_if_no_box_of_it_is_clearly_a_hands(
    written: list[Script], form: list[Script], typed: bool
) -> None:
    assert is_type_throughout(written, form) is typed


# --- a second look --------------------------------------------------------------------------------


class Sees:
    """A reader that sees a text by how wide the line is."""

    name = "seen"

    def __init__(self, *texts: str) -> None:
        self.texts = texts

    def read(self, line: Grey) -> Probabilities:
        narrow = line.shape[1] < 100
        return line_of(self.texts[0] if narrow else self.texts[-1])


LINE = np.full((48, 100), 255, np.uint8)
ASKED = LineText("Skill", 0.9, (Vote("a", "Skill"), Vote("b", "kill")), Reason.READERS_DISAGREE)


def looked(first: Sees, second: Sees, read: LineText = ASKED) -> Reason | None:
    readers = Readers(first, second)  # type: ignore[arg-type]  # two readers that say what they are told
    return looked_again(read, LINE, Expectation(Kind.TEXT), readers).reason


def test_a_reader_that_overlooked_a_letter_at_one_width_is_heard_at_another() -> None:
    assert looked(Sees("Skill"), Sees("kill", "Skill")) is None


def test_a_reader_that_never_agrees_stays_a_doubt() -> None:
    assert looked(Sees("Skill"), Sees("kill")) is Reason.READERS_DISAGREE


def test_a_first_reader_that_changes_its_mind_stays_a_doubt() -> None:
    assert looked(Sees("Skill", "Still"), Sees("Skill")) is Reason.READERS_DISAGREE


class SeesAt(Sees):
    """A reader that sees a text of its own at each of the four other widths of the line."""

    def read(self, line: Grey) -> Probabilities:
        return line_of(self.texts[sum(line.shape[1] > edge for edge in (91, 100, 110))])


GOOD, BAD = "Skill", "Still"


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ((GOOD, GOOD, GOOD, GOOD), (BAD, BAD, GOOD, GOOD), None),
        ((GOOD, BAD, GOOD, GOOD), (GOOD, BAD, GOOD, BAD), None),
        ((BAD, GOOD, GOOD, GOOD), (GOOD, GOOD, BAD, BAD), None),
        ((GOOD, BAD, BAD, GOOD), (GOOD, GOOD, GOOD, GOOD), Reason.READERS_DISAGREE),
        ((GOOD, GOOD, GOOD, GOOD), (GOOD, BAD, BAD, BAD), Reason.READERS_DISAGREE),
        ((BAD, BAD, BAD, BAD), (BAD, BAD, BAD, BAD), Reason.READERS_DISAGREE),
    ],
    ids=[
        "comes in two",
        "strays in one",
        "strays in the first",
        "strays in two",
        "comes in one",
        "both change",
    ],
)
def test_of_four_widths_the_first_reader_stays_in_three_and_the_second_comes_in_two(
    first: tuple[str, ...], second: tuple[str, ...], reason: Reason | None
) -> None:
    assert looked(SeesAt(*first), SeesAt(*second)) is reason


def test_a_second_look_settles_type_and_says_so() -> None:
    readers = Readers(Sees("Skill"), Sees("kill", "Skill"))  # type: ignore[arg-type]  # as above
    found = looked_again(ASKED, LINE, Expectation(Kind.TEXT), readers)
    assert (found.text, found.second) == ("Skill", True)
    assert not ASKED.second


def test_a_sign_that_stands_in_no_name_stays_a_doubt() -> None:
    read = LineText("Renée:Miller", 0.9, (), Reason.NOT_SURE)
    readers = Readers(Sees("Renée:Miller"), Sees("Renée:Miller"))  # type: ignore[arg-type]  # as above
    assert looked_again(read, LINE, Expectation(Kind.PERSON_NAME), readers).reason is Reason.NOT_SURE


def test_what_is_asked_for_another_reason_is_not_looked_at_again() -> None:
    not_valid = replace(ASKED, reason=Reason.NOT_VALID)
    assert looked(Sees("Skill"), Sees("Skill"), not_valid) is Reason.NOT_VALID


def test_a_line_from_top_to_bottom_of_a_box_is_no_figure() -> None:
    mask = np.zeros((80, 300), np.uint8)
    mask[2:78, 150:153] = 1
    assert is_ruled_through(Strokes(mask * 200, mask, Filling.WRITTEN))
    mask = np.zeros((80, 300), np.uint8)
    mask[20:60, 150:153] = 1
    assert not is_ruled_through(Strokes(mask * 200, mask, Filling.WRITTEN))
