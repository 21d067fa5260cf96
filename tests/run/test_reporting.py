"""Reports are kept once, and every instant in the archive is written the same way."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from pipeline.cli.show import drop_json
from pipeline.run.acts import set_status
from pipeline.run.annual import Review, ReviewResult, due_by_coordinator, keep_report
from pipeline.run.duelist import keep_due_list
from pipeline.values import Month
from tests.run.office import AnOffice, on_a_screen

DAY = date(2026, 12, 1)
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[^\"]*")


@pytest.fixture
def office(tmp_path: Path) -> AnOffice:
    return AnOffice.at(tmp_path)


def reports(office: AnOffice) -> list[str]:
    return sorted(path.name for path in (office.root / "outbox" / "reports").iterdir())


def test_the_same_report_is_kept_once_and_another_beside_it(office: AnOffice) -> None:
    made = (ReviewResult("C-00000000", Review.MADE, "cases/x", 2),)
    first = keep_report(office.office, Month(2027, 1), DAY, made)
    assert keep_report(office.office, Month(2027, 1), DAY, made) == first
    other = keep_report(office.office, Month(2027, 1), DAY, ())
    assert reports(office) == sorted(Path(path).name for path in (first, other))
    kept = json.loads((office.root / "outbox" / first / "report.json").read_bytes())
    assert [result["case"] for result in kept["results"]] == ["C-00000000"]


def test_a_due_list_is_kept_once(office: AnOffice) -> None:
    lists = due_by_coordinator(office.office, DAY, 90)
    first = keep_due_list(office.office, DAY, lists)
    assert keep_due_list(office.office, DAY, lists) == first
    assert reports(office) == [Path(first).name]
    assert first.startswith("reports/2026-12-01-due-")


@pytest.mark.slow
def test_every_instant_that_is_written_is_in_utc_with_z(office: AnOffice) -> None:
    (part,) = office.drop(on_a_screen("intake", 2))
    office.drop(on_a_screen("intake", 4, {"birth_date": ""}))
    set_status(office.office, part.case, "closed", by="JM", reason="moved")
    with office.office.ledger.reading() as tx:
        told = [json.dumps(drop_json(row, ())) for row in tx.drops()]
    folders = (office.root / "outbox", office.root / "state")
    files = [path for folder in folders for path in folder.rglob("*.json*") if path.is_file()]
    found = {
        (where, instant)
        for where, text in [
            *((path.name, path.read_text()) for path in files),
            *(("drops", text) for text in told),
        ]
        for instant in INSTANT.findall(text)
    }
    assert {where for where, _ in found} >= {
        "manifest.json",
        "act.json",
        "paper.json",
        "submission.json",
        "log.jsonl",
    }
    assert [each for each in found if not each[1].endswith("Z")] == []
