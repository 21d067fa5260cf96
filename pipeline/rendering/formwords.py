"""What stands in each field of somebody else's form: the values of packet.yaml, filled from what may be shown.

The language is that of Word templates, with the same sandbox, and so are blanks and private places. Unlike there, a
box is all or nothing: where a value in it is missing it stays empty, for the pen, since no line could be drawn in it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from jinja2 import Template, TemplateSyntaxError
from jinja2.exceptions import TemplateError
from jinja2.meta import find_undeclared_variables

from pipeline.errors import PacketError, Problem, SiteError
from pipeline.rendering.bounds import TURNS, Turns, bound
from pipeline.rendering.context import BlankText, ForbiddenPlace, Session, ShownText, UnknownPlace
from pipeline.rendering.hiding import refuse_hiding
from pipeline.rendering.language import (
    DocumentContext,
    DocumentEnvironment,
    Site,
    record_outputs,
    refuse_foreign_tags,
    sites_of,
)
from pipeline.rendering.printed import Insertion, NotPrintable, Recorder, printable
from pipeline.rendering.word import IMPOSSIBLE, reason_of
from pipeline.showing import Blank, Context
from pipeline.site.formvalues import FieldPlan

TICKED = "yes"

_environment = DocumentEnvironment()


@dataclass(frozen=True, slots=True)
class FieldWords:
    """What goes into one field.

    pieces:  the words of packet.yaml, and the values between
    blanks:  labels of what is not on file
    is_tick: whether it is a box that a condition ticks
    """

    name: str
    value: str = field(repr=False)
    pieces: tuple[str | Insertion, ...] = field(default=(), repr=False)
    blanks: tuple[str, ...] = ()
    is_tick: bool = False

    @property
    def insertions(self) -> tuple[Insertion, ...]:
        return tuple(piece for piece in self.pieces if isinstance(piece, Insertion))

    @property
    def stays_empty(self) -> bool:
        """Whether it is to be filled in by hand: something that would stand there is not on file."""
        return not self.value and bool(self.blanks)


@dataclass(frozen=True, slots=True)
class FormWords:
    """What goes into the fields of a form; places, facts: what of the record it rests on"""

    fields: tuple[FieldWords, ...]
    places: tuple[str, ...]
    facts: tuple[str, ...]

    @property
    def values(self) -> dict[str, str]:
        return {each.name: each.value for each in self.fields}


def form_words(
    values: Mapping[str, FieldPlan], ticks: Mapping[str, bool | None], context: Context, file: str
) -> FormWords:
    """What goes into each field, in the order of packet.yaml. ticks: field → whether its condition holds

    Raises SiteError where a tag names what does not exist or may not be shown, and PacketError where a value cannot be
    printed.
    """
    fields: list[FieldWords] = []
    places: dict[str, None] = {}
    facts: dict[str, None] = {}
    for name, plan in values.items():
        session = Session(context)  # its own, so that it knows what is missing here
        try:
            fields.append(_words(name, plan, ticks.get(name), session))
        except NotPrintable as error:
            raise PacketError([f'{file}:{plan.line}: field "{name}": {error}.']) from error
        except (UnknownPlace, ForbiddenPlace, TemplateError, *IMPOSSIBLE) as error:
            reason = _reason(error).rstrip(".")
            raise SiteError([Problem(file, plan.line, f'field "{name}": {reason}.')]) from error
        places |= session.touched
        facts |= session.facts
    return FormWords(tuple(fields), tuple(places), tuple(facts))


def _reason(error: Exception) -> str:
    """As of a tag of a Word template; the line is said by packet.yaml, not by the words of one field."""
    return str(error.message) if isinstance(error, TemplateSyntaxError) else reason_of(error)


def _words(name: str, plan: FieldPlan, holds: bool | None, session: Session) -> FieldWords:
    if plan.when is not None:
        insertions = tuple(_asked(name, plan, holds, session))
        value = TICKED if holds else ""
        return FieldWords(name, value, insertions, tuple(session.blanks), is_tick=True)
    source = f"{{{{ {plan.choose} }}}}" if plan.choose else plan.text
    template, sites, names = compiled_value(source)
    recorder = _FieldRecorder(name, sites, session, plan.options if plan.choose else None)
    pieces = tuple(_filled(template, names, recorder, session))
    said = "".join(piece if isinstance(piece, str) else piece.value for piece in pieces).strip()
    if any(isinstance(piece, Insertion) and piece.blank for piece in pieces):
        said = ""
    return FieldWords(name, unicodedata.normalize("NFC", said), pieces, tuple(session.blanks))


def _asked(name: str, plan: FieldPlan, holds: bool | None, session: Session) -> Iterator[Insertion]:
    """What the condition of a tick asks of the record, as if it were printed: the tick says it."""
    assert plan.when is not None
    for path in dict.fromkeys(plan.when.paths):
        place = path if path in session.context.places else path.rpartition(".")[0]
        session.refuse_if_forbidden(path)
        session.look_up(place)
        cell = session.context.places[place]
        blank = isinstance(cell, Blank) and path in plan.asked
        if isinstance(cell, Blank) and blank:
            session.note_blank(cell.label)
        yield Insertion(name, "when", plan.line, False, TICKED if holds else "", path, blank)


@lru_cache(maxsize=2048)
def compiled_value(source: str) -> tuple[Template, tuple[Site, ...], frozenset[str]]:
    """The words of one field, ready to be filled, with its tags and the names they use. Raises TemplateError."""
    tree = _environment.parse(source)
    refuse_foreign_tags(tree)
    sites = tuple(sites_of(_environment, source))
    names = frozenset(find_undeclared_variables(tree))
    refuse_hiding(tree)
    record_outputs(tree, sites)
    bound(tree)
    code = _environment.compile(tree, "<value>", "<value>")
    return Template.from_code(_environment, code, {}), sites, names


def _filled(
    template: Template, names: frozenset[str], recorder: _FieldRecorder, session: Session
) -> Iterator[str | Insertion]:
    context = template.new_context({**session.names(names), TURNS: Turns()})
    assert isinstance(context, DocumentContext)
    context.recorder = recorder
    seen = 0
    for text in template.root_render_func(context):
        if len(recorder.insertions) > seen:
            yield recorder.insertions[seen]
            seen += 1
        else:
            yield text


class _FieldRecorder(Recorder):
    """As for Word, but the value is plain text, a blank nothing, and a choice what the form calls it."""

    def __init__(
        self, name: str, sites: Sequence[Site], session: Session, options: Mapping[str, str] | None
    ) -> None:
        super().__init__(name, sites, session)
        self.options = options

    def printed(self, value: object, number: int) -> str:
        site = self.sites[number]
        if isinstance(value, BlankText):
            self.session.note_blank(value._blank.label)
            self._note(site, "", value._place, True)
            return ""
        text = printable(value, site).replace("\t", " ")  # no font of a form has a tab
        if self.options is not None:
            text = self._chosen(value)
        self._note(site, text, value._place if isinstance(value, ShownText) else "", False)
        return text

    def _chosen(self, value: object) -> str:
        codes = value._codes if isinstance(value, ShownText) else ()
        assert self.options is not None
        if not codes or any(code not in self.options for code in codes):
            raise NotPrintable(
                "its options say nothing of what is on file. Add the code to them in packet.yaml"
            )
        return "\n".join(option for code in codes if (option := self.options[code]))
