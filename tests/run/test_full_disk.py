"""A disk that is really full, wherever it is: one clear alert, nothing lost, and on by itself once there is room."""

from __future__ import annotations

import ctypes
import os
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from pipeline.run import story
from pipeline.run.office import Office, Settings
from tests.office import pdf
from tests.run.office import ROOT, SETTLE_SECONDS, prepared_state

_NEWNS, _PRIVATE = 0x20000, 0x4000 | 0x40000
_CAP_SYS_ADMIN = 21
SIZE = 400 << 20


def mount_small_disk(folder: Path) -> bool:
    """A disk of its own at the folder, seen by this process alone; False where that is not allowed."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEWNS) or libc.mount(b"none", b"/", None, _PRIVATE, None):
        return False
    mounted: int = libc.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", 0, f"size={SIZE},mode=0770".encode())
    return mounted == 0


def may_mount() -> bool:
    """Whether this process has the right to mount, which root has outside most containers."""
    rights = next(
        line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("CapEff:")
    )
    return bool(int(rights.split()[1], 16) >> _CAP_SYS_ADMIN & 1)


def in_a_child(work: Callable[[], None]) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.WEXITSTATUS(os.waitpid(pid, 0)[1])


def fill(folder: Path) -> Path:
    """A file that takes all the room there is, to the last byte."""
    filler = folder / ".filler"
    fd = os.open(filler, os.O_WRONLY | os.O_CREAT, 0o600)
    for size in (1 << 20, 4096, 1):
        with suppress(OSError):
            while os.write(fd, bytes(size)) == size:
                pass
    os.close(fd)
    return filler


def looked(office: Office, looks: int) -> int:
    done = 0
    for _ in range(looks):
        done += len(story.once(office).drops)
        time.sleep(2 * SETTLE_SECONDS)
    return done


def fills_up_and_recovers(settings: Settings, full: Path) -> None:
    if not mount_small_disk(full):
        os._exit(77)
    if full == settings.state:
        prepared_state(settings.state)
    office = Office(settings)
    looked(office, 1)
    for number in range(3):
        (settings.inbox / f"{number}.pdf").write_bytes(pdf(number) + b"x" * 4096)
    filler = fill(full)
    for _ in range(20):
        looked(office, 1)
        struck = [trouble for trouble in office.troubles.now if trouble.machine]
        if struck:
            break
    assert struck, "nobody was told"
    assert len({trouble.words for trouble in struck}) <= 4
    filler.unlink()
    looked(office, 6)
    assert office.troubles.now == (), office.troubles.now
    with office.ledger.reading() as tx:
        assert len(tx.drops()) == 3
        assert len(tx.parts()) == 3
    assert office.books.verify(read_data=True) == ()
    assert list(settings.inbox.glob("*.pdf")) == []


@pytest.mark.slow
@pytest.mark.parametrize("full", ["inbox", "outbox", "state"])
def test_a_full_disk_is_told_and_it_goes_on_when_there_is_room(
    full: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pipeline.workers.RETRY_SECONDS", 0.0)
    settings = Settings(ROOT, tmp_path / "inbox", tmp_path / "outbox", tmp_path / "state", SETTLE_SECONDS)
    for folder, mode in (("inbox", 0o770), ("outbox", 0o770), ("state", 0o700)):
        (tmp_path / folder).mkdir(mode=mode)
    if full != "state":
        prepared_state(settings.state)
    code = in_a_child(lambda: fills_up_and_recovers(settings, tmp_path / full))
    if code == 77:
        with capsys.disabled():
            print(f"\nNOT TESTED: a full {full}. No disk may be mounted here; run the tests as root.")
        assert not may_mount(), "a small disk could not be mounted, though this process may mount disks"
        pytest.skip("no small disk may be mounted here")
    assert code == 0
