"""The code in a Word document of a packet: which packet and document it is, whoever saves it under which name.

It stands in a property of the document, which Word and LibreOffice keep when somebody edits and saves it. Like the
codes of pages it ends in check characters, so it is either right or not there. It says nothing of any person.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass

from lxml import etree

from pipeline.model import DRAFT_CODE, FINAL_CODE, WORD_CODE, check_characters
from pipeline.rendering.docxfile import CONTENT_TYPES, members_written, packed, write_docx

PROPERTIES = "docProps/custom.xml"
RELATIONS = "_rels/.rels"
_CODE = re.compile(r"([PD]1)\|([0-9A-Z]{1,20})\|([^|\s]{1,60})\|([0-9A-Z]{2})")
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_CUSTOM = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VALUES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
_CONTENT = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
# What every custom property has. Source: ECMA-376 part 1, 22.3.2.2, and [MS-OSHARED] 2.3.3.2.1.2.
_FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"


@dataclass(frozen=True, slots=True)
class WordCode:
    """A verified code."""

    packet: str
    document: str
    draft: bool

    def __str__(self) -> str:
        text = f"{DRAFT_CODE if self.draft else FINAL_CODE}|{self.packet}|{self.document}"
        return f"{text}|{check_characters(text)}"


def parse_word_code(text: str) -> WordCode | None:
    """The code, None when it is none of ours or its check characters do not fit."""
    match = _CODE.fullmatch(text.strip())
    if match is None or check_characters(text.strip().rsplit("|", 1)[0]) != match[4]:
        return None
    return WordCode(match[2], match[3], match[1] == DRAFT_CODE)


def with_code(docx: bytes, code: WordCode) -> bytes:
    """A Word document that `write_docx` wrote, with its code; the same document and code give the same bytes.

    It is put in when the packet is kept, not when the document is filled in: the PDF is made of what the pages say,
    and documents that say the same are converted once.
    """
    members = members_written(docx)
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        read = {
            name: package.read(name) for name in (CONTENT_TYPES, RELATIONS, PROPERTIES) if name in members
        }
    members[PROPERTIES] = packed(_properties(read.get(PROPERTIES), str(code)))
    if PROPERTIES not in read:
        types, links = etree.fromstring(read[CONTENT_TYPES]), etree.fromstring(read[RELATIONS])
        etree.SubElement(
            types, f"{{{_TYPES}}}Override", {"PartName": f"/{PROPERTIES}", "ContentType": _CONTENT}
        )
        etree.SubElement(
            links,
            f"{{{_LINKS}}}Relationship",
            {"Id": "rIdPacketDocument", "Type": _KIND, "Target": PROPERTIES},
        )
        members[CONTENT_TYPES], members[RELATIONS] = packed(_xml(types)), packed(_xml(links))
    return write_docx(members)


def _properties(there: bytes | None, code: str) -> bytes:
    """The document's properties with its code, in place of an older one; those of the template stay."""
    root = etree.fromstring(there or f'<Properties xmlns="{_CUSTOM}" xmlns:vt="{_VALUES}"/>'.encode())
    for each in root.findall(f"{{{_CUSTOM}}}property"):
        if each.get("name") == WORD_CODE:
            root.remove(each)
    numbers = [int(each.get("pid", "1")) for each in root.findall(f"{{{_CUSTOM}}}property")]
    about = {"fmtid": _FORMAT, "pid": str(max([1, *numbers]) + 1), "name": WORD_CODE}
    own = etree.SubElement(root, f"{{{_CUSTOM}}}property", about)
    etree.SubElement(own, f"{{{_VALUES}}}lpwstr").text = code
    return _xml(root)


def _xml(root: etree._Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
