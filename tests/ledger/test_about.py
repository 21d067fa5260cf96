"""What a manifest or an event says is asked for in its type, and what is of another type is never taken for nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.errors import ArchiveError
from pipeline.ledger import About

SAID = About(
    {"to": "state", "statuses": ["void"], "lines": [{"place": "plan/1"}, "plan/2"]}, "cases/C-1/acts/A"
)


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: SAID.texts("to"), '"to" is no list'),
        (lambda: SAID.text_map("statuses"), '"statuses" is no object'),
        (lambda: SAID.objects("lines"), '"lines" is no list of objects'),
        (lambda: SAID.text("lines"), '"lines" is missing or no text'),
        (lambda: SAID.number("pages"), '"pages" is missing or no number'),
    ],
)
def test_an_entry_of_another_type_is_named_with_its_place(ask: Callable[[], object], words: str) -> None:
    with pytest.raises(ArchiveError, match="cases/C-1/acts/A") as refused:
        ask()
    assert words in str(refused.value)


def test_lists_and_maps_that_are_not_said_are_empty() -> None:
    nothing = About({}, "cases/C-1/acts/A")
    assert ((), {}, ()) == (nothing.texts("to"), nothing.text_map("statuses"), nothing.objects("lines"))
