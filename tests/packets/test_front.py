"""Which cover sheets and checklists a packet has, for whom, and what they say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.model import CaseRecord
from pipeline.packets.front import ITEMS, ItemFound, Listed, pages_in_words, with_pages
from pipeline.packets.selecting import select
from pipeline.packets.tasks import DocumentTask
from pipeline.showing import Blank, Cell, Shown, ShownTable
from tests.rendering import samples


def fronts(packet: str, record: CaseRecord) -> dict[str, DocumentTask]:
    site = samples.site()
    return {task.id: task for task in select(site, site.packets[packet], record).fronts}


def column(task: DocumentTask, place: str, name: str) -> list[str]:
    table = task.context.places[place]
    assert isinstance(table, ShownTable)
    return [said(row[name]) for row in table.rows]


def said(cell: Cell | Blank) -> str:
    assert isinstance(cell, Shown)
    return cell.text


def test_recipients_of_the_same_documents_share_their_sheets() -> None:
    found = {name: task.recipients for name, task in fronts("waiver", samples.full()).items()}
    assert {
        "cover": ("state", "coordinator", "office"),
        "checklist": ("state", "coordinator", "office"),
        "cover-2": ("individual", "guardian"),
    } == found


def test_a_cover_lists_no_document_that_its_recipient_does_not_get() -> None:
    titles = column(fronts("waiver", samples.full())["cover-2"], "contents.documents", "title")
    assert [
        "Choice of waiver, services and providers",
        "Budget and limit of the waiver",
        "Services and providers offered",
        "Request for a waiver slot",
    ] == titles


def test_a_role_of_two_words_gets_its_checklist() -> None:
    site = samples.site()
    plan = site.packets["waiver"]
    assert plan.checklist is not None
    plan = replace(
        plan,
        checklist=replace(plan.checklist, recipients=("case-manager",)),
        documents=tuple(replace(each, recipients=("case-manager", "case")) for each in plan.documents),
    )
    found = [task.recipients for task in select(site, plan, samples.full()).fronts if task.id == "checklist"]
    assert found == [("case-manager",)]


def test_the_checklist_has_no_item_of_a_document_that_its_recipient_does_not_get() -> None:
    site = samples.site()
    plan = site.packets["waiver"]
    assert plan.checklist is not None
    plan = replace(plan, checklist=replace(plan.checklist, recipients=("office", "individual")))
    found = {
        task.recipients: {item.document for item in task.front.items}
        for task in select(site, plan, samples.full()).fronts
        if task.front is not None and task.front.items
    }
    whole = {document.id for document in plan.documents}
    assert {("individual",): {"choice", "budget", "providers", "slot-request"}, ("office",): whole} == found


def test_an_item_is_asked_for_only_where_its_condition_holds() -> None:
    record = samples.full()
    own = replace(record.facts["legal.status", ""], value="self")
    alone = replace(record, facts={**record.facts, ("legal.status", ""): own})
    words = "Guardian or parent"
    assert words in column(fronts("isp", record)["checklist"], ITEMS, "words")
    assert words not in column(fronts("isp", alone)["checklist"], ITEMS, "words")


def test_no_sheet_may_show_a_private_place() -> None:
    for task in fronts("waiver", samples.full()).values():
        assert "benefits.medicaid_id" in task.context.forbidden


def test_a_part_is_named_above_its_first_item_only() -> None:
    parts = column(fronts("waiver", samples.full())["checklist"], ITEMS, "part")
    assert ["The request", "", "", "", "", "The choice"] == parts[:6]


def test_missing_items_say_so_and_are_counted() -> None:
    task = fronts("waiver", samples.full())["checklist"]
    assert task.front is not None
    first, second, third, *rest = task.front.items
    found = [
        ItemFound(first, True, False, (3, 4, 5, 9)),
        ItemFound(second, True, True, (6,)),
        ItemFound(third, False, False, ()),
        *(ItemFound(item, True, False, (7,)) for item in rest),
    ]
    told = with_pages(task, [Listed("Transmittal", 3, 4)], found, {"transmittal": 3})
    assert ["3–5, 9", "6", "not in this packet"] == column(told, ITEMS, "page")[:3]
    assert ["", "to fill in", ""] == column(told, ITEMS, "note")[:3]
    counts = [
        said(told.context.places[f"checklist.{name}"]) for name in ("total", "found", "open", "missing")
    ]
    assert [str(len(found)), str(len(found) - 2), "1", "1"] == counts
    assert "6" == said(told.context.places["contents.pages"])


def test_before_anything_is_printed_pages_come_with_the_pdf() -> None:
    found = fronts("waiver", samples.full())
    assert {"with the PDF"} == set(column(found["checklist"], ITEMS, "page"))
    assert {"with the PDF"} == set(column(found["cover"], "contents.documents", "page"))


@pytest.mark.parametrize(
    ("pages", "words"), [((), ""), ((4,), "4"), ((5, 4), "4–5"), ((4, 9, 10, 11), "4, 9–11")]
)
def test_pages_that_follow_each_other_are_said_as_one(pages: tuple[int, ...], words: str) -> None:
    assert words == pages_in_words(pages)
