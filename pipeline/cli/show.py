"""How results are shown in a terminal: tables, progress, failures. No personal values."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipeline.errors import PacketError, PipelineError, SiteError
from pipeline.ledger import DropRow, PartRow
from pipeline.log import frames_of
from pipeline.values import Json, display, instant

WIDE = 200  # columns where nobody looks at a terminal: paths of the archive are not broken in two
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
WIDEST = 100  # columns of a table for people: it fits an ordinary terminal, and a page that is printed
out = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
err = Console(stderr=True, highlight=False)


def say_failure(failure: PipelineError) -> None:
    if isinstance(failure, SiteError):
        for problem in failure.problems:
            err.print(str(problem), markup=False, soft_wrap=True)
    elif isinstance(failure, PacketError):
        for reason in failure.reasons:
            err.print(f"- {reason}", markup=False, soft_wrap=True)
    else:
        err.print(str(failure), markup=False, soft_wrap=True)
    for command in failure.commands:
        err.print(f"  python -m pipeline {command}", markup=False, soft_wrap=True)


def say_bug(failure: Exception) -> None:
    """A mistake of the program in words that can be passed on: no message, no values."""
    places = "\n  ".join(frames_of(failure))
    words = f"The program made a mistake ({type(failure).__name__}) and stopped. Nothing taken in is lost."
    err.print(f"{words}\n  {places}", markup=False, soft_wrap=True)


def say(words: str) -> None:
    out.print(words, markup=False, soft_wrap=True)


def show_json(data: Json | Mapping[str, Json]) -> None:
    print(json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False))


def show_table(
    title: str, head: Sequence[str], rows: Sequence[Sequence[str]], widest: int = 0, whole: int = 0
) -> None:
    """widest: letters the table may take, 0 for as many as there are; whole: how many columns are never broken."""
    table = Table(
        title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    for number, name in enumerate(head):
        table.add_column(name, overflow="fold", no_wrap=number < whole)
    for row in rows:
        table.add_row(*map(escape, row))
    out.print(table, width=min(widest, out.width) if widest else None)


def shortened(name: str, longest: int) -> str:
    """A name of at most so many letters: what is too long loses its middle, as its ends tell more."""
    if len(name) <= longest:
        return name
    tail = (longest - 1) // 2
    return f"{name[: longest - 1 - tail]}{ELLIPSIS}{name[-tail:]}"


def first_day(plan_year: str) -> str:
    """The first day of a plan year, as people write it: 1/1/2027."""
    return display(date.fromisoformat(plan_year))


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
        "received_at": instant(row.received_at),
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
