"""One document of a packet, laid out and not yet printed."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as member
from pathlib import Path

from pipeline.showing import Context


@dataclass(frozen=True, slots=True)
class DocumentTask:
    """One document to render. id: unique in the packet. recipient: the provider it is for, where it is for one."""

    id: str
    title: str
    template: Path
    recipients: tuple[str, ...]
    context: Context = member(repr=False)
