"""The whole service on a real folder with a real clock: what is dropped while it runs is received once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from pipeline.archive import Books
from pipeline.inbox import Doorbell, Inbox, StillChanging, serve
from tests.office import Office, keep, pdf


class Service:
    """`serve` in a thread, with a bell, until a number of drops is kept."""

    def __init__(self, office: Office, until: int) -> None:
        self.office = office
        self.until = until
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
        for claim in [*look.claims, *(claim for each in look.ready if (claim := inbox.claim(each)))]:
            try:
                received = inbox.receive(claim, self.office.scratch)
            except StillChanging:
                continue
            keep(books, received)
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


@pytest.mark.slow
def test_whatever_way_a_file_comes_it_is_received_whole_and_once(tmp_path: Path) -> None:
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
        assert service.bell.rings
    assert not service.thread.is_alive()
    books = office.books()
    assert books.verify(read_data=True) == ()
    with books.ledger.reading() as tx:
        drops = tx.drops()
        assert len(drops) == len({drop.sha256 for drop in drops}) == 205
        assert {drop.batch for drop in drops} == {"", "batch"}
    assert [path for path in inbox.rglob("*") if path.is_file()] == []


@pytest.mark.slow
def test_a_slow_copy_is_received_once_and_whole(tmp_path: Path) -> None:
    office = Office.at(tmp_path)
    whole = b"%PDF-1.4\n" + bytes(range(256)) * 400 + b"\n%%EOF\n"
    with Service(office, until=1) as service:
        with (office.inbox_folder / "scan.pdf").open("wb") as copy:
            for start in range(0, len(whole), 20_000):
                copy.write(whole[start : start + 20_000])
                copy.flush()
                assert not service.reached.wait(0.5)
        assert service.reached.wait(30)
    (deposit,) = office.books().archive.deposits()
    assert office.books().archive.read(deposit, "original.pdf") == whole
