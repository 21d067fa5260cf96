"""The pages about data files and formats agree with the program, and their examples do what they say."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.casefile.storing import source_json, stored_submission
from pipeline.checking.judging import FormWorld
from pipeline.cli.show import drop_json
from pipeline.ledger import ActKind, DropRow, DropState, EventKind, PartRow
from pipeline.model import (
    Box,
    CaseStatus,
    Decision,
    Method,
    Outcome,
    Part,
    Reading,
    Reason,
    Source,
    Submission,
)
from pipeline.rules import _CONDITIONS, _EXPRESSIONS, Plain, parse_condition, parse_expression
from pipeline.run.caselist import CaseSeen, OpenList, WaitingPaper
from pipeline.run.looking import FieldSeen, FileSeen, PartSeen
from pipeline.run.paper import Paper, files_of
from pipeline.site.frontfile import CHECKLIST_KEYS, ITEM_KEYS
from pipeline.site.packetfile import DOCUMENT_KEYS, PACKET_KEYS
from pipeline.site.rulefile import RULE_KEYS, Rule, load_rules
from pipeline.site.schemas import CERBERUS_RULES, LISTS, META_KEYS
from pipeline.site.yamlfile import Mistakes, load
from pipeline.values import Kind
from tests.pages import code_words, first_cells, section, text_of, yaml_blocks
from tests.rules_page import PAGE, page_with, rules_table
from tests.site.test_shipped_site import SITE, world_of

# --- the data files -------------------------------------------------------------------------------


def test_every_key_of_meta_and_every_kind_is_described() -> None:
    formats = section(text_of("docs/formats.md"), "## schemas/FORM.yaml: the fields of a form")
    described = {cell.strip("`") for cell in first_cells(formats)}
    assert set(META_KEYS) <= described
    kinds = re.search(r"what the box means: `([^`]+)`", formats)
    assert kinds is not None
    assert sorted(kind.value for kind in Kind) == sorted(kinds[1].split())
    listed = re.search(r"the options come from the site: `([^`]+)`", formats)
    assert listed is not None
    assert sorted(LISTS) == sorted(listed[1].split())
    rules = re.search(r"The only other Cerberus rules\nallowed are `([^`]+)`", formats)
    assert rules is not None
    assert sorted(set(CERBERUS_RULES) - {"type"}) == sorted(rules[1].split(", "))


@pytest.mark.parametrize(
    ("heading", "known"), [("## Conditions", _CONDITIONS), ("## Expressions", _EXPRESSIONS)]
)
def test_every_word_of_the_rule_language_has_a_row(heading: str, known: dict[str, object]) -> None:
    cells = first_cells(section(text_of("docs/adding-a-rule.md"), heading))
    rows = [found[1] for cell in cells if (found := re.match(r"`\{([a-z_-]+):", cell))]
    assert sorted(known) == sorted(rows)


def test_formats_names_every_word_of_the_rule_language() -> None:
    words = code_words(section(text_of("docs/formats.md"), "## schemas/rules/*.yaml"))
    assert set(_CONDITIONS) | set(_EXPRESSIONS) <= words


def test_the_table_of_rules_is_the_one_made_from_the_site() -> None:
    table = rules_table(SITE.rules)
    assert page_with(table) == PAGE.read_text(encoding="utf-8"), "run: python -m tests.rules_page"


# --- the rule language ----------------------------------------------------------------------------


def rules_of(block: str, folder: Path) -> tuple[Rule, ...]:
    (folder / "example.yaml").write_text(block, encoding="utf-8")
    mistakes = Mistakes()
    rules = load_rules(folder, folder, SITE.schemas, mistakes)
    assert not mistakes.found
    return rules


@pytest.mark.parametrize("block", yaml_blocks("docs/adding-a-rule.md", "rules:"))
def test_the_rules_shown_judge_their_own_examples(block: str, tmp_path: Path) -> None:
    rules = rules_of(block, tmp_path)
    assert rules
    for rule in rules:
        for good, example in rule.examples:
            world = world_of(rule, dict(example), rule.forms[0])
            applies = rule.when is None or rule.when.holds(world) is True
            assert good is not (applies and rule.must.holds(world) is False), example


def test_the_keys_of_a_rule_are_all_described() -> None:
    cells = first_cells(section(text_of("docs/adding-a-rule.md"), "## A whole rule"))
    assert sorted(RULE_KEYS) == sorted(word for cell in cells[1:] for word in re.findall(r"`(\w+)`", cell))


def examples_of(heading: str) -> list[tuple[str, str]]:
    """The example in the first cell and what the last cell says it gives."""
    found = []
    for line in section(text_of("docs/adding-a-rule.md"), heading).splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if cells and cells[0].startswith("`{"):
            found.append((cells[0].strip("`"), cells[2]))
    return found


@pytest.fixture
def sample(tmp_path: Path) -> FormWorld:
    """The worksheet the page judges its examples on, in its first row of services."""
    (block,) = yaml_blocks("docs/adding-a-rule.md", "sample:")
    plain = plain_yaml(block, tmp_path)
    assert isinstance(plain, dict)
    form = plain["sample"]
    assert isinstance(form, dict)
    rule = SITE.rules[0]
    world = world_of(rule, dict(form), "planning-worksheet")
    services = world.typed.value("services")
    assert isinstance(services, tuple)
    assert isinstance(services[0], dict)
    birth = world.typed.value("birth_date")
    return replace(
        world, row=services[0], filed=lambda place: birth if place == "person.birth_date" else None
    )


def plain_yaml(text: str, folder: Path) -> Plain:
    (folder / "example.yaml").write_text(text, encoding="utf-8")
    mistakes = Mistakes()
    found = load(folder / "example.yaml", folder, mistakes).plain()
    assert not mistakes.found
    return found


@pytest.mark.parametrize(("example", "said"), examples_of("## Conditions"))
def test_each_condition_shown_judges_as_said(
    example: str, said: str, sample: FormWorld, tmp_path: Path
) -> None:
    answer = parse_condition(plain_yaml(example, tmp_path)).holds(sample)
    assert {"true": True, "false": False, "not judged": None}[said] is answer


@pytest.mark.parametrize(("example", "said"), examples_of("## Expressions"))
def test_each_expression_shown_gives_what_is_said(
    example: str, said: str, sample: FormWorld, tmp_path: Path
) -> None:
    value = parse_expression(plain_yaml(example, tmp_path)).value(sample)
    shown = "; ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    assert said == (shown.lower() if isinstance(value, bool) else shown)


# --- packets and the archive ----------------------------------------------------------------------


def keys_described(heading: str, page: str = "docs/adding-a-packet.md") -> set[str]:
    return {
        word for cell in first_cells(section(text_of(page), heading)) for word in re.findall(r"`(\w+)`", cell)
    }


def test_every_key_of_a_packet_is_described() -> None:
    assert {*PACKET_KEYS, *DOCUMENT_KEYS, *CHECKLIST_KEYS, *ITEM_KEYS} == keys_described("## packet.yaml")


def table_headed(head: str) -> set[str]:
    """The words in the first cells of the table of formats.md whose first head cell is this."""
    rows = text_of("docs/formats.md").partition(f"| {head} |")[2].partition("\n\n")[0]
    return {word for cell in first_cells(rows) for word in re.findall(r"`(\w+)`", cell)}


def test_every_key_of_paper_and_submission_is_described() -> None:
    part = Part("D", (1,), form="intake", edition="2026-11")
    at = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    paper = json.loads(files_of(Paper(part, at, ()))["paper.json"])
    submission = Submission("S", "D", part.id, "intake", "2026-11", at, at.date(), "", {})
    assert set(paper) == table_headed("key of paper.json")
    assert set(stored_submission(SITE, submission, ())) == table_headed("key of submission.json")


def test_every_act_and_every_event_is_described() -> None:
    text = text_of("docs/formats.md")
    acts = {word for cell in first_cells(section(text, "### Acts and reports")) for word in code_words(cell)}
    assert set(ActKind) <= acts
    journal, reports = section(text, "### The journal"), section(text, "### Acts and reports")
    assert set(EventKind) <= code_words(journal) | code_words(reports)


def test_every_member_of_a_source_is_described() -> None:
    source = Source(
        "D", "P", "intake", "1", 1, 1, "w", Box(0, 0, 1, 1), Method.WIDGET, 1.0, Decision.ACCEPTED
    )
    described = re.search(r"A \*\*source\*\* says[^`]*`([^`]+)`", text_of("docs/formats.md"))
    assert described is not None
    assert sorted(source_json(source)) == sorted(described[1].split())


def test_the_json_of_cases_is_described() -> None:
    waits = WaitingPaper("P", "intake", (Reason.NOT_SURE,)), OpenList("S", "intake", 1)
    seen = CaseSeen(
        "C-00000000", "", None, (), CaseStatus.ACTIVE, "", None, None, 1, waits[:1], waits[1:]
    ).as_json()
    words = section(text_of("docs/commands.md"), "### JSON of cases")
    assert list(seen) == [word for cell in first_cells(words)[1:] for word in re.findall(r"`(\w+)`", cell)]
    inner = {key for each in waits for key in each.as_json()} | {"begins", "ends"}
    assert inner <= code_words(words)


def test_the_json_of_drops_and_read_is_described() -> None:
    page = text_of("docs/commands.md")
    at = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    drop = DropRow("D", "0" * 64, 1, at, "pdf", "inbox", "received/x/D", DropState.FINISHED, "scan.pdf", "")
    shape = drop_json(drop, (PartRow("P", "D", (1,), Outcome.KEPT),))
    parts = shape["parts"]
    assert isinstance(parts, list)
    assert isinstance(parts[0], dict)
    described = code_words("\n".join(first_cells(section(page, "### JSON of drops"))))
    assert {*shape, *parts[0]} == described
    reading = Reading("w", "f", 1, 1, Box(0, 0, 1, 1), Method.WIDGET, "")
    seen = FileSeen(
        Path("x.pdf"), (PartSeen("", "", (), (), "", (FieldSeen("f", "F", "", reading),)),)
    ).as_json()
    part = json.loads(json.dumps(seen))["parts"][0]
    words = code_words(section(page, "### JSON of read"))
    assert {*seen, *part} <= words
    fields = section(page, "### JSON of read").partition("| member of a field |")[2]
    assert set(part["fields"][0]) == code_words("\n".join(first_cells(fields)))
