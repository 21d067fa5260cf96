"""Packets without Word documents, and scans of their pages: what tests of returned pages begin with."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date

import numpy as np
from PIL import Image
from pypdf import PdfReader, PdfWriter

from pipeline.archive import packet_path
from pipeline.fillable import FillablePdf, Style
from pipeline.model import Box, DepositKind, PacketStatus, canonical_json
from pipeline.rendering.stamps import PageStamp, stamps_over
from pipeline.run.acts import act
from pipeline.values import Json
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
    office: AnOffice,
    packet: str,
    case: str,
    status: PacketStatus = PacketStatus.FINAL,
    name: str = "isp",
    document: dict[str, Json] | None = None,
    files: dict[str, bytes] | None = None,
) -> None:
    """A packet of one document in the archive, of which nobody needs to see the words."""
    folder = f"{packet}-{'draft' if status is PacketStatus.DRAFT else 'final'}"
    documents: list[Json] = [document or {"id": "plan", "title": "the plan", "pages": PAGES}]
    office.office.books.publish(
        DepositKind.PACKET,
        packet_path(case, DAY, name, folder),
        {"packet.json": canonical_json({"title": "Plan", "documents": documents}), **(files or {})},
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


# --- a page with signature lines --------------------------------------------------------------------

TOP, LINE_HEIGHT = 420.0, 30.0
_WORDS = "We have talked about this plan, we know what it says, and each of us has had a copy of it. " * 4


def line_boxes(number: int) -> tuple[Box, Box]:
    """The boxes of signature line `number`, from 1, and of the day beside it, in points."""
    top = TOP + LINE_HEIGHT * (number - 1)
    return Box(210, top, 420, top + LINE_HEIGHT), Box(420, top, 540, top + LINE_HEIGHT)


def page_to_sign(packet: str, roles: Sequence[str]) -> bytes:
    """The only page of a plan, with a table in which these roles sign."""
    pdf = FillablePdf("Plan")
    pdf.paragraph(60, 80, 480, _WORDS, Style(12))
    pdf.paragraph(60, 260, 480, _WORDS[90:], Style(11))
    for number, role in enumerate(roles, start=1):
        line, day = line_boxes(number)
        pdf.text(66, line.bottom - 8, role, Style(10))
        for box in (Box(60, line.top, line.x0, line.bottom), line, day):
            pdf.frame(box, 0.8)
    page = PdfWriter(io.BytesIO(pdf.finish())).pages[0]
    stamp = stamps_over([PageStamp(packet, "plan", 1, 1, 1, 1, False, 612, 792)])
    page.merge_page(PdfReader(io.BytesIO(stamp)).pages[0])
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_page(page)
    writer.write(out)
    return out.getvalue()


def put_packet_to_sign(
    office: AnOffice, packet: str, case: str, roles: Sequence[str], nowhere: Sequence[str] = ()
) -> bytes:
    """A packet of one page in the archive, approved and out for signature. nowhere: roles without a place on it."""
    made = page_to_sign(packet, roles)
    lines: list[Json] = []
    for number, role in enumerate((*roles, *nowhere), start=1):
        line, day = line_boxes(number)
        found = number <= len(roles)
        about: dict[str, Json] = {"place": f"plan/{number}", "role": role, "below": "", "wanted": True}
        edges: dict[str, Json] = {
            "page": 1 if found else 0,
            "box": list(line.as_list()) if found else [],
            "date_box": list(day.as_list()) if found else [],
        }
        lines.append({**about, **edges})
    document: dict[str, Json] = {
        "id": "plan",
        "title": "the plan",
        "pages": 1,
        "recipients": ["individual"],
        "signatures": lines,
    }
    put_packet(office, packet, case, document=document, files={"isp-for-individual.pdf": made})
    act(office.office, "approve-packet", case=case, target=packet, by="AP", reason="approved")
    return made


def dotted(picture: Image.Image, box: Box) -> Image.Image:
    """The page with a stroke in a box that is more than dirt and less than a signature."""
    grey, scale = np.asarray(picture.convert("L")).copy(), SCAN_DPI / 72
    x, y = round((box.x0 + 20) * scale), round((box.top + 0.5 * box.height) * scale)
    grey[y : y + 4, x : x + 26] = 30
    return Image.fromarray(grey)
