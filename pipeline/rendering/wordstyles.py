"""What a Word file's styles and sections say that changes the words on paper: lists, capitals, hidden text, and
which header stands on which page.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from pipeline.rendering.docxfile import W

_W = f"{{{W}}}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


@dataclass(frozen=True, slots=True)
class WordStyles:
    """Names of the styles whose paragraphs a list numbers, and whose text is in capitals or hidden."""

    numbered: frozenset[str] = frozenset()
    capitals: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Margins:
    """The parts in the head and the foot of a page, empty where there is none."""

    header: str
    footer: str


@dataclass(frozen=True, slots=True)
class Layout:
    """What surrounds the text. sections: for each, its kinds of page (`default`, `first`, `even`) → margins"""

    styles: WordStyles
    hyphenates: bool
    even_pages: bool
    sections: tuple[dict[str, Margins], ...]

    def margins_of(self, page: int) -> list[Margins]:
        """What may stand around a page, from 1. With one section, or on page 1, that is certain."""
        sections = self.sections if page > 1 else self.sections[:1]
        found: list[Margins] = []
        for section in sections:
            found += [section[kind] for kind in self._kinds(section, page, len(self.sections) == 1)]
        return list(dict.fromkeys(found))

    def _kinds(self, section: dict[str, Margins], page: int, only: bool) -> list[str]:
        even = self.even_pages and page % 2 == 0
        usual = ["even"] if even else ["default"]
        if "first" not in section:
            return usual
        if page == 1:
            return ["first"]
        return usual if only else ["first", *usual]


def is_on(switch: etree._Element | None) -> bool:
    return switch is not None and switch.get(_W + "val", "1") not in ("0", "false", "off")


def layout_of(docx: bytes) -> Layout:
    """The layout of a Word file."""
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        names = set(package.namelist())

        def part(name: str) -> bytes:
            return package.read(name) if name in names else b"<none/>"

        settings = etree.fromstring(part("word/settings.xml"))
        targets = _targets(part("word/_rels/document.xml.rels"))
        even = is_on(settings.find(_W + "evenAndOddHeaders"))
        return Layout(
            _styles(part("word/styles.xml")),
            is_on(settings.find(_W + "autoHyphenation")),
            even,
            _sections(etree.fromstring(part("word/document.xml")), targets),
        )


def _targets(relations: bytes) -> dict[str, str]:
    """Id of a relation → the part it leads to."""
    return {
        each.get("Id", ""): posixpath.normpath(posixpath.join("/word", each.get("Target", ""))).lstrip("/")
        for each in etree.fromstring(relations)
    }


def _sections(body: etree._Element, targets: dict[str, str]) -> tuple[dict[str, Margins], ...]:
    """A section without a header or footer of a kind takes that of the section before it."""
    sections: list[dict[str, Margins]] = []
    heads: dict[str, str] = {}
    feet: dict[str, str] = {}
    for section in body.iter(_W + "sectPr"):
        for tag, known in (("headerReference", heads), ("footerReference", feet)):
            for each in section.findall(_W + tag):
                known[each.get(_W + "type", "default")] = targets.get(each.get(_R + "id", ""), "")
        kinds = ["default", "even"]
        if is_on(section.find(_W + "titlePg")):
            kinds.append("first")
        sections.append({kind: Margins(heads.get(kind, ""), feet.get(kind, "")) for kind in kinds})
    return tuple(sections) or ({"default": Margins("", ""), "even": Margins("", "")},)


@lru_cache(maxsize=64)
def _styles(xml: bytes) -> WordStyles:
    root = etree.fromstring(xml)
    parents: dict[str, str] = {}
    own: dict[str, dict[str, bool]] = {}
    for style in root.findall(_W + "style"):
        name = style.get(_W + "styleId", "")
        based = style.find(_W + "basedOn")
        parents[name] = "" if based is None else based.get(_W + "val", "")
        own[name] = {}
        for kind, tags in (("capitals", ("caps", "smallCaps")), ("hidden", ("vanish",))):
            switches = [found for tag in tags for found in style.findall(f"{_W}rPr/{_W}{tag}")]
            if switches:
                own[name][kind] = any(is_on(switch) for switch in switches)
        if style.find(f"{_W}pPr/{_W}numPr") is not None:
            own[name]["numbered"] = True

    def has(name: str, kind: str, depth: int = 0) -> bool:
        if kind in own.get(name, {}):
            return own[name][kind]
        return bool(parents.get(name)) and depth < 20 and has(parents[name], kind, depth + 1)

    return WordStyles(
        *(frozenset(name for name in own if has(name, kind)) for kind in ("numbered", "capitals", "hidden"))
    )
