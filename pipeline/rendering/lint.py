"""What is wrong with a Word template, before anyone's packet meets it.

Every tag is followed to the place it names; every part that would lose text, run code, reach outside or keep
a reader with a screen reader out is a Problem. Nothing is rendered and no record is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from jinja2 import TemplateSyntaxError
from lxml import etree

from pipeline.errors import Problem, SiteError
from pipeline.rendering.docxfile import DocxFile, W, open_docx, xml_root
from pipeline.rendering.foreign import foreign_content
from pipeline.rendering.glyphs import drawn_by_fonts, named, without_glyph
from pipeline.rendering.language import DocumentEnvironment
from pipeline.rendering.names import KnownPlaces, Walk, check_names
from pipeline.rendering.pdf import find_libreoffice
from pipeline.rendering.tags import paragraph_text
from pipeline.rendering.traps import traps
from pipeline.rendering.word import compile_template, located, prepared_source

_W = f"{{{W}}}"


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
    environment = DocumentEnvironment()
    for member, role in file.texts.items():
        problems += _lint_tags(environment, file, member, role, Walk(known, item_place))
    problems += traps(file)
    problems += foreign_content(file)
    problems += _not_accessible(file)
    problems += _undrawn(file)
    return list(dict.fromkeys(problems))


def used_places(docx: bytes, known: KnownPlaces, *, item_place: str = "") -> tuple[str, ...]:
    """The places and columns a template names, sorted: what its packet depends on."""
    file = open_docx(docx, "template.docx")
    walk = Walk(known, item_place)
    for member, role in file.texts.items():
        _lint_tags(DocumentEnvironment(), file, member, role, walk)
    return tuple(sorted(set(walk.used)))


def printed_places(docx: bytes, known: KnownPlaces, *, item_place: str = "") -> frozenset[str]:
    """The places and columns of which a tag in the body prints the value, so that a page of the PDF shows it."""
    file = open_docx(docx, "template.docx")
    walk = Walk(known, item_place)
    for member, role in file.texts.items():
        if role not in ("header", "footer", "properties"):
            _lint_tags(DocumentEnvironment(), file, member, role, walk)
    return frozenset(walk.printed)


def lines_of(docx: bytes) -> list[str]:
    """The paragraphs of a template's body, in order."""
    file = open_docx(docx, "template.docx")
    bodies = (member for member, role in file.texts.items() if role == "body")
    roots = [xml_root(file.members[member], file.name, member) for member in bodies]
    return [paragraph_text(paragraph) for root in roots for paragraph in root.iter(_W + "p")]


def _lint_tags(
    environment: DocumentEnvironment, file: DocxFile, member: str, role: str, walk: Walk
) -> list[Problem]:
    source = prepared_source(file, member, role)
    if not re.search(r"\{[\{%#]", source):
        return []
    try:
        tree = environment.parse(source)
    except TemplateSyntaxError:
        return []  # compiling has said so already, with the place
    check_names(tree, walk)
    return [located(file, member, source, line, message) for line, message in walk.found]


# --- what a Word file may hold -----------------------------------------------------------------------


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


def _undrawn(file: DocxFile) -> Iterator[Problem]:
    """Signs of the template's own that no font of this machine has, where a LibreOffice is there to print them."""
    program = find_libreoffice()
    drawn = drawn_by_fonts(program) if program is not None else None
    for member, role in file.texts.items():
        if role == "properties":
            continue
        for paragraph in xml_root(file.members[member], file.name, member).iter(_W + "p"):
            text = paragraph_text(paragraph)
            if undrawn := without_glyph(text, drawn):
                yield Problem(
                    file.name,
                    0,
                    f"{member}, paragraph {text!r}: no font of this machine can draw {named(undrawn)}; it would be "
                    "printed as an empty box. Write another sign, or install a font that has it.",
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
