"""A small log in the state folder: one JSON line for each thing that happened, in ids, codes, counts and seconds.

Never a value, a file name or a message: what a person wrote, and what other libraries say of it, stays out. An
exception is told by its type and the places it went through.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pipeline.values import instant

NAME = "log.jsonl"
LARGEST_BYTES = 2_000_000
OLDER_FILES = 3
MOST_FRAMES = 12
Plain = str | int | float
_PROGRAM = Path(__file__).resolve().parent
_lock = threading.Lock()


class Log:
    """The log of one state folder. Writing it never stops the work: a full disk is told by what matters more."""

    def __init__(self, folder: Path, largest_bytes: int = LARGEST_BYTES) -> None:
        self._path = folder / NAME
        self._largest = largest_bytes

    def note(self, event: str, **facts: Plain) -> None:
        """One line: when, what, and its ids, codes, counts or seconds."""
        line = {"at": instant(datetime.now(UTC)), "event": event, **facts}
        self._write(json.dumps(line, ensure_ascii=True, separators=(",", ":")))

    def failure(self, event: str, error: BaseException, **facts: Plain) -> None:
        """One line about an exception: its types from the outermost to its cause, and where it went."""
        self.note(event, error=" < ".join(_types(error)), where=" > ".join(frames_of(error)), **facts)

    def _write(self, line: str) -> None:
        try:
            with _lock:
                self._make_room()
                fd = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
                try:
                    os.write(fd, line.encode() + b"\n")
                finally:
                    os.close(fd)
        except OSError:
            return

    def _make_room(self) -> None:
        """Puts a full log aside as `log.jsonl.1`; the oldest is let go."""
        try:
            if self._path.stat().st_size < self._largest:
                return
        except FileNotFoundError:
            return
        for number in range(OLDER_FILES, 0, -1):
            younger = self._path if number == 1 else self._path.with_name(f"{NAME}.{number - 1}")
            if younger.exists():
                os.replace(younger, self._path.with_name(f"{NAME}.{number}"))


def frames_of(error: BaseException) -> tuple[str, ...]:
    """`run/story.py:143` for each of our own places, `json/decoder.py:353` for others; no line of code, no values."""
    return tuple(_frames(error))[-MOST_FRAMES:]


def _frames(error: BaseException) -> Iterator[str]:
    trace = error.__traceback__
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        ours = path.is_relative_to(_PROGRAM)
        place = path.relative_to(_PROGRAM).as_posix() if ours else "/".join(path.parts[-2:])
        yield f"{place}:{trace.tb_lineno}"
        trace = trace.tb_next


def _types(error: BaseException) -> Iterator[str]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield type(current).__name__
        current = current.__cause__ or current.__context__
