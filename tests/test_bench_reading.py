"""The figures of the reading bench are counted as they say."""

from __future__ import annotations

import pytest

from bench.reading.classes import FieldClass, class_of, same
from bench.reading.papers import Job, Script
from bench.reading.shares import lowest_precision
from pipeline.model import Box, Widget, WidgetKind
from pipeline.values import Expectation, Kind
from tests.paper.degrade import Severity
from tests.paper.families import Half


def box(kind: WidgetKind = WidgetKind.TEXT, comb: int = 0) -> Widget:
    return Widget("1/x", 1, Box(0, 0, 10, 10), kind, "x", "x", comb=comb)


@pytest.mark.parametrize(
    ("taken", "wrong", "low"),
    [(600, 0, "99.50%"), (1000, 1, "99.53%"), (1000, 5, "98.95%"), (0, 0, "-"), (59, 0, "95.05%")],
)
def test_the_lower_bound_is_that_of_clopper_and_pearson(taken: int, wrong: int, low: str) -> None:
    assert low == lowest_precision(taken, wrong)


def test_a_box_is_counted_in_the_class_its_goal_names() -> None:
    date, name = Expectation(Kind.DATE), Expectation(Kind.PERSON_NAME)
    assert class_of(box(comb=8), date, Script.HAND, "03141987", known=False) is FieldClass.COMB
    assert class_of(box(comb=8), date, Script.TYPED, "03141987", known=False) is FieldClass.TYPED
    assert class_of(box(), date, Script.HAND, "3/14/1987", known=False) is FieldClass.NUMBERS
    assert class_of(box(), name, Script.HAND, "Ida", known=True) is FieldClass.NAMES
    assert class_of(box(), name, Script.HAND, "Ida", known=False) is FieldClass.OTHER_NAMES
    assert class_of(box(), name, Script.HAND, "", known=True) is FieldClass.BLANK
    assert class_of(box(WidgetKind.TICK), name, Script.HAND, "on", known=True) is FieldClass.TICK


def test_values_are_the_same_however_they_are_written() -> None:
    assert same("03/14/1987", "3/14/1987", Expectation(Kind.DATE))
    assert not same("03/14/1987", "3/14/1978", Expectation(Kind.DATE))
    assert same("Ida  May", "IDA MAY", Expectation(Kind.TEXT))
    assert not same("", "1", Expectation(Kind.TEXT))


def test_no_seed_of_one_half_is_a_seed_of_the_other() -> None:
    def seeds(half: Half) -> set[int]:
        return {
            Job("intake", "2026-11", severity, script, half, count).seed
            for severity in Severity
            for script in Script
            for count in range(50)
        }

    assert not seeds(Half.DEVELOPMENT) & seeds(Half.TEST)
