"""What in a printed expression would hide that a value is missing, or print something nobody recorded.

`{{ a or 'none' }}` prints "none" of a person of whom nothing is known; `{{ name|first }}` prints a letter; 1.10 and
2.20 make 3.3000000000000003. None of it looks wrong on paper, so none of it is part of the language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from jinja2 import TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError

from pipeline.rendering.context import BlankText

NOTED: Final = "_noted"
COUNT_SHOWN: Final = "_count_shown"
OF_ROWS: Final = (
    *("join", "first", "last", "sort", "unique", "list", "reverse", "batch"),
    *("map", "selectattr", "rejectattr"),
)


def noted(value: object) -> object:
    """The value; where nothing is on file, that is listed: what is printed was chosen for want of it."""
    if isinstance(value, BlankText):
        str(value)
    return value


def count_shown(value: Any) -> object:
    """How many there are; of what nobody said it is not known, which is a line to fill in and no 0."""
    return value if isinstance(value, BlankText) else len(value)


def of_rows(name: str, function: Callable[..., object]) -> Callable[..., object]:
    """The filter for rows, which would take a text for a row of letters."""

    def filtered(*arguments: Any, **options: Any) -> object:
        value = arguments[1] if hasattr(function, "jinja_pass_arg") else arguments[0]
        if isinstance(value, str):
            raise SecurityError(f'"{name}" is for the rows of a table; a text has none')
        return function(*arguments, **options)

    if hasattr(function, "jinja_pass_arg"):  # what Jinja hands to the filter before the value
        filtered.jinja_pass_arg = function.jinja_pass_arg  # type: ignore[attr-defined]
    return filtered


def refuse_hiding(tree: nodes.Template) -> None:
    """Raises TemplateSyntaxError at the first printed expression that could hide a blank or invent a number.

    Where a printed word is chosen by a condition, what the condition asked of the record is listed if it is blank.
    """
    for output in tree.find_all(nodes.Output):
        for at, printed in enumerate(output.nodes):
            if not isinstance(printed, nodes.TemplateData):
                _refuse(printed)
                output.nodes[at] = _listing(printed)


def _refuse(printed: nodes.Expr) -> None:
    for node in _shown_parts(printed):
        if isinstance(node, nodes.And | nodes.Or):
            word = "and" if isinstance(node, nodes.And) else "or"
            message = (
                f"\"{word}\" would hide that a value is missing. Write {{{{ value|otherwise('words') }}}}"
            )
            raise TemplateSyntaxError(message, node.lineno)
        if isinstance(node, nodes.Div) or (isinstance(node, nodes.Const) and isinstance(node.value, float)):
            raise TemplateSyntaxError(
                "a number that is worked out here is not exact. Let the record or the office's rules work it out",
                node.lineno,
            )


def _shown_parts(node: nodes.Node) -> Iterator[nodes.Node]:
    """A node and what is in it, but for the conditions that only choose."""
    yield node
    for name, child in node.iter_fields():
        if isinstance(node, nodes.CondExpr) and name == "test":
            continue
        for each in child if isinstance(child, list) else [child]:
            if isinstance(each, nodes.Node):
                yield from _shown_parts(each)


def _listing(node: nodes.Expr) -> nodes.Expr:
    if isinstance(node, nodes.Filter) and node.name in ("count", "length") and node.node is not None:
        return nodes.Filter(node.node, COUNT_SHOWN, [], [], None, None, lineno=node.lineno)
    if isinstance(node, nodes.CondExpr):
        node.test = _with_blanks_noted(node.test)
    return node


def _with_blanks_noted(test: nodes.Expr) -> nodes.Expr:
    """The condition with each place in it passing `noted`; what has() and is() ask is asked on purpose."""
    if isinstance(test, nodes.Getattr | nodes.Name):
        return nodes.Filter(test, NOTED, [], [], None, None, lineno=test.lineno)
    if isinstance(test, nodes.Call):
        return test
    for name, child in list(test.iter_fields()):
        if isinstance(child, nodes.Expr):
            setattr(test, name, _with_blanks_noted(child))
        elif isinstance(child, list):
            setattr(test, name, [_with_blanks_noted(e) if isinstance(e, nodes.Expr) else e for e in child])
    return test
