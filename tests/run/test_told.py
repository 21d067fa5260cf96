"""What STATUS.html tells of the door and of the backup, in words that a clerk can pass on and that name nobody."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from datetime import timedelta as age
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeline.inbox import Refused
from pipeline.model import Reason
from pipeline.run.backupwatch import ASK_AGAIN_SECONDS, HANGS, BackupWatch
from pipeline.run.doctor import Examined, Health
from pipeline.run.office import Office, Settings
from pipeline.run.refusals import refusal_words
from pipeline.run.status import write_status
from tests.office import Clock
from tests.pages import ROOT
from tests.run.test_machine import NOW, written

ZONE = ZoneInfo("America/Chicago")
MORNING = datetime(2026, 11, 27, 15, 40, tzinfo=UTC).timestamp()
LINK, GIANT = "a link, pipe, device or unreadable folder", "a file of more than 256 MB"


def refused(name: str, detail: str = LINK, changed_at: float | None = MORNING) -> Refused:
    return Refused(name, Reason.NOT_A_FILE, detail, changed_at)


def test_what_is_refused_at_the_door_is_told_by_kind_place_and_day_and_not_by_name() -> None:
    told = refusal_words([refused("Ann Smith.lnk"), refused("reyes/Zoe Smith.pdf", GIANT)], ZONE)
    assert told == (
        "2 things in the inbox cannot be taken in: a link, pipe, device or unreadable folder, in the inbox itself, "
        "last changed 11/27/2026 9:40 AM; a file of more than 256 MB, in a folder of the inbox, "
        "last changed 11/27/2026 9:40 AM. They stay where they are; sort the folder by date to find them."
    )


@pytest.mark.parametrize("changed_at", [None, 1e300, -1e17])
def test_a_date_that_no_calendar_has_is_left_out(changed_at: float | None) -> None:
    told = refusal_words([refused("a", changed_at=changed_at)], ZONE)
    assert told.startswith("1 thing in the inbox cannot be taken in: a link")
    assert "changed" not in told


def test_of_very_many_a_few_kinds_are_told() -> None:
    same = [refused(f"{number}.lnk") for number in range(40)]
    others = [refused("a", changed_at=MORNING + 60 * number) for number in range(1, 9)]
    told = refusal_words([*same, *others], ZONE)
    assert told.startswith("48 things")
    assert "9:40 AM (40 of them)" in told
    assert "; and others." in told
    assert refusal_words([], ZONE) == ""


def test_a_backup_that_is_too_old_is_told_and_asked_about_again_after_an_hour(tmp_path: Path) -> None:
    clock, done = Clock(), written(tmp_path / "done", age(days=9))
    watch = BackupWatch(done, lambda: NOW, clock)
    watch.alert()
    settle(watch)
    assert watch.alert() == "Backup: 9 days old. Please tell the person who looks after this program."
    written(done, age(hours=1))
    assert "9 days" in watch.alert()
    clock.turn(ASK_AGAIN_SECONDS)
    watch.alert()
    settle(watch)
    assert watch.alert() == ""


def test_a_backup_that_was_never_made_is_told_and_one_that_nobody_named_is_not(tmp_path: Path) -> None:
    never, unnamed = BackupWatch(tmp_path / "gone", lambda: NOW), BackupWatch(None, lambda: NOW)
    never.alert()
    settle(never)
    assert "cannot be seen" in never.alert()
    assert unnamed.alert() == ""


@pytest.fixture
def stuck() -> Iterator[threading.Event]:
    stuck = threading.Event()
    yield stuck
    stuck.set()


def test_a_disk_of_the_backup_that_hangs_keeps_nobody_waiting(tmp_path: Path, stuck: threading.Event) -> None:
    def hangs(place: Path, now: datetime) -> Examined:
        stuck.wait(30)
        return Examined("Backup: less than an hour old", Health.GOOD)

    clock = Clock()
    watch = BackupWatch(tmp_path, lambda: NOW, clock, hangs)
    assert watch.alert() == ""
    clock.turn(ASK_AGAIN_SECONDS)
    assert watch.alert() == HANGS


def settle(watch: BackupWatch) -> None:
    """Waits for the thread that asks."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.daemon and thread.name == "backup":
            thread.join(10)


def test_the_page_tells_of_the_backup(tmp_path: Path) -> None:
    for name in ("inbox", "outbox", "state"):
        (tmp_path / name).mkdir(mode=0o700)
    office = Office(Settings(ROOT, tmp_path / "inbox", tmp_path / "outbox", tmp_path / "state"))
    office.backup = BackupWatch(tmp_path / "gone", lambda: NOW)
    office.backup.alert()
    settle(office.backup)
    write_status(office)
    assert "gone cannot be seen. Please tell the person" in (tmp_path / "inbox" / "STATUS.html").read_text()
