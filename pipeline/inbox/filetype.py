"""What kind of file the first bytes announce, and whether the last bytes are those of a finished one.

A name ending proves nothing, and a library that "opens" a file proves no more: one opened a tenth of a PDF
without a word. This looks at magic numbers and trailers only; parsing is done elsewhere, in a child.

Source: ISO 32000 7.5.5 (%%EOF), PNG 1.2 (IEND), ITU T.81 (EOI), APPNOTE 6.3 (end of central directory),
TIFF 6.0 (offset of the first directory).
"""

from __future__ import annotations

HEAD = 1024
TAIL = 66_000  # a zip's end record may carry a comment of 65,535 bytes

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"II*\x00", "tif"),
    (b"MM\x00*", "tif"),
    (b"II+\x00", "tif"),
    (b"MM\x00+", "tif"),
    (b"PK\x03\x04", "zip"),
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"{\\rtf", "rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
)


def detect(head: bytes) -> str:
    """The ending this file deserves by its first bytes: pdf, png, jpg, tif, docx, zip ..., or bin."""
    for magic, ending in _MAGIC:
        if head.startswith(magic):
            return _which_zip(head) if ending == "zip" else ending
    if b"%PDF-" in head:  # readers accept junk before the header within the first kilobyte
        return "pdf"
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"hevc"):
        return "heic"
    return "bin"


def _which_zip(head: bytes) -> str:
    if b"word/" in head or b"[Content_Types].xml" in head:
        return "docx"
    return "zip"


def looks_finished(ending: str, head: bytes, tail: bytes, size: int) -> bool:
    """Whether the file ends as files of this type end. True for types that have no sure ending."""
    if ending == "pdf":
        return b"%%EOF" in tail[-1024:]
    if ending == "png":
        return b"IEND" in tail[-1024:]
    if ending == "jpg":
        return b"\xff\xd9" in tail[-1024:]
    if ending in ("zip", "docx"):
        return b"PK\x05\x06" in tail
    if ending == "tif" and head[:4] in (b"II*\x00", b"MM\x00*"):
        first_directory = int.from_bytes(head[4:8], "little" if head[:2] == b"II" else "big")
        return 8 <= first_directory < size - 2
    return bool(tail.strip(b"\x00"))  # room set aside by a copy that has not come so far yet
