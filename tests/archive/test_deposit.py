"""A deposit is there whole or not at all, and never written over."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from pipeline import disk
from pipeline.archive import Archive, act_path, held_path, received_path, submission_path
from pipeline.errors import ArchiveError
from pipeline.model import Deposit, DepositKind
from tests.office import NOON

FILES = {"original.pdf": b"%PDF", "crops/legal_last.png": b"png"}


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


def published(
    archive: Archive, inputs: dict[str, str] | None = None, path: str = "received/2026-11-22/D1"
) -> Deposit:
    found = archive.publish(
        DepositKind.RECEIVED,
        path,
        FILES,
        id="D1",
        inputs=inputs or {"original": "a" * 64},
        about={"drop": "D1"},
    )
    return found.deposit


def test_what_was_published_is_read_back_the_same(archive: Archive) -> None:
    deposit = published(archive)
    assert archive.deposit(deposit.path) == deposit
    assert {name: archive.read(deposit, name) for name in FILES} == FILES


def test_publishing_the_same_again_changes_nothing(archive: Archive) -> None:
    first = published(archive)
    before = (archive.root / first.path / "manifest.json").stat()
    assert published(archive) == first
    after = (archive.root / first.path / "manifest.json").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_other_inputs_at_the_same_place_are_refused(archive: Archive) -> None:
    deposit = published(archive)
    with pytest.raises(ArchiveError, match="Nothing was overwritten"):
        published(archive, {"original": "b" * 64})
    assert archive.deposit(deposit.path) == deposit


def test_a_folder_without_a_manifest_is_not_taken_for_a_deposit(archive: Archive) -> None:
    (archive.root / "received/2026-11-22/D1").mkdir(parents=True)
    (archive.root / "received/2026-11-22/D1/original.pdf").write_bytes(b"half")
    with pytest.raises(ArchiveError, match="no deposit lies there"):
        published(archive)
    assert list(archive.deposits()) == []


class FailingCall:
    """A call of the operating system that fails at its Nth use."""

    def __init__(self, real: Callable[..., Any], number: int, error: int) -> None:
        self.real, self.left, self.error = real, number, error

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.left -= 1
        if self.left == 0:
            raise OSError(self.error, os.strerror(self.error))
        return self.real(*args, **kwargs)


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("call", ["write", "fsync", "rename"])
def test_a_disk_that_fails_leaves_nothing_and_the_next_try_writes_anew(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, call: str, error: int
) -> None:
    for number in count(1):
        failing = FailingCall(getattr(os, call), number, error)
        monkeypatch.setattr(os, call, failing)
        try:
            with pytest.raises(ArchiveError, match=os.strerror(error)):
                published(archive)
        except pytest.fail.Exception:
            break  # it was called less often than that
        finally:
            monkeypatch.setattr(os, call, failing.real)
        visible = [path for path in archive.root.rglob("*") if path.is_file()]
        assert visible == [] or (archive.root / "received/2026-11-22/D1/manifest.json") in visible
        assert list(archive.root.glob(".tmp/*")) == []
        if visible:
            break  # the failure came after the rename: it is whole, and trying again says so
    assert archive.read(published(archive), "original.pdf") == b"%PDF"


def test_two_that_publish_at_once_both_succeed(archive: Archive) -> None:
    other: list[Deposit] = []

    def meanwhile(name: str) -> None:
        if name == "write-file" and not other:
            disk.pull_the_plug_with(None)
            other.append(published(archive))

    disk.pull_the_plug_with(meanwhile)
    try:
        deposit = published(archive)
    finally:
        disk.pull_the_plug_with(None)
    assert [deposit] == other
    assert list(archive.root.glob(".tmp/*")) == []


def test_a_changed_file_is_not_handed_out(archive: Archive) -> None:
    deposit = published(archive)
    (archive.root / deposit.path / "original.pdf").write_bytes(b"%PDG")
    with pytest.raises(ArchiveError, match="was changed"):
        archive.read(deposit, "original.pdf")


def test_a_changed_file_is_not_opened_again_either(archive: Archive) -> None:
    deposit = published(archive)
    (archive.root / deposit.path / "original.pdf").write_bytes(b"%PDG")
    with pytest.raises(ArchiveError, match="was changed"):
        archive.file(deposit, "original.pdf")


READS: dict[str, Callable[[Archive, Deposit], object]] = {
    "a manifest": lambda archive, deposit: archive.deposit(deposit.path),
    "a file": lambda archive, deposit: archive.read(deposit, "original.pdf"),
    "a file to be opened": lambda archive, deposit: archive.file(deposit, "original.pdf"),
    "whether it is there": lambda archive, deposit: archive.has(deposit.path),
    "all paths": lambda archive, deposit: list(archive.paths()),
    "which archive it is": lambda archive, deposit: archive.identity,
    "what is there already": lambda archive, deposit: published(archive),
    "what was left": lambda archive, deposit: archive.leftovers(),
}


@pytest.mark.parametrize("error", [errno.EIO, errno.ESTALE, errno.EACCES])
@pytest.mark.parametrize("what", READS)
def test_a_share_that_cannot_be_read_is_no_fault_of_the_paper(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, what: str, error: int
) -> None:
    deposit = published(archive)

    def fail(*args: object, **kwargs: object) -> None:
        raise OSError(error, os.strerror(error))

    with monkeypatch.context() as broken:
        for call in ("open", "listdir", "scandir", "lstat"):
            broken.setattr(os, call, fail)
        broken.setattr("io.open", fail)
        broken.setattr(Path, "lstat", fail)
        with pytest.raises(ArchiveError, match=os.strerror(error)):
            READS[what](archive, deposit)
    assert archive.read(deposit, "original.pdf") == b"%PDF"


def test_nothing_is_written_into_the_empty_folder_of_a_share_that_went_away(archive: Archive) -> None:
    archive.is_always(archive.give_identity())
    published(archive)
    away = archive.root.with_name("away")
    archive.root.rename(away)
    archive.root.mkdir()
    with pytest.raises(ArchiveError, match="empty or not connected"):
        published(archive, path="received/2026-11-22/D2")
    assert list(archive.root.iterdir()) == []
    archive.root.rmdir()
    away.rename(archive.root)
    published(archive, path="received/2026-11-22/D2")


def test_a_share_that_goes_away_while_it_is_written_to_gets_no_deposit(archive: Archive) -> None:
    archive.is_always(archive.give_identity())

    def meanwhile(name: str) -> None:
        if name == "write-file":
            (archive.root / "archive.json").unlink(missing_ok=True)

    disk.pull_the_plug_with(meanwhile)
    try:
        with pytest.raises(ArchiveError, match="not connected"):
            published(archive)
    finally:
        disk.pull_the_plug_with(None)
    assert not archive.has("received/2026-11-22/D1")


def test_a_deposit_moved_by_hand_is_noticed(archive: Archive) -> None:
    deposit = published(archive)
    (archive.root / deposit.path).rename(archive.root / "received/2026-11-22/D2")
    with pytest.raises(ArchiveError, match="move it back"):
        archive.deposit("received/2026-11-22/D2")


def test_deposits_are_listed_by_kind_and_case(archive: Archive) -> None:
    published(archive)
    for case in ("C-00000001", "C-00000002"):
        path = submission_path(case, NOON.date(), "intake", "S1")
        archive.publish(DepositKind.SUBMISSION, path, FILES, id="S1", inputs={}, about={"case": case})
        archive.publish(
            DepositKind.ACT,
            act_path(case, NOON.date(), "withdraw", "A1"),
            FILES,
            id="A1",
            inputs={},
            about={"case": case},
        )
    assert len(list(archive.deposits())) == 5
    assert [each.id for each in archive.deposits(DepositKind.RECEIVED)] == ["D1"]
    assert [each.about["case"] for each in archive.deposits(DepositKind.SUBMISSION)] == [
        "C-00000001",
        "C-00000002",
    ]
    assert [each.kind for each in archive.deposits(case="C-00000002")] == [
        DepositKind.ACT,
        DepositKind.SUBMISSION,
    ]


def test_files_take_group_and_mode_of_the_top_folder_and_are_read_only(archive: Archive) -> None:
    archive.root.chmod(0o2750)
    deposit = published(archive)
    folder = archive.root / deposit.path
    for each in (folder, folder.parent, folder / "crops"):
        assert oct(each.stat().st_mode & 0o7777) == "0o2750"
    for name in (*FILES, "manifest.json"):
        assert oct((folder / name).stat().st_mode & 0o777) == "0o440"


def test_leftovers_of_dead_processes_are_cleared_and_others_left(archive: Archive) -> None:
    published(archive)
    pid = os.fork()
    if pid == 0:
        disk.pull_the_plug_with(lambda name: os._exit(0) if name == "write-file" else None)
        published(archive, path="received/2026-11-22/D2")
    os.waitpid(pid, 0)
    foreign = archive.root / ".tmp" / "OTHER1-1-abcdef"
    foreign.mkdir()
    assert archive.clear_leftovers() == 1
    assert list(archive.root.glob(".tmp/*")) == [foreign]


@pytest.mark.parametrize(
    "bad", ["../outside", "received/../../x", "received/.hidden", "a//b", "/etc", "cases/Ann Lee"]
)
def test_no_path_leads_out_of_the_archive_or_carries_a_name(archive: Archive, bad: str) -> None:
    with pytest.raises(ValueError, match="letters, digits"):
        published(archive, path=bad)


@pytest.mark.parametrize("bad", ["../x", "manifest.json", "", ".x", "a/../b", "x ", "a\nb"])
def test_no_file_of_a_deposit_has_an_odd_name(archive: Archive, bad: str) -> None:
    with pytest.raises(ValueError, match="plain name"):
        archive.publish(DepositKind.REPORT, "reports/R1", {bad: b"x"}, id="R1", inputs={}, about={})
    assert list(archive.deposits()) == []


def test_paths_are_made_of_ids_and_codes() -> None:
    assert received_path(NOON.date(), "D1") == "received/2026-11-22/D1"
    assert held_path("P1", 2) == "held/P1/2"
    assert act_path("", NOON.date(), "merge", "A1") == "acts/2026-11-22-merge-A1"
