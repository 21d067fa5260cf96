"""Somebody else's fillable PDF as a document of ours: its words, filled in, and as the plain pages that go out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from pipeline.errors import PacketError
from pipeline.rendering.acroform import FieldProblem, Filled, fill
from pipeline.rendering.formflat import flattened
from pipeline.rendering.formproof import FormProof
from pipeline.rendering.formsetting import SMALLER
from pipeline.rendering.formwords import FormWords, form_words
from pipeline.rendering.printed import Insertion, RenderedWord
from pipeline.rendering.proof import ProofReport
from pipeline.showing import Context
from pipeline.site.formvalues import FieldPlan


@dataclass(frozen=True, slots=True)
class RenderedForm:
    """A filled form and what was put into it; it answers what a filled Word document answers.

    template: the form as it came; flat: its pages without fields, which go out; pages: how many
    """

    template: bytes = field(repr=False)
    words: FormWords
    filled: Filled
    flat: bytes = field(repr=False)
    pages: int = 0
    forbidden: frozenset[str] = frozenset()

    @property
    def insertions(self) -> tuple[Insertion, ...]:
        return tuple(value for each in self.words.fields for value in each.insertions)

    @property
    def blanks(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(label for each in self.words.fields for label in each.blanks))

    @property
    def open_boxes(self) -> dict[str, tuple[str, ...]]:
        """Label of what is not on file → the boxes that wait for it."""
        return {
            label: tuple(each.name for each in self.words.fields if label in each.blanks)
            for label in self.blanks
        }

    @property
    def smaller(self) -> tuple[str, ...]:
        """A sentence for each field whose value was too long for letters of the size the form wants."""
        return tuple(note for note in self.filled.notes if SMALLER in note)

    @property
    def places(self) -> tuple[str, ...]:
        return self.words.places

    @property
    def facts(self) -> tuple[str, ...]:
        return self.words.facts

    @property
    def hand_lines(self) -> int:
        """Lines to write on that are no blanks: which of its boxes a form wants filled by hand, nothing says."""
        return 0

    @property
    def problems(self) -> tuple[FieldProblem, ...]:
        """What was to go into it and does not stand in it."""
        return self.filled.problems

    def prove(self, private_texts: Mapping[str, str] | None = None) -> ProofReport:
        return FormProof(self.template, self.filled.pdf, self.flat, self.words.fields).prove(private_texts)


RenderedPaper: TypeAlias = RenderedWord | RenderedForm


def render_form(
    template: bytes,
    values: Mapping[str, FieldPlan],
    ticks: Mapping[str, bool | None],
    context: Context,
    file: str,
) -> RenderedForm:
    """The form filled from the context; file: the packet.yaml that says with what.

    Raises SiteError where a tag names what does not exist or may not be shown, and PacketError where a value cannot be
    printed or the form not be filled at all. What does not go into its field is one of its `problems`.
    """
    words = form_words(values, ticks, context, file)
    filled, (flat, pages) = _filled(template, tuple(words.values.items()))
    return RenderedForm(template, words, filled, flat, pages, context.forbidden)


# A packet is filled in several times before it is made, and a form seldom shows its number.
@lru_cache(maxsize=8)
def _filled(template: bytes, values: tuple[tuple[str, str], ...]) -> tuple[Filled, tuple[bytes, int]]:
    filled = fill(template, dict(values))
    return filled, flattened(filled.pdf)


def holds(template: bytes, name: str, value: str) -> bool:
    """Whether a field has room for the value."""
    try:
        return not any(problem.field == name for problem in fill(template, {name: value}).problems)
    except PacketError:
        return False
