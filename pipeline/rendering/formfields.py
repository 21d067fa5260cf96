"""The fields of somebody else's fillable PDF, by their full names, with all boxes (widgets) that show each.

Files from outside are broken in known ways: a parent chain that is a cycle, children that do not know their parent,
boxes on a page that the form does not list, boxes that do not know their page, two fields of one name. What can be
mended is mended in the open file, so that every viewer finds the field by its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pikepdf import Array, Dictionary, Name, Object, Page, Pdf, Stream

from pipeline.errors import PacketError
from pipeline.rendering.pdftrees import array_items

MOST_FIELDS = 5_000
MAX_DEPTH = 32
HIDDEN = 2 | 32  # Hidden, NoView. Source: ISO 32000-1, table 165.

Id = tuple[int, int]


@dataclass(slots=True)
class FormField:
    """All that one full name stands for.

    nodes:   where its value is kept
    boxes:   all its widgets, in the order of the field
    widgets: those that can be seen: on a page, not hidden, with an area; in the order of the pages
    """

    name: str
    nodes: list[Object] = field(default_factory=list)
    boxes: list[Object] = field(default_factory=list)
    widgets: list[Object] = field(default_factory=list)

    def inherited(self, key: str) -> Object | None:
        return next((value for node in self.nodes if (value := inherited(node, key)) is not None), None)

    def flags(self) -> int:
        return whole(self.inherited("/Ff"))

    def kinds(self) -> set[str]:
        return {str(inherited(node, "/FT") or "") for node in self.nodes}


def inherited(node: Object, key: str) -> Object | None:
    """The entry of the node, or of the nearest of its parents that has it."""
    for _ in range(MAX_DEPTH):
        value = node.get(key)
        if value is not None:
            return value
        above = node.get("/Parent")
        if not isinstance(above, Dictionary):
            return None
        node = above
    return None


def drop(holder: Object, key: str) -> bool:
    """Take an entry out; whether it was there."""
    if key not in holder:
        return False
    del holder[key]
    return True


def whole(value: object) -> int:
    try:
        return int(value)  # type: ignore[call-overload,no-any-return]
    except (TypeError, ValueError, NotImplementedError):
        return 0


def box_of(widget: Object) -> tuple[float, float]:
    """Width and height of the widget in points, nothing where it has no rectangle."""
    x0, y0, x1, y1 = rectangle(widget.get("/Rect")) or (0.0, 0.0, 0.0, 0.0)
    return x1 - x0, y1 - y0


def picture_of(widget: Object) -> Stream | None:
    """How the file itself says the box looks in its state; None where it leaves that to the viewer."""
    looks = widget.get("/AP")
    found = looks.get("/N") if isinstance(looks, Dictionary) else None
    if isinstance(found, Dictionary):
        state = widget.get("/AS")
        found = found.get(str(state)) if isinstance(state, Name) else None
    return found if isinstance(found, Stream) else None


def rectangle(value: object) -> tuple[float, float, float, float] | None:
    """Left, bottom, right and top of a rectangle that may run backwards."""
    if not isinstance(value, Array) or len(value) != 4:
        return None
    try:
        a, b, c, d = (float(edge) for edge in value.as_list())
    except (TypeError, ValueError, NotImplementedError):
        return None
    return min(a, c), min(b, d), max(a, c), max(b, d)


def find_fields(pdf: Pdf) -> dict[str, FormField]:
    """Every named field of the form. Raises PacketError where there are more than a form can have."""
    found = _Found()
    form = pdf.Root.get("/AcroForm")
    roots = _indirect_items(pdf, form.get("/Fields")) if isinstance(form, Dictionary) else []
    for root in roots:
        found.walk(pdf, root)
    for page in pdf.pages:
        for note in _indirect_items(pdf, page.obj.get("/Annots")):
            if note.get("/Subtype") == Name.Widget:
                note.P = page.obj
                if found.is_new(note):
                    _adopt(pdf, found, note)
                found.place(note, page)
    return found.fields()


def _adopt(pdf: Pdf, found: _Found, note: Object) -> None:
    """Take up a box that stands on a page and is not in the form's tree of fields."""
    top = _top(note)
    if found.is_new(top):
        found.walk(pdf, top)
        _list(pdf, top)
    above = note.get("/Parent")
    if found.is_new(note) and isinstance(above, Dictionary) and not found.is_new(above):
        above.Kids = Array([*array_items(above.get("/Kids")), note])
        found.walk(pdf, note, above)


