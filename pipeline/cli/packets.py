"""Verbs about paper that goes out: packet, approve, sign, annual-reviews, due, stale, compare, request-sheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from pipeline.cli.app import SITE, ByOption, SiteOption, Where, app, in_an_office
from pipeline.cli.show import WIDEST, err, first_day, say, show_json, show_table
from pipeline.disk import write_out
from pipeline.due import DueState
from pipeline.errors import Exit, PacketError
from pipeline.model import PacketStatus
from pipeline.rendering.pdf import NOT_FOUND
from pipeline.run.actors import note_listing
from pipeline.run.annual import (
    DueOf,
    Review,
    ReviewResult,
    annual_reviews,
    batch_day,
    due_by_coordinator,
    keep_report,
)
from pipeline.run.approving import approve as approve_packet
from pipeline.run.approving import sign as sign_packet
from pipeline.run.approving import unsign as unsign_packet
from pipeline.run.depositing import MadePacket
from pipeline.run.differences import plan_differences
from pipeline.run.office import Office
from pipeline.run.packeting import make_packet
from pipeline.run.requests import blank_request_sheet
from pipeline.run.signatures import sign_role
from pipeline.run.signing import Signed
from pipeline.run.stale import stale_packets
from pipeline.values import Month, display

AsOfOption = Annotated[str, typer.Option("--as-of", help="The day it is for, YYYY-MM-DD; today if left out.")]

NOBODY = "No coordinator named"
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def day_of(text: str, office: Office) -> date:
    if not text:
        return office.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("write the day as 2026-12-01") from None


@app.command()
@in_an_office
def packet(
    where: Where,
    name: Annotated[str, typer.Argument(help="isp, service-authorization, waiver, annual-review ...")],
    case: Annotated[str, typer.Option("--case", help="Case, DMH or Medicaid number.")],
    as_of: AsOfOption = "",
    plan_year: Annotated[str, typer.Option("--plan-year", help="First day; the newest if left out.")] = "",
) -> None:
    """Make a draft packet: Word documents, and one PDF for each recipient."""
    office = where.office()
    found = case_named(office, case)
    say_made(office, make_packet(office, name, found, day_of(as_of, office), plan_year))


def say_made(office: Office, made: MadePacket) -> None:
    words = "Made before, found again" if made.made_before else "Made"
    say(f"{words}: {made.row.status.value} {made.row.name} {made.row.id}")
    say(f"  {office.folders.outbox / made.row.path}")
    if made.waiting:
        say(f"  {made.waiting}")
    say(f"  {made.left_open}")
    for label in made.blanks:
        say(f"  not on file: {label}")
    for item in made.checklist:
        if not item.stands:
            say(f"  checklist, not in this packet: {item.item.words}")
    for words in made.smaller:
        say(f"  {words}")
    if not made.has_pdf:
        err.print(NOT_FOUND, soft_wrap=True)
    if made.row.status is PacketStatus.DRAFT:
        say(f"Next: look at every page. When all is right: approve {made.row.id} --by INITIALS")


@app.command()
@in_an_office
def approve(
    where: Where,
    packet_id: Annotated[str, typer.Argument(metavar="PACKET", help="Number of the draft.")],
    by: ByOption,
    override: Annotated[
        list[str] | None, typer.Option("--override", help="RULE=REASON: let a warning stand.")
    ] = None,
) -> None:
    """Approve a draft: proved value by value, then final. Says everything that stands against it."""
    office = where.office()
    overrides = dict(item.partition("=")[::2] for item in override or ())
    made = approve_packet(office, packet_id, by=by, overrides=overrides)
    say_made(office, made)
    say(
        "Next: send each PDF to whom it is for, to be signed. Drop a scan of the signed pages into the inbox."
    )
    say(f"STATUS and `cases` say who has not signed. When everyone has: sign {made.row.id} --by INITIALS")


@app.command()
@in_an_office
def sign(
    where: Where,
    packet_id: Annotated[str, typer.Argument(metavar="PACKET", help="Number of the final packet.")],
    by: ByOption,
    on: Annotated[str, typer.Option("--on", help="Day of the last signature, YYYY-MM-DD.")] = "",
    role: Annotated[str, typer.Option("--role", help="As the paper says it, or its place (plan/1).")] = "",
    mark: Annotated[bool, typer.Option("--mark", help="A mark stands there instead of a signature.")] = False,
    refused: Annotated[bool, typer.Option("--refused", help="The role will not sign.")] = False,
    unsigned: Annotated[bool, typer.Option("--unsigned", help="No signature stands there.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="It was put in force by mistake.")] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why, for all but a signature.")] = "",
) -> None:
    """Record that one role, or everyone, has signed. With the last the packet and its plan content are in force."""
    office = where.office()
    if undo:
        status = unsign_packet(office, packet_id, by=by, reason=reason)
        say(f"Not in force any more: {packet_id} is {status.value} again")
        return
    ways = {Signed.MARK: mark, Signed.REFUSED: refused, Signed.UNSIGNED: unsigned}
    states = [state for state, said in ways.items() if said]
    if len(states) > 1 or (states and not role):
        raise typer.BadParameter("give --role, and at most one of --mark, --refused and --unsigned")
    if not role:
        sign_packet(office, packet_id, by=by, signed_on=day_of(on, office))
        say(
            f"In force: {packet_id}. Recorded: everyone has signed, the last on {display(day_of(on, office))}"
        )
        return
    state, day = (states or [Signed.SIGNED])[0], day_of(on, office)
    signing = sign_role(office, packet_id, role, by=by, on=day, state=state, reason=reason)
    if signing.row.status is PacketStatus.IN_FORCE:
        say(f"In force: {packet_id}")
        return
    say(f"Recorded: {role}, {state.value}")
    for words in signing.open_roles:
        say(f"  {words}")


@app.command("annual-reviews")
@in_an_office
def annual_reviews_command(
    where: Where,
    month: Annotated[str, typer.Option("--month", help="Month in which plan years end, YYYY-MM.")],
    as_of: AsOfOption = "",
) -> None:
    """Make the annual-review packet of everyone whose plan year ends in a month."""
    office = where.office()
    try:
        wanted = Month.from_text(month)
    except ValueError:
        raise typer.BadParameter("write the month as 2027-01") from None
    day = batch_day(office, wanted, day_of(as_of, office) if as_of else None)
    results = review_all(office, wanted, day)
    show_reviews(wanted, results)
    say(f"Report: {office.folders.outbox / keep_report(office, wanted, day, results)}")
    if any(result.review is Review.REFUSED for result in results):
        raise typer.Exit(int(Exit.NEEDS_ATTENTION))


def review_all(office: Office, month: Month, day: date) -> tuple[ReviewResult, ...]:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("Annual reviews", total=None)
        results: list[ReviewResult] = []
        for result in annual_reviews(office, month, day):
            results.append(result)
            bar.update(task, completed=len(results))
    return tuple(results)


def show_reviews(month: Month, results: tuple[ReviewResult, ...]) -> None:
    told = [result for result in results if result.review is not Review.CANNOT_TELL]
    rows = [
        (r.case, r.review.value, str(r.blanks) if r.path else "", r.path or "; ".join(r.why)) for r in told
    ]
    if rows:
        show_table(
            f"Annual reviews, {display(month)}", ("Case", "Result", "Not on file", "Where or why"), rows
        )
    else:
        say(f"Nobody's plan year ends in {display(month)}.")
    untold = [result.case for result in results if result.review is Review.CANNOT_TELL]
    if untold:
        say(f"Cannot tell (no plan year on file): {', '.join(untold)}")


@app.command()
@in_an_office
def due(
    where: Where,
    as_of: AsOfOption = "",
    within: Annotated[int, typer.Option("--within", min=0, help="Days to look ahead.")] = 90,
) -> None:
    """What is overdue, due, or cannot be told, by coordinator."""
    office = where.office()
    show_due(due_by_coordinator(office, day_of(as_of, office), within), within)


def show_due(lists: Sequence[DueOf], within: int) -> None:
    """A table for each coordinator who has something to do, a line for each who has nothing."""
    words = {DueState.OVERDUE: "OVERDUE", DueState.DUE: "due", DueState.CANNOT_TELL: "cannot tell"}
    for each in lists:
        if not each.items:
            say(f"{each.coordinator or NOBODY}: nothing within {within} days")
            continue
        rows = [
            (display(item.day) if item.day else "not known", words[item.state], item.title, item.case)
            for item in each.items
        ]
        show_table(each.coordinator or NOBODY, ("Day", "State", "What", "Case"), rows)
    if not lists:
        say(f"Nothing is due within {within} days.")


@app.command()
@in_an_office
def stale(where: Where, as_json: JsonOption = False) -> None:
    """Packets that would not be made the same today, and what has changed since each was made."""
    office = where.office()
    found = tuple(stale_packets(office))
    if as_json:
        show_json([each.as_json() for each in found])
        return
    if not found:
        say("Every packet shows what is on file now.")
        return
    rows = [
        (each.row.case, f"{each.title}\n{each.row.id}", each.row.status.value, "; ".join(each.changed))
        for each in found
    ]
    show_table("Packets out of date", ("Case", "Packet", "Status", "What has changed"), rows, whole=1)
    say("Make each anew with `packet`. What was sent or signed stays as it was until then.")


@app.command()
@in_an_office
def compare(
    where: Where,
    case: Annotated[str, typer.Argument(help="Case, DMH or Medicaid number.")],
    before: Annotated[str, typer.Option("--before", help="First day of a plan year.")] = "",
    after: Annotated[
        str, typer.Option("--after", help="First day of a later one; the newest if left out.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """What the plan of one year says otherwise than that of the year before."""
    office = where.office()
    one, other, differences = plan_differences(office, case_named(office, case), before, after)
    note_listing(office, 1)
    if as_json:
        show_json({"before": one, "after": other, "differences": [each.as_json() for each in differences]})
        return
    if not differences:
        say(f"The plan years from {first_day(one)} and from {first_day(other)} say the same.")
        return
    rows = [(each.label, each.before or "-", each.after or "-") for each in differences]
    show_table(
        "What the plans say otherwise",
        ("What", *(f"Plan year from {first_day(each)}" for each in (one, other))),
        rows,
        WIDEST,
    )


def case_named(office: Office, number: str) -> str:
    found = office.find_case(number)
    if found is None:
        raise PacketError(["There is no one case with that number. `cases` lists them."])
    return found


@app.command("request-sheet")
def request_sheet(
    out: Annotated[Path, typer.Option("--out", help="Where to write it.")] = Path("request-sheet.pdf"),
    site: SiteOption = SITE,
) -> None:
    """Write the fillable request sheet that does the same as these commands when dropped into the inbox."""
    say(f"Written: {write_out(out, blank_request_sheet(site))}")
