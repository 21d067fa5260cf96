"""Verbs about the archive and the machine: verify, reindex, doctor."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli.app import (
    Where,
    app,
    in_an_office,
)
from pipeline.cli.show import err, say, show_table
from pipeline.errors import Exit
from pipeline.run.doctor import Health, examine


@app.command()
@in_an_office
def verify(
    where: Where,
    read_data: Annotated[bool, typer.Option("--read-data", help="Hash every file again.")] = False,
) -> None:
    """Hold the archive against its manifests, the journal and the ledger. Changes nothing."""
    office = where.office(check_books=False)
    troubles = office.books.verify(read_data)
    for trouble in troubles:
        err.print(f"{trouble.path}: {trouble.wrong.value}: {trouble.message}", markup=False, soft_wrap=True)
    if troubles:
        raise typer.Exit(int(Exit.ARCHIVE_FAILED))
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
) -> None:
    """Check this machine and say what to do."""
    found = examine(where.site, where.inbox, where.outbox, where.state)
    show_table(
        "This machine", ("What", "State", "What to do"), [(f.what, f.health.value, f.to_do) for f in found]
    )
    if any(finding.health is Health.BAD for finding in found):
        raise typer.Exit(int(Exit.SETUP_MISSING))