def _list(pdf: Pdf, top: Object) -> None:
    if not isinstance(pdf.Root.get("/AcroForm"), Dictionary):
        pdf.Root.AcroForm = Dictionary(Fields=Array())
    form = pdf.Root.AcroForm
    if not isinstance(form.get("/Fields"), Array):
        form.Fields = Array()
    form.Fields.append(top)


def _top(node: Object) -> Object:
    for _ in range(MAX_DEPTH):
        above = node.get("/Parent")
        if not isinstance(above, Dictionary) or not above.is_indirect:
            break
        node = above
    return node


def _indirect_items(pdf: Pdf, listed: object) -> list[Object]:
    """The dictionaries of a list; those written into it in place get a number, so that they can be told apart."""
    if not isinstance(listed, Array):
        return []
    items: list[Object] = []
    for at in range(min(len(listed), MOST_FIELDS + 1)):
        item = listed[at]
        if not isinstance(item, Dictionary):
            continue
        if not item.is_indirect:
            listed[at] = pdf.make_indirect(item)
            item = listed[at]
        items.append(item)
    return items


class _Found:
    def __init__(self) -> None:
        self._fields: dict[str, FormField] = {}
        self._owner: dict[Id, FormField] = {}  # of every node and every box, by its number
        self._seen: set[Id] = set()
        self._placed: set[Id] = set()

    def is_new(self, node: Object) -> bool:
        return node.objgen not in self._seen

    def walk(self, pdf: Pdf, root: Object, parent: Object | None = None) -> None:
        """Take up a field with all below it, and make it a tree: a child knows its parent and is met once."""
        owner = None if parent is None else self._owner.get(parent.objgen)
        if parent is None:
            drop(root, "/Parent")
        waiting = [(root, owner, 0)]
        while waiting:
            node, owner, depth = waiting.pop()
            if node.objgen in self._seen or depth > MAX_DEPTH:
                continue
            self._seen.add(node.objgen)
            if len(self._seen) > MOST_FIELDS:
                raise PacketError([f"The form has more than {MOST_FIELDS:,} fields."])
            if node.get("/T") is not None:
                name = f"{owner.name}.{node.T}" if owner else str(node.T)
                owner = self._fields.setdefault(name, FormField(name))
                owner.nodes.append(node)
            listed = _indirect_items(pdf, node.get("/Kids"))
            kids = [kid for kid in listed if kid.objgen not in self._seen]
            if len(kids) < len(listed):
                node.Kids = Array(kids)
            for kid in reversed(kids):
                kid.Parent = node
                waiting.append((kid, owner, depth + 1))
            if owner is None:
                continue
            self._owner[node.objgen] = owner
            if not kids and node.get("/Rect") is not None:
                owner.boxes.append(node)

    def place(self, widget: Object, page: Page) -> None:
        """Give the widget, met on a page, to its field, if it can be seen there."""
        owner = self._owner.get(widget.objgen)
        if owner is None or widget.objgen in self._placed:
            return
        self._placed.add(widget.objgen)
        if not whole(widget.get("/F")) & HIDDEN and _is_seen(widget, page):
            owner.widgets.append(widget)

    def fields(self) -> dict[str, FormField]:
        return {name: each for name, each in self._fields.items() if _is_terminal(each)}


def _is_seen(widget: Object, page: Page) -> bool:
    """Whether the box has an area, the middle of which is on the page as it is shown."""
    box, shown = rectangle(widget.get("/Rect")), rectangle(page.cropbox)
    if box is None or shown is None or box[2] - box[0] < 1 or box[3] - box[1] < 1:
        return False
    across, up = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return shown[0] < across < shown[2] and shown[1] < up < shown[3]


def _is_terminal(each: FormField) -> bool:
    """Whether the name holds a value itself, and is not only the beginning of other names."""
    return bool(each.boxes or not any(_named_kids(node) for node in each.nodes))


def _named_kids(node: Object) -> Iterator[Object]:
    kids = array_items(node.get("/Kids"))
    yield from (kid for kid in kids if isinstance(kid, Dictionary) and "/T" in kid)
