"""What no font can draw is named; what is never drawn is not asked for."""

from __future__ import annotations

import pytest

from pipeline.rendering.glyphs import merged, named, without_glyph

LATIN = merged([(0xA0, 0x17F), (0x20, 0x7E), (0x7F, 0x9F), (0x2610, 0x2612)])


def test_ranges_that_touch_become_one() -> None:
    assert merged([(5, 9), (1, 2), (3, 4), (20, 30), (22, 25)]) == ((1, 9), (20, 30))


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("Ibáñez\t☒ \u00a0\u200d\u2066\ufe0f\n", ""),
        ("e\u0301", ""),
        ("漢 and 漢, ő, \u0378", "漢\u0378"),
        ("", ""),
        ("\x1f", ""),
        ("☓", "☓"),
    ],
)
def test_a_letter_of_no_font_is_found_once(text: str, lacking: str) -> None:
    assert without_glyph(text, LATIN) == lacking


def test_where_nothing_tells_what_fonts_have_nothing_is_missed() -> None:
    assert without_glyph("漢", None) == ""


def test_letters_are_named_by_number_and_not_without_end() -> None:
    assert named("漢\u0378") == "U+6F22, U+0378"
    assert named("abcdefg").count("U+") == 5
