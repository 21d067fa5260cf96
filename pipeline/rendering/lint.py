"""What is wrong with a Word template, before anyone's packet meets it.

Every tag is followed to the place it names; every part that would lose text, run code, reach outside or keep
a reader with a screen reader out is a Problem. Nothing is rendered and no record is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from jinja2 import TemplateSyntaxError, nodes
from lxml import etree

from pipeline.errors import Problem, SiteError
from pipeline.rendering.context import unknown
from pipeline.rendering.docxfile import DocxFile, W, open_docx, xml_root
from pipeline.rendering.language import FILTER_NAMES, TESTS, DocumentEnvironment
from pipeline.rendering.tags import paragraph_text
from pipeline.rendering.word import compile_template, located, prepared_source

_W = f"{{{W}}}"
_LOOP_NAMES = frozenset(
    ("index", "index0", "revindex", "revindex0", "first", "last", "length", "previtem", "nextitem", "cycle")
)
# Parts and relations a template of the office never needs, and what each would let in.
_FOREIGN_PARTS = (
    (re.compile(r"vbaProject|vbaData", re.I), "holds macros. Save it as a document without macros (.docx)"),
    (
        re.compile(r"/activeX/|/embeddings/", re.I),
        "holds an embedded object. Remove it, or paste it as a picture",
    ),
    (
        re.compile(r"/afchunk", re.I),
        "holds an attached document of another kind (altChunk). Paste its text instead",
    ),
)


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """A place a template may name. columns: of a table; codes: the answers `is()` can be asked for."""

    columns: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


KnownPlaces = Mapping[str, KnownPlace]


@dataclass(slots=True)
class _Walk:
    """Follows names through one part. A name is a path of the record, a row of a table, or the loop."""

    known: KnownPlaces
    item_place: str
    found: list[tuple[int, str]] = field(default_factory=list)
    used: list[str] = field(default_factory=list)

    def say(self, line: int, message: str) -> None:
        if (line, message) not in self.found:
            self.found.append((line, message))


def lint_template(
    docx: bytes, known: KnownPlaces, *, name: str = "template.docx", item_place: str = ""
) -> list[Problem]:
    """Every mistake of a template, in the order of its parts; an empty list when it is right.

    item_place: the table that `item` and `items` are rows of, empty where the document has none
    """
    try:
        file = open_docx(docx, name)
    except SiteError as error:
        return list(error.problems)
    problems: list[Problem] = []
    try:
        compile_template(docx, name)
    except SiteError as error:
        problems += error.problems
    environment = _lenient_environment()
    for member, role in file.texts.items():
        problems += _lint_tags(environment, file, member, role, _Walk(known, item_place))
    problems += _foreign(file)
    problems += _not_accessible(file)
    return list(dict.fromkeys(problems))


def used_places(docx: bytes, known: KnownPlaces, *, item_place: str = "") -> tuple[str, ...]:
    """The places and columns a template names, sorted: what its packet depends on."""
    file = open_docx(docx, "template.docx")
    walk = _Walk(known, item_place)
    for member, role in file.texts.items():
        _lint_tags(_lenient_environment(), file, member, role, walk)
    return tuple(sorted(set(walk.used)))


def _lenient_environment() -> DocumentEnvironment:
    return DocumentEnvironment()


def _lint_tags(
    environment: DocumentEnvironment, file: DocxFile, member: str, role: str, walk: _Walk
) -> list[Problem]:
    source = prepared_source(file, member, role)
    if not re.search(r"\{[\{%#]", source):
        return []
    try:
        tree = environment.parse(source)
    except TemplateSyntaxError:
        return []  # compiling has said so already, with the place
    _follow(tree.body, {}, walk)
    _filters(tree, walk)
    return [located(file, member, source, line, message) for line, message in walk.found]


def _filters(tree: nodes.Template, walk: _Walk) -> None:
    for used in tree.find_all(nodes.Filter):
        if used.name not in FILTER_NAMES:
            names = ", ".join(sorted(FILTER_NAMES))
            walk.say(used.lineno, f'there is no filter "{used.name}". There are: {names}')
    for test in tree.find_all(nodes.Test):
        if test.name not in TESTS:
            walk.say(test.lineno, f'there is no test "is {test.name}". Use has(...) or is(..., ...)')


def _follow(body: Sequence[nodes.Node], scope: Mapping[str, str], walk: _Walk) -> None:
    """Walk statements in order; `scope` says which path a loop's or set's name stands for."""
    scope = dict(scope)
    for node in body:
        if isinstance(node, nodes.For):
            table = _path(node.iter, scope, walk)
            if table is not None and table and not _is_row(table) and not _columns(table, walk):
                walk.say(node.lineno, f'"{table}" is not a table, so it cannot be looped over')
            inner = dict(scope)
            if isinstance(node.target, nodes.Name):
                inner[node.target.name] = f"{table}[]" if table else ""
            inner["loop"] = "loop"
            if node.test is not None:
                _expression(node.test, inner, walk)
            _follow(node.body, inner, walk)
            _follow(node.else_, scope, walk)
        elif isinstance(node, nodes.If):
            _expression(node.test, scope, walk)
            for branch in (node.body, node.elif_, node.else_):
                _follow(branch, scope, walk)
        elif isinstance(node, nodes.Assign):
            found = _path(node.node, scope, walk)
            if isinstance(node.target, nodes.Name):
                scope[node.target.name] = found or ""
        else:
            _expression(node, scope, walk)


def _expression(node: nodes.Node, scope: Mapping[str, str], walk: _Walk) -> None:
    """Check every name in an expression, the largest path first."""
    if isinstance(node, nodes.Getattr | nodes.Getitem | nodes.Name):
        _path(node, scope, walk)
    elif (
        isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in ("has", "is")
    ):
        _asked(node, scope, walk)
    else:
        for child in node.iter_child_nodes():
            _expression(child, scope, walk)


def _asked(call: nodes.Call, scope: Mapping[str, str], walk: _Walk) -> None:
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
    codes = walk.known[place].codes if place is not None and place in walk.known else ()
    for answer in call.args[1:]:
        if codes and isinstance(answer, nodes.Const) and answer.value not in codes:
            walk.say(call.lineno, f'"{place}" is never "{answer.value}". It is one of: {", ".join(codes)}')


def _path(node: nodes.Node, scope: Mapping[str, str], walk: _Walk) -> str | None:
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
        return inner if node.name in ("list", "sort", "reverse", "unique", "selectattr", "rejectattr") else ""
    if not isinstance(node, nodes.Getattr):
        _expression(node, scope, walk)
        return ""
    inner = _path(node.node, scope, walk)
    return _step(inner, node, walk) if inner else inner


def _top(node: nodes.Name, scope: Mapping[str, str], walk: _Walk) -> str | None:
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


def _columns(path: str, walk: _Walk) -> tuple[str, ...]:
    place = walk.known.get(path)
    return place.columns if place else ()


def _step(inner: str, node: nodes.Getattr, walk: _Walk) -> str | None:
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
        return f"{table}.{node.attr}" if f"{table}.{node.attr}" in walk.known else ""
    if path in walk.known:
        walk.used.append(path)
        return path
    if any(place.startswith(path + ".") for place in walk.known):
        return path
    walk.say(node.lineno, unknown(path, list(walk.known)))
    return None


# --- what a Word file may hold -----------------------------------------------------------------------


def _foreign(file: DocxFile) -> Iterator[Problem]:
    """Macros, embedded objects, and relations that reach outside the file (links to the web are allowed)."""
    for member in file.members:
        for pattern, message in _FOREIGN_PARTS:
            if pattern.search(member):
                yield Problem(file.name, 0, f"{member}: the document {message}.")
        if not member.endswith(".rels"):
            continue
        for relation in xml_root(file.members[member], file.name, member):
            kind = relation.get("Type", "").rpartition("/")[2]
            if relation.get("TargetMode") == "External" and kind != "hyperlink":
                message = (
                    "is fetched from outside when the document is opened. Put it into the document itself"
                )
                yield Problem(file.name, 0, f"{member}: a part of kind {kind!r} {message}.")
            elif kind == "aFChunk":
                yield Problem(
                    file.name, 0, f"{member}: another document is attached (altChunk). Paste its text."
                )


def _not_accessible(file: DocxFile) -> Iterator[Problem]:
    """Head rows that are not marked as such, pictures without words, a document without title or language."""
    for member, role in file.texts.items():
        if role == "properties":
            continue
        root = xml_root(file.members[member], file.name, member)
        if role == "body":
            for number, table in enumerate(root.iter(_W + "tbl"), 1):
                if message := _table_mistake(table):
                    yield Problem(file.name, 0, f"{member}, table {number}: {message}.")
        for picture in root.iter("{*}docPr"):
            if not (picture.get("descr") or "").strip() and picture.find(".//{*}decorative") is None:
                name = picture.get("name", "")
                yield Problem(
                    file.name, 0, f"{member}: the picture {name!r} has no alternative text. Add it in Word."
                )
    if not _title(file).strip():
        yield Problem(
            file.name, 0, "docProps/core.xml: the document has no title. Set it in File, Info, Title."
        )


def _table_mistake(table: etree._Element) -> str:
    """A table with several rows of data needs a head row that repeats; a table for layout says so."""
    rows = table.findall(_W + "tr")
    grows = any("{%tr" in paragraph_text(row) for row in rows)
    if grows and rows[0].find(f"{_W}trPr/{_W}tblHeader") is None:
        return "its first row is not marked as a head row that repeats (Table Layout, Repeat Header Rows)"
    return ""


def _title(file: DocxFile) -> str:
    for member, role in file.texts.items():
        if role == "properties":
            found = xml_root(file.members[member], file.name, member).find(
                "{http://purl.org/dc/elements/1.1/}title"
            )
            return (found.text or "") if found is not None else ""
    return ""
