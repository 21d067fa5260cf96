"""An untrusted file as pages with grey pictures, words and widget values; the parent's side, all of it in one room.

Parsing happens in a child (`opener.py`). Here its answer is checked field by field before anything is
believed: a parser that was taken over can at worst hand back wrong words, never code or a path.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import pipeline
from pipeline.errors import ArchiveError, DropError, PipelineError
from pipeline.model import Box, Reason
from pipeline.reading import limits
from pipeline.reading.wordfile import WordText, checked_word

_LONE = re.compile("[\ud800-\udfff]")

Grey = npt.NDArray[np.uint8]

_FROM_OUTSIDE = {-signal.SIGKILL, -signal.SIGTERM, -signal.SIGHUP, -signal.SIGINT}


class OpenerStopped(PipelineError):
    """Somebody else ended the child that opened a file: most likely the system, which had no memory left."""

    def __init__(self) -> None:
        super().__init__("What opens files was stopped from outside. It is tried again.")


@dataclass(frozen=True, slots=True)
class Word:
    """A printed word of a born-digital page; box in points of the page as displayed."""

    text: str = field(repr=False)
    box: Box


@dataclass(frozen=True, slots=True)
class WidgetValue:
    """A widget of the file. kind: `/Tx`, `/Btn`, `/Ch`, `/Sig`; state: its on-state; is_on: ticked."""

    name: str
    kind: str
    box: Box
    value: str = field(repr=False)
    state: str = ""
    is_on: bool = False


@dataclass(frozen=True, slots=True)
class OpenedPage:
    """One page. width, height: points as displayed; image: grey pixels at `dpi`.

    scanned: pictures cover the page, so it has no words of its own.
    marked:  somebody drew or typed on it with a viewer's comment tools, so its picture says more than
             its widgets.
    undecoded: a picture on it could not be decoded, so an empty page proves nothing.
    """

    number: int
    width: float
    height: float
    dpi: float
    image: Path
    scanned: bool = False
    marked: bool = False
    undecoded: bool = False
    words: tuple[Word, ...] = ()
    widgets: tuple[WidgetValue, ...] = ()

    @property
    def is_answered(self) -> bool:
        """Whether a box is filled in or ticked: a letter or two have too little ink to be told from specks."""
        return any(widget.is_on or widget.value.strip() for widget in self.widgets)

    def picture(self) -> Grey:
        """The page in grey, 0 black. Loaded anew at each call: pages are large."""
        pixels: Grey = np.load(self.image, allow_pickle=False)
        return pixels


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file that could be opened: its kind by its bytes, and its pages.

    repaired: its table of contents was broken, and all that was read was read from a mended copy.
    signed:   somebody signed the file itself with a certificate; whether it holds was not looked at.
    word:     what a Word document says that may be one of ours; it has no pages.
    """

    kind: str
    pages: tuple[OpenedPage, ...]
    repaired: bool = False
    signed: bool = False
    word: WordText | None = None

    def page(self, number: int) -> OpenedPage:
        return self.pages[number - 1]


def open_file(path: Path, scratch: Path, allowed: limits.CpuTime = limits.USUAL_TIME) -> OpenedFile:
    """The file's pages, opened in a child of its own. Raises DropError with a Reason.

    Raises ArchiveError or OpenerStopped where it is not the file that failed.

    scratch: an empty folder for this file alone; the pictures stay there until the caller removes it.
    """
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    run_child(path, scratch, allowed)
    answer = load_answer(scratch / "answer.json")
    if answer.get("error"):
        reason = str(answer["error"])
        known = reason in {item.value for item in Reason}
        raise DropError(reason if known else Reason.DAMAGED, str(answer.get("detail", ""))[:80])
    try:
        pages = checked_pages(answer["pages"], scratch)
        repaired, signed = bool(answer["repaired"]), bool(answer["signed"])
        word = checked_word(answer["word"]) if answer.get("word") is not None else None
    except (KeyError, TypeError, ValueError, OSError):
        refuse_without_room(scratch)
        raise DropError(Reason.DAMAGED, "answer") from None
    if not pages and word is None:
        raise DropError(Reason.NO_PAGES)
    return OpenedFile(str(answer.get("kind", ""))[:20], pages, repaired, signed, word)


def run_child(path: Path, scratch: Path, allowed: limits.CpuTime) -> None:
    """Runs the child to its end. Raises DropError where it broke off or ran out of time, else as `open_file` does.

    Nothing the child prints is kept: parsers quote what they stumble over.
    """
    child = _started(path, scratch, allowed)
    try:
        reason = watched(child.pid, scratch)
    finally:  # while the child is not yet reaped its group's number is still its own
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        code = child.wait()
    if reason is not None:
        raise DropError(reason, "time" if reason is Reason.GAVE_UP else "scratch")
    if code == -signal.SIGXCPU:
        raise DropError(Reason.GAVE_UP, "processor time")
    if code in _FROM_OUTSIDE:
        raise OpenerStopped
    if code != 0:
        refuse_without_room(scratch, said=code == limits.SCRATCH_FAILED)
        raise DropError(Reason.DAMAGED, "the reader was stopped")


def refuse_without_room(scratch: Path, *, said: bool = False) -> None:
    """Raises ArchiveError where the child could not write: its folder is gone, or it said so and that can be true."""
    if not scratch.is_dir():
        raise ArchiveError(
            "The scratch folder was removed while a paper was opened in it. It is tried again."
        )
    if said and shutil.disk_usage(scratch).free < limits.SCRATCH_BYTES:
        raise ArchiveError(
            "There is too little room on the disk of this program to open a paper. Nothing is lost: it goes on by "
            "itself once there is."
        )


