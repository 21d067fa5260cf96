"""Lines of a typed paragraph: those that were only full go on, those that the writer ended stay."""

from __future__ import annotations

import pytest

from pipeline.model import Box
from pipeline.reading.layer import text_of
from pipeline.reading.pages import Word

BOX = Box(100, 50, 300, 110)


def line(top: float, *words: tuple[str, float, float]) -> list[Word]:
    """Words with their left and right edges, in points."""
    return [Word(text, Box(x0, top, x1, top + 10)) for text, x0, x1 in words]


def test_a_full_line_goes_on_with_a_blank() -> None:
    first = line(52, ("She", 102, 122), ("walks", 125, 260))
    assert text_of([first, line(64, ("alone", 102, 140))], BOX) == "She walks alone"


def test_a_line_that_had_room_for_the_next_word_was_ended_by_the_writer() -> None:
    first = line(52, ("Penicillin", 102, 160))
    assert text_of([first, line(64, ("Bees", 102, 130))], BOX) == "Penicillin\nBees"


@pytest.mark.parametrize("right", [100.0, 299.0])
def test_one_line_is_itself(right: float) -> None:
    assert text_of([line(52, ("Word", 100, right))], BOX) == "Word"


def test_an_empty_box_says_nothing() -> None:
    assert text_of([], BOX) == ""
