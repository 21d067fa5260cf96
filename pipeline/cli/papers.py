"""Verbs about paper that comes in: watch, once, read, drops."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from pipeline.cli.app import (
    SITE,
    STATE,
    SiteOption,
    StateOption,
    Where,
    app,
    in_an_office,
)
from pipeline.cli.outcomes import show_became
from pipeline.cli.show import drop_json, err, out, part_words, say, show_json, show_table
from pipeline.errors import Exit, PipelineError
from pipeline.inbox import Doorbell, serve, stopped_by_signals
from pipeline.ledger import DropRow, PartRow
from pipeline.run import story
from pipeline.run.became import waiting_now, what_became
from pipeline.run.crew import fitting_workers
from pipeline.run.office import Office
from pipeline.run.work import stop_working

WorkersOption = Annotated[
    int | None,
    typer.Option(
        "--workers",
        min=0,
        max=16,
        help="Processes that read at once; 0 reads in this one. Else as many as suit the machine.",
    ),
]
SettleOption = Annotated[float, typer.Option("--settle", help="Seconds a file must lie unchanged.")]


@app.command()
@in_an_office
def watch(
    where: Where,
    settle: SettleOption = 5.0,
    workers: WorkersOption = None,
) -> None:
    """Serve the inbox until stopped; a paper that is being filed is finished first."""
    office = where.office(settle, _workers(workers))
    _say_lacks(office)
    bell = Doorbell(office.folders.inbox)
    with stopped_by_signals(bell) as stop:
        bell.tend()
        rang = bell.rings
        say(f"Watching the inbox ({_how(rang)}). Ctrl+C stops.")
        said: set[str] = set()

        def look() -> float:
            nonlocal rang
            if bell.rings != rang:
                rang = bell.rings
                say(f"From now on: {_how(rang)}.")
            done = story.once(office, partial(_say_drop, office), stop.is_set)
            _say_troubles(office, said)
            return done.next_look_seconds

        try:
            serve(look, bell, stop, on_trouble=partial(_say_trouble, office))
        finally:
            stop_working(office)
    say("Stopped.")


def _workers(asked: int | None) -> int:
    return fitting_workers() if asked is None else asked


def _how(rings: bool) -> str:
    return "events, and a look every minute" if rings else "looking every few seconds"


def _say_lacks(office: Office) -> None:
    """Model files that cannot be used, once at the start; STATUS.html says the same as long as it is so."""
    for lack in office.lacks:
        err.print(lack.words, markup=False, soft_wrap=True)


def _say_troubles(office: Office, said: set[str]) -> None:
    """What is wrong, when it begins and when it is over; said: what was told before, kept up to date."""
    words = {trouble.words for trouble in office.troubles.now}
    for each in sorted(words - said):
        err.print(f"Waiting, and trying again by itself: {each}", markup=False, soft_wrap=True)
    for each in sorted(said - words):
        err.print(f"Over: {each}", markup=False, soft_wrap=True)
    said.clear()
    said.update(words)


def _say_trouble(office: Office, trouble: Exception) -> None:
    """A look that failed as a whole. What is not ours to say may quote a paper, so only its kind is told."""
    office.log.failure("look-failed", trouble)
    words = str(trouble) if isinstance(trouble, PipelineError) else type(trouble).__name__
    err.print(f"Waiting, and trying again by itself: {words}", markup=False, soft_wrap=True)


def _say_drop(office: Office, row: DropRow, _: tuple[PartRow, ...]) -> None:
    """By the id of the drop: what a service prints is written down, and names of files tell about people."""
    for line in what_became(office, (row.id,), frozenset()):
        say(f"{row.id}: {line.form or 'Paper'}. {line.words}")


@app.command()
@in_an_office
def once(
    where: Where,
    settle: SettleOption = 5.0,
    workers: WorkersOption = None,
) -> None:
    """Process all that is in the inbox, then stop. Exit code 0 even when some are held."""
    office = where.office(settle, _workers(workers))
    _say_lacks(office)
    waited = waiting_now(office)
    done, failed = take_all_in(office)
    show_became(office, what_became(office, done, waited), named=out.is_terminal)
    if failed:
        err.print(f"{failed} files could not be finished and are tried again at the next start.")
    if failed or office.troubles.now:
        raise typer.Exit(int(Exit.NEEDS_ATTENTION))


def take_all_in(office: Office) -> tuple[list[str], int]:
    """Ids of the drops that were worked on, and how many of them did not finish."""
    done: list[str] = []
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("Reading", total=None)

        def progress(row: DropRow, parts: tuple[PartRow, ...]) -> None:
            done.append(row.id)
            bar.update(task, completed=len(done))

        try:
            story.settle_and_take(
                office, progress, lambda total: bar.update(task, total=max(total, len(done)))
            )
        finally:
            stop_working(office)
    for trouble in office.troubles.now:
        err.print(trouble.words, markup=False, soft_wrap=True)
    with office.ledger.reading() as tx:
        failed = [row.id for row in tx.drops() if row.state.value == "received"]
    return done, len(failed)


@app.command()
def read(
    files: Annotated[
        list[Path], typer.Argument(help="Files to read; nothing is kept.", exists=True, dir_okay=False)
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    site: SiteOption = SITE,
    state: StateOption = STATE,
) -> None:
    """Read files without keeping them: parts found, and each field with text, confidence and decision."""
    from pipeline.run.looking import read_file  # noqa: PLC0415  # no other verb here reads in this process

    found = [read_file(site, state, path) for path in files]
    if as_json:
        show_json([each.as_json() for each in found])
        return
    for each in found:
        for part in each.parts:
            say(f"{each.path.name}: {part.words}")
            rows = [
                (f.label, f.text, f.method, f"{f.confidence:.2f}", f.decision) for f in part.fields if f.text
            ]
            if rows:
                show_table("", ("Field", "Text", "Method", "Confidence", "Decision"), rows)


@app.command()
@in_an_office
def drops(
    where: Where,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Every drop: when it came, and for each part the outcome, form, case and where it lies."""
    office = where.office()
    with office.ledger.reading() as tx:
        found = [(row, tx.parts(drop=row.id)) for row in tx.drops()]
    if as_json:
        show_json([drop_json(row, parts) for row, parts in found])
        return
    rows = [
        (row.id, f"{row.received_at:%Y-%m-%d %H:%M}", part.submission, part_words(part), part.path)
        for row, parts in found
        for part in parts
    ]
    show_table("Drops", ("Drop", "Received (UTC)", "Submission", "Outcome", "Where"), rows)
