"""The log: ids and codes in lines of JSON, for its own user only, and never larger than it may be."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.log import OLDER_FILES, Log, frames_of


def failure() -> ValueError:
    try:
        try:
            json.loads("{Maria")
        except ValueError as error:
            raise ValueError("Maria") from error
    except ValueError as error:
        return error
    raise AssertionError("the line above always fails")


def test_a_line_says_what_happened_in_ids_and_numbers(tmp_path: Path) -> None:
    Log(tmp_path).note("drop", drop="7K3QWERT9ABC", seconds=0.5)
    line = json.loads((tmp_path / "log.jsonl").read_text())

    assert line.pop("at").endswith("Z")
    assert line == {"event": "drop", "drop": "7K3QWERT9ABC", "seconds": 0.5}


def test_only_its_own_user_may_read_it(tmp_path: Path) -> None:
    Log(tmp_path).note("drop")

    assert (tmp_path / "log.jsonl").stat().st_mode & 0o777 == 0o600


def test_an_exception_is_told_by_its_types_and_places_not_by_its_message(tmp_path: Path) -> None:
    Log(tmp_path).failure("job-failed", failure(), job="drop:X")
    text = (tmp_path / "log.jsonl").read_text()

    assert json.loads(text)["error"] == "ValueError < JSONDecodeError"
    assert "test_log.py:" in json.loads(text)["where"]
    assert "Maria" not in text
    assert "Maria" not in "".join(frames_of(failure()))


def test_a_full_log_is_put_aside_and_the_oldest_is_let_go(tmp_path: Path) -> None:
    log = Log(tmp_path, largest_bytes=100)
    for number in range(40):
        log.note("drop", number=number)

    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["log.jsonl", *(f"log.jsonl.{number}" for number in range(1, OLDER_FILES + 1))]
    assert all(path.stat().st_size < 400 for path in tmp_path.iterdir())


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").mkdir()
    Log(tmp_path).note("drop")
