"""A Word file as its members: opened with limits, written so that the same members give the same bytes.

Nothing here knows tags or values. A Word file that comes from outside (`lint`, `render`) is untrusted: what
it may unpack to is limited before anything is read.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from pipeline.errors import Problem, SiteError

MAX_MEMBERS = 2_000
MAX_UNPACKED = 200_000_000

# Word and LibreOffice ignore the date; a fixed one (1 January 2000) keeps the bytes the same.
ZIP_DATE = (2000 - 1980) << 9 | 1 << 5 | 1

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


@dataclass(frozen=True, slots=True)
class PackedMember:
    """A member as it lies in the zip: checksum, size and the deflated bytes, made once for all renderings."""

    crc: int
    size: int
    deflated: bytes = field(repr=False)


def packed(blob: bytes) -> PackedMember:
    squeeze = zlib.compressobj(6, zlib.DEFLATED, -15)
    return PackedMember(zlib.crc32(blob), len(blob), squeeze.compress(blob) + squeeze.flush())


def write_docx(members: Mapping[str, PackedMember]) -> bytes:
    """The members as a Word file; the same members always give the same bytes.

    Python's zipfile cannot take deflated bytes as they are, and deflating the unchanged members again was four
    fifths of the time of a rendering. Source of the layout: PKWARE APPNOTE 6.3.9, 4.3.7, 4.3.12 and 4.3.16.
    """
    body: list[bytes] = []
    directory: list[bytes] = []
    offset = 0
    for name, member in members.items():
        encoded = name.encode()
        flags = 0 if name.isascii() else 0x800
        about = struct.pack(
            "<HHHHHLLLHH",
            *(20, flags, 8, 0, ZIP_DATE, member.crc, len(member.deflated), member.size),
            len(encoded),
            0,
        )
        local = b"PK\x03\x04" + about + encoded
        central = struct.pack("<4sH", b"PK\x01\x02", 20) + about + struct.pack("<HHHLL", 0, 0, 0, 0, offset)
        directory.append(central + encoded)
        body += [local, member.deflated]
        offset += len(local) + len(member.deflated)
    listing = b"".join(directory)
    count = len(members)
    end = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, count, count, len(listing), offset, 0)
    return b"".join([*body, listing, end])


def members_written(docx: bytes) -> dict[str, PackedMember]:
    """The members of a Word file that `write_docx` wrote, deflated as they lie in it."""
    members: dict[str, PackedMember] = {}
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        for info in package.infolist():
            names = sum(struct.unpack_from("<HH", docx, info.header_offset + 26))
            start = info.header_offset + 30 + names
            deflated = docx[start : start + info.compress_size]
            members[info.filename] = PackedMember(info.CRC, info.file_size, deflated)
    return members


def plain_text(xml: str) -> str:
    """The text between the marks, for messages: tags of the template included, markup left out."""
    text = re.sub(r"<[^>]*>", "", xml)
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, char)
    return text


def _wrong(name: str, message: str) -> SiteError:
    return SiteError([Problem(name, 0, message)])
