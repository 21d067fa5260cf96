"""The command line itself, and the four folders that every verb takes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.run.office import Office, Settings

ROOT = Path(__file__).resolve().parents[2]

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Paper comes in, is read, checked and kept; packets go out, never over anything.",
)

SiteOption = Annotated[Path, typer.Option("--site", help="Folder with forms/, schemas/ and templates/.")]
InboxOption = Annotated[Path, typer.Option("--inbox", help="The shared folder people drop files into.")]
OutboxOption = Annotated[Path, typer.Option("--outbox", help="The archive.")]
StateOption = Annotated[Path, typer.Option("--state", help="Ledger and scratch; on a local disk.")]

SITE, INBOX, OUTBOX, STATE = ROOT, ROOT / "inbox", ROOT / "outbox", ROOT / ".pipeline"


def open_office(
    site: Path,
    inbox: Path,
    outbox: Path,
    state: Path,
    settle_seconds: float = 5.0,
    *,
    check_books: bool = True,
) -> Office:
    return Office(Settings(site, inbox, outbox, state, settle_seconds), check_books=check_books)
