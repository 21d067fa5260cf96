"""The page inbox/STATUS.html: what was done today, what waits for a person, when the program last looked.

Anyone who can open the folder can read it, so it names no person and no dropped file: forms, reasons, times
and our own sheet names only. Everything it needs is inside it; it opens from a file share without a server and
without a script.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape
from urllib.parse import quote

from pipeline.desk.short import short_word
from pipeline.model import Reason
from pipeline.values import display

REFRESH_SECONDS = 30
STALE_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One part that waits for a person. since: local; sheet: its file in needs-attention, empty if it has none."""

    form_title: str
    reason: Reason
    since: datetime
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A form that is filed and whose handwriting a person should compare. since: local; sheet: its confirm list."""

    form_title: str
    since: datetime
    sheet: str


@dataclass(frozen=True, slots=True)
class Repeat:
    """A paper that came in again. came: local; filed_on: when it was filed, None while the first one waits."""

    form_title: str
    came: datetime
    filed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Out:
    """A packet that was approved and is not in force yet. words: what is still to come, in sentences."""

    title: str
    number: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """Of today, but `waiting`, `held` and `to_confirm`, which are of now. in_work: taken in, not yet finished."""

    waiting: int = 0
    in_work: int = 0
    filed: int = 0
    held: int = 0
    to_confirm: int = 0
    duplicates: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Status:
    """looked_at and the times of `waits` are local. alerts: sentences of the program itself, without names."""

    office: str
    looked_at: datetime
    counts: Counts
    waits: tuple[Waiting, ...] = ()
    lists: tuple[Listed, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    out: tuple[Out, ...] = ()
    alerts: tuple[str, ...] = ()


def status_html(status: Status) -> str:
    """The whole page. The same status gives the same page."""
    return _PAGE.format(
        refresh=REFRESH_SECONDS,
        style=_STYLE,
        office=escape(status.office),
        looked=clock(status.looked_at),
        stale=clock(status.looked_at + STALE_AFTER, seconds=False),
        alerts="".join(f'<p class="alert" role="alert">{escape(alert)}</p>\n' for alert in status.alerts),
        counts=_counts(status.counts),
        waits=_waits(status),
        lists=_lists(status),
        out=_out(status),
        repeats=_repeats(status),
    )


def clock(moment: datetime, seconds: bool = True) -> str:
    """A local moment as people write it: `11/27/2026 9:40:05 AM`."""
    hour = moment.hour % 12 or 12
    tail = f":{moment.second:02d}" if seconds else ""
    half = "AM" if moment.hour < 12 else "PM"
    return f"{moment.month}/{moment.day}/{moment.year} {hour}:{moment.minute:02d}{tail} {half}"


def how_long(since: datetime, now: datetime) -> str:
    """`5 minutes`, `3 hours`, `2 days`: how long something has waited, rounded down."""
    minutes = max(int((now - since).total_seconds() // 60), 0)
    for size, name in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            number = minutes // size
            return f"{number} {name}" if number == 1 else f"{number} {name}s"
    return "just now"


def _counts(counts: Counts) -> str:
    cells = (
        ("Needs attention", counts.held, ' class="now"' if counts.held else ""),
        ("Lists to confirm", counts.to_confirm, ""),
        ("In the inbox", counts.waiting, ""),
        ("Being read", counts.in_work, ""),
        ("Filed today", counts.filed, ""),
        ("Here already today", counts.duplicates, ""),
        ("Not taken today", counts.refused, ""),
    )
    return "\n".join(f"<div{mark}><dt>{label}</dt><dd>{number}</dd></div>" for label, number, mark in cells)


def _waits(status: Status) -> str:
    if not status.waits:
        return '<p class="fine">Nothing needs your attention.</p>'
    ordered = sorted(status.waits, key=lambda item: (item.since, item.form_title, item.sheet))
    rows = "\n".join(_wait(item, status.looked_at) for item in ordered)
    return _TABLE.format(rows=rows)


def _wait(item: Waiting, now: datetime) -> str:
    reason = short_word(item.reason)
    link = _link(item.sheet) if item.sheet else "Nothing to fill in"
    cells = (escape(item.form_title or "Not a known form"), escape(reason), how_long(item.since, now), link)
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _link(sheet: str) -> str:
    return f'<a href="needs-attention/{quote(sheet)}">{escape(sheet)}</a>'


def _lists(status: Status) -> str:
    if not status.lists:
        return ""
    ordered = sorted(status.lists, key=lambda item: (item.since, item.sheet))
    rows = "\n".join(
        f"<tr><td>{escape(item.form_title)}</td><td>{how_long(item.since, status.looked_at)}</td>"
        f"<td>{_link(item.sheet)}</td></tr>"
        for item in ordered
    )
    return _LISTS.format(rows=rows)


def _out(status: Status) -> str:
    if not status.out:
        return ""
    rows = "\n".join(
        f"<tr><td>{escape(item.title)}</td><td>{escape(item.number)}</td><td>{escape(' '.join(item.words))}</td></tr>"
        for item in status.out
    )
    return _OUT.format(rows=rows)


def _repeats(status: Status) -> str:
    if not status.repeats:
        return ""
    rows = "\n".join(_repeat(item) for item in sorted(status.repeats, key=lambda item: item.came))
    return _REPEATS.format(rows=rows)


def _repeat(item: Repeat) -> str:
    said = f"Already filed on {display(item.filed_on)}." if item.filed_on else "It is here already."
    cells = (escape(item.form_title or "Paper"), clock(item.came, seconds=False), f"{said} Nothing to do.")
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


_LISTS = """<h2>Handwriting to confirm</h2>
<table class="waits">
<caption>These forms are filed. Their coordinator compares each text on the list with its picture.
Only a final packet waits for it.</caption>
<thead><tr><th scope="col">Form</th><th scope="col">For how long</th>
<th scope="col">List in needs-attention</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
"""

_OUT = """<h2>Out for signature</h2>
<table class="waits">
<caption>These packets are approved and not in force yet. Drop a scan of the signed pages into the inbox.</caption>
<thead><tr><th scope="col">Packet</th><th scope="col">Number</th>
<th scope="col">What is still to come</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
"""

_REPEATS = """<h2>Came in again today</h2>
<table class="waits">
<thead><tr><th scope="col">Form</th><th scope="col">Came in</th><th scope="col">What became of it</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
"""

_TABLE = """<table class="waits">
<caption>Oldest first. Open the sheet, answer, tick "I am finished" with your initials, and save.</caption>
<thead><tr><th scope="col">Form</th><th scope="col">Why it waits</th>
<th scope="col">For how long</th><th scope="col">Sheet in needs-attention</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>"""

_STYLE = """
body { font: 17px/1.5 "Segoe UI", Carlito, Arial, sans-serif; color: #1b1b1b; background: #fff; max-width: 60em;
 margin: 1.5em auto; padding: 0 1em; }
