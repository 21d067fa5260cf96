"""PDF files written byte by byte, so that they can be wrong on purpose."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>"


def pdf(objects: Mapping[int, bytes], *, trailer: bytes = b"", root: int = 1) -> bytes:
    """A file with these objects by number and a right cross-reference table."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places: dict[int, int] = {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    size = max(objects) + 1
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        used = number in places
        out += b"%010d %05d %c \n" % (places.get(number, 0), 0 if used else 65535, b"n" if used else b"f")
    out += b"trailer\n<< /Size %d /Root %d 0 R %b >>\nstartxref\n%d\n%%%%EOF\n" % (size, root, trailer, start)
    return bytes(out)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """A stream object's body, not compressed."""
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(data), entries, data)


def bomb(piece: bytes, count: int, entries: bytes = b"") -> bytes:
    """A stream object's body that swells to `count` pieces, compressed twice and never held in memory."""
    inner, outer = zlib.compressobj(9), zlib.compressobj(9)
    small = b"".join(outer.compress(inner.compress(piece)) for _ in range(count))
    small += outer.compress(inner.flush()) + outer.flush()
    return stream(small, b"/Filter [/FlateDecode /FlateDecode] " + entries)


def one_page(page: bytes = PAGE, others: Mapping[int, bytes] | None = None, catalog: bytes = b"") -> bytes:
    """A file of one page (object 3). others: more objects, from number 4."""
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R %b >>" % catalog,
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: page,
    }
    return pdf(objects | dict(others or {}))


def page_with(entries: bytes) -> bytes:
    """A letter page's body with more entries."""
    return b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] %b >>" % entries
