"""Lists and trees of a PDF as plain lists, however they branch. What is damaged is left out, and circles end.

Forms from outside come through here too, so nothing is taken for what it should be.
"""

from __future__ import annotations

from collections.abc import Iterator

from pikepdf import Array, Dictionary, Object, String


def array_items(value: object) -> list[Object]:
    """The items of an array; none of what is no array."""
    return list(value.as_list()) if isinstance(value, Array) else []


def one_or_many(value: Object | None) -> list[Object]:
    """What may stand alone or in an array: in a list either way, empty where there is nothing."""
    if value is None:
        return []
    return array_items(value) if isinstance(value, Array) else [value]


def number_tree(tree: object) -> Iterator[tuple[int, Object]]:
    """Keys and values of a number tree. Source: ISO 32000-1, 7.9.7."""
    for key, value in _leaves(tree, "/Nums"):
        try:
            number = int(key)
        except (TypeError, ValueError):
            continue
        yield number, value


def name_tree(tree: object) -> Iterator[tuple[bytes, Object]]:
    """Names and values of a name tree. Source: ISO 32000-1, 7.9.6."""
    for key, value in _leaves(tree, "/Names"):
        if isinstance(key, String):
            yield bytes(key), value


def _leaves(tree: object, pairs: str) -> Iterator[tuple[Object, Object]]:
    waiting = [tree]
    seen: set[tuple[int, int]] = set()
    while waiting:
        node = waiting.pop()
        if not isinstance(node, Dictionary) or (node.is_indirect and node.objgen in seen):
            continue
        seen.add(node.objgen)
        flat = array_items(node.get(pairs))
        yield from zip(flat[::2], flat[1::2], strict=False)
        waiting += reversed(array_items(node.get("/Kids")))
