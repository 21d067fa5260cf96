"""Pages to parts."""

from __future__ import annotations

from pipeline.identify import missing_pages, split_by_person, split_parts
from pipeline.model import PageMatch, Reason


def page(source: int, form: str = "intake", number: int = 0, pages: int = 3) -> PageMatch:
    if number == 0:
        return PageMatch(source, reason=Reason.UNKNOWN_FORM)
    return PageMatch(source, form, "2026-11", number, pages, "code")


def split(*matches: PageMatch) -> list[tuple[int, ...]]:
    return [part.pages for part in split_parts("DROP", matches)]


def test_pages_of_a_form_in_order_are_one_part() -> None:
    assert split(page(1, number=1), page(2, number=2), page(3, number=3)) == [(1, 2, 3)]


def test_a_first_page_begins_a_new_part() -> None:
    assert split(page(1, number=1), page(2, number=2), page(3, number=1)) == [(1, 2), (3,)]


def test_a_page_that_comes_twice_begins_a_new_part() -> None:
    assert split(page(1, number=2), page(2, number=2)) == [(1,), (2,)]


def test_blank_backs_do_not_cut_a_form_in_two() -> None:
    blank = PageMatch(2, reason=Reason.BLANK_PAGE)
    assert split(page(1, number=1), blank, page(3, number=2)) == [(1, 3), (2,)]


def test_a_separator_ends_every_part() -> None:
    separator = PageMatch(2, reason=Reason.SEPARATOR_PAGE)
    assert split(page(1, number=1), separator, page(3, number=2)) == [(1,), (2,), (3,)]


def test_every_page_lies_in_exactly_one_part() -> None:
    matches = (page(1, number=1), page(2), page(3, "other", 1), page(4, number=2), page(5))
    assert sorted(number for part in split_parts("D", matches) for number in part.pages) == [1, 2, 3, 4, 5]


def test_another_edition_is_another_part() -> None:
    older = PageMatch(2, "intake", "2025-01", 2, 3, "code")
    assert split(page(1, number=1), older) == [(1,), (2,)]


def test_missing_pages_are_named() -> None:
    (part,) = split_parts("D", (page(1, number=1), page(2, number=3)))
    assert missing_pages(part) == (2,)


def compared(left: str, right: str) -> bool | None:
    return None if not left or not right else left == right


def test_a_page_that_names_somebody_else_is_cut_off() -> None:
    (part,) = split_parts("D", (page(1, number=1), page(2, number=2), page(3, number=3)))
    persons = {
        1: {"last": "Kessler", "born": "1"},
        2: {"last": "Kessler", "born": ""},
        3: {"last": "Gantt", "born": "2"},
    }
    parts = split_by_person(part, persons, {"last": compared, "born": compared})
    assert [item.pages for item in parts] == [(1, 2), (3,)]


def test_a_page_whose_person_block_could_not_be_read_stays() -> None:
    (part,) = split_parts("D", (page(1, number=1), page(2, number=2)))
    parts = split_by_person(part, {1: {"last": "Kessler"}, 2: {}}, {"last": compared})
    assert [item.pages for item in parts] == [(1, 2)]