def _started(path: Path, scratch: Path, allowed: limits.CpuTime) -> subprocess.Popen[bytes]:
    """The child, in a session of its own, with nothing of our environment but the path."""
    root = Path(pipeline.__file__).resolve().parent.parent
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(root),
        "TMPDIR": str(scratch),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    files = [str(path.resolve()), str(scratch.resolve())]
    times = [str(allowed.seconds), str(allowed.seconds_a_page)]
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "pipeline.reading.opener", *files, *times],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=scratch,
        env=environment,
        start_new_session=True,
    )


def watched(pid: int, scratch: Path) -> Reason | None:
    """Returns when the child has ended, or with the reason to end it: it took too long or wrote too much."""
    began, pause, looked = time.monotonic(), 0.001, 0.0
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        time.sleep(pause)
        pause = min(2 * pause, 0.02)
        spent = time.monotonic() - began
        if spent - looked < 1.0:
            continue
        looked = spent
        if bytes_in(scratch) > limits.SCRATCH_BYTES:
            return Reason.TOO_LARGE
        if spent > limits.WALL_SECONDS and spent > limits.wall_seconds(pages_said(scratch)):
            return Reason.GAVE_UP
    return None


def bytes_in(folder: Path) -> int:
    """Bytes of the files in the folder; one that goes while we look counts nothing."""
    total = 0
    with contextlib.suppress(FileNotFoundError):  # the folder itself was removed
        for path in folder.iterdir():
            with contextlib.suppress(OSError):
                total += path.lstat().st_size
    return total


def pages_said(scratch: Path) -> int:
    """How many pages the child says it found, 0 where it has not said: it only buys time, up to a cap."""
    said = scratch / limits.COUNT_FILE
    try:
        return (
            min(int(said.read_text(encoding="ascii")[:6]), limits.MAX_PAGES) if not said.is_symlink() else 0
        )
    except (OSError, ValueError):
        return 0


def load_answer(path: Path) -> Mapping[str, Any]:
    try:
        if path.is_symlink() or path.stat().st_size > limits.MAX_ANSWER_BYTES:
            raise DropError(Reason.TOO_LARGE, "answer")
        answer = json.loads(path.read_text(encoding="ascii"), parse_constant=finite)
    except (OSError, ValueError, RecursionError):
        refuse_without_room(path.parent)
        raise DropError(Reason.DAMAGED, "answer") from None
    if not isinstance(answer, dict):
        raise DropError(Reason.DAMAGED, "answer")
    return answer


def checked_pages(items: Any, scratch: Path) -> tuple[OpenedPage, ...]:
    """The pages, numbered 1 to n without a gap and no more than may be. Raises as `checked_page` does."""
    if not isinstance(items, list) or len(items) > max(limits.MAX_PAGES, limits.MAX_FRAMES):
        raise ValueError("pages")
    pages = tuple(checked_page(item, scratch) for item in items)
    if [page.number for page in pages] != list(range(1, len(pages) + 1)):
        raise ValueError("numbers")
    return pages


def whole_number(value: Any) -> int:
    if type(value) is not int:
        raise TypeError("number")
    return value


def finite(value: Any, most: float = 0.0) -> float:
    """A number above nothing and not above `most`. JSON of Python also knows NaN and Infinity: refused."""
    number = float(value)
    if not (math.isfinite(number) and 0 < number <= most):
        raise ValueError("number")
    return number


def checked_page(item: Mapping[str, Any], scratch: Path) -> OpenedPage:
    """The page with every field proved to be of its type and size. Raises KeyError, TypeError, ValueError."""
    number = whole_number(item["number"])
    image = scratch / f"{number}.npy"
    height, width = (whole_number(side) for side in item["shape"])
    if not (height > 0 and width > 0 and height * width <= limits.MAX_SOURCE_PIXELS):
        raise ValueError("shape")
    if image.is_symlink():
        raise ValueError("picture")
    pixels = np.load(image, mmap_mode="r", allow_pickle=False)
    if pixels.shape != (height, width) or pixels.dtype != np.uint8:
        raise ValueError("picture")
    return OpenedPage(
        number=number,
        width=finite(item["width"], limits.MAX_PAGE_SIDE_POINTS),
        height=finite(item["height"], limits.MAX_PAGE_SIDE_POINTS),
        dpi=finite(item["dpi"], limits.MAX_DPI),
        image=image,
        scanned=bool(item["scanned"]),
        marked=bool(item["marked"]),
        undecoded=bool(item["undecoded"]),
        words=tuple(
            Word(text=storable(word[0]), box=checked_box(word[1:]))
            for word in item["words"][: limits.MAX_WORDS_A_PAGE]
        ),
        widgets=tuple(
            WidgetValue(
                name=storable(widget["name"]),
                kind=storable(widget["kind"]),
                box=checked_box(widget["box"]),
                value=storable(widget["value"]),
                state=storable(widget["state"]),
                is_on=bool(widget["on"]),
            )
            for widget in item["widgets"][: limits.MAX_WIDGETS]
        ),
    )


def checked_box(edges: Any) -> Box:
    x0, top, x1, bottom = (float(edge) for edge in edges)
    if not all(abs(edge) < 1e6 for edge in (x0, top, x1, bottom)):
        raise ValueError("box")
    return Box(x0, top, x1, bottom)


def storable(text: object) -> str:
    """The text; each lone surrogate, which could not be kept, as U+FFFD, which `values.clean` refuses by name.

    A question mark in its place would have passed for something that was written.
    """
    if not isinstance(text, str) or len(text) > limits.MAX_TEXT:
        raise TypeError("text")
    return _LONE.sub("\ufffd", text)
