"""AcroForm fields as PDF objects, each with its own picture (appearance), so that every viewer shows the same.

A dotted name is a branch of the field tree, as the standard wants it: `q.3` is the field `3` under `q`. So one name
cannot be a field and the start of another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as member
from enum import StrEnum

from reportlab.pdfbase.pdfdoc import (
    BasicFonts,
    PDFArray,
    PDFDictionary,
    PDFDocument,
    PDFName,
    PDFObjectReference,
    PDFStream,
    PDFString,
)
from reportlab.pdfbase.pdfmetrics import getFont

from pipeline.fillable.typeset import Style, is_western, wide_face_for, width_of, wrapped
from pipeline.model import Box

OFF = "Off"
_MULTILINE, _RADIO, _COMBO, _EDITABLE, _COMB = 1 << 12, 1 << 15, 1 << 17, 1 << 18, 1 << 24
_READ_ONLY, _REQUIRED = 1, 2
_RIGHT = 2
_PRINTED, _HIDDEN = 4, 2
PADDING = 3.0


class Entry(StrEnum):
    """How a widget is filled in."""

    TEXT = "text"
    LIST = "list"
    TICK = "tick"
    RADIO = "radio"


@dataclass(frozen=True, slots=True)
class Field:
    """One widget of a fillable page, box in points from the top left.

    name:    qualified field name; several radios, or copies of one text, share it
    tooltip: what a screen reader says
    value:   text already standing in it; for a tick or radio its on-state where it is ticked
    state:   on-state of a tick or radio
    comb:    number of cells, 0 where there are none
    options: what a list offers; other text may be typed too
    group:   what a screen reader says of all radios of one name together, where that is not the tooltip
    right:   text stands at the right, as amounts do
    framed:  the box is drawn round the widget; a form that draws its own says False
    """

    name: str
    box: Box
    entry: Entry
    tooltip: str
    value: str = member(default="", repr=False)
    state: str = "on"
    comb: int = 0
    multiline: bool = False
    max_length: int = 0
    size: float = 10.0
    options: tuple[str, ...] = member(default=(), repr=False)
    hidden: bool = False
    group: str = ""
    required: bool = False
    right: bool = False
    framed: bool = True


@dataclass(frozen=True, slots=True)
class Fonts:
    """The fonts of one document: Helvetica and the tick mark by reference, wider ones as reportlab embeds them."""

    document: PDFDocument
    text: PDFObjectReference
    ticks: PDFObjectReference

    def resources(self, wide: bool = False) -> PDFDictionary:
        """What a form or an appearance draws with. wide: with the letters that Helvetica lacks, for drawing only."""
        if wide:
            return PDFDictionary({"Font": PDFObjectReference(BasicFonts)})
        return PDFDictionary({"Font": PDFDictionary({"Helv": self.text, "ZaDb": self.ticks})})

    def show(self, text: str, size: float) -> str:
        """The operators that draw the text where the text cursor stands."""
        if is_western(text):
            return f"/Helv {size:g} Tf {_literal(text.encode('cp1252'))} Tj "
        return self.show_wide(text, size)

    def show_wide(self, text: str, size: float) -> str:
        face, shown = wide_face_for(text)
        font = getFont(face)
        return "".join(
            f"{font.getSubsetInternalName(subset, self.document)} {size:g} Tf {_literal(chunk)} Tj "
            for subset, chunk in font.splitString(shown, self.document)
        )


def font_objects() -> tuple[PDFDictionary, PDFDictionary]:
    helvetica = {"Type": "Font", "Subtype": "Type1", "BaseFont": "Helvetica", "Encoding": "WinAnsiEncoding"}
    dingbats = {"Type": "Font", "Subtype": "Type1", "BaseFont": "ZapfDingbats"}
    return _names(helvetica), _names(dingbats)


def _names(entries: Mapping[str, str]) -> PDFDictionary:
    return PDFDictionary({key: PDFName(value) for key, value in entries.items()})


def field_entries(field: Field) -> dict[str, object]:
    """What belongs to the field as a whole, whether it has one widget or several."""
    entries: dict[str, object] = {"TU": PDFString(field.group or field.tooltip)}
    must = _REQUIRED if field.required else 0
    if field.entry in (Entry.TICK, Entry.RADIO):
        entries["FT"] = PDFName("Btn")
        entries["V"] = PDFName(field.value or OFF)
        entries["Ff"] = must | (_RADIO if field.entry is Entry.RADIO else 0)
        entries["DA"] = PDFString("/ZaDb 0 Tf 0 g")
        return entries
    entries["FT"] = PDFName("Ch" if field.entry is Entry.LIST else "Tx")
    entries["V"] = PDFString(field.value)
    entries["DA"] = PDFString(f"/Helv {field.size:g} Tf 0 g")
    flags = _MULTILINE if field.multiline else 0
    if field.entry is Entry.LIST:
        flags = _COMBO | _EDITABLE
        entries["Opt"] = PDFArray([PDFString(option) for option in field.options])
    elif field.comb:
        flags = _COMB
        entries["MaxLen"] = field.comb
    elif field.max_length:
        entries["MaxLen"] = field.max_length
    if field.right:
        entries["Q"] = _RIGHT
    entries["Ff"] = flags | must | (_READ_ONLY if field.hidden else 0)
    return entries


def widget_entries(field: Field, page_height: float, appearance: PDFDictionary) -> dict[str, object]:
    """What belongs to this one rectangle on this one page."""
    box = field.box
    rectangle = (box.x0, page_height - box.bottom, box.x1, page_height - box.top)
    entries: dict[str, object] = {
        "Type": PDFName("Annot"),
        "Subtype": PDFName("Widget"),
        "Rect": PDFArray([round(edge, 2) for edge in rectangle]),
        "F": _HIDDEN if field.hidden else _PRINTED,
        "AP": PDFDictionary({"N": appearance}),
    }
    if field.entry in (Entry.TICK, Entry.RADIO):
        entries["MK"] = PDFDictionary({"CA": PDFString("4")})
        entries["AS"] = PDFName(field.state if field.value == field.state else OFF)
    return entries


def pictures(field: Field, fonts: Fonts) -> dict[str, PDFStream]:
    """The appearance of each state of a tick, or of the text under the key `N`."""
    if field.entry in (Entry.TICK, Entry.RADIO):
        return {field.state: _drawn(field.box, fonts, _tick(field.box)), OFF: _drawn(field.box, fonts, "")}
    if field.hidden:
        return {"N": _drawn(field.box, fonts, "")}
    return {"N": _drawn(field.box, fonts, _text(field, fonts), wide=not is_western(field.value))}


def _drawn(box: Box, fonts: Fonts, content: str, wide: bool = False) -> PDFStream:
    dictionary = PDFDictionary(
        {
            "Type": PDFName("XObject"),
            "Subtype": PDFName("Form"),
            "BBox": PDFArray([0, 0, round(box.width, 2), round(box.height, 2)]),
            "Resources": fonts.resources(wide),
        }
    )
    return PDFStream(dictionary, content)


def _tick(box: Box) -> str:
    width, height = box.width, box.height
    points = [(0.2, 0.52), (0.42, 0.22), (0.82, 0.82)]
    path = [f"{x * width:.2f} {y * height:.2f}" for x, y in points]
    return f"q 1.6 w 1 J 1 j {path[0]} m {path[1]} l {path[2]} l S Q"


def _text(field: Field, fonts: Fonts) -> str:
    """The text drawn as a viewer would: one line, several lines, or a letter in each cell."""
    box, size, style = field.box, field.size, Style(field.size)
    clip = f"1 1 {box.width - 2:.2f} {box.height - 2:.2f} re W n"
    baseline = (box.height - size) / 2 + size * 0.22
    moves: list[tuple[float, float, str]] = []
    if field.comb:
        cell = box.width / field.comb
        moves = [
            (cell * (place + 0.5) - width_of(ch, style) / 2, baseline, ch)
            for place, ch in enumerate(field.value[: field.comb])
        ]
    elif field.multiline:
        lines = wrapped(field.value, style, box.width - 2 * PADDING)
        top = box.height - PADDING - size * 0.85
        moves = [(PADDING, top - row * size * 1.15, line) for row, line in enumerate(lines)]
    else:
        left = box.width - PADDING - width_of(field.value, style) if field.right else PADDING
        moves = [(left, baseline, field.value)]
    show = fonts.show if is_western(field.value) else fonts.show_wide
    shown = "".join(f"1 0 0 1 {x:.2f} {y:.2f} Tm {show(text, size)}" for x, y, text in moves if text.strip())
    return f"/Tx BMC q {clip} BT 0 g {shown}ET Q EMC"


def _literal(data: bytes) -> str:
    """A PDF string of these bytes, written in plain ASCII."""
    pieces = []
    for byte in data:
        ch = chr(byte)
        if ch in "()\\":
            pieces.append("\\" + ch)
        elif 32 <= byte < 127:
            pieces.append(ch)
        else:
            pieces.append(f"\\{byte:03o}")
    return "(" + "".join(pieces) + ")"


@dataclass(slots=True)
class Branch:
    """A node of the field tree while it grows: further branches, or the widgets of one field."""

    branches: dict[str, Branch] = member(default_factory=dict)
    fields: list[tuple[Field, PDFObjectReference]] = member(default_factory=list)

    def grow(self, name: str) -> Branch:
        """The node of a dotted name. Raises ValueError where a name is a field and a branch at once."""
        node = self
        for piece in name.split("."):
            if node.fields:
                raise ValueError(f'the field name "{name}" continues the name of another field')
            node = node.branches.setdefault(piece, Branch())
        if node.branches:
            raise ValueError(f'the field name "{name}" is the beginning of another')
        return node


def ticked(fields: Sequence[Field]) -> str:
    """The state that is ticked among the radios of one name, empty where none is."""
    return next((field.value for field in fields if field.value), "")
