"""The structure tags of several PDFs joined into one tree, so that a screen reader can read a whole packet.

pypdf, pikepdf and qpdf drop the tags when pages are merged. Here each document's tree is copied after its
pages (so that its links to pages follow them), its page keys are shifted, and it hangs under one document.
"""

from __future__ import annotations

from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, String


class TagTree:
    """Grows by one document at a time; `finish` puts it into the PDF."""

    def __init__(self, pdf: Pdf) -> None:
        self.pdf = pdf
        self.parts: list[Object] = []
        self.entries: list[tuple[int, Object]] = []
        self.roles: dict[str, Object] = {}
        self.classes: dict[str, Object] = {}
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
        for key, value in _numbers(copied.get(Name.ParentTree)):
            self.entries.append((key + self.next_key, value))
            highest = max(highest, key)
        highest = max(highest, *(self._shift(page) for page in pages))
        self._join_roles(copied)
        for name, style in _names(copied.get(Name.ClassMap)):
            self.classes.setdefault(name, style)
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

    def _join_roles(self, copied: Object) -> None:
        """Join the names of paragraph styles; two documents that use one name differently get two names."""
        renamed: dict[str, str] = {}
        for role, meaning in _names(copied.get(Name.RoleMap)):
            name = role
            while name in self.roles and self.roles[name] != meaning:
                name += "_"
            self.roles[name] = meaning
            if name != role:
                renamed[role] = name
        if renamed:
            _rename_roles(copied, renamed)

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
        document.P = root
        for part in self.parts:
            part.P = document
        pdf.Root.StructTreeRoot = root
        pdf.Root.MarkInfo = Dictionary(Marked=True)


def _annotations(page: pikepdf.Page) -> list[tuple[Object, Name]]:
    annotations = page.obj.get(Name.Annots)
    return [] if annotations is None else [(note, Name.StructParent) for note in annotations.as_list()]


def _kids(root: Object) -> list[Object]:
    """The top elements of a tree; a lone Document is replaced by what it holds."""
    kids = _as_list(root.get(Name.K))
    if len(kids) == 1 and isinstance(kids[0], Dictionary) and kids[0].get(Name.S) == Name.Document:
        return _as_list(kids[0].get(Name.K))
    return kids


def _as_list(value: Object | None) -> list[Object]:
    if value is None:
        return []
    return list(value.as_list()) if isinstance(value, Array) else [value]


def _numbers(tree: Object | None) -> Iterator[tuple[int, Object]]:
    """Keys and values of a number tree, whatever its branching."""
    if tree is None:
        return
    flat = _as_list(tree.get(Name.Nums))
    for index in range(0, len(flat) - 1, 2):
        yield int(flat[index]), flat[index + 1]
    for kid in _as_list(tree.get(Name.Kids)):
        yield from _numbers(kid)


def _names(mapping: Object | None) -> list[tuple[str, Object]]:
    return [] if mapping is None else sorted(mapping.items(), key=lambda item: item[0])


def _rename_roles(root: Object, renamed: dict[str, str]) -> None:
    waiting = _as_list(root.get(Name.K))
    while waiting:
        element = waiting.pop()
        if not isinstance(element, Dictionary) or Name.S not in element:
            continue
        role = str(element.S)
        if role in renamed:
            element.S = Name(renamed[role])
        waiting += _as_list(element.get(Name.K))
