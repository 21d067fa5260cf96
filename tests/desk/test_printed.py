"""A sheet printed, filled by hand and scanned says what the hand said, and never more."""

from __future__ import annotations

import pytest

from pipeline.desk.answers import DOUBTFUL, read_sheet
from pipeline.desk.printed import as_read, box_of, expected_in
from pipeline.desk.sheet import make_sheet
from pipeline.model import Reading
from pipeline.values import Kind
from tests.desk.papers import held, reading, saved
from tests.desk.papers import site as the_site
from tests.desk.test_sheet import LIMITS, SEX, UNITS

PRINTED, INFO = saved(make_sheet(held(UNITS, SEX, LIMITS)))
DONE = [reading("finished", "on", "on"), reading("initials", "JM")]


def _boxes(**marked: str) -> list[Reading]:
    """Every box of the sheet as the reader gives it, those in `marked` (`q_2_1` for option 1 of q.2) as said."""
    boxes = [("q.1", ""), ("hand.1", ""), ("empty.1", "on"), ("q.2", "1"), ("q.2", "2"), ("empty.2", "on")]
    boxes += [("q.3.1", "on"), ("q.3.2", "on"), ("q.3.3", "on"), ("empty.3", "on")]
    found = []
    for name, option in boxes:
        given = name.replace(".", "_") + (f"_{option}" if name == "q.2" else "")
        found.append(reading(name, marked.get(given, "off" if option else ""), option))
    return [*found, *DONE]


def test_what_was_printed_stands_where_no_hand_added_anything() -> None:
    sheet = read_sheet(as_read(_boxes(q_2_2="on"), PRINTED), INFO)
    assert sheet is not None
    assert (sheet.submitted, sheet.missing) == (True, ())
    assert sheet.answers == {
        "field:services.2.units": "1l7",
        "field:sex": "male",
        "field:limits": "mobility",
    }


def test_a_value_by_hand_and_further_ticks_are_taken() -> None:
    sheet = read_sheet(as_read(_boxes(hand_1="117", q_2_1="on", q_3_1="on"), PRINTED), INFO)
    assert sheet is not None
    assert sheet.answers == {
        "field:services.2.units": "117",
        "field:sex": "female",
        "field:limits": "self_care;mobility",
    }


def test_a_printed_value_struck_out_for_one_by_hand_is_the_one_by_hand() -> None:
    sheet = read_sheet(as_read(_boxes(q_1="-----", hand_1="117", q_2_1="on"), PRINTED), INFO)
    assert sheet is not None
    assert sheet.answers["field:services.2.units"] == "117"


@pytest.mark.parametrize(
    ("marked", "number"),
    [
        ({"q_1": "117", "q_2_1": "on"}, 1),
        ({"q_2_1": "on", "q_2_2": "on"}, 2),
        ({"q_2_1": "on", "q_3_2": "on"}, 3),
        ({"q_2_1": "doubtful"}, 2),
    ],
    ids=["written over print", "two ticks", "a printed tick struck out", "a faint tick"],
)
def test_what_a_hand_left_unclear_is_asked_again(marked: dict[str, str], number: int) -> None:
    sheet = read_sheet(as_read(_boxes(**marked), PRINTED), INFO)
    assert sheet is not None
    assert [text.split(":")[0] for text in sheet.missing] == [f"Number {number}"]


def test_initials_that_cannot_be_read_hand_in_nothing() -> None:
    values = as_read(_boxes(q_2_1="on"), PRINTED) | {"initials": DOUBTFUL}
    sheet = read_sheet(values, INFO)
    assert sheet is not None
    assert not sheet.submitted


def test_the_reader_is_told_what_a_box_may_hold() -> None:
    phone = UNITS.__class__("field:phone", "Telephone", 1, "", "", UNITS.kind)
    widgets, _ = saved(make_sheet(held(phone, SEX)))
    found = expected_in(the_site(), "intake", widgets, {}, 2027)
    assert {name: expect.kind for name, expect in found.items()} == {
        "q.1": Kind.PHONE,
        "hand.1": Kind.PHONE,
        "q.2": Kind.CHOICE,
        "hand.2": Kind.CHOICE,
    }


def test_hidden_boxes_feed_nothing() -> None:
    assert box_of("sheet", "") is None
    assert box_of("q.2", "1") == ("q.2", "1")
