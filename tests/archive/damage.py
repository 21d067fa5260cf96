"""Damage done to an office by hand."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tests.office import Office


def one(office: Office, pattern: str) -> Path:
    return sorted(office.outbox.glob(pattern))[0]


def lose_the_end_of_the_journal(office: Office) -> None:
    segment = one(office, "journal/*")
    segment.write_bytes(b"".join(segment.read_bytes().splitlines(keepends=True)[:-1]))


def change_the_ledger(office: Office, statement: str) -> None:
    raw = sqlite3.connect(office.root / "state" / "ledger.db")
    raw.execute(statement)
    raw.commit()
    raw.close()
