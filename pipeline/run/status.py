"""STATUS.html in the inbox: counts, what waits, and when the program last looked. No names of people."""

from __future__ import annotations

from html import escape

from pipeline.inbox import Look
from pipeline.run.office import Office


def write_status(office: Office, look: Look) -> None:
    with office.ledger.reading() as tx:
        counts = tx.outcome_counts()
    lines = "".join(f"<li>{escape(outcome.value)}: {count}</li>" for outcome, count in counts.items())
    office.inbox.write_status(f"<!doctype html><title>Status</title><ul>{lines}</ul>".encode())
