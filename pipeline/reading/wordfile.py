"""What a Word document says, part by part, as whoever opens it reads it: with every proposed change accepted.

For documents of our own that come back edited, in the child that opens files; and for those we make, so that both
are read alike. Nothing in it is run or fetched, and what it may unpack to is limited.

Left out is what a program works out anew: numbers of pages, and the second copy of a text box; and words that are
crossed out or hidden.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from pipeline.errors import DropError
from pipeline.model import WORD_CODE, Reason

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"
_BREAKS = {_W + "br": "\n", _W + "cr": "\n", _W + "tab": "\t"}
_GONE = frozenset({_FALLBACK, _W + "moveFrom", _W + "del"})
_PROPOSED = frozenset({_W + "ins", _W + "del", _W + "moveFrom", _W + "moveTo"})
_OBJECTS = frozenset({_W + "drawing", _W + "pict", _W + "object", _W + "sym", _W + "altChunk", _MATH})
_CROSSED_OUT = tuple(f"{_W}rPr/{_W}{name}" for name in ("strike", "dstrike", "vanish"))
_WORKED_OUT = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES"})
_TAGS = (
    *_GONE,
    *_BREAKS,
    *(_W + name for name in ("fldSimple", "p", "fldChar", "instrText", "t", "noBreakHyphen")),
)
_WML = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_ROLES = {
    _WML + "document.main+xml": "body",
    _WML + "header+xml": "header",
    _WML + "footer+xml": "footer",
    _WML + "footnotes+xml": "footnotes",
    _WML + "endnotes+xml": "endnotes",
    _WML + "comments+xml": "comments",
}
MAX_MEMBERS = 2_000
MAX_MEMBER_BYTES = 40_000_000
MAX_PARTS = 200
MAX_CHARACTERS = 1_000_000
_NUMBER = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{12}\b")
_LONE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class WordPart:
    """role: `body`, `header`, `footer`, `footnotes` or `endnotes`"""

    role: str
    member: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WordText:
    """A Word document as read.

    code:     what stands in the property in which ours carry their code, unverified; empty where there is none
    proposed: changes that are tracked and neither accepted nor refused; comments: remarks in it
    objects:  pictures, drawings, formulas and symbols of its body, of which the text says nothing
    """

    code: str
    parts: tuple[WordPart, ...]
    proposed: int = 0
    comments: int = 0
    objects: int = 0

    @property
    def numbers(self) -> tuple[str, ...]:
        """What may be the number of a packet at the foot of its pages: some programs drop properties on saving."""
        feet = (part.text for part in self.parts if part.role == "footer")
        return tuple(dict.fromkeys(number for text in feet for number in _NUMBER.findall(text)))

    @property
    def may_be_ours(self) -> bool:
        return bool(self.code or self.numbers)


def checked_word(item: Any) -> WordText:
    """What the child says of a Word document, each field proved to be of its type and size. Raises KeyError,
    TypeError, ValueError."""
    parts = tuple(
        WordPart(
            _one_of(part["role"]), _text_up_to(part["member"], 300), _text_up_to(part["text"], MAX_CHARACTERS)
        )
        for part in item["parts"]
    )
    if len(parts) > MAX_PARTS or sum(len(part.text) for part in parts) > MAX_CHARACTERS:
        raise ValueError("parts")
    counts = [item[name] for name in ("proposed", "comments", "objects")]
    if not all(type(count) is int and count >= 0 for count in counts):
        raise TypeError("count")
    return WordText(_text_up_to(item["code"], 200), parts, *counts)


def _one_of(role: object) -> str:
    if role not in _ROLES.values():
        raise ValueError("role")
    return str(role)


def _text_up_to(text: object, most: int) -> str:
    if not isinstance(text, str) or len(text) > most:
        raise TypeError("text")
    return _LONE.sub("\ufffd", text)


def word_text(data: bytes) -> WordText:
    """What the document says. Raises DropError where it is none, or unpacks to more than may be."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return _text(package)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise DropError(Reason.DAMAGED, type(error).__name__) from None
    except (etree.XMLSyntaxError, KeyError, OSError, ValueError) as error:
        raise DropError(Reason.DAMAGED, type(error).__name__) from None


