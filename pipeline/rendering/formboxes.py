"""A form as PDFium sees it: its boxes with what stands in them, and every letter of its pages.

The filler writes with pikepdf; what it wrote is read here by another program, which shares nothing with it. Places are
those of the page as it is shown, in twentieths of a point, origin at the top left, so that a page that is stored turned
or cut can be compared with the same page set upright.
"""

from __future__ import annotations

import ctypes
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
from PIL.Image import Image

from pipeline.rendering.formfields import HIDDEN
from pipeline.rendering.formfill import PRINTED
from pipeline.rendering.formflat import ALIVE, printed_picture
from pipeline.rendering.pdftrees import array_items

UNITS: Final = 20  # to a point
LOOK_DPI: Final = 72.0
_TICKS = (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON)
_CHOICES = (pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX)
_NO_FIELDS = (
    pdfium.FPDF_FORMFIELD_UNKNOWN, pdfium.FPDF_FORMFIELD_PUSHBUTTON, pdfium.FPDF_FORMFIELD_SIGNATURE,
)  # fmt: skip

Place = tuple[int, int, int, int]  # left, top, right, foot


@dataclass(frozen=True, slots=True)
class BoxSeen:
    """One box of a field. page: from 0; state: what a tick or radio stands for; chosen: what a choice shows as chosen

    is_list: whether all options are shown, and the chosen ones only marked; options: of a choice, as shown
    is_fixed: whether it holds nothing for the page: a button to press, a signature, what is not printed
    """

    name: str
    page: int
    place: Place
    value: str = field(repr=False)
    is_tick: bool = False
    is_list: bool = False
    is_fixed: bool = False
    is_signature: bool = False
    tooltip: str = ""
    state: str = ""
    is_on: bool = False
    options: tuple[str, ...] = ()
    chosen: tuple[str, ...] = field(default=(), repr=False)

    def holds(self, across: int, down: int) -> bool:
        return self.place[0] <= across <= self.place[2] and self.place[1] <= down <= self.place[3]

    @property
    def area(self) -> int:
        return (self.place[2] - self.place[0]) * (self.place[3] - self.place[1])


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of a page with its middle. is_turned: whether it does not stand upright; reach: half as wide and high"""

    text: str = field(repr=False)
    across: int
    down: int
    is_turned: bool = False
    reach: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class FormSeen:
    """The boxes of a form, and the letters of each of its pages, without those in its boxes while they are fields."""

    boxes: tuple[BoxSeen, ...]
    letters: tuple[tuple[Letter, ...], ...] = field(repr=False)

    @property
    def pages(self) -> int:
        return len(self.letters)


def form_seen(pdf: bytes) -> FormSeen:
    """The form as PDFium reads it. Raises PdfiumError."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        document.init_forms()
        pages = list(document)
        boxes = tuple(
            box for number, page in enumerate(pages) for box in _boxes(document.formenv, page, number)
        )
        return FormSeen(boxes, tuple(tuple(_letters(page)) for page in pages))
    finally:
        document.close()


def pages_seen(pdf: bytes) -> tuple[Image, ...]:
    """The pages as PDFium draws them, with their boxes if they have any."""
    return tuple(pages_drawn(pdf))


def pages_drawn(pdf: bytes, pages: Collection[int] | None = None, dpi: float = LOOK_DPI) -> Iterator[Image]:
    """One page after the other, in their order. pages: from 0; None for all"""
    document = pypdfium2.PdfDocument(pdf)
    try:
        document.init_forms()  # before the first page, or no box is drawn
        for number in range(len(document)):
            if pages is None or number in pages:
                yield _drawn(document[number], dpi)
    finally:
        document.close()


def filled_seen(filled: bytes, *, ticked: bool) -> tuple[Image, ...]:
    """The pages of a filled form with the pictures of its boxes; ticked: or as they look with no box ticked."""
    return pages_seen(only_drawn(filled, ticked=ticked))


def only_drawn(filled: bytes, *, ticked: bool = True) -> bytes:
    """The filled form with those boxes alone that are printed.

    One that is not, or of which the file has no picture, is left out: PDFium would draw it all the same, the latter
    with a picture of its own, such as the arrow of a list.
    """
    with pikepdf.open(io.BytesIO(filled)) as pdf:
        for page in pdf.pages:
            listed = array_items(page.obj.get("/Annots"))
            for note in listed:
                if not ticked and "/AS" in note:
                    note.AS = pikepdf.Name.Off
            page.obj.Annots = pikepdf.Array([note for note in listed if _is_drawn(note)])
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def _is_drawn(note: pikepdf.Object) -> bool:
    kind = str(note.get("/Subtype"))
    return printed_picture(note) is not None if kind == "/Widget" else kind not in ALIVE


