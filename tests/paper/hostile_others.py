"""Pictures, Word files, mails and archives that mean harm or are no paper at all."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from types import MappingProxyType

from PIL import Image

from tests.paper import hostile_pdf

TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_with_a_bomb_for_a_caption() -> bytes:
    """A small picture whose packed caption is 300 million letters long."""
    packer = zlib.compressobj(9)
    caption = b"".join(packer.compress(b"A" * 1_000_000) for _ in range(300)) + packer.flush()
    head = _png_chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 1, 0, 0, 0, 0))
    data = _png_chunk(b"IDAT", zlib.compress(bytes(2 * 8)))
    text = _png_chunk(b"zTXt", b"Comment\x00\x00" + caption)
    return b"\x89PNG\r\n\x1a\n" + head + text + data + _png_chunk(b"IEND", b"")


def _frames(count: int, side: int, dpi: tuple[int, int] = (300, 300)) -> bytes:
    buffer = io.BytesIO()
    page = Image.new("1", (side, side), 1)
    more = [page] * (count - 1)
    page.save(buffer, "TIFF", save_all=True, append_images=more, compression="group4", dpi=dpi)
    return buffer.getvalue()


def tiff_of_large_frames() -> bytes:
    """24 white frames of 98 million pixels each, in about 150 kilobytes."""
    return _frames(24, 9_900)


def tiff_that_stretches() -> bytes:
    """So many more dots across than down that made square it would be 28 times as large."""
    return _frames(1, 9_000, (1290, 46))


def tiff_with_a_tag_of_four_thousand_million() -> bytes:
    data = bytearray(_frames(1, 32))
    (place,) = struct.unpack("<I", data[4:8])
    data[place + 2 + 4 : place + 2 + 8] = b"\xff\xff\xff\xff"
    return bytes(data)


def picture_with_an_archive_behind() -> bytes:
    """A JPEG and a zip in one: which it is depends on the end that is looked at first."""
    buffer = io.BytesIO()
    Image.new("L", (64, 64), 200).save(buffer, "JPEG")
    return buffer.getvalue() + archive_of_archives()


def archive_of_archives() -> bytes:
    data = bytes(10_000_000)
    for level in range(4):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(10):
                archive.writestr(f"{level}-{number}.zip", data)
        data = buffer.getvalue()
    return data


def _docx(document: str, more: Mapping[str, bytes] = MappingProxyType({})) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("word/document.xml", document)
        for other, data in more.items():
            archive.writestr(f"word/{other}", data)
    return buffer.getvalue()


def word_that_reads_other_files() -> bytes:
    return _docx(
        '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        f"<w:document {W}><w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>"
    )


def word_that_lies_about_its_size() -> bytes:
    """Each part says it is ten bytes long; the text is 50 megabytes."""
    data = bytearray(_docx(" " * 50_000_000))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.find(mark)
        while at >= 0:
            data[at + place : at + place + 4] = struct.pack("<I", 10)
            at = data.find(mark, at + 4)
    return bytes(data)


def word_with_macros() -> bytes:
    return _docx(
        f"<w:document {W}><w:body/></w:document>", {"vbaProject.bin": b"\xd0\xcf\x11\xe0" + bytes(600)}
    )


def word_that_fetches_its_template() -> bytes:
    link = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
        'Target="http://127.0.0.1:9/x.dotm" TargetMode="External"/></Relationships>'
    )
    return _docx(f"<w:document {W}><w:body/></w:document>", {"_rels/settings.xml.rels": link.encode()})


def photo_of_a_telephone() -> bytes:
    """A HEIC photo's first bytes."""
    return (
        struct.pack(">I", 24)
        + b"ftypheic"
        + bytes(4)
        + b"mif1heic"
        + b"\x00\x00\x00\x08free"
        + b"\x01" * 2000
    )


def mail_of_outlook() -> bytes:
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(504)
        + "__substg1.0_0037001F".encode("utf-16-le")
        + b"\x01" * 1500
    )


def mail_with_a_form_in_it() -> bytes:
    return b"From: a@example.org\r\nSubject: forms\r\nMIME-Version: 1.0\r\n\r\nsee attached\r\n" * 20


def drawing_that_fetches() -> bytes:
    return (
        b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        b'<svg xmlns="http://www.w3.org/2000/svg"><image href="http://127.0.0.1:9/x"/><text>&x;</text></svg>'
    )


def page_of_the_web_and_pdf() -> bytes:
    """A page of the web whose first line makes it a PDF too."""
    return b"<html><script>alert(1)</script><!--\n" + hostile_pdf.plain() + b"\n--></html>\n"
