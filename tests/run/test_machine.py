"""`doctor` says in one line each what the office relies on: backup, clock, encryption, rights, bell."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.archive.journal import Journal
from pipeline.archive.paths import JOURNAL
from pipeline.run import encryption, machine
from pipeline.run.doctor import Examined, Health, examine
from pipeline.run.encryption import Encryption, encryption_of
from pipeline.run.machine import examine_backup, examine_machine
from tests.pages import ROOT

NOW = datetime(2026, 12, 9, 18, 0, tzinfo=UTC)


def written(path: Path, age: timedelta) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    moment = (NOW - age).timestamp()
    os.utime(path, (moment, moment))
    return path


@pytest.mark.parametrize(
    ("age", "words", "health"),
    [
        (timedelta(minutes=10), "Backup: less than an hour old", Health.GOOD),
        (timedelta(hours=30), "Backup: 30 hours old", Health.GOOD),
        (timedelta(days=9), "Backup: 9 days old", Health.WARNING),
    ],
)
def test_the_age_of_the_backup_is_that_of_its_file_or_of_the_newest_in_its_folder(
    tmp_path: Path, age: timedelta, words: str, health: Health
) -> None:
    done = written(tmp_path / "repository" / "data" / "new", age)
    written(tmp_path / "repository" / "old", timedelta(days=400))
    for place in (done, tmp_path / "repository"):
        found = examine_backup(place, NOW)
        assert (found.what, found.health) == (words, health)


def test_a_backup_that_nobody_named_that_is_empty_or_away_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    found = [examine_backup(place, NOW) for place in (None, tmp_path / "empty", tmp_path / "gone")]
    assert [each.health for each in found] == [Health.WARNING] * 3
    assert "Is the disk mounted?" in found[2].to_do


# --- the whole ------------------------------------------------------------------------------------


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path, Path]:
    for name in ("inbox", "outbox", "state"):
        (tmp_path / name).mkdir()
    return tmp_path / "inbox", tmp_path / "outbox", tmp_path / "state"


def said(folders: tuple[Path, Path, Path], start: str, site: Path = ROOT) -> Examined:
    (found,) = [each for each in examine_machine(site, *folders, None, NOW) if each.what.startswith(start)]
    return found


def test_a_folder_that_is_not_there_is_told_and_not_made(folders: tuple[Path, Path, Path]) -> None:
    for folder in folders:
        folder.rmdir()
    found = [each for each in examine(ROOT, *folders) if "is not there" in each.what]
    assert [
        f"{name}: {folder}" for name, folder in zip(("Inbox", "Outbox", "State"), folders, strict=True)
    ] == [each.what.removesuffix(" is not there") for each in found]
    assert all(each.health is Health.WARNING for each in found)
    assert list(folders[0].parent.iterdir()) == []


def test_an_inbox_that_rings_is_good_and_the_probe_is_gone(folders: tuple[Path, Path, Path]) -> None:
    assert said(folders, "Inbox rings") == Examined("Inbox rings when a file comes", Health.GOOD)
    assert list(folders[0].iterdir()) == []


def test_a_clock_before_the_newest_event_is_bad(folders: tuple[Path, Path, Path]) -> None:
    Journal(folders[1] / JOURNAL).append([("drop", {"id": "D1"})], NOW + timedelta(hours=5))
    found = said(folders, "Clock: before")
    assert (found.health, "Set the clock right" in found.to_do) == (Health.BAD, True)


@pytest.mark.parametrize(
    ("synchronised", "health"), [(True, Health.GOOD), (False, Health.WARNING), (None, Health.GOOD)]
)
def test_the_clock_is_as_systemd_says(
    folders: tuple[Path, Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    synchronised: bool | None,
    health: Health,
) -> None:
    monkeypatch.setattr(machine, "_is_synchronised", lambda: synchronised)
    assert said(folders, "Clock:").health is health


def test_an_open_outbox_is_bad_and_lists_of_a_server_are_a_warning(
    folders: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    assert said(folders, "Outbox: closed").health is Health.GOOD
    folders[1].chmod(0o755)
    assert said(folders, "Outbox: open").health is Health.BAD
    site = tmp_path / "site"
    for name in ("forms", "schemas", "templates"):
        shutil.copytree(ROOT / name, site / name, ignore=shutil.ignore_patterns("samples"))
    program = site / "schemas" / "program.yaml"
    program.write_text(program.read_text().replace("access: modes", "access: acl"))
    assert said(folders, "Outbox: who may open it", site).health is Health.WARNING


# --- encryption -----------------------------------------------------------------------------------


class Blocks:
    """A /sys of block devices, made up as Linux lays it out."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.sys = root / "sys"
        self.mounts = root / "mountinfo"
        self.folder = folder
        (self.sys / "dev" / "block").mkdir(parents=True)
        self.mounts.write_text("")

    def add(self, name: str, *below: str, uuid: str = "") -> None:
        block = self.sys / "block" / name
        (block / "slaves").mkdir(parents=True)
        for each in below:
            (block / "slaves" / Path(each).name).symlink_to(self.sys / "block" / each)
        if uuid:
            (block / "dm").mkdir()
            (block / "dm" / "uuid").write_text(uuid)
        (block / f"{name}1").mkdir()
        (block / f"{name}1" / "partition").write_text("1\n")

    def of(self, name: str, monkeypatch: pytest.MonkeyPatch) -> Encryption:
        (self.sys / "dev" / "block" / "8:1").symlink_to(self.sys / "block" / name)
        monkeypatch.setattr(encryption, "_device_of", lambda folder, mounts: "8:1")
        return encryption_of(self.folder, self.sys, self.mounts)


@pytest.fixture
def blocks(tmp_path: Path) -> Blocks:
    (tmp_path / "folder").mkdir()
    found = Blocks(tmp_path, tmp_path / "folder")
    found.add("sda")
    found.add("sdb")
    found.add("luks", "sda/sda1", uuid="CRYPT-LUKS2-0123-luks")
    found.add("plain-volume", "sda/sda1", uuid="LVM-abc")
    found.add("volume-on-luks", "luks", uuid="LVM-def")
    found.add("half", "luks", "sdb/sdb1", uuid="LVM-ghi")
    return found


@pytest.mark.parametrize(
    ("device", "expected"),
    [
        ("sda", Encryption.OFF),
        ("sda/sda1", Encryption.OFF),
        ("luks", Encryption.ON),
        ("plain-volume", Encryption.OFF),
        ("volume-on-luks", Encryption.ON),
        ("half", Encryption.OFF),
    ],
)
def test_a_disk_is_encrypted_when_all_below_it_is(
    blocks: Blocks, device: str, expected: Encryption, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert blocks.of(device, monkeypatch) is expected


def test_a_file_system_without_a_disk_that_shows_cannot_be_told() -> None:
    assert encryption_of(Path("/proc")) is Encryption.UNKNOWN
