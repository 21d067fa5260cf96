"""The four folders are apart, and the state is private."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from pipeline.disk import keep_private
from pipeline.errors import SetupError
from pipeline.folders import file_system_of, open_folders


def test_a_checkout_holds_all_four(tmp_path: Path) -> None:
    folders = open_folders(tmp_path, tmp_path / "inbox", tmp_path / "outbox", tmp_path / ".pipeline")
    for folder in (folders.inbox, folders.outbox, folders.scratch):
        assert folder.is_dir()
    assert stat.S_IMODE(folders.state.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("inbox", "outbox", "state"),
    [
        ("inbox", "inbox/outbox", ".pipeline"),
        ("inbox", "inbox", ".pipeline"),
        ("outbox/inbox", "outbox", ".pipeline"),
        ("inbox", "outbox", "outbox/state"),
        ("inbox", "outbox", "inbox/.pipeline"),
        ("forms", "outbox", ".pipeline"),
        ("templates/inbox", "outbox", ".pipeline"),
        (".", "outbox", ".pipeline"),
        ("inbox", "link-to-inbox", ".pipeline"),
    ],
)
def test_folders_that_lie_in_one_another_are_refused(
    tmp_path: Path, inbox: str, outbox: str, state: str
) -> None:
    (tmp_path / "link-to-inbox").symlink_to("inbox")
    with pytest.raises(SetupError, match="overlap"):
        open_folders(tmp_path, tmp_path / inbox, tmp_path / outbox, tmp_path / state)
    assert not (tmp_path / "outbox").exists()


def test_the_file_system_of_a_folder_is_known(tmp_path: Path) -> None:
    assert file_system_of(Path("/proc/self")) == "proc"
    assert file_system_of(tmp_path) not in ("", "proc")


def test_what_is_made_privately_is_for_us_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        keep_private()
        (tmp_path / "x").touch()
        assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == 0o600
    finally:
        os.umask(before)
