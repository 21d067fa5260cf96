"""The structure tags of several PDFs joined into one tree, so that a screen reader can read a whole packet.

pypdf, pikepdf and qpdf drop the tags when pages are merged. Here each document's tree is copied after its
pages (so that its links to pages follow them), its page keys are shifted, and it hangs under one document.
Names that two documents both gave (roles, classes, ids of elements) are told apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, String

from pipeline.rendering.pdftrees import array_items, name_tree, number_tree, one_or_many


class TagTree:
    """Grows by one document at a time; `finish` puts it into the PDF."""

    def __init__(self, pdf: Pdf) -> None:
        self.pdf = pdf
        self.parts: list[Object] = []
        self.entries: list[tuple[int, Object]] = []
        self.roles: dict[str, Object] = {}
        self.classes: dict[str, Object] = {}
        self.ids: dict[bytes, Object] = {}
        self.namespaces: list[Object] = []
        self.next_key = 0

    def add(self, source: Pdf, pages: list[pikepdf.Page], title: str) -> None:
        """Take over the tags of one document whose pages were copied already."""
        root = source.Root.get(Name.StructTreeRoot)
        if root is None:
            return
        if not root.is_indirect:
            root = source.make_indirect(root)
        copied = self.pdf.copy_foreign(root)
        highest = -1
        for key, value in number_tree(copied.get(Name.ParentTree)):
            self.entries.append((key + self.next_key, value))
            highest = max(highest, key)
        highest = max(highest, *(self._shift(page) for page in pages))
        renamed = _Renamed(
            _joined(self.roles, _meanings(copied.get(Name.RoleMap))),
            _joined(self.classes, dict(_names(copied.get(Name.ClassMap)))),
            self._join_ids(dict(name_tree(copied.get(Name.IDTree)))),
        )
        if renamed:
            renamed.rename(copied)
        self.namespaces += one_or_many(copied.get(Name.Namespaces))
        part = self.pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Part, T=String(title)))
        part.K = Array(_kids(copied))
        for kid in part.K:
            kid.P = part
        self.parts.append(part)
        self.next_key += highest + 1

    def _shift(self, page: pikepdf.Page) -> int:
        """Move the page's and its annotations' keys behind those before them; the highest old key."""
        highest = -1
        for holder, name in [(page.obj, Name.StructParents), *_annotations(page)]:
            if name in holder:
                old = int(holder[name])
                holder[name] = old + self.next_key
                highest = max(highest, old)
        return highest

    def _join_ids(self, elements: Mapping[bytes, Object]) -> dict[bytes, bytes]:
        """Take over the ids; the new name of each that an earlier document has too."""
        renamed: dict[bytes, bytes] = {}
        for old, element in elements.items():
            new, number = old, 1
            while new in self.ids or (new != old and new in elements):
                number += 1
                new = old + b"-%d" % number
            self.ids[new] = element
            if new != old:
                renamed[old] = new
        return renamed

    def finish(self, language: str) -> None:
        """Put the joined tree into the PDF; nothing happens when no document had tags."""
        if not self.parts:
            return
        pdf = self.pdf
        document = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, Lang=String(language)))
        document.K = Array(self.parts)
        numbers = Array()
        for key, value in sorted(self.entries, key=lambda entry: entry[0]):
            numbers.append(key)
            numbers.append(value)
        root = pdf.make_indirect(
            Dictionary(
                Type=Name.StructTreeRoot,
                K=Array([document]),
                ParentTree=pdf.make_indirect(Dictionary(Nums=numbers)),
                ParentTreeNextKey=self.next_key,
            )
        )
        if self.roles:
            root.RoleMap = Dictionary({name: self.roles[name] for name in sorted(self.roles)})
        if self.classes:
            root.ClassMap = Dictionary({name: self.classes[name] for name in sorted(self.classes)})
        if self.ids:
            root.IDTree = pdf.make_indirect(_id_tree(self.ids))
        if self.namespaces:
            root.Namespaces = Array(self.namespaces)
        document.P = root
        for part in self.parts:
            part.P = document
        pdf.Root.StructTreeRoot = root
        pdf.Root.MarkInfo = Dictionary(Marked=True)


def _annotations(page: pikepdf.Page) -> list[tuple[Object, Name]]:
    return [(note, Name.StructParent) for note in array_items(page.obj.get(Name.Annots))]


def _kids(root: Object) -> list[Object]:
    """The top elements of a tree; a lone Document is replaced by what it holds."""
    kids = one_or_many(root.get(Name.K))
    if len(kids) == 1 and isinstance(kids[0], Dictionary) and kids[0].get(Name.S) == Name.Document:
        return one_or_many(kids[0].get(Name.K))
    return kids


def _names(mapping: Object | None) -> list[tuple[str, Object]]:
    return [] if mapping is None else sorted(mapping.items(), key=lambda item: item[0])


def _id_tree(ids: Mapping[bytes, Object]) -> Dictionary:
    """A name tree of one leaf. Its names stand in the order of their bytes (ISO 32000-1, 7.9.6)."""
    flat = Array()
    for name in sorted(ids):
        flat.append(String(name))
        flat.append(ids[name])
    return Dictionary(Names=flat)


def _joined(into: dict[str, Object], more: Mapping[str, Object]) -> dict[str, str]:
    """Put names and their meanings together; the new name of each that meant something else before."""
    renamed: dict[str, str] = {}
    for old, meaning in more.items():
        new = old
        while (new in into and into[new] != meaning) or (new != old and new in more):
            new += "_"
        into[new] = meaning
        if new != old:
            renamed[old] = new
    return renamed


@dataclass(frozen=True, slots=True)
class _Renamed:
    """Old and new names of one document's roles, classes and ids. Nothing to do where all are empty."""

    roles: Mapping[str, str]
    classes: Mapping[str, str]
    ids: Mapping[bytes, bytes]

    def __bool__(self) -> bool:
        return bool(self.roles or self.classes or self.ids)

    def rename(self, root: Object) -> None:
        """Write the new names wherever an element of the tree has an old one."""
        waiting = one_or_many(root.get(Name.K))
        while waiting:
            element = waiting.pop()
            if not isinstance(element, Dictionary) or Name.S not in element:
                continue
            if (role := str(element.S)) in self.roles:
                element.S = Name(self.roles[role])
            if Name.C in element:
                element.C = self._class_names(element.C)
            if Name.ID in element and (old := bytes(element.ID)) in self.ids:
                element.ID = String(self.ids[old])
            for attributes in one_or_many(element.get(Name.A)):
                self._rename_headers(attributes)
            waiting += one_or_many(element.get(Name.K))
        for _, styles in _names(root.get(Name.ClassMap)):
            for attributes in one_or_many(styles):
                self._rename_headers(attributes)

    def _rename_headers(self, attributes: object) -> None:
        """A cell of a table names the ids of its heads."""
        if self.ids and isinstance(attributes, Dictionary) and Name.Headers in attributes:
            old = [bytes(head) for head in attributes.Headers.as_list()]
            attributes.Headers = Array([String(self.ids.get(head, head)) for head in old])

    def _class_names(self, value: Object) -> Array:
        """One class, or several with numbers of revisions between them."""
        return Array(
            [
                Name(self.classes.get(str(one), str(one))) if isinstance(one, Name) else one
                for one in one_or_many(value)
            ]
        )


def _meanings(roles: Object | None) -> dict[str, Object]:
    """What each role means in the end, where one is named by another."""
    named = dict(_names(roles))
    meanings: dict[str, Object] = {}
    for role, first in named.items():
        meaning = first
        for _ in named:  # a map that goes in a circle ends too
            meaning = named.get(str(meaning), meaning)
        meanings[role] = meaning
    return meanings
