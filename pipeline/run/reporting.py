"""Reports in the archive: what a batch or a list of the whole office came to. The same report is kept once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pipeline.archive import report_path
from pipeline.model import DepositKind, short_id
from pipeline.run.office import Office
from pipeline.values import Json


def keep(
    office: Office, report: str, day: date, name: str, data: bytes, about: Mapping[str, Json] | None = None
) -> str:
    """The path of the report in the archive. report: its kind; name: of its one file."""
    report_id = short_id("report", report, data)
    path = report_path(day, report, report_id)
    with office.ledger.reading() as tx:
        known = tx.deposit(path)
    if known is None:
        office.books.publish(
            DepositKind.REPORT,
            path,
            {name: data},
            id=report_id,
            inputs={"report": report_id},
            about={"report": report, **(about or {})},
        )
    return path
