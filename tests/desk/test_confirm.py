"""The confirm list brings back what was ticked, and the mended texts beside it."""

from __future__ import annotations

import io

from pypdf import PdfReader

from pipeline.desk.confirm import ToConfirm, make_confirm_list, read_confirm_list
from tests.desk.papers import picture, saved

ITEMS = (
    ToConfirm(
        "SUB1/important_to", "Planning Worksheet", "Important to me", "Reads to me.", picture(900, 200)
    ),
    ToConfirm("SUB1/risks", "Planning Worksheet", "Risks", "Chokes on bred.", picture(900, 200)),
    ToConfirm("SUB2/requested", "Intake", "What would help?", "A job", b""),
)
READ = {item.key: item.read for item in ITEMS}
DONE = {"finished": "/on", "initials": "JMR"}
LIST = make_confirm_list("7K3QWERT9ABC", "C-7K3QWERT", ITEMS)


def test_only_what_was_ticked_is_confirmed_and_mended_texts_are_told_apart() -> None:
    filled = {"right.1": "/on", "right.2": "/on", "text.2": "Chokes on bread.", **DONE}
    found = read_confirm_list(*saved(LIST, filled), READ)
    assert found is not None
    assert (found.list_id, found.initials, found.right) == ("7K3QWERT9ABC", "JMR", ("SUB1/important_to",))
    assert found.corrected == {"SUB1/risks": "Chokes on bread."}


def test_a_list_is_known_without_its_properties() -> None:
    widgets, _ = saved(LIST, {"right.3": "/on", **DONE})
    found = read_confirm_list(widgets, {}, READ)
    assert found is not None
    assert found.right == ("SUB2/requested",)


def test_a_list_nobody_finished_confirms_nothing() -> None:
    assert read_confirm_list(*saved(LIST, {"right.1": "/on"}), READ) is None
    assert read_confirm_list(DONE, {"Title": "Another file"}, READ) is None


def test_the_same_items_give_the_same_list() -> None:
    assert make_confirm_list("7K3QWERT9ABC", "C-7K3QWERT", ITEMS) == LIST


def test_a_signature_is_ticked_as_signed_or_not_and_has_no_text() -> None:
    lines = (
        ToConfirm("SUB1/individual_signature", "Intake", "Signature", "", picture(900, 90), True),
        ToConfirm("SUB1/guardian_signature", "Intake", "Signature", "", picture(900, 90), True),
    )
    data = make_confirm_list("7K3QWERT9ABC", "C-7K3QWERT", lines)
    widgets, info = saved(data, {"signed.1": "/1", "signed.2": "/2", **DONE})
    found = read_confirm_list(widgets, info, {})
    assert found is not None
    assert (found.right, found.unsigned) == (("SUB1/individual_signature",), ("SUB1/guardian_signature",))
    assert not {"text.1", "right.1"} & widgets.keys()


def test_a_text_that_was_changed_and_not_ticked_is_told_apart() -> None:
    found = read_confirm_list(*saved(LIST, {"text.2": "Chokes on bread.", **DONE}), READ)
    assert found is not None
    assert (found.unticked, found.corrected, found.right) == (("SUB1/risks",), {}, ())


def test_a_list_says_how_it_is_handed_in_and_that_the_rest_may_wait() -> None:
    words = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(LIST)).pages).split())
    assert "Only this tick together with your initials counts." in words
    assert "What you do not tick stays on the list." in words
    assert "save this file where it lies" in words


def test_the_narratives_and_signatures_of_a_form_by_hand_fit_one_page() -> None:
    texts = tuple(ToConfirm(f"S/{n}", "Intake", "Text", "Reads to me.", picture(1300, 220)) for n in range(2))
    lines = tuple(ToConfirm(f"S/s{n}", "Intake", "Signature", "", picture(900, 90), True) for n in range(2))
    made = make_confirm_list("7K3QWERT9ABC", "C-7K3QWERT", (*texts, *lines))
    assert len(PdfReader(io.BytesIO(made)).pages) == 1
