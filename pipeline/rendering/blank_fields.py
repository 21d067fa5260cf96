"""The AcroForm of a blank: every box a field of its name, filled in on any viewer.

Names with dots become a tree, as PDF wants it. Every on-state and every empty box has its own appearance, so
nothing relies on NeedAppearances. Tooltips are the printed labels.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as member

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from pipeline.model import Box
from pipeline.rendering.blank_shapes import PAGE_HEIGHT, BlankPage, BlankWidget, Entry

REQUIRED = 1 << 1
MULTILINE = 1 << 12
RADIO = 1 << 15
COMBO = 1 << 17
EDITABLE = 1 << 18
COMB = 1 << 24
PRINTED = 4


@dataclass(slots=True)
class _Branch:
    """A name of the field tree: its object and the names under it."""

    node: pikepdf.Object
    under: dict[str, _Branch] = member(default_factory=dict)


def with_fields(drawn: bytes, pages: Sequence[BlankPage], title: str, language: str = "en-US") -> bytes:
    """The drawn pages as a fillable PDF. The same pages give the same bytes."""
    with Pdf.open(io.BytesIO(drawn)) as pdf:
        root = Dictionary(Fields=Array(), DA=String("/Helv 10 Tf 0 g"), DR=_resources(pdf))
        form = pdf.make_indirect(root)
        tree = _Branch(form)
        boxes = Counter(widget.name for page in pages for widget in page.widgets)
        for sheet, page in zip(pdf.pages, pages, strict=True):
            sheet.obj.Tabs = Name.R
            sheet.obj.Annots = pdf.make_indirect(Array())
            for widget in page.widgets:
                is_only_one = boxes[widget.name] == 1
                sheet.obj.Annots.append(_placed(pdf, tree, sheet.obj, widget, is_only_one))
        pdf.Root.AcroForm = form
        pdf.Root.Lang = String(language)
        pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        pdf.docinfo[Name.Title] = title
        made = io.BytesIO()
        pdf.save(made, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return made.getvalue()


def _resources(pdf: Pdf) -> Dictionary:
    font = Dictionary(
        Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding
    )
    return Dictionary(Font=Dictionary(Helv=pdf.make_indirect(font)))


def _placed(
    pdf: Pdf, tree: _Branch, page: pikepdf.Object, widget: BlankWidget, is_only_one: bool
) -> pikepdf.Object:
    """The annotation of one box, hung under its field.

    A field with one box is one object with it: most programs that fill forms expect it so.
    """
    note = pdf.make_indirect(_annotation(pdf, page, widget))
    parent = tree
    *path, last = widget.name.split(".")
    for step in path:
        parent = parent.under.get(step) or _grown(parent, step, pdf.make_indirect(Dictionary(Kids=Array())))
    if is_only_one:
        _describe(_grown(parent, last, note).node, widget)
        return note
    branch = parent.under.get(last)
    if branch is None:
        branch = _grown(parent, last, pdf.make_indirect(Dictionary(Kids=Array())))
        _describe(branch.node, widget)
    branch.node.Kids.append(note)
    note.Parent = branch.node
    if widget.comb:
        note.MaxLen = widget.max_length  # some programs do not look for it at the field
    if widget.state_tip:
        note.TU = String(widget.state_tip)
    return note


def _annotation(pdf: Pdf, page: pikepdf.Object, widget: BlankWidget) -> Dictionary:
    note = Dictionary(
        Type=Name.Annot, Subtype=Name.Widget, Rect=_rectangle(widget.box), F=PRINTED, P=page, AP=Dictionary()
    )
    if widget.entry in (Entry.TEXT, Entry.LIST):
        note.AP.N = _appearance(pdf, widget.box, b"/Tx BMC EMC")
    else:
        on, off = _cross(pdf, widget.box), _appearance(pdf, widget.box, b"")
        note.AP.N = Dictionary({f"/{widget.state}": on, "/Off": off})
        note.AS = Name.Off
    return note


def _grown(parent: _Branch, name: str, node: pikepdf.Object) -> _Branch:
    """`node` under its parent by this name."""
    node.T = String(name)
    if "/Fields" in parent.node:
        parent.node.Fields.append(node)
    else:
        parent.node.Kids.append(node)
        node.Parent = parent.node
    parent.under[name] = _Branch(node)
    return parent.under[name]


def _describe(node: pikepdf.Object, widget: BlankWidget) -> None:
    """Type, flags and tooltip of a field."""
    flags = REQUIRED if widget.required else 0
    node.TU = String(widget.tip)
    if widget.entry in (Entry.RADIO, Entry.TICK):
        node.FT = Name.Btn
        node.Ff = flags | (RADIO if widget.entry is Entry.RADIO else 0)
        node.V = Name.Off
        return
    node.DA = String(f"/Helv {widget.size:g} Tf 0 g")
    if widget.entry is Entry.LIST:
        node.FT = Name.Ch
        node.Ff = flags | COMBO | EDITABLE
        node.Opt = Array([Array([String(code), String(label)]) for code, label in widget.choices])
        return
    node.FT = Name.Tx
    node.Ff = flags | (MULTILINE if widget.multiline else 0) | (COMB if widget.comb else 0)
    if widget.max_length:
        node.MaxLen = widget.max_length
    if widget.right:
        node.Q = 2


def _rectangle(box: Box) -> Array:
    edges = (box.x0, PAGE_HEIGHT - box.bottom, box.x1, PAGE_HEIGHT - box.top)
    return Array([round(edge, 3) for edge in edges])


def _appearance(pdf: Pdf, box: Box, content: bytes) -> pikepdf.Object:
    stream = pdf.make_stream(content)
    stream.Type = Name.XObject
    stream.Subtype = Name.Form
    stream.BBox = Array([0, 0, round(box.width, 3), round(box.height, 3)])
    return stream


def _cross(pdf: Pdf, box: Box) -> pikepdf.Object:
    low, wide, high = 2.0, box.width - 2.0, box.height - 2.0
    lines = f"q 1.4 w 1 J {low} {low} m {wide:.2f} {high:.2f} l S {low} {high:.2f} m {wide:.2f} {low} l S Q"
    return _appearance(pdf, box, lines.encode())
