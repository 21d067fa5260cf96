"""Cover sheets and checklists of real packets: what they say of pages is looked up in the PDF that goes out."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path

import pikepdf
import pytest
from docx import Document

from pipeline.rendering.comparable import comparable
from pipeline.rendering.pagetext import read_pages
from pipeline.run.acts import withdraw
from pipeline.run.approving import approve
from pipeline.run.depositing import MadePacket
from pipeline.run.signing import signing_of
from pipeline.site.frontfile import ChecklistPlan
from tests.run.office import AnOffice
from tests.run.packets import (
    BY,
    all_warnings,
    case_of,
    copied,
    described,
    file_of,
    made,
    with_everything_filed,
    without_libreoffice,
)

pytestmark = [pytest.mark.libreoffice, pytest.mark.slow]


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> AnOffice:
    return with_everything_filed(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def waiver(filed: AnOffice) -> MadePacket:
    return made(filed, "waiver")


def rows_of(docx: bytes, head: str) -> list[list[str]]:
    """The rows of the table whose first head cell says this."""
    for table in Document(io.BytesIO(docx)).tables:
        rows = [[cell.text for cell in row.cells] for row in table.rows]
        if rows[0][0] == head:
            return rows[1:]
    raise AssertionError(head)


def pages_said(office: AnOffice, packet: MadePacket) -> Mapping[str, str]:
    """Item → its page, as the checklist says it."""
    rows = rows_of(file_of(office, packet.row, "checklist.docx"), "No.")
    return {row[1]: row[2] for row in rows if row[0] != row[1]}


def checklist_of(office: AnOffice, name: str) -> ChecklistPlan:
    plan = office.office.site.packets[name].checklist
    assert plan is not None
    return plan


def test_each_document_begins_on_the_page_that_the_cover_says(filed: AnOffice, waiver: MadePacket) -> None:
    titles = {each["title"]: each["id"] for each in described(filed, waiver)["documents"]}
    for cover, recipient in (("cover", "state"), ("cover-2", "individual")):
        pages = read_pages(file_of(filed, waiver.row, f"waiver-for-{recipient}.pdf"))
        *listed, last = rows_of(file_of(filed, waiver.row, f"{cover}.docx"), "Document")
        assert str(len(pages)) == last[2]
        for title, page, count in listed:
            code = rf"\|{titles[title]}\|1\|{count}\|"
            assert [int(page)] == [number for number, text in enumerate(pages, 1) if re.search(code, text)]


def test_each_item_stands_on_the_page_that_the_checklist_says(filed: AnOffice, waiver: MadePacket) -> None:
    """Its value, as the Word documents have it, is found on that page of the PDF and on no other of its document."""
    pages = [comparable(text) for text in read_pages(file_of(filed, waiver.row, "waiver-for-state.pdf"))]
    said = pages_said(filed, waiver)
    texts = {
        "Medicaid number": "benefits.medicaid_id",
        "Summary of needs": "assessment.summary",
        "Sum of the plan as written on the worksheet": "Total on the worksheet",
        "Date of the choice": "Date of choice",
        "Areas of substantial limitation": "Areas of substantial limitation",
        "Limit of the waiver and what is left under it": "Left under the limit",
    }
    record = filed.office.record(waiver.row.case)
    assert len(checklist_of(filed, "waiver").items) == len(said)
    for words, text in texts.items():
        value = record.fact(text)
        wanted = comparable(str(value.value) if value else text)
        assert wanted in pages[int(said[words]) - 1]


def test_the_headings_of_a_long_plan_stand_on_the_pages_that_are_said(
    filed: AnOffice, tmp_path: Path
) -> None:
    filed = copied(filed, tmp_path / "copy")
    plan = made(filed, "isp")
    pages = [comparable(text) for text in read_pages(file_of(filed, plan.row, "isp-for-office.pdf"))]
    said = pages_said(filed, plan)
    asked = [item for item in checklist_of(filed, "isp").items if item.heading and item.words in said]
    documents = {each["id"]: each["pages"] for each in described(filed, plan)["documents"]}
    assert documents["checklist"] == 2
    assert len({said[item.words] for item in asked}) > 3
    for item in asked:
        assert comparable(item.heading) in pages[int(said[item.words]) - 1]


def test_the_sheets_are_tagged_and_bookmarked_as_the_documents_are(
    filed: AnOffice, waiver: MadePacket
) -> None:
    with pikepdf.open(io.BytesIO(file_of(filed, waiver.row, "waiver-for-state.pdf"))) as pdf:
        parts = [str(part.T) for part in pdf.Root.StructTreeRoot.K[0].K]
        with pdf.open_outline() as outline:
            titles = [item.title for item in outline.root]
    assert ["Cover sheet", "Checklist", "Transmittal"] == parts[:3] == titles[:3]


def test_a_document_that_is_not_made_is_missing_from_the_checklist(filed: AnOffice, tmp_path: Path) -> None:
    office = copied(filed, tmp_path / "copy")
    choice = next(row for row in office.office.stated(case_of(office)) if row.place == "choice.offered")
    withdraw(office.office, choice.submission, by=BY, reason="another was signed")
    packet = made(office, "waiver")
    said = pages_said(office, packet)
    assert "not in this packet" == said["List of providers offered"]
    assert "4, to fill in" == said["Date of the choice"]
    missing = [each for each in described(office, packet)["checklist"] if each["state"] == "missing"]
    assert ["List of providers offered"] == [each["words"] for each in missing]
    assert ["List of providers offered"] == [e.item.words for e in packet.checklist if not e.stands]
    assert "1" == rows_of(file_of(office, packet.row, "checklist.docx"), "Items")[0][3]


def test_nobody_waits_for_a_cover_to_come_back(filed: AnOffice, tmp_path: Path) -> None:
    office = copied(filed, tmp_path / "copy")
    draft = made(office, "isp")
    final = approve(office.office, draft.row.id, by=BY, overrides=all_warnings(office))
    with office.office.ledger.reading() as tx:
        documents = signing_of(office.office, tx, final.row).documents
    assert ["plan"] == [each.id for each in documents if each.missing]
    assert {"cover", "checklist"} <= {each.id for each in documents}


def test_without_libreoffice_pages_come_with_the_pdf(
    filed: AnOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = copied(filed, tmp_path / "copy")
    with monkeypatch.context() as machine:
        without_libreoffice(machine)
        packet = made(office, "isp")
    assert {"with the PDF"} == set(pages_said(office, packet).values())
    again = made(office, "isp")
    assert again.row.id == packet.row.id
    assert "with the PDF" not in pages_said(office, again).values()
