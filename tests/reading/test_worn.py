"""Worn ink: what is dirt leaves a box blank, what may be writing is asked about, whole type stands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.model import Reason, Vote
from pipeline.reading.boxes import BoxText, joined, read_by_all, settled
from pipeline.reading.ink import Filling, Strokes, strokes_in
from pipeline.reading.laid import Cut
from pipeline.reading.recogniser import ALPHABET, Probabilities, Readers
from pipeline.reading.texts import ByHand, LineText, read_line
from pipeline.values import Expectation, Kind
from tests.reading.test_digits import Told, line_of
from tests.reading.test_doubts import CARE, LINE

FAINT, STRONG, LEVEL = 75, 220, 230.0
SIZE = (33, 33, 433, 113)


def box(darkness: int = STRONG, letters: int = 6, right: int = 0, kept: float = 1.0) -> Cut:
    """A printed box of 400 by 80 pixels with letters 40 high in it. right: pixels the last lies from the edge."""
    dark, printed = np.zeros((146, 466), np.uint8), np.zeros((146, 466), np.uint8)
    for picture in (dark, printed):
        picture[29:117, 29:437] = 255
        picture[33:113, 33:433] = 0
    for place in range(letters):
        left = 60 + 40 * place
        if darkness == FAINT:  # what is left of a stroke: whole letters so pale are called broken
            dark[70:82, left : left + 12] = FAINT
            continue
        dark[53:93, left : left + 24] = darkness
        dark[60:86, left + 7 : left + 17] = 0
    if right:
        dark[60:80, 433 - right - 20 : 433 - right] = darkness
    return Cut(dark, printed, SIZE, LEVEL, 1.0, kept)


def nothing() -> Probabilities:
    """A line in which a reader sees no character."""
    rows = np.full((12, len(ALPHABET) + 1), 1e-6, dtype=np.float32)
    rows[:, 0] = 1.0
    return Probabilities(rows)


def told(first: Probabilities, second: Probabilities) -> Readers:
    return Readers(Told(first), Told(second))  # type: ignore[arg-type]  # they say what they are told


# --- nothing is read --------------------------------------------------------------------------------


def faint(first: Probabilities, second: Probabilities, expect: Expectation, cut: Cut) -> BoxText:
    strokes = strokes_in(cut)
    return settled(read_line(LINE, expect, told(first, second)), strokes, cut, expect)


@pytest.mark.parametrize("kind", [Kind.DATE, Kind.MONEY, Kind.INTEGER, Kind.PHONE, Kind.ZIP, Kind.TEXT])
@pytest.mark.parametrize("text", ["N/A", "none"])
@pytest.mark.parametrize("who", ["both", "first", "second"])
def test_a_faint_word_that_no_pattern_holds_is_asked_about(kind: Kind, text: str, who: str) -> None:
    first = nothing() if who == "second" else line_of(text)
    second = nothing() if who == "first" else line_of(text)
    assert strokes_in(box(FAINT)).filling is Filling.FAINT
    found = faint(first, second, Expectation(kind), box(FAINT))
    assert found.reason is not None or found.text


def test_a_number_of_which_the_readers_hold_nothing_was_read_all_the_same() -> None:
    read = read_line(LINE, Expectation(Kind.INTEGER), told(line_of("N/A"), line_of("N/A")))
    assert {vote.text for vote in read.votes} == {""}
    assert read.freely == ("N/A", "N/A")
    assert not read.sees_nothing


@pytest.mark.parametrize("kind", [Kind.DATE, Kind.MONEY, Kind.TEXT, Kind.STATE])
def test_faint_dirt_in_which_nobody_sees_a_character_leaves_the_box_blank(kind: Kind) -> None:
    found = faint(nothing(), nothing(), Expectation(kind), box(FAINT))
    assert (found.text, found.reason) == ("", None)


@pytest.mark.parametrize("cut", [box(STRONG), box(FAINT, kept=0.7)], ids=["strong ink", "a faded copy"])
def test_else_ink_in_which_nobody_sees_a_character_is_asked_about(cut: Cut) -> None:
    assert faint(nothing(), nothing(), Expectation(Kind.TEXT), cut).reason is not None


def read(text: str, *freely: str, votes: tuple[str, ...] = ()) -> LineText:
    said = tuple(Vote(str(number), vote) for number, vote in enumerate(votes))
    return LineText(text, 0.9, said, None, freely=freely)


@pytest.mark.parametrize(
    ("line", "empty"),
    [
        (read("MO", "", "", votes=("MO", "KS")), True),
        (read("", "", "N/A", votes=("", "")), False),
        (read("", "N/A", "", votes=("", "")), False),
        (read("", votes=("", "")), True),
        (read("", votes=("", "x")), False),
    ],
    ids=["only the list says something", "the second sees", "the first sees", "no votes", "a vote"],
)
def test_a_reader_sees_nothing_if_it_reads_nothing_freely(line: LineText, empty: bool) -> None:
    assert line.sees_nothing is empty


@pytest.mark.parametrize(
    ("freely", "bars"),
    [
        (("1", "I"), True),
        (("", "|"), True),
        (("-", "_"), True),
        (("1", "11"), False),
        (("1", "7"), False),
        (("li", "l"), False),
        (("lI", "l"), False),
        (("", "1lI"), False),
        (("o", ""), False),
        ((), False),
    ],
)
def test_a_bar_is_one_stroke_at_most_for_every_reader(freely: tuple[str, ...], bars: bool) -> None:
    assert read("1", *freely).sees_bars is bars


def test_of_several_lines_every_one_must_hold_nothing() -> None:
    first, second = read("", "", "", votes=("", "")), read("", "N/A", "", votes=("", ""))
    assert joined([first, first], [1.0, 0.5]).sees_nothing
    assert not joined([first, second], [1.0, 0.5]).sees_nothing


# --- worn type --------------------------------------------------------------------------------------


def ruled(strokes: Strokes) -> Strokes:
    """The ink with a line from the box's top to its bottom."""
    mask = strokes.mask.copy()
    mask[:, 390:393] = 1
    return replace(strokes, mask=mask)


