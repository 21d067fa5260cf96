"""Verbs about the archive and the machine: verify, reindex, doctor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.archive import read_head
from pipeline.archive import write_head as write_head_to
from pipeline.cli.app import (
    Where,
    app,
    in_an_office,
)
from pipeline.cli.show import err, say, show_table
from pipeline.errors import Exit, SetupError
from pipeline.run.doctor import Health, examine, worst_first
from pipeline.run.machine import examine_machine
from pipeline.run.office import utc_now


@app.command()
@in_an_office
def verify(
    where: Where,
    read_data: Annotated[bool, typer.Option("--read-data", help="Hash every file again.")] = False,
    head: Annotated[
        Path | None, typer.Option("--head", help="A head written earlier: was the chain cut off since?")
    ] = None,
    write_head: Annotated[
        Path | None,
        typer.Option("--write-head", help="Where to write the head of the chain, if all is well."),
    ] = None,
) -> None:
    """Hold the archive against its manifests, the journal and the ledger. Changes nothing in it."""
    before = None if head is None else read_head(head)
    office = where.office(check_books=False)
    if write_head is not None and write_head.resolve().is_relative_to(office.folders.outbox):
        raise SetupError(
            "Write the head to a folder outside the outbox: whoever changes one must not reach both."
        )
    found = office.books.examine(read_data, before)
    for trouble in found.troubles:
        err.print(f"{trouble.path}: {trouble.wrong.value}: {trouble.message}", markup=False, soft_wrap=True)
    say(str(found))
    if found.troubles:
        raise typer.Exit(int(Exit.ARCHIVE_FAILED))
    if write_head is not None:
        last = office.books.head()
        write_head_to(last, write_head)
        say(f"Head of the chain: event {last.events}, {last.hash}")
    say("The archive is as it was left.")


@app.command()
@in_an_office
def reindex(
    where: Where,
) -> None:
    """Rebuild every row of the index from the archive alone."""
    office = where.office(check_books=False)
    troubles = office.books.reindex()
    for trouble in troubles:
        err.print(f"{trouble.path}: {trouble.message}", markup=False, soft_wrap=True)
    if troubles:
        raise typer.Exit(int(Exit.ARCHIVE_FAILED))
    say("The index was rebuilt.")


@app.command()
@in_an_office
def doctor(
    where: Where,
    backup: Annotated[
        Path | None,
        typer.Option(
            "--backup", help="File the backup touches, or folder it writes to; else as the site says."
        ),
    ] = None,
) -> None:
    """Check this machine and say what to do."""
    folders = (where.site, where.inbox, where.outbox, where.state)
    found = worst_first((*examine(*folders), *examine_machine(*folders, backup, utc_now())))
    show_table(
        "This machine", ("What", "State", "What to do"), [(f.what, f.health.value, f.to_do) for f in found]
    )
    if any(finding.health is Health.BAD for finding in found):
        raise typer.Exit(int(Exit.SETUP_MISSING))
