"""What is longer than its place continues on an addendum: nothing is cut away, nothing is shown that may not be."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import SiteError
from pipeline.packets.overflow import ITEMS, OF, with_addenda
from pipeline.packets.tasks import DocumentTask
from pipeline.rendering.proof import prove_word
from pipeline.rendering.word import compile_template
from pipeline.showing import Context, Shown, ShownTable
from pipeline.site import load_site
from pipeline.site.packetfile import DocumentPlan
from tests.rendering import samples

LONG = "She understands short sentences, and needs time to answer. " * 40
SUMMARY = "assessment.summary"


def waiver(summary: str) -> dict[str, DocumentTask]:
    record = samples.record({**samples.FULL, **samples.PLAN, SUMMARY: summary}, samples.MONTHS)
    return {task.id: task for task in samples.tasks("waiver", record)}


def text_at(task: DocumentTask, place: str) -> str:
    cell = task.context.places[place]
    assert isinstance(cell, Shown)
    return cell.text


def items_of(task: DocumentTask) -> list[dict[str, str]]:
    table = task.context.places[ITEMS]
    assert isinstance(table, ShownTable)
    return [{name: cell.text for name, cell in row.items() if isinstance(cell, Shown)} for row in table.rows]


def test_a_long_value_ends_with_where_it_continues_and_begins_with_where_it_comes_from() -> None:
    tasks = waiver(LONG)
    cut = text_at(tasks["level-of-care"], SUMMARY)
    shown, _, note = cut.partition(" [")
    addendum = tasks["level-of-care-addendum"]
    (item,) = items_of(addendum)

    assert note == "continued on the addendum, no. 1]"
    assert len(cut) <= 900
    assert (item["number"], item["where"]) == ("1", "Summary of needs")
    assert f"{shown} {item['text']}" == LONG
    assert text_at(addendum, OF) == "Level of care"
    assert addendum.recipients == tasks["level-of-care"].recipients
    assert list(tasks)[list(tasks).index("level-of-care") + 1] == addendum.id


def test_the_addendum_is_printed_and_proved_and_rests_on_the_same_facts() -> None:
    tasks = waiver(LONG)
    made = [
        compile_template(task.template.read_bytes(), task.template.name).render(task.context)
        for task in (tasks["level-of-care"], tasks["level-of-care-addendum"])
    ]
    assert [prove_word(word).failures for word in made] == [(), ()]
    assert set(made[1].facts) - {fact for fact in made[0].facts} == set()


def test_what_fits_has_no_addendum() -> None:
    assert "level-of-care-addendum" not in waiver("x" * 900)
    assert "level-of-care-addendum" in waiver("x" * 901)


def limited(context: Context, **limits: int) -> list[DocumentTask]:
    """A document and its addendum, if it has one, with these limits."""
    site = samples.site()
    plan = site.packets["waiver"]
    assert plan.addendum is not None
    named = {name.replace("__", "."): most for name, most in limits.items()}
    document = DocumentPlan("one", plan.addendum, "One", None, "", (), (), (), limits=named)
    task = DocumentTask("one", "One", plan.addendum, (), context)
    return list(with_addenda(site, plan, document, task))


def test_a_private_value_that_a_document_may_not_show_is_not_on_its_addendum_either() -> None:
    places = {"benefits.medicaid_id": Shown("4" * 200), SUMMARY: Shown(LONG)}
    hidden = Context(places, private=frozenset({"benefits.medicaid_id"}))
    _, addendum = limited(hidden, benefits__medicaid_id=80, assessment__summary=80)
    assert [item["where"] for item in items_of(addendum)] == ["Summary of needs"]
    allowed = replace(hidden, allowed=frozenset({"benefits.medicaid_id"}))
    _, addendum = limited(allowed, benefits__medicaid_id=80, assessment__summary=80)
    assert [item["number"] for item in items_of(addendum)] == ["1", "2"]


def test_rows_of_a_table_are_cut_one_by_one_and_a_word_longer_than_its_place_is_torn() -> None:
    rows = tuple(
        {"risk": Shown(f"Risk {n}"), "support": Shown(text)} for n, text in enumerate(["short", "y" * 200])
    )
    task, addendum = limited(Context({"plan.risks": ShownTable(rows)}), plan__risks__support=100)
    table = task.context.places["plan.risks"]
    assert isinstance(table, ShownTable)
    first, second = (row["support"] for row in table.rows)
    (item,) = items_of(addendum)

    assert first == Shown("short")
    assert isinstance(second, Shown)
    assert item["where"].endswith(", row 2")
    assert second.text.partition(" [")[0] + item["text"] == "y" * 200


def test_an_addendum_holds_nothing_of_rows_that_stand_in_documents_of_others() -> None:
    mine, others = ({"risk": Shown(name), "support": Shown(name * 50)} for name in ("mine ", "other "))
    own = ShownTable((mine,))
    context = Context(
        {"plan.risks": ShownTable((others, mine))}, item=mine, items=own, item_place="plan.risks"
    )
    task, addendum = limited(context, plan__risks__support=100)
    (item,) = items_of(addendum)
    assert "other" not in item["text"]
    assert task.context.item is not None
    cut = task.context.item["support"]
    assert isinstance(cut, Shown)
    assert "[continued on the addendum, no. 1]" in cut.text


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("limits: {assessment.sumary: 900}", 'Did you mean "assessment.summary"?'),
        ("limits: {assessment.summary: 10}", "80 or more"),
        ("limits: {assessment.summary: much}", "80 or more"),
    ],
)
def test_limits_are_checked_with_the_site(tmp_path: Path, line: str, words: str) -> None:
    with pytest.raises(SiteError) as refused:
        load_site(site_with(tmp_path, "limits: {assessment.summary: 900}", line))
    assert words in str(refused.value)


def test_limits_need_an_addendum(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="the packet needs an addendum"):
        load_site(site_with(tmp_path, "addendum: addendum.docx\n", ""))


def site_with(folder: Path, old: str, new: str) -> Path:
    for name in ("forms", "schemas", "templates"):
        shutil.copytree(samples.ROOT / name, folder / name, ignore=shutil.ignore_patterns("samples"))
    file = folder / "templates" / "waiver" / "packet.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    return folder
