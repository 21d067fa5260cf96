"""One document of a packet, laid out and not yet printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as member
from pathlib import Path

from pipeline.showing import Context
from pipeline.site.frontfile import ChecklistItem


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
class DocumentTask:
    """One document to render.

    id: unique in the packet; document: the id it was planned under in packet.yaml
    front: where it is a sheet that stands before documents
    """

    id: str
    title: str
    template: Path
    recipients: tuple[str, ...]
    context: Context = member(repr=False)
    document: str = ""
    front: Front | None = None
