"""Verbs about what becomes of a packet: packets, sent, void, amend."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli.app import ByOption, Where, app, in_an_office
from pipeline.cli.packets import JsonOption, case_named, day_of
from pipeline.cli.show import WIDEST, first_day, say, show_json, show_table
from pipeline.run import amending
from pipeline.run.actors import note_listing
from pipeline.run.lifecycle import WAYS, Sending, case_of_packet, record_sent, take_back_void
from pipeline.run.lifecycle import void as void_packet
from pipeline.run.packetlist import PacketSeen, packets_seen
from pipeline.run.stale import stale_packets
from pipeline.values import display


@app.command()
@in_an_office
def packets(
    where: Where,
    case: Annotated[str, typer.Option("--case", help="Case, DMH or Medicaid number; all if left out.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Every packet: its number and status, when it was sent to whom, and what has not come back."""
    office = where.office()
    found = tuple(packets_seen(office, case_named(office, case) if case else ""))
    if found:
        note_listing(office, len({each.row.case for each in found}))
    if as_json:
        show_json([each.as_json() for each in found])
        return
    if not found:
        say("No packet was made yet.")
        return
    head = ("Case", "Packet", "As of", "Status", "Sent", "Not back yet")
    show_table("Packets", head, [_row(each) for each in found], WIDEST)
    if any(each.signatures for each in found):
        say("Who has not signed stands in STATUS.html, and in `packets --json`.")


def _row(each: PacketSeen) -> tuple[str, ...]:
    row = each.row
    year = f"\nplan year {first_day(row.scope)}" if row.scope else ""
    return (
        row.case,
        f"{each.title}{year}\n{row.id}",
        display(row.as_of),
        row.status.value,
        "\n".join(map(_sending, each.sendings)) or "not recorded",
        "\n".join((_counted(each.signatures, "signature"), _counted(each.pages, "page"))).strip() or "-",
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number > 1 else ''}" if number else ""


def _sending(each: Sending) -> str:
    return f"{display(each.on)}, {each.way}: {', '.join(each.to)}"


PacketArgument = Annotated[str, typer.Argument(metavar="PACKET", help="Number of the packet.")]


@app.command()
@in_an_office
def sent(
    where: Where,
    packet_id: PacketArgument,
    to: Annotated[list[str], typer.Option("--to", help="A recipient, or a role for all of its own.")],
    by: ByOption,
    way: Annotated[str, typer.Option("--way", help=f"How: {', '.join(WAYS)}.")] = WAYS[0],
    on: Annotated[str, typer.Option("--on", help="The day, YYYY-MM-DD; today if left out.")] = "",
) -> None:
    """Record that an approved packet went out, to whom and how; once more for each time it is sent again."""
    office = where.office()
    if way not in WAYS:
        raise typer.BadParameter(f"write one of {', '.join(WAYS)}")
    sendings = record_sent(office, packet_id, to, way=way, on=day_of(on, office), by=by)
    say(f"Recorded: {packet_id}, {_sending(sendings[-1])}")
    for each in sendings[:-1]:
        say(f"  before: {_sending(each)}")


@app.command()
@in_an_office
def void(
    where: Where,
    packet_id: PacketArgument,
    by: ByOption,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with the decision.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="It is not void after all.")] = False,
) -> None:
    """Say that a packet counts no longer; what it had superseded stands again."""
    office = where.office()
    if undo:
        status = take_back_void(office, packet_id, by=by, reason=reason)
        say(f"Not void any more: {packet_id} is {status.value} again")
        return
    back = void_packet(office, packet_id, by=by, reason=reason)
    say(f"Void: {packet_id}. Whoever got it should hear of it.")
    for each in back:
        say(f"  stands again: {each}")
    for stale in stale_packets(office, case_of_packet(office, packet_id)):
        say(f"  out of date now: {stale.title} ({stale.row.id}, {stale.row.status.value})")


@app.command()
@in_an_office
def amend(
    where: Where,
    case: Annotated[str, typer.Argument(help="Case, DMH or Medicaid number.")],
    by: ByOption,
    effective: Annotated[str, typer.Option("--effective", help="First day it counts, YYYY-MM-DD.")] = "",
    asked_by: Annotated[str, typer.Option("--asked-by", help="Who asked for it.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why; printed on the amendment.")] = "",
    plan_year: Annotated[str, typer.Option("--plan-year", help="First day; the newest if left out.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Take back the amendment begun last.")] = False,
) -> None:
    """Begin the amendment of a plan that is in force; the next packets of its plan year say what has changed."""
    office = where.office()
    found = case_named(office, case)
    if undo:
        begun = amending.undo(office, found, by=by, reason=reason)
        say(f"Not amended after all: the plan year from {first_day(begun.scope)}")
        return
    if not effective:
        raise typer.BadParameter("give --effective: the first day on which the amended plan counts")
    begun = amending.begin(
        office,
        found,
        effective=day_of(effective, office),
        asked_by=asked_by,
        reason=reason,
        by=by,
        scope=plan_year,
    )
    say(f"Begun: the plan year from {first_day(begun.scope)} is amended from {display(begun.effective)} on")
    for name, packet in begun.packets.items():
        say(f"  the next {name} amends {packet}")
    say(
        "Next: drop the changed planning worksheet, make the plan anew with `packet`, approve it, have it signed."
    )
