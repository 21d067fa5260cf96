"""A sheet made, filled in a viewer and read back says exactly what the clerk meant, and nothing else."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pdfplumber
import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from pipeline.desk.answers import DOUBTFUL, read_sheet
from pipeline.desk.questions import Question, QuestionKind, asked_again, paper_questions, which_answer
from pipeline.desk.sheet import make_sheet
from pipeline.fillable import parts_of_code
from pipeline.model import Reason
from tests.desk.papers import held, picture, saved, site

UNITS = Question("field:services.2.units", "Units", 2, "reads 1l7", "1l7", QuestionKind.TEXT, (), picture())
NOTES = Question("field:important_to", "Important", 3, "too long", "a\nb", QuestionKind.LINES)
SEX = Question(
    "field:sex",
    "Sex",
    1,
    "not clear",
    "",
    QuestionKind.CHOICE,
    (("female", "Female"), ("male", "Male")),
    option_pictures=(picture(40, 40), picture(40, 40)),
)
LIMITS = Question(
    "field:limits",
    "Needs help with",
    1,
    "not clear",
    "mobility",
    QuestionKind.CHOICES,
    (("self_care", "Self-care"), ("mobility", "Mobility"), ("none", "None")),
)
SIGNED = Question(
    "field:individual_signature",
    "Signature",
    4,
    "not clear",
    "",
    QuestionKind.SIGNATURE,
    (("present", "Signed"), ("absent", "Not signed")),
)
BORN = Question(
    "field:birth_date",
    "Birth date",
    1,
    "our record differs",
    "",
    QuestionKind.CHOICE,
    (("03/14/1987", "03/14/1987, as on the form"), ("03/14/1978", "03/14/1978, as in our record")),
)
WHO = Question(
    "case",
    "Whose paper is it?",
    0,
    "two fit",
    "",
    QuestionKind.CHOICE,
    (("C-AAAAAAAA", "Maria Delgado, born 3/14/1978"), ("neither", "None of these"), ("not-ours", "Not ours")),
)
OVERRIDE = Question("override:guardian-of-a-minor", "File it as it is, because", 0, "", "", QuestionKind.TEXT)
ALL = (UNITS, NOTES, SEX, LIMITS, SIGNED, BORN, WHO, OVERRIDE)
DONE = {"finished": "/on", "initials": "JM"}


def words(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_the_same_held_part_gives_the_same_sheet() -> None:
    assert make_sheet(held(*ALL)) == make_sheet(held(*ALL))


def test_every_answer_comes_back_under_its_key() -> None:
    filled = {
        "q.1": "117",
        "q.2": "one\ntwo",
        "q.3": "/1",
        "q.4.1": "/on",
        "q.5": "/2",
        "hand.6": "03/14/1988",
        "q.7": "/1",
        "q.8": "Her mother is on her way to court",
        **DONE,
    }
    sheet = read_sheet(*saved(make_sheet(held(*ALL)), filled))
    assert sheet is not None
    assert (sheet.part, sheet.round, sheet.submitted, sheet.initials) == ("7K3QWERT9ABC", 1, True, "JM")
    assert sheet.missing == ()
    assert sheet.answers == {
        "field:services.2.units": "117",
        "field:important_to": "one\ntwo",
        "field:sex": "female",
        "field:limits": "self_care;mobility",
        "field:individual_signature": "absent",
        "field:birth_date": "03/14/1988",
        "case": "C-AAAAAAAA",
        "override:guardian-of-a-minor": "Her mother is on her way to court",
    }


def test_a_habitual_save_submits_nothing() -> None:
    sheet = read_sheet(*saved(make_sheet(held(*ALL))))
    assert sheet is not None
    assert not sheet.submitted


@pytest.mark.parametrize(
    "half", [{"finished": "/on"}, {"initials": "JM"}, {"finished": "/on", "initials": " 7 "}]
)
def test_only_the_tick_and_the_initials_together_count(half: dict[str, str]) -> None:
    sheet = read_sheet(*saved(make_sheet(held(UNITS)), half))
    assert sheet is not None
    assert not sheet.submitted
    assert len(sheet.missing) == 1


def test_what_was_read_stands_pre_filled_and_is_confirmed_by_finishing() -> None:
    sheet = read_sheet(*saved(make_sheet(held(UNITS)), DONE))
    assert sheet is not None
    assert sheet.answers == {"field:services.2.units": "1l7"}


def test_an_empty_box_must_be_said_to_be_empty() -> None:
    cleared = read_sheet(*saved(make_sheet(held(UNITS)), {"q.1": "", **DONE}))
    said = read_sheet(*saved(make_sheet(held(UNITS)), {"empty.1": "/on", **DONE}))
    assert cleared is not None
    assert said is not None
    assert cleared.missing == ("Number 1: there is no answer.",)
    assert (said.answers, said.missing) == ({"field:services.2.units": ""}, ())


def test_a_half_filled_sheet_names_what_is_missing_and_keeps_the_rest() -> None:
    sheet = read_sheet(*saved(make_sheet(held(*ALL)), {"q.3": "/2", **DONE}))
    assert sheet is not None
    assert sheet.answers["field:sex"] == "male"
    assert [text.split(":")[0] for text in sheet.missing] == ["Number 5", "Number 6", "Number 7"]


def test_a_value_written_by_hand_goes_before_what_was_printed() -> None:
    sheet = read_sheet(*saved(make_sheet(held(UNITS)), {"hand.1": "117", **DONE}))
    assert sheet is not None
    assert sheet.answers == {"field:services.2.units": "117"}


def test_a_box_that_is_empty_and_has_a_value_is_asked_again() -> None:
    sheet = read_sheet(*saved(make_sheet(held(UNITS)), {"hand.1": "117", "empty.1": "/on", **DONE}))
    assert sheet is not None
    assert sheet.answers == {}
    assert len(sheet.missing) == 1


@pytest.mark.parametrize("name", ["q.3", "hand.3", "empty.3"])
def test_a_doubtful_mark_on_a_printed_sheet_is_no_answer(name: str) -> None:
    widgets, info = saved(make_sheet(held(UNITS, NOTES, SEX)), {"q.3": "/1", **DONE})
    sheet = read_sheet(widgets | {name: DOUBTFUL}, info)
    assert sheet is not None
    assert "field:sex" not in sheet.answers
    assert len(sheet.missing) == 1


def test_a_sheet_asked_again_keeps_what_was_answered() -> None:
    earlier = {"field:services.2.units": "", "field:sex": "male", "field:limits": "self_care"}
    again = asked_again((UNITS, SEX, LIMITS, SIGNED), earlier)
    sheet = read_sheet(*saved(make_sheet(held(*again, round_number=2)), DONE))
    assert sheet is not None
    assert sheet.round == 2
    assert sheet.answers == earlier
    assert sheet.missing == ("Number 4: there is no answer.",)


def test_two_people_who_disagree_are_both_shown() -> None:
    first = {UNITS.key: "117", LIMITS.key: "self_care;mobility", SEX.key: "male"}
    second = {UNITS.key: "", LIMITS.key: "none", SEX.key: "male"}
    asked = which_answer((UNITS, SEX, LIMITS), first, second, ("JM", "DK"))
    assert [question.options for question in asked] == [
        (("117", "117 (says JM)"), ("", "It is empty (says DK)")),
        (("self_care;mobility", "Self-care; Mobility (says JM)"), ("none", "None (says DK)")),
    ]
    sheet = read_sheet(*saved(make_sheet(held(*asked)), {"q.1": "/2", "q.2": "/1", **DONE}))
    assert sheet is not None
    assert sheet.answers == {UNITS.key: "", LIMITS.key: "self_care;mobility"}


def test_a_person_not_among_the_choices_can_be_named_by_a_number() -> None:
    sheet = read_sheet(*saved(make_sheet(held(WHO)), {"hand.1": "7041186", **DONE}))
    assert sheet is not None
    assert sheet.answers == {"case": "7041186"}


def test_a_long_value_is_not_cut_off_in_its_box() -> None:
    long = "He takes the bus to the library on Tuesdays and Thursdays. " * 4
    question = Question("field:city", "City", 1, "too long", long.strip(), QuestionKind.TEXT, (), picture())
    sheet = make_sheet(held(question))
    page = PdfReader(io.BytesIO(sheet)).pages[0]
    widgets = [item.get_object() for item in page.get("/Annots", [])]
    (box,) = [item["/Rect"] for item in widgets if item.get("/V") == long.strip()]
    assert float(box[3]) - float(box[1]) > 40


def test_nothing_a_person_wrote_is_in_the_program_s_own_words_about_a_sheet() -> None:
    assert "1l7" not in repr(held(UNITS))
    sheet = read_sheet(*saved(make_sheet(held(UNITS)), {"q.1": "Delgado", **DONE}))
    assert "Delgado" not in repr(sheet)


def test_putting_aside_needs_a_reason_and_then_nothing_else() -> None:
    without = read_sheet(*saved(make_sheet(held(*ALL)), {"dismiss": "/on", **DONE}))
    reason = {"dismiss": "/on", "dismiss_reason": "Sent twice", **DONE}
    with_reason = read_sheet(*saved(make_sheet(held(*ALL)), reason))
    assert without is not None
    assert with_reason is not None
    assert without.missing == ("The reason for putting this paper aside.",)
    assert (with_reason.dismissed, with_reason.missing) == ("Sent twice", ())


def test_a_supporting_paper_needs_its_case() -> None:
    questions = paper_questions(site(), Reason.UNKNOWN_FORM, picture(850, 1100))
    place = [code for code, _ in questions[0].options].index("supporting") + 1
    without = read_sheet(*saved(make_sheet(held(*questions)), {"q.1": f"/{place}", **DONE}))
    named = read_sheet(*saved(make_sheet(held(*questions)), {"q.1": f"/{place}", "q.2": "7041186", **DONE}))
    assert without is not None
    assert named is not None
    assert without.missing == ("The case this is a supporting paper for.",)
    assert named.answers == {"form": "supporting", "supporting-case": "7041186"}


def test_a_list_too_long_for_ticks_is_a_box_with_a_list() -> None:
    options = tuple((f"code{number}", f"County {number}") for number in range(40))
    county = Question("field:county", "County", 1, "not listed", "code3", QuestionKind.CHOICE, options)
    widgets, info = saved(make_sheet(held(county)), DONE)
    sheet = read_sheet(widgets, info)
    assert sheet is not None
    assert sheet.answers == {"field:county": "County 3"}


def test_a_viewer_that_drops_our_properties_does_no_harm() -> None:
    widgets, _ = saved(make_sheet(held(UNITS)), {"q.1": "117", **DONE})
    sheet = read_sheet(widgets, {"/Producer": "Some viewer"})
    assert sheet is not None
    assert sheet.answers == {"field:services.2.units": "117"}


@pytest.mark.parametrize(
    "info",
    [
        {},
        {"SheetPart": "A", "SheetRound": "x", "SheetQuestions": "[]"},
        {"SheetPart": "A", "SheetRound": "1", "SheetQuestions": "[[1,2]]"},
        {"SheetPart": "A", "SheetRound": "1", "SheetQuestions": "[" * 100_000},
        {"SheetPart": "A", "SheetRound": "1", "SheetQuestions": '[["k","no-kind",[],0]]'},
    ],
)
def test_a_file_that_is_no_sheet_of_ours_is_not_read_as_one(info: dict[str, str]) -> None:
    assert read_sheet({"finished": "on", "initials": "JM", "sheet": "{"}, info) is None


def test_every_page_carries_its_code_where_a_camera_finds_it() -> None:
    pages = pypdfium2.PdfDocument(make_sheet(held(*ALL)))
    for number, page in enumerate(pages, start=1):
        image = page.render(scale=150 / 72, grayscale=True).to_numpy()
        found = zxingcpp.read_barcodes(np.ascontiguousarray(image.reshape(image.shape[:2])))
        expected = ("S1", "7K3QWERT9ABC", "1", str(number), str(len(pages)))
        assert [expected] == [parts_of_code(code.text) for code in found]


def test_the_long_title_of_a_form_stands_whole_at_the_head_of_every_page() -> None:
    title = "Waiver, Provider and Services Choice Statement"
    long = replace(held(*ALL), form_code="WC-01", form_title=title)
    for page in PdfReader(io.BytesIO(make_sheet(long))).pages:
        head = page.extract_text()[:400]
        assert f"WC-01 {title}" in " ".join(head.split())
        assert "..." not in head


def test_a_slip_without_questions_says_what_to_do_and_takes_an_answer() -> None:
    slip = make_sheet(held(reason=Reason.UNREADABLE_PAGE))
    reader = PdfReader(io.BytesIO(slip))
    text = " ".join(page.extract_text() for page in reader.pages)
    assert "This scan is too faint." in text
    assert "Scan the whole page again at 200 dpi or more. Keep the paper." in " ".join(text.split())
    sheet = read_sheet(*saved(slip, DONE))
    assert sheet is not None
    assert (sheet.submitted, sheet.missing, dict(sheet.answers)) == (True, (), {})


def test_a_note_that_repeats_the_headline_is_not_said_twice() -> None:
    said = held(reason=Reason.UNREADABLE_PAGE)
    note = Question("choice:x", "Please note", 0, said.headline, "", QuestionKind.NOTE)
    other = Question("choice:y", "Please note", 0, "Row 2 has no units.", "", QuestionKind.NOTE)
    reader = PdfReader(io.BytesIO(make_sheet(held(note, other, reason=Reason.UNREADABLE_PAGE))))
    text = " ".join(page.extract_text() for page in reader.pages)
    assert text.count(said.headline) == 1
    assert "Row 2 has no units." in text


def test_no_text_runs_out_of_the_page_however_long_a_reason_or_a_value_is() -> None:
    long = "He takes the bus to the library on Tuesdays. " * 80
    asked = Question("field:f", "Important to me", 1, long, long, QuestionKind.LINES, (), picture(1400, 500))
    with pdfplumber.open(io.BytesIO(make_sheet(held(asked, UNITS, SEX)))) as pdf:
        for page in pdf.pages:
            for word in page.extract_words():
                assert 40 <= word["x0"] < word["x1"] <= 572, word["text"]
                assert word["bottom"] <= 745, word["text"]
            assert all(float(box["bottom"]) <= 722 for box in page.annots)


def test_a_sheet_says_that_what_is_left_counts_as_right_where_something_stands_in_a_box() -> None:
    assert "what you leave, you say is right" in words(make_sheet(held(UNITS)))
    assert "Leave it if it is right" in words(make_sheet(held(UNITS)))
    assert "what you leave" not in words(make_sheet(held(SEX)))


def test_twelve_cells_of_a_table_that_was_typed_take_two_pages() -> None:
    cells = tuple(replace(UNITS, key=f"field:services.{row}.units", picture=b"") for row in range(1, 13))
    assert len(PdfReader(io.BytesIO(make_sheet(replace(held(*cells), reference=())))).pages) == 2


def test_of_a_doubted_person_the_top_of_the_page_is_shown_large() -> None:
    page = Image.new("L", (850, 1100), 255)
    page.paste(0, (100, 100, 750, 200))  # a name at the top
    page.paste(0, (100, 600, 750, 1000))  # far below
    buffer = io.BytesIO()
    page.save(buffer, "PNG")
    sheet = make_sheet(replace(held(WHO), page_pictures=(buffer.getvalue(),), heads_only=True))
    with pdfplumber.open(io.BytesIO(sheet)) as pdf:
        drawn = pdf.pages[0].to_image(resolution=72).original.convert("L")
        shown = max(pdf.pages[0].rects, key=lambda frame: frame["width"] * frame["height"])
    left, top, right, bottom = (int(shown[edge]) for edge in ("x0", "top", "x1", "bottom"))
    dark = [y for y in range(top + 3, bottom - 3) if drawn.getpixel((left + (right - left) // 2, y)) < 90]
    assert right - left > 500
    assert 35 <= len(dark) <= 75, "the name stands once and large, and what is below it is cut off"


def test_nothing_is_drawn_outside_the_part_of_the_page_that_prints() -> None:
    long = tuple(
        Question(f"field:f{n}", "A long label " * 12, 1, "Why " * 60, "read " * 300, QuestionKind.LINES)
        for n in range(4)
    )
    for page in PdfReader(io.BytesIO(make_sheet(held(*long, *ALL)))).pages:
        for annotation in page.get("/Annots", []):
            left, bottom, right, top = (float(edge) for edge in annotation.get_object()["/Rect"])
            assert (left, right) == (0, 0) or (40 <= left < right <= 572 and 60 <= bottom < top <= 690)


def test_a_sheet_names_its_title_language_and_boxes_for_those_who_listen() -> None:
    reader = PdfReader(io.BytesIO(make_sheet(held(*ALL))))
    assert reader.metadata is not None
    assert reader.metadata.title == "Please correct this form: IN-01 Intake and Application"
    fields = reader.get_fields() or {}
    assert all(field.get("/TU") for field in fields.values() if field.get("/FT"))
