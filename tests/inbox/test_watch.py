"""The bell wakes the look early; the look alone finds what is there."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from pipeline.inbox import Doorbell, serve
from tests.office import pdf


@pytest.fixture
def looked() -> threading.Semaphore:
    return threading.Semaphore(0)


def served(root: Path, looked: threading.Semaphore) -> tuple[Doorbell, threading.Event, threading.Thread]:
    bell, stop = Doorbell(root), threading.Event()

    def look() -> float:
        looked.release()
        return 60.0

    thread = threading.Thread(target=serve, args=(look, bell, stop), daemon=True)
    thread.start()
    assert looked.acquire(timeout=10), "no look at the start"
    return bell, stop, thread


def ended(bell: Doorbell, stop: threading.Event, thread: threading.Thread) -> bool:
    stop.set()
    bell.ring()
    thread.join(10)
    return not thread.is_alive()


def test_a_dropped_file_rings_and_stopping_ends_the_service(
    tmp_path: Path, looked: threading.Semaphore
) -> None:
    running = served(tmp_path, looked)
    (tmp_path / "scan.pdf").write_bytes(pdf(1))
    assert looked.acquire(timeout=10)
    assert ended(*running)


def test_what_we_write_ourselves_does_not_ring(tmp_path: Path, looked: threading.Semaphore) -> None:
    (tmp_path / ".claims").mkdir()
    running = served(tmp_path, looked)
    (tmp_path / "STATUS.html").write_bytes(b"x")
    (tmp_path / ".claims" / "C1").mkdir()
    (tmp_path / ".claims" / "C1" / "bytes").write_bytes(b"x")
    assert not looked.acquire(timeout=0.5)
    assert ended(*running)


def test_a_folder_that_went_away_and_came_back_is_heard_again(tmp_path: Path) -> None:
    root = tmp_path / "inbox"
    root.mkdir()
    bell = Doorbell(root)
    bell.tend()
    assert bell.rings
    root.rename(tmp_path / "gone")
    root.mkdir()
    (root / "scan.pdf").write_bytes(pdf(1))
    for emitter in bell._observer.emitters if bell._observer else ():
        emitter.stop()
        emitter.join(5)
    bell.tend()
    before = time.monotonic()
    bell.wait(30)
    (root / "second.pdf").write_bytes(pdf(2))
    bell.wait(30)
    assert time.monotonic() - before < 20
    bell.stop()


def test_where_no_bell_can_be_had_the_service_looks_by_itself(tmp_path: Path) -> None:
    bell = Doorbell(tmp_path / "not-there-yet")
    bell.tend()
    assert not bell.rings
    bell.ring()
    bell.wait(60)
    bell.stop()


def test_a_file_that_is_only_read_wakes_nobody(tmp_path: Path) -> None:
    file = tmp_path / "scan.pdf"
    file.write_bytes(b"%PDF")
    bell = Doorbell(tmp_path)
    bell.tend()
    file.read_bytes()
    assert bell._rings_for_a_probe()  # heard after whatever came before it
    assert not bell._rung.is_set()
    file.write_bytes(b"%PDF-1.4")
    assert bell._rings_for_a_probe()
    assert bell._rung.is_set()
    bell.stop()
