"""The words people read agree with the program: commands, exit codes, make targets, links, dependencies, slips."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from pipeline.cli import app
from pipeline.desk.status import STALE_AFTER
from pipeline.desk.words import words_for
from pipeline.errors import Exit
from pipeline.model import Reason
from tests.pages import FENCED, PAGES, ROOT, first_cells, section, text_of
from tests.test_layers import LEVEL

GROUP = get_command(app)
assert isinstance(GROUP, TyperGroup)
COMMANDS = {name: command for name, command in GROUP.commands.items() if isinstance(command, TyperCommand)}
assert len(COMMANDS) == len(GROUP.commands)


# --- commands -------------------------------------------------------------------------------------


def test_every_command_has_a_section_and_no_section_is_of_none() -> None:
    sections = re.findall(r"^### ([a-z-]+)$", text_of("docs/commands.md"), re.MULTILINE)
    assert sorted(sections) == sorted(COMMANDS)


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
    arguments += re.findall(r"\[([A-Z]+)\]", usage)  # those that may be left out
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


# --- dependencies ---------------------------------------------------------------------------------

REQUIREMENTS = ("requirements.in", "requirements-dev.in", "requirements-models.in", "requirements-bench.in")
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


@cache
def imports() -> frozenset[tuple[str, str]]:
    """(room, outside module) of every import of the program."""
    found = set()
    for path in (ROOT / "pipeline").rglob("*.py"):
        room = path.relative_to(ROOT / "pipeline").parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            found |= {(room, name.split(".")[0]) for name in names}
    return frozenset(found)


def rooms_that_import(package: str) -> set[str]:
    wanted = IMPORTED_AS.get(package, package)
    return {room for room, module in imports() if module == wanted}


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


def test_every_room_of_the_house_is_on_the_page() -> None:
    rooms = set(re.findall(r"[a-z]+", section(text_of("docs/how-it-works.md"), "## The rooms")))
    assert set(LEVEL) - {"__main__"} <= rooms


def test_every_module_a_page_names_is_there() -> None:
    named = {
        (page.name, path)
        for page in PAGES
        for path in re.findall(r"`((?:[\w-]+/)*[\w-]+\.py)`", page.read_text(encoding="utf-8"))
    }
    there = (ROOT, ROOT / "pipeline")
    assert (
        sorted((name, path) for name, path in named if not any((home / path).is_file() for home in there))
        == []
    )
    assert len(named) > 20