h1 { font-size: 1.6em; margin: 0; } h2 { font-size: 1.2em; margin: 1.6em 0 .4em; }
.looked { margin: .2em 0 1em; } .late { color: #4a4a4a; font-size: .9em; }
.alert { background: #fff1d6; border-left: 6px solid #9a5b00; padding: .6em .8em; font-weight: 600; }
.fine { background: #e8f3e8; border-left: 6px solid #2c6b2f; padding: .6em .8em; }
.counts { display: grid; grid-template-columns: repeat(auto-fill, minmax(6.6em, 1fr)); gap: .6em; margin: 1.2em 0; }
.counts div { display: flex; flex-direction: column-reverse; justify-content: flex-end;
 border: 1px solid #b4b4b4; border-radius: 4px; padding: .5em .7em; }
.counts dt { font-size: .82em; line-height: 1.25; color: #4a4a4a; }
.counts dd { margin: 0; font-size: 1.7em; line-height: 1.2; font-weight: 700; font-variant-numeric: tabular-nums; }
.counts .now { border-left: 6px solid #9a5b00; background: #fff1d6; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; color: #4a4a4a; padding-bottom: .4em; }
th, td { text-align: left; padding: .35em 1.2em .35em .5em; border-bottom: 1px solid #b4b4b4; vertical-align: top; }
td:nth-child(3), td:nth-child(2) { min-width: 6em; } .waits thead th { background: #ececec; white-space: nowrap; }
a { color: #0b4a8f; } a:focus { outline: 3px solid #9a5b00; }
@media (prefers-color-scheme: dark) { body { color: #f0f0f0; background: #191919; }
 caption, .late, .counts dt { color: #c4c4c4; }
 .counts .now { background: #4a3200; }
 .waits thead th { background: #333; } a { color: #9cc7ff; } .alert { background: #4a3200; }
 .fine { background: #1d3a1e; } }
""".strip()

_PAGE = """<!DOCTYPE html>
<html lang="en-US">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="{refresh}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Inbox: {office}</title>
<style>
{style}
</style>
</head>
<body>
<main>
<h1>Inbox of {office}</h1>
<p class="looked">The program last looked at <strong>{looked}</strong>.
<span class="late">If the clock says later than {stale}, it is not running:
keep your scans and call the person who looks after it.</span></p>
{alerts}<dl class="counts">
{counts}
</dl>
<h2>What needs your attention</h2>
{waits}
{lists}{out}{repeats}</main>
</body>
</html>
"""
