"""The chain of events in `outbox/journal/`: one JSON line each, every line with the hash of the one before.

Ids and codes only; whatever is no plain code is refused here, so that no name can slip in. Segments of two
thousand events, named after their first: a segment is never changed once the next has begun. Who appends
must be alone; `Books` appends inside a writing transaction of the ledger, and there is one writer of it at
a time. A half-written last line was never acknowledged, and is cut off by the next append. A segment whose
write or fsync failed is trusted no more, since a second fsync would report success for pages that were
dropped: the next append writes the whole segment anew, from memory, into a new file that takes its place.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path

from pipeline.archive.leftovers import temporary_place
from pipeline.disk import (
    Sharing,
    clear_away,
    make_folders,
    our_own_read,
    our_own_write,
    put_in_place,
    share,
    sharing_of,
    step,
    sync_folder,
    write_new,
)
from pipeline.errors import ArchiveError
from pipeline.ledger import Event
from pipeline.values import Json, instant

SEGMENT_EVENTS = 2000
FIRST_PREV = "0" * 64
_SEGMENT = re.compile(r"\d{9,}\.jsonl")
_CODE = re.compile(r"[A-Za-z0-9@._:/+~=-]{0,200}")


@dataclass(frozen=True, slots=True)
class _Tail:
    """The last event and where it was found: segment, its size then, and its whole lines."""

    segment: str
    size: int
    lines: bytearray
    head: Event

    def is_of(self, segment: Path) -> bool:
        return (self.segment, self.size) == (segment.name, segment.stat().st_size)


class Journal:
    """The events of one archive, oldest first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tail: _Tail | None = None
        self._spoiled = ""

    # --- writing ---

    def append(self, entries: Sequence[tuple[str, Mapping[str, Json]]], at: datetime) -> tuple[Event, ...]:
        """Adds events in one durable write. Raises ArchiveError when the disk failed; then none was added."""
        for _, ids in entries:
            refuse_anything_but_codes(ids)
        segments = self._segments()
        prior, made = self._head_of(segments), []
        for kind, ids in entries:
            prior = _link(prior, kind, ids, at)
            made.append(prior)
        with our_own_write("Writing the journal"):
            self._write(made, segments)
        return tuple(made)

    def _write(self, made: Sequence[Event], segments: Sequence[Path]) -> None:
        sharing = sharing_of(self._folder.parent)
        make_folders(self._folder, self._folder.parent, sharing)
        segment, lines = self._segment_for(made[0].seq, segments)
        data = b"".join(event_line(event) for event in made)
        if segment.name == self._spoiled:
            self._write_anew(segment, bytes(lines) + data)
        else:
            try:
                self._write_on(segment, len(lines), data, sharing)
            except OSError:
                self._spoiled = segment.name
                raise
        lines += data
        self._tail = _Tail(segment.name, len(lines), lines, made[-1])
        step("append-event")

    def _write_on(self, segment: Path, whole: int, data: bytes, sharing: Sharing) -> None:
        fresh = not segment.exists()
        fd = os.open(segment, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            _cut_off_torn_line(fd, whole)
            try:
                view, place = memoryview(data), whole
                while view:
                    written = os.pwrite(fd, view, place)
                    view, place = view[written:], place + written
                os.fsync(fd)
            except OSError:
                os.ftruncate(fd, whole)
                raise
        finally:
            os.close(fd)
        if fresh:
            share(segment, sharing.gid, sharing.file_mode)
            sync_folder(self._folder)

    def _write_anew(self, segment: Path, data: bytes) -> None:
        """The segment as a new file, durable before it takes the place of the old one."""
        temporary = temporary_place(self._folder.parent)
        try:
            write_new(temporary, data, sharing_of(self._folder.parent))
            put_in_place(temporary, segment)
        finally:
            clear_away(temporary)
        self._spoiled = ""

    def make_durable(self) -> None:
        """Makes durable what is written, but perhaps not yet on the disk. Another fsync could not tell."""
        segments = self._segments()
        if self.head() is not None and self._tail is not None and segments:
            with our_own_write("Writing the journal"):
                lines = self._tail.lines
                self._write_anew(self._folder / self._tail.segment, bytes(lines))
                self._tail = _Tail(self._tail.segment, len(lines), lines, self._tail.head)

    def _segment_for(self, seq: int, segments: Sequence[Path]) -> tuple[Path, bytearray]:
        """The file the next event goes into, and the whole lines that are in it."""
        if not segments or seq - int(segments[-1].stem) >= SEGMENT_EVENTS:
            return self._folder / f"{seq:09d}.jsonl", bytearray()
        if self._tail is not None and self._tail.segment == segments[-1].name:
            return segments[-1], self._tail.lines
        data = self._read(segments[-1])
        return segments[-1], bytearray(data[: _whole_lines(data)])

    # --- reading ---

    def head(self) -> Event | None:
        """The last event, None when nothing has happened yet."""
        return self._head_of(self._segments())

    def _head_of(self, segments: Sequence[Path]) -> Event | None:
        for segment in reversed(segments):
            with our_own_read("Reading the journal"):
                if self._tail is not None and self._tail.is_of(segment):
                    return self._tail.head
            data = self._read(segment)
            if whole := _whole_lines(data):
                last = data[:whole].rstrip(b"\n").rpartition(b"\n")[2]
                lines = bytearray(data[:whole])
                self._tail = _Tail(segment.name, len(data), lines, _parse(last, segment.name))
                return self._tail.head
        return None

    def events(self, after: int = 0) -> Iterator[Event]:
        """Events with a number above `after`. Raises ArchiveError at a line that is no event."""
        segments = self._segments()
        for segment, following in zip_longest(segments, segments[1:]):
            if following is not None and int(following.stem) <= after + 1:
                continue
            data = self._read(segment)
            for line in data[: _whole_lines(data)].splitlines():
                event = _parse(line, segment.name)
                if event.seq > after:
                    yield event

    def breaks(self) -> Iterator[tuple[str, str]]:
        """Where the chain is broken: segment and what is wrong there."""
        prev, seq = FIRST_PREV, 0
        segments = self._segments()
        for segment in segments:
            data = self._read(segment)
            whole = _whole_lines(data)
            if whole != len(data) and segment is not segments[-1]:
                yield segment.name, "its last line is cut off"
            for number, line in enumerate(data[:whole].splitlines(), start=1):
                try:
                    event = _parse(line, segment.name)
                except ArchiveError:
                    yield segment.name, f"line {number} is no event"
                    continue
                if event.seq != seq + 1:
                    yield segment.name, f"line {number} is event {event.seq} where {seq + 1} belongs"
                elif event.prev != prev:
                    yield segment.name, f"event {event.seq} does not follow the one before"
                if event.hash != _hash(event) or event_line(event) != line + b"\n":
                    yield segment.name, f"event {event.seq} was changed"
                prev, seq = event.hash, event.seq

    def strangers(self) -> tuple[str, ...]:
        """Names in the folder of the journal that are no segments of it."""
        return tuple(name for name in self._names() if not _SEGMENT.fullmatch(name))

    def _segments(self) -> list[Path]:
        return [self._folder / name for name in self._names() if _SEGMENT.fullmatch(name)]

    def _names(self) -> list[str]:
        try:
            with our_own_read("Reading the journal"):
                return sorted(os.listdir(self._folder))
        except (FileNotFoundError, NotADirectoryError):
            return []

    @staticmethod
    def _read(segment: Path) -> bytes:
        try:
            with our_own_read("Reading the journal"):
                return segment.read_bytes()
        except FileNotFoundError:
            raise ArchiveError(
                f"journal/{segment.name} is gone. Run verify; restore it from a copy."
            ) from None


def _cut_off_torn_line(fd: int, whole: int) -> None:
    torn = os.pread(fd, 1 << 20, whole)
    if b"\n" in torn:
        raise ArchiveError(
            "Another program writes into this outbox. One outbox belongs to one state folder: stop the other."
        )
    if torn:
        os.ftruncate(fd, whole)


def refuse_anything_but_codes(ids: Mapping[str, Json]) -> None:
    """Raises ValueError when something could be more than an id, a code, a number or a list of them."""
    for value in ids.values():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, int) or (isinstance(item, str) and _CODE.fullmatch(item)):
                continue
            raise ValueError("the journal keeps ids, codes and numbers only")


