"""Follows every name in a template's tags to the place it stands for, without filling anything in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from jinja2 import nodes

from pipeline.rendering.context import unknown
from pipeline.rendering.language import FILTER_NAMES, TESTS

_LOOP_NAMES = frozenset(
    ("index", "index0", "revindex", "revindex0", "first", "last", "length", "previtem", "nextitem", "cycle")
)


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """A place a template may name.

    columns: of a table; codes: the answers `is()` can be asked for, empty where there is no list of them;
    column_codes: the same for columns
    """

    columns: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    column_codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


KnownPlaces = Mapping[str, KnownPlace]


@dataclass(slots=True)
class Walk:
    """Follows names through one part. A name is a path of the record, a row of a table, or the loop.

    used: places and columns that are named at all; printed: those of which a tag prints the value as it is
    """

    known: KnownPlaces
    item_place: str
    found: list[tuple[int, str]] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)

    def say(self, line: int, message: str) -> None:
        if (line, message) not in self.found:
            self.found.append((line, message))


def check_names(tree: nodes.Template, walk: Walk) -> None:
    """Note in `walk` every name that stands for nothing, and every filter and test that is not there."""
    _follow(tree.body, {}, walk)
    _check_filters(tree, walk)


def _check_filters(tree: nodes.Template, walk: Walk) -> None:
    for used in tree.find_all(nodes.Filter):
        if used.name not in FILTER_NAMES:
            names = ", ".join(sorted(FILTER_NAMES))
            walk.say(used.lineno, f'there is no filter "{used.name}". There are: {names}')
    for test in tree.find_all(nodes.Test):
        if test.name not in TESTS:
            walk.say(test.lineno, f'there is no test "is {test.name}". Use has(...) or is(..., ...)')


def _follow(body: Sequence[nodes.Node], scope: dict[str, str], walk: Walk) -> None:
    """Walk statements in order; `scope` says which path a loop's or set's name stands for, and grows."""
    for node in body:
        if isinstance(node, nodes.For):
            _follow_loop(node, scope, walk)
        elif isinstance(node, nodes.If):
            _expression(node.test, scope, walk)
            for branch in (node.body, node.elif_, node.else_):
                _follow(branch, scope, walk)
        elif isinstance(node, nodes.Assign):
            found = _path(node.node, scope, walk)
            if isinstance(node.target, nodes.Name):
                _refuse_shadow(node.target, walk)
                scope[node.target.name] = found or ""
        elif isinstance(node, nodes.Output):
            for printed in node.nodes:
                _printed(printed, scope, walk)
        else:
            _expression(node, scope, walk)


def _refuse_shadow(target: nodes.Name, walk: Walk) -> None:
    """A name of ours that is given to something else would print that in place of what is on file."""
    tops = {place.partition(".")[0] for place in walk.known} | {"has", "is", "item", "items", "loop"}
    if target.name in tops:
        walk.say(target.lineno, f'"{target.name}" is a name of the record. Call it something else')


def _follow_loop(loop: nodes.For, scope: Mapping[str, str], walk: Walk) -> None:
    table = _path(loop.iter, scope, walk)
    if table and not _is_row(table) and not _columns(table, walk):
        walk.say(loop.lineno, f'"{table}" is not a table, so it cannot be looped over')
    inner = {**scope, "loop": "loop"}
    if isinstance(loop.target, nodes.Name):
        _refuse_shadow(loop.target, walk)
        inner[loop.target.name] = f"{table}[]" if table else ""
    if loop.test is not None:
        _expression(loop.test, inner, walk)
    _follow(loop.body, inner, walk)
    _follow(loop.else_, dict(scope), walk)


def _printed(node: nodes.Node, scope: Mapping[str, str], walk: Walk) -> None:
    """What is printed is one value: not a table, a row, or a group of places."""
    if not isinstance(node, nodes.Getattr | nodes.Getitem | nodes.Name):
        _expression(node, scope, walk)
        return
    path = _path(node, scope, walk)
    column = (path or "").partition("[].")[2]
    if path and not column and (path not in walk.known or walk.known[path].columns):
        walk.say(node.lineno, f'"{_named(path)}" is a whole table or group, not one value')
    walk.printed.append(_named(path))


def _named(path: str | None) -> str:
    return (path or "").replace("[]", "")


def _expression(node: nodes.Node, scope: Mapping[str, str], walk: Walk) -> None:
    """Check every name in an expression, the largest path first."""
    if isinstance(node, nodes.Getattr | nodes.Getitem | nodes.Name | nodes.Filter):
        _path(node, scope, walk)
    elif (
        isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in ("has", "is")
    ):
        _asked(node, scope, walk)
    else:
        for child in node.iter_child_nodes():
            _expression(child, scope, walk)


def _asked(call: nodes.Call, scope: Mapping[str, str], walk: Walk) -> None:
    """`has('place')` and `is('place', 'code')`: the place is known, and so is the code."""
    if not call.args:
        walk.say(call.lineno, "has() and is() need a place in quotes")
        return
    first = call.args[0]
    if isinstance(first, nodes.Const) and isinstance(first.value, str):
        place: str | None = first.value
        if place not in walk.known:
            walk.say(call.lineno, unknown(first.value, list(walk.known)))
            return
        walk.used.append(first.value)
    else:
        place = _path(first, scope, walk)
    codes = _codes(place, walk)
    for answer in call.args[1:]:
        if codes and isinstance(answer, nodes.Const) and answer.value not in codes:
            message = f'"{_named(place)}" is never "{answer.value}". It is one of: {", ".join(codes)}'
            walk.say(call.lineno, message)


def _codes(place: str | None, walk: Walk) -> tuple[str, ...]:
    """The answers a place or a column of a table can hold."""
    table, row, column = (place or "").partition("[].")
    found = walk.known.get(table)
    if found is None:
        return ()
    return found.column_codes.get(column, ()) if row else found.codes


def _path(node: nodes.Node, scope: Mapping[str, str], walk: Walk) -> str | None:
    """The path an expression stands for; empty where it is a computed value, None where it is wrong."""
    if isinstance(node, nodes.Name):
        return _top(node, scope, walk)
    if isinstance(node, nodes.Getitem):
        _expression(node.arg, scope, walk)
        inner = _path(node.node, scope, walk)
        return f"{inner}[]" if inner else inner
    if isinstance(node, nodes.Filter) and node.node is not None:
        for argument in node.args:
            _expression(argument, scope, walk)
        inner = _path(node.node, scope, walk)
        _columns_asked(node, inner, walk)
        return inner if node.name in ("list", "sort", "reverse", "unique", "selectattr", "rejectattr") else ""
    if not isinstance(node, nodes.Getattr):
        _expression(node, scope, walk)
        return ""
    inner = _path(node.node, scope, walk)
    return _step(inner, node, walk) if inner else inner


def _columns_asked(used: nodes.Filter, table: str | None, walk: Walk) -> None:
    """The column that `map(attribute='code')`, `selectattr('code')` or `sort(attribute='code')` names."""
    named = [pair.value for pair in used.kwargs if pair.key == "attribute"]
    named += used.args[:1] if used.name in ("selectattr", "rejectattr") else []
    columns = _columns(table or "", walk)
    for argument in named:
        column = argument.value if isinstance(argument, nodes.Const) else None
        if columns and isinstance(column, str) and column not in columns:
            walk.say(used.lineno, unknown(f"{table}.{column}", [f"{table}.{each}" for each in columns]))


def _top(node: nodes.Name, scope: Mapping[str, str], walk: Walk) -> str | None:
    if node.name in scope:
        return scope[node.name]
    if node.name == "item" and walk.item_place:
        return f"{walk.item_place}[]"
    if node.name == "items" and walk.item_place:
        return walk.item_place
    if node.name in walk.known:
        walk.used.append(node.name)
        return node.name
    tops = sorted({place.partition(".")[0] for place in walk.known})
    if node.name in tops:
        return node.name
    walk.say(node.lineno, unknown(node.name, [*tops, *scope]))
    return None


def _is_row(path: str) -> bool:
    return path.endswith("[]")


def _columns(path: str, walk: Walk) -> tuple[str, ...]:
    place = walk.known.get(path)
    return place.columns if place else ()


def _step(inner: str, node: nodes.Getattr, walk: Walk) -> str | None:
    """One attribute further: a column of a row, a number of the loop, or a deeper place."""
    if inner == "loop":
        if node.attr not in _LOOP_NAMES:
            walk.say(node.lineno, unknown(f"loop.{node.attr}", [f"loop.{name}" for name in _LOOP_NAMES]))
        return ""
    path = f"{inner}.{node.attr}"
    if _is_row(inner):
        table = inner.removesuffix("[]")
        if node.attr not in _columns(table, walk):
            known = [f"{table}.{column}" for column in _columns(table, walk)]
            walk.say(node.lineno, unknown(f"{table}.{node.attr}", known))
            return None
        walk.used.append(f"{table}.{node.attr}")
        return path
    if path in walk.known:
        walk.used.append(path)
        return path
    if any(place.startswith(path + ".") for place in walk.known):
        return path
    walk.say(node.lineno, unknown(path, list(walk.known)))
    return None
