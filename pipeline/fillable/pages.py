"""A fillable letter-size PDF: pages with text, pictures, marks and boxes to fill in, the same bytes every time.

General on purpose: sheets, slips and requests are drawn with it. It knows no form, no reason and no case.
Places are points from the top left corner. This package is the only room of reportlab outside rendering.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import cast

from PIL import Image, UnidentifiedImageError
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfdoc import (
    PDFArray,
    PDFDictionary,
    PDFDocument,
    PDFInfo,
    PDFName,
    PDFObjectReference,
    PDFPage,
    PDFString,
)
from reportlab.pdfgen.canvas import Canvas

from pipeline.fillable import marks
from pipeline.fillable.marks import PAGE_HEIGHT, PAGE_WIDTH
from pipeline.fillable.typeset import Style, face_for, width_of, wrapped
from pipeline.fillable.widgets import (
    Branch,
    Entry,
    Field,
    Fonts,
    field_entries,
    font_objects,
    pictures,
    ticked,
    widget_entries,
)
from pipeline.model import Box

PRINT_DPI = 200
"""Pictures are never drawn coarser than this: a crop cut at 300 dpi grows by half at most."""


class _Info(PDFInfo):  # type: ignore[misc]  # reportlab has no types
    """The document's /Info with keys of our own."""

    custom: Mapping[str, str] = {}

    def format(self, document: PDFDocument) -> bytes:
        entries = {
            "Title": self.title,
            "Subject": self.subject,
            "Creator": self.creator,
            "Producer": self.creator,
            **self.custom,
        }
        return cast(bytes, PDFDictionary({k: PDFString(v) for k, v in entries.items()}).format(document))


class _Canvas(Canvas):  # type: ignore[misc]  # reportlab has no types
    """A canvas whose pages are tabbed through line by line; reportlab's pages know no such key."""

    def _setAnnotations(self, page: PDFPage) -> None:  # reportlab's name
        super()._setAnnotations(page)
        page.Tabs = PDFName("R")
        page.__NoDefault__ = [*page.__NoDefault__, "Tabs"]