def part_of(picture: Image, place: Place) -> Image:
    """What of a page is drawn in a box."""
    left, top, right, foot = (round(edge / UNITS * LOOK_DPI / 72) for edge in place)
    return picture.crop((max(left, 0), max(top, 0), right + 1, foot + 1))


def _drawn(page: Any, dpi: float) -> Image:
    shown = page.render(scale=dpi / 72, grayscale=True, optimize_mode="print")
    picture: Image = shown.to_pil().copy()
    return picture


def _letters(page: Any) -> Iterator[Letter]:
    """The letters in the order in which they were drawn, without spaces."""
    text = page.get_textpage()
    edges = [ctypes.c_double() for _ in range(4)]
    shown = _Shown(page)
    for index in range(text.count_chars()):
        letter = chr(pdfium.FPDFText_GetUnicode(text, index))
        if letter.isspace() or letter == "\0" or pdfium.FPDFText_IsGenerated(text, index) == 1:
            continue
        pdfium.FPDFText_GetCharBox(text, index, *edges)
        left, right, bottom, top = (edge.value for edge in edges)
        across, down = shown.point((left + right) / 2, (bottom + top) / 2)
        corner = shown.point(right, top)
        reach = abs(corner[0] - across), abs(corner[1] - down)
        turned = 0.1 < pdfium.FPDFText_GetCharAngle(text, index) < 6.18  # radians
        yield Letter("-" if letter == "\x02" else letter, across, down, turned, reach)


class _Shown:
    """Where a point of a page lies on it as it is shown."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.size = [int(edge * UNITS) for edge in page.get_size()]

    def point(self, x: float, y: float) -> tuple[int, int]:
        across, down = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(self.page, 0, 0, *self.size, 0, x, y, across, down)
        return across.value, down.value


def _boxes(form: Any, page: Any, number: int) -> Iterator[BoxSeen]:
    shown = _Shown(page)
    for index in range(pdfium.FPDFPage_GetAnnotCount(page)):
        note = pdfium.FPDFPage_GetAnnot(page, index)
        try:
            if pdfium.FPDFAnnot_GetSubtype(note) == pdfium.FPDF_ANNOT_WIDGET:
                yield _box(form, note, number, shown)
        finally:
            pdfium.FPDFPage_CloseAnnot(note)


def _box(form: Any, note: Any, number: int, shown: _Shown) -> BoxSeen:
    kind = pdfium.FPDFAnnot_GetFormFieldType(form, note)
    edges = pdfium.FS_RECTF()
    pdfium.FPDFAnnot_GetRect(note, edges)
    corners = [shown.point(x, y) for x in (edges.left, edges.right) for y in (edges.bottom, edges.top)]
    across, down = [x for x, _ in corners], [y for _, y in corners]
    is_tick = kind in _TICKS
    options, chosen = _options(form, note) if kind in _CHOICES else ((), ())
    return BoxSeen(
        _text(pdfium.FPDFAnnot_GetFormFieldName, form, note),
        number,
        (min(across), min(down), max(across), max(down)),
        "" if is_tick else _text(pdfium.FPDFAnnot_GetFormFieldValue, form, note),
        is_tick=is_tick,
        is_list=kind == pdfium.FPDF_FORMFIELD_LISTBOX,
        is_fixed=kind in _NO_FIELDS or not _is_printed(pdfium.FPDFAnnot_GetFlags(note)),
        is_signature=kind == pdfium.FPDF_FORMFIELD_SIGNATURE,
        tooltip=" ".join(_text(pdfium.FPDFAnnot_GetFormFieldAlternateName, form, note).split()),
        state=_text(pdfium.FPDFAnnot_GetFormFieldExportValue, form, note) if is_tick else "",
        is_on=is_tick and bool(pdfium.FPDFAnnot_IsChecked(form, note)),
        options=options,
        chosen=chosen,
    )


def _is_printed(flags: int) -> bool:
    return bool(flags & PRINTED) and not flags & HIDDEN


def _options(form: Any, note: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    count = max(pdfium.FPDFAnnot_GetOptionCount(form, note), 0)
    labels = tuple(_text(pdfium.FPDFAnnot_GetOptionLabel, form, note, index) for index in range(count))
    chosen = tuple(
        label for index, label in enumerate(labels) if pdfium.FPDFAnnot_IsOptionSelected(form, note, index)
    )
    return labels, chosen


def _text(asked: Any, form: Any, note: Any, *more: int) -> str:
    size = int(asked(form, note, *more, None, 0))
    buffer = (ctypes.c_ushort * max(size // 2, 1))()
    asked(form, note, *more, buffer, size)
    return bytes(buffer).decode("utf-16-le", "replace").rstrip("\0")
