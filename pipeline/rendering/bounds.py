"""How much a template may do: turns of its loops, and the length of what it puts together.

A template from outside, or a slip in one of ours, could go round for ever or fill the memory with a text that doubles
from line to line. Every loop, every joining of texts and every filter that makes more of what it was given passes a
gate here; what no document needs is a SecurityError, which the renderer tells with part, paragraph and tag.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS
from jinja2.nodes import EvalContext
from jinja2.runtime import Context as JinjaContext
from jinja2.utils import pass_context, pass_eval_context

MOST_TURNS: Final = 500_000  # of all loops of one part; a table of 2,000 rows and 20 columns has 42,000
MOST_CHARACTERS: Final = 1_000_000  # of one text; the longest narrative of a plan has some thousand
MOST_COLUMNS: Final = 1_000
TOO_LONG: Final = f"a text of more than {MOST_CHARACTERS:,} characters is not for a document"

COUNTED: Final = "_counted"
SHORT: Final = "_short"
TURNS: Final = "_turns"


class Turns:
    """Counts the turns of all loops of one rendering."""

    def __init__(self) -> None:
        self.left = MOST_TURNS

    def through(self, items: Iterable[object]) -> Iterator[object]:
        for item in items:
            self.left -= 1
            if self.left < 0:
                raise SecurityError(
                    f"the loops of a document may go round {MOST_TURNS:,} times in all, not more"
                )
            yield item


@pass_context
def counted(context: JinjaContext, items: Iterable[object]) -> Iterator[object]:
    """The items one after the other, as long as the template has turns left."""
    if isinstance(items, str):
        raise SecurityError("a text is not gone through with for; only the rows of a table are")
    turns: Turns = context[TURNS]
    return turns.through(items)


def short(value: object) -> object:
    """The value, which is no text of a length that no document needs."""
    if isinstance(value, str) and len(value) > MOST_CHARACTERS:
        raise SecurityError(TOO_LONG)
    return value


@pass_eval_context
def short_replace(asked: EvalContext, text: Any, old: str, new: str, count: int | None = None) -> object:
    """Jinja's `replace`, which does not multiply a text beyond measure."""
    if len(text) + str(text).count(old) * max(0, len(new) - len(old)) > MOST_CHARACTERS:
        raise SecurityError(TOO_LONG)
    return FILTERS["replace"](asked, text, old, new, count)


def short_batch(value: Iterable[object], linecount: int, fill_with: object = None) -> object:
    """Jinja's `batch`, which does not fill up rows without end."""
    if not 0 < int(linecount) <= MOST_COLUMNS:
        raise SecurityError(f"rows of more than {MOST_COLUMNS:,} cells are not for a document")
    return FILTERS["batch"](value, linecount, fill_with)


@pass_eval_context
def short_join(
    asked: EvalContext, value: Iterable[object], d: str = "", attribute: str | int | None = None
) -> object:
    """Jinja's `join`, of texts that are together no longer than one may be."""
    items = list(value)
    if sum(len(item) for item in items if isinstance(item, str)) + len(d) * len(items) > MOST_CHARACTERS:
        raise SecurityError(TOO_LONG)
    return FILTERS["join"](asked, items, d, attribute)


def bound(tree: nodes.Template) -> None:
    """Lets every loop and every joining of texts of a template pass its gate."""
    for loop in list(tree.find_all(nodes.For)):
        loop.iter = nodes.Filter(loop.iter, COUNTED, [], [], None, None, lineno=loop.lineno)
    _shorten(tree)


def _shorten(node: nodes.Node) -> None:
    for name, value in list(node.iter_fields()):
        if isinstance(value, nodes.Node):
            _shorten(value)
            setattr(node, name, _gated(value))
        elif isinstance(value, list):
            for each in value:
                if isinstance(each, nodes.Node):
                    _shorten(each)
            setattr(node, name, [_gated(each) if isinstance(each, nodes.Node) else each for each in value])


def _gated(node: nodes.Node) -> nodes.Node:
    if isinstance(node, nodes.Concat):
        return nodes.Filter(node, SHORT, [], [], None, None, lineno=node.lineno)
    return node


def bounded_binop(operator: str, left: Any, right: Any, usual: Callable[[Any, Any], object]) -> object:
    """The result of `+` or `%`, which lengthen no text and no list beyond measure."""
    if operator == "%" and isinstance(left, str):  # '%1000000000d' % 1
        raise SecurityError('"%" with a text is not part of the template language')
    if isinstance(left, list | tuple):
        raise SecurityError(f'"{operator}" with a list is not part of the template language')
    return short(usual(left, right))
