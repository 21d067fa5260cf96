"""The words people read agree with the program: commands, exit codes, the rule language, links, dependencies."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from pipeline.casefile.storing import source_json, stored_submission
from pipeline.checking.judging import FormWorld
from pipeline.cli import app
from pipeline.cli.show import drop_json
from pipeline.desk.status import STALE_AFTER
from pipeline.desk.words import words_for
from pipeline.errors import Exit
from pipeline.ledger import DropRow, DropState, PartRow
from pipeline.model import Box, Decision, Method, Outcome, Part, Reading, Reason, Source, Submission
from pipeline.rules import _CONDITIONS, _EXPRESSIONS, Plain, parse_condition, parse_expression
from pipeline.run.looking import FieldSeen, FileSeen, PartSeen
from pipeline.run.paper import Paper, files_of
from pipeline.site.packetfile import DOCUMENT_KEYS, PACKET_KEYS
from pipeline.site.rulefile import RULE_KEYS, Rule, load_rules
from pipeline.site.schemas import CERBERUS_RULES, LISTS, META_KEYS
from pipeline.site.yamlfile import Mistakes, load
from pipeline.values import Kind
from tests.rules_page import PAGE, page_with, rules_table
from tests.site.test_shipped_site import SITE, world_of

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
GROUP = get_command(app)
assert isinstance(GROUP, TyperGroup)
COMMANDS = {name: command for name, command in GROUP.commands.items() if isinstance(command, TyperCommand)}
assert len(COMMANDS) == len(GROUP.commands)


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next one of the same or a higher level."""
    level = heading.index(" ")
    found = re.search(
        rf"^{re.escape(heading)}$\n(.*?)(?=^#{{1,{level}}} |\Z)", text, re.MULTILINE | re.DOTALL
    )
    assert found is not None, f"no section {heading}"
    return found[1]


