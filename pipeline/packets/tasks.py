"""One document of a packet, laid out and not yet printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as member
from pathlib import Path
from typing import TypeAlias

from pipeline.rules import World
from pipeline.showing import Context
from pipeline.site.formvalues import FieldPlan
from pipeline.site.frontfile import ChecklistItem
from pipeline.site.packetfile import DocumentPlan

Room: TypeAlias = Mapping[str, Mapping[str, int]]
"""Document → place, or `table.column` → how many characters its fields have room for."""


@dataclass(frozen=True, slots=True)
class Front:
    """What makes a sheet stand before documents: which it lists, and which items it looks for.

    holds: ids of what follows in the PDF of its recipients, in order, beginning with the sheet itself
    starts: document → the page of that PDF on which the sheet says it begins; empty while pages are not known
    """

    holds: tuple[str, ...]
    items: tuple[ChecklistItem, ...] = ()
    starts: Mapping[str, int] = member(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FormTask:
    """What goes into the fields of a fillable PDF, and where that is written.

    ticks: field whose box is ticked where a condition holds → whether it does, None where that cannot be judged
    """

    file: str
    values: Mapping[str, FieldPlan]
    ticks: Mapping[str, bool | None] = member(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class DocumentTask:
    """One document to render.

    id: unique in the packet; document: the id it was planned under in packet.yaml
    front: where it is a sheet that stands before documents; form: where its template is a fillable PDF
    """

    id: str
    title: str
    template: Path
    recipients: tuple[str, ...]
    context: Context = member(repr=False)
    document: str = ""
    front: Front | None = None
    form: FormTask | None = None


def with_form(task: DocumentTask, file: str, document: DocumentPlan, world: World) -> DocumentTask:
    """The document with what goes into its fields, where its template is a fillable PDF (its addendum is none).

    file: the packet.yaml in which that is written
    """
    if task.template != document.template or not document.is_form:
        return task
    ticks = {
        name: value.when.holds(world) for name, value in document.values.items() if value.when is not None
    }
    return replace(task, form=FormTask(file, document.values, ticks))
