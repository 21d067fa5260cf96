"""What is wrong is told and stops nothing else; what is over is told no more."""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import ArchiveError, SetupError
from pipeline.inbox import Doorbell, serve, watch
from pipeline.run import receiving, story
from pipeline.run.belonging import NOTE
from pipeline.run.office import Office, Settings
from tests.office import pdf
from tests.run.crash import ends_after
from tests.run.office import ROOT, SETTLE_SECONDS, prepared_state


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "state").mkdir()
    prepared_state(tmp_path / "state")
    return Settings(ROOT, tmp_path / "inbox", tmp_path / "outbox", tmp_path / "state", SETTLE_SECONDS)


@pytest.fixture
def office(settings: Settings) -> Office:
    return Office(settings)


def drop(office: Office, name: str, number: int) -> None:
    (office.folders.inbox / name).write_bytes(pdf(number))


def looked(office: Office, looks: int = 4) -> list[story.Round]:
    """So many looks, far enough apart for files to settle."""
    rounds = []
    for _ in range(looks):
        rounds.append(story.once(office))
        time.sleep(2 * SETTLE_SECONDS)
    return rounds


def failing_with(number: int) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


def status_of(office: Office) -> str:
    return (office.folders.inbox / "STATUS.html").read_text()


def test_a_folder_named_like_a_sheet_keeps_no_other_paper_waiting(office: Office) -> None:
    """A clerk made it; writing the sheet fails for ever, and everything else goes on."""
    drop(office, "one.pdf", 1)
    looked(office)
    (sheet,) = (office.folders.inbox / "needs-attention").iterdir()
    sheet.unlink()
    sheet.mkdir()
    drop(office, "two.pdf", 2)
    looked(office)
    assert len(list((office.folders.inbox / "needs-attention").glob("*.pdf"))) == 2
    assert "Putting a sheet into needs-attention" in status_of(office)

    sheet.rmdir()
    looked(office, 2)
    assert sheet.is_file()
    assert office.troubles.now == ()
    assert 'class="alert"' not in status_of(office)


def test_a_damaged_sheet_is_told_on_the_page_and_stops_nothing(office: Office) -> None:
    drop(office, "one.pdf", 1)
    looked(office)
    (sheet,) = office.folders.outbox.glob("held/*/*/sheet.pdf")
    sheet.chmod(0o600)
    sheet.write_bytes(sheet.read_bytes()[:-1] + b"x")
    (placed,) = (office.folders.inbox / "needs-attention").iterdir()
    placed.unlink()
    drop(office, "two.pdf", 2)
    rounds = looked(office)
    assert sum(len(each.drops) for each in rounds) == 1
    assert 'class="alert"' in status_of(office)


def test_an_inbox_that_is_away_gets_nothing_and_comes_back(office: Office, tmp_path: Path) -> None:
    drop(office, "one.pdf", 1)
    looked(office)
    office.folders.inbox.rename(tmp_path / "mounted")
    office.folders.inbox.mkdir()
    rounds = looked(office, 2)
    assert all(each.away for each in rounds)
    assert list(office.folders.inbox.iterdir()) == []
    assert [trouble.words for trouble in office.troubles.now] == [story.INBOX_AWAY]
    with pytest.raises(ArchiveError, match="cannot be reached"):
        story.settle_and_take(office, None)

    office.folders.inbox.rmdir()
    (tmp_path / "mounted").rename(office.folders.inbox)
    assert not looked(office, 1)[0].away
    assert office.troubles.now == ()


def test_a_start_while_the_share_is_not_mounted_makes_nothing_in_its_place(
    settings: Settings, tmp_path: Path
) -> None:
    Office(settings)
    settings.inbox.rename(tmp_path / "mounted")
    with pytest.raises(SetupError, match="no inbox folder"):
        Office(settings)
    assert not settings.inbox.exists()
    settings.inbox.mkdir()
    again = Office(settings)
    assert story.once(again).away
    assert list(settings.inbox.iterdir()) == []


def test_two_offices_never_share_a_state_folder(settings: Settings, office: Office) -> None:
    note = settings.state / NOTE
    note.write_text(note.read_text().replace(office.site.program.office["name"], "Another County"))
    with pytest.raises(SetupError, match="belongs to the office 'Another County'"):
        Office(settings)


def test_the_oldest_paper_is_read_first_and_a_look_ends_in_time(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        drop(office, f"{number}.pdf", number)
        os.utime(office.folders.inbox / f"{number}.pdf", (1_000_000 + number, 1_000_000 + number))
    monkeypatch.setattr(receiving, "MOST_AT_ONCE", 2)
    rounds = looked(office, 8)
    with office.ledger.reading() as tx:
        came = [row.id for row in tx.drops()]
        names = [row.name for row in tx.drops()]
    assert names == [f"{number}.pdf" for number in range(6)]
    assert [each for done in rounds for each in done.drops] == came
    assert max(len(done.drops) for done in rounds) == 2


def test_asked_to_stop_it_ends_after_the_file_in_hand(office: Office) -> None:
    for number in range(4):
        drop(office, f"{number}.pdf", number)
    story.once(office)
    time.sleep(2 * SETTLE_SECONDS)
    done: list[str] = []
    story.once(office, lambda row, _: done.append(row.id), lambda: bool(done))
    assert len(done) == 1
    story.settle_and_take(office, lambda row, _: done.append(row.id))
    assert len(done) == 4


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_a_failing_disk_is_told_and_recovers_by_itself(
    number: int, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(office, "one.pdf", 1)
    with monkeypatch.context() as patched:
        patched.setattr("pipeline.archive.deposit.write_new", failing_with(number))
        rounds = looked(office)
        assert sum(len(each.drops) for each in rounds) == 0
        assert any(trouble.machine for trouble in office.troubles.now)
        assert "Since " in status_of(office)
        assert list(office.scratch.iterdir()) == []
    time.sleep(0.1)
    looked(office)
    with office.ledger.reading() as tx:
        assert len(tx.drops()) == 1
        assert tx.parts()


def test_the_service_outlives_a_look_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Exception] = []
    bell = Doorbell(tmp_path)
    stop = threading.Event()

    def look() -> float:
        if len(told) == 1:
            stop.set()
            return 0.01
        raise IsADirectoryError(errno.EISDIR, "is a directory")

    monkeypatch.setattr(watch, "TROUBLE_SECONDS", 0.01)
    serve(look, bell, stop, on_trouble=told.append)
    assert [type(each) for each in told] == [IsADirectoryError]


@pytest.mark.parametrize("step", [2, 4, 7])
def test_a_first_start_that_was_cut_short_leaves_no_inbox_away(tmp_path: Path, step: int) -> None:
    (tmp_path / "inbox").mkdir()
    settings = Settings(ROOT, tmp_path / "inbox", tmp_path / "outbox", tmp_path / "state", SETTLE_SECONDS)
    assert ends_after(step, lambda: Office(settings))
    assert not Office(settings).inbox.look().away
