"""Verbs about paper that comes in: watch, once, read, drops, and the decisions that mend a filing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from pipeline.cli.app import (
    INBOX,
    OUTBOX,
    SITE,
    STATE,
    InboxOption,
    OutboxOption,
    SiteOption,
    StateOption,
    app,
    open_office,
)
from pipeline.cli.show import drop_json, err, out, part_words, say, show_json, show_table
from pipeline.errors import ArchiveError, Exit
from pipeline.inbox import Doorbell, serve, stopped_by_signals
from pipeline.ledger import DropRow, PartRow
from pipeline.model import CaseStatus, Deposit, Outcome
from pipeline.run import acts, story
from pipeline.run.confirming import confirm as confirm_all
from pipeline.run.looking import read_file
from pipeline.run.office import Office
from pipeline.run.packeting import names_of_packets

ByOption = Annotated[str, typer.Option("--by", help="Initials of whoever decides.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; kept with the decision.")]
SettleOption = Annotated[float, typer.Option("--settle", help="Seconds a file must lie unchanged.")]


@app.command()
def watch(
    settle: SettleOption = 5.0,
    site: SiteOption = SITE,
    inbox: InboxOption = INBOX,
    outbox: OutboxOption = OUTBOX,
    state: StateOption = STATE,
) -> None:
    """Serve the inbox until stopped; the file in hand is finished first."""
    office = open_office(site, inbox, outbox, state, settle)
    bell = Doorbell(office.folders.inbox)
    with stopped_by_signals(bell) as stop:
        bell.tend()
        say(f"Watching the inbox ({'events' if bell.rings else 'looking every few seconds'}). Ctrl+C stops.")
        serve(lambda: story.once(office, _say_drop).next_look_seconds, bell, stop, on_trouble=_say_trouble)
    say("Stopped.")


def _say_trouble(trouble: ArchiveError) -> None:
    err.print(f"Waiting, and trying again by itself: {trouble}", markup=False, soft_wrap=True)


def _say_drop(row: DropRow, parts: tuple[PartRow, ...]) -> None:
    for part in parts:
        say(f"{row.id}: {part_words(part)}")


@app.command()
def once(
    settle: SettleOption = 5.0,
    site: SiteOption = SITE,
    inbox: InboxOption = INBOX,
    outbox: OutboxOption = OUTBOX,
    state: StateOption = STATE,
) -> None:
    """Process all that is in the inbox, then stop. Exit code 0 even when some are held."""
    office = open_office(site, inbox, outbox, state, settle)
    done, failed = take_all_in(office)
    show_outcomes(office, done)
    if failed:
        err.print(f"{failed} files could not be finished and are tried again at the next start.")
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

        story.settle_and_take(office, progress, lambda total: bar.update(task, total=max(total, len(done))))
    with office.ledger.reading() as tx:
        failed = [row.id for row in tx.drops() if row.state.value == "received"]
    return done, len(failed)


def show_outcomes(office: Office, drops: list[str], *, named: bool = False) -> None:
    """A line for each part of these drops, and the sums.

    named: by file name instead of drop id; for invented people only, as names of files tell about people.
    """
    rows: list[tuple[str, ...]] = []
    counts: dict[Outcome, int] = {}
    with office.ledger.reading() as tx:
        for drop_id in drops:
            drop = tx.drop(drop_id)
            for part in tx.parts(drop=drop_id):
                counts[part.outcome] = counts.get(part.outcome, 0) + 1
                pages = ",".join(map(str, part.pages)) or "-"
                reasons = ", ".join(reason.value for reason in part.reasons)
                rows.append(
                    (
                        drop.name if drop and named else drop_id,
                        pages,
                        part.outcome.value,
                        part.form,
                        part.case,
                        reasons,
                    )
                )
    if not rows:
        say("Nothing was waiting in the inbox.")
        return
    show_table(
        "What became of each file",
        ("File" if named else "Drop", "Pages", "Outcome", "Form", "Case", "Why"),
        rows,
    )
    say(", ".join(f"{count} {outcome.value}" for outcome, count in counts.items()))
    if counts.get(Outcome.HELD) or counts.get(Outcome.REFUSED):
        out.print(
            f"What waits for a person lies in {office.folders.inbox / 'needs-attention'}", soft_wrap=True
        )


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
def drops(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    site: SiteOption = SITE,
    inbox: InboxOption = INBOX,
    outbox: OutboxOption = OUTBOX,
    state: StateOption = STATE,
) -> None:
    """Every drop: when it came, and for each part the outcome, form, case and where it lies."""
    office = open_office(site, inbox, outbox, state)
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


# --- mending --------------------------------------------------------------------------------------


def _say_act(deposit: Deposit) -> None:
    say(f"Done: {deposit.path}")


@app.command()
def withdraw(
    submission: Annotated[str, typer.Argument(help="Id of the filed form; `drops` lists them.")],
    by: ByOption,
    reason: ReasonOption,
    site: SiteOption = SITE,
    inbox: InboxOption = INBOX,
    outbox: OutboxOption = OUTBOX,
    state: StateOption = STATE,
) -> None:
    """Take a mis-filed form back. Every packet that used it is named."""
    office = open_office(site, inbox, outbox, state)
    done = acts.withdraw(office, submission, by=by, reason=reason)
    _say_act(done.deposit)
    _name_packets(office, done.packets)


@app.command()
def refile(
    submission: Annotated[str, typer.Argument(help="Id of the filed form.")],
    to: Annotated[str, typer.Option("--to", help="Case, DMH or Medicaid number of the right person.")],
    by: ByOption,
    reason: ReasonOption,
    site: SiteOption = SITE,
    inbox: InboxOption = INBOX,
    outbox: OutboxOption = OUTBOX,
    state: StateOption = STATE,
) -> None:
    """File a form under the right person. Every packet that used it is named."""
    office = open_office(site, inbox, outbox, state)
    done = acts.refile(office, submission, to, by=by, reason=reason)
    _say_act(done.deposit)
    _name_packets(office, done.packets)


def _name_packets(office: Office, packets: tuple[str, ...]) -> None:
    if not packets:
        say("No packet had used it.")
        return
    say("These packets show something it said. Look at each, and make them anew:")
    for words in names_of_packets(office, packets):
        say(f"  {words}")


@app.command()
def confirm(
    submission: Annotated[str, typer.Argument(help="Id of the filed form.")],
    by: ByOption,
    site: SiteOption = SITE,
    inbox: InboxOption = INBOX,
    outbox: OutboxOption = OUTBOX,
    state: StateOption = STATE,
) -> None:
    """Say that all handwriting of a filed form was compared with the paper and is right."""
    office = open_office(site, inbox, outbox, state)
    say(f"Confirmed: {', '.join(confirm_all(office, submission, by=by))}")


@app.command()
def merge(
    case: Annotated[str, typer.Argument(help="The case that goes.")],
    into: Annotated[str, typer.Option("--into", help="The case that stays.")],
    by: ByOption,
    reason: ReasonOption,
    site: SiteOption = SITE,
    inbox: InboxOption = INBOX,
    outbox: OutboxOption = OUTBOX,
    state: StateOption = STATE,
) -> None:
    """Make two cases of one person one; the old number goes on working."""
    _say_act(acts.merge(open_office(site, inbox, outbox, state), case, into, by=by, reason=reason))


@app.command()
def split(
    case: Annotated[str, typer.Argument(help="The case that holds forms of two people.")],
    submissions: Annotated[list[str], typer.Argument(help="Filed forms that become a new case.")],
    by: ByOption,
    reason: ReasonOption,
    site: SiteOption = SITE,
    inbox: InboxOption = INBOX,
    outbox: OutboxOption = OUTBOX,
    state: StateOption = STATE,
) -> None:
    """Part two people that were filed as one."""
    office = open_office(site, inbox, outbox, state)
    _say_act(acts.split(office, case, tuple(submissions), by=by, reason=reason))


@app.command()
def settle(
    case: Annotated[str, typer.Argument(help="Case, DMH or Medicaid number.")],
    place: Annotated[str, typer.Argument(help="Place of the record, as schemas/record.yaml names it.")],
    by: ByOption,
    reason: ReasonOption,
    submission: Annotated[
        str, typer.Option("--submission", help="The form that is right; else the newest.")
    ] = "",
    site: SiteOption = SITE,
    inbox: InboxOption = INBOX,
    outbox: OutboxOption = OUTBOX,
    state: StateOption = STATE,
) -> None:
    """Say which of two forms that disagree is right: after a marriage, a move of court, a correction."""
    office = open_office(site, inbox, outbox, state)
    _say_act(acts.settle_disagreement(office, case, place, by=by, reason=reason, submission=submission))


@app.command("case-status")
def case_status(
    case: Annotated[str, typer.Argument(help="Case, DMH or Medicaid number.")],
    status: Annotated[CaseStatus, typer.Argument(help="All but active stop due dates and letters.")],
    by: ByOption,
    reason: ReasonOption,
    site: SiteOption = SITE,
    inbox: InboxOption = INBOX,
    outbox: OutboxOption = OUTBOX,
    state: StateOption = STATE,
) -> None:
    """Set a case active, transferred, closed or deceased."""
    office = open_office(site, inbox, outbox, state)
    _say_act(acts.set_status(office, case, status.value, by=by, reason=reason))
