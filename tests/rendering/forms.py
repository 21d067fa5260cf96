"""Fillable PDFs as offices issue them, made on the spot: each kind of field, and ways in which files are broken."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pdfplumber
import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

HEIGHT = 792.0


class FormMaker:
    """A form that grows by a field at a time, each on a line of its own."""

    def __init__(self, pages: int = 1) -> None:
        self.pdf = Pdf.new()
        for _ in range(pages):
            page = self.pdf.add_blank_page(page_size=(612, HEIGHT))
            page.obj.Annots = Array()
        helvetica = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        resources = Dictionary(Font=Dictionary(Helv=self.pdf.make_indirect(helvetica)))
        self.pdf.Root.AcroForm = Dictionary(Fields=Array(), DR=resources, DA=String("/Helv 0 Tf 0 g"))
        self.top = HEIGHT - 40.0

    def field(self, name: str, kind: str, flags: int = 0, **more: object) -> Object:
        """A field without boxes yet."""
        made = self.pdf.make_indirect(
            Dictionary(T=String(name), FT=Name(kind), Ff=flags, Kids=Array(), **more)
        )
        self.pdf.Root.AcroForm.Fields.append(made)
        return made

    def box(
        self, of: Object, width: float = 200, height: float = 18, page: int = 1, **more: object
    ) -> Object:
        """One more box of a field, on the next line of the page."""
        self.top -= height + 8
        rectangle = Array([60, self.top, 60 + width, self.top + height])
        made = self.pdf.make_indirect(
            Dictionary(Type=Name.Annot, Subtype=Name.Widget, Rect=rectangle, F=4, Parent=of, **more)
        )
        of.Kids.append(made)
        self.pdf.pages[page - 1].obj.Annots.append(made)
        return made

    def text(
        self, name: str, flags: int = 0, width: float = 200, height: float = 18, **more: object
    ) -> Object:
        return self.box(self.field(name, "/Tx", flags, **more), width, height)

    def buttons(
        self, name: str, states: Sequence[str], flags: int = 0, page: int = 1, **more: object
    ) -> Object:
        """A field with a box for each on-state."""
        made = self.field(name, "/Btn", flags, **more)
        for state in states:
            self.box(
                made,
                14,
                14,
                page,
                AP=Dictionary(N=Dictionary({f"/{state}": self.mark(), "/Off": self.drawn("")})),
            )
        return made

    def mark(self) -> Object:
        return self.drawn("0 g 3 3 8 8 re f")

    def drawn(self, content: str) -> Object:
        made = Stream(self.pdf, content.encode())
        made.Type, made.Subtype, made.BBox = Name.XObject, Name.Form, Array([0, 0, 14, 14])
        return self.pdf.make_indirect(made)

    def bytes(self, **how: object) -> bytes:
        out = io.BytesIO()
        self.pdf.save(out, static_id=True, **how)
        return out.getvalue()


def flattened(pdf: bytes) -> bytes:
    """The form after qpdf has made the pictures of its boxes part of the pages. It draws none of its own."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.flatten_annotations("all")
        for each in opened.pages:
            each.obj.Annots = pikepdf.Array()
        opened.save(out)
    return out.getvalue()


def inked(pdf: bytes, box: Sequence[float], page: int = 1) -> tuple[float, float]:
    """Width and height of what is printed inside the rectangle (points, origin at the bottom left), as pdfium draws it.

    The boxes' pictures are part of the page by then: pdfium would draw its own where the file has none.
    """
    picture = pypdfium2.PdfDocument(flattened(pdf))[page - 1].render(scale=2).to_pil().convert("L")
    x0, y0, x1, y1 = (float(edge) for edge in box)
    edges = (int(x0 * 2) + 2, int((HEIGHT - y1) * 2) + 2, int(x1 * 2) - 2, int((HEIGHT - y0) * 2) - 2)
    dark = picture.crop(edges).point(lambda shade: 255 if shade < 128 else 0).getbbox()
    return ((dark[2] - dark[0]) / 2, (dark[3] - dark[1]) / 2) if dark else (0.0, 0.0)


def is_dark(pdf: bytes, box: Sequence[float], page: int = 1) -> bool:
    """Whether anything is printed inside the rectangle."""
    return inked(pdf, box, page) > (2, 2)


def rectangles(pdf: bytes, name: str) -> list[list[float]]:
    """The boxes of a top field by its name."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        found = [field for field in opened.Root.AcroForm.Fields.as_list() if str(field.get("/T", "")) == name]
        boxes = [box for field in found for box in (field.Kids.as_list() if "/Kids" in field else [field])]
        return [[float(edge) for edge in box.Rect.as_list()] for box in boxes]


def plumbed_text(pdf: bytes, box: Sequence[float], page: int = 1) -> str:
    """The text inside the rectangle as pdfminer finds it once qpdf has made the boxes' pictures part of the page.

    The second reader: it shares nothing with pdfium. Spaces between letters that stand apart, as in a comb, are gone.
    """
    with pdfplumber.open(io.BytesIO(flattened(pdf))) as document:
        x0, y0, x1, y1 = box
        inside = document.pages[page - 1].crop((x0, HEIGHT - y1, x1, HEIGHT - y0))
        return " ".join(word["text"] for word in inside.extract_words(use_text_flow=True))


def pdfium_text_in(pdf: bytes, box: Sequence[float], page: int = 1) -> str:
    """The text inside the rectangle as pdfium finds it."""
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    document[page - 1].flatten()
    left, bottom, right, top = box
    found = document[page - 1].get_textpage().get_text_bounded(left=left, bottom=bottom, right=right, top=top)
    return " ".join(str(found).split())
