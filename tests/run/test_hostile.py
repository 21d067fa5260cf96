"""Every bad file of the collection, through a real office: an outcome with a reason, in bounded time, and no crash."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from pipeline.ledger import DropState
from pipeline.model import Outcome
from tests.paper.hostile import HOSTILE, READABLE
from tests.run.office import AnOffice

LONGEST_SECONDS = 60.0


@pytest.mark.slow
def test_every_hostile_file_is_kept_held_or_refused_with_a_reason(tmp_path: Path) -> None:
    office = AnOffice.at(tmp_path)
    wrong: list[str] = []
    for bad in HOSTILE:
        began = time.monotonic()
        parts = office.drop(bad.data(), f"{bad.name}{bad.suffix}")
        seconds = time.monotonic() - began
        said = {reason.value for part in parts for reason in part.reasons}
        ended = {part.outcome for part in parts} <= set(Outcome) and parts
        expected = said <= bad.reasons or READABLE in bad.reasons or not said
        if not ended or not expected or seconds > LONGEST_SECONDS:
            wrong.append(f"{bad.name}: {sorted(said)} in {seconds:.0f} s")
    with office.office.ledger.reading() as tx:
        states = {row.state for row in tx.drops()}

    assert wrong == []
    assert states == {DropState.FINISHED}
