"""The status page tells what happens and names nobody."""

from __future__ import annotations

from datetime import datetime
from html.parser import HTMLParser

import pytest

from pipeline.desk.status import Counts, Listed, Status, Waiting, how_long, status_html
from pipeline.model import Reason

NOW = datetime(2027, 3, 4, 14, 5, 9)
STATUS = Status(
    office="Sample County Board",
    looked_at=NOW,
    counts=Counts(waiting=3, in_work=1, filed=41, held=2, to_confirm=1, duplicates=5, refused=6),
    waits=(
        Waiting("Intake and Application", Reason.NOT_SURE, datetime(2027, 3, 4, 13, 0), "IN-01 7K3Q.pdf"),
        Waiting("", Reason.UNKNOWN_FORM, datetime(2027, 3, 2, 9, 0), "7K3R.pdf"),
    ),
    lists=(Listed("Intake and Application", datetime(2027, 3, 1, 9, 0), "To confirm C-1.pdf"),),
    alerts=("The archive cannot be reached since 9:40 AM: keep your scans.",),
)


class _Page(HTMLParser):
    """Tags, their attributes and the text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_is_well_formed_and_says_its_language_and_when_it_reloads() -> None:
    page = _Page(status_html(STATUS))
    assert page.open == []
    assert ("html", {"lang": "en-US"}) in page.tags
    assert ("meta", {"http-equiv": "refresh", "content": "30"}) in page.tags


def test_nothing_is_fetched_from_elsewhere_and_no_script_runs() -> None:
    html = status_html(STATUS)
    page = _Page(html)
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in page.tags}
    assert "http://" not in html
    assert "https://" not in html
    links = [attributes["href"] for tag, attributes in page.tags if tag == "a"]
    assert links == [
        "needs-attention/7K3R.pdf",
        "needs-attention/IN-01%207K3Q.pdf",
        "needs-attention/To%20confirm%20C-1.pdf",
    ]


def test_every_column_has_a_head_for_those_who_listen() -> None:
    heads = [attributes.get("scope") for tag, attributes in _Page(status_html(STATUS)).tags if tag == "th"]
    assert heads == ["col"] * (4 + 3)


def test_counts_alerts_and_the_oldest_first_are_shown() -> None:
    text = " ".join("".join(_Page(status_html(STATUS)).words).split())
    assert "3/4/2027 2:05:09 PM" in text
    assert "Filed today41" in text
    assert "Lists to confirm1" in text
    assert "keep your scans" in text
    assert text.index("Not a known form") < text.index("Intake and Application")
    assert "2 days" in text
    assert "1 hour" in text


def test_no_name_of_a_person_or_of_a_dropped_file_can_reach_the_page() -> None:
    assert set(Waiting.__slots__) == {"form_title", "reason", "since", "sheet"}
    numbers = {"waiting", "in_work", "filed", "held", "to_confirm", "duplicates", "refused"}
    assert set(Counts.__slots__) == numbers
    assert set(Listed.__slots__) == {"form_title", "since", "sheet"}


def test_odd_letters_in_our_own_words_do_no_harm() -> None:
    odd = Status('A & B <script>"x"', NOW, Counts(), (Waiting("<b>", Reason.NOT_SURE, NOW, "a<b>&.pdf"),))
    page = _Page(status_html(odd))
    assert not {"script", "b"} & {tag for tag, _ in page.tags}


def test_an_empty_office_is_told_so() -> None:
    assert "Nothing needs your attention." in status_html(Status("Board", NOW, Counts()))


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (NOW, "just now"),
        (datetime(2027, 3, 4, 14, 3), "2 minutes"),
        (datetime(2027, 3, 4, 13, 4), "1 hour"),
        (datetime(2027, 3, 1, 14, 0), "3 days"),
        (datetime(2027, 3, 5, 14, 0), "just now"),
    ],
)
def test_waiting_is_told_in_the_largest_whole_unit(since: datetime, expected: str) -> None:
    assert expected == how_long(since, NOW)


def test_lists_of_handwriting_stand_apart_from_what_must_be_answered() -> None:
    text = " ".join("".join(_Page(status_html(STATUS)).words).split())
    assert text.index("What needs your attention") < text.index("IN-01 7K3Q.pdf")
    assert (
        text.index("IN-01 7K3Q.pdf") < text.index("Handwriting to confirm") < text.index("To confirm C-1.pdf")
    )
    assert "3 days" in text
    assert "Handwriting to confirm" not in status_html(Status("Board", NOW, Counts()))
