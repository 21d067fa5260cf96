"""How results are shown in a terminal: tables, progress, failures. No personal values."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from pipeline.errors import PacketError, PipelineError, SiteError
from pipeline.ledger import DropRow, PartRow
from pipeline.log import frames_of
from pipeline.values import Json

WIDE = 200  # columns where nobody looks at a terminal: paths of the archive are not broken in two
out = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
err = Console(stderr=True, highlight=False)


def say_failure(failure: PipelineError) -> None:
    if isinstance(failure, SiteError):
        for problem in failure.problems:
            err.print(str(problem), markup=False, soft_wrap=True)
    elif isinstance(failure, PacketError):
        for reason in failure.reasons:
            err.print(f"- {reason}", markup=False, soft_wrap=True)
        for command in failure.commands:
            err.print(f"  {command}", markup=False, soft_wrap=True)
    else:
        err.print(str(failure), markup=False, soft_wrap=True)


def say_bug(failure: Exception) -> None:
    """A mistake of the program in words that can be passed on: no message, no values."""
    places = "\n  ".join(frames_of(failure))
    words = f"The program made a mistake ({type(failure).__name__}) and stopped. Nothing taken in is lost."
    err.print(f"{words}\n  {places}", markup=False, soft_wrap=True)


def say(words: str) -> None:
    out.print(words, markup=False, soft_wrap=True)


def show_json(data: Json | Mapping[str, Json]) -> None:
    print(json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False))


def show_table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = Table(title=title, title_justify="left", show_lines=False)
    for name in head:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*row)
    out.print(table)


def part_words(part: PartRow) -> str:
    """What became of a part in a few words: `kept as intake 2026-11 in C-...`."""
    pages = f"page {part.pages[0]}" if len(part.pages) == 1 else f"pages {part.pages[0]}-{part.pages[-1]}"
    named = f"{part.form} {part.edition}".strip()
    reasons = ", ".join(reason.value for reason in part.reasons)
    words = [pages if part.pages else "whole file", part.outcome.value]
    words += [named] if named else []
    words += [f"in {part.case}"] if part.case else []
    words += [f"({reasons})"] if reasons else []
    return " ".join(words)


def drop_json(row: DropRow, parts: Sequence[PartRow]) -> dict[str, Json]:
    """One drop for `drops --json`; the shape is documented in docs/commands.md and stable."""
    return {
        "drop": row.id,
        "sha256": row.sha256,
        "bytes": row.size,
        "name": row.name,
        "batch": row.batch,
        "received_at": row.received_at.isoformat(),
        "state": row.state.value,
        "path": row.path,
        "parts": [
            {
                "part": part.id,
                "pages": list(part.pages),
                "outcome": part.outcome.value,
                "reasons": [reason.value for reason in part.reasons],
                "form": part.form,
                "edition": part.edition,
                "case": part.case,
                "submission": part.submission,
                "round": part.round,
                "path": part.path,
            }
            for part in parts
        ],
    }
