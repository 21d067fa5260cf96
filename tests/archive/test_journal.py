"""Every event follows the one before, and a change anywhere in the chain shows."""

from __future__ import annotations

import json
from pathlib import Path

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


@pytest.mark.parametrize("value", ["Ann Lee", "a\nb", "x" * 300, 1.5, {"a": 1}, None, ["Ann Lee"]])
def test_only_ids_codes_and_numbers_get_into_the_journal(journal: Journal, value: object) -> None:
    with pytest.raises(ValueError, match="ids, codes and numbers only"):
        journal.append([("part", {"part": value})], NOON)  # type: ignore[dict-item]
    assert journal.head() is None
