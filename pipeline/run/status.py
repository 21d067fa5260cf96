"""STATUS.html in the inbox: counts, what waits, and when the program last looked. No names of people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from pipeline.desk.short import kind_of_paper
from pipeline.desk.status import Counts, Listed, Out, Repeat, Status, Waiting, clock, status_html
from pipeline.inbox import Look
from pipeline.ledger import DropRow, DropState, PartRow, Transaction
from pipeline.model import Outcome, Reason
from pipeline.run.confirming import CONFIRM
from pipeline.run.office import Office
from pipeline.run.refusals import refusal_words
from pipeline.run.signing import out_for_signature

MOST_WAITS = 500


def write_status(office: Office, look: Look | None = None, alerts: tuple[str, ...] = ()) -> None:
    """The page as things stand now. An inbox that is away cannot be written to, and need not be."""
    if look is not None and look.away:
        return
    office.inbox.write_status(status_html(_status(office, look, alerts)).encode())


def _status(office: Office, look: Look | None, alerts: tuple[str, ...]) -> Status:
    stands = _as_recorded(office)
    alerts = (*(lack.words for lack in office.lacks), *_troubles(office), *alerts)
    refused = refusal_words(look.refused, office.site.program.time_zone) if look else ""
    alerts = (*alerts, *filter(None, (refused, office.backup.alert())))
    return replace(
        stands,
        looked_at=office.now().astimezone(office.site.program.time_zone),
        counts=replace(stands.counts, waiting=look.waiting if look else 0),
        alerts=alerts,
    )


def _as_recorded(office: Office) -> Status:
    """What the ledger says of this day. It is not asked again while nothing in it has changed."""
    today = office.today()
    at = (office.ledger.version(), today)
    if office.stood_at is None or office.stood_at[0] != at:
        office.stood_at = (at, _recorded(office, today))
    return office.stood_at[1]


def _recorded(office: Office, today: date) -> Status:
    with office.ledger.reading() as tx:
        drops = {row.id: row for row in tx.drops()}
        parts = tx.parts()
        waits = tuple(_waits(office, tx, drops, parts))
        of_today = [part for part in parts if office.local_day(drops[part.drop].received_at) == today]
        lists = tuple(_lists(office, tx))
        repeats = tuple(_repeats(office, tx, drops, of_today))
        out = tuple(Out(each.title, each.row.id, each.to_come) for each in out_for_signature(office, tx))
    return Status(
        office=office.site.program.office.get("name", ""),
        looked_at=office.now(),
        counts=Counts(
            in_work=sum(row.state is DropState.RECEIVED for row in drops.values()),
            filed=_filed(of_today),
            held=len(waits),
            to_confirm=len(lists),
            duplicates=_count(of_today, Outcome.DUPLICATE),
            refused=_count(of_today, Outcome.REFUSED),
        ),
        waits=waits[:MOST_WAITS],
        lists=lists[:MOST_WAITS],
        repeats=repeats[-MOST_WAITS:],
        out=out[:MOST_WAITS],
    )


def _troubles(office: Office) -> tuple[str, ...]:
    """What is wrong at the moment, each thing once, with the time it began."""
    first: dict[str, datetime] = {}
    for trouble in office.troubles.now:
        first.setdefault(trouble.words, trouble.since)
    zone = office.site.program.time_zone
    return tuple(f"Since {clock(since.astimezone(zone))}: {words}" for words, since in first.items())


def _filed(parts: list[PartRow]) -> int:
    """Forms and supporting papers filed; a page that joined a form later is no form of its own."""
    forms = {part.submission for part in parts if part.outcome is Outcome.KEPT}
    return len(forms) + _count(parts, Outcome.SUPPORTING)


def _count(parts: list[PartRow], *outcomes: Outcome) -> int:
    return sum(part.outcome in outcomes for part in parts)


def _repeats(
    office: Office, tx: Transaction, drops: dict[str, DropRow], parts: list[PartRow]
) -> Iterator[Repeat]:
    """Papers that came in again: when they were filed, without saying whose they are."""
    for part in parts:
        if part.outcome is not Outcome.DUPLICATE or Reason.PAGE_TWICE in part.reasons:
            continue
        form = office.site.forms.get((part.form, part.edition))
        first = tx.submission(part.submission) if part.submission else None
        came = drops[part.drop].received_at.astimezone(office.site.program.time_zone)
        filed_on = office.local_day(first.received_at) if first else None
        yield Repeat(form.title if form else "Paper", came, filed_on)


def _lists(office: Office, tx: Transaction) -> list[Listed]:
    """The confirm lists that lie in needs-attention, where only those lie that are not done."""
    zone = office.site.program.time_zone
    names = {row.part: row.name for row in tx.sheets() if row.kind == CONFIRM and row.name}
    lists = []
    for row in tx.submissions():
        if row.part in names and not row.withdrawn_by:
            form = office.site.forms.get((row.form, row.edition))
            since = row.received_at.astimezone(zone)
            lists.append(Listed(form.title if form else row.form, since, names[row.part]))
    return sorted(lists, key=lambda each: each.since)


def _waits(
    office: Office, tx: Transaction, drops: dict[str, DropRow], parts: tuple[PartRow, ...]
) -> list[Waiting]:
    zone = office.site.program.time_zone
    sheets = {(row.part, row.round): row.name for row in tx.sheets()}
    waits = []
    for part in parts:
        if part.outcome not in (Outcome.HELD, Outcome.REFUSED) or Reason.DISMISSED in part.reasons:
            continue
        form = office.site.forms.get((part.form, part.edition))
        waits.append(
            Waiting(
                form.title if form else kind_of_paper(part.reasons),
                part.reasons[0] if part.reasons else Reason.NOT_SURE,
                drops[part.drop].received_at.astimezone(zone),
                sheets.get((part.id, part.round), ""),
            )
        )
    return sorted(waits, key=lambda wait: wait.since)
