"""Word templates, compiled once and filled many times.

The tag language is docxtpl's: its own `patch_xml` prepares each part, once. Everything else is ours, because
docxtpl parses and compiles the template again for every document, and loses text without a word in eight
known cases. Here each of them is either right or an error that says where. What is printed is
recorded in order, so that `proof` can look for every value at its own place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import CodeType, TracebackType

from docxtpl import DocxTemplate
from jinja2 import Template, TemplateSyntaxError
from jinja2.exceptions import TemplateError
from jinja2.meta import find_undeclared_variables
from jinja2.nodes import TemplateData
from lxml import etree

from pipeline.errors import PacketError, Problem, SiteError
from pipeline.rendering.bounds import TURNS, Turns, bound
from pipeline.rendering.context import ForbiddenPlace, Session, UnknownPlace
from pipeline.rendering.docxfile import (
    DocxFile,
    PackedMember,
    W,
    open_docx,
    packed,
    plain_text,
    write_docx,
    xml_root,
)
from pipeline.rendering.draftmark import with_draft_mark
from pipeline.rendering.foreign import foreign_content
from pipeline.rendering.hiding import refuse_hiding
from pipeline.rendering.language import (
    DocumentContext,
    DocumentEnvironment,
    Site,
    record_outputs,
    refuse_foreign_tags,
    refuse_torn_branches,
    sites_of,
)
from pipeline.rendering.mending import mended_tables, numbered_drawings
from pipeline.rendering.printed import Insertion, NotPrintable, Recorder, RenderedWord, Story
from pipeline.rendering.tags import misplaced_tags, paragraph_text
from pipeline.rendering.tickboxes import with_states_set
from pipeline.showing import Context

XML_HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

IMPOSSIBLE = (TypeError, ValueError, ArithmeticError)

_environment = DocumentEnvironment()


@dataclass(frozen=True, slots=True)
class _Part:
    member: str
    role: str
    source: str = field(repr=False)
    sites: tuple[Site, ...] = field(repr=False)
    names: frozenset[str]
    template: Template = field(repr=False)
    mend_tables: bool = False


@dataclass(frozen=True, slots=True)
class CompiledTemplate:
    """A template ready to be filled. It holds nothing of any person.

    unfilled: the parts without a tag, which are printed as they are
    """

    file: DocxFile
    parts: tuple[_Part, ...]
    packed: Mapping[str, PackedMember] = field(repr=False)
    unfilled: tuple[Story, ...] = field(default=(), repr=False)

    def render(self, context: Context) -> RenderedWord:
        """The document filled from the context.

        Raises SiteError where a tag names what does not exist or may not be shown, and PacketError where
        a value cannot be printed.
        """
        session = Session(context)
        members = dict(self.packed)
        stories: list[Story] = []
        for part in self.parts:
            pieces, xml = _render_part(self.file, part, session)
            members[part.member] = packed(XML_HEAD + xml.encode())
            stories.append(Story(part.member, pieces))
        stories += self.unfilled
        insertions = tuple(p for story in stories for p in story.pieces if isinstance(p, Insertion))
        return RenderedWord(
            docx=write_docx(members),
            insertions=insertions,
            blanks=tuple(session.blanks),
            places=tuple(session.touched),
            facts=tuple(session.facts),
            stories=tuple(stories),
            forbidden=context.forbidden,
        )


def compile_template(docx: bytes, name: str = "template.docx", *, draft: bool = False) -> CompiledTemplate:
    """The template, ready to be filled. Raises SiteError with every tag that loses text or cannot work, and with
    what would be fetched from outside: LibreOffice asks the network for a linked picture.

    draft: whether what is filled says in the header of every section that it is a draft
    """
    file = open_docx(docx, name)
    if draft:
        file = with_draft_mark(file)
    problems = [*foreign_content(file), *misplaced_tags(file)]
    parts: list[_Part] = []
    for member, role in file.texts.items():
        if any(problem.message.startswith(f"{member},") for problem in problems):
            continue  # what else is wrong there follows from it
        try:
            part = _compile_part(file, member, role)
        except SiteError as error:
            problems += error.problems
            continue
        if part is not None:
            parts.append(part)
    if problems:
        raise SiteError(problems)
    members = {name: packed(blob) for name, blob in file.members.items()}
    return CompiledTemplate(file, tuple(parts), members, _unfilled(file, {part.member for part in parts}))


def _unfilled(file: DocxFile, filled: set[str]) -> tuple[Story, ...]:
    """What the parts without a tag say: their words must not be lost on the way to paper either."""
    return tuple(
        Story(
            member, (etree.tostring(xml_root(file.members[member], file.name, member), encoding="unicode"),)
        )
        for member, role in file.texts.items()
        if role in ("body", "header", "footer", "footnotes", "endnotes") and member not in filled
    )


def prepared_source(file: DocxFile, member: str, role: str) -> str:
    """A part's markup as Jinja source: each paragraph begins a line, so that a line number names it."""
    xml = etree.tostring(xml_root(file.members[member], file.name, member), encoding="unicode")
    if role == "properties":
        return xml
    patched: str = DocxTemplate(None).patch_xml(xml)
    patched = re.sub(r"(?<=\{[\{%])(.*?)(?=[\}%]\})", lambda match: _without_entities(match[0]), patched)
    return re.sub(r"\n*<w:p([ >])", r"\n<w:p\1", patched)


def _without_entities(tag: str) -> str:
    """docxtpl leaves `&amp;` and `&quot;` in tags as they are, which makes comparisons silently false."""
    return tag.replace("&quot;", '"').replace("&apos;", "'").replace("&amp;", "&")


