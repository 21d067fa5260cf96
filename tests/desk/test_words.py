"""Every reason has words that a clerk understands without calling anyone."""

from __future__ import annotations

import re
from datetime import date

import pytest

from pipeline.desk.short import SHORT_REASONS, short_words
from pipeline.desk.words import WORDS, About, pages_named, words_for
from pipeline.model import Reason


def test_every_reason_has_words() -> None:
    assert set(WORDS) == set(Reason)


@pytest.mark.parametrize("reason", list(Reason))
def test_words_are_whole_sentences_even_when_nothing_more_is_known(reason: Reason) -> None:
    words = words_for(reason)
    for text in (words.headline, words.to_do):
        assert re.fullmatch(r"[A-Z].*[.?]", text), text
    for text in (words.headline, words.happened, words.to_do):
        assert not re.search(r"[{}]|  | \.|None", text), text


@pytest.mark.parametrize(
    ("reason", "about", "expected"),
    [
        (
            Reason.PAGE_MISSING,
            About(form="intake form", pages=(2,), of=4),
            "Page 2 of 4 is missing from this intake form. Scan only page 2 into the inbox; the rest is waiting.",
        ),
        (
            Reason.PAGE_MISSING,
            About(form="intake form", pages=(2, 3), of=4),
            "Pages 2 and 3 of 4 are missing from this intake form. "
            "Scan only pages 2 and 3 into the inbox; the rest is waiting.",
        ),
        (
            Reason.ALREADY_FILED,
            About(filed_on=date(2027, 3, 4), filed_as="Maria's February summary"),
            "Already filed on 3/4/2027 as Maria's February summary. Nothing to do.",
        ),
        (
            Reason.UNREADABLE_PAGE,
            About(),
            "This scan is too faint. Scan the whole page again at 200 dpi or more. Keep the paper.",
        ),
    ],
)
def test_the_slips_read_as_the_office_wrote_them(reason: Reason, about: About, expected: str) -> None:
    words = words_for(reason, about)
    assert expected == f"{words.headline} {words.to_do}"


def test_pages_are_named_as_people_name_them() -> None:
    assert [pages_named(pages) for pages in ((), (2,), (2, 4), (2, 3, 4))] == [
        "",
        "page 2",
        "pages 2 and 4",
        "pages 2, 3 and 4",
    ]


def test_a_further_sentence_is_said_too() -> None:
    assert words_for(Reason.WRONG_PERSON, About(detail="The birth date differs.")).happened == (
        "Nothing has been filed. The birth date differs."
    )


def test_reasons_that_name_a_form_or_a_page_are_short_on_the_status_page() -> None:
    named = {reason for reason, (headline, _, _) in WORDS.items() if "{" in headline}
    assert named - set(SHORT_REASONS) <= {Reason.ALREADY_FILED}


def test_several_reasons_are_told_by_the_first_and_their_number_and_like_ones_count_once() -> None:
    alike = (Reason.NOT_SURE, Reason.NO_CHECK)
    assert short_words(alike) == "Boxes to look at"
    assert short_words((*alike, Reason.PAGE_MISSING)) == "Boxes to look at, and 1 more"
    assert short_words(()) == ""
