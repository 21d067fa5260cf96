"""Whose the state folder is: one office's, with the inboxes that it has served.

Two offices on one ledger would mix their cases. An inbox that was served before and lies there without our mark is
a share that is not mounted: nothing may be made or taken there until it is back.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from pipeline.disk import clear_away, put_in_place, write_new
from pipeline.errors import SetupError
from pipeline.model import canonical_json
from pipeline.values import Json

NOTE = "office.json"


def inbox_was_served(state: Path, inbox: Path) -> bool:
    """Whether this inbox was served with this state folder before."""
    return str(inbox.resolve()) in _noted_inboxes(_note(state))


def belong_to(state: Path, office: str, inbox: Path) -> None:
    """Notes whose the state folder is and which inbox it serves. Raises SetupError where it is another office's."""
    note = _note(state)
    known = note.get("office", office)
    if known != office:
        raise SetupError(
            f"The state folder {state} belongs to the office {known!r}; the site given is of {office!r}. Two offices "
            f"must not share one. Give --state another folder. If the office has only changed its name, delete "
            f"{state / NOTE}."
        )
    inboxes = sorted({*_noted_inboxes(note), str(inbox.resolve())})
    wanted: dict[str, Json] = {"format": 1, "office": office, "inboxes": list(inboxes)}
    if note == wanted:
        return
    temporary = state / f".{NOTE}-{os.urandom(4).hex()}"
    try:
        write_new(temporary, canonical_json(wanted))
        put_in_place(temporary, state / NOTE)
    except OSError as error:
        clear_away(temporary)
        raise SetupError(f"Cannot write {state / NOTE}: {os.strerror(error.errno or 0)}.") from error


def _note(state: Path) -> dict[str, Json]:
    try:
        found = json.loads((state / NOTE).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _noted_inboxes(note: dict[str, Json]) -> tuple[str, ...]:
    inboxes = note.get("inboxes")
    return tuple(str(each) for each in inboxes) if isinstance(inboxes, list) else ()
