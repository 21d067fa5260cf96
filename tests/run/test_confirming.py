"""Handwriting that was filed waits on a confirm list; it holds nothing up but a final packet."""

from __future__ import annotations

import io
import json
from pathlib import Path
from urllib.parse import quote

import pytest
from pypdf import PdfReader

from pipeline.ledger import SubmissionRow
from pipeline.model import Method, Outcome, Reason
from pipeline.run.acts import Refused
from pipeline.run.confirming import confirm, unconfirmed
from tests.paper.fill import on_screen
from tests.run.office import ROOT, AnOffice

pytestmark = pytest.mark.slow
SCANS = sorted(ROOT.glob("forms/*/2026-11/samples/*.scan-*"))


@pytest.fixture
def waiting(tmp_path: Path) -> tuple[AnOffice, SubmissionRow]:
    """An office with a filed scan whose handwriting nobody has confirmed."""
    office = AnOffice.at(tmp_path)
    for path in sorted(ROOT.glob("forms/intake/2026-11/samples/*")) + SCANS:
        if path.suffix == ".yaml" or "hand" in path.name:
            continue
        office.drop(path.read_bytes(), path.name)
        with office.office.ledger.reading() as tx:
            rows = tx.submissions()
        for row in rows:
            if unconfirmed(office.office, row):
                return office, row
    pytest.fail("no sample scan has handwriting to confirm")


def list_of(office: AnOffice, row: SubmissionRow) -> Path:
    [path] = office.attention.glob(f"*To confirm*{row.id[:6]}*.pdf")
    return path


def filled(path: Path, changes: dict[str, str]) -> bytes:
    return on_screen(path, changes)


def test_a_finished_list_confirms_what_was_ticked_and_goes_away(
    waiting: tuple[AnOffice, SubmissionRow],
) -> None:
    office, row = waiting
    sheet = list_of(office, row)
    assert "<dd>1</dd>" in office.status.partition("Lists to confirm")[2][:30]
    assert quote(sheet.name) in office.status
    names = (PdfReader(io.BytesIO(sheet.read_bytes())).get_fields() or {}).keys()
    ticks = {name: "on" for name in names if name.startswith("right.")}
    sheet.write_bytes(filled(sheet, {**ticks, "finished": "on", "initials": "JM"}))
    [part] = office.take()
    assert (part.outcome, part.submission) == (Outcome.ACTED, row.id)
    assert unconfirmed(office.office, row) == frozenset()
    assert not sheet.exists()
    assert quote(sheet.name) not in office.status


def test_a_list_saved_without_the_finished_tick_confirms_nothing(
    waiting: tuple[AnOffice, SubmissionRow],
) -> None:
    office, row = waiting
    before = unconfirmed(office.office, row)
    sheet = list_of(office, row)
    sheet.write_bytes(filled(sheet, {"right.1": "on"}))
    [part] = office.take()
    assert (part.outcome, part.reasons) == (Outcome.ACTED, (Reason.SHEET_UNFINISHED,))
    assert unconfirmed(office.office, row) == before
    assert sheet.exists()


def test_a_deleted_list_comes_back(waiting: tuple[AnOffice, SubmissionRow]) -> None:
    office, row = waiting
    sheet = list_of(office, row)
    data = sheet.read_bytes()
    sheet.unlink()
    office.take()
    assert sheet.read_bytes() == data


def test_a_text_mended_on_the_list_is_what_the_record_says(waiting: tuple[AnOffice, SubmissionRow]) -> None:
    office, row = waiting
    stored = json.loads(
        office.office.archive.read(office.office.archive.deposit(row.path), "submission.json")
    )
    narrative = [
        fact
        for fact in stored["facts"]
        if fact["kind"] == "narrative" and fact["field"] in unconfirmed(office.office, row)
    ]
    assert narrative, "the first sample with something to confirm has no narrative any more"
    confirm(
        office.office,
        row.id,
        by="JM",
        fields=[narrative[0]["field"]],
        mended={narrative[0]["field"]: "As mended."},
    )
    fact = office.office.record(row.case).fact(narrative[0]["place"], narrative[0]["scope"])
    assert fact is not None
    assert (fact.value, fact.sources[0].method, fact.sources[0].actor) == (
        "As mended.",
        Method.CORRECTION,
        "JM",
    )


def test_the_command_confirms_everything_once(waiting: tuple[AnOffice, SubmissionRow]) -> None:
    office, row = waiting
    assert set(confirm(office.office, row.id, by="JM")) == set(confirm_fields(office, row))
    with pytest.raises(Refused):
        confirm(office.office, row.id, by="JM")


def confirm_fields(office: AnOffice, row: SubmissionRow) -> list[str]:
    stored = json.loads(
        office.office.archive.read(office.office.archive.deposit(row.path), "submission.json")
    )
    return [
        path
        for warning in stored["warnings"]
        if warning["reason"] == Reason.HANDWRITTEN_NARRATIVE
        for path in warning["fields"]
    ]
