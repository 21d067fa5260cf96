"""The template language, all of it in this one room, which makes it long: docxtpl's tags over Jinja, cut down.

Left out on purpose: including other files, macros, blocks, method calls on values, and the filters that
hide a missing value (`default`). What is left cannot reach the machine: the environment is sandboxed and
immutable, values are escaped, and a missing name is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS
from jinja2.runtime import Context as JinjaContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import pass_context

from pipeline.rendering.bounds import (
    COUNTED,
    SHORT,
    bounded_binop,
    counted,
    short,
    short_batch,
    short_join,
    short_replace,
)
from pipeline.rendering.context import BlankText, Branch, RowView, ShownText
from pipeline.rendering.hiding import COUNT_SHOWN, NOTED, OF_ROWS, count_shown, noted, of_rows

# Jinja's own filters that cannot hide a missing value.
JINJA_FILTERS: tuple[str, ...] = (
    *("upper", "lower", "capitalize", "title", "trim", "replace", "join", "length", "count", "first", "last"),
    *("sort", "unique", "list", "reverse", "batch", "selectattr", "rejectattr", "map"),
)
TESTS = ("odd", "even", "divisibleby", "equalto", "in")
RECORD = "_record"

Shape: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]
T = TypeVar("T")


def otherwise(value: T, text: str) -> T | str:
    """The value, or the given words where the record holds none: an explicit choice, not a silent blank."""
    return value if value else text


def tick(value: object) -> str:
    """A ticked or an empty box."""
    if isinstance(value, BlankText):
        str(value)  # listed as a blank
    yes = "yes" in value._codes if isinstance(value, ShownText) and value._codes else bool(value)
    return "☒" if yes else "☐"


def numbers(value: object) -> list[str]:
    """The numbers in a text like `1, 3`: whether an outcome is among them is not a matter of its digits."""
    return re.findall(r"\d+", value) if isinstance(value, str) else []


OWN_FILTERS = {"otherwise": otherwise, "tick": tick, "numbers": numbers}
FILTER_NAMES = frozenset(JINJA_FILTERS) | frozenset(OWN_FILTERS)


class _DocumentCode(CodeGenerator):
    """Jinja's code, in which what the recorder returns goes out as it is: it is markup, whose text is escaped."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if isinstance(node, nodes.Filter) and node.name == RECORD:
            self.write("(")
        else:
            super()._output_child_pre(node, frame, finalize)


class DocumentContext(JinjaContext):
    """The names of one rendering. recorder: what every printed value passes"""

    recorder: Any