def _text(package: zipfile.ZipFile) -> WordText:
    if len(package.infolist()) > MAX_MEMBERS:
        raise DropError(Reason.TOO_LARGE, "members")
    parts: list[WordPart] = []
    proposed = comments = objects = size = 0
    roles = _roles(package)
    if len(roles) > MAX_PARTS:
        raise DropError(Reason.TOO_LARGE, "parts")
    for member, role in roles.items():
        root = _root(package, member)
        if role == "comments":
            comments += sum(1 for _ in root.iter(_W + "comment"))
            continue
        pieces = list(pieces_of(root))
        text = "".join(shown for _, shown in pieces)
        size += len(text)
        if size > MAX_CHARACTERS:
            raise DropError(Reason.TOO_LARGE, "text")
        parts.append(WordPart(role, member, text))
        proposed += sum(1 for _ in root.iter(*_PROPOSED))
        objects += objects_in(root) if role == "body" else 0
    if not any(part.role == "body" for part in parts):
        raise DropError(Reason.DAMAGED, "body")
    return WordText(_code(package), tuple(parts), proposed, comments, objects)


def _roles(package: zipfile.ZipFile) -> Mapping[str, str]:
    names = set(package.namelist())
    found: dict[str, str] = {}
    for override in _root(package, "[Content_Types].xml").iter("{*}Override"):
        member, role = override.get("PartName", "").lstrip("/"), _ROLES.get(override.get("ContentType", ""))
        if role is not None and member in names:
            found[member] = role
    return found


def _code(package: zipfile.ZipFile) -> str:
    if "docProps/custom.xml" not in package.namelist():
        return ""
    for each in _root(package, "docProps/custom.xml").iter("{*}property"):
        if each.get("name") == WORD_CODE:
            return "".join(map(str, each.itertext())).strip()[:200]
    return ""


def _root(package: zipfile.ZipFile, member: str) -> etree._Element:
    """The root of a member. What its size in the table of contents says is not believed."""
    with package.open(member) as stream:
        blob = stream.read(MAX_MEMBER_BYTES + 1)
    if len(blob) > MAX_MEMBER_BYTES:
        raise DropError(Reason.TOO_LARGE, "member")
    root = etree.fromstring(blob, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    if root.getroottree().docinfo.internalDTD is not None:
        raise DropError(Reason.DAMAGED, "document type")
    return root


def objects_in(root: etree._Element) -> int:
    return sum(1 for each in root.iter(*_OBJECTS) if next(each.iterancestors(*_GONE), None) is None)


def pieces_of(root: etree._Element) -> Iterator[tuple[str, str]]:
    """The text of a part in order: each piece as it stands in the markup, and as it is read, which may be nothing."""
    fields: list[list[str]] = []  # of each open field: its code so far, and whether its result has begun
    gone = 0
    for event, each in etree.iterwalk(root, events=("start", "end"), tag=_TAGS):
        if each.tag in _GONE or (each.tag == _W + "fldSimple" and _is_worked_out(each.get(_W + "instr", ""))):
            gone += 1 if event == "start" else -1
        elif event == "end":
            if each.tag == _W + "p":
                yield "\n", "" if gone else "\n"
        elif each.tag == _W + "fldChar":
            _turn(fields, each.get(_W + "fldCharType", ""))
        elif each.tag == _W + "instrText" and fields:
            fields[-1][0] += each.text or ""
        else:
            yield from _read(each, bool(gone) or any(done and _is_worked_out(code) for code, done in fields))


def _read(element: etree._Element, unread: bool) -> Iterator[tuple[str, str]]:
    parent = element.getparent()
    in_run = parent is not None and parent.tag == _W + "r"
    if element.tag == _W + "t":
        text = element.text or ""
        yield text, "" if unread or (in_run and _is_struck_out(parent)) else text
    elif element.tag in _BREAKS and in_run:
        yield _BREAKS[element.tag], "" if unread else _BREAKS[element.tag]
    elif element.tag == _W + "noBreakHyphen":
        yield "", "" if unread else "-"


def _is_struck_out(run: etree._Element | None) -> bool:
    """Whether words are crossed out or hidden: so people take away what is not to count, without deleting it."""
    switches = [each for name in _CROSSED_OUT for each in (run.findall(name) if run is not None else ())]
    return any(each.get(_W + "val", "1") not in ("0", "false", "off") for each in switches)


def _turn(fields: list[list[str]], kind: str) -> None:
    if kind == "begin":
        fields.append(["", ""])
    elif fields and kind == "separate":
        fields[-1][1] = "begun"
    elif fields and kind == "end":
        fields.pop()


def _is_worked_out(code: str) -> bool:
    return any(name.upper() in _WORKED_OUT for name in code.split()[:1])
