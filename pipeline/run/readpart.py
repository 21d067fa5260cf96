"""A part as it was read, and what can be said of it without the libraries that read.

Who only files, as the watcher does, loads this and not the reader.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from pipeline.model import Part, Reading
from pipeline.site import Site
from pipeline.values import fold_case

if TYPE_CHECKING:
    from pipeline.reading.pages import OpenedFile


LIKE_ENOUGH: Final = Fraction(2, 3)  # not measured: no bench asks which pages of two people it keeps apart


@dataclass(frozen=True, slots=True)
class ReadPart:
    """A part with its readings; `pages_missing` counts pages of the form, `pictures` one PNG per page.

    unread: single pages of the same form in the same file that cannot be used, each with its reason
    """

    part: Part
    readings: tuple[Reading, ...]
    pages_missing: tuple[int, ...]
    pictures: tuple[bytes, ...]
    unread: tuple[Part, ...] = ()


def names_of(site: Site, part: Part) -> tuple[str, ...]:
    """The fields of its form that say whose a part is."""
    person = site.schemas[part.form].person
    return person.first, person.last, person.birth_date, *person.ids


def same_person(
    site: Site, one: Part, its: Sequence[Reading], other: Part, theirs: Sequence[Reading]
) -> bool:
    """Whether pages of two scans name the same person: something agrees and nothing differs."""
    verdicts: set[bool | None] = set()
    for name in names_of(site, one):
        left = {reading.text for reading in its if reading.field == name and reading.text}
        right = {reading.text for reading in theirs if reading.field == name and reading.text}
        verdicts |= {agree(a, b) for a in left for b in right}
    return True in verdicts and False not in verdicts


def agree(one: str, other: str) -> bool | None:
    """Whether two texts of a person block can be the same. None where one says nothing, or where two thirds of the
    characters agree place by place: then one may be the other, misread, and they speak neither for nor against it.
    """
    left, right = fold_case(one), fold_case(other)
    if not left or not right:
        return None
    if left == right:
        return True
    shared = sum(a == b for a, b in zip(left, right, strict=False))
    return None if Fraction(shared, max(len(left), len(right))) >= LIKE_ENOUGH else False


def widget_values(opened: OpenedFile) -> Mapping[str, str]:
    """Qualified name → value; a tick that is on has its on-state."""
    values: dict[str, str] = {}
    for page in opened.pages:
        for widget in page.widgets:
            if widget.kind == "/Btn":
                if widget.is_on:
                    values[widget.name] = widget.state
                else:
                    values.setdefault(widget.name, "Off")
            else:
                values[widget.name] = widget.value
    return values