class DocumentEnvironment(ImmutableSandboxedEnvironment):
    """Jinja with nothing in it that a document does not need."""

    # `'a' * 100000000` would fill the memory; a document needs no product that the record does not hold
    code_generator_class = _DocumentCode
    context_class = DocumentContext
    intercepted_binops = frozenset({"*", "**", "+", "%"})

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined)
        self.globals.clear()
        self.filters = {name: FILTERS[name] for name in JINJA_FILTERS}
        for name, function in OWN_FILTERS.items():
            self.filters[name] = function
        self.filters |= {"replace": short_replace, "join": short_join, "batch": short_batch}
        for name in OF_ROWS:
            self.filters[name] = of_rows(name, self.filters[name])
        self.filters |= {COUNTED: counted, SHORT: short, NOTED: noted, COUNT_SHOWN: count_shown}
        for name in ("upper", "lower", "capitalize", "title", "trim", "replace"):
            self.filters[name] = _leaving_blanks(self.filters[name])
        self.filters[RECORD] = _record
        self.tests = {name: self.tests[name] for name in TESTS}

    def call_binop(self, context: JinjaContext, operator: str, left: object, right: object) -> object:
        if operator in ("+", "%"):
            return bounded_binop(operator, left, right, self.binop_table[operator])
        raise SecurityError(f'"{operator}" is not part of the template language')

    def getattr(self, obj: Any, attribute: str) -> Any:
        """As Jinja's, whose questions about safety a row or a branch of ours answers by itself: it has nothing but
        columns and places. They took half of the time of a long table."""
        if isinstance(obj, RowView | Branch) and not attribute.startswith("_"):
            return obj.__getattr__(attribute)
        if isinstance(obj, str):  # Jinja would hand out `format`, by which ten letters fill the memory
            return self.unsafe_undefined(obj, attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """As Jinja's; a text has letters by their number, and nothing by name."""
        if isinstance(obj, str) and isinstance(argument, str):
            return self.unsafe_undefined(obj, argument)
        return super().getitem(obj, argument)

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        """Text has no attributes here: `{{ person.name.first.title }}` is a mistake, not a method."""
        return not isinstance(obj, str) and super().is_safe_attribute(obj, attr, value)


def _leaving_blanks(function: Callable[..., object]) -> Callable[..., object]:
    """The filter, but a blank stays a blank: it must still print as a line and be listed."""

    def filtered(*arguments: object, **options: object) -> object:
        value = next((a for a in arguments if isinstance(a, BlankText)), None)
        return value if value is not None else function(*arguments, **options)

    if hasattr(function, "jinja_pass_arg"):  # what Jinja hands to the filter before the value
        filtered.jinja_pass_arg = function.jinja_pass_arg  # type: ignore[attr-defined]
    return filtered


@pass_context
def _record(context: DocumentContext, value: object, site: int) -> object:
    """Every printed expression passes here, so that the renderer knows which value went where."""
    return context.recorder.printed(value, site)


@dataclass(frozen=True, slots=True)
class Site:
    """A place of the template where a value is printed.

    line:    line of the source, which is the paragraph, counted from 1
    in_text: whether it stands in the text of a run
    in_attribute: whether it stands in an attribute or a field code; if neither, Word would drop it
    run_properties: the markup of the run's formatting
    """

    index: int
    expression: str
    line: int
    in_text: bool
    in_attribute: bool
    run_properties: str = ""


_FORBIDDEN: tuple[tuple[type[nodes.Node], str], ...] = (
    (nodes.Include, "include"),
    (nodes.Import, "import"),
    (nodes.FromImport, "from ... import"),
    (nodes.Extends, "extends"),
    (nodes.Block, "block"),
    (nodes.Macro, "macro"),
    (nodes.CallBlock, "call"),
    (nodes.FilterBlock, "filter ... endfilter"),
    (nodes.AssignBlock, "set ... endset"),
    (nodes.ScopedEvalContextModifier, "autoescape"),
    (nodes.NSRef, "set with a dot"),
)


def refuse_foreign_tags(tree: nodes.Template) -> None:
    """Raise TemplateSyntaxError at the first tag that is not of our language."""
    for node in tree.find_all(tuple(kind for kind, _ in _FORBIDDEN)):
        name = next(name for kind, name in _FORBIDDEN if isinstance(node, kind))
        raise TemplateSyntaxError(f'"{name}" is not part of the template language', node.lineno)
    for test in tree.find_all(nodes.Test):
        if test.name not in TESTS:
            raise TemplateSyntaxError(f'"is {test.name}" is not part of the template language', test.lineno)
    for loop in tree.find_all(nodes.For):
        if loop.recursive:
            raise TemplateSyntaxError('"recursive" is not part of the template language', loop.lineno)


def sites_of(environment: DocumentEnvironment, source: str) -> list[Site]:
    """Where values are printed, in the order of the source."""
    sites: list[Site] = []
    state = RunState()
    words: list[str] | None = None
    for line, token, text in environment.lex(source):
        if token == "data":
            state.read(text)
        elif token == "variable_begin":
            words, started = [], line
        elif token == "variable_end" and words is not None:
            expression = "".join(words).strip()
            site = Site(len(sites), expression, started, state.in_text, state.aside, state.properties)
            sites.append(site)
            words = None
        elif words is not None:
            words.append(text)
    return sites


_MARK = re.compile(r"<w:rPr>.*?</w:rPr>|<(/?)(w:r|w:t|w:instrText)(?=[ >/])[^>]*?(/?)>", re.DOTALL)


class RunState:
    """Where in a run we are, followed from one piece of markup to the next.

    in_text: inside w:t; aside: inside a tag (an attribute) or a field code
    """

    def __init__(self) -> None:
        self.in_text = False
        self.properties = ""
        self._in_tag = False
        self._in_field = False

    @property
    def aside(self) -> bool:
        return self._in_tag or self._in_field

    def read(self, markup: str) -> None:
        for match in _MARK.finditer(markup):
            opened = not match[1] and not match[3]
            if match[2] is None:
                self.properties = match[0]
            elif match[2] == "w:t":
                self.in_text = opened
            elif match[2] == "w:instrText":
                self._in_field = opened
            elif not match[1]:
                self.properties = ""
        if "<" in markup or ">" in markup:
            self._in_tag = markup.rfind("<") > markup.rfind(">")


def record_outputs(tree: nodes.Template, sites: Sequence[Site]) -> None:
    """Let each printed expression pass through the recorder, with the number of its site."""
    numbers = iter(sites)
    for output in _outputs(tree):
        output.nodes = [
            node if isinstance(node, nodes.TemplateData) else _recorded(node, next(numbers))
            for node in output.nodes
        ]


def _outputs(tree: nodes.Template) -> Iterator[nodes.Output]:
    yield from tree.find_all(nodes.Output)


def _recorded(node: nodes.Expr, site: Site) -> nodes.Expr:
    number = nodes.Const(site.index, lineno=node.lineno)
    return nodes.Filter(node, RECORD, [number], [], None, None, lineno=node.lineno)


_TAG = re.compile(r"<(/?)([A-Za-z_][\w:.\-]*)[^<>]*?(/?)>")


def refuse_torn_branches(body: Iterable[nodes.Node]) -> str:
    """The markup of these nodes with branches left out; TemplateSyntaxError where a branch tears the markup.

    When every branch of a template closes what it opens (or reopens what it closes), no data can make the
    result ill-formed, so the result need not be parsed again after each rendering.
    """
    pieces: list[str] = []
    for node in body:
        if isinstance(node, nodes.Output):
            pieces += [part.data if isinstance(part, nodes.TemplateData) else "x" for part in node.nodes]
        elif isinstance(node, nodes.If):
            for branch in (node.body, *(test.body for test in node.elif_), node.else_):
                _refuse_torn(branch, node.lineno, "if")
        elif isinstance(node, nodes.For):
            for branch in (node.body, node.else_):
                _refuse_torn(branch, node.lineno, "for")
    return "".join(pieces)


def _refuse_torn(branch: Sequence[nodes.Node], line: int, tag: str) -> None:
    closes, opens = _effect(refuse_torn_branches(branch))
    # over the border of a cell it would be well-formed too, but rows would differ in their number of cells
    if tuple(reversed(opens)) != closes or "w:tc" in closes:
        raise TemplateSyntaxError(
            f'what stands between "{tag}" and its end begins and ends in different places '
            f"(paragraphs, cells or rows). Put both tags in paragraphs, cells or rows of their own",
            line,
        )


def _effect(markup: str) -> Shape:
    """The elements a piece of markup closes without opening, and opens without closing."""
    closes: list[str] = []
    opens: list[str] = []
    for match in _TAG.finditer(markup):
        closing, name, empty = match[1], match[2], match[3]
        if empty:
            continue
        if not closing:
            opens.append(name)
        elif opens and opens[-1] == name:
            opens.pop()
        else:
            closes.append(name)
    return tuple(closes), tuple(opens)
