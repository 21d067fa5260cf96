"""A sheet asks about each doubtful box once, in the words of the form, and about nothing else."""

from __future__ import annotations

from dataclasses import replace

from pipeline.desk.questions import QuestionKind, paper_questions, questions_for
from pipeline.desk.reference import reference_for
from pipeline.model import Box, Finding, Reading, Reason, Severity
from tests.desk.papers import reading, site

SITE = site()
ERROR, WARNING = Severity.ERROR, Severity.WARNING


def at(field: str, page: int, top: float, left: float) -> Reading:
    """A box at this place of the form."""
    return replace(reading(field, "read", page=page), box=Box(left, top, left + 50, top + 20))


def _finding(
    reason: Reason, *fields: str, severity: Severity = ERROR, rule: str = "rule", **more: object
) -> Finding:
    choices = more.get("choices", ())
    assert isinstance(choices, tuple)
    return Finding(rule, severity, reason, fields, 1, str(more.get("message", "It is doubted.")), choices)


def test_a_finding_of_several_boxes_asks_about_each_and_speaks_once() -> None:
    found = questions_for(SITE, "intake", [_finding(Reason.RULE_BROKEN, "city", "state", "zip")], [])
    assert [question.key for question in found] == ["field:city", "field:state", "field:zip"]
    assert [question.why for question in found] == [
        "It is doubted.",
        'Asked for the same reason as "City" above.',
        'Asked for the same reason as "City" above.',
    ]


def test_a_box_doubted_twice_is_asked_about_once_with_both_reasons() -> None:
    findings = [
        _finding(Reason.NOT_SURE, "city", message="First."),
        _finding(Reason.RULE_BROKEN, "city", message="Second."),
    ]
    (question,) = questions_for(SITE, "intake", findings, [])
    assert question.why == "First.\nSecond."


def test_a_rule_that_speaks_of_several_rows_is_overridden_once_after_the_last_of_them() -> None:
    findings = [
        _finding(Reason.RULE_BROKEN, f"diagnoses.{row}.text", severity=WARNING, message=f"Row {row}.")
        for row in (1, 2)
    ]
    found = questions_for(SITE, "intake", findings, [])
    keys = ["field:diagnoses.1.text", "field:diagnoses.2.text", "override:rule"]
    assert [question.key for question in found] == keys


def test_what_was_read_its_picture_and_the_printed_label_come_along() -> None:
    readings = [reading("diagnoses.2.icd10", "F7O", page=2)]
    finding = Finding("not-valid", ERROR, Reason.NOT_VALID, ("diagnoses.2.icd10",), 2, "reads F7O")
    (question,) = questions_for(SITE, "intake", [finding], readings)
    assert (question.label, question.page, question.read) == ("ICD-10 code (row 2 of Diagnoses)", 2, "F7O")
    assert question.picture == readings[0].crop


def test_where_the_readers_disagree_the_first_vote_stands_in_the_box() -> None:
    readings = [reading("city", "", votes=("Ozark", "Czark"))]
    (question,) = questions_for(SITE, "intake", [_finding(Reason.READERS_DISAGREE, "city")], readings)
    assert question.read == "Ozark"


def test_a_doubtful_tick_shows_every_tick_box_and_fills_in_nothing() -> None:
    readings = [
        reading("sex", "doubtful", "female"),
        reading("sex", "on", "male"),
        reading("sex", "off", "other"),
    ]
    (question,) = questions_for(SITE, "intake", [_finding(Reason.TICK_DOUBTFUL, "sex")], readings)
    assert question.kind is QuestionKind.CHOICE
    assert [code for code, _ in question.options] == ["female", "male", "other"]
    assert all(question.option_pictures)
    assert question.read == ""


def test_several_ticks_keep_those_that_are_sure() -> None:
    codes = [code for code, _ in SITE.schemas["intake"].fields["ethnicity"].options]
    readings = [reading("ethnicity", "on" if code == "white" else "doubtful", code) for code in codes]
    (question,) = questions_for(SITE, "intake", [_finding(Reason.TICK_DOUBTFUL, "ethnicity")], readings)
    assert (question.kind, question.read) == (QuestionKind.CHOICES, "white")


def test_unequal_copies_are_ticked_rather_than_typed() -> None:
    readings = [reading("legal_last", "Delgado"), reading("legal_last", "Delgada", page=2)]
    (question,) = questions_for(SITE, "intake", [_finding(Reason.COPIES_DIFFER, "legal_last")], readings)
    assert question.options == (("Delgado", "Delgado"), ("Delgada", "Delgada"))


def test_a_doubted_person_may_be_none_of_these_or_not_ours() -> None:
    choices = (("C-AAAAAAAA", "Maria Delgado, born 3/14/1978"),)
    (question,) = questions_for(SITE, "intake", [_finding(Reason.CASE_UNSURE, choices=choices)], [])
    assert question.key == "case"
    assert [code for code, _ in question.options] == ["C-AAAAAAAA", "neither", "not-ours"]


def test_a_warning_may_be_overridden_and_an_error_may_not() -> None:
    warned = questions_for(
        SITE, "intake", [_finding(Reason.RULE_BROKEN, "city", severity=WARNING, rule="cap")], []
    )
    erred = questions_for(SITE, "intake", [_finding(Reason.RULE_BROKEN, "city", rule="cap")], [])
    assert [question.key for question in warned] == ["field:city", "override:cap"]
    assert [question.key for question in erred] == ["field:city"]


