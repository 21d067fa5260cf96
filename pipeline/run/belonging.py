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


def belong_to(state: Path, office: str) -> None:
    """Notes whose the state folder is. Raises SetupError where it is another office's."""
    note = _note(state)
    known = note.get("office", office)
    if known != office:
        raise SetupError(
            f"The state folder {state} belongs to the office {known!r}; the site given is of {office!r}. Two offices "
            f"must not share one. Give --state another folder. If the office has only changed its name, delete "
            f"{state / NOTE}."
        )
    _write(state, note, {"format": 1, "office": office, "inboxes": list(_noted_inboxes(note))})


def note_served(state: Path, inbox: Path) -> None:
    """Notes that this inbox is served with this state folder. Only once our mark is in it: noted before, a machine that
    stopped in between would take the inbox for a share that is away, for good."""
    note = _note(state)
    inboxes = sorted({*_noted_inboxes(note), str(inbox.resolve())})
    _write(state, note, {**note, "inboxes": list(inboxes)})


def _write(state: Path, note: dict[str, Json], wanted: dict[str, Json]) -> None:
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