def _link(prior: Event | None, kind: str, ids: Mapping[str, Json], at: datetime) -> Event:
    seq, prev = (1, FIRST_PREV) if prior is None else (prior.seq + 1, prior.hash)
    event = Event(seq, at.astimezone(UTC), kind, dict(ids), prev, "")
    return Event(seq, event.at, kind, event.ids, prev, _hash(event))


def _body(event: Event) -> dict[str, Json]:
    return {
        "seq": event.seq,
        "at": instant(event.at),
        "kind": event.kind,
        "ids": dict(event.ids),
        "prev": event.prev,
    }


def _compact(data: dict[str, Json]) -> bytes:
    return json.dumps(data, sort_keys=True, separators=(",", ":")).encode()


def _hash(event: Event) -> str:
    return hashlib.sha256(_compact(_body(event))).hexdigest()


def event_line(event: Event) -> bytes:
    return _compact({**_body(event), "hash": event.hash}) + b"\n"


def _whole_lines(data: bytes) -> int:
    return data.rfind(b"\n") + 1


def _parse(line: bytes, segment: str) -> Event:
    try:
        found = json.loads(line)
        at = datetime.fromisoformat(found["at"])
        return Event(
            int(found["seq"]), at, str(found["kind"]), dict(found["ids"]), found["prev"], found["hash"]
        )
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise ArchiveError(f"journal/{segment} holds a line that is no event. Run verify.") from error
