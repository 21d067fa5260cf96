"""Every box of a fillable PDF, seen from outside: what a person with a pen finds on the page.

Reads the AcroForm with pypdf alone. It knows no schema and no form of ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, PdfObject

COMB, MULTILINE, RADIO, PUSH_BUTTON = 1 << 24, 1 << 12, 1 << 15, 1 << 16
INHERITED = ("/FT", "/Ff", "/MaxLen", "/DA", "/Q", "/V", "/Opt")


class SpotKind(StrEnum):
    """What one puts there: words, a mark, or a name in ink."""

    TEXT = "text"
    TICK = "tick"
    CHOICE = "choice"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Spot:
    """One widget. left, top, right, bottom: PDF points, origin at the top left of the page as shown.

    on_state: what a mark there means, without the slash; radio: only one of its field can be on
    cells:    cells of a comb, 0 where there are none
    """

    name: str
    page: int
    left: float
    top: float
    right: float
    bottom: float
    kind: SpotKind
    on_state: str = ""
    radio: bool = False
    cells: int = 0
    multiline: bool = False
    max_length: int = 0
    font_size: float = 0.0

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def key(self) -> str:
        """Unique on the form: page, name, and for marks the state."""
        return f"{self.page}/{self.name}" + (f"/{self.on_state}" if self.on_state else "")


def spots(blank: Path) -> tuple[Spot, ...]:
    """All boxes of a fillable PDF that can be filled, in the file's order, page by page."""
    reader = PdfReader(blank)
    if reader.is_encrypted:
        reader.decrypt("")
    found = []
    for count, page in enumerate(reader.pages, start=1):
        for widget in page_widgets(page):
            spot = _spot(widget, count, page)
            if spot is not None:
                found.append(spot)
    return tuple(found)


def page_widgets(page: DictionaryObject) -> Iterator[DictionaryObject]:
    """The widget annotations of one page."""
    annotations = _resolved(page.get("/Annots"))
    for reference in annotations if isinstance(annotations, ArrayObject) else ():
        annotation = _resolved(reference)
        if isinstance(annotation, DictionaryObject) and annotation.get("/Subtype") == "/Widget":
            yield annotation


def qualified_name(widget: DictionaryObject) -> str:
    """The name of a field as AcroForm says it: the partial names from the root, joined with dots."""
    parts = [str(node["/T"]) for node in lineage(widget) if "/T" in node]
    return ".".join(reversed(parts))


def field_of(widget: DictionaryObject) -> DictionaryObject:
    """The dictionary that holds the value: the widget itself, or the parent of a field with kids."""
    return next((node for node in lineage(widget) if "/T" in node), widget)


def lineage(widget: DictionaryObject) -> Iterator[DictionaryObject]:
    """The widget, its parent, and so on to the root; stops after 40 for files that go in circles."""
    node: PdfObject | None = widget
    for _ in range(40):
        if not isinstance(node, DictionaryObject):
            return
        yield node
        node = _resolved(node.get("/Parent"))


def inherited(widget: DictionaryObject, key: str) -> PdfObject | None:
    """The value of an inheritable key, from the widget or the nearest parent that has it."""
    return next((_resolved(node[key]) for node in lineage(widget) if key in node), None)


def field_type(widget: DictionaryObject) -> str:
    """`/Tx`, `/Btn`, `/Ch`, `/Sig`, or empty."""
    return str(inherited(widget, "/FT") or "")


def number(widget: DictionaryObject, key: str) -> int:
    """The whole number of an inheritable key, 0 where there is none."""
    value = inherited(widget, key)
    return int(value) if isinstance(value, int) else 0


def on_state(widget: DictionaryObject) -> str:
    """The appearance state that means ticked, without the slash; empty where there is none."""
    appearance = _resolved(widget.get("/AP"))
    normal = _resolved(appearance.get("/N")) if isinstance(appearance, DictionaryObject) else None
    if not isinstance(normal, DictionaryObject):
        return ""
    return next((str(state)[1:] for state in normal if state != "/Off"), "")


def rectangle(widget: DictionaryObject) -> tuple[float, float, float, float]:
    """Left, bottom, right, top in the PDF's own coordinates, put in order."""
    numbers = [float(str(edge)) for edge in _array(widget.get("/Rect"))]
    if len(numbers) != 4:
        return 0.0, 0.0, 0.0, 0.0
    (x0, x1), (y0, y1) = sorted(numbers[0::2]), sorted(numbers[1::2])
    return x0, y0, x1, y1


def _spot(widget: DictionaryObject, page_number: int, page: DictionaryObject) -> Spot | None:
    kind = field_type(widget)
    flags = number(widget, "/Ff")
    if kind == "/Btn" and flags & PUSH_BUTTON:
        return None
    kinds = {"/Tx": SpotKind.TEXT, "/Btn": SpotKind.TICK, "/Ch": SpotKind.CHOICE, "/Sig": SpotKind.SIGNATURE}
    if kind not in kinds:
        return None
    left, top, right, bottom = _as_shown(rectangle(widget), page)
    length = number(widget, "/MaxLen")
    return Spot(
        name=qualified_name(widget),
        page=page_number,
        left=left,
        top=top,
        right=right,
        bottom=bottom,
        kind=kinds[kind],
        on_state=on_state(widget) if kind == "/Btn" else "",
        radio=kind == "/Btn" and bool(flags & RADIO),
        cells=length if kind == "/Tx" and flags & COMB else 0,
        multiline=kind == "/Tx" and bool(flags & MULTILINE),
        max_length=length if kind == "/Tx" else 0,
        font_size=_font_size(widget),
    )


def _as_shown(
    rect: tuple[float, float, float, float], page: DictionaryObject
) -> tuple[float, float, float, float]:
    """The rectangle on the page as a viewer shows it: crop box cut, /Rotate applied, y downwards."""
    box = [float(str(edge)) for edge in _array(inherited(page, "/CropBox") or inherited(page, "/MediaBox"))]
    width, height = box[2] - box[0], box[3] - box[1]
    x0, y0, x1, y1 = rect[0] - box[0], rect[1] - box[1], rect[2] - box[0], rect[3] - box[1]
    turn = number(page, "/Rotate") % 360
    if turn == 90:
        return y0, x0, y1, x1
    if turn == 180:
        return width - x1, y0, width - x0, y1
    if turn == 270:
        return height - y1, width - x1, height - y0, width - x0
    return x0, height - y1, x1, height - y0


def _font_size(widget: DictionaryObject) -> float:
    """The size in the default appearance; 0 where the viewer chooses."""
    words = str(inherited(widget, "/DA") or "").split()
    if "Tf" not in words or words.index("Tf") < 1:
        return 0.0
    try:
        return float(words[words.index("Tf") - 1])
    except ValueError:
        return 0.0


def _array(value: PdfObject | None) -> ArrayObject:
    value = _resolved(value)
    return value if isinstance(value, ArrayObject) else ArrayObject()


def _resolved(value: PdfObject | None) -> PdfObject | None:
    return value.get_object() if value is not None else None
