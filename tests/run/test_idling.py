"""A look at which nothing is new costs little; whatever changes after one is noticed at the next all the same."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from pipeline.ledger import open_ledger
from pipeline.model import Outcome, Reason
from pipeline.run import story
from pipeline.run.office import Office, Settings
from tests.office import pdf
from tests.run.office import ROOT, SETTLE_SECONDS, prepared_state

NOON = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)  # in the office


class Idle:
    """An office with one held paper whose sheet lies in needs-attention, after a look at which nothing was new."""

    def __init__(self, root: Path) -> None:
        (root / "state").mkdir()
        prepared_state(root / "state")
        self.time = NOON
        settings = Settings(ROOT, root / "inbox", root / "outbox", root / "state", SETTLE_SECONDS)
        self.office = Office(settings, lambda: self.time)
        (settings.inbox / "scan.pdf").write_bytes(pdf(1))
        self.rest()

    def rest(self) -> None:
        """Looks until nothing is new."""
        for _ in range(12):
            if self.asked_of("parts") == 0:
                return
            time.sleep(2 * SETTLE_SECONDS)
        raise AssertionError("it never comes to rest")

    @property
    def sheet(self) -> Path:
        (sheet,) = (self.office.folders.inbox / "needs-attention").glob("*.pdf")
        return sheet

    @property
    def page(self) -> str:
        return (self.office.folders.inbox / "STATUS.html").read_text()

    def look(self) -> story.Round:
        return story.once(self.office)

    def asked_of(self, table: str) -> int:
        """How many questions about a table one look asks the ledger."""
        with statements() as asked:
            self.look()
        return sum(f"FROM {table}" in each for each in asked)


@contextmanager
def statements() -> Iterator[list[str]]:
    asked: list[str] = []

    def heard(connection: object, cursor: object, statement: str, *_: object) -> None:
        asked.append(" ".join(statement.split()))

    event.listen(Engine, "before_cursor_execute", heard)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", heard)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Idle:
    return Idle(tmp_path_factory.mktemp("office"))


@pytest.fixture
def idle(office: Idle) -> Idle:
    """The office of all tests that leave its paper waiting."""
    office.time = NOON
    office.rest()
    return office


@pytest.fixture
def own(tmp_path: Path) -> Idle:
    """An office for one test."""
    return Idle(tmp_path)


def test_the_page_says_each_time_when_the_program_last_looked(idle: Idle) -> None:
    before = idle.page
    idle.time += timedelta(minutes=1)
    assert idle.asked_of("sheets") == 0
    assert idle.page == before.replace("12:00:00 PM", "12:01:00 PM").replace("12:05 PM", "12:06 PM").replace(
        "just now", "1 minute"
    )


def test_a_sheet_that_was_deleted_comes_back(idle: Idle) -> None:
    sheet = idle.sheet
    data = sheet.read_bytes()
    sheet.unlink()
    idle.look()
    assert sheet.read_bytes() == data


def test_a_sheet_that_was_renamed_is_there_again_under_its_own_name(idle: Idle) -> None:
    sheet = idle.sheet
    renamed = sheet.rename(sheet.with_name("mine.pdf"))
    idle.look()
    assert sheet.is_file()
    renamed.unlink()


def test_a_sheet_that_a_person_saved_is_taken_in(own: Idle) -> None:
    own.sheet.write_bytes(pdf(2))
    for _ in range(4):
        own.look()
        time.sleep(2 * SETTLE_SECONDS)
    with own.office.ledger.reading() as tx:
        assert len(tx.drops()) == 2


def test_what_another_process_records_is_shown_and_its_sheet_goes(own: Idle) -> None:
    other = open_ledger(own.office.folders.state)
    with other.transaction() as tx:
        (part,) = tx.parts()
        tx.put_part(replace(part, outcome=Outcome.REFUSED, reasons=(Reason.DISMISSED,)))
    other.close()
    sheet = own.sheet
    assert "Nothing needs your attention." not in own.page
    own.look()
    assert not sheet.exists()
    assert "Nothing needs your attention." in own.page


def test_a_job_that_another_process_adds_is_taken(idle: Idle) -> None:
    other = open_ledger(idle.office.folders.state)
    with other.transaction() as tx:
        (drop,) = tx.drops()
        tx.add_job(f"drop:{drop.id}x", "drop")
    idle.look()
    with other.reading() as tx:
        job = tx.job(f"drop:{drop.id}x")
    other.close()
    assert job is not None
    assert job.attempts == 1


def test_a_new_day_begins_at_midnight(idle: Idle) -> None:
    assert "<dt>Not taken today</dt><dd>1</dd>" in idle.page
    idle.time += timedelta(hours=12)
    idle.look()
    assert "<dt>Not taken today</dt><dd>0</dd>" in idle.page


def test_what_goes_wrong_and_what_cannot_be_taken_in_is_on_the_page_at_once(idle: Idle) -> None:
    os.symlink("/etc/hostname", idle.office.folders.inbox / "link.pdf")
    idle.office.troubles.note("machine", "Something is wrong.")
    idle.look()
    assert "Something is wrong." in idle.page
    assert "1 thing in the inbox cannot be taken in" in idle.page
    (idle.office.folders.inbox / "link.pdf").unlink()
    idle.office.troubles.over("machine")
    idle.look()
    assert 'class="alert"' not in idle.page


def test_what_failed_is_tried_again_though_nothing_else_has_changed(idle: Idle) -> None:
    (kept,) = idle.office.folders.outbox.glob("held/*/*/sheet.pdf")
    data, sheet, mode = kept.read_bytes(), idle.sheet, kept.stat().st_mode
    kept.chmod(0o600)
    kept.write_bytes(b"damaged")
    sheet.unlink()
    for _ in range(2):
        idle.look()
        assert "Putting a sheet into needs-attention" in idle.page
    kept.write_bytes(data)
    kept.chmod(mode)
    idle.look()
    assert sheet.read_bytes() == data
    assert 'class="alert"' not in idle.page


def test_a_sheet_that_could_not_be_read_is_looked_at_again(
    own: Idle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy of a settled sheet, held by the program that shows it: it leaves once it is let go."""
    sheet = own.sheet
    copy = sheet.with_name("copy.pdf")
    copy.write_bytes(sheet.read_bytes())
    with own.office.ledger.transaction() as tx:
        (part,) = tx.parts()
        tx.put_part(replace(part, outcome=Outcome.REFUSED, reasons=(Reason.DISMISSED,)))
    with monkeypatch.context() as held:
        held.setattr(type(own.office.inbox), "_hash_sheet", lambda *_: "")
        for _ in range(4):
            own.look()
            time.sleep(2 * SETTLE_SECONDS)
        assert copy.is_file()
    own.look()
    assert not copy.exists()
