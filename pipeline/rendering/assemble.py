"""One PDF out of a packet's documents: bookmarks, page labels, stamps, and the structure tags kept.

The same documents give the same bytes: what LibreOffice puts in by chance or by the clock (ids, dates,
checksums) is left behind, and everything else is written in a fixed order.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, OutlineItem, Page, Pdf, Stream, String

from pipeline.rendering.metadata import write_metadata
from pipeline.rendering.pdftrees import array_items
from pipeline.rendering.stamps import PageStamp, marks_under, stamps_over
from pipeline.rendering.structure import TagTree

LANGUAGE = "en-US"
_ARTIFACT = b"/Artifact <</Type /Pagination>> BDC q %s /%s Do Q EMC\n"


@dataclass(frozen=True, slots=True)
class PacketDocument:
    """One document on its way into a packet. id: as in packet.yaml, with the number of its item."""

    id: str
    title: str
    pdf: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class AssembledPacket:
    """One PDF for one recipient. first_pages: document id → page of the PDF it begins on, from 1."""

    pdf: bytes = field(repr=False)
    pages: int
    first_pages: Mapping[str, int]


def assemble(
    documents: Sequence[PacketDocument],
    *,
    packet: str,
    title: str,
    draft: bool,
    language: str = LANGUAGE,
    counted: bool = True,
) -> AssembledPacket:
    """The documents as one PDF. packet: its id, printed on every page; title: names no person.

    counted: whether each page says which of the packet it is; not on a document by itself, which is not all of it
    """
    sources = [pikepdf.open(io.BytesIO(document.pdf)) for document in documents]
    with pikepdf.new() as out:
        tags = TagTree(out)
        first_pages: dict[str, int] = {}
        for document, source in zip(documents, sources, strict=True):
            first = len(out.pages)
            first_pages[document.id] = first + 1
            out.pages.extend(source.pages)
            pages = list(out.pages)[first:]
            _mend_links(source, pages)
            tags.add(source, pages, document.title)
        total = len(out.pages) if counted else 0
        stamps = _stamps(documents, sources, out, packet, draft, total)
        _lay(out, stamps_over(stamps), "PacketStamp", under=False)
        if draft:
            _lay(out, marks_under(stamps), "PacketDraft", under=True)
        tags.finish(language)
        _bookmarks(out, documents, sources, first_pages)
        _page_labels(out, documents, first_pages)
        write_metadata(out, sources, title, language)
        pdf = _saved(out)
        count = len(out.pages)
    for source in sources:
        source.close()
    return AssembledPacket(pdf, count, first_pages)


def _saved(out: Pdf) -> bytes:
    buffer = io.BytesIO()
    out.save(
        buffer,
        deterministic_id=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        compress_streams=True,
        linearize=False,
    )
    return buffer.getvalue()


# --- stamps ------------------------------------------------------------------------------------------


def _stamps(
    documents: Sequence[PacketDocument],
    sources: Sequence[Pdf],
    out: Pdf,
    packet: str,
    draft: bool,
    total: int,
) -> list[PageStamp]:
    stamps: list[PageStamp] = []
    for document, source in zip(documents, sources, strict=True):
        for page in range(1, len(source.pages) + 1):
            box = out.pages[len(stamps)].mediabox.as_list()
            width, height = float(box[2]) - float(box[0]), float(box[3]) - float(box[1])
            pages, at = len(source.pages), len(stamps) + 1
            stamps.append(PageStamp(packet, document.id, page, pages, at, total, draft, width, height))
    return stamps


def _lay(out: Pdf, overlay: bytes, name: str, *, under: bool) -> None:
    """Lay each page of the overlay on, or under, the page of the same number, as an artifact."""
    with pikepdf.open(io.BytesIO(overlay)) as drawn:
        for page, over in zip(out.pages, drawn.pages, strict=True):
            form = out.copy_foreign(over.as_form_xobject())
            _own_resources(page)[f"/{name}"] = form
            box = page.mediabox.as_list()
            move = f"1 0 0 1 {float(box[0]):g} {float(box[1]):g} cm".encode()
            mark = _ARTIFACT % (move, name.encode())
            if under:
                page.contents_add(Stream(out, mark), prepend=True)
            else:
                # what the page leaves behind (a moved origin, a clip) must not move the stamp
                page.contents_add(Stream(out, b"q\n"), prepend=True)
                page.contents_add(Stream(out, b"\nQ\n" + mark))


def _own_resources(page: Page) -> Object:
    """The page's own table of drawings: LibreOffice shares one among all pages, which stamps must not."""
    resources = Dictionary(page.obj.get(Name.Resources, Dictionary()))
    drawings = Dictionary(resources.get(Name.XObject, Dictionary()))
    resources[Name.XObject] = drawings
    page.obj[Name.Resources] = resources
    return page.obj.Resources.XObject


# --- finding one's way -------------------------------------------------------------------------------


def _mend_links(source: Pdf, pages: Sequence[Page]) -> None:
    """Links within a document pointed at its pages; copied one by one they lose them. Point them again."""
    numbers = {page.objgen: number for number, page in enumerate(source.pages)}
    for original, copied in zip(source.pages, pages, strict=True):
        pairs = zip(
            array_items(original.obj.get(Name.Annots)), array_items(copied.obj.get(Name.Annots)), strict=False
        )
        for before, after in pairs:
            for old, new, key in (
                (before, after, Name.Dest),
                (before.get(Name.A), after.get(Name.A), Name.D),
            ):
                target = old.get(key) if old is not None else None
                if isinstance(target, Array) and len(target) and target[0].objgen in numbers:
                    new[key] = Array([pages[numbers[target[0].objgen]].obj, *list(target.as_list())[1:]])


def _bookmarks(
    out: Pdf,
    documents: Sequence[PacketDocument],
    sources: Sequence[Pdf],
    first_pages: Mapping[str, int],
) -> None:
    """A bookmark for each document, with its headings under it."""
    with out.open_outline() as outline:
        for document, source in zip(documents, sources, strict=True):
            first = first_pages[document.id] - 1
            item = OutlineItem(document.title, first, "Fit")
            numbers = {page.objgen: number for number, page in enumerate(source.pages)}
            with source.open_outline() as headings:
                item.children.extend(_copied(headings.root, numbers, first))
            outline.root.append(item)


def _copied(
    items: Sequence[OutlineItem], numbers: Mapping[tuple[int, int], int], first: int
) -> list[OutlineItem]:
    copied: list[OutlineItem] = []
    for item in items:
        target = item.destination
        known = isinstance(target, Array) and len(target) and target[0].objgen in numbers
        page = first + (numbers[target[0].objgen] if known else 0)
        top = float(target[3]) if known and len(target) > 3 and target[1] == Name.XYZ else None
        new = (
            OutlineItem(item.title, page, "FitH", top=top)
            if top is not None
            else OutlineItem(item.title, page)
        )
        new.children.extend(_copied(item.children, numbers, first))
        copied.append(new)
    return copied


def _page_labels(out: Pdf, documents: Sequence[PacketDocument], first_pages: Mapping[str, int]) -> None:
    """In a viewer each page is called by its document and its page in it: `plan 3`."""
    labels = Array()
    for document in documents:
        labels.append(first_pages[document.id] - 1)
        labels.append(Dictionary(S=Name.D, P=String(f"{document.id} "), St=1))
    out.Root.PageLabels = Dictionary(Nums=labels)
