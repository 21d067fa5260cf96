"""A filled form made paper: the pictures of its boxes become part of the pages, and nothing stays that could change.

What is left has no fields, no scripts and no files hung on it; its pages stand upright and begin at their visible
corner, so that stamps can be laid on them. Tags of a box go on with its picture. Lengths are points, origin at the
bottom left.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Page, Pdf, Stream

from pipeline.errors import PacketError
from pipeline.rendering.formfields import HIDDEN, drop, inherited, picture_of, rectangle, whole
from pipeline.rendering.formfill import PRINTED
from pipeline.rendering.pdftrees import array_items, number_tree, one_or_many

Matrix = tuple[float, float, float, float, float, float]

# Notes on a page that do something, or hold a file. Source: ISO 32000-1, table 169.
ALIVE = ("/FileAttachment", "/Sound", "/Movie", "/Screen", "/RichMedia", "/3D", "/Popup")
_BOXES = ("/CropBox", "/TrimBox", "/BleedBox", "/ArtBox")


def flattened(filled: bytes) -> tuple[bytes, int]:
    """The filled form as plain pages, and how many they are. The same bytes give the same bytes.

    Raises PacketError where its pages are too broken to be drawn on.
    """
    try:
        return _flattened(filled)
    # TypeError and ValueError: as pikepdf says that an entry is of a wrong kind.
    except (pikepdf.PdfError, TypeError, ValueError) as error:
        raise PacketError(["The pages of the form are damaged. Get it anew from who issues it."]) from error


def _flattened(filled: bytes) -> tuple[bytes, int]:
    with pikepdf.open(io.BytesIO(filled)) as pdf:
        tags = _Tags(pdf)
        for number, page in enumerate(pdf.pages, start=1):
            _flatten(pdf, page, number, tags)
            _set_upright(pdf, page)
        tags.forget_boxes()
        for key in ("/AcroForm", "/OpenAction", "/Collection"):
            drop(pdf.Root, key)
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return out.getvalue(), len(pdf.pages)


def _flatten(pdf: Pdf, page: Page, number: int, tags: _Tags) -> None:
    notes = [note for note in array_items(page.obj.get("/Annots")) if isinstance(note, Dictionary)]
    drawn = [b"\nQ"]
    for at, note in enumerate(notes):
        if note.get("/Subtype") != Name.Widget:
            continue
        placed = _placed(note)
        picture = printed_picture(note)
        mark = tags.taken_over(page, note, is_drawn=bool(placed and picture is not None))
        if placed is None or picture is None:
            continue
        picture.Type, picture.Subtype = Name.XObject, Name.Form
        name = f"/FilledBox{number}n{at}"
        page.add_resource(picture, Name.XObject, Name(name))
        move = " ".join(f"{each:.5f}" for each in placed)
        drawn.append(f"{mark}q {move} cm {name} Do Q{' EMC' if mark else ''}".encode())
    if len(drawn) > 1:
        page.contents_add(Stream(pdf, b"q\n"), prepend=True)
        page.contents_add(Stream(pdf, b"\n".join(drawn) + b"\n"))
    kept = [note for note in notes if str(note.get("/Subtype")) not in (*ALIVE, "/Widget")]
    drop(page.obj, "/Annots")
    if kept:
        page.obj.Annots = Array(kept)


def printed_picture(widget: Object) -> Stream | None:
    """The picture of a box as it is set, None where it is not printed."""
    flags = whole(widget.get("/F"))
    return picture_of(widget) if flags & PRINTED and not flags & HIDDEN else None


def _placed(widget: Object) -> Matrix | None:
    """What moves the picture of a box to its place. Source: ISO 32000-1, 12.5.5, algorithm 8.1."""
    place, picture = rectangle(widget.get("/Rect")), printed_picture(widget)
    if place is None or picture is None:
        return None
    box = rectangle(picture.get("/BBox"))
    if box is None:
        picture.BBox = Array([0, 0, place[2] - place[0], place[3] - place[1]])
        box = (0.0, 0.0, place[2] - place[0], place[3] - place[1])
    turn = picture.get("/Matrix")
    a, b, c, d, e, f = (
        (float(each) for each in turn.as_list()) if isinstance(turn, Array) else (1, 0, 0, 1, 0, 0)
    )
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in (box[0], box[2]) for y in (box[1], box[3])]
    left, right = min(x for x, _ in corners), max(x for x, _ in corners)
    low, high = min(y for _, y in corners), max(y for _, y in corners)
    if right - left <= 0 or high - low <= 0:
        return None
    wide, tall = (place[2] - place[0]) / (right - left), (place[3] - place[1]) / (high - low)
    return wide, 0, 0, tall, place[0] - left * wide, place[1] - low * tall


# --- pages ----------------------------------------------------------------------------------------


def _set_upright(pdf: Pdf, page: Page) -> None:
    """The page without a turn, as large as what of it is seen, beginning at its corner."""
    seen, whole_page = rectangle(page.cropbox), rectangle(page.mediabox)
    if seen is None or whole_page is None:
        return
    left, low = max(seen[0], whole_page[0]), max(seen[1], whole_page[1])
    right, high = min(seen[2], whole_page[2]), min(seen[3], whole_page[3])
    turned = inherited(page.obj, "/Rotate")
    turn = whole(turned) % 360
    moves: dict[int, Matrix] = {
        0: (1, 0, 0, 1, -left, -low),
        90: (0, -1, 1, 0, -low, right),
        180: (-1, 0, 0, -1, right, high),
        270: (0, 1, -1, 0, high, -left),
    }
    move = moves.get(turn, moves[0])
    page.obj.Rotate = 0
    for key in _BOXES:
        drop(page.obj, key)
    wide, tall = (high - low, right - left) if turn in (90, 270) else (right - left, high - low)
    page.obj.MediaBox = page.obj.CropBox = Array([0, 0, round(wide, 4), round(tall, 4)])
    if move == (1, 0, 0, 1, 0, 0):
        return
    page.contents_add(
        Stream(pdf, f"q {' '.join(f'{each:.5f}' for each in move)} cm\n".encode()), prepend=True
    )
    page.contents_add(Stream(pdf, b"\nQ\n"))
    for note in array_items(page.obj.get("/Annots")):
        _move_note(note, move)


def _move_note(note: Object, move: Matrix) -> None:
    place = rectangle(note.get("/Rect"))
    drop(note, "/QuadPoints")
    if place is not None:
        a, b, c, d, e, f = move
        across = [a * x + c * y + e for x, y in ((place[0], place[1]), (place[2], place[3]))]
        up = [b * x + d * y + f for x, y in ((place[0], place[1]), (place[2], place[3]))]
        note.Rect = Array([min(across), min(up), max(across), max(up)])


# --- tags -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Tags:
    """The structure tree of the form, in which a box is named by the picture that takes its place."""

    pdf: Pdf

    def taken_over(self, page: Page, widget: Object, *, is_drawn: bool) -> str:
        """What opens the marked content of the picture; nothing where the form has no tags for the box.

        The tag forgets the box either way: else the box would go on with the tags, as a live field.
        """
        key, root = widget.get("/StructParent"), self.pdf.Root.get("/StructTreeRoot")
        if key is None or not isinstance(root, Dictionary):
            return ""
        drop(widget, "/StructParent")
        tag = dict(number_tree(root.get("/ParentTree"))).get(whole(key))
        if not isinstance(tag, Dictionary):
            return ""
        content = self._next_content(root, page, tag) if is_drawn else None
        kept = [kid for kid in one_or_many(tag.get("/K")) if not _is_box(kid, widget)]
        if content is not None:
            kept.append(Dictionary(Type=Name.MCR, Pg=page.obj, MCID=content))
        tag.K = Array(kept)
        return f"/Form <</MCID {content}>> BDC " if content is not None else ""

    def forget_boxes(self) -> None:
        """Take the boxes that do not say which tag they have out of the tags: a live field would go on with them."""
        for tag in self.pdf.objects:
            if isinstance(tag, Dictionary) and "/S" in tag and "/K" in tag:
                kids = tag.K.as_list() if isinstance(tag.K, Array) else [tag.K]
                kept = [kid for kid in kids if not _is_any_box(kid)]
                if len(kept) < len(kids):
                    tag.K = Array(kept)

    def _next_content(self, root: Object, page: Page, tag: Object) -> int | None:
        """The number of one more piece of marked content on the page, which belongs to the tag."""
        key = page.obj.get("/StructParents")
        pieces = dict(number_tree(root.get("/ParentTree"))).get(whole(key)) if key is not None else None
        if not isinstance(pieces, Array):
            return None
        pieces.append(tag)
        return len(pieces) - 1


def _is_box(kid: object, widget: Object) -> bool:
    named = _named_by(kid)
    return named is not None and named.objgen == widget.objgen


def _is_any_box(kid: object) -> bool:
    named = _named_by(kid)
    return named is not None and named.get("/Subtype") == Name.Widget


def _named_by(kid: object) -> Object | None:
    """What a tag names beside the words of the page: a box, a link, a note."""
    if not isinstance(kid, Dictionary) or kid.get("/Type") != Name.OBJR:
        return None
    named = kid.get("/Obj")
    return named if isinstance(named, Dictionary) else None
