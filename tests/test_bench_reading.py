"""The figures of the reading bench are counted as they say."""

from __future__ import annotations

import pytest

from bench.digits.sheets import TRAINED
from bench.reading.classes import FieldClass, class_of, same
from bench.reading.papers import Job, Script, hand_of, make_paper, mistakes_of
from bench.reading.peers import PeerTexts
from bench.reading.rows import box_row, truth_of
from bench.reading.shares import lowest_precision
from pipeline.model import Box, Method, Reading, Widget, WidgetKind
from pipeline.values import Expectation, Kind
from tests.paper.degrade import Severity
from tests.paper.families import CHECKOUT, Half
from tests.paper.fill import SpotKind, spots
from tests.paper.realdigits import real_digits
from tests.paper.test_realdigits import fetched  # noqa: F401  # a fixture


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


def real_job(form: str = "waiver-choice", half: Half = Half.TEST) -> Job:
    return Job(form, "2026-11", Severity.CLEAN, Script.REAL, half, 0)


def test_real_digits_in_combs_are_a_class_of_their_own_and_letters_there_are_not() -> None:
    number = Expectation(Kind.IDENTIFIER)
    kinds = [
        class_of(box(comb=8), number, script, text, known=False)
        for script, text in ((Script.REAL, "12345678"), (Script.REAL, "A1234567"), (Script.HAND, "12345678"))
    ]
    assert [FieldClass.REAL_COMB, FieldClass.COMB, FieldClass.COMB] == kinds


@pytest.mark.usefixtures("fetched")
@pytest.mark.parametrize("half", [Half.DEVELOPMENT, Half.TEST])
def test_no_digit_that_is_measured_was_trained_on(half: Half) -> None:
    trained, written = real_digits(Half.DEVELOPMENT, *TRAINED), hand_of(real_job(half=half)).digits
    assert trained is not None
    assert written is not None
    for seen, shown in zip(trained.pictures, written.pictures, strict=True):
        assert len(shown) > 0
        assert not {picture.tobytes() for picture in seen} & {picture.tobytes() for picture in shown}


def test_a_struck_tick_was_put_where_the_right_one_is_not() -> None:
    blank = spots(CHECKOUT / "forms" / "intake" / "2026-11" / "blank.pdf")
    ticks = [spot for spot in blank if spot.kind is SpotKind.TICK]
    values = {spot.name: spot.on_state for spot in ticks}
    mistakes = mistakes_of(real_job("intake"), blank, values)
    assert mistakes
    assert mistakes == mistakes_of(real_job("intake"), blank, values)
    assert all(state != values[name] for name, state in mistakes.items())
    assert mistakes.keys() < {spot.name for spot in ticks if spot.radio}, "a lone box that is ticked is right"


def test_a_struck_tick_is_right_only_when_a_person_is_asked() -> None:
    paper = make_paper(real_job(), CHECKOUT)
    struck = next(key for key, text in paper.written.items() if text == "struck")
    page, name, state = struck.split("/")
    place = Box(0, 0, 9, 9)
    widget = Widget(struck, int(page), place, WidgetKind.TICK, name, name, on_state=state)
    assert truth_of(paper, widget) == "struck"
    for text, right in (("on", False), ("off", False), ("doubtful", True)):
        reading = Reading(struck, name, int(page), int(page), place, Method.INK, text)
        found = box_row(paper, widget, reading, Expectation(Kind.TICK), set(), False, PeerTexts.none())
        assert (FieldClass.STRUCK, right) == (found.kind, found.right)
        asked = box_row(paper, widget, reading, Expectation(Kind.TICK), {name}, False, PeerTexts.none())
        assert asked.right
