"""Thresholds come from their file, and what the file says is what decides."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, fields, replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.model import Box, Decision, Method, Reading, Reason, Vote
from pipeline.reading import fitted
from pipeline.reading.decode import free
from pipeline.reading.fitted import THRESHOLDS, Thresholds, load_thresholds
from pipeline.reading.hands import Script, is_type_throughout, is_typed
from pipeline.reading.known import known_value
from pipeline.reading.laid import Cut
from pipeline.reading.opinions import Opinion, from_list
from pipeline.reading.recogniser import Readers
from pipeline.reading.texts import LineText, doubt, looked_again
from pipeline.reading.ticks import Look, decided
from pipeline.reading.together import weak_ticks_settled
from pipeline.values import Expectation, Kind
from tests.reading.test_decode import lines_of, seen
from tests.reading.test_doubts import LINE, Sees

DATA = json.loads(THRESHOLDS.read_text(encoding="utf-8"))
Change = Callable[..., None]


@pytest.fixture
def change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Change]:
    """Puts other values into the file, as a person would."""

    def changed(group: str, **values: float) -> None:
        data = json.loads(fitted.THRESHOLDS.read_text(encoding="utf-8"))
        assert set(values) <= set(data[group]["values"])
        data[group]["values"] |= values
        path = tmp_path / "thresholds.json"
        path.write_text(json.dumps(data), encoding="utf-8")
        monkeypatch.setattr(fitted, "THRESHOLDS", path)
        load_thresholds.cache_clear()

    yield changed
    load_thresholds.cache_clear()


def test_every_decision_has_its_values_in_the_file() -> None:
    assert set(DATA) == {each.name for each in fields(Thresholds)}
    assert {name: group["values"] for name, group in DATA.items()} == asdict(load_thresholds())


def test_the_band_that_is_asked_lies_about_the_threshold_of_a_mark() -> None:
    ticks = load_thresholds().ticks
    assert ticks.sure_empty == pytest.approx(0.5 * ticks.threshold)
    assert ticks.sure_marked == pytest.approx(1.6 * ticks.threshold)
    assert ticks.sure_empty < ticks.most_unmarked < ticks.threshold


def look(share: float) -> Look:
    paper = np.zeros((80, 80), np.uint8)
    return Look(Cut(paper, paper, (20, 20, 60, 60), 200.0, 1.0, 1.0), share, struck=False)


@pytest.mark.parametrize(
    ("share", "text", "weak"),
    [(0.0, "off", False), (0.025, "doubtful", True), (0.05, "doubtful", False), (0.2, "on", False)],
)
def test_a_tick_is_taken_outside_the_band_and_asked_inside(share: float, text: str, weak: bool) -> None:
    tick = decided(look(share), load_thresholds().ticks)
    assert (text, weak) == (tick.text, tick.weak)


@pytest.mark.parametrize(
    ("share", "values", "before", "after"),
    [
        (0.025, {"sure_empty": 0.03}, "doubtful", "off"),
        (0.06, {"sure_marked": 0.05}, "doubtful", "on"),
    ],
)
def test_a_tick_is_decided_by_the_file(
    change: Change, share: float, values: dict[str, float], before: str, after: str
) -> None:
    assert before == decided(look(share), load_thresholds().ticks).text
    change("ticks", **values)
    assert after == decided(look(share), load_thresholds().ticks).text


def test_what_is_weak_and_how_sure_a_mark_is_stand_in_the_file(change: Change) -> None:
    assert not decided(look(0.04), load_thresholds().ticks).weak
    assert decided(look(0.08), load_thresholds().ticks).confidence < 1.0
    change("ticks", most_unmarked=0.045, threshold=0.04)
    assert decided(look(0.04), load_thresholds().ticks).weak
    assert decided(look(0.08), load_thresholds().ticks).confidence == 1.0


def test_how_clear_the_mark_beside_a_weak_one_must_be_stands_in_the_file(change: Change) -> None:
    clear = Reading("1/a", "sex", 1, 1, Box(0, 0, 9, 9), Method.INK, "on", option="a", confidence=0.9)
    weak = replace(
        clear, widget="1/b", option="b", text="doubtful", confidence=0.4, decision=Decision.ASK,
        reason=Reason.TICK_DOUBTFUL,
    )  # fmt: skip

    def said() -> str:
        settled = weak_ticks_settled([clear, weak], {"sex": Expectation(Kind.CHOICE)}, {(1, "1/b")})
        return list(settled)[1].text

    assert said() == "doubtful"
    change("ticks", clear=0.9)
    assert said() == "off"


@pytest.mark.parametrize("values", [{"lead": 1e6}, {"far": -1e6}], ids=["lead", "far"])
def test_a_listed_value_is_decided_by_the_file(change: Change, values: dict[str, float]) -> None:
    (line,) = lines_of("male")
    expect = Expectation(Kind.CHOICE, options=(("male", "Male"), ("female", "Female")))
    assert from_list(line, expect, free(line)).compatible
    change("lists", **values)
    assert not from_list(line, expect, free(line)).compatible


@pytest.mark.parametrize("values", [{"lead": 1e6}, {"far": -1e6}], ids=["lead", "far"])
def test_a_value_on_file_is_decided_by_the_file(change: Change, values: dict[str, float]) -> None:
    (sure,) = lines_of("Bertram")
    soft = seen(*[part for ch in "Bertram" for part in ({ch: 0.55, "n": 0.4}, {"": 0.95})])

    def said() -> str:
        return known_value([sure, soft], ("Bertram", "Bernard"), ["Bertram", "Bentram"])

    assert said() == "Bertram"
    change("known", **values)
    assert said() == ""


LEVEL = Script(6, 0.0, 0.3, 30.0)
ROUND = Script(2, 1.0, 0.18, 30.0)
WORN = Script(6, 0.1, 0.36, 30.0)
STRAY = Script(6, 0.004, 0.3, 30.0)


@pytest.mark.parametrize(
    ("box", "others", "values"),
    [
        (replace(LEVEL, feet=0.02), LEVEL, {"level_box": 0.01}),
        (LEVEL, STRAY, {"level_form": 0.003}),
        (LEVEL, STRAY, {"level_page": 0.003}),
        (LEVEL, LEVEL, {"straight": 0.31, "round": 0.31}),
        (WORN, LEVEL, {"square": 0.37}),
        (WORN, LEVEL, {"level_square": 0.09}),
        (ROUND, LEVEL, {"round": 0.19}),
        (ROUND, STRAY, {"level_round": 0.003}),
        (replace(ROUND, tall=33.0), LEVEL, {"as_tall": 0.05}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else "",
)
def test_type_is_told_from_writing_by_the_file(
    change: Change, box: Script, others: Script, values: dict[str, float]
) -> None:
    assert is_typed(box, [others] * 5, [others] * 5)
    change("hands", **values)
    assert not is_typed(box, [others] * 5, [others] * 5)


@pytest.mark.parametrize(
    "values", [{"level_worn": 0.003}, {"straight_worn": 0.31}, {"level_form": 0.003}], ids=" ".join
)
def test_a_form_is_type_throughout_by_the_file(change: Change, values: dict[str, float]) -> None:
    assert is_type_throughout([STRAY] * 5, [STRAY] * 5)
    change("hands", **values)
    assert not is_type_throughout([STRAY] * 5, [STRAY] * 5)


@pytest.mark.parametrize("values", [{"stayed": 5}, {"came": 4}], ids=" ".join)
def test_a_second_look_is_believed_by_the_file(change: Change, values: dict[str, float]) -> None:
    read = LineText("Skill", 0.9, (Vote("a", "Skill"), Vote("b", "kill")), Reason.READERS_DISAGREE)
    readers = Readers(Sees("Skill"), Sees("kill", "Skill"))  # type: ignore[arg-type]  # they say what they are told
    expect = Expectation(Kind.TEXT)
    assert looked_again(read, LINE, expect, readers).reason is None
    change("looks", **values)
    assert looked_again(read, LINE, expect, readers).reason is Reason.READERS_DISAGREE


def test_an_accent_is_believed_by_the_file(change: Change) -> None:
    said = Opinion("Renée", "Renée", 0.96, True)
    assert doubt(said, said, said.text, Expectation(Kind.TEXT)) is None
    change("accents", sure=0.97)
    assert doubt(said, said, said.text, Expectation(Kind.TEXT)) is Reason.NOT_SURE
