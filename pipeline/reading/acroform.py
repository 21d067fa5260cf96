"""Widgets of a PDF as pypdf finds them: names, boxes in displayed points, values and on-states.

Used twice: by the child on what came in, and on our own blanks. Never trusts depth or shape: a parent
chain may be a cycle, a rectangle may run backwards, an appearance may be missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pypdf import PageObject, PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, NullObject, StreamObject

from pipeline.model import Box

MAX_DEPTH = 32
_READ_ONLY_BUTTON = 1 << 16  # a push button: nothing to read
_MULTILINE = 1 << 12
_COMB = 1 << 24
_MARKS = {b"\xfe\xff": "utf-16-be", b"\xff\xfe": "utf-16-le", b"\xef\xbb\xbf": "utf-8"}
_NOT_OF_LATIN_1 = re.compile("[\x7f-\xa0\xad]")  # these bytes mean something else in a PDF, or nothing


@dataclass(frozen=True, slots=True)
class Frame:
    """The displayed area of a page: its crop box inside the media box, and how far it is turned."""

    x0: float
    y0: float
    x1: float
    y1: float
    turn: int

    @property
    def size(self) -> tuple[float, float]:
        width, height = self.x1 - self.x0, self.y1 - self.y0
        return (height, width) if self.turn in (90, 270) else (width, height)

    def point(self, x: float, y: float) -> tuple[float, float]:
        """A point of PDF user space as displayed: points from the top left."""
        width, height = self.x1 - self.x0, self.y1 - self.y0
        right, up = x - self.x0, y - self.y0
        if self.turn == 90:
            return up, right
        if self.turn == 180:
            return width - right, up
        if self.turn == 270:
            return height - up, width - right
        return right, height - up

    def box(self, rect: tuple[float, float, float, float]) -> Box:
        ax, ay = self.point(rect[0], rect[1])
        bx, by = self.point(rect[2], rect[3])
        return Box(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))


@dataclass(frozen=True, slots=True)
class FoundWidget:
    """One widget. `kind` is `/Tx`, `/Btn`, `/Ch` or `/Sig`; `state` its on-state; `is_on` whether ticked."""

    page: int
    name: str
    kind: str
    box: Box
    value: str = field(default="", repr=False)
    state: str = ""
    is_on: bool = False
    comb: int = 0
    multiline: bool = False
    max_length: int = 0


def frame_of(page: PageObject) -> Frame:
    """The displayed area: media box cut by crop box, as viewers do it."""
    media, crop = page.mediabox, page.cropbox
    x0, y0 = max(media.left, crop.left), max(media.bottom, crop.bottom)
    x1, y1 = min(media.right, crop.right), min(media.top, crop.top)
    if x1 - x0 < 1 or y1 - y0 < 1:
        x0, y0, x1, y1 = media.left, media.bottom, media.right, media.top
    return Frame(float(x0), float(y0), float(x1), float(y1), int(page.rotation or 0) % 360)


def widgets_of(reader: PdfReader, most: int) -> Iterator[FoundWidget]:
    """Every widget on a page, in file order, at most `most`. Push buttons are left out."""
    count = 0
    for number, page in enumerate(reader.pages, 1):
        frame = frame_of(page)
        for annotation in annotations_of(page):
            if annotation.get("/Subtype") != "/Widget":
                continue
            count += 1
            if count > most:
                return
            found = one_widget(annotation, number, frame)
            if found is not None:
                yield found


def annotations_of(page: PageObject) -> Iterator[DictionaryObject]:
    listed = page.get("/Annots")
    listed = listed.get_object() if listed is not None else None
    if not isinstance(listed, ArrayObject):
        return
    for item in listed:
        annotation = item.get_object()
        if isinstance(annotation, DictionaryObject):
            yield annotation


def lineage(widget: DictionaryObject) -> list[DictionaryObject]:
    """The widget and its parents, nearest first, at most `MAX_DEPTH`; a cycle ends there."""
    chain = [widget]
    while len(chain) < MAX_DEPTH:
        parent = chain[-1].get("/Parent")
        above = parent.get_object() if parent is not None else None
        if not isinstance(above, DictionaryObject) or any(above is seen for seen in chain):
            break
        chain.append(above)
    return chain


def inherited(chain: list[DictionaryObject], key: str) -> object:
    for level in chain:
        if key in level:
            value = level[key].get_object()
            return None if isinstance(value, NullObject) else value
    return None


def whole(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0


def one_widget(widget: DictionaryObject, page: int, frame: Frame) -> FoundWidget | None:
    """The widget, None where it cannot hold a value (push button, no rectangle, unknown type)."""
    chain = lineage(widget)
    kind, flags = str(inherited(chain, "/FT") or ""), whole(inherited(chain, "/Ff"))
    rect = widget.get("/Rect")
    rect = rect.get_object() if rect is not None else None
    if kind not in ("/Tx", "/Btn", "/Ch", "/Sig") or not isinstance(rect, ArrayObject) or len(rect) != 4:
        return None
    if kind == "/Btn" and flags & _READ_ONLY_BUTTON:
        return None
    edges = tuple(float(edge.get_object()) for edge in rect)
    box = frame.box((edges[0], edges[1], edges[2], edges[3]))
    name = ".".join(reversed([str(level["/T"]) for level in chain if "/T" in level]))
    raw = inherited(chain, "/V")
    if kind == "/Btn":
        state = on_state(widget)
        return FoundWidget(page, name, kind, box, state=state, is_on=is_ticked(widget, state, raw))
    length = whole(inherited(chain, "/MaxLen"))
    return FoundWidget(
        page,
        name,
        kind,
        box,
        value=text_of(raw),
        comb=length if flags & _COMB else 0,
        multiline=kind == "/Tx" and bool(flags & _MULTILINE),
        max_length=length,
    )


def on_state(widget: DictionaryObject) -> str:
    """The name of the appearance that means ticked, without its slash."""
    looks = widget.get("/AP")
    looks = looks.get_object() if looks is not None else None
    normal = looks.get("/N") if isinstance(looks, DictionaryObject) else None
    normal = normal.get_object() if normal is not None else None
    if isinstance(normal, DictionaryObject) and not isinstance(normal, StreamObject):
        for key in normal:
            if key != "/Off":
                return str(key).removeprefix("/")
    shown = str(widget.get("/AS", "")).removeprefix("/")
    return shown if shown not in ("", "Off") else ""


def is_ticked(widget: DictionaryObject, state: str, raw: object) -> bool:
    """Whether the box is on. The shown state counts; the field's value only where no box shows one.

    Some programs write the value and forget the appearance: then the box whose on-state it names is on,
    unless a sister box is shown ticked (boxes that all call their on-state "Yes" were met).
    """
    if shown_state(widget) not in ("", "Off"):
        return True
    value = str(raw or "").removeprefix("/")
    return (
        bool(state)
        and value == state
        and not any(shown_state(kid) not in ("", "Off") for kid in sisters(widget))
    )


def shown_state(widget: DictionaryObject) -> str:
    return str(widget.get("/AS", "")).removeprefix("/")


def sisters(widget: DictionaryObject) -> Iterator[DictionaryObject]:
    parent = widget.get("/Parent")
    above = parent.get_object() if parent is not None else None
    kids = above.get("/Kids") if isinstance(above, DictionaryObject) else None
    kids = kids.get_object() if kids is not None else None
    if isinstance(kids, ArrayObject):
        for kid in kids[:200]:
            item = kid.get_object()
            if isinstance(item, DictionaryObject):
                yield item


def text_of(raw: object) -> str:
    """The value as text; a list's export value stays as it is, a signature dictionary is `signed`."""
    if raw is None:
        return ""
    if isinstance(raw, bytes):
        return _text_that_pypdf_could_not_decode(raw)
    if isinstance(raw, StreamObject):
        return raw.get_data().decode("utf-8", "replace")
    if isinstance(raw, DictionaryObject):
        return "signed"
    if isinstance(raw, ArrayObject):
        return "; ".join(str(item.get_object()) for item in raw)
    return str(raw)


def _text_that_pypdf_could_not_decode(raw: bytes) -> str:
    """U+FFFD stands for what is no character, which checking asks about. The bytes of a name with half a surrogate
    pair, taken one by one, were filed as the name of the person."""
    for mark, encoding in _MARKS.items():
        if raw.startswith(mark):
            return raw.removeprefix(mark).decode(encoding, "replace")
    return _NOT_OF_LATIN_1.sub("\ufffd", raw.decode("latin-1"))
