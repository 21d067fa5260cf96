"""A form printed with its values typed over it: a PDF with text under the boxes and no form any more."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pypdf import PdfReader, PdfWriter, Transformation
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from tests.paper.appearance import wrapped
from tests.paper.families import typefaces
from tests.paper.screen import flatten
from tests.paper.widgets import Spot, SpotKind, spots


def typed_over(
    blank: Path, values: Mapping[str, str], *, face: Path | None = None, size: float = 10
) -> bytes:
    """The blank with each value printed into its box as real text, as a typing program leaves it.

    values: as for `screen.on_screen`; `name@2` is for page 2 only. The text is in the page's content
    with an embedded font (`face`, a TrueType file), at most `size` points, smaller where the box is; ticks are an X.
    """
    face = face or typefaces()[0]
    if face.stem not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(face.stem, str(face)))
    writer = PdfWriter(blank)
    boxes = spots(blank)
    for page in writer.pages:
        page.transfer_rotation_to_content()
    flatten(writer)
    for number, page in enumerate(writer.pages, start=1):
        crop = page.cropbox
        width, height = float(crop.width), float(crop.height)
        buffer = io.BytesIO()
        canvas = Canvas(buffer, pagesize=(width, height), invariant=1)
        for spot in boxes:
            text = values.get(f"{spot.name}@{number}", values.get(spot.name, ""))
            if spot.page == number and text:
                _type(_Layer(canvas, height, face.stem, size), spot, text)
        canvas.showPage()
        canvas.save()
        layer = PdfReader(buffer).pages[0]
        page.merge_transformed_page(layer, Transformation().translate(float(crop.left), float(crop.bottom)))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class _Layer:
    canvas: Canvas
    height: float
    face: str
    size: float


def _type(layer: _Layer, spot: Spot, text: str) -> None:
    canvas, bottom = layer.canvas, layer.height - spot.bottom
    if spot.kind is SpotKind.TICK:
        if text == spot.on_state and spot.on_state:
            big = spot.height * 0.9
            canvas.setFont(layer.face, big)
            canvas.drawCentredString(spot.left + spot.width / 2, bottom + spot.height / 2 - big * 0.34, "X")
        return
    size = min(layer.size, spot.height * 0.75)
    if spot.cells:
        cell = spot.width / spot.cells
        baseline = bottom + (spot.height - 0.72 * size) / 2
        canvas.setFont(layer.face, size)
        for place, ch in enumerate(text):
            canvas.drawCentredString(spot.left + (place + 0.5) * cell, baseline, ch)
        return
    lines, size = _fitted(spot, text, layer.face, size)
    canvas.setFont(layer.face, size)
    baseline = bottom + (spot.height - 0.72 * size) / 2
    if spot.multiline or len(lines) > 1:
        baseline = layer.height - spot.top - 2 - size
    for line in lines:
        canvas.drawString(spot.left + 2, baseline, line)
        baseline -= size * 1.18


def _fitted(spot: Spot, text: str, face: str, size: float) -> tuple[list[str], float]:
    """Lines and a font size that the box holds; not under four points."""
    while True:
        many = spot.multiline or "\n" in text
        lines = list(wrapped(text, face, size, spot.width - 4)) if many else [text]
        wide = max(pdfmetrics.stringWidth(line, face, size) for line in lines)
        tall = len(lines) * size * 1.18
        if size <= 4 or (wide <= spot.width - 3 and (len(lines) == 1 or tall <= spot.height - 2)):
            return lines, size
        size -= 0.5
