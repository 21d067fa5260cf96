"""The short form of the long one: python -m tests.torture.changes 1000"""

from __future__ import annotations

from pathlib import Path

from tests.torture.changes import run

CHANGES = 150


def test_verify_names_every_single_change(tmp_path: Path) -> None:
    (tmp_path / "office").mkdir()
    score = run(tmp_path, CHANGES, seed=2)
    print(score)
    assert score.missed == []
    assert score.named.total() == CHANGES
    assert len(score.made) == 6, "a kind of change was never made"
