"""The head of the chain, written where no one of the office can change it: how many events, and the last hash.

A chain alone cannot tell that its end was cut off, or that all of it was written anew. Whoever keeps a head on a
second machine, a stick or paper can: `verify --head FILE` asks whether the chain still goes through it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.archive.journal import Journal
from pipeline.disk import clear_away, our_own_write, put_in_place, write_new
from pipeline.errors import ArchiveError, SetupError
from pipeline.model import canonical_json

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Head:
    """Which archive, how many events it had, and the hash of the last (empty when there were none)."""

    archive: str
    events: int
    hash: str


def head_of(identity: str, journal: Journal) -> Head:
    last = journal.head()
    return Head(identity, 0, "") if last is None else Head(identity, last.seq, last.hash)


def write_head(head: Head, file: Path) -> None:
    """Puts a head into a file, replacing an older one as a whole."""
    data = canonical_json(
        {"format": FORMAT, "archive": head.archive, "events": head.events, "hash": head.hash}
    )
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    with our_own_write(f"Writing {file}"):
        try:
            write_new(temporary, data)
            put_in_place(temporary, file)
        finally:
            clear_away(temporary)


def read_head(file: Path) -> Head:
    """The head in a file. Raises SetupError when it is none."""
    try:
        found = json.loads(file.read_bytes())
        head = Head(str(found["archive"]), int(found["events"]), str(found["hash"]))
        if found["format"] != FORMAT or head.events < 0 or not re.fullmatch(r"([0-9a-f]{64})?", head.hash):
            raise ValueError
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise SetupError(f"{file}: {reason}. Give the file that `verify --write-head` wrote.") from error
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise SetupError(
            f"{file} is no head of a chain. Give the file that `verify --write-head` wrote."
        ) from error
    return head


def broken_at(head: Head, identity: str, journal: Journal) -> Iterator[str]:
    """What does not agree with a head that was written earlier, in words; nothing when the chain goes through it."""
    if head.archive != identity:
        yield "the head that was given belongs to another archive."
        return
    if head.events == 0:
        return
    try:
        event = next(journal.events(after=head.events - 1), None)
        last = journal.head()
    except ArchiveError as error:
        yield str(error)
        return
    if event is None or event.seq != head.events:
        ends = last.seq if last is not None else 0
        yield (
            f"ends at event {ends}; the head that was given says {head.events}. The chain was cut off: "
            "restore the journal from a copy."
        )
    elif event.hash != head.hash:
        yield (
            f"event {head.events} is not the one in the head that was given. The chain was written anew: "
            "restore the journal from a copy."
        )
