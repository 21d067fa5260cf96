"""Held parts and filled sheets for the tests of the desk. All people are invented."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

from PIL import Image
from pypdf import PdfReader, PdfWriter

from pipeline.desk.questions import HeldPart, Question
from pipeline.desk.words import About, words_for
from pipeline.model import Box, Method, Reading, Reason, Vote
from pipeline.site import Site, read_site

ROOT = Path(__file__).resolve().parents[2]


def site() -> Site:
    return read_site(ROOT)[0]


def picture(width: int = 300, height: int = 60) -> bytes:
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).save(buffer, "PNG")
    return buffer.getvalue()


def reading(field: str, text: str, option: str = "", page: int = 1, votes: tuple[str, ...] = ()) -> Reading:
    return Reading(
        widget=f"{page}/{field}/{option}",
        field=field,
        page=page,
        source_page=page,
        box=Box(0, 0, 100, 20),
        method=Method.RECOGNISED,
        text=text,
        option=option,
        votes=tuple(Vote("reader", vote) for vote in votes),
        crop=picture(40, 40) if option else picture(),
    )


def held(*questions: Question, reason: Reason = Reason.NOT_SURE, round_number: int = 1) -> HeldPart:
    words = words_for(reason, About(form="intake form"))
    return HeldPart(
        part="7K3QWERT9ABC",
        round=round_number,
        form_code="IN-01",
        form_title="Intake and Application",
        pages=(1, 2, 3),
        received_at="3/4/2027 9:40 AM",
        file_name="scan0042.pdf",
        reason=reason,
        headline=words.headline,
        what_to_do=words.to_do,
        happened=words.happened,
        questions=questions,
        reference=(("Street address", "88 Orchard Lane"), ("City", "Marshfield")),
    )


def saved(pdf: bytes, filled: Mapping[str, str] | None = None) -> tuple[dict[str, str], dict[str, str]]:
    """Names and values, and properties, of a sheet after a viewer filled and saved it."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    for page in writer.pages:
        writer.update_page_form_field_values(page, dict(filled or {}), auto_regenerate=False)
    buffer = io.BytesIO()
    writer.write(buffer)
    reader = PdfReader(buffer)
    fields = reader.get_fields() or {}
    widgets = {name: str(field.get("/V", "")) for name, field in fields.items() if field.get("/FT")}
    return widgets, {key: str(value) for key, value in (reader.metadata or {}).items()}
