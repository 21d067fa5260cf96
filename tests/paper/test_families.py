"""The two halves of the handwriting fonts never mix, and nothing needs them to be there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.paper.families import Half, faces, families, typefaces
from tests.paper.hands import Hand, has_letters, invented_hand, typewriter, word


def test_no_family_is_in_both_halves() -> None:
    names = [family.name for family in families()]
    assert len(names) == len(set(names))
    halves = [sum(family.half is half for family in families()) for half in (Half.DEVELOPMENT, Half.TEST)]
    assert halves[0] == halves[1]


def test_without_fonts_people_write_in_strokes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPER_FONTS", str(tmp_path))
    assert faces(Half.DEVELOPMENT) == ()
    hand = invented_hand(np.random.default_rng(1), faces(Half.DEVELOPMENT))
    assert hand.face is None


def test_every_fetched_font_has_letters_and_digits() -> None:
    """Holds for what is installed; a checkout without fonts has nothing to hold."""
    for half in Half:
        for face in faces(half):
            assert has_letters(face, "ABCXYZabcxyz0123456789.,-/$&"), face.stem


def test_a_typewriter_writes_as_large_as_it_says() -> None:
    writing = word(typewriter(typefaces()[-1]), "H", 60, 300 / 72, np.random.default_rng(1))
    rows = np.flatnonzero(writing.ink.max(axis=1) > 128)
    assert rows[-1] - rows[0] + 1 == pytest.approx(60, abs=3)


def test_a_font_that_lacks_a_letter_leaves_the_word_to_the_strokes() -> None:
    face = typefaces()[-1]
    assert not has_letters(face, "文")
    strokes = word(Hand("a", None), "Łuk", 40, 4, np.random.default_rng(1))
    assert strokes.ink.max() == 255
