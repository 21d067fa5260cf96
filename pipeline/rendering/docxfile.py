"""A Word file as its members: opened with limits, written so that the same members give the same bytes.

Nothing here knows tags or values. A Word file that comes from outside (`lint`, `render`) is untrusted: what
it may unpack to is limited before anything is read.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from pipeline.errors import Problem, SiteError

MAX_MEMBERS = 2_000
MAX_UNPACKED = 200_000_000

# Word and LibreOffice ignore the date; a fixed one keeps the bytes the same.
ZIP_DATE = (2000, 1, 1, 0, 0, 0)

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
CONTENT_TYPES = "[Content_Types].xml"
_WML = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_MAIN_TYPES = frozenset(
    {
        _WML + "document.main+xml",
        _WML + "template.main+xml",
        "application/vnd.ms-word.document.macroEnabled.main+xml",
        "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
    }
)
_TEXT_TYPES = {
    _WML + "header+xml": "header",
    _WML + "footer+xml": "footer",
    _WML + "footnotes+xml": "footnotes",
    _WML + "endnotes+xml": "endnotes",
    _WML + "comments+xml": "comments",
}
_CORE_TYPE = "application/vnd.openxmlformats-package.core-properties+xml"


@dataclass(frozen=True, slots=True)
class DocxFile:
    """The members of a Word file in their order, and which of them hold text.

    texts: member name → `body`, `header`, `footer`, `footnotes`, `endnotes`, `comments` or `properties`
    """

    name: str
    members: Mapping[str, bytes] = field(repr=False)
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> str:
        return next(member for member, role in self.texts.items() if role == "body")


def open_docx(data: bytes, name: str) -> DocxFile:
    """The members of a Word file. Raises SiteError when it is none, is damaged or unpacks to too much."""
    try:
        members = _members(data, name)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise _wrong(
            name, "is not a Word document (.docx), or it is damaged. Save it again from Word."
        ) from error
    if CONTENT_TYPES not in members:
        raise _wrong(name, "is not a Word document (.docx): it has no list of its parts.")
    texts = _text_members(members, name)
    if "body" not in texts.values():
        raise _wrong(name, "is not a Word document (.docx): it has no body.")
    return DocxFile(name, members, texts)


def _members(data: bytes, name: str) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        infos = [info for info in package.infolist() if not info.is_dir()]
        if len(infos) > MAX_MEMBERS or sum(info.file_size for info in infos) > MAX_UNPACKED:
            raise _wrong(
                name, "unpacks to more than a Word document of the office ever does. It was not opened."
            )
        if len({info.filename for info in infos}) != len(infos):
            raise _wrong(name, "holds two parts of the same name. Save it again from Word.")
        return {info.filename: package.read(info) for info in infos}


def _text_members(members: Mapping[str, bytes], name: str) -> dict[str, str]:
    texts: dict[str, str] = {}
    for override in xml_root(members[CONTENT_TYPES], name, CONTENT_TYPES).iter("{*}Override"):
        member = override.get("PartName", "").lstrip("/")
        kind = override.get("ContentType", "")
        if member not in members:
            continue
        if kind in _MAIN_TYPES:
            texts[member] = "body"
        elif kind in _TEXT_TYPES:
            texts[member] = _TEXT_TYPES[kind]
        elif kind == _CORE_TYPE:
            texts[member] = "properties"
    return texts


def xml_root(blob: bytes, name: str, member: str) -> etree._Element:
    """The root of a member. Entities and the network are off: a Word file needs neither."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(blob, parser)
    except etree.XMLSyntaxError as error:
        raise _wrong(name, f"its part {member} is damaged. Save it again from Word.") from error
    if root.getroottree().docinfo.internalDTD is not None or b"<!DOCTYPE" in blob[:1000]:
        raise _wrong(name, f"its part {member} declares a document type, which Word never does.")
    return root


def write_docx(members: Mapping[str, bytes]) -> bytes:
    """The members as a Word file; the same members always give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as package:
        for member, blob in members.items():
            info = zipfile.ZipInfo(member, ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 0
            package.writestr(info, blob)
    return out.getvalue()


def plain_text(xml: str) -> str:
    """The text between the marks, for messages: tags of the template included, markup left out."""
    text = re.sub(r"<[^>]*>", "", xml)
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, char)
    return text


def _wrong(name: str, message: str) -> SiteError:
    return SiteError([Problem(name, 0, message)])
