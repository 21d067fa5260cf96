"""Verbs of people who mend what was filed: confirm, withdraw, refile, merge, split, settle, case-status."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli.app import ByOption, ReasonOption, Where, app, in_an_office
from pipeline.cli.show import say
from pipeline.model import CaseStatus, Deposit
from pipeline.run import acts
from pipeline.run.confirming import confirm as confirm_all
from pipeline.run.office import Office
from pipeline.run.packeting import names_of_packets


def _say_act(deposit: Deposit) -> None:
    say(f"Done: {deposit.path}")


@app.command()
@in_an_office
def withdraw(
    where: Where,
    submission: Annotated[str, typer.Argument(help="Id of the filed form; `drops` lists them.")],
    by: ByOption,
    reason: ReasonOption,
) -> None:
    """Take a mis-filed form back. Every packet that used it is named."""
    office = where.office()
    done = acts.withdraw(office, submission, by=by, reason=reason)
    _say_act(done.deposit)
    _name_packets(office, done.packets)


@app.command()
@in_an_office
def refile(
    where: Where,
    submission: Annotated[str, typer.Argument(help="Id of the filed form.")],
    to: Annotated[str, typer.Option("--to", help="Case, DMH or Medicaid number of the right person.")],
    by: ByOption,
    reason: ReasonOption,
) -> None:
    """File a form under the right person. Every packet that used it is named."""
    office = where.office()
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
@in_an_office
def confirm(
    where: Where,
    submission: Annotated[str, typer.Argument(help="Id of the filed form.")],
    by: ByOption,
) -> None:
    """Say that all handwriting of a filed form was compared with the paper and is right."""
    office = where.office()
    say(f"Confirmed: {', '.join(confirm_all(office, submission, by=by))}")


@app.command()
@in_an_office
def merge(
    where: Where,
    case: Annotated[str, typer.Argument(help="The case that goes.")],
    into: Annotated[str, typer.Option("--into", help="The case that stays.")],
    by: ByOption,
    reason: ReasonOption,
) -> None:
    """Make two cases of one person one; the old number goes on working."""
    _say_act(acts.merge(where.office(), case, into, by=by, reason=reason))


@app.command()
@in_an_office
def split(
    where: Where,
    case: Annotated[str, typer.Argument(help="The case that holds forms of two people.")],
    submissions: Annotated[list[str], typer.Argument(help="Filed forms that become a new case.")],
    by: ByOption,
    reason: ReasonOption,
) -> None:
    """Part two people that were filed as one."""
    office = where.office()
    _say_act(acts.split(office, case, tuple(submissions), by=by, reason=reason))


@app.command()
@in_an_office
def settle(
    where: Where,
    case: Annotated[str, typer.Argument(help="Case, DMH or Medicaid number.")],
    place: Annotated[str, typer.Argument(help="Place of the record, as schemas/record.yaml names it.")],
    by: ByOption,
    reason: ReasonOption,
    submission: Annotated[
        str, typer.Option("--submission", help="The form that is right; else the newest.")
    ] = "",
) -> None:
    """Say which of two forms that disagree is right: after a marriage, a move of court, a correction."""
    office = where.office()
    _say_act(acts.settle_disagreement(office, case, place, by=by, reason=reason, submission=submission))


@app.command("case-status")
@in_an_office
def case_status(
    where: Where,
    case: Annotated[str, typer.Argument(help="Case, DMH or Medicaid number.")],
    status: Annotated[CaseStatus, typer.Argument(help="All but active stop due dates and letters.")],
    by: ByOption,
    reason: ReasonOption,
) -> None:
    """Set a case active, transferred, closed or deceased."""
    office = where.office()
    _say_act(acts.set_status(office, case, status.value, by=by, reason=reason))
