"""Pages to parts: which pages of a drop belong together.

Pages of one form and edition in order make a part. A page number that comes again, or a first page,
begins a new one. A blank page or a separator is a part of its own, so that every page of a drop lies in
exactly one part. Seeing which page is which is the work of `reading.matching`; nothing is looked at here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pipeline.model import PageMatch, Part, Reason

SamePerson = Callable[[str, str], bool | None]
"""Whether two texts of one person field can be the same; None where it cannot be told (blank, not read)."""


def split_parts(drop: str, matches: Sequence[PageMatch]) -> tuple[Part, ...]:
    """The parts of a drop in the order of their first pages.

    A page joins the last part of its form since the last separator. Blank backs of a double-sided scan and
    papers put between two pages of a form do not cut it in two.
    """
    parts: list[Part] = []
    since = 0
    for match in matches:
        open_part = next((i for i in range(len(parts) - 1, since - 1, -1) if is_of(parts[i], match)), None)
        if open_part is not None and continues(parts[open_part], match):
            parts[open_part] = with_page(parts[open_part], match)
            continue
        if len(parts) > since and _goes_on(parts[-1], match):
            parts[-1] = with_page(parts[-1], match)
            continue
        parts.append(one_page(drop, match))
        if match.reason is Reason.SEPARATOR_PAGE:
            since = len(parts)
    return tuple(parts)


def is_of(part: Part, match: PageMatch) -> bool:
    return bool(match.form) and (match.form, match.edition) == (part.form, part.edition)


def continues(part: Part, match: PageMatch) -> bool:
    """Whether the page is one the part still lacks. Page 1 always begins a new part.

    A page that could not be posed but whose code was read belongs to its form too: it is asked there.
    """
    return match.page > 1 and match.page not in {known.page for known in part.matches}


def _goes_on(part: Part, match: PageMatch) -> bool:
    """Whether two unknown pages in a row may be one letter: it is asked about once, not page by page."""
    unknown = all(known.reason is Reason.UNKNOWN_FORM and not known.form for known in part.matches)
    return unknown and match.reason is Reason.UNKNOWN_FORM and not match.form


def one_page(drop: str, match: PageMatch) -> Part:
    return Part(drop, (match.source_page,), (match,), match.form, match.edition)


def with_page(part: Part, match: PageMatch) -> Part:
    return Part(part.drop, (*part.pages, match.source_page), (*part.matches, match), part.form, part.edition)


def split_by_person(
    part: Part, persons: Mapping[int, Mapping[str, str]], same: Mapping[str, SamePerson]
) -> tuple[Part, ...]:
    """The part, cut where the person block of a page names somebody else than the page before.

    persons: source page → field of the person block → text as read; same: field → comparison. A page is
    cut off when at least one field differs for certain and more differ than agree.
    """
    parts: list[Part] = []
    for match in part.matches:
        if parts and not names_another(parts[-1], match, persons, same):
            parts[-1] = with_page(parts[-1], match)
        else:
            parts.append(one_page(part.drop, match))
    return tuple(parts)


def names_another(
    part: Part,
    match: PageMatch,
    persons: Mapping[int, Mapping[str, str]],
    same: Mapping[str, SamePerson],
) -> bool:
    here = persons.get(match.source_page, {})
    agree = differ = 0
    for page in part.pages:
        there = persons.get(page, {})
        for field, compare in same.items():
            verdict = compare(there.get(field, ""), here.get(field, ""))
            agree += verdict is True
            differ += verdict is False
    return differ > 0 and differ > agree


def missing_pages(part: Part) -> tuple[int, ...]:
    """Numbers of the form's pages that the part lacks, first to last."""
    there = {match.page for match in part.matches}
    pages = max((match.pages for match in part.matches), default=0)
    return tuple(number for number in range(1, pages + 1) if number not in there)
