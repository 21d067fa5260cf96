"""Every event follows the one before, and a change anywhere in the chain shows."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.archive import Journal
from pipeline.archive import journal as journal_module
from pipeline.errors import ArchiveError
from pipeline.ledger import Event
from tests.office import NOON


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal")


def filled(journal: Journal, count: int = 10) -> Path:
    for number in range(count):
        journal.append([("part", {"part": f"P{number}", "pages": [1, 2]})], NOON)
    return journal._folder


def test_events_are_read_as_they_were_written(journal: Journal) -> None:
    (event,) = journal.append([("drop", {"drop": "D1", "state": "finished"})], NOON)
    assert list(Journal(journal._folder).events()) == [event]
    assert (event.seq, event.at, event.prev) == (1, NOON, "0" * 64)
    assert Journal(journal._folder).head() == event


def test_a_chain_that_nobody_touched_has_no_break(journal: Journal) -> None:
    filled(journal)
    assert list(journal.breaks()) == []


@pytest.mark.parametrize("line", [0, 4, 9])
def test_a_changed_line_is_found(journal: Journal, line: int) -> None:
    segment = filled(journal) / "000000001.jsonl"
    lines = segment.read_bytes().splitlines(keepends=True)
    lines[line] = lines[line].replace(b'"part":"P', b'"part":"Q')
    segment.write_bytes(b"".join(lines))
    assert [message for _, message in journal.breaks()] == [f"event {line + 1} was changed"]


def test_a_line_changed_with_its_hash_is_found_by_the_next(journal: Journal) -> None:
    segment = filled(journal) / "000000001.jsonl"
    lines = segment.read_bytes().splitlines(keepends=True)
    data = json.loads(lines[4])
    forged = Event(5, NOON, "part", {"part": "Q"}, data["prev"], "")
    lines[4] = journal_module.event_line(
        journal_module._link(list(journal.events())[3], "part", forged.ids, NOON)
    )
    segment.write_bytes(b"".join(lines))
    assert [message for _, message in journal.breaks()] == ["event 6 does not follow the one before"]


@pytest.mark.parametrize("edit", ["remove", "swap", "insert", "space"])
def test_removed_swapped_inserted_and_reformatted_lines_are_found(journal: Journal, edit: str) -> None:
    segment = filled(journal) / "000000001.jsonl"
    lines = segment.read_bytes().splitlines(keepends=True)
    if edit == "remove":
        del lines[3]
    elif edit == "swap":
        lines[3], lines[4] = lines[4], lines[3]
    elif edit == "insert":
        lines.insert(3, lines[2])
    else:
        lines[3] = lines[3].replace(b",", b", ", 1)
    segment.write_bytes(b"".join(lines))
    assert list(journal.breaks())


def test_a_line_torn_by_a_crash_is_cut_off_by_the_next_event(journal: Journal) -> None:
    segment = filled(journal, 3) / "000000001.jsonl"
    whole = segment.read_bytes()
    segment.write_bytes(whole + b'{"at": "2026-11-')
    again = Journal(journal._folder)
    assert [event.seq for event in again.events()] == [1, 2, 3]
    again.append([("drop", {"drop": "D1"})], NOON)
    assert list(again.breaks()) == []
    assert segment.read_bytes().startswith(whole)


def test_a_second_program_on_the_same_outbox_is_refused_instead_of_written_over(journal: Journal) -> None:
    segment = filled(journal, 2) / "000000001.jsonl"
    head = journal.head()
    assert head is not None
    with segment.open("ab") as other:
        other.write(journal_module.event_line(journal_module._link(head, "drop", {"drop": "D9"}, NOON)))
    fd = segment.open("r+b")
    with pytest.raises(ArchiveError, match="Another program"):
        journal_module._cut_off_torn_line(fd.fileno(), len(segment.read_bytes().splitlines(keepends=True)[0]))
    fd.close()
    assert len(list(journal.events())) == 3


def test_a_new_segment_begins_after_so_many_events(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_module, "SEGMENT_EVENTS", 4)
    folder = filled(journal, 10)
    assert sorted(path.name for path in folder.iterdir()) == [
        "000000001.jsonl",
        "000000005.jsonl",
        "000000009.jsonl",
    ]
    assert [event.seq for event in Journal(folder).events(after=3)] == [4, 5, 6, 7, 8, 9, 10]
    assert list(journal.breaks()) == []
    (folder / "000000005.jsonl").unlink()
    assert list(journal.breaks())


class Fails:
    """A call of the operating system that fails once, or that writes half and then fails."""

    def __init__(self, real: Callable[..., Any], *, short: bool = False) -> None:
        self.real, self.short, self.calls = real, short, 0

    def __call__(self, fd: int, *args: Any) -> Any:
        self.calls += 1
        if self.short and self.calls == 1:
            return self.real(fd, args[0][: len(args[0]) // 2], *args[1:])
        if self.calls == (2 if self.short else 1):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return self.real(fd, *args)


@pytest.mark.parametrize(("call", "short"), [("fsync", False), ("pwrite", False), ("pwrite", True)])
@pytest.mark.parametrize("before", [0, 3])
def test_after_a_failed_write_the_segment_is_written_anew_and_the_old_file_never_trusted(
    journal: Journal, monkeypatch: pytest.MonkeyPatch, call: str, short: bool, before: int
) -> None:
    journal._folder.mkdir()
    segment = filled(journal, before) / "000000001.jsonl"
    with monkeypatch.context() as broken:
        broken.setattr(os, call, Fails(getattr(os, call), short=short))
        with pytest.raises(ArchiveError, match="Input/output error"):
            journal.append([("drop", {"drop": "D1"})], NOON)
    assert len(list(journal.events())) == before
    old = segment.stat().st_ino
    with segment.open("rb"):  # keeps the number of the old file from being used again
        journal.append([("drop", {"drop": "D1"})], NOON)
    assert segment.stat().st_ino != old
    assert list(journal.breaks()) == []
    assert [event.seq for event in Journal(journal._folder).events()] == list(range(1, before + 2))
    assert list(journal._folder.parent.glob(".tmp/*")) == []
    written = segment.stat().st_ino
    journal.append([("drop", {"drop": "D2"})], NOON)
    assert segment.stat().st_ino == written


def test_a_line_that_could_not_be_cut_off_after_a_failed_write_breaks_no_chain(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(journal, 3)
    with monkeypatch.context() as broken:
        for call in ("fsync", "ftruncate"):
            broken.setattr(os, call, Fails(getattr(os, call)))
        with pytest.raises(ArchiveError):
            journal.append([("drop", {"drop": "D1"})], NOON)
    journal.append([("drop", {"drop": "D2"})], NOON)
    assert list(journal.breaks()) == []
    assert [event.ids for event in Journal(journal._folder).events(after=3)] == [
        {"drop": "D1"},
        {"drop": "D2"},
    ]


def test_what_may_not_be_on_the_disk_is_made_durable_in_a_new_file(journal: Journal) -> None:
    segment = filled(journal, 3) / "000000001.jsonl"
    old, data = segment.stat().st_ino, segment.read_bytes()
    again = Journal(journal._folder)
    with segment.open("rb"):
        again.make_durable()
    assert (segment.stat().st_ino != old, segment.read_bytes()) == (True, data)
    again.append([("drop", {"drop": "D1"})], NOON)
    assert list(journal.breaks()) == []


def test_a_journal_that_cannot_be_read_is_no_fault_of_the_paper(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(journal, 3)

    def fail(*args: object, **kwargs: object) -> None:
        raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))

    monkeypatch.setattr("io.open", fail)
    again = Journal(journal._folder)
    for read in (again.head, lambda: list(again.events()), lambda: list(again.breaks())):
        with pytest.raises(ArchiveError, match="handle"):
            read()


@pytest.mark.parametrize("value", ["Ann Lee", "a\nb", "x" * 300, 1.5, {"a": 1}, None, ["Ann Lee"]])
def test_only_ids_codes_and_numbers_get_into_the_journal(journal: Journal, value: object) -> None:
    with pytest.raises(ValueError, match="ids, codes and numbers only"):
        journal.append([("part", {"part": value})], NOON)  # type: ignore[dict-item]
    assert journal.head() is None
