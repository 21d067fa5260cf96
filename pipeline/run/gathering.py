"""Pages of one form that did not come as one: told by form and person, and by what stands on them.

A scanner takes a page twice, a clerk mixes two people's pages, a page is scanned later. Nothing is
thrown away here: a second copy that says the same is a part of its own, one that says something else is asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from pipeline.identify import missing_pages
from pipeline.model import Decision, PageMatch, Part, Reading, short_id
from pipeline.run.readpart import ReadPart
from pipeline.values import fold_case

SamePeople = Callable[[ReadPart, ReadPart], bool]


def gathered(
    parts: Sequence[ReadPart], same_person: SamePeople
) -> tuple[tuple[ReadPart, ...], tuple[Part, ...]]:
    """The parts of one drop with scattered pages brought together, and the second copies that say nothing new."""
    found: list[ReadPart] = []
    copies: list[Part] = []
    for later in parts:
        place = next(
            (at for at, first in enumerate(found) if _belong(first, later) and same_person(first, later)),
            None,
        )
        if place is None:
            found.append(later)
            continue
        found[place], more = _together(found[place], later)
        copies += more
    return tuple(found), tuple(copies)


def says_the_same(one: Iterable[Reading], other: Iterable[Reading]) -> bool:
    """Whether no box that was read for certain on both says something else on the other."""
    theirs = {reading.widget: reading for reading in other if reading.decision is Decision.ACCEPTED}
    return all(
        fold_case(reading.text) == fold_case(theirs[reading.widget].text)
        for reading in one
        if reading.decision is Decision.ACCEPTED and reading.widget in theirs
    )


def twice(matches: Iterable[PageMatch]) -> dict[int, tuple[int, ...]]:
    """Page of the form → its places in the file, for pages of which unequal copies are there."""
    places: dict[int, tuple[int, ...]] = {}
    for match in matches:
        places[match.page] = (*places.get(match.page, ()), match.source_page)
    return {page: found for page, found in places.items() if len(found) > 1}


def _belong(first: ReadPart, later: ReadPart) -> bool:
    """Whether two parts can be pages of one form: one lacks pages, and what both have may be one page copied.

    A first page that says something else begins another form of the same person.
    """
    kinds = (first.part.form, first.part.edition), (later.part.form, later.part.edition)
    if not first.part.form or kinds[0] != kinds[1] or not (first.readings and later.readings):
        return False
    if not first.pages_missing and not later.pages_missing:
        return False
    begins_anew = any(match.page == 1 for match in later.part.matches)
    return not begins_anew or says_the_same(first.readings, later.readings)


def _together(first: ReadPart, later: ReadPart) -> tuple[ReadPart, list[Part]]:
    there = {match.page for match in first.part.matches}
    new: list[PageMatch] = []
    copies: list[Part] = []
    for match in later.part.matches:
        on_it = [reading for reading in later.readings if reading.source_page == match.source_page]
        if match.page in there and says_the_same(first.readings, on_it):
            copies.append(Part(later.part.drop, (match.source_page,), (match,), match.form, match.edition))
        else:
            new.append(match)
    pages = {match.source_page for match in new}
    matches = (*first.part.matches, *new)
    part = replace(first.part, pages=(*first.part.pages, *sorted(pages)), matches=matches)
    pictures = [
        picture for number, picture in zip(later.part.pages, later.pictures, strict=True) if number in pages
    ]
    readings = [reading for reading in later.readings if reading.source_page in pages]
    whole = replace(
        first,
        part=part,
        readings=(*first.readings, *readings),
        pages_missing=missing_pages(part),
        pictures=(*first.pictures, *pictures),
        unread=(*first.unread, *later.unread),
    )
    return whole, copies


def found_in(parts: Sequence[ReadPart]) -> str:
    """A hash of which forms were found on which pages (a part's id tells its pages): what reading gave."""
    codes = (code for read in parts for code in (read.part.id, read.part.form, read.part.edition))
    return short_id("found", *codes, length=52)
