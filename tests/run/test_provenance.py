"""What is kept of every reading of a scan: where it stood, who read it and how sure, and its picture."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pipeline.model import Outcome
from tests.run.office import ROOT, AnOffice

pytestmark = pytest.mark.slow
SCAN = ROOT / "forms/assessment-summary/2026-11/samples/saoirse-omalley-tran.scan-upside-down.jpg"
PICTURE_BYTES = 30_000


def test_every_reading_of_a_scan_keeps_its_place_its_readers_and_its_picture(tmp_path: Path) -> None:
    office = AnOffice.at(tmp_path)
    (part,) = office.drop(SCAN.read_bytes(), SCAN.name)
    deposit = office.office.archive.deposit(part.path)
    sizes = {file.name: file.size for file in deposit.files}
    readings = json.loads(office.office.archive.read(deposit, "paper.json"))["readings"]
    read = [reading for reading in readings if reading["method"] == "recognised"]

    assert part.outcome is Outcome.HELD
    assert len(read) > 10
    for reading in readings:
        assert reading["page"] == reading["source_page"] == 1
        assert len(reading["box"]) == 4
        assert re.fullmatch(r"[01]\.\d{3}", reading["confidence"])
        assert 0 < sizes[reading["crop"]] <= PICTURE_BYTES
        assert office.office.archive.read(deposit, reading["crop"]).startswith(b"\x89PNG")
    for reading in read:
        assert all(re.fullmatch(r"[\w.-]+:[0-9a-f]{16}", model) for model in reading["models"])
        assert len(reading["models"]) >= 2
        assert {"reader", "text", "confidence"} == set().union(*reading["votes"])
