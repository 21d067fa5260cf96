"""What one file may cost, and what its opener's answer must be before it is believed."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import pipeline
from pipeline import values
from pipeline.errors import DropError
from pipeline.model import Reason
from pipeline.reading import limits, pages
from pipeline.reading.pages import load_answer, storable
from tests.paper.hostile_bombs import states_two_million_deep
from tests.paper.rawpdf import page_with, pdf
from tests.reading.test_opening import opened, reason_for


def sheets(count: int, width: int, height: int) -> bytes:
    """Empty pages of a size in points."""
    kids = b" ".join(b"%d 0 R" % number for number in range(3, count + 3))
    page = page_with(b"").replace(b"0 0 612 792", b"0 0 %d %d" % (width, height))
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, count),
    }
    return pdf(objects | dict.fromkeys(range(3, count + 3), page))


def frames(count: int, width: int, height: int) -> bytes:
    buffer = io.BytesIO()
    page = Image.new("1", (width, height), 1)
    page.save(
        buffer,
        "TIFF",
        save_all=True,
        append_images=[page] * (count - 1),
        compression="group4",
        dpi=(300, 300),
    )
    return buffer.getvalue()


def test_small_files_that_ask_for_much_room_are_refused_before_anything_is_drawn(tmp_path: Path) -> None:
    data = sheets(250, 14_000, 14_000)
    assert len(data) < 40_000
    began = time.monotonic()
    assert Reason.TOO_LARGE == reason_for(data, tmp_path)
    assert time.monotonic() - began < 20
    assert [] == list((tmp_path / "scratch").glob("*.npy"))


def test_frames_are_counted_before_one_is_decoded(tmp_path: Path) -> None:
    data = frames(24, 9_900, 9_900)
    assert Reason.TOO_LARGE == reason_for(data, tmp_path)
    assert [] == list((tmp_path / "scratch").glob("*.npy"))


@pytest.mark.slow
def test_an_honest_scan_of_sixty_pages_at_300_dpi_is_opened(tmp_path: Path) -> None:
    assert 60 == len(opened(frames(60, 2550, 3300), tmp_path).pages)


@pytest.mark.slow
def test_an_honest_pdf_of_sixty_legal_pages_is_opened(tmp_path: Path) -> None:
    assert 60 == len(opened(sheets(60, 612, 1008), tmp_path).pages)


def test_the_clock_is_a_minute_for_usual_files_and_has_a_cap() -> None:
    assert (60, 60) == (limits.wall_seconds(0), limits.wall_seconds(limits.USUAL_PAGES))
    assert 60 < limits.wall_seconds(60) < limits.wall_seconds(10**9) == limits.MOST_WALL_SECONDS


def test_a_file_gets_the_processor_time_that_its_opener_was_told_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "drop").write_bytes(states_two_million_deep())
    before = os.times()
    with pytest.raises(DropError) as caught:
        pages.open_file(tmp_path / "drop", tmp_path / "scratch", limits.CpuTime(seconds=1, seconds_a_page=1))
    after = os.times()

    assert (Reason.GAVE_UP, "processor time") == (caught.value.reason, caught.value.detail)
    assert after.children_user + after.children_system - before.children_user - before.children_system < 5


def test_a_long_file_gets_more_time_for_each_page() -> None:
    assert (10, 10 + 3 * 60) == (limits.USUAL_TIME.of(0), limits.USUAL_TIME.of(60))


# --- the process ----------------------------------------------------------------------------------


def opened_by(script: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs the parent's side with an opener that does something else: as one that a file has taken over."""
    place = folder / "taken" / "pipeline" / "reading"
    place.mkdir(parents=True)
    for package in (place, place.parent):
        (package / "__init__.py").write_text("")
    (place / "opener.py").write_text(script)
    monkeypatch.setattr(pipeline, "__file__", str(place.parent / "__init__.py"))
    (folder / "scratch").mkdir()
    (folder / "drop").write_bytes(b"")
    pages.open_file(folder / "drop", folder / "scratch")


GRANDCHILD = """
import subprocess, sys, pathlib
left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path(sys.argv[2], "left").write_text(str(left.pid))
"""


