"""Boxes become values once, and whatever cannot becomes a question with page and printed label."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from pipeline.checking import Answer, Typed, apply_answers, type_readings
from pipeline.checking.entries import PartNames
from pipeline.model import Box, Decision, Method, Reading, Reason
from pipeline.site import load_site

SITE = load_site(Path(__file__).parents[2])
NAMES = PartNames("DROP", "PART", "planning-worksheet", "2026-11")


def box(
    field: str,
    text: str,
    *,
    page: int = 1,
    option: str = "",
    decision: Decision = Decision.ACCEPTED,
    reason: Reason | None = None,
    handwritten: bool = False,
) -> Reading:
    key = f"{page}/{field}" + (f"/{option}" if option else "")
    return Reading(
        widget=key,
        field=field,
        page=page,
        source_page=page,
        box=Box(0, 0, 10, 10),
        method=Method.RECOGNISED if handwritten else Method.WIDGET,
        text=text,
        option=option,
        decision=decision,
        reason=reason,
        handwritten=handwritten,
    )


def typed(*readings: Reading) -> Typed:
    return type_readings(SITE, NAMES, readings, 2026)


def reasons(result: Typed) -> list[Reason]:
    return [finding.reason for finding in result.findings]


def test_a_money_box_becomes_a_decimal_with_its_source() -> None:
    result = typed(box("services.1.amount", "1,250.00"))
    [row] = result.entries["services"].row_sources
    assert result.value("services") == ({"amount": Decimal("1250.00")},)
    assert row["amount"][0].raw == "1,250.00"


def test_empty_rows_vanish_and_row_numbers_stay_with_the_source() -> None:
    result = typed(box("services.1.units", ""), box("services.3.units", "12"))
    [row] = result.entries["services"].row_sources
    assert result.value("services") == ({"units": Decimal("12")},)
    assert row["units"][0].widget == "1/services.3.units"


def test_copies_of_the_person_block_that_agree_are_one_value() -> None:
    result = typed(box("legal_last", "López"), box("legal_last", "Lopez", page=2))
    assert result.value("legal_last") == "López"
    assert result.findings == ()


def test_copies_that_differ_are_asked_about_with_both_shown() -> None:
    result = typed(box("birth_date", "03/14/1987"), box("birth_date", "03/14/1978", page=2))
    [finding] = result.findings
    assert finding.reason is Reason.COPIES_DIFFER
    assert "3/14/1987" in finding.message
    assert "3/14/1978" in finding.message


def test_two_ticks_of_one_choice_are_asked_about() -> None:
    result = typed(box("plan_type", "on", option="initial"), box("plan_type", "on", option="annual"))
    assert reasons(result) == [Reason.TICKS_CONTRADICT]
    assert result.value("plan_type") is None


def test_an_unanswered_yes_or_no_is_not_a_no() -> None:
    result = typed(box("self_directed", "off", option="yes"), box("self_directed", "off", option="no"))
    assert result.value("self_directed") is None


def test_an_answered_no_is_a_value() -> None:
    result = typed(box("self_directed", "off", option="yes"), box("self_directed", "on", option="no"))
    assert result.value("self_directed") is False


def test_text_that_is_no_date_is_asked_about_in_the_words_of_the_form() -> None:
    [finding] = typed(box("plan_start", "13/45/2027", page=2)).findings
    assert finding.reason is Reason.NOT_VALID
    assert finding.message.startswith('Page 2, "Plan begins": reads "13/45/2027", which is not')


def test_a_box_that_cannot_be_right_says_why_and_not_that_it_is_unsure() -> None:
    reading = box("plan_start", "1345", decision=Decision.ASK, reason=Reason.NOT_VALID)
    [finding] = typed(reading).findings
    assert finding.message.startswith('Page 1, "Plan begins": reads "1345", which is not a date')


def test_a_doubtful_box_states_nothing() -> None:
    result = typed(box("plan_start", "01/01/2027", decision=Decision.ASK, reason=Reason.NOT_SURE))
    assert (result.value("plan_start"), reasons(result)) == (None, [Reason.NOT_SURE])


def test_running_text_that_is_not_sure_is_filed_and_put_on_the_confirm_list() -> None:
    result = typed(box("important_to", "Her dog.", decision=Decision.ASK, reason=Reason.NOT_SURE))
    assert (result.value("important_to"), result.confirm) == ("Her dog.", ("important_to",))


def test_handwriting_on_one_page_wants_a_second_source_and_on_two_pages_has_one() -> None:
    first, again = (box("birth_date", "03141987", page=page, handwritten=True) for page in (1, 2))
    assert (typed(first).unsure, typed(first, again).unsure) == (("birth_date",), ())


def test_a_name_by_hand_is_not_vouched_for_by_its_copy() -> None:
    both = [box("legal_last", "Gargon", page=page, handwritten=True) for page in (1, 2)]
    assert typed(*both).unsure == ("legal_last",)


def test_an_answer_takes_the_place_of_every_reading_of_its_field() -> None:
    readings = (box("birth_date", "03/14/1987"), box("birth_date", "03/14/1978", page=2))
    answered = apply_answers(readings, {"birth_date": Answer("birth_date", "3/14/1987", "JM")})
    result = type_readings(SITE, NAMES, answered, 2026)
    [source] = result.entries["birth_date"].sources
    assert result.value("birth_date") == date(1987, 3, 14)
    assert (source.method, source.actor) == (Method.CORRECTION, "JM")


def test_an_answer_that_a_box_is_rightly_empty_makes_it_blank() -> None:
    readings = (box("plan_end", "12/3l/2027", decision=Decision.ASK, reason=Reason.NOT_SURE),)
    answered = apply_answers(readings, {"plan_end": Answer("plan_end", "", "JM")})
    assert type_readings(SITE, NAMES, answered, 2026).value("plan_end") is None


def test_an_answered_choice_is_its_code() -> None:
    readings = (box("plan_type", "on", option="initial"), box("plan_type", "on", option="annual"))
    answered = apply_answers(readings, {"plan_type": Answer("plan_type", "annual", "JM")})
    assert type_readings(SITE, NAMES, answered, 2026).value("plan_type") == "annual"


def test_an_empty_signature_line_is_no_signature() -> None:
    assert typed(box("individual_signature", "absent")).value("individual_signature") is None


def test_a_doubtful_signature_is_asked_about() -> None:
    assert reasons(typed(box("individual_signature", "doubtful"))) == [Reason.SIGNATURE_DOUBTFUL]
