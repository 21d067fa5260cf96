"""The text of a Word file as a reader meets it, read anew from its bytes for the proof.

Two readings that share no code: `text_of_part` walks the finished XML; `expected_text` follows what the
renderer says it wrote. If they agree character by character, nothing was lost, added or moved on the way.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from pipeline.rendering.docxfile import W
from pipeline.rendering.printed import Insertion, Story

_W = f"{{{W}}}"
_BREAK = {_W + "br": "\n", _W + "cr": "\n", _W + "tab": "\t"}
_MARK = re.compile(r"<w:(br|cr|tab)\b([^>]*)/>|<(/?)w:(t|p|r)(?=[\s>/])[^>]*?(/?)>")
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


@dataclass(frozen=True, slots=True)
class Printed:
    """A value and where it stands in the text of its part, in characters from 0."""

    insertion: Insertion
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ExpectedText:
    """What a part must say, and where in it each value stands."""

    part: str
    text: str = field(repr=False)
    printed: tuple[Printed, ...] = ()


def text_of_part(docx: bytes, part: str) -> str:
    """The text of one part: runs joined, breaks and ends of paragraphs as line ends, tabs as tabs."""
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        root = etree.fromstring(package.read(part), etree.XMLParser(resolve_entities=False, no_network=True))
    if root.tag != _W + "document" and not root.tag.startswith(_W):
        return "\n".join(str(text).strip() for text in root.itertext())
    return "".join(_walk(root))


def _walk(element: etree._Element) -> Iterator[str]:
    for child in element:
        if child.tag == _W + "t":
            yield child.text or ""
        elif child.tag in _BREAK and element.tag == _W + "r":
            yield _BREAK[child.tag]
        else:
            yield from _walk(child)
            if child.tag == _W + "p":
                yield "\n"


def visible_text(docx: bytes, part: str) -> str:
    """The text of a part that is sure to be printed: no second copy of text boxes, no deleted or hidden text,
    no results of fields (page numbers and the like are worked out anew)."""
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        root = etree.fromstring(package.read(part), etree.XMLParser(resolve_entities=False, no_network=True))
    out: list[str] = []
    field_depth = 0
    for element in root.iter():
        if element.tag == _W + "fldChar":
            field_depth += {"begin": 1, "end": -1}.get(element.get(_W + "fldCharType", ""), 0)
        elif element.tag == _W + "t" and not field_depth and not _is_unprinted(element):
            out.append(element.text or "")
    return "".join(out)


def _is_unprinted(text: etree._Element) -> bool:
    run = text.getparent()
    if run is not None and run.find(f"{_W}rPr/{_W}vanish") is not None:
        return True
    around = (
        _W + "fldSimple",
        _W + "del",
        "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    )
    return next(text.iterancestors(*around), None) is not None


def expected_text(story: Story) -> ExpectedText:
    """What the renderer wrote into a part, followed piece by piece."""
    out: list[str] = []
    printed: list[Printed] = []
    length = 0
    for token in _tokens(story):
        if isinstance(token, Insertion):
            text = token.value
            printed.append(Printed(token, length, length + len(text)))
        else:
            text = token
        out.append(text)
        length += len(text)
    return ExpectedText(story.part, "".join(out), tuple(printed))


def _tokens(story: Story) -> Iterator[str | Insertion]:
    reader = _Reader()
    for piece in story.pieces:
        if not isinstance(piece, Insertion):
            yield from reader.read(piece)
        elif piece.in_text:
            yield piece


class _Reader:
    """Reads markup in pieces that may be cut anywhere between tags, or inside an attribute."""

    def __init__(self) -> None:
        self.in_text = False
        self.in_run = False
        self.left = ""

    def read(self, piece: str) -> Iterator[str]:
        piece = self.left + piece
        cut = piece.rfind("<") if piece.rfind("<") > piece.rfind(">") else len(piece)
        piece, self.left = piece[:cut], piece[cut:]
        start = 0
        for match in _MARK.finditer(piece):
            if self.in_text and match.start() > start:
                yield _plain(piece[start : match.start()])
            start = match.end()
            yield from self._pass(match)
        if self.in_text and start < len(piece):
            yield _plain(piece[start:])

    def _pass(self, match: re.Match[str]) -> Iterator[str]:
        if match[1]:
            if self.in_run and "w:val" not in match[2]:
                yield "\t" if match[1] == "tab" else "\n"
            return
        opens = not match[3] and not match[5]
        if match[4] == "t":
            self.in_text = opens
        elif match[4] == "r":
            self.in_run = opens
        elif not opens:
            yield "\n"


def _plain(text: str) -> str:
    def char(match: re.Match[str]) -> str:
        name = match[1]
        if name.startswith("#x"):
            return chr(int(name[2:], 16))
        return chr(int(name[1:])) if name.startswith("#") else _ENTITIES[name]

    return re.sub(r"&(#x[0-9A-Fa-f]+|#\d+|\w+);", char, text)
