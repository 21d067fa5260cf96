"""A file is taken when it has come to rest, and not a byte before."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

import pytest

from pipeline.inbox import Inbox
from pipeline.inbox.filetype import detect, looks_finished
from tests.office import NOON, Clock, pdf

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(17) + b"\x00\x00\x00\x00IEND\xaeB`\x82"
TIFF = b"II*\x00" + (8).to_bytes(4, "little") + bytes(200)
ZIP = b"PK\x03\x04" + bytes(40) + b"PK\x05\x06" + bytes(18)


class Watched:
    """An inbox with a clock that is turned between looks."""

    def __init__(self, root: Path, settle_seconds: float = 5.0) -> None:
        self.root = root
        self.clock = Clock()
        self.inbox = Inbox(root, settle_seconds, self.clock, lambda: NOON)

    def ready_after(self, seconds: float) -> list[str]:
        self.clock.turn(seconds)
        return [candidate.listed.key for candidate in self.inbox.look().ready]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def test_a_whole_file_is_ready_after_the_settling_time_and_two_looks(watched: Watched) -> None:
    (watched.root / "scan.pdf").write_bytes(pdf(1))
    assert watched.ready_after(0) == []
    assert watched.ready_after(4.9) == []
    assert watched.ready_after(0.2) == ["scan.pdf"]


def test_a_file_that_lies_there_at_the_start_settles_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "old.pdf").write_bytes(pdf(1))
    os.utime(tmp_path / "old.pdf", (0, 0))
    watched = Watched(tmp_path)
    assert watched.ready_after(1_000_000) == []
    assert watched.ready_after(5) == ["old.pdf"]


def test_a_growing_file_is_left_alone(watched: Watched) -> None:
    file = watched.root / "scan.pdf"
    for size in range(1, 30):
        file.write_bytes(pdf(1) * size)
        assert watched.ready_after(4) == []
    assert watched.ready_after(8) == ["scan.pdf"]


def test_a_scanner_that_appends_pages_is_given_twice_its_longest_pause(watched: Watched) -> None:
    file = watched.root / "scan.pdf"
    file.write_bytes(pdf(1))
    watched.ready_after(0)
    with file.open("ab") as again:
        again.write(pdf(2))
    assert watched.ready_after(4.5) == []
    assert watched.ready_after(5) == []
    assert watched.ready_after(4) == ["scan.pdf"]


def test_a_half_copied_scan_is_left_alone_ten_times_as_long(watched: Watched) -> None:
    (watched.root / "scan.pdf").write_bytes(pdf(1)[:-6])
    watched.ready_after(0)
    assert watched.ready_after(49) == []
    assert watched.ready_after(1.5) == ["scan.pdf"]


def test_a_half_copied_scan_that_is_finished_is_taken_whole(watched: Watched) -> None:
    file = watched.root / "scan.pdf"
    file.write_bytes(pdf(1)[:-6])
    watched.ready_after(0)
    assert watched.ready_after(20) == []
    file.write_bytes(pdf(1))
    assert watched.ready_after(10) == []
    assert watched.ready_after(59) == []
    assert watched.ready_after(2) == ["scan.pdf"], "twice its longest pause, but no more than a minute"


def test_an_empty_file_waits_and_is_then_taken_as_empty(watched: Watched) -> None:
    (watched.root / "scan.pdf").touch()
    watched.ready_after(0)
    assert watched.ready_after(45) == []
    assert watched.ready_after(6) == ["scan.pdf"]


def test_a_file_that_somebody_holds_open_for_writing_is_left_alone(watched: Watched) -> None:
    with (watched.root / "scan.pdf").open("wb") as scanner:
        scanner.write(pdf(1))
        scanner.flush()
        watched.ready_after(0)
        assert watched.ready_after(60) == []
    assert watched.ready_after(1) == ["scan.pdf"]


def test_a_file_replaced_while_it_settles_starts_again(watched: Watched) -> None:
    file = watched.root / "scan.pdf"
    file.write_bytes(pdf(1))
    watched.ready_after(0)
    other = watched.root / ".other"
    other.write_bytes(pdf(2))
    found = file.stat()
    os.utime(other, ns=(found.st_atime_ns, found.st_mtime_ns))
    other.replace(file)
    assert watched.ready_after(4) == []
    assert watched.ready_after(4) == []
    assert watched.ready_after(4) == ["scan.pdf"]


def test_a_file_dated_in_the_future_settles_by_our_own_clock(watched: Watched) -> None:
    file = watched.root / "scan.pdf"
    file.write_bytes(pdf(1))
    os.utime(file, (4_000_000_000, 4_000_000_000))
    watched.ready_after(0)
    assert watched.ready_after(5) == ["scan.pdf"]


def test_the_next_look_is_asked_for_when_something_may_have_settled(watched: Watched) -> None:
    assert watched.inbox.look().next_look_seconds == 60
    (watched.root / "scan.pdf").write_bytes(pdf(1))
    look = watched.inbox.look()
    assert (look.waiting, look.next_look_seconds) == (1, 5)


@pytest.mark.parametrize(
    ("ending", "whole"),
    [
        ("pdf", pdf(1)),
        ("png", PNG),
        ("jpg", b"\xff\xd8\xff\xe0" + bytes(50) + b"\xff\xd9"),
        ("zip", ZIP),
        ("tif", TIFF),
    ],
)
def test_the_end_of_a_file_tells_whether_it_is_whole(ending: str, whole: bytes) -> None:
    assert detect(whole) == ending
    assert looks_finished(ending, whole, whole, len(whole))
    cut = whole[:-22] if ending != "tif" else whole[:9]
    assert not looks_finished(ending, cut, cut, len(cut))


def test_room_set_aside_by_a_copy_is_no_finished_file() -> None:
    reserved = bytes(4096)
    assert not looks_finished(detect(reserved), reserved, reserved, len(reserved))
    text = zlib.compress(b"any other file")
    assert looks_finished(detect(text), text, text, len(text))
