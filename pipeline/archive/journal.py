"""The chain of events in `outbox/journal/`: one JSON line each, every line with the hash of the one before.

Ids and codes only; whatever is no plain code is refused here, so that no name can slip in. Segments of two
thousand events, named after their first: a segment is never changed once the next has begun. Who appends
must be alone; `Books` appends inside a writing transaction of the ledger, and there is one writer of it at
a time. A half-written last line was never acknowledged, and is cut off by the next append.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.disk import make_folders, our_own_write, share, sharing_of, step, sync_folder
from pipeline.errors import ArchiveError
from pipeline.ledger import Event
from pipeline.values import Json, instant

SEGMENT_EVENTS = 2000
FIRST_PREV = "0" * 64
_CODE = re.compile(r"[A-Za-z0-9@._:/+~=-]{0,200}")


@dataclass(frozen=True, slots=True)
class _Tail:
    """The last event and where it was found: segment, its size then, and where whole lines end in it."""

    segment: str
    size: int
    whole: int
    head: Event

    def is_of(self, segment: Path) -> bool:
        return (self.segment, self.size) == (segment.name, segment.stat().st_size)


class Journal:
    """The events of one archive, oldest first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tail: _Tail | None = None

    # --- writing ---

    def append(self, entries: Sequence[tuple[str, Mapping[str, Json]]], at: datetime) -> tuple[Event, ...]:
        """Adds events in one durable write. Raises ArchiveError when the disk failed; then none was added."""
        for _, ids in entries:
            refuse_anything_but_codes(ids)
        prior, made = self.head(), []
        for kind, ids in entries:
            prior = _link(prior, kind, ids, at)
            made.append(prior)
        with our_own_write("Writing the journal"):
            self._write(made)
        return tuple(made)

    def _write(self, made: Sequence[Event]) -> None:
        sharing = sharing_of(self._folder.parent)
        make_folders(self._folder, self._folder.parent, sharing)
        segment, whole = self._segment_for(made[0].seq)
        fresh = not segment.exists()
        data = b"".join(event_line(event) for event in made)
        fd = os.open(segment, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            _cut_off_torn_line(fd, whole)
            try:
                if os.pwrite(fd, data, whole) != len(data):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(fd)
            except OSError:
                os.ftruncate(fd, whole)
                raise
        finally:
            os.close(fd)
        if fresh:
            share(segment, sharing.gid, sharing.file_mode)
            sync_folder(self._folder)
        self._tail = _Tail(segment.name, whole + len(data), whole + len(data), made[-1])
        step("append-event")

    def sync(self) -> None:
        """Makes durable whatever is written."""
        with our_own_write("Writing the journal"):
            for segment in self._segments()[-1:]:
                fd = os.open(segment, os.O_RDONLY | os.O_CLOEXEC)
                try:
                    os.fsync(fd)
                finally:
                    os.close(fd)
                sync_folder(self._folder)

    def _segment_for(self, seq: int) -> tuple[Path, int]:
        """The file the next event goes into, and where in it whole lines end."""
        segments = self._segments()
        if not segments or seq - int(segments[-1].stem) >= SEGMENT_EVENTS:
            return self._folder / f"{seq:09d}.jsonl", 0
        if self._tail is not None and self._tail.segment == segments[-1].name:
            return segments[-1], self._tail.whole
        return segments[-1], _whole_lines(segments[-1].read_bytes())

    # --- reading ---

    def head(self) -> Event | None:
        """The last event, None when nothing has happened yet."""
        for segment in reversed(self._segments()):
            if self._tail is not None and self._tail.is_of(segment):
                return self._tail.head
            data = segment.read_bytes()
            if whole := _whole_lines(data):
                last = data[:whole].rstrip(b"\n").rpartition(b"\n")[2]
                self._tail = _Tail(segment.name, len(data), whole, _parse(last, segment.name))
                return self._tail.head
        return None

    def events(self, after: int = 0) -> Iterator[Event]:
        """Events with a number above `after`. Raises ArchiveError at a line that is no event."""
        segments = self._segments()
        for segment, following in zip(segments, [*segments[1:], None], strict=True):
            if following is not None and int(following.stem) <= after + 1:
                continue
            data = segment.read_bytes()
            for line in data[: _whole_lines(data)].splitlines():
                event = _parse(line, segment.name)
                if event.seq > after:
                    yield event

    def breaks(self) -> Iterator[tuple[str, str]]:
        """Where the chain is broken: segment and what is wrong there."""
        prev, seq = FIRST_PREV, 0
        segments = self._segments()
        for segment in segments:
            data = segment.read_bytes()
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

    def _segments(self) -> list[Path]:
        try:
            return sorted(
                path for path in self._folder.iterdir() if re.fullmatch(r"\d{9,}\.jsonl", path.name)
            )
        except FileNotFoundError:
            return []


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
    except (ValueError, KeyError, TypeError) as error:
        raise ArchiveError(f"journal/{segment} holds a line that is no event. Run verify.") from error
