"""What is printed into a document: each value as Word's markup, and a list of them in order.

Here a value is refused if it cannot stand on paper, and here a blank becomes a shaded line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from jinja2.runtime import Undefined

from pipeline.rendering.context import BlankText, Session, ShownText, UnknownPlace
from pipeline.rendering.language import Site

# What a reader would take for nothing or for a page break: never printed, never dropped in silence. LibreOffice draws
# nothing for a line separator, so that 1 and 10 on two lines read 110.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffd-\uffff]")
_SPECIAL = re.compile('[&<>"\ufffd]')  # beside what is not printable, such as tabs and ends of lines
BLANK_SHADE = '<w:shd w:val="clear" w:color="auto" w:fill="FFF2CC"/>'
# Elements that follow w:shd in a run's formatting. Source: ECMA-376 part 1, 17.3.2, CT_RPr.
_AFTER_SHADE = re.compile(r"<w:(?:fitText|vertAlign|rtl|cs|em|lang|eastAsianLayout|specVanish|oMath)\b")
_HAND_LINE = re.compile("_{4,}")


class Insertion(NamedTuple):
    """A value printed in a document.

    place:   of the case record, rows counted from 1; empty for words computed in the template
    line:    the paragraph of the template, counted from 1 within its part
    in_text: False where it went into an attribute, a field code or a property
    """

    part: str
    expression: str
    line: int
    in_text: bool
    value: str
    place: str = ""
    blank: bool = False

    def __repr__(self) -> str:
        """Without the value, which may be a person's."""
        return f"Insertion({self.part!r}, {self.expression!r}, line {self.line})"


@dataclass(frozen=True, slots=True)
class Story:
    """What one part says, piece by piece: the template's own markup, and the values between."""

    part: str
    pieces: tuple[str | Insertion, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class RenderedWord:
    """A filled Word document and what was printed in it.

    blanks: labels printed as lines to fill in; places: what of the record was used; facts: ids it rests on
    """

    docx: bytes = field(repr=False)
    insertions: tuple[Insertion, ...]
    blanks: tuple[str, ...]
    places: tuple[str, ...]
    facts: tuple[str, ...]
    stories: tuple[Story, ...] = field(repr=False)
    forbidden: frozenset[str] = frozenset()

    @property
    def hand_lines(self) -> int:
        """How many lines the template leaves to be written on by hand, not counting blanks of the record."""
        pieces = (piece for story in self.stories for piece in story.pieces)
        return sum(len(_HAND_LINE.findall(piece)) for piece in pieces if isinstance(piece, str))


class Recorder:
    """Takes each printed value, refuses what cannot be printed, and keeps it in order."""

    def __init__(self, part: str, sites: Sequence[Site], session: Session) -> None:
        self.part = part
        self.sites = sites
        self.session = session
        self.insertions: list[Insertion] = []

    def printed(self, value: object, number: int) -> str:
        """The value as markup."""
        site = self.sites[number]
        if type(value) is ShownText and site.in_text and value.isprintable() and not _SPECIAL.search(value):
            # What nearly all values are: text without any sign of markup.
            self._note(site, value, value._place, False)
            return str(value)
        return self._looked_at(value, site)

    def _looked_at(self, value: object, site: Site) -> str:
        if isinstance(value, BlankText):
            return self._blank(value, site)
        text = printable(value, site)
        place = value._place if isinstance(value, ShownText) else ""
        self._note(site, text, place, False)
        return _in_run(text) if site.in_text else _escaped(text).replace("\n", " ").replace("\t", " ")

    def _blank(self, value: BlankText, site: Site) -> str:
        self.session.note_blank(value._blank.label)
        self._note(site, str(value), value._place, True)
        return _marked(str(value), site.run_properties) if site.in_text else _escaped(str(value))

    def _note(self, site: Site, text: str, place: str, blank: bool) -> None:
        self.insertions.append(
            Insertion(self.part, site.expression, site.line, site.in_text, text, place, blank)
        )


class NotPrintable(Exception):
    """A value that cannot stand on paper; the words never quote it."""


def printable(value: object, site: Site) -> str:
    """The text of one value. Raises UnknownPlace where it is none, NotPrintable where it cannot be printed."""
    if isinstance(value, Undefined):
        str(value)  # raises UndefinedError with the name
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise UnknownPlace(f"{{{{ {site.expression} }}}} is a whole table or group, not one value")
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    if found := UNPRINTABLE.search(text):
        raise NotPrintable(
            f"the value of {{{{ {site.expression} }}}} holds a character that cannot be printed "
            f"(U+{ord(found[0]):04X}). Correct the value where it was entered"
        )
    return text


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;")


def _in_run(text: str) -> str:
    """Text as it stands inside w:t: line breaks and tabs become Word's own."""
    escaped = _escaped(text)
    if "\n" in escaped:
        escaped = escaped.replace("\n", '</w:t><w:br/><w:t xml:space="preserve">')
    if "\t" in escaped:
        escaped = escaped.replace("\t", '</w:t><w:tab/><w:t xml:space="preserve">')
    return escaped


def _marked(line: str, properties: str) -> str:
    """A line to fill in, in a shaded run of its own."""
    inner = properties.removeprefix("<w:rPr>").removesuffix("</w:rPr>")
    inner = re.sub(r"<w:shd [^>]*/>", "", inner)
    place = found.start() if (found := _AFTER_SHADE.search(inner)) else len(inner)
    shaded = f"<w:rPr>{inner[:place]}{BLANK_SHADE}{inner[place:]}</w:rPr>"
    text = '<w:t xml:space="preserve">'
    return f"</w:t></w:r><w:r>{shaded}{text}{line}</w:t></w:r><w:r>{properties}{text}"
