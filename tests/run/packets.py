"""An office with one sample person's forms filed, and what tests do with its packets."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from pipeline.ledger import PacketRow
from pipeline.run import depositing, printing
from pipeline.run.depositing import MadePacket
from pipeline.run.packeting import make_packet
from tests.paper.screen import on_screen
from tests.run.office import ROOT, AnOffice, blank_of

SAMPLES = sorted(ROOT.glob("forms/*/2026-11/samples/marisol-*.screen.pdf"))
BY = "APT"


def with_everything_filed(root: Path) -> AnOffice:
    """An office of its own in which every form of one sample person is filed."""
    return AnOffice.copied("everything-filed", _file_everything, root)


def _file_everything(office: AnOffice) -> None:
    for number, path in enumerate(SAMPLES):
        office.drop(path.read_bytes(), f"{number}.pdf")


def copied(filed: AnOffice, root: Path) -> AnOffice:
    """That office once more, so that a test may change it."""
    shutil.copytree(filed.root, root)
    return AnOffice.opened(root)


def case_of(an_office: AnOffice) -> str:
    with an_office.office.ledger.reading() as tx:
        [case] = tx.cases()
    return case.id


def made(an_office: AnOffice, name: str, as_of: date | None = None) -> MadePacket:
    return make_packet(an_office.office, name, case_of(an_office), as_of)


def without_libreoffice(patch: pytest.MonkeyPatch) -> None:
    """Packets are Word documents from here on, as on a machine that has no LibreOffice."""
    for module in (depositing, printing):
        patch.setattr(module, "find_libreoffice", lambda: None)


def file_of(an_office: AnOffice, packet: PacketRow, name: str) -> bytes:
    """A file of a packet, as it lies in the archive."""
    archive = an_office.office.archive
    return archive.read(archive.deposit(packet.path), name)


def described(an_office: AnOffice, packet: MadePacket) -> dict[str, Any]:
    """What packet.json says."""
    found: dict[str, Any] = json.loads(file_of(an_office, packet.row, "packet.json"))
    return found


def packets(an_office: AnOffice) -> list[PacketRow]:
    """Every deposit of packets, in the order they were made."""
    with an_office.office.ledger.reading() as tx:
        return list(tx.packets())


def text_of(an_office: AnOffice, packet: MadePacket, name: str) -> str:
    data = file_of(an_office, packet.row, name)
    return " ".join("\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).split())


def all_warnings(an_office: AnOffice) -> dict[str, str]:
    """Every warning of the filed forms, set aside: these tests are about what comes after."""
    found: dict[str, str] = {}
    with an_office.office.ledger.reading() as tx:
        rows = tx.submissions()
    for row in rows:
        archive = an_office.office.archive
        stored = json.loads(archive.read(archive.deposit(row.path), "submission.json"))
        found |= {warning["rule"]: "looked at" for warning in stored["warnings"]}
    return found


def worksheet(changes: Mapping[str, str]) -> bytes:
    """The sample person's planning worksheet with other answers; an empty change leaves a box out."""
    [sample] = [path for path in SAMPLES if path.parts[-4] == "planning-worksheet"]
    fields = PdfReader(sample).get_fields() or {}
    typed = {name: str(box.value).removeprefix("/") for name, box in fields.items() if box.value}
    left_out = {
        name for name in typed if any(name.startswith(start) for start in changes if not changes[start])
    }
    values = {name: text for name, text in {**typed, **changes}.items() if text and name not in left_out}
    return on_screen(blank_of("planning-worksheet"), {n: t for n, t in values.items() if t != "Off"})