def test_handwritten_narratives_are_not_asked_about() -> None:
    finding = _finding(Reason.HANDWRITTEN_NARRATIVE, "requested", severity=WARNING)
    assert questions_for(SITE, "intake", [finding], []) == ()


def test_what_no_box_can_mend_is_said_as_a_note() -> None:
    found = questions_for(
        SITE,
        "intake",
        [_finding(Reason.REQUIRED_BLANK, "diagnoses"), _finding(Reason.RULE_BROKEN, "no_such_box", rule="x")],
        [],
    )
    assert [question.kind for question in found] == [QuestionKind.NOTE, QuestionKind.NOTE]


def test_earlier_answers_stand_pre_filled() -> None:
    findings = [_finding(Reason.NOT_SURE, "city")]
    (question,) = questions_for(SITE, "intake", findings, [reading("city", "Ozork")], {"field:city": "Ozark"})
    assert question.read == "Ozark"


def test_an_unknown_paper_may_be_any_of_our_forms_a_supporting_paper_or_not_ours() -> None:
    what, case = paper_questions(SITE, Reason.UNKNOWN_FORM)
    codes = [code for code, _ in what.options]
    assert codes[-2:] == ["supporting", "not-ours"]
    assert set(codes[:-2]) == {form for form, _ in SITE.forms}
    assert case.may_stay_empty


def test_a_file_that_nobody_can_open_is_not_asked_about() -> None:
    unanswerable = (
        Reason.EMPTY_FILE,
        Reason.ENCRYPTED,
        Reason.NOT_A_FILE,
        Reason.DAMAGED,
        Reason.PAGE_MISSING,
    )
    assert [paper_questions(SITE, reason) for reason in unanswerable] == [()] * 5
    (what, _) = paper_questions(SITE, Reason.WORD_RETURN)
    assert [code for code, _ in what.options] == ["supporting", "not-ours"]


def test_boxes_are_asked_in_the_order_of_the_paper_whatever_is_worst() -> None:
    readings = [
        at("zip", 1, 400, 300),
        at("city", 1, 401, 50),
        at("requested", 3, 80, 50),
        at("sex", 1, 90, 9),
    ]
    findings = [
        _finding(Reason.RULE_BROKEN, "requested", "city", severity=WARNING, rule="cap"),
        _finding(Reason.NOT_VALID, "zip", "sex"),
        _finding(Reason.CASE_UNSURE, choices=(("C-AAAAAAAA", "Maria Delgado"),)),
    ]
    found = questions_for(SITE, "intake", findings, readings)
    assert [question.key for question in found] == [
        "case",
        "field:sex",
        "field:city",
        "field:zip",
        "field:requested",
        "override:cap",
    ]
    assert 'same reason as "City" above' in found[4].why, "the box that comes first says the reason"


def test_what_was_read_stands_in_the_box_as_people_write_it() -> None:
    readings = [reading("birth_date", "04171997"), reading("phone", "4175550188"), reading("zip", "none")]
    asked = questions_for(SITE, "intake", [_finding(Reason.NOT_SURE, "birth_date", "phone", "zip")], readings)
    assert [question.read for question in asked] == ["4/17/1997", "(417) 555-0188", "none"]


def test_a_reason_does_not_repeat_a_long_text() -> None:
    message = f'"City" reads "{"very long " * 90}", which is longer than 40 characters.'
    (question,) = questions_for(SITE, "intake", [_finding(Reason.TOO_LONG, "city", message=message)], [])
    assert len(question.why) < 120
    assert question.why.endswith('...", which is longer than 40 characters.')


def test_the_cells_of_a_row_stand_together_in_the_reference() -> None:
    readings = [
        reading("diagnoses.1.icd10", "F70"),
        reading("diagnoses.1.text", "Mild"),
        reading("city", "Ozark"),
    ]
    assert reference_for(SITE, "intake", readings, ()) == (
        ("Diagnoses, row 1", "ICD-10 code: F70; Diagnosis: Mild"),
        ("City", "Ozark"),
    )


def test_the_reference_holds_the_rest_in_the_order_of_the_page() -> None:
    readings = [
        reading("legal_last", "Delgado"),
        reading("sex", "on", "female"),
        reading("sex", "off", "male"),
        reading("city", "Ozark"),
        reading("state", ""),
    ]
    asked = questions_for(SITE, "intake", [_finding(Reason.NOT_SURE, "city")], readings)
    assert reference_for(SITE, "intake", readings, asked) == (
        ("Legal last name", "Delgado"),
        ("Sex", "Female"),
    )


def test_what_is_shown_for_reference_stands_as_people_write_it() -> None:
    readings = [
        reading("phone", "4175550188"),
        reading("zip", "658040001"),
        reading("birth_date", "04171997"),
        reading("services.1.unit_kind", "15min"),
    ]
    said = dict(reference_for(SITE, "intake", readings[:3], ()))
    assert said == {"Telephone": "(417) 555-0188", "ZIP": "65804-0001", "Birth date": "4/17/1997"}
    worksheet = reference_for(SITE, "planning-worksheet", readings[3:], ())
    assert worksheet == (("Services, row 1", "Unit: 15 minutes"),)
    odd = reference_for(SITE, "intake", [reading("phone", "417 unknown")], ())
    assert odd == (("Telephone", "417 unknown"),), "what is no telephone number stands as it was read"
