"""Writes the ledger of this program down as SQL, so that later programs can prove that they open it:

    python -m tests.ledger.freeze > tests/ledger/version-2.sql      before the format changes

Invented data, with work in every state: two drops filed and held, one withdrawn form, a packet, and a job of each
kind below. The clock of the leases stands at 1,000 ms of a boot named "frozen".
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from pipeline.archive import Archive, Books, act_path, packet_path
from pipeline.ledger import Identifier, open_ledger
from pipeline.model import DepositKind, Drop
from pipeline.values import Json
from tests.office import NOON, Office, file_submission, pdf, serve_once

BOOT, CLOCK_MS = "frozen", 1_000
READY, LAPSED, LIVE, WAITING, POISONED = "D-ready", "D-lapsed", "D-live", "D-waiting", "D-poisoned"
OWNER = "no-such-machine/1/1"  # of another machine, so that nobody takes it for dead
CASE = "C-00000002"


def frozen(root: Path) -> Iterator[str]:
    """The ledger as SQL, line by line."""
    office = Office.at(root)
    for number in range(2):
        (office.inbox_folder / f"scan {number}.pdf").write_bytes(pdf(number))
    serve_once(office)
    ledger = open_ledger(root / "state", lambda: CLOCK_MS, BOOT)
    books = Books(Archive(office.outbox), ledger, lambda: NOON)
    dmh = Identifier("dmh_id", "1234567", unique=True)
    filed = file_submission(books, "D1", "P1", case=CASE, identifiers=[dmh])
    wrong = file_submission(books, "D1", "P2", case=CASE)
    _packet(books, filed)
    _withdrawal(books, wrong)
    _jobs(books, office.scratch / "copy")
    ledger.close()
    raw = sqlite3.connect(root / "state" / "ledger.db")
    yield from raw.iterdump()
    raw.close()


def _packet(books: Books, submission: str) -> None:
    about: dict[str, Json] = {"case": CASE, "name": "isp", "as_of": "2026-11-22", "status": "draft"}
    books.publish(
        DepositKind.PACKET,
        packet_path(CASE, NOON.date(), "isp", "K1"),
        {"plan.docx": b"word"},
        id="K1",
        inputs={"t": "1"},
        about={**about, "uses": [submission]},
    )


def _withdrawal(books: Books, submission: str) -> None:
    books.publish(
        DepositKind.ACT,
        act_path(CASE, NOON.date(), "withdraw", "A1"),
        {"act.json": b"{}"},
        id="A1",
        inputs={"act": "withdraw"},
        about={"act": "withdraw", "case": CASE, "target": submission},
    )


def _jobs(books: Books, copy: Path) -> None:
    for drop in (READY, LAPSED, LIVE, WAITING, POISONED):
        copy.write_bytes(drop.encode())
        digest = sha256(drop.encode()).hexdigest()
        kept = Drop(drop, digest, len(drop), NOON, "scan.pdf", "")
        books.keep_original(kept, copy, "pdf", "inbox", NOON.date())
    with books.ledger.transaction() as tx:
        tx.take_job(f"drop:{LAPSED}", OWNER, lease_seconds=60)
        tx.take_job(f"drop:{LIVE}", OWNER, lease_seconds=3600)
        waiting = tx.take_job(f"drop:{WAITING}", OWNER)
        assert waiting is not None
        tx.give_back_job(waiting, "ValueError", after_seconds=30, counts=True)
        while (job := tx.take_job(f"drop:{POISONED}", OWNER)) is not None:
            tx.give_back_job(job, "ValueError", counts=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.writelines(f"{line}\n" for line in frozen(Path(folder)))


if __name__ == "__main__":
    main()
