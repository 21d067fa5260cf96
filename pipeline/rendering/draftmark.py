"""A Word template with the draft's mark in the header of every section, so that an open draft is never taken for
the final document. The template itself stays as it is.

The mark stands in a frame of its own above the header, measured from the edge of the page, so that nothing
else moves. It is ordinary text, which a screen reader reads with the header.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from pipeline.rendering.docxfile import CONTENT_TYPES, DocxFile, W, xml_root

MARK = "DRAFT – not approved"
_CONDITIONS = re.compile(r"\{[%#].*?[%#]\}", re.DOTALL)
_SHOWN = re.compile(r"\bDRAFT\b|\{\{-?\s*packet\.status\b")
_W = f"{{{W}}}"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
_HEADER_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"
_OWN_HEADER = "word/headerDraftMark.xml"
_OWN_ID = "rIdDraftMark"
# 18 points below the upper edge of the page: the shipped headers begin at 36 points. Lengths are twentieths of a point.
_FRAME = (
    f'<w:p xmlns:w="{W}"><w:pPr><w:framePr w:w="4000" w:h="240" w:hRule="exact" w:wrap="around" w:vAnchor="page" '
    'w:hAnchor="page" w:xAlign="center" w:y="360"/><w:spacing w:before="0" w:after="0" w:line="240" '
    'w:lineRule="auto"/><w:ind w:left="0" w:right="0" w:firstLine="0"/><w:jc w:val="center"/></w:pPr>'
    '<w:r><w:rPr><w:b/><w:color w:val="9C1C1C"/><w:sz w:val="18"/></w:rPr>'
    f"<w:t>{MARK}</w:t></w:r></w:p>"
)
_EMPTY = '<w:p><w:pPr><w:spacing w:before="0" w:after="0"/></w:pPr></w:p>'


def with_draft_mark(file: DocxFile) -> DocxFile:
    """The template with the mark in each header, and in a header of its own where a section has none. A header
    that shows the mark itself, or the packet's status, is left as it is."""
    members = dict(file.members)
    for member, role in file.texts.items():
        if role == "header":
            root = xml_root(members[member], file.name, member)
            if not _shows_it_itself(root):
                root.insert(0, etree.fromstring(_FRAME))
                members[member] = _written(root)
    body = xml_root(members[file.body], file.name, file.body)
    if not _give_headers(body, _has_even_pages(file)):
        return replace(file, members=members)
    members[file.body] = _written(body)
    members[_OWN_HEADER] = f'<w:hdr xmlns:w="{W}">{_FRAME}{_EMPTY}</w:hdr>'.encode()
    _announce(file, members)
    return replace(file, members=members, texts={**file.texts, _OWN_HEADER: "header"})


def without_draft_mark(file: DocxFile) -> DocxFile:
    """The document without the mark, wherever a program that saved it has put it in the headers."""
    members = dict(file.members)
    for member, role in file.texts.items():
        if role != "header":
            continue
        root = xml_root(members[member], file.name, member)
        marks = [
            each for each in root.iter(_W + "p") if _text_of(each) == MARK and each.find(f".//{_W}p") is None
        ]
        for paragraph in marks:
            parent = paragraph.getparent()
            if parent is not None and parent.tag != _W + "txbxContent":
                parent.remove(paragraph)
            else:  # what a box holds is never less than a paragraph
                for run in paragraph.findall(_W + "r"):
                    paragraph.remove(run)
        if marks:
            members[member] = _written(root)
    return replace(file, members=members)


def _text_of(paragraph: etree._Element) -> str:
    return "".join(each.text or "" for each in paragraph.iter(_W + "t")).strip()


def _shows_it_itself(header: etree._Element) -> bool:
    """Whether it says DRAFT as a word, or prints the status; what a condition asks of the status prints nothing."""
    text = _CONDITIONS.sub(" ", "".join(str(piece) for piece in header.itertext()))
    return _SHOWN.search(text) is not None


def _give_headers(body: etree._Element, even_pages: bool) -> bool:
    """Names our own header wherever a section would print a page without one; whether there was such a section.

    A section without a header of a kind takes that of the section before it.
    """
    there: set[str] = set()
    given = False
    for section in body.iter(_W + "sectPr"):
        there |= {each.get(_W + "type", "default") for each in section.iter(_W + "headerReference")}
        for kind in sorted({"default", *_special_pages(section, even_pages)} - there):
            reference = etree.Element(_W + "headerReference", {_W + "type": kind, f"{{{_R}}}id": _OWN_ID})
            section.insert(0, reference)
            there.add(kind)
            given = True
    return given


def _special_pages(section: etree._Element, even_pages: bool) -> Iterator[str]:
    if _is_on(section.find(_W + "titlePg")):
        yield "first"
    if even_pages:
        yield "even"


def _has_even_pages(file: DocxFile) -> bool:
    settings = file.members.get("word/settings.xml")
    if settings is None:
        return False
    return _is_on(xml_root(settings, file.name, "word/settings.xml").find(_W + "evenAndOddHeaders"))


def _is_on(switch: etree._Element | None) -> bool:
    return switch is not None and switch.get(_W + "val", "1") not in ("0", "false", "off")


def _announce(file: DocxFile, members: dict[str, bytes]) -> None:
    """Our header in the list of the package's parts, and among those the body names."""
    types = xml_root(members[CONTENT_TYPES], file.name, CONTENT_TYPES)
    about = {"PartName": f"/{_OWN_HEADER}", "ContentType": _HEADER_TYPE}
    etree.SubElement(types, f"{{{_PACKAGE}content-types}}Override", about)
    members[CONTENT_TYPES] = _written(types)
    folder, _, name = file.body.rpartition("/")
    listing = f"{folder}/_rels/{name}.rels".lstrip("/")
    blob = members.get(listing, f'<Relationships xmlns="{_PACKAGE}relationships"/>'.encode())
    relations = xml_root(blob, file.name, listing)
    target = {"Id": _OWN_ID, "Type": f"{_R}/header", "Target": f"/{_OWN_HEADER}"}
    etree.SubElement(relations, f"{{{_PACKAGE}relationships}}Relationship", target)
    members[listing] = _written(relations)


def _written(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
