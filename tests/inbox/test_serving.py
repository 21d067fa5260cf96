"""The whole service on a real folder with a real clock: what is dropped while it runs is received once."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.archive import Books
from pipeline.inbox import Claim, Doorbell, Inbox, StillChanging, serve, watch
from tests.office import Office, keep, pdf


class Service:
    """`serve` in a thread, with a bell, until a number of drops is kept.

    listed, copied: what somebody does to a file that was seen and is about to be claimed, or was copied just now
    """

    def __init__(
        self,
        office: Office,
        until: int,
        listed: Callable[[Path], None] = lambda place: None,
        copied: Callable[[Claim], None] = lambda claim: None,
    ) -> None:
        self.office = office
        self.until = until
        self.listed = listed
        self.copied = copied
        self.kept = 0
        self.reached = threading.Event()
        self.stop = threading.Event()
        self.bell = Doorbell(office.inbox_folder)
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        inbox, books = Inbox(self.office.inbox_folder, settle_seconds=0.3), self.office.books()
        serve(lambda: self._look(inbox, books), self.bell, self.stop, every_seconds=5)

    def _look(self, inbox: Inbox, books: Books) -> float:
        look = inbox.look()
        for each in look.ready:
            self.listed(self.office.inbox_folder / each.listed.name)
        for claim in [*look.claims, *(claim for each in look.ready if (claim := inbox.claim(each)))]:
            try:
                received = inbox.receive(claim, self.office.scratch)
            except StillChanging:
                continue
            keep(books, received)
            self.copied(claim)
            self.kept += inbox.finish(claim, received)
        if self.kept >= self.until:
            self.reached.set()
        return look.next_look_seconds

    def __enter__(self) -> Service:
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop.set()
        self.bell.ring()
        self.thread.join(20)


@pytest.fixture(params=["events", "polling"])
def rings(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the folder rings; a share does not, and is looked at every few seconds."""
    if request.param == "polling":
        monkeypatch.setattr(watch, "on_network_share", lambda _: True)
        monkeypatch.setattr(watch, "WITHOUT_BELL_SECONDS", 0.5)
    return bool(request.param == "events")


@pytest.mark.slow
def test_whatever_way_a_file_comes_it_is_received_whole_and_once(tmp_path: Path, rings: bool) -> None:
    office = Office.at(tmp_path)
    inbox, moved = office.inbox_folder, tmp_path / "from the scanner"
    (inbox / "before the start.pdf").write_bytes(pdf(1000))
    with Service(office, until=205) as service:
        for number in range(200):
            (inbox / f"{number}.pdf").write_bytes(pdf(number))
        moved.mkdir()
        for number in range(3):
            (moved / "same name.pdf").with_stem(f"same name {number}").write_bytes(pdf(2000 + number))
        moved.rename(inbox / "batch")
        (inbox / "a.pdf.part").write_bytes(pdf(3000))
        (inbox / "a.pdf.part").rename(inbox / "a.pdf")
        assert service.reached.wait(60)
        assert service.bell.rings == rings
    assert not service.thread.is_alive()
    books = office.books()
    assert books.verify(read_data=True) == ()
    with books.ledger.reading() as tx:
        drops = tx.drops()
        assert len(drops) == len({drop.sha256 for drop in drops}) == 205
        assert {drop.batch for drop in drops} == {"", "batch"}
    assert [path for path in inbox.rglob("*") if path.is_file()] == []


@pytest.mark.slow
def test_a_slow_copy_is_received_once_and_whole(tmp_path: Path, rings: bool) -> None:
    office = Office.at(tmp_path)
    whole = b"%PDF-1.4\n" + bytes(range(256)) * 400 + b"\n%%EOF\n"
    with Service(office, until=1) as service:
        assert rings or not service.bell.rings
        with (office.inbox_folder / "scan.pdf").open("wb") as copy:
            for start in range(0, len(whole), 20_000):
                copy.write(whole[start : start + 20_000])
                copy.flush()
                assert not service.reached.wait(0.5)
        assert service.reached.wait(30)
    (deposit,) = office.books().archive.deposits()
    assert office.books().archive.read(deposit, "original.pdf") == whole


