"""Files that cannot be read, are not ours, or are no files: each ends with words, and nothing is followed or lost."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.model import Outcome, Reason
from pipeline.rendering.blank import make_blank
from pipeline.run.crew import Crew
from pipeline.site import load_site
from tests.paper import hostile, hostile_pdf
from tests.paper.fill import typed_over
from tests.run.office import (
    EDITION,
    ROOT,
    AnOffice,
    asked_in,
    filled_in,
    on_a_screen,
    pages_of,
    prepared_state,
    words_of,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def office(tmp_path: Path) -> AnOffice:
    return AnOffice.at(tmp_path)


@pytest.mark.parametrize(
    ("data", "reason", "words"),
    [
        (b"", Reason.EMPTY_FILE, "This file is empty."),
        (hostile_pdf.locked(), Reason.ENCRYPTED, "Save or print it without the password"),
        (hostile_pdf.no_pages(), Reason.NO_PAGES, "This file has no pages."),
        (on_a_screen("waiver-choice", 2)[:9000], Reason.TRUNCATED, "Only a part of this file arrived."),
    ],
)
def test_a_file_that_cannot_be_read_gets_a_slip_that_says_what_to_do(
    office: AnOffice, data: bytes, reason: Reason, words: str
) -> None:
    (part,) = office.drop(data)
    sheet = office.sheet_of(part)
    office.answer(sheet, {})

    assert (Outcome.REFUSED, (reason,)) == (part.outcome, part.reasons)
    assert office.sheets == (), "a slip that was acknowledged goes away"
    assert office.part(part).reasons == (Reason.DISMISSED,)


def test_the_words_of_a_slip_say_what_happened(office: AnOffice) -> None:
    (part,) = office.drop(hostile_pdf.locked())

    assert "This file is locked with a password." in words_of(office.sheet_of(part).read_bytes())


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (hostile.word_file(), Reason.WORD_RETURN),
        (hostile.moving_picture(), Reason.UNSUPPORTED_TYPE),
    ],
)
def test_a_file_of_another_type_may_be_a_supporting_paper_or_not_ours(
    office: AnOffice, data: bytes, reason: Reason
) -> None:
    (part,) = office.drop(data, "letter.docx")
    asked = asked_in(office.sheet_of(part).read_bytes())
    office.answer(office.sheet_of(part), {"form": "not-ours"})

    assert (Outcome.HELD, (reason,)) == (part.outcome, part.reasons)
    assert asked["form"][2] == ("supporting", "not-ours")
    assert office.sheets == ()


def unknown_letter() -> bytes:
    return hostile_pdf.plain()


def test_an_unknown_paper_is_one_question_however_many_pages_it_has(office: AnOffice) -> None:
    (part,) = office.drop(pages_of(unknown_letter(), unknown_letter(), order=[1, 2]))

    assert (part.outcome, part.pages, part.reasons) == (Outcome.HELD, (1, 2), (Reason.UNKNOWN_FORM,))
    codes = asked_in(office.sheet_of(part).read_bytes())["form"][2]
    assert {"intake", "assessment-summary", "supporting", "not-ours"} <= set(codes)


def test_an_unknown_paper_that_is_not_ours_is_put_aside(office: AnOffice) -> None:
    (part,) = office.drop(unknown_letter())
    office.answer(office.sheet_of(part), {"form": "not-ours"})

    assert (office.part(part).outcome, office.part(part).reasons) == (Outcome.REFUSED, (Reason.DISMISSED,))
    assert office.sheets == ()


def test_a_supporting_paper_is_kept_with_its_case(office: AnOffice) -> None:
    (intake,) = office.drop(on_a_screen("intake", 1), "intake.pdf")
    (part,) = office.drop(unknown_letter())
    office.answer(office.sheet_of(part), {"form": "supporting", "supporting-case": "C-00000000"})
    asked_again = words_of(office.sheet_of(part).read_bytes())
    office.answer(office.sheet_of(part), {"form": "supporting", "supporting-case": intake.case})

    assert "There is no one case with that number." in asked_again
    assert (Outcome.SUPPORTING, intake.case) == (office.part(part).outcome, office.part(part).case)
    assert office.sheets == ()


def test_a_form_of_another_edition_is_read_as_the_form_it_is_said_to_be(
    office: AnOffice, tmp_path: Path
) -> None:
    prepared_state(tmp_path / "state")
    office.drop(on_a_screen("intake", 2), "intake.pdf")
    (part,) = office.drop(_of_an_older_edition(tmp_path, "assessment-summary", 2))
    slip = words_of(office.sheet_of(part).read_bytes())
    office.office.crew = Crew(office.office, 1)
    del office.office.reader
    office.answer(office.sheet_of(part), {"form": "assessment-summary"})
    office.office.crew.stop()

    assert "reader" not in vars(office.office), "who files has loaded what only a child should load"
    assert (part.outcome, part.reasons) == (Outcome.HELD, (Reason.UNKNOWN_EDITION,))
    assert "in an edition" in slip
    assert (office.part(part).outcome, office.part(part).form) == (Outcome.KEPT, "assessment-summary")


def test_a_letter_is_not_read_as_the_form_it_is_said_to_be(office: AnOffice) -> None:
    (part,) = office.drop(unknown_letter())
    office.answer(office.sheet_of(part), {"form": "intake"})

    assert office.part(part).outcome == Outcome.HELD
    assert "could not be found on it" in words_of(office.sheet_of(part).read_bytes())


def _of_an_older_edition(tmp_path: Path, form: str, seed: int) -> bytes:
    """The form filled in on a blank whose printed code names an edition that this office does not have."""
    site = load_site(ROOT)
    found = replace(site.forms[form, EDITION], edition="2019-01")
    older = tmp_path / "older.pdf"
    older.write_bytes(make_blank(found, site.schemas[form], site.program))
    filled = filled_in(form, seed, on_paper=True)
    return typed_over(older, filled.values | dict.fromkeys(filled.signed, "Signed Name"))


# --- what is no file ------------------------------------------------------------------------------


def test_a_file_still_being_written_waits(office: AnOffice) -> None:
    place = office.inbox / "growing.pdf"
    whole = on_a_screen("intake", 1)
    with place.open("wb") as file:
        file.write(whole[:5000])
        file.flush()
        look = office.office.inbox.look()
        waiting = look.waiting
        file.write(whole[5000:])
    (part,) = office.take()

    assert waiting == 1
    assert part.outcome == Outcome.KEPT


@pytest.mark.parametrize(
    "name", [".DS_Store", "Thumbs.db", "~$letter.docx", "scan.part", "scan.pdf.crdownload"]
)
def test_junk_is_left_alone(office: AnOffice, name: str) -> None:
    assert office.drop(b"junk", name) == ()
    assert (office.inbox / name).is_file()
    assert office.sheets == ()


def test_links_and_pipes_are_named_and_never_followed(office: AnOffice, tmp_path: Path) -> None:
    secret = tmp_path / "secret.pdf"
    secret.write_bytes(on_a_screen("intake", 1))
    (office.inbox / "link.pdf").symlink_to(secret)
    os.mkfifo(office.inbox / "pipe.pdf")
    parts = office.take()

    assert parts == ()
    assert (office.inbox / "link.pdf").is_symlink()
    assert secret.is_file()
    assert "2 things in the inbox cannot be taken in: a link, pipe, device" in office.status
    assert "link.pdf" not in office.status


def test_two_different_files_of_one_name_are_both_kept(office: AnOffice) -> None:
    (first,) = office.drop(on_a_screen("intake", 1), "scan0001.pdf")
    (second,) = office.drop(on_a_screen("intake", 2), "scan0001.pdf")

    assert [first.outcome, second.outcome] == [Outcome.KEPT, Outcome.KEPT]
    assert first.case != second.case
