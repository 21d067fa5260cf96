"""The cell network and its vote: single cells are seen right, and a comb is accepted only by the fitted rules."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.model import Reason
from pipeline.reading import combs
from pipeline.reading.combs import ALL, LINES, ONE_LINE, Sight, Weighed, doubt, weigh
from pipeline.reading.digits import NO_DIGIT, SIDE, CellReader, cell_pictures, load_cell_reader, owners
from pipeline.reading.fitted import Rules, Weights, load_rules
from pipeline.reading.ink import Filling, Strokes
from pipeline.reading.pictures import Grey
from pipeline.reading.recogniser import ALPHABET, PLACE, Probabilities, Readers
from pipeline.reading.texts import LineText
from pipeline.values import Expectation, Kind
from tests.paper.hands import Hand, word

READING = Path(combs.__file__).parent
ABOUT = json.loads((READING / "models.json").read_text())["digits"]
CELL = 62  # pixels of 15 points
EQUAL = Weights(1.0, 1.0, 1.0)


@pytest.fixture(scope="module")
def network() -> CellReader:
    loaded = load_cell_reader(ABOUT)
    assert loaded is not None
    return loaded


def comb_of(text: str, seed: int = 1, hand: Hand | None = None) -> Strokes:
    """A comb with one character in the middle of each cell, as it is left when the print was taken away."""
    rng = np.random.default_rng(seed)
    dark = np.zeros((84, CELL * len(text)), np.uint8)
    for place, ch in enumerate(text):
        if ch != " ":
            ink = word(hand or Hand("strokes", nib=0.9), ch, 40, 300 / 72, rng).ink
            top, left = (84 - ink.shape[0]) // 2, place * CELL + (CELL - ink.shape[1]) // 2
            dark[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return Strokes(dark, (dark > 100).astype(np.uint8), Filling.WRITTEN)


# --- the network ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_a_comb_of_pen_strokes_is_read_digit_by_digit(network: CellReader, seed: int) -> None:
    text = "".join(str(d) for d in np.random.default_rng(seed).permutation(10))
    found = network.read(cell_pictures(comb_of(text, seed), [True] * 10))
    assert found.shape == (10, 11)
    assert np.allclose(found.sum(axis=1), 1, atol=1e-4)
    assert "".join(str(d) for d in found.argmax(axis=1)) == text


def test_letters_are_called_no_digit(network: CellReader) -> None:
    found = network.read(cell_pictures(comb_of("KMWX"), [True] * 4))
    assert (found.argmax(axis=1) == NO_DIGIT).all()


def test_empty_cells_are_passed_over(network: CellReader) -> None:
    found = network.read(cell_pictures(comb_of("4 7"), [True, False, True]))
    assert found.argmax(axis=1).tolist() == [4, 7]


def test_a_digit_that_reaches_into_the_next_cell_stays_whole() -> None:
    strokes = comb_of("1 ")
    strokes.mask[40:44, 30 : CELL + 10] = 1
    assert set(np.unique(owners(strokes, 2))) == {-1, 0}


def test_a_line_through_several_cells_is_parted_at_their_edges() -> None:
    strokes = comb_of("   ")
    strokes.mask[40:44, 5 : 3 * CELL - 5] = 1
    assert set(np.unique(owners(strokes, 3))) == {-1, 0, 1, 2}


def test_a_speck_is_not_blown_up_to_a_digit() -> None:
    strokes = comb_of(" ")
    strokes.mask[40:44, 30:34] = 1
    strokes.dark[40:44, 30:34] = 255
    assert cell_pictures(strokes, [True]).shape == (1, SIDE, SIDE)
    assert int((cell_pictures(strokes, [True]) > 60).sum()) < 16


# --- three votes ----------------------------------------------------------------------------------


def line_of(text: str, other: str = "", share: float = 0.0) -> Probabilities:
    """A line as a reader sees it: this text, with a share for another of the same length."""
    rows = np.full((2 * len(text), len(ALPHABET) + 1), 1e-6, dtype=np.float32)
    for place, ch in enumerate(text):
        rows[2 * place, PLACE[ch]] = 1 - share
        if other and other[place] != ch:
            rows[2 * place, PLACE[other[place]]] = share
        rows[2 * place + 1, 0] = 1.0
    return Probabilities(rows)


def cells_of(text: str, sure: float = 0.97) -> np.ndarray:
    found = np.full((len(text), 11), (1 - sure) / 10, dtype=np.float32)
    found[np.arange(len(text)), [int(ch) for ch in text]] = sure
    return found


def weighed(sight: Sight, expect: Expectation, weights: Weights = EQUAL) -> Weighed:
    count = len(sight.cells)
    found = weigh(sight, "9" * count, [True] * count, expect, weights)
    assert found is not None
    return found


def test_three_that_agree_lead_further_than_two() -> None:
    zip_code = Expectation(Kind.ZIP)
    together = weighed(Sight(line_of("65203"), line_of("65203"), cells_of("65203")), zip_code)
    apart = weighed(Sight(line_of("65203"), line_of("65203"), cells_of("65208", 0.6)), zip_code)
    assert (together.text, together.agreed, apart.text, apart.agreed) == ("65203", ALL, "65203", LINES)
    assert together.lead > apart.lead


def test_the_cells_decide_where_the_lines_differ() -> None:
    sight = Sight(line_of("65203", "65208", 0.4), line_of("65208", "65203", 0.4), cells_of("65208"))
    found = weighed(sight, Expectation(Kind.ZIP))
    assert (found.text, found.agreed) == ("65208", ONE_LINE)


def test_a_day_that_is_none_gives_way_to_one_that_is_and_leads_by_nothing() -> None:
    cells = cells_of("02301988")
    cells[2, 2] = 0.1
    sight = Sight(line_of("02301988", "02201988", 0.2), line_of("02301988"), cells)
    found = weighed(sight, Expectation(Kind.DATE))
    assert (found.text, found.valid) == ("02201988", True)
    assert found.lead < 0


@pytest.mark.parametrize(
    ("cells", "gap"), [([True] * 6, False), ([True] * 5 + [False] * 3, False), ([False] + [True] * 5, True)]
)
def test_an_empty_cell_before_a_filled_one_is_a_gap(cells: list[bool], gap: bool) -> None:
    assert combs.has_gap(cells) is gap


def test_no_more_texts_are_tried_than_can_be_scored() -> None:
    tried = combs.candidates(("0123456789",) * 3, cells_of("0123456789", 0.5), "9" * 10)
    assert 64 < len(tried) <= combs.MOST
    assert "0123456789" in tried


RULES = Rules(EQUAL, {ALL: 1.0, LINES: 4.0, ONE_LINE: 6.0}, strange=0.5)
CERTAIN = Weighed("65203", ("65203",) * 3, (0.9, 0.9, 0.9), ALL, 9.0, valid=True, fits=True, strange=0.1)


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (CERTAIN, None),
        (replace(CERTAIN, lead=0.9), Reason.NOT_SURE),
        (replace(CERTAIN, agreed=LINES), None),
        (replace(CERTAIN, agreed=LINES, lead=3.9), Reason.READERS_DISAGREE),
        (replace(CERTAIN, agreed=ONE_LINE, lead=5.9), Reason.READERS_DISAGREE),
        (replace(CERTAIN, agreed=""), Reason.READERS_DISAGREE),
        (replace(CERTAIN, valid=False), Reason.NOT_VALID),
        (replace(CERTAIN, strange=0.6), Reason.NOT_SURE),
    ],
)
def test_a_comb_is_accepted_from_the_lead_that_its_way_of_agreeing_needs(
    case: Weighed, reason: Reason | None
) -> None:
    assert doubt(case, RULES) is reason


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (replace(CERTAIN, agreed=LINES, lead=0.1, strange=0.9), None),
        (replace(CERTAIN, agreed=ONE_LINE), Reason.READERS_DISAGREE),
        (replace(CERTAIN, fits=False), Reason.READERS_DISAGREE),
        (replace(CERTAIN, valid=False), Reason.NOT_VALID),
    ],
)
def test_of_a_typed_comb_the_two_readers_of_the_line_are_enough(case: Weighed, reason: Reason | None) -> None:
    assert combs.doubt_of_type(case) is reason


def test_a_number_on_file_needs_two_readers_and_no_lead() -> None:
    case = replace(CERTAIN, agreed=ONE_LINE, lead=0.1)
    assert doubt(case, RULES) is Reason.READERS_DISAGREE
    assert doubt(case, RULES, on_file=True) is None
    assert doubt(replace(CERTAIN, agreed="", lead=0.1), RULES, on_file=True) is Reason.READERS_DISAGREE
    assert doubt(replace(CERTAIN, valid=False), RULES, on_file=True) is Reason.NOT_VALID


def test_the_fitted_rules_come_with_figures_that_bear_them_out() -> None:
    data = json.loads((READING / "digits.json").read_text())
    assert set(data["accepted_from"]) == {ALL, LINES, ONE_LINE}
    for rule in data["accepted_from"].values():
        assert rule["wrong"] <= 0.005 * rule["accepted"]
        assert rule["accepted"] <= rule["seen"]
    assert data["fitted_on"]["real"]["fields"] >= 1000
    assert load_rules().margins[ALL] == data["accepted_from"][ALL]["margin"]


@pytest.mark.parametrize(
    ("expect", "filled", "pattern"),
    [
        (Expectation(Kind.DATE), 8, "99999999"),
        (Expectation(Kind.IDENTIFIER, pattern=r"A\d{7}"), 8, "A9999999"),
        (Expectation(Kind.IDENTIFIER, pattern=r"(?!000)\d{3}-?\d\d-?(?!0000)\d{4}"), 9, "999999999"),
        (Expectation(Kind.STATE), 2, None),
        (Expectation(Kind.ICD10), 5, None),
        (Expectation(Kind.TEXT), 5, None),
    ],
)
def test_only_combs_of_digits_go_to_the_cell_network(
    expect: Expectation, filled: int, pattern: str | None
) -> None:
    assert combs.digit_pattern(expect, filled) == pattern


def test_a_letter_is_left_to_the_readers_of_the_line() -> None:
    cells = cells_of("01234567")
    tried = combs.candidates(("A1234567", "A1234561", "A1234567"), cells, "A9999999")
    assert {text[0] for text in set(tried)} == {"A"}
    assert {"A1234567", "A1234561"} <= set(tried)


# --- a comb in type -------------------------------------------------------------------------------


class Told:
    """A reader that says what it was told, whatever it is shown."""

    name = "told"

    def __init__(self, said: Probabilities | np.ndarray) -> None:
        self.said = said

    def read(self, shown: Grey | np.ndarray) -> Probabilities | np.ndarray:
        return self.said


def comb_read(
    first: Probabilities, second: Probabilities, cells: np.ndarray, expect: Expectation
) -> LineText:
    readers = Readers(Told(first), Told(second), Told(cells))  # type: ignore[arg-type]  # they say what they are told
    strokes = comb_of("7" * len(cells))
    read = combs.read_digits(strokes, strokes.dark, [True] * len(cells), expect, readers)
    assert read is not None
    return read


LEANING = line_of("65203", "65208", 0.4)
ZIP = Expectation(Kind.ZIP)


def test_what_both_line_readers_read_is_type_and_the_cells_speak_of_hands_only() -> None:
    read = comb_read(LEANING, LEANING, cells_of("65208"), ZIP)
    assert (read.text, read.reason) == ("65203", None)
    assert read.by_hand is not None
    assert (read.by_hand.text, read.by_hand.reason) == ("65208", Reason.READERS_DISAGREE)


def test_the_cells_do_not_settle_type_in_which_the_line_readers_differ() -> None:
    read = comb_read(LEANING, line_of("65208"), cells_of("65203"), ZIP)
    assert read.reason is Reason.READERS_DISAGREE
    assert read.by_hand is not None
    assert read.by_hand.text is None
    differing = replace(CERTAIN, said=("65203", "65208", "65203"), fits_lines=True)
    assert combs.type_in(differing, [True] * 5, ZIP) is None


@pytest.mark.parametrize(
    ("weighed", "expect", "cells", "text"),
    [
        (replace(CERTAIN, fits_lines=True), ZIP, [True] * 5, "65203"),
        (replace(CERTAIN, fits_lines=True, text="65208"), ZIP, [True] * 5, "65203"),
        (CERTAIN, ZIP, [True] * 5, None),
        (
            replace(CERTAIN, said=("13012026",) * 3, fits_lines=True),
            Expectation(Kind.DATE),
            [True] * 8,
            None,
        ),
        (
            replace(CERTAIN, said=("2757786", "2757786", "2757788"), fits_lines=True),
            Expectation(Kind.TEXT),
            [True] * 3 + [False] + [True] * 4,
            "275 7786",
        ),
    ],
    ids=["both read it", "the best is another", "read freely it is another", "no date", "a gap stays"],
)
def test_type_is_what_both_line_readers_read_if_it_is_a_value_and_stands_there(
    weighed: Weighed, expect: Expectation, cells: list[bool], text: str | None
) -> None:
    assert text == combs.type_in(weighed, cells, expect)


def test_what_the_line_readers_read_freely_goes_with_a_comb() -> None:
    assert comb_read(LEANING, LEANING, cells_of("65208"), ZIP).freely == ("65203", "65203")
    assert not comb_read(LEANING, LEANING, cells_of("65208"), ZIP).sees_nothing