@pytest.mark.slow
def test_a_scan_that_grows_is_renamed_or_goes_under_our_hands_is_kept_as_it_ended(
    tmp_path: Path, rings: bool
) -> None:
    office, grown = Office.at(tmp_path), [pdf(5)]

    def listed(place: Path) -> None:
        if place.name == "old name.pdf":
            place.rename(place.with_name("new name.pdf"))
        elif place.name == "goes before.pdf":
            place.unlink()

    def copied(claim: Claim) -> None:
        if claim.name == "grows.pdf" and grown:
            claim.file.write_bytes(claim.file.read_bytes() + grown.pop())
        elif claim.name == "goes after.pdf":
            claim.file.unlink()

    with Service(office, 3, listed, copied) as service:
        for number, name in enumerate(("grows", "old name", "goes before", "goes after"), start=1):
            (office.inbox_folder / f"{name}.pdf").write_bytes(pdf(number))
        assert service.reached.wait(30)
        assert service.bell.rings == rings
    books = office.books()
    with books.ledger.reading() as tx:
        came = {
            (drop.name, books.archive.read(books.archive.deposit(drop.path), "original.pdf"))
            for drop in tx.drops()
        }
        assert len(tx.drops()) == len(came)
    whole = pdf(1) + pdf(5)
    assert came == {
        ("grows.pdf", pdf(1)),
        ("grows.pdf", whole),
        ("new name.pdf", pdf(2)),
        ("goes after.pdf", pdf(4)),
    }
    assert books.verify(read_data=True) == ()
    assert [path for path in office.inbox_folder.rglob("*") if path.is_file()] == []


# Names and things that a folder of papers gets to see. Source: the cases that existing watchers fail.
NAMES = (
    b"-rf.pdf",
    b" leading and trailing .pdf ",
    b"CON.pdf",
    b"new\nline.pdf",
    b"\xff\xfe.pdf",
    "e\u0301 decomposed.PDF".encode(),
    "\u00e9 composed.PDF".encode(),
    "right\u202eto-left.pdf".encode(),
    b"100% #1 & 'two'.pdf",
    b"scan.pdf",
    b"SCAN.pdf",
    b"n" * 251 + b".pdf",
)
JUNK = (
    ".DS_Store",
    "._scan.pdf",
    "Thumbs.db",
    "desktop.ini",
    "~$isp.docx",
    ".~lock.isp.docx#",
    "x.crdownload",
)


