"""What a viewer draws into a text box: background, border, comb lines and the value in Helvetica."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    PdfObject,
    StreamObject,
)
from reportlab.pdfbase.pdfmetrics import stringWidth

from tests.paper.widgets import COMB, MULTILINE, inherited, number, rectangle

FACE = "Helvetica"


@dataclass(frozen=True, slots=True)
class _Box:
    width: float
    height: float
    size: float
    align: int


def appearance(widget: DictionaryObject, text: str) -> StreamObject:
    """The appearance stream of a text box: background, border, then the text."""
    x0, y0, x1, y1 = rectangle(widget)
    words = str(inherited(widget, "/DA") or "").split()
    size = float(words[words.index("Tf") - 1]) if "Tf" in words else 0.0
    look = inherited(widget, "/MK")
    turned = number(look, "/R") % 360 if isinstance(look, DictionaryObject) else 0
    wide, tall = (x1 - x0, y1 - y0) if turned % 180 == 0 else (y1 - y0, x1 - x0)
    box = _Box(wide, tall, size, number(widget, "/Q"))
    flags, length = number(widget, "/Ff"), number(widget, "/MaxLen")
    if flags & COMB and length:
        runs = _comb(box, text, length)
    elif flags & MULTILINE:
        runs = _paragraph(box, text)
    else:
        runs = _line(box, text)
    lines = [
        *_border(widget, box),
        "/Tx BMC q",
        f"1 1 {box.width - 2:.2f} {box.height - 2:.2f} re W n",
        "BT 0 g",
    ]
    lines += [
        f"/Helv {size:.2f} Tf 1 0 0 1 {x:.2f} {y:.2f} Tm ({_escaped(run)}) Tj" for run, size, x, y in runs
    ]
    stream = StreamObject()
    stream.set_data(("\n".join([*lines, "ET Q EMC"])).encode("latin-1"))
    fonts = DictionaryObject({NameObject("/Helv"): _helvetica()})
    stream[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    stream[NameObject("/Type")] = NameObject("/XObject")
    stream[NameObject("/Subtype")] = NameObject("/Form")
    stream[NameObject("/BBox")] = ArrayObject(FloatObject(v) for v in (0, 0, box.width, box.height))
    stream[NameObject("/Matrix")] = ArrayObject(FloatObject(v) for v in _turn(turned, box))
    return stream


def _turn(degrees: int, box: _Box) -> tuple[float, ...]:
    """The matrix that turns a picture left and moves it back to where x and y are positive."""
    return {
        0: (1, 0, 0, 1, 0, 0),
        90: (0, 1, -1, 0, box.height, 0),
        180: (-1, 0, 0, -1, box.width, box.height),
        270: (0, -1, 1, 0, 0, box.width),
    }[degrees]


_Run = tuple[str, float, float, float]


def _line(box: _Box, text: str) -> list[_Run]:
    size = box.size or max(4.0, min(12.0, box.height * 0.7, _fitting(text, box.width - 4)))
    width = stringWidth(text, FACE, size)
    x = (2.0, (box.width - width) / 2, box.width - width - 2)[box.align]
    return [(text, size, x, (box.height - 0.72 * size) / 2)]


def _fitting(text: str, width: float) -> float:
    return float(width / max(stringWidth(text, FACE, 1.0), 0.01))


def _comb(box: _Box, text: str, cells: int) -> list[_Run]:
    if len(text) > cells:
        raise ValueError(f"{len(text)} characters do not go into {cells} cells")
    cell = box.width / cells
    size = box.size or min(12.0, box.height * 0.7, cell * 1.2)
    return [
        (ch, size, (place + 0.5) * cell - stringWidth(ch, FACE, size) / 2, (box.height - 0.72 * size) / 2)
        for place, ch in enumerate(text)
    ]


def _paragraph(box: _Box, text: str) -> list[_Run]:
    size = box.size or 12.0
    lines = list(wrapped(text, FACE, size, box.width - 4))
    while not box.size and size > 4 and len(lines) * size * 1.15 > box.height - 4:
        size -= 0.5
        lines = list(wrapped(text, FACE, size, box.width - 4))
    return [(line, size, 2.0, box.height - 2 - size * (1 + 1.15 * row)) for row, line in enumerate(lines)]


def wrapped(text: str, face: str, size: float, width: float) -> Iterator[str]:
    """The lines of a text that fit a width in points."""
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if line and stringWidth(longer, face, size) > width:
                yield line
                line = word
            else:
                line = longer
        yield line


def _border(widget: DictionaryObject, box: _Box) -> list[str]:
    """Background and border of /MK, with the dividers of a comb, as viewers draw them."""
    look = inherited(widget, "/MK")
    if not isinstance(look, DictionaryObject):
        return []
    style = inherited(widget, "/BS")
    width = float(str(style.get("/W", 1))) if isinstance(style, DictionaryObject) else 1.0
    lines = []
    if ground := _colour(look.get("/BG"), "g", "rg"):
        lines.append(f"q {ground} 0 0 {box.width:.2f} {box.height:.2f} re f Q")
    if (edge := _colour(look.get("/BC"), "G", "RG")) and width:
        half = width / 2
        lines.append(f"q {edge} {width} w")
        lines.append(f"{half:.2f} {half:.2f} {box.width - width:.2f} {box.height - width:.2f} re S")
        if number(widget, "/Ff") & COMB:
            cells = number(widget, "/MaxLen")
            for place in range(1, cells):
                x = box.width * place / cells
                lines.append(f"{x:.2f} 0 m {x:.2f} {box.height:.2f} l S")
        lines.append("Q")
    return lines


def _colour(value: PdfObject | None, gray: str, rgb: str) -> str:
    value = value.get_object() if value is not None else None
    if not isinstance(value, ArrayObject) or len(value) not in (1, 3):
        return ""
    return " ".join([*(str(float(str(part))) for part in value), gray if len(value) == 1 else rgb])


def _escaped(text: str) -> str:
    """The text in WinAnsi inside a PDF string; what WinAnsi lacks becomes a question mark."""
    plain = text.encode("cp1252", errors="replace").decode("latin-1")
    return plain.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _helvetica() -> DictionaryObject:
    names = {
        "/Type": "/Font",
        "/Subtype": "/Type1",
        "/BaseFont": "/Helvetica",
        "/Encoding": "/WinAnsiEncoding",
    }
    return DictionaryObject({NameObject(key): NameObject(value) for key, value in names.items()})
