"""The due list as a file for the archive: a page that opens anywhere, with case numbers and no names."""

from __future__ import annotations

from datetime import date
from html import escape

from pipeline.due import DueItem, DueState
from pipeline.run.annual import DueOf
from pipeline.run.office import Office
from pipeline.run.reporting import keep
from pipeline.values import display

WORDS = {DueState.OVERDUE: "overdue", DueState.DUE: "due", DueState.CANNOT_TELL: "cannot tell"}
STYLE = (
    "body{font:15px/1.45 system-ui,sans-serif;margin:2em auto;max-width:60em}table{border-collapse:collapse;width:100%}"
    "th,td{border:1px solid #bbb;padding:.35em .6em;text-align:left}th{background:#eee}.overdue{font-weight:bold}"
)


def due_page(as_of: date, lists: tuple[DueOf, ...]) -> bytes:
    """The due list as HTML, overdue first, one table for each coordinator."""
    tables = "".join(_table(each) for each in lists if each.items)
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>What is due</title><style>{STYLE}</style>"
        f"<h1>What is due, as of {display(as_of)}</h1>{tables or '<p>Nothing is due.</p>'}</html>"
    ).encode()


def _table(each: DueOf) -> str:
    rows = "".join(_row(item) for item in each.items)
    name = escape(each.coordinator or "No coordinator named")
    head = "<tr><th scope=col>Day<th scope=col>What<th scope=col>Case<th scope=col>State</tr>"
    return f"<h2>{name}</h2><table><thead>{head}</thead><tbody>{rows}</tbody></table>"


def _row(item: DueItem) -> str:
    day = display(item.day) if item.day else "not known"
    cells = (day, item.title, item.case, WORDS[item.state])
    return f"<tr class={item.state.value}>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def keep_due_list(office: Office, as_of: date, lists: tuple[DueOf, ...]) -> str:
    """The path of the due list in the archive."""
    return keep(office, "due", as_of, "due.html", due_page(as_of, lists))
