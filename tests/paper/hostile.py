"""Files that people drop by mistake and files that mean harm, each made in memory.

`HOSTILE` lists them with the reasons that an office may be given: each must end with one of those and no other.
None of them may crash, hang, fill the disk or the memory of whatever opens them, and nothing they point to may
be opened.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from tests.paper import hostile_bombs as bombs
from tests.paper import hostile_others as others
from tests.paper import hostile_pdf as made


@dataclass(frozen=True, slots=True)
class Hostile:
    """One kind of bad file. reasons: what may be said of it.

    Several only where the machine's speed and memory, or another version of a library, decides which.
    """

    name: str
    suffix: str
    data: Callable[[], bytes]
    reasons: frozenset[str]


def text_called_pdf() -> bytes:
    return b"Dear office,\nplease find my forms attached.\n" * 20


def page_of_the_web() -> bytes:
    return b"<!DOCTYPE html><html><script>alert(1)</script><img src='http://127.0.0.1:9/x.png'></html>"


def program_called_pdf() -> bytes:
    return b"MZ\x90\x00\x03" + bytes(512) + b"This program cannot be run in DOS mode."


def _png(width: int, height: int, data: bytes, *, end: bool = True) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", data) + (chunk(b"IEND", b"") if end else b"")


def png_of_impossible_size() -> bytes:
    """Says it is 2,000,000,000 pixels wide and high."""
    return _png(2_000_000_000, 2_000_000_000, zlib.compress(bytes(100)))


def png_bomb() -> bytes:
    """A true picture of 900 million pixels in about 110 kilobytes."""
    row = bytes(1 + 30_000 // 8)
    return _png(30_000, 30_000, zlib.compress(row * 30_000, 9))


def png_cut_off() -> bytes:
    data = _png(800, 1000, zlib.compress(bytes(101 * 1000)))
    return data[: len(data) - 40]


def jpeg_of_impossible_size() -> bytes:
    """A small photo whose header says 65,500 by 65,500."""
    buffer = io.BytesIO()
    Image.new("L", (64, 64), 200).save(buffer, "JPEG")
    data = bytearray(buffer.getvalue())
    place = data.index(b"\xff\xc0") + 5
    data[place : place + 4] = struct.pack(">HH", 65_500, 65_500)
    return bytes(data)


def jpeg_cut_off() -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((800, 1000), 60).save(buffer, "JPEG")
    return buffer.getvalue()[:9000]


def _tiff(width: int, height: int, following: int, *, strip: bytes = b"\xff" * 128) -> bytes:
    """A little black and white TIFF whose page list goes on at byte `following`."""
    tags = [
        (256, 4, width), (257, 4, height), (258, 3, 1), (259, 3, 1), (262, 3, 1),
        (273, 4, 8 + 2 + 9 * 12 + 4), (277, 3, 1), (278, 4, height), (279, 4, len(strip)),
    ]  # fmt: skip
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    return b"II*\x00" + struct.pack("<IH", 8, len(tags)) + entries + struct.pack("<I", following) + strip


def tiff_in_circles() -> bytes:
    """Its second page is its first page."""
    return _tiff(32, 32, following=8)


def tiff_of_impossible_size() -> bytes:
    return _tiff(4_000_000, 4_000_000, following=0)


def tiff_of_many_pages(count: int = 400) -> bytes:
    buffer = io.BytesIO()
    page = Image.new("1", (8, 8), 1)
    page.save(buffer, "TIFF", save_all=True, append_images=[page] * (count - 1))
    return buffer.getvalue()


def moving_picture() -> bytes:
    buffer = io.BytesIO()
    frames = [Image.new("L", (20, 20), level) for level in (0, 128, 255)]
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    return buffer.getvalue()


_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}" Target="word/document.xml"/></Relationships>'
)
_WORD = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body>{}</w:body></w:document>"
)


def _docx(document: str | bytes, more: dict[str, bytes] | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        archive.writestr("word/document.xml", document)
        for name, data in (more or {}).items():
            archive.writestr(name, data)
    return buffer.getvalue()


def word_file() -> bytes:
    return _docx(_WORD.format("<w:p><w:r><w:t>My letter</w:t></w:r></w:p>"))


def word_bomb() -> bytes:
    """A Word file of some hundred kilobytes whose text is 300 megabytes long."""
    head, tail = _WORD.split("{}")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        with archive.open("word/document.xml", "w") as part:
            part.write(head.encode())
            for _ in range(300):
                part.write(b" " * 1_000_000)
            part.write(tail.encode())
    return buffer.getvalue()


def word_with_laughing_entities() -> bytes:
    kinds = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return _docx(
        f'<!DOCTYPE d [<!ENTITY l0 "ha">{kinds}]>' + _WORD.format("<w:p><w:r><w:t>&l11;</w:t></w:r></w:p>")
    )


def word_that_climbs_out() -> bytes:
    return _docx(_WORD.format("<w:p/>"), {"../../../tmp/climbed-out.txt": b"out"})


def zip_called_docx() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "no document in here")
    return buffer.getvalue()


def _of(suffix: str, make: Callable[[], bytes], *reasons: str) -> Hostile:
    return Hostile(make.__name__, suffix, make, frozenset(reasons))


def nothing() -> bytes:
    return b""


def one_byte() -> bytes:
    return b"%"


def zeros() -> bytes:
    return bytes(1_000_000)


HOSTILE: tuple[Hostile, ...] = (
    _of(".pdf", nothing, "empty-file"),
    _of(".pdf", one_byte, "unsupported-type"),
    _of(".pdf", zeros, "unsupported-type"),
    _of(".pdf", text_called_pdf, "unsupported-type"),
    _of(".pdf", page_of_the_web, "unsupported-type"),
    _of(".pdf", program_called_pdf, "unsupported-type"),
    _of(".pdf", made.plain, "unknown-form"),
    _of(".pdf", made.cut_in_half, "truncated"),
    _of(".pdf", made.without_its_end, "truncated"),
    _of(".pdf", made.rubbish_before, "unknown-form"),
    _of(".pdf", made.no_pages, "no-pages"),
    _of(".pdf", made.no_catalog, "damaged"),
    _of(".pdf", made.locked, "encrypted"),
    _of(".pdf", made.locked_with_empty_password, "unknown-form"),
    _of(".pdf", made.xfa_only, "xfa-only"),
    _of(".pdf", made.content_bomb, "gave-up", "damaged", "too-large"),
    _of(".pdf", made.image_bomb, "broken-picture"),
    _of(".pdf", made.deep_page_tree, "damaged"),
    _of(".pdf", made.page_tree_in_circles, "damaged"),
    _of(".pdf", made.false_page_count, "blank-page", "damaged"),
    _of(".pdf", made.many_pages, "too-large"),
    _of(".pdf", made.huge_page, "too-large"),
    _of(".pdf", made.page_of_no_size, "blank-page"),
    _of(".pdf", made.page_without_size, "damaged", "blank-page"),
    _of(".pdf", made.drawing_in_itself, "damaged", "gave-up"),
    _of(".pdf", made.laughing_drawings, "damaged", "gave-up"),
    _of(".pdf", made.fields_in_circles, "blank-page"),
    _of(".pdf", made.many_fields, "gave-up", "unknown-form", "too-large"),
    _of(".pdf", made.endless_value, "gave-up", "damaged", "unknown-form"),
    _of(".pdf", made.strange_letters, "unknown-form"),
    _of(".pdf", made.older_versions_in_circles, "unknown-form"),
    _of(".pdf", made.scripts_and_launches, "blank-page"),
    _of(".pdf", made.file_inside, "blank-page"),
    _of(".pdf", made.broken_picture, "broken-picture"),
    _of(".pdf", made.wide_nesting, "damaged"),
    _of(".png", png_of_impossible_size, "too-large"),
    _of(".png", png_bomb, "too-large"),
    _of(".png", png_cut_off, "truncated"),
    _of(".jpg", jpeg_of_impossible_size, "too-large"),
    _of(".jpg", jpeg_cut_off, "truncated"),
    _of(".tif", tiff_in_circles, "blank-page"),
    _of(".tif", tiff_of_impossible_size, "too-large"),
    _of(".tif", tiff_of_many_pages, "too-large"),
    _of(".gif", moving_picture, "unsupported-type"),
    _of(".docx", word_file, "word-return"),
    _of(".docx", word_bomb, "word-return"),
    _of(".docx", word_with_laughing_entities, "word-return"),
    _of(".docx", word_that_climbs_out, "word-return"),
    _of(".docx", zip_called_docx, "unsupported-type"),
    _of(".pdf", bombs.blanks_packed_twice, "blank-page", "damaged", "gave-up"),
    _of(".pdf", bombs.widths_without_end, "blank-page", "gave-up"),
    _of(".pdf", bombs.letters_without_end, "blank-page", "gave-up"),
    _of(".pdf", bombs.laughing_page_tree, "damaged", "too-large"),
    _of(".pdf", bombs.one_page_over_and_over, "too-large"),
    _of(".pdf", bombs.many_large_sheets, "too-large"),
    _of(".pdf", bombs.fields_five_thousand_deep, "unknown-form"),
    _of(".pdf", bombs.row_of_two_thousand_million, "blank-page", "damaged"),
    _of(".pdf", bombs.table_of_ten_million, "unknown-form"),
    _of(".pdf", bombs.length_of_itself, "blank-page"),
    _of(".pdf", bombs.runs_of_256_megabytes, "blank-page", "gave-up", "damaged"),
    _of(".pdf", bombs.states_two_million_deep, "gave-up"),
    _of(".pdf", bombs.three_million_strokes, "gave-up"),
    _of(".pdf", bombs.zeros_before, "unsupported-type"),
    _of(".pdf", bombs.contents_in_brackets, "damaged"),
    _of(".pdf", bombs.objects_that_are_not_there, "blank-page"),
    _of(".pdf", bombs.table_shifted, "unknown-form"),
    _of(".pdf", bombs.table_shifted_and_page_lost, "damaged"),
    _of(".pdf", bombs.sends_itself_off, "unknown-form"),
    _of(".pdf", bombs.names_that_climb_and_count, "unknown-form"),
    _of(".pdf", bombs.seal_that_is_false, "unknown-form"),
    _of(".png", others.png_with_a_bomb_for_a_caption, "damaged"),
    _of(".tif", others.tiff_of_large_frames, "too-large"),
    _of(".tif", others.tiff_that_stretches, "too-large"),
    _of(".tif", others.tiff_with_a_tag_of_four_thousand_million, "damaged"),
    _of(".jpg", others.picture_with_an_archive_behind, "blank-page"),
    _of(".pdf", others.archive_of_archives, "unsupported-type"),
    _of(".docx", others.word_that_reads_other_files, "word-return"),
    _of(".docx", others.word_that_lies_about_its_size, "word-return"),
    _of(".docm", others.word_with_macros, "word-return"),
    _of(".docx", others.word_that_fetches_its_template, "word-return"),
    _of(".heic", others.photo_of_a_telephone, "unsupported-type"),
    _of(".msg", others.mail_of_outlook, "unsupported-type"),
    _of(".eml", others.mail_with_a_form_in_it, "unsupported-type"),
    _of(".svg", others.drawing_that_fetches, "unsupported-type"),
    _of(".pdf", others.page_of_the_web_and_pdf, "unknown-form"),
)
