"""The verbs about the archive say what they found, and keep the head of the chain out of the archive."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.errors import Exit, SetupError
from tests.office import Office, busy_office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    (tmp_path / "office").mkdir()
    return busy_office(tmp_path / "office")


def verify(office: Office, *more: str) -> Any:
    folders = [f"--{name}={office.root / name}" for name in ("inbox", "outbox", "state")]
    return CliRunner().invoke(app, ["verify", "--read-data", *folders, *more])


def test_verify_says_how_much_it_read_and_how_fast(office: Office) -> None:
    said = verify(office)
    assert said.exit_code == Exit.DONE
    assert "MB/s" in said.output
    assert "as it was left" in said.output


def test_a_head_written_last_night_shows_tonight_what_was_cut_off(office: Office, tmp_path: Path) -> None:
    head = tmp_path / "head.json"
    assert verify(office, f"--write-head={head}").exit_code == Exit.DONE
    before = head.read_bytes()
    assert verify(office, f"--head={head}", f"--write-head={head}").exit_code == Exit.DONE
    (segment,) = (office.outbox / "journal").iterdir()
    segment.write_bytes(b"".join(segment.read_bytes().splitlines(keepends=True)[:-1]))
    said = verify(office, f"--head={head}", f"--write-head={head}")
    assert said.exit_code == Exit.ARCHIVE_FAILED
    assert "was cut off" in said.output
    assert head.read_bytes() == before, "a head is written of a sound chain only"


def test_a_head_inside_the_outbox_is_refused(office: Office) -> None:
    said = verify(office, f"--write-head={office.outbox / 'head.json'}")
    assert isinstance(said.exception, SetupError)
    assert not (office.outbox / "head.json").exists()
