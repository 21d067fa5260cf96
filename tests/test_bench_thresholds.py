"""What the bench of thresholds prints and writes, and that it never looks at the test half."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from bench.reading.decisions import Counted, Outcome, decisions, of_type, variants
from bench.reading.papers import Job, Script
from bench.reading.thresholds import LEADING, main, seen_at, table, with_seen
from pipeline.reading.fitted import THRESHOLDS, Thresholds, load_thresholds
from tests.paper.degrade import Severity
from tests.paper.families import Half

ROOT = Path(__file__).parents[1]
RULES = load_thresholds()


def counted() -> Counted:
    whole = Counted(papers=1)
    for lead, taken in ((1.0, 5), (2.0, 4), (3.0, 2)):
        whole.outcomes["lists", "lead", lead, Outcome.TAKEN] = taken
        whole.outcomes["lists", "lead", lead, Outcome.WRONG] = lead < 2
        whole.outcomes["lists", "lead", lead, Outcome.ASKED] = 6 - taken - (lead < 2)
    for lead in (2.5, 3.0, float("inf"), 40.0):
        whole.edge("lists", "lead, right", lead)
    return whole


def test_the_test_half_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--half", "test", "--write"]) == 2
    assert "development half alone" in capsys.readouterr().out
    job = Job("waiver-choice", "2026-11", Severity.CLEAN, Script.TYPED, Half.TEST, 0)
    with pytest.raises(ValueError, match="development half"):
        decisions(job, ROOT, tmp_path)


@pytest.mark.parametrize("group", LEADING)
def test_the_chosen_value_is_among_those_that_are_tried(group: str) -> None:
    chosen = getattr(RULES, group)
    tried = {(name, value) for name, value, _ in variants(chosen)}
    assert {(each.name, getattr(chosen, each.name)) for each in fields(chosen)} <= tried


def test_the_table_gives_what_other_values_would_do() -> None:
    lines = [line.split() for line in table(counted(), RULES)]
    start = lines.index(["lists", "lead", "taken", "wrong", "asked"])
    assert [
        ["1.0", "6", "1", "0"],
        ["1.5", "0", "0", "0"],
        ["2.0*", "4", "0", "2"],
    ] == lines[start + 1 : start + 4]


def test_the_figures_are_those_at_the_chosen_value() -> None:
    seen = seen_at(counted(), RULES, "lists")
    assert {"boxes": 6, "taken": 4, "wrong": 0, "asked": 2}.items() <= seen.items()
    ends = {"count": 3, "least": 2.5, "low": 2.51, "median": 3.0, "high": 39.26, "most": 40.0}
    assert {"lead, right": ends} == seen["edges"]


def test_figures_are_written_and_values_are_left_to_a_person() -> None:
    held = json.loads(THRESHOLDS.read_text(encoding="utf-8"))
    written = with_seen(held, Counted(), RULES, "a command")
    assert set(held) == set(LEADING) == {each.name for each in fields(Thresholds)}
    for group, data in json.loads(json.dumps(written)).items():
        assert held[group]["values"] == data["values"]
        assert data["seen"]["command"] == "a command"


@pytest.mark.parametrize("group", LEADING)
def test_every_decision_comes_with_the_figures_it_was_fitted_on(group: str) -> None:
    found: dict[str, Any] = json.loads(THRESHOLDS.read_text(encoding="utf-8"))[group]["seen"]
    assert found["command"].startswith("python -m bench.reading.thresholds")
    assert found["papers"] >= 72
    assert found["boxes"] > 0
    assert found["wrong"] <= found["taken"] <= found["boxes"]
    assert found["taken"] + found["asked"] <= found["boxes"]
    assert found["edges"]
    for ends in found["edges"].values():
        assert ends["least"] <= ends["low"] <= ends["median"] <= ends["high"] <= ends["most"]


def test_a_hand_taken_for_a_machine_is_the_mistake() -> None:
    found = [of_type(typed, believed) for typed in (True, False) for believed in (True, False)]
    assert [Outcome.TAKEN, Outcome.ASKED, Outcome.WRONG, Outcome.LEFT] == found


@pytest.mark.slow
def test_a_clean_typed_form_is_taken_without_a_mistake(tmp_path: Path) -> None:
    job = Job("waiver-choice", "2026-11", Severity.CLEAN, Script.TYPED, Half.DEVELOPMENT, 0)
    found = decisions(job, ROOT, tmp_path)
    for group in ("ticks", "lists", "hands"):
        seen = seen_at(found, RULES, group)
        assert seen["boxes"] == seen["taken"], group
        assert seen["wrong"] == 0