@pytest.mark.slow
def test_odd_names_odd_times_and_odd_things_lose_nothing(tmp_path: Path, rings: bool) -> None:
    office, outside = Office.at(tmp_path), tmp_path / "outside.pdf"
    inbox = office.inbox_folder
    outside.write_bytes(pdf(9000))
    papers = {name: pdf(number) for number, name in enumerate(NAMES)}
    with Service(office, until=len(NAMES) + 7) as service:
        for name, data in papers.items():
            (inbox / os.fsdecode(name)).write_bytes(data)
        for number, moment in enumerate((0, 4_070_908_800)):  # 1970 and 2099
            (inbox / f"dated {number}.pdf").write_bytes(pdf(100 + number))
            os.utime(inbox / f"dated {number}.pdf", (moment, moment))
        (inbox / "a" / "b" / "c").mkdir(parents=True)
        (inbox / "a" / "b" / "c" / "deep.pdf").write_bytes(pdf(200))
        (inbox / "folder.pdf").mkdir()
        (inbox / "folder.pdf" / "in it.pdf").write_bytes(pdf(201))
        (inbox / "letter.msg").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100))
        with (inbox / "sparse.bin").open("wb") as sparse:
            sparse.truncate(8 << 20)
            sparse.seek(0, 2)
            sparse.write(b"end")
        for junk in JUNK:
            (inbox / junk).write_bytes(b"junk")
        os.mkfifo(inbox / "pipe.pdf")
        (inbox / "link.pdf").symlink_to(outside)
        (inbox / "loop.pdf").symlink_to(inbox / "loop.pdf")
        os.link(outside, inbox / "second name.pdf")
        for page in range(3):  # a scanner that writes a whole file after each page
            (inbox / "grows.pdf").write_bytes(pdf(300 + page) * (page + 1))
            time.sleep(0.2)
        gone = inbox / "taken back.pdf"
        gone.write_bytes(pdf(400))
        gone.unlink()
        assert service.reached.wait(60), service.kept
        time.sleep(1.0)
    assert not service.thread.is_alive()
    books = office.books()
    assert books.verify(read_data=True) == ()
    with books.ledger.reading() as tx:
        drops = tx.drops()
    assert len(drops) == len(NAMES) + 7
    whole = hashlib.sha256(pdf(302) * 3).hexdigest()
    assert whole in {drop.sha256 for drop in drops}
    assert {hashlib.sha256(data).hexdigest() for data in papers.values()} <= {drop.sha256 for drop in drops}
    assert hashlib.sha256(outside.read_bytes()).hexdigest() not in {drop.sha256 for drop in drops}
    left = {path.name for path in inbox.iterdir() if not path.is_dir()}
    assert left == {*JUNK, "pipe.pdf", "link.pdf", "loop.pdf", "second name.pdf"}
    look = Inbox(inbox, settle_seconds=0.0).look()
    assert len(look.refused) == 4


@pytest.mark.slow
def test_a_share_that_goes_away_and_comes_back_loses_and_repeats_nothing(tmp_path: Path, rings: bool) -> None:
    office = Office.at(tmp_path)
    with Service(office, until=2) as service:
        (office.inbox_folder / "first.pdf").write_bytes(pdf(1))
        while service.kept < 1:
            time.sleep(0.1)
        office.inbox_folder.rename(tmp_path / "mounted")
        time.sleep(0.7)
        office.inbox_folder.mkdir()  # the bare mount point
        time.sleep(0.7)
        assert list(office.inbox_folder.iterdir()) == []
        office.inbox_folder.rmdir()
        (tmp_path / "mounted").rename(office.inbox_folder)
        (office.inbox_folder / "second.pdf").write_bytes(pdf(2))
        assert service.reached.wait(30)
    with office.books().ledger.reading() as tx:
        assert len(tx.drops()) == 2


@pytest.mark.slow
def test_a_changed_mind_and_one_name_twice_lose_and_repeat_nothing(tmp_path: Path, rings: bool) -> None:
    office = Office.at(tmp_path)
    inbox = office.inbox_folder
    with Service(office, until=5) as service:
        assert rings or not service.bell.rings
        (inbox / "written over.pdf").write_bytes(pdf(1))
        (inbox / "written over.pdf").write_bytes(pdf(2))
        for name in ("same bytes.pdf", "same bytes (1).pdf"):
            (inbox / name).write_bytes(pdf(3))
        for number, batch in enumerate(("monday", "tuesday")):
            (inbox / batch).mkdir()
            (inbox / batch / "scan.pdf").write_bytes(pdf(4 + number))
        (inbox / "no bytes.pdf").touch()
        assert service.reached.wait(30)
        assert (inbox / "no bytes.pdf").exists(), "it waits: a copy may just have begun"
    with office.books().ledger.reading() as tx:
        drops = tx.drops()
    dropped = [pdf(2), pdf(3), pdf(3), pdf(4), pdf(5)]
    assert sorted(drop.sha256 for drop in drops) == sorted(
        hashlib.sha256(data).hexdigest() for data in dropped
    )
    assert sorted(drop.batch for drop in drops if drop.name == "scan.pdf") == ["monday", "tuesday"]
