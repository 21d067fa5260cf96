"""A packet's documents filled in: Word templates and fillable PDFs, each with the very template it was made from."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as member
from functools import lru_cache
from pathlib import Path

from pipeline.errors import PacketError
from pipeline.model import PacketStatus, canonical_json
from pipeline.packets import DocumentTask, Selection
from pipeline.rendering.formpaper import RenderedForm, RenderedPaper, render_form
from pipeline.rendering.printed import RenderedWord
from pipeline.rendering.word import CompiledTemplate, compile_template
from pipeline.site.packetfile import PacketPlan
from pipeline.values import Json


@dataclass(frozen=True, slots=True)
class Rendered:
    """One document of a packet, filled in.

    template: SHA-256 of the very bytes it was made from, which are source
    unedited: what the record alone gives, where somebody edited the document
    """

    task: DocumentTask
    filled: RenderedPaper = member(repr=False)
    template: str
    source: bytes = member(default=b"", repr=False)
    unedited: RenderedWord | None = member(default=None, repr=False)

    @property
    def word(self) -> RenderedWord:
        """The Word document; asked only of what is no form."""
        assert isinstance(self.filled, RenderedWord)
        return self.filled

    @property
    def is_form(self) -> bool:
        return isinstance(self.filled, RenderedForm)

    @property
    def file(self) -> str:
        """As it lies in the deposit."""
        return f"{self.task.id}.pdf" if self.is_form else f"{self.task.id}.docx"

    @property
    def inputs(self) -> Mapping[str, str]:
        """What it was made from: its template and, of a form, what packet.yaml puts into the fields; with SHA-256."""
        made_of = {f"template:{self.task.template.name}": self.template}
        if self.task.form is not None:
            values = {name: plan.source for name, plan in self.task.form.values.items()}
            said = hashlib.sha256(canonical_json(dict(values))).hexdigest()
            made_of[f"values:{self.task.document}"] = said
        return made_of


@dataclass(frozen=True, slots=True)
class Also:
    """What is kept with a packet that somebody edited, besides what every packet has."""

    files: Mapping[str, bytes] = member(default_factory=dict, repr=False)
    about: Mapping[str, Json] = member(default_factory=dict)
    inputs: Mapping[str, str] = member(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FilledPacket:
    """A packet with the words of its documents in place, of which nothing is proved or put away yet.

    waiting: which newer form of the plan is not approved yet, in words; empty where none waits
    """

    packet_id: str
    status: PacketStatus
    selection: Selection = member(repr=False)
    rendered: tuple[Rendered, ...] = member(repr=False)
    waiting: str = ""
    also: Also = member(default_factory=Also)

    @property
    def plan(self) -> PacketPlan:
        return self.selection.plan

    @property
    def is_draft(self) -> bool:
        return self.status is PacketStatus.DRAFT

    @property
    def blanks(self) -> tuple[str, ...]:
        """Labels of the values that are not on file, each once."""
        return tuple(dict.fromkeys(label for each in self.rendered for label in each.filled.blanks))

    @property
    def hand_lines(self) -> int:
        """How many lines of its pages are there to be written on by hand."""
        return sum(each.filled.hand_lines for each in self.rendered)

    @property
    def smaller(self) -> tuple[str, ...]:
        """What its forms say of letters that had to be small, with the title of each form."""
        forms = [
            (each.task.title, each.filled) for each in self.rendered if isinstance(each.filled, RenderedForm)
        ]
        return tuple(f"{title}: {words}" for title, form in forms for words in form.smaller)


@lru_cache(maxsize=128)
def _compiled(data: bytes, name: str, draft: bool) -> CompiledTemplate:
    return compile_template(data, name, draft=draft)


class Templates:
    """The template files of one packet, each read once: whoever saves one meanwhile changes the next packet."""

    def __init__(self) -> None:
        self._read: dict[Path, bytes] = {}

    def render(self, task: DocumentTask, *, draft: bool) -> Rendered:
        """One document filled in. Raises SiteError or PacketError, which names it where it is a form."""
        data = self._data(task.template)
        filled: RenderedPaper
        if (form := task.form) is not None:
            try:
                filled = render_form(data, form.values, form.ticks, task.context, form.file)
            except PacketError as error:
                raise PacketError([f"{task.title}: {reason}" for reason in error.reasons]) from error
        else:
            filled = _compiled(data, task.template.name, draft).render(task.context)
        return Rendered(task, filled, hashlib.sha256(data).hexdigest(), data)

    def render_all(self, selection: Selection, *, draft: bool) -> list[Rendered]:
        """What stands before the documents, and they: in the order of the PDFs."""
        return [self.render(task, draft=draft) for task in (*selection.fronts, *selection.documents)]

    def _data(self, path: Path) -> bytes:
        if path not in self._read:
            try:
                self._read[path] = path.read_bytes()
            except OSError as error:
                why = os.strerror(error.errno or 0)
                raise PacketError([f"The template {path.name} cannot be read: {why}. Run check."]) from error
        return self._read[path]


def rendered_anew(rendered: Rendered, task: DocumentTask, *, draft: bool) -> Rendered:
    """The same template filled with other words."""
    word = _compiled(rendered.source, task.template.name, draft).render(task.context)
    return replace(rendered, task=task, filled=word)
