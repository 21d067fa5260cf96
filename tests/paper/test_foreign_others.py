"""The forms that a page might be taken for: drawn the same each time, with boxes to fill, twins nearly alike."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from pypdf import PdfReader

from tests.paper.fill import pictures, spots
from tests.paper.foreign_others import IDENTITY, OTHERS, PAGES, OtherForm, drawn


def words(form: OtherForm) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(drawn(form)[0])).pages]


@pytest.mark.parametrize("form", OTHERS, ids=lambda form: form.name)
def test_every_form_asks_on_its_first_page_whom_it_is_about(form: OtherForm, tmp_path: Path) -> None:
    blank, boxes = drawn(form)
    (tmp_path / "blank.pdf").write_bytes(blank)
    found = spots(tmp_path / "blank.pdf")
    assert {box.name for box in boxes} == {spot.name for spot in found}
    assert len(boxes) == len({box.name for box in boxes})
    assert {name for name, _ in IDENTITY} <= {spot.name for spot in found if spot.page == 1}
    assert set(range(1, PAGES + 1)) == {spot.page for spot in found}
    assert all(0 < spot.left < spot.right < 612 and 0 < spot.top < spot.bottom < 792 for spot in found)


def test_no_two_forms_print_the_same_words_on_a_page() -> None:
    every = [page for form in OTHERS for page in words(form)]
    assert len(every) == len(set(every))


def test_the_same_form_is_drawn_alike_each_time() -> None:
    assert drawn(OTHERS[0])[0] == drawn(OTHERS[0])[0]


@pytest.mark.parametrize("manner", ["plain", "table"])
def test_a_twin_has_the_boxes_of_its_sibling_and_nearly_its_print(manner: str) -> None:
    one, other, stranger = (
        drawn(OtherForm(manner, manner, seed, twin)) for seed, twin in ((1, 0), (1, 1), (2, 0))
    )
    assert [box.rect for box in one[1]] == [box.rect for box in other[1]]
    assert 0 < unlike(one[0], other[0]) < 0.3 * unlike(one[0], stranger[0])


def unlike(one: bytes, other: bytes) -> float:
    """The share of the first pages that differs."""
    left, right = (np.asarray(pictures(pdf, 60)[0].convert("L"), np.float32) for pdf in (one, other))
    return float((np.abs(left - right) > 60).mean())