def first_cells(text: str) -> list[str]:
    """The first cell of every row of the tables in a text, heads and rules left out."""
    rows = [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| ")]
    return [cell for cell in rows if cell]


def code_words(text: str) -> set[str]:
    """Every word that stands in code within a line."""
    return {word for code in re.findall(r"`([^`\n]+)`", text) for word in re.findall(r"[\w-]+", code)}


# --- commands -------------------------------------------------------------------------------------


def test_every_command_has_a_section_and_no_section_is_of_none() -> None:
    sections = set(re.findall(r"^### ([a-z-]+)$", text_of("docs/commands.md"), re.MULTILINE))
    assert sections == set(COMMANDS)


@pytest.mark.parametrize("verb", sorted(COMMANDS))
def test_the_usage_of_a_command_has_its_arguments_and_options(verb: str) -> None:
    words = section(text_of("docs/commands.md"), f"### {verb}")
    usage = FENCED.findall(words)[0][1]
    assert usage.startswith(f"python -m pipeline {verb}")
    optional = set(re.findall(r"\[(--[a-z-]+)", usage))
    named = re.findall(r"--[a-z-]+", usage)
    arguments = [
        word.rstrip(".") for word in re.sub(r"\[[^\]]*\](\.\.\.)?|--[a-z-]+ \S+", "", usage).split()[4:]
    ]
    options = [p for p in COMMANDS[verb].params if p.param_type_name == "option" and p.name != "help"]
    expected = [p for p in COMMANDS[verb].params if p.param_type_name == "argument"]
    assert sorted(p.opts[0] for p in options) == sorted(named)
    assert {p.opts[0] for p in options if not p.required} == optional
    assert len(expected) == len(arguments), arguments
    assert set(re.findall(r"`(--[a-z-]+)", words)) <= set(named), "an option of another command"


def test_the_folder_options_are_those_of_the_program() -> None:
    folders = first_cells(section(text_of("docs/commands.md"), "## Folders"))
    assert folders == ["option", "`--site`", "`--inbox`", "`--outbox`", "`--state`"]


def test_every_exit_code_is_explained() -> None:
    cells = first_cells(section(text_of("docs/commands.md"), "## Exit codes"))
    assert [str(int(code)) for code in Exit] == cells[1:]


def test_no_page_names_a_command_that_does_not_exist() -> None:
    wrong = [
        f"{page.name}: {verb}"
        for page in PAGES
        for verb in re.findall(r"python -m pipeline ([a-z-]+)", page.read_text(encoding="utf-8"))
        if verb not in COMMANDS
    ]
    assert wrong == []


def test_the_make_targets_on_the_page_are_those_of_the_makefile() -> None:
    makefile = text_of("Makefile")
    phony = re.search(r"^\.PHONY: (.*?[^\\])$", makefile, re.MULTILINE | re.DOTALL)
    assert phony is not None
    targets = set(phony[1].replace("\\", " ").split())
    named = {
        target
        for page in PAGES
        for target in re.findall(r"(?:`|^)make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    }
    listed = {
        found[1]
        for cell in first_cells(section(text_of("docs/commands.md"), "## Make targets"))
        if (found := re.match(r"`make ([a-z-]+)", cell))
    }
    assert targets == listed
    assert named <= targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


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


# --- dependencies ---------------------------------------------------------------------------------

REQUIREMENTS = ("requirements.in", "requirements-dev.in", "requirements-models.in")
IMPORTED_AS = {
    "opencv-python-headless": "cv2",
    "pillow": "PIL",
    "pyyaml": "yaml",
    "zxing-cpp": "zxingcpp",
}


def required(file: str) -> Iterator[str]:
    for line in text_of(file).splitlines():
        if line and not line.startswith(("#", "-")):
            yield re.split(r"[<>=;\[ ]", line)[0]


def rooms_that_import(package: str) -> set[str]:
    module = IMPORTED_AS.get(package, package)
    found = set()
    for path in (ROOT / "pipeline").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            if any(name.split(".")[0] == module for name in names):
                found.add(path.relative_to(ROOT / "pipeline").parts[0].removesuffix(".py"))
    return found


def test_every_direct_requirement_has_a_row_and_no_other_package_has() -> None:
    page = text_of("docs/dependencies.md").partition("## From the operating system")[0]
    rows = [cell for cell in first_cells(page) if cell != "package"]
    assert sorted(name for file in REQUIREMENTS for name in required(file)) == sorted(rows)


def test_each_package_is_imported_where_the_page_says() -> None:
    page = section(text_of("docs/dependencies.md"), "## To run")
    rows = [line.split("|")[1:4] for line in page.splitlines() if line.startswith("| ")][1:]
    said = {name.strip(): set(rooms.split()) & LIBRARY_ROOMS for name, _, rooms in rows}
    assert {name: rooms_that_import(name) for name in said} == said


LIBRARY_ROOMS = {path.stem for path in (ROOT / "pipeline").iterdir() if path.name != "__pycache__"}


# --- links ----------------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if link.startswith(("http:", "https:", "mailto:")):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_pictures_are_small_enough_to_load() -> None:
    pictures = sorted((ROOT / "docs" / "pictures").glob("*.png"))
    assert pictures
    assert [path.name for path in pictures if path.stat().st_size > 150_000] == []


# --- words for clerks -----------------------------------------------------------------------------


def test_the_slips_are_quoted_as_the_program_says_them() -> None:
    said = {(words.headline, words.to_do) for words in map(words_for, Reason)}
    table = section(text_of("docs/clerks.md"), "## What the slips say")
    rows = [
        tuple(cell.strip() for cell in line.split("|")[1:3])
        for line in table.splitlines()
        if line[:2] == "| "
    ]
    assert [row for row in rows[1:] if row not in said] == []
    assert len(rows) > 20


def test_the_five_minutes_are_those_of_the_status_page() -> None:
    assert "more than five minutes old" in text_of("docs/clerks.md")
    assert timedelta(minutes=5) == STALE_AFTER


# --- the rule language ----------------------------------------------------------------------------


def yaml_blocks(page: str, first_key: str) -> list[str]:
    return [
        block
        for kind, block in FENCED.findall(text_of(page))
        if kind == "yaml" and block.startswith(first_key)
    ]


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
    assert {*PACKET_KEYS, *DOCUMENT_KEYS} == keys_described("## packet.yaml")


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


def test_every_member_of_a_source_is_described() -> None:
    source = Source(
        "D", "P", "intake", "1", 1, 1, "w", Box(0, 0, 1, 1), Method.WIDGET, 1.0, Decision.ACCEPTED
    )
    described = re.search(r"A \*\*source\*\* says[^`]*`([^`]+)`", text_of("docs/formats.md"))
    assert described is not None
    assert sorted(source_json(source)) == sorted(described[1].split())


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