class FillablePdf:
    """A document that grows page by page; `finish` gives its bytes.

    title:  shown in the window's title bar and read out first
    custom: further keys of /Info; plain letters and digits, never a person's words
    """

    def __init__(self, title: str, subject: str = "", custom: Mapping[str, str] | None = None) -> None:
        self._buffer = io.BytesIO()
        self._canvas = _Canvas(
            self._buffer, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1, pageCompression=1, lang="en-US"
        )
        self._canvas.setViewerPreference("DisplayDocTitle", "true")
        info = _Info()
        info.title, info.subject, info.creator = title, subject, "Support paperwork"
        info.custom = dict(custom or {})
        info.invariant = True
        self._document.info = info
        helvetica, dingbats = font_objects()
        self._fonts = Fonts(self._document, self._refer(helvetica), self._refer(dingbats))
        self._tree = Branch()
        self._widgets: dict[str, PDFDictionary] = {}
        self.pages = 1

    @property
    def _document(self) -> PDFDocument:
        return self._canvas._doc

    def _refer(self, thing: object) -> PDFObjectReference:
        return self._document.Reference(thing)

    # --- drawing ----------------------------------------------------------------------------------

    def text(self, x: float, baseline: float, text: str, style: Style, align: str = "left") -> None:
        """One line of text. align: `left`, `centre` or `right` of x."""
        face, shown = face_for(text, style.bold)
        start = x - {"left": 0.0, "centre": 0.5, "right": 1.0}[align] * width_of(text, style)
        self._canvas.setFont(face, style.size)
        self._canvas.setFillGray(style.grey)
        self._canvas.drawString(start, PAGE_HEIGHT - baseline, shown)

    def paragraph(self, x: float, top: float, width: float, text: str, style: Style) -> float:
        """Wrapped text from `top` down; gives the place where it ends."""
        for line in wrapped(text, style, width):
            self.text(x, top + style.size * 0.95, line, style)
            top += style.line
        return top

    def frame(self, box: Box, line: float = 0.8, grey: float = 0.0, fill: float | None = None) -> None:
        """A rectangle; line 0 has no outline, fill None is open."""
        self._canvas.setStrokeGray(grey)
        self._canvas.setLineWidth(line)
        if fill is not None:
            self._canvas.setFillGray(fill)
        rectangle = (box.x0, PAGE_HEIGHT - box.bottom, box.width, box.height)
        self._canvas.rect(*rectangle, stroke=int(line > 0), fill=int(fill is not None))

    def line(self, x0: float, y0: float, x1: float, y1: float, width: float = 0.6, grey: float = 0.0) -> None:
        self._canvas.setStrokeGray(grey)
        self._canvas.setLineWidth(width)
        self._canvas.line(x0, PAGE_HEIGHT - y0, x1, PAGE_HEIGHT - y1)

    def dot(self, x: float, y: float, radius: float) -> None:
        self._canvas.setFillGray(0)
        self._canvas.circle(x, PAGE_HEIGHT - y, radius, stroke=0, fill=1)

    def picture(self, png: bytes, box: Box, share: float = 1.0) -> None:
        """The picture filling the box; ask `picture_size` for a box that suits it.

        share: how much of it is shown, from its top; the box is then as high as that share.
        """
        image, whole = ImageReader(io.BytesIO(png)), box.height / share
        self._canvas.saveState()
        window = self._canvas.beginPath()
        window.rect(box.x0, PAGE_HEIGHT - box.bottom, box.width, box.height)
        self._canvas.clipPath(window, stroke=0)
        self._canvas.drawImage(image, box.x0, PAGE_HEIGHT - box.top - whole, box.width, whole)
        self._canvas.restoreState()

    def marks(self, code: str, qr: Box | None = None) -> None:
        """Corner markers, and the code as QR and in small letters under it.

        qr: where the QR code stands with its quiet zone, at the usual place when not said
        """
        qr = qr or marks.qr_box()
        self._canvas.setFillGray(0)
        for number, box in enumerate(marks.marker_boxes()):
            self.frame(box, 0, fill=0.0)
            for cell in marks.white_cells(number, box):
                self.frame(cell, 0, fill=1.0)
        for run in marks.dark_modules(code, qr):
            self.frame(run, 0, fill=0.0)
        self.text(PAGE_WIDTH / 2, qr.bottom + 4, code, Style(6.5, grey=0.2), "centre")

    def next_page(self) -> None:
        self._canvas.showPage()
        self.pages += 1

    # --- boxes to fill in -------------------------------------------------------------------------

    def field(self, field: Field) -> None:
        """Adds the widget to this page. Its frame is drawn too, so that a print shows where to write."""
        if field.framed and not field.hidden:
            self._outline(field)
        streams = {state: self._refer(stream) for state, stream in pictures(field, self._fonts).items()}
        picture = PDFDictionary(streams) if field.entry in (Entry.TICK, Entry.RADIO) else streams["N"]
        widget = PDFDictionary(widget_entries(field, PAGE_HEIGHT, picture))
        reference = self._refer(widget)
        self._canvas._annotationrefs.append(reference)
        self._tree.grow(field.name).fields.append((field, reference))
        self._widgets[reference.name] = widget

    def _outline(self, field: Field) -> None:
        self.frame(field.box, 0.9)
        for cell in range(1, field.comb):
            x = field.box.x0 + field.box.width * cell / field.comb
            self.line(x, field.box.top, x, field.box.bottom, 0.5)

    def finish(self) -> bytes:
        """The whole document. Nothing can be added afterwards."""
        form = {
            "Fields": PDFArray([self._node(name, node, None) for name, node in self._tree.branches.items()]),
            "DR": self._fonts.resources(),
            "DA": PDFString("/Helv 10 Tf 0 g"),
        }
        self._document.Catalog.AcroForm = PDFDictionary(form)
        self._canvas.showPage()
        self._canvas.save()
        return self._buffer.getvalue()

    def _node(self, name: str, node: Branch, parent: PDFObjectReference | None) -> PDFObjectReference:
        """The field object of one node: a branch, one widget, or one field with several widgets."""
        entries: dict[str, object] = {"T": PDFString(name)}
        if parent is not None:
            entries["Parent"] = parent
        fields = [field for field, _ in node.fields]
        if len(fields) == 1 and fields[0].entry is not Entry.RADIO:
            reference = node.fields[0][1]
            self._widgets[reference.name].dict.update(entries | field_entries(fields[0]))
            return reference
        if fields:
            entries |= field_entries(fields[0])
            if fields[0].entry is Entry.RADIO:
                entries["V"] = PDFName(ticked(fields) or "Off")
        holder = PDFDictionary(entries)
        reference = self._refer(holder)
        kids = [self._node(piece, child, reference) for piece, child in node.branches.items()]
        for field, widget in node.fields:
            own: dict[str, object] = {"Parent": reference}
            if field.comb:
                own["MaxLen"] = field.comb  # some programs that fill forms do not look for it at the field
            if field.entry is Entry.RADIO:
                own["TU"] = PDFString(field.tooltip)
            self._widgets[widget.name].dict.update(own)
            kids.append(widget)
        holder.dict["Kids"] = PDFArray(kids)
        return reference


def picture_size(png: bytes, width: float, height: float, dpi: int = PRINT_DPI) -> tuple[float, float]:
    """Width and height in points of a picture within these bounds, never drawn coarser than `dpi`.

    (0, 0) where the bytes are no picture: a sheet without a picture is better than none.
    """
    try:
        with Image.open(io.BytesIO(png)) as image:
            pixels = image.size
    except (UnidentifiedImageError, OSError):
        return 0.0, 0.0
    scale = min(72 / dpi, width / pixels[0], height / pixels[1])
    return pixels[0] * scale, pixels[1] * scale
