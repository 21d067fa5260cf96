"""A form as someone fills it in on screen and saves it, in the ways that viewers save.

Writes values and appearance streams with pypdf; the streams are our own, so that a comb, an alignment or
a border is drawn as a viewer draws it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    NameObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

from tests.paper.appearance import appearance
from tests.paper.widgets import (
    field_of,
    field_type,
    inherited,
    on_state,
    page_widgets,
    qualified_name,
    rectangle,
)


class Saved(StrEnum):
    """full: rewritten, with pictures of the values. bare: values only, the viewer must draw them.
    appended: the original bytes with the changes behind them. flat: printed to PDF, no form left."""

    FULL = "full"
    BARE = "bare"
    APPENDED = "appended"
    FLAT = "flat"


def on_screen(blank: Path, values: Mapping[str, str], saved: Saved = Saved.FULL) -> bytes:
    """The form with its values typed in, as a viewer saves it.

    values: by qualified name; for ticks and radio buttons the on-state without slash, `Off` for none.
    Raises KeyError for a name the form does not have and ValueError for a state the box does not have.
    """
    writer = PdfWriter(blank, incremental=saved is Saved.APPENDED)
    unknown = set(values)
    for page in writer.pages:
        for widget in page_widgets(page):
            name = qualified_name(widget)
            if name not in values:
                continue
            unknown.discard(name)
            if field_type(widget) == "/Btn":
                _mark(widget, values[name])
            elif field_type(widget) != "/Sig":
                _type(writer, widget, values[name], drawn=saved is not Saved.BARE)
    if unknown:
        raise KeyError(f"no box is named {', '.join(sorted(unknown))}")
    _check_states(writer, values)
    form = writer.root_object["/AcroForm"].get_object()
    assert isinstance(form, DictionaryObject)
    if saved is Saved.BARE:
        form[NameObject("/NeedAppearances")] = BooleanObject(True)
    else:
        form.pop("/NeedAppearances", None)
    if saved is Saved.FLAT:
        flatten(writer)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def flatten(writer: PdfWriter) -> None:
    """Turn every widget's picture into page content and drop the form, as `print to PDF` does."""
    for page in writer.pages:
        kept = ArrayObject()
        drawn: list[str] = []
        resources = page["/Resources"].get_object()
        assert isinstance(resources, DictionaryObject)
        pictures = resources.setdefault(NameObject("/XObject"), DictionaryObject()).get_object()
        for count, widget in enumerate(page_widgets(page)):
            picture = _normal_picture(widget)
            if picture is not None:
                pictures[NameObject(f"/Box{count}")] = picture
                drawn.append(_placed(widget, picture, f"/Box{count}"))
        for reference in page.get("/Annots", ArrayObject()).get_object():
            if reference.get_object().get("/Subtype") != "/Widget":
                kept.append(reference)
        page[NameObject("/Annots")] = kept
        _append_content(writer, page, "\n".join(drawn))
    writer.root_object.pop("/AcroForm", None)


def _check_states(writer: PdfWriter, values: Mapping[str, str]) -> None:
    """Raise ValueError where a mark was asked for that no box of the field can show."""
    possible: dict[str, set[str]] = {}
    for page in writer.pages:
        for widget in page_widgets(page):
            if field_type(widget) == "/Btn":
                possible.setdefault(qualified_name(widget), {"Off", ""}).add(on_state(widget))
    for name, states in possible.items():
        if values.get(name, "") not in states:
            raise ValueError(f"{name}: its boxes can be {sorted(states)}, not {values[name]}")


def _mark(widget: DictionaryObject, state: str) -> None:
    here = on_state(widget)
    ticked = bool(here) and state == here
    widget[NameObject("/AS")] = NameObject(f"/{here}" if ticked else "/Off")
    field_of(widget)[NameObject("/V")] = NameObject(f"/{state or 'Off'}")


def _type(writer: PdfWriter, widget: DictionaryObject, text: str, *, drawn: bool) -> None:
    field = field_of(widget)
    field[NameObject("/V")] = TextStringObject(text)
    widget.pop("/AP", None)
    if drawn:
        reference = writer._add_object(appearance(widget, _label(widget, text)))
        widget[NameObject("/AP")] = DictionaryObject({NameObject("/N"): reference})


def _label(widget: DictionaryObject, text: str) -> str:
    """What a choice shows for the value it exports."""
    options = inherited(widget, "/Opt")
    for option in options if isinstance(options, ArrayObject) else ():
        pair = option.get_object()
        if isinstance(pair, ArrayObject) and len(pair) == 2 and str(pair[0]) == text:
            return str(pair[1])
    return text


def _normal_picture(widget: DictionaryObject) -> PdfObject | None:
    """The reference to what the widget shows now, None where it shows nothing or is hidden."""
    flags = widget.get("/F", 0)
    appearance = widget.get("/AP")
    if appearance is None or (isinstance(flags, int) and flags & 2):
        return None
    appearance = appearance.get_object()
    assert isinstance(appearance, DictionaryObject)
    normal = appearance.raw_get("/N") if "/N" in appearance else None
    if normal is not None and not isinstance(normal.get_object(), StreamObject):
        states = normal.get_object()
        assert isinstance(states, DictionaryObject)
        state = str(widget.get("/AS", "/Off"))
        normal = states.raw_get(state) if state in states else None
    return normal


def _placed(widget: DictionaryObject, picture: PdfObject, name: str) -> str:
    """The operators that draw a picture into its widget's rectangle."""
    x0, y0, x1, y1 = rectangle(widget)
    stream = picture.get_object()
    assert isinstance(stream, StreamObject)
    edges = [float(str(edge)) for edge in stream.get("/BBox", [0, 0, x1 - x0, y1 - y0])]
    a, b, c, d, e, f = (float(str(part)) for part in stream.get("/Matrix", [1, 0, 0, 1, 0, 0]))
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in edges[0::2] for y in edges[1::2]]
    left, bottom = min(x for x, _ in corners), min(y for _, y in corners)
    across = (x1 - x0) / max(max(x for x, _ in corners) - left, 0.01)
    up = (y1 - y0) / max(max(y for _, y in corners) - bottom, 0.01)
    shift = f"{x0 - left * across:.3f} {y0 - bottom * up:.3f}"
    return f"q {across:.4f} 0 0 {up:.4f} {shift} cm {name} Do Q"


def _append_content(writer: PdfWriter, page: DictionaryObject, operators: str) -> None:
    before, after = StreamObject(), StreamObject()
    before.set_data(b"q")
    after.set_data(f"Q\n{operators}".encode("latin-1"))
    old = page.get("/Contents", ArrayObject())
    old_parts = old.get_object()
    middle = list(old_parts) if isinstance(old_parts, ArrayObject) else [page.raw_get("/Contents")]
    page[NameObject("/Contents")] = ArrayObject(
        [writer._add_object(before), *middle, writer._add_object(after)]
    )
