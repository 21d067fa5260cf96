"""Opening a file fails by the machine, not by the file: the paper is not to blame, and is tried again."""

from __future__ import annotations

import ctypes
import io
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

from pipeline.errors import ArchiveError, DropError
from pipeline.reading.pages import OpenerStopped, open_file
from tests.paper import hostile_bombs, hostile_pdf

_NEWNS, _PRIVATE = 0x20000, 0x4000 | 0x40000
NOT_ALLOWED = 77


def scan() -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((1700, 2200), 60).save(buffer, "PNG", dpi=(200, 200))
    return buffer.getvalue()


def on_a_disk_of(size: int, folder: Path, work: Callable[[], object]) -> int:
    """How a child ends that does the work with this folder on a disk of so many bytes."""
    pid = os.fork()
    if pid == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(_NEWNS) or libc.mount(b"none", b"/", None, _PRIVATE, None):
            os._exit(NOT_ALLOWED)
        if libc.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", 0, f"size={size}".encode()):
            os._exit(NOT_ALLOWED)
        try:
            work()
        except ArchiveError:
            os._exit(1)
        except DropError:
            os._exit(2)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@pytest.mark.parametrize("made", [scan, hostile_pdf.plain, hostile_bombs.table_shifted])
@pytest.mark.parametrize("size", [4096, 16_384, 1 << 20])
def test_a_full_disk_makes_no_damaged_paper(made: Callable[[], bytes], size: int, tmp_path: Path) -> None:
    file, scratch = tmp_path / "scan", tmp_path / "scratch"
    file.write_bytes(made())
    scratch.mkdir()
    ended = on_a_disk_of(size, scratch, lambda: open_file(file, scratch))
    if ended == NOT_ALLOWED:
        pytest.skip("no small disk may be mounted here")
    assert ended == 1


def opener() -> int:
    """The number of the child that opens a file; 0 when it does not run yet."""
    for task in Path("/proc/self/task").iterdir():
        for child in (task / "children").read_text().split():
            with suppress(OSError):
                if b"pipeline.reading.opener" in Path(f"/proc/{child}/cmdline").read_bytes():
                    return int(child)
    return 0


def once_it_runs(what: Callable[[int], object]) -> threading.Thread:
    """Does this to the child that opens a file, as soon as there is one."""

    def wait() -> None:
        until = time.monotonic() + 20
        while not (found := opener()) and time.monotonic() < until:
            time.sleep(0.001)
        what(found)

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_who_opens_is_stopped_from_outside_and_the_paper_is_not_damaged(
    number: signal.Signals, tmp_path: Path
) -> None:
    file = tmp_path / "scan"
    file.write_bytes(scan())
    thread = once_it_runs(lambda pid: os.kill(pid, number))
    with pytest.raises(OpenerStopped):
        open_file(file, tmp_path / "scratch")
    thread.join()


def test_a_scratch_folder_that_is_wiped_makes_no_damaged_paper(tmp_path: Path) -> None:
    file, scratch = tmp_path / "scan", tmp_path / "scratch"
    file.write_bytes(scan())
    thread = once_it_runs(lambda pid: shutil.rmtree(scratch))
    with pytest.raises(ArchiveError, match="removed"):
        open_file(file, scratch)
    thread.join()
