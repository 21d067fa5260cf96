"""The verb `cases`: who is on file, and what of each person waits. It names people; a log never does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Annotated

import typer

from pipeline.cli.app import Where, app, in_an_office
from pipeline.cli.show import WIDEST, say, show_json, show_table
from pipeline.desk.short import short_words
from pipeline.model import CaseStatus
from pipeline.run.actors import note_listing
from pipeline.run.caselist import CaseSeen, cases_seen, waiting_without_case
from pipeline.values import display


@app.command()
@in_an_office
def cases(
    where: Where,
    word: Annotated[
        list[str] | None,
        typer.Argument(help="Part of a name, a number, a status or a coordinator; all cases if left out."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Every case: whose it is, its numbers, coordinator and plan year, and what of it waits."""
    office = where.office()
    found = cases_seen(office, " ".join(word or ()))
    if found:
        note_listing(office, len(found))
    if as_json:
        show_json([each.as_json() for each in found])
        return
    if not found:
        say("No case has that in it." if word else "No case is on file yet. An intake form opens the first.")
        return
    head = ("Case", "Person", "Coordinator", "Plan year", "Forms", "What waits")
    show_table("Cases", head, [_row(each) for each in found], WIDEST)
    people = "person" if len(found) == 1 else "people"
    waiting = sum(bool(each.waits or each.confirm_lists) for each in found)
    say(f"{len(found)} {people}, {sum(bool(waits_of(each)) for each in found)} with something waiting")
    elsewhere = 0 if word else waiting_without_case(office)
    if elsewhere:
        say(f"{elsewhere} more {'paper waits' if elsewhere == 1 else 'papers wait'}; whose is not known yet")
    if waiting or elsewhere:
        say(f"What waits is asked in {office.folders.inbox / 'needs-attention'}")


def _row(case: CaseSeen) -> tuple[str, ...]:
    status = "" if case.status is CaseStatus.ACTIVE else f"\n{case.status.value}"
    born = [f"born {display(case.birth_date)}"] if case.birth_date else []
    return (
        case.case + status,
        "\n".join((case.name or "no name on file", *born, *(number for _, number in case.ids))),
        case.coordinator or "none named",
        f"{_day(case.begins)} to\n{_day(case.ends)}" if case.begins else "none on file",
        str(case.forms),
        "\n".join(waits_of(case)) or "nothing",
    )


def _day(day: date | None) -> str:
    return display(day) if day else "?"


def waits_of(case: CaseSeen) -> list[str]:
    lines = [f"{paper.form or 'paper'}: {short_words(paper.reasons)}" for paper in case.waits]
    for each in case.confirm_lists:
        lines.append(f"{each.form}: {each.boxes} {'box' if each.boxes == 1 else 'boxes'} to confirm")
    return [*lines, *_unsigned(case)]


def _unsigned(case: CaseSeen) -> Iterator[str]:
    """A line for each packet that is out: `isp, not signed yet: Individual; Support coordinator (2)`."""
    said = {"unsigned": "not signed yet", "unsure": "signed? look at the scan", "refused": "refused to sign"}
    for _, lines in groupby(case.unsigned, key=lambda each: each.packet):
        found = tuple(lines)
        for state, words in said.items():
            roles = Counter(each.role for each in found if each.state == state)
            if roles:
                named = (f"{role} ({times})" if times > 1 else role for role, times in roles.items())
                yield f"{found[0].name}, {words}: {'; '.join(named)}"
