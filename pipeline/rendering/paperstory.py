"""The lines a part of a document must say on paper, and what in them is left open.

Made by `paperlines` from what the renderer recorded, compared with the PDF by `alignment`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from pipeline.rendering.comparable import is_drawn_in_another_order
from pipeline.rendering.printed import Insertion


class Kind(Enum):
    """TEXT is printed as it is. FIELD is worked out anew, a NUMBER is such a field of which it is known that it counts
    pages, a LABEL is a note's number or a symbol, a LEADER the dots or the line that a tab may draw."""

    TEXT = "text"
    FIELD = "field"
    NUMBER = "number"
    LABEL = "label"
    LEADER = "leader"


@dataclass(slots=True)
class Atom:
    """A piece of a line. text is comparable; soft: before which of its characters a hyphen may stand; words: the
    text as it was written"""

    kind: Kind
    text: str = field(default="", repr=False)
    insertion: Insertion | None = None
    capitals: bool = False
    soft: frozenset[int] = frozenset()
    words: str = field(default="", repr=False)


@dataclass(slots=True)
class PaperLine:
    """A line of a paragraph: from its beginning or a line break to the next. numbered: a list sets a label before
    it"""

    atoms: list[Atom] = field(default_factory=list, repr=False)
    numbered: bool = False

    @property
    def text(self) -> str:
        return "".join(atom.text for atom in self.atoms if atom.kind is Kind.TEXT)

    @property
    def words(self) -> str:
        return "".join(atom.words if atom.kind is Kind.TEXT else " " for atom in self.atoms).strip()

    @property
    def values(self) -> list[Insertion]:
        return [atom.insertion for atom in self.atoms if atom.insertion is not None]

    @property
    def any_order(self) -> bool:
        return is_drawn_in_another_order(self.text)


Flow = list[PaperLine]


@dataclass(slots=True)
class PaperStory:
    """The lines of a part. floats: each text box, frame and note; heads: rows that a table repeats on each page."""

    part: str
    lines: Flow = field(default_factory=list, repr=False)
    floats: list[Flow] = field(default_factory=list, repr=False)
    heads: list[Flow] = field(default_factory=list, repr=False)

    @property
    def flows(self) -> list[Flow]:
        return [self.lines, *self.floats]
