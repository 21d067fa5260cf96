"""Widgets put onto a drawn PDF, in the manners of other form makers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, String

COMB, MULTILINE, RADIO, COMBO = 1 << 24, 1 << 12, 1 << 15, 1 << 17


@dataclass(frozen=True, slots=True)
class Box:
    """One widget to make. rect: left, bottom, right, top in PDF points (any order of corners).

    state: on-state of a mark, without which it is a text box; radio: one of a group of that name
    cells: of a comb; longest: MaxLen; border: drawn by viewers around the widget, grey 0 to 1, None for none
    choices: makes it a list.  turned: degrees by which its text is turned left on the unturned page
    """

    name: str
    page: int
    rect: tuple[float, float, float, float]
    state: str = ""
    radio: bool = False
    cells: int = 0
    longest: int = 0
    several_lines: bool = False
    border: float | None = None
    choices: tuple[str, ...] = ()
    size: float = 0
    turned: int = 0


def with_boxes(drawn: bytes, boxes: Sequence[Box]) -> bytes:
    """The drawn pages with the boxes on them; boxes of one name are one field with several widgets."""
    pdf = pikepdf.open(io.BytesIO(drawn))
    helvetica = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    pdf.Root.AcroForm = pdf.make_indirect(
        Dictionary(
            Fields=Array(), DA=String("/Helv 0 Tf 0 g"), DR=Dictionary(Font=Dictionary(Helv=helvetica))
        )
    )
    made: dict[str, pikepdf.Object] = {}
    shared = {box.name for box in boxes if [other.name for other in boxes].count(box.name) > 1}
    for box in boxes:
        widget = pdf.make_indirect(_widget(pdf, box))
        page = pdf.pages[box.page - 1]
        widget.P = page.obj
        if "/Annots" not in page:
            page.Annots = Array()
        page.Annots.append(widget)
        if box.name in shared or box.radio:
            field = made.get(box.name)
            if field is None:
                field = _field(pdf, box, made)
                field.Kids = Array()
            widget.Parent = field
            field.Kids.append(widget)
        else:
            _described(widget, box)
            _hung(pdf, widget, box.name, made)
    out = io.BytesIO()
    pdf.save(out, static_id=True)
    return out.getvalue()


def _field(pdf: pikepdf.Pdf, box: Box, made: dict[str, pikepdf.Object]) -> pikepdf.Object:
    field = pdf.make_indirect(Dictionary())
    _described(field, box)
    _hung(pdf, field, box.name, made)
    return field


def _hung(pdf: pikepdf.Pdf, node: pikepdf.Object, name: str, made: dict[str, pikepdf.Object]) -> None:
    """Put a field under its parents in the tree of names, making those that are missing."""
    made[name] = node
    above, _, own = name.rpartition(".")
    node.T = String(own)
    if not above:
        pdf.Root.AcroForm.Fields.append(node)
        return
    if above not in made:
        parent = pdf.make_indirect(Dictionary(Kids=Array()))
        _hung(pdf, parent, above, made)
    made[above].Kids.append(node)
    node.Parent = made[above]


def _described(field: pikepdf.Object, box: Box) -> None:
    if box.state:
        field.FT = Name.Btn
        field.Ff = RADIO if box.radio else 0
        field.V = Name.Off
        return
    field.DA = String(f"/Helv {box.size:g} Tf 0 g")
    if box.choices:
        field.FT, field.Ff = Name.Ch, COMBO
        field.Opt = Array([String(choice) for choice in box.choices])
        return
    field.FT = Name.Tx
    field.Ff = (COMB if box.cells else 0) | (MULTILINE if box.several_lines else 0)
    if box.cells or box.longest:
        field.MaxLen = box.cells or box.longest


def _widget(pdf: pikepdf.Pdf, box: Box) -> Dictionary:
    widget = Dictionary(
        Type=Name.Annot, Subtype=Name.Widget, F=4, Rect=Array([round(v, 2) for v in box.rect])
    )
    look = Dictionary()
    if box.border is not None:
        look.BC = Array([box.border])
        widget.BS = Dictionary(W=1, S=Name.S)
    if box.state:
        wide, tall = abs(box.rect[2] - box.rect[0]), abs(box.rect[3] - box.rect[1])
        frame = f"{box.border} G 0.5 0.5 {wide - 1} {tall - 1} re S " if box.border is not None else ""
        cross = f"q {frame}0 G 1.2 w 3 3 m {wide - 3} {tall - 3} l S 3 {tall - 3} m {wide - 3} 3 l S Q"
        states = Dictionary()
        states[f"/{box.state}"] = _drawing(pdf, cross, wide, tall)
        states["/Off"] = _drawing(pdf, f"q {frame}Q", wide, tall)
        widget.AP = Dictionary(N=states)
        widget.AS = Name.Off
        look.CA = String("8")
    elif box.border is not None:
        widget.AP = Dictionary(N=_frame(pdf, box))
    if box.turned:
        look.R = box.turned
    widget.MK = look
    return widget


def _frame(pdf: pikepdf.Pdf, box: Box) -> pikepdf.Object:
    """The picture of an empty text box with a border and comb lines, as its maker's program left it."""
    wide, tall = abs(box.rect[2] - box.rect[0]), abs(box.rect[3] - box.rect[1])
    lines = [f"q {box.border} G 1 w 0.5 0.5 {wide - 1} {tall - 1} re S"]
    lines += [
        f"{wide * k / box.cells:.2f} 0 m {wide * k / box.cells:.2f} {tall} l S" for k in range(1, box.cells)
    ]
    return _drawing(pdf, " ".join([*lines, "Q"]), wide, tall)


def _drawing(pdf: pikepdf.Pdf, content: str, wide: float, tall: float) -> pikepdf.Object:
    stream = pdf.make_stream(content.encode())
    stream.Type, stream.Subtype = Name.XObject, Name.Form
    stream.BBox = Array([0, 0, round(wide, 2), round(tall, 2)])
    return stream