DATE = read("12012026", votes=("12012026",) * 3)
OUT = box(right=1)


@pytest.mark.parametrize(
    ("line", "cells", "reason"),
    [
        (DATE, 8, None),
        (replace(DATE, votes=DATE.votes[:2]), 8, Reason.NOT_SURE),
        (read("12012026", votes=("12012026", "12012026", "12012028")), 8, Reason.NOT_SURE),
        (read("1201202", votes=("1201202",) * 3), 8, Reason.NOT_SURE),
        (DATE, 0, Reason.NOT_SURE),
    ],
    ids=["all three", "two readers", "the cells differ", "a cell is left", "no comb"],
)
@pytest.mark.parametrize("how", ["runs out", "ruled"])
def test_a_full_comb_that_all_three_read_alike_stands_as_type(
    line: LineText, cells: int, reason: Reason | None, how: str
) -> None:
    cut = OUT if how == "runs out" else box()
    strokes = strokes_in(cut) if how == "runs out" else ruled(strokes_in(cut))
    found = settled(line, strokes, cut, Expectation(Kind.DATE), cells)
    assert (found.reason, found.hand) == (reason, Reason.NOT_SURE)


def test_a_line_through_the_last_cell_of_a_number_that_may_be_shorter_is_asked_about() -> None:
    expect = Expectation(Kind.IDENTIFIER, pattern=r"\d{7,8}")
    cut = box()
    found = settled(read("27577861", votes=("27577861",) * 3), ruled(strokes_in(cut)), cut, expect, 8)
    assert found.reason is Reason.NOT_SURE


@pytest.mark.parametrize(
    ("votes", "alike"),
    [
        (("MO 1", "mo1", "MO1"), True),
        (("MO1", "MO1"), False),
        (("MO1", "MO1", "MO7"), False),
        (("MO7", "MO7", "MO7"), False),
    ],
)
def test_all_readers_read_the_text_itself(votes: tuple[str, ...], alike: bool) -> None:
    assert read_by_all(read("MO1", votes=votes)) is alike


CHOICE = Expectation(Kind.CHOICE, options=CARE)
TEXT = Expectation(Kind.TEXT)


@pytest.mark.parametrize(
    ("text", "expect", "kept", "reason"),
    [
        ("Holloway", TEXT, 0.96, None),
        ("Holloway", TEXT, 0.94, Reason.NOT_SURE),
        ("Respite out of home", CHOICE, 0.94, None),
        ("Respite", CHOICE, 0.94, Reason.NOT_SURE),
        ("Respite", CHOICE, 0.96, None),
        ("12012026", Expectation(Kind.DATE), 0.94, Reason.NOT_SURE),
    ],
)
def test_broken_type_stands_where_the_print_is_whole_or_nothing_listed_is_longer(
    text: str, expect: Expectation, kept: float, reason: Reason | None
) -> None:
    cut = box(kept=kept)
    strokes = replace(strokes_in(cut), filling=Filling.BROKEN)
    found = settled(read(text, votes=(text, text)), strokes, cut, expect)
    assert (found.text, found.reason, found.hand) == (text, reason, Reason.NOT_SURE)


def test_broken_type_that_runs_out_of_the_box_is_asked_about_whatever_the_list_says() -> None:
    text = "Respite out of home"
    strokes = replace(strokes_in(OUT), filling=Filling.BROKEN)
    assert settled(read(text, votes=(text, text)), strokes, OUT, CHOICE).reason is Reason.NOT_SURE


def test_broken_type_in_a_box_without_print_around_it_is_asked_about() -> None:
    cut = replace(box(), printed=np.zeros((146, 466), np.uint8))
    strokes = replace(strokes_in(cut), filling=Filling.BROKEN)
    assert settled(read("Holloway"), strokes, cut, TEXT).reason is Reason.NOT_SURE


# --- by hand ----------------------------------------------------------------------------------------


def test_what_a_hand_wrote_is_kept_beside_what_it_says_in_type() -> None:
    line = replace(read("65203"), by_hand=ByHand(Reason.READERS_DISAGREE, text="65208"))
    cut = box()
    found = settled(line, strokes_in(cut), cut, Expectation(Kind.ZIP), 5)
    assert (found.text, found.reason) == ("65203", None)
    assert found.by_hand == ByHand(Reason.READERS_DISAGREE, text="65208")


def test_a_worn_copy_lacks_more_than_a_lead() -> None:
    line = replace(read("2757786"), by_hand=ByHand(Reason.NOT_SURE, short=True))
    expect = Expectation(Kind.IDENTIFIER)
    whole, worn = box(), OUT
    assert settled(line, strokes_in(whole), whole, expect).by_hand == ByHand(Reason.NOT_SURE, short=True)
    assert settled(line, strokes_in(worn), worn, expect).by_hand == ByHand(Reason.NOT_SURE, short=False)


def test_a_second_look_is_enough_for_type_alone() -> None:
    cut = box()
    found = settled(replace(read("Skill"), second=True), strokes_in(cut), cut, TEXT)
    assert (found.reason, found.hand) == (None, Reason.READERS_DISAGREE)
