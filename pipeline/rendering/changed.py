"""The nouns of an edited document: what stood in it as it was made, and what was changed."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PrintedValue:
    """A value and where it stands in the text of its part, in characters from 0.

    place: of the case record, rows counted from 1; empty for words computed in the template
    label: what people call it; fact: the id of the fact it shows, empty where it rests on none or on several
    """

    start: int
    end: int
    label: str
    place: str = ""
    fact: str = ""
    blank: bool = False


@dataclass(frozen=True, slots=True)
class MadePart:
    """A part as it was made."""

    role: str
    text: str = field(repr=False)
    values: tuple[PrintedValue, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """A printed value that says something else now.

    before: empty where it was a line to fill in; after: empty where it was taken out
    times, of: how often it was changed so, and how often it stands in the document
    """

    place: str
    label: str
    fact: str
    before: str = field(repr=False)
    after: str = field(repr=False)
    times: int = 1
    of: int = 1


@dataclass(frozen=True, slots=True)
class ChangedWords:
    """Other words of the document. values: labels of the values that the change runs over, facts: what these rest on;
    role: of the part"""

    role: str
    before: str = field(repr=False)
    after: str = field(repr=False)
    values: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    values: tuple[ChangedValue, ...]
    words: tuple[ChangedWords, ...]