def test_what_the_child_left_running_is_ended_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DropError):
        opened_by(GRANDCHILD, tmp_path, monkeypatch)
    left = int((tmp_path / "scratch" / "left").read_text())
    for _ in range(100):
        state = Path(f"/proc/{left}/stat")
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.05)
    os.kill(left, signal.SIGKILL)
    pytest.fail("it lives on")


def test_a_child_that_never_ends_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WALL_SECONDS", 1)
    with pytest.raises(DropError) as caught:
        opened_by("import time\ntime.sleep(600)", tmp_path, monkeypatch)
    assert (Reason.GAVE_UP, "time") == (caught.value.reason, caught.value.detail)


def test_a_child_that_fills_the_disk_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SCRATCH_BYTES", 1_000_000)
    script = "import sys, time, pathlib\npathlib.Path(sys.argv[2], 'a').write_bytes(bytes(2_000_000))\ntime.sleep(600)"
    with pytest.raises(DropError) as caught:
        opened_by(script, tmp_path, monkeypatch)
    assert Reason.TOO_LARGE == caught.value.reason


def test_the_scratch_folder_is_no_place_to_import_from(tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    (tmp_path / "scratch" / "json.py").write_text("raise SystemExit(3)")
    assert 1 == len(opened(sheets(1, 612, 792), tmp_path).pages)
    assert sys.version_info >= (3, 11), "-P, which keeps it out, came with 3.11"


# --- the answer -----------------------------------------------------------------------------------


def a_page(number: int = 1) -> dict[str, Any]:
    return {
        "number": number, "width": 612.0, "height": 792.0, "dpi": 100.0, "shape": [11, 8],
        "scanned": False, "marked": False, "undecoded": False, "words": [], "widgets": [],
    }  # fmt: skip


def believed(folder: Path, items: Any) -> int:
    for number in range(1, 4):
        np.save(folder / f"{number}.npy", np.zeros((11, 8), dtype=np.uint8))
    (folder / "answer.json").write_text(json.dumps({"pages": items}))
    return len(pages.checked_pages(load_answer(folder / "answer.json")["pages"], folder))


def test_a_right_answer_is_believed(tmp_path: Path) -> None:
    assert 2 == believed(tmp_path, [a_page(1), a_page(2)])


@pytest.mark.parametrize(
    "change",
    [
        {"width": float("nan")},
        {"height": float("inf")},
        {"dpi": float("-inf")},
        {"width": 0.0},
        {"height": -792.0},
        {"dpi": 1e300},
        {"width": 1e9},
        {"number": 2},
        {"number": True},
        {"number": "1"},
        {"shape": [11.0, 8]},
        {"shape": [12, 8]},
        {"words": [["a", 0, 0, float("nan"), 1]]},
        {"words": [["a", 0, 0, 1e9, 1]]},
        {"words": [[7, 0, 0, 1, 1]]},
    ],
)
def test_a_wrong_answer_is_not_believed(change: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises((DropError, ValueError, TypeError)):
        believed(tmp_path, [a_page() | change])


@pytest.mark.parametrize(
    "items",
    [
        lambda: [a_page(1), a_page(1)],
        lambda: [a_page(2), a_page(1)],
        lambda: [a_page(1), a_page(3)],
        lambda: [a_page(1)] * 251,
        lambda: {"1": a_page(1)},
    ],
)
def test_pages_are_numbered_one_to_n(items: Callable[[], Any], tmp_path: Path) -> None:
    with pytest.raises((ValueError, TypeError)):
        believed(tmp_path, items())


@pytest.mark.parametrize("text", ["Hol\udc80way", "\ud800", "a\udfff"])
def test_a_lone_surrogate_is_kept_as_unreadable_and_refused_at_checking(text: str) -> None:
    kept = storable(text)
    assert "?" not in kept
    assert kept.encode()
    with pytest.raises(values.NotAValue, match="cannot be stored"):
        values.clean(kept)


def test_a_question_mark_that_was_written_stays() -> None:
    assert "why?" == values.clean(storable("why?"))
