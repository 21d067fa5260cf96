"""A page that was scanned upside down or sideways is shown upright on its sheet."""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np
import pytest

from pipeline.model import PageMatch
from pipeline.reading.pictures import upright
from pipeline.run.reader import quarter_turns


@pytest.mark.parametrize("quarters", range(4))
def test_a_page_is_shown_upright_however_it_was_laid_on_the_scanner(quarters: int) -> None:
    page = np.arange(12, dtype=np.uint8).reshape(4, 3)
    scanned = np.rot90(page, -quarters)  # turned right by so many quarters, and a little askew
    angle = quarters * pi / 2 + 0.02
    onto = (4 * cos(angle), -4 * sin(angle), 9.0, 4 * sin(angle), 4 * cos(angle), 9.0, 0.0, 0.0, 1.0)
    shown = upright(scanned, quarter_turns(PageMatch(1, transform=onto)))
    assert page.tolist() == shown.tolist()


def test_a_page_that_nobody_recognised_is_shown_as_it_came() -> None:
    assert quarter_turns(PageMatch(1)) == 0