def _compile_part(file: DocxFile, member: str, role: str) -> _Part | None:
    source = prepared_source(file, member, role)
    if not re.search(r"\{[\{%#]", source):
        return None
    try:
        tree = _environment.parse(source)
        refuse_foreign_tags(tree)
        sites = sites_of(_environment, source)
        _refuse_loose_values(sites, role)
        refuse_torn_branches(tree.body)
        names = frozenset(find_undeclared_variables(tree))
        refuse_hiding(tree)
        record_outputs(tree, sites)
        bound(tree)
        for data in tree.find_all(TemplateData):
            data.data = _as_printed(data.data)
        code: CodeType = _environment.compile(tree, member, _code_name(member))
    except TemplateError as error:
        line = getattr(error, "lineno", None) or 0
        raise SiteError([located(file, member, source, line, str(error.message))]) from error
    template = Template.from_code(_environment, code, {})
    mend = role == "body" and _needs_mended_tables(xml_root(file.members[member], file.name, member))
    return _Part(member, role, source, tuple(sites), names, template, mend)


def _as_printed(data: str) -> str:
    """The markup without the line breaks we added, and with docxtpl's written-out braces."""
    data = re.sub(r"\n<w:p([ >])", r"<w:p\1", data)
    return data.replace("{_{", "{{").replace("}_}", "}}").replace("{_%", "{%").replace("%_}", "%}")


def _code_name(member: str) -> str:
    return f"<{member}>"


def _refuse_loose_values(sites: list[Site], role: str) -> None:
    """Values stand in running text. `{{r`, `{{p`, `{{tr` and `{{tc` would put text where Word drops it."""
    for site in sites:
        if role == "properties" or site.in_text or site.in_attribute:
            continue
        raise TemplateSyntaxError(
            f"{{{{ {site.expression} }}}} does not stand in running text. Write it in a paragraph, as "
            f"{{{{ ... }}}} without r, p, tr or tc",
            site.line,
        )


def located(file: DocxFile, member: str, source: str, line: int, message: str) -> Problem:
    """The problem with the paragraph it stands in, as the author of the template sees it."""
    lines = source.splitlines()
    text = plain_text(lines[line - 1]) if 0 < line <= len(lines) else ""
    number = _paragraph_number(file, member, text)
    return Problem(file.name, number, f"{member}, paragraph {_short(text)!r}: {message.rstrip('.')}.")


def _paragraph_number(file: DocxFile, member: str, text: str) -> int:
    """Which paragraph of the part this is (preparing merges some), 0 where it cannot be told."""
    wanted = re.sub(r"\s+", "", text)
    for number, paragraph in enumerate(
        xml_root(file.members[member], file.name, member).iter(f"{{{W}}}p"), 1
    ):
        found = re.sub(r"\s+", "", re.sub(r"(\{[{%#])(?:p|tr|tc|r)\s", r"\1", paragraph_text(paragraph)))
        if wanted and (found == wanted or (found.startswith("{") and found in wanted)):
            return number
    return 0


def _short(text: str) -> str:
    return text if len(text) <= 160 else text[:157] + "..."


def _needs_mended_tables(root: etree._Element) -> bool:
    """Whether a tag changes how many cells a row has."""
    texts = (paragraph_text(paragraph) for paragraph in root.iter(f"{{{W}}}p"))
    return any(re.search(r"\{[{%]-?\s*(?:tc\s|hm\b|colspan\b)", text) for text in texts)


# --- filling -----------------------------------------------------------------------------------------


def _render_part(file: DocxFile, part: _Part, session: Session) -> tuple[tuple[str | Insertion, ...], str]:
    recorder = Recorder(part.member, part.sites, session)
    texts: list[str] = []
    pieces: list[str | Insertion] = []
    try:
        names = session.names(part.names)
        context = part.template.new_context({**names, TURNS: Turns()})
        assert isinstance(context, DocumentContext)
        context.recorder = recorder
        seen = 0
        for text in part.template.root_render_func(context):
            texts.append(text)
            if len(recorder.insertions) > seen:
                pieces.append(recorder.insertions[seen])
                seen += 1
            else:
                pieces.append(text)
    except NotPrintable as error:
        problem = located(file, part.member, part.source, _line_of(part, error), str(error))
        raise PacketError([f"{problem.file}, {problem.message}"]) from error
    except (UnknownPlace, ForbiddenPlace, TemplateError, *IMPOSSIBLE) as error:
        line = _line_of(part, error)
        raise SiteError([located(file, part.member, part.source, line, reason_of(error))]) from error
    xml = with_states_set("".join(texts))
    if part.mend_tables:
        xml = mended_tables(xml)
    elif part.role == "body":
        xml = numbered_drawings(xml)
    return tuple(pieces), xml


def reason_of(error: Exception) -> str:
    """Why a tag could not be filled, for the author of the template."""
    if isinstance(error, IMPOSSIBLE):
        return "a tag does what cannot be done with this value (a comparison or a calculation)"
    if "pipeline.rendering" in str(error):  # Jinja names our classes, which tell an author nothing
        return "this is no place, row or column. A table is gone through with for, row by row"
    return str(error)


def _line_of(part: _Part, error: Exception) -> int:
    """The line of the template that was being filled when the error rose."""
    line = 0
    for frame, number in _frames(error.__traceback__):
        if frame == _code_name(part.member):
            line = part.template.get_corresponding_lineno(number)
    return line


def _frames(trace: TracebackType | None) -> Iterator[tuple[str, int]]:
    while trace is not None:
        yield trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
