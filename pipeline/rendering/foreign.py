"""What a Word file may not hold: macros, embedded objects, and whatever is fetched from outside when it is opened.

Nothing here knows tags or values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from pipeline.errors import Problem
from pipeline.rendering.docxfile import DocxFile, W, xml_root

_W = f"{{{W}}}"
# Parts and relations a template of the office never needs, and what each would let in.
_FOREIGN_PARTS = (
    (re.compile(r"vbaProject|vbaData", re.I), "holds macros. Save it as a document without macros (.docx)"),
    (
        re.compile(r"/activeX/|/embeddings/", re.I),
        "holds an embedded object. Remove it, or paste it as a picture",
    ),
    (
        re.compile(r"/afchunk", re.I),
        "holds an attached document of another kind (altChunk). Paste its text instead",
    ),
)
# Fields by which Word fetches a file, a picture or data, or starts a program, when they are brought up to date.
_FETCHING = (
    *("DDE", "DDEAUTO", "INCLUDE", "INCLUDETEXT", "INCLUDEPICTURE"),
    *("IMPORT", "LINK", "DATABASE", "RD"),
)


def foreign_content(file: DocxFile) -> Iterator[Problem]:
    """Macros, embedded objects, and relations that reach outside the file (links to the web are allowed)."""
    for member in file.members:
        for pattern, message in _FOREIGN_PARTS:
            if pattern.search(member):
                yield Problem(file.name, 0, f"{member}: the document {message}.")
        if not member.endswith(".rels"):
            continue
        for relation in xml_root(file.members[member], file.name, member):
            kind = relation.get("Type", "").rpartition("/")[2]
            if relation.get("TargetMode") == "External" and kind != "hyperlink":
                message = (
                    "is fetched from outside when the document is opened. Put it into the document itself"
                )
                yield Problem(file.name, 0, f"{member}: a part of kind {kind!r} {message}.")
            elif kind == "aFChunk":
                yield Problem(
                    file.name, 0, f"{member}: another document is attached (altChunk). Paste its text."
                )
    yield from _fetching(file)


def _fetching(file: DocxFile) -> Iterator[Problem]:
    for member, role in file.texts.items():
        if role != "properties":
            for what in _fetched(xml_root(file.members[member], file.name, member)):
                message = "is fetched from outside when the document is opened or printed. Take it out"
                yield Problem(file.name, 0, f"{member}: {what} {message}.")


def _fetched(root: etree._Element) -> Iterator[str]:
    """What is fetched without a relation: by fields, and by pictures of the older kind that name an address."""
    for code in _field_codes(root):
        if (name := code.split(None, 1)[:1]) and name[0].upper() in _FETCHING:
            yield f"what the field {name[0].upper()} shows"
    for element in root.iter("{urn:schemas-microsoft-com:vml}*"):
        if element.get("src"):
            yield "a picture"


def _field_codes(root: etree._Element) -> Iterator[str]:
    for simple in root.iter(_W + "fldSimple"):
        yield simple.get(_W + "instr") or ""
    open_codes: list[str] = []
    for node in root.iter(_W + "fldChar", _W + "instrText"):
        kind = node.get(_W + "fldCharType")
        if kind == "begin":
            open_codes.append("")
        elif kind == "end" and open_codes:
            yield open_codes.pop()
        elif node.tag == _W + "instrText" and open_codes:
            open_codes[-1] += node.text or ""
    yield from open_codes
