"""Numbers by hand on a line: the digit network is shown each figure, and is believed only where it is sure."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.model import Reason, Vote
from pipeline.reading import numerals
from pipeline.reading.digits import load_cell_reader
from pipeline.reading.ink import Filling, Strokes
from pipeline.reading.numerals import figures_along, figures_in, places_of, with_figures
from pipeline.reading.recogniser import Readers
from pipeline.reading.texts import LineText
from pipeline.values import Expectation, Kind
from tests.paper.hands import Hand, word
from tests.reading.test_digits import line_of

ABOUT = json.loads((Path(numerals.__file__).parent / "models.json").read_text())["digits"]
PEN = Hand("strokes", nib=0.9)


def written(text: str, seed: int = 1) -> Strokes:
    """The text on a line, one sign after the other."""
    rng = np.random.default_rng(seed)
    dark = np.zeros((84, 46 * len(text) + 20), np.uint8)
    for place, sign in enumerate(text):
        ink = word(PEN, sign, 40, 300 / 72, rng).ink
        top = 62 - ink.shape[0] if sign not in ".," else 62 - ink.shape[0] // 2
        left = 10 + place * 46
        piece = dark[top : top + ink.shape[0], left : left + ink.shape[1]]
        piece[:] = np.maximum(piece, ink[: piece.shape[0], : piece.shape[1]])
    return Strokes(dark, (dark > 100).astype(np.uint8), Filling.WRITTEN)


@pytest.fixture(scope="module")
def readers() -> Readers:
    return Readers(cells=load_cell_reader(ABOUT))


@pytest.mark.parametrize(("text", "figures"), [("105", 3), ("1,250.00", 6), ("7", 1), ("52.5", 3)])
def test_figures_are_parted_and_points_are_none(text: str, figures: int) -> None:
    assert figures == len(figures_in(written(text)))


def test_figures_that_touch_are_not_parted() -> None:
    strokes = written("105")
    strokes.mask[40:44, 10:130] = 1
    assert figures_in(strokes) == []


def said(text: str, reason: Reason | None = None) -> LineText:
    return LineText(text, 0.9, (), reason)


@pytest.mark.parametrize("text", ["240", "86.30", "1,539"])
def test_three_that_agree_are_believed_of_a_hand(text: str, readers: Readers) -> None:
    seen = (line_of(text), line_of(text))
    found = with_figures(said(text), written(text), seen, Expectation(Kind.MONEY), readers)
    assert (found.text, found.votes[-1].text, found.by_hand and found.by_hand.reason) == (text, text, None)
    assert found.by_hand is not None


def test_the_network_is_heard_where_both_readers_see_another_figure(readers: Readers) -> None:
    seen = (line_of("246"), line_of("246"))
    found = with_figures(said("246"), written("240"), seen, Expectation(Kind.UNITS), readers)
    assert found.votes[-1].text == "240"
    assert found.by_hand is not None
    assert found.by_hand.reason is not None


def test_readers_that_differ_stay_a_reason_to_ask(readers: Readers) -> None:
    seen = (line_of("240"), line_of("240"))
    asked = said("240", Reason.READERS_DISAGREE)
    found = with_figures(asked, written("240"), seen, Expectation(Kind.UNITS), readers)
    assert found.by_hand is not None
    assert found.by_hand.reason is Reason.READERS_DISAGREE


@pytest.mark.parametrize(
    ("kind", "text", "other"),
    [
        (Kind.MONEY, "1250", "1260"),
        (Kind.MONEY, "1250", "12.60"),
        (Kind.MONEY, "1250", "12500"),
        (Kind.UNITS, "7.10", "710"),
        (Kind.DATE, "1/12/2026", "11/2/2026"),
    ],
)
def test_a_point_or_stroke_in_doubt_is_asked_about(
    kind: Kind, text: str, other: str, readers: Readers
) -> None:
    read = replace(said(text, Reason.READERS_DISAGREE), votes=(Vote("small", text), Vote("tiny", other)))
    found = with_figures(read, written(text), (line_of(text), line_of(text)), Expectation(kind), readers)
    assert found.by_hand is None or found.by_hand.reason is not None


def test_without_as_many_figures_as_were_read_nothing_is_said(readers: Readers) -> None:
    seen = (line_of("2400"), line_of("2400"))
    read = said("2400")
    assert read == with_figures(read, written("240"), seen, Expectation(Kind.UNITS), readers)


def test_without_the_network_nothing_changes(readers: Readers) -> None:
    read = said("240")
    seen = (line_of("240"), line_of("240"))
    assert read == with_figures(
        read, written("240"), seen, Expectation(Kind.UNITS), replace(readers, cells=None)
    )


def test_a_date_that_lacks_a_figure_is_not_believed_unseen(readers: Readers) -> None:
    """10/2/2026 was read where 10/21/2026 stood: the 1 was thin."""
    seen = (line_of("10/2/2026"), line_of("10/2/2026"))
    found = with_figures(said("10/2/2026"), written("10/21/2026"), seen, Expectation(Kind.DATE), readers)
    assert found.by_hand is not None
    assert found.by_hand.reason is Reason.NOT_SURE


def test_more_figures_than_were_read_are_asked_about(readers: Readers) -> None:
    seen = (line_of("24"), line_of("24"))
    found = with_figures(said("24"), written("240"), seen, Expectation(Kind.UNITS), readers)
    assert found.by_hand is not None
    assert found.by_hand.reason is Reason.NOT_SURE


def test_where_a_reader_sees_each_sign_is_known_only_for_what_it_reads() -> None:
    seen = line_of("1,250")
    places = places_of(seen, "1,250")
    assert len(places) == 5
    assert places == sorted(places)
    assert places_of(seen, "1,260") == []


def test_figures_that_touch_are_cut_where_the_reader_saw_them_end() -> None:
    strokes = written("105")
    strokes.mask[60:62, 10:140] = 1
    assert figures_in(strokes) == []
    assert len(figures_along(strokes, line_of("105"), "105")) == 3
    assert figures_along(strokes, line_of("106"), "105") == []


def test_the_network_decides_where_one_reader_saw_a_figure_less(readers: Readers) -> None:
    seen = (line_of("2,016"), line_of("2,016"))
    voted = said("2,016", Reason.READERS_DISAGREE)
    votes = (Vote("small", "2,016"), Vote("tiny", "2,06"))
    found = with_figures(
        replace(voted, votes=votes), written("2,016"), seen, Expectation(Kind.UNITS), readers
    )
    assert found.by_hand is not None
    assert found.by_hand.reason is None


LEANING = (line_of("246", "240", 0.4), line_of("246", "240", 0.4))


def test_the_network_does_not_overrule_two_readers_that_agree_on_type(readers: Readers) -> None:
    found = with_figures(said("246"), written("240"), LEANING, Expectation(Kind.UNITS), readers)
    assert (found.text, found.reason) == ("246", None)
    assert found.by_hand is not None
    assert (found.by_hand.text, found.by_hand.reason) == ("240", Reason.READERS_DISAGREE)


def test_where_the_readers_were_in_doubt_the_network_is_heard_and_type_is_asked_about(
    readers: Readers,
) -> None:
    doubted = said("246", Reason.READERS_DISAGREE)
    found = with_figures(doubted, written("240"), LEANING, Expectation(Kind.UNITS), readers)
    assert (found.text, found.reason) == ("240", Reason.READERS_DISAGREE)
    assert found.by_hand is not None
    assert found.by_hand.text is None
