"""Packets without Word documents, and scans of their pages: what tests of returned pages begin with."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date

import numpy as np
from PIL import Image

from pipeline.archive import packet_path
from pipeline.model import DepositKind, PacketStatus, canonical_json
from pipeline.rendering.stamps import PageStamp, stamps_over
from tests.paper import pen
from tests.paper.byhand import pictures
from tests.run.office import AnOffice

DAY = date(2026, 11, 20)
PAGES = 3
SCAN_DPI = 200


def page(
    packet: str, number: int, document: str = "plan", pages: int = PAGES, *, draft: bool = False
) -> bytes:
    """A page with nothing on it but what we stamp."""
    return stamps_over([PageStamp(packet, document, number, pages, number, pages, draft, 612, 792)])


def scan(*pdfs: bytes) -> bytes:
    """All pages of these, printed and scanned."""
    return stack([picture for pdf in pdfs for picture in pictures(pdf, SCAN_DPI)])


def stack(found: Sequence[Image.Image]) -> bytes:
    grey = [picture.convert("L") for picture in found]
    buffer = io.BytesIO()
    grey[0].save(buffer, "PDF", save_all=True, append_images=grey[1:], resolution=SCAN_DPI)
    return buffer.getvalue()


def put_packet(
    office: AnOffice, packet: str, case: str, status: PacketStatus = PacketStatus.FINAL, name: str = "isp"
) -> None:
    """A packet of one document in the archive, of which nobody needs to see the words."""
    folder = f"{packet}-{'draft' if status is PacketStatus.DRAFT else 'final'}"
    documents = [{"id": "plan", "title": "the plan", "pages": PAGES}]
    office.office.books.publish(
        DepositKind.PACKET,
        packet_path(case, DAY, name, folder),
        {"packet.json": canonical_json({"title": "Plan", "documents": documents})},  # type: ignore[dict-item]
        id=folder,
        inputs={},
        about={
            "packet": packet,
            "name": name,
            "case": case,
            "scope": "2027-01-01",
            "as_of": DAY.isoformat(),
            "status": status.value,
            "uses": [],
        },
    )


def signed(
    picture: Image.Image, box: Sequence[str], seed: int, *, high: float = 0.6, foot: float = 0.8
) -> Image.Image:
    """The page with a signature in a box (points), `high` and with its `foot` at these shares of the box's height."""
    scale = SCAN_DPI / 72
    left, top, right, bottom = (float(edge) * scale for edge in box)
    rng = np.random.default_rng(seed)
    ink = pen.signature(0.7 * (right - left), high * (bottom - top), 0.9 * scale, rng)
    x, y = round(left + 10 * scale), round(top + foot * (bottom - top) - ink.base)
    grey = np.asarray(picture.convert("L")).astype(np.float32)
    rows, columns = ink.ink.shape
    grey[y : y + rows, x : x + columns] *= 1 - ink.ink.astype(np.float32) / 255 * 0.85
    return Image.fromarray(grey.astype(np.uint8))
