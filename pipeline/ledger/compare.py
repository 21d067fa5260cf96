"""Two ledgers held against each other, row by row: the one we live with and one rebuilt from the archive.

Only what the archive decides is compared: every index table and every event, but not the name under which a sheet
lies in the inbox. What is said of a row are ids and names of columns, never a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, select

from pipeline.ledger.rows import DropState, JobState
from pipeline.ledger.tables import INDEX_TABLES, case_identifiers, drops, jobs, sheets, submissions

_OF_THIS_INBOX = {sheets.c.name}
_PRIVATE = {case_identifiers.c.value}
_CODE = re.compile(r"[A-Za-z0-9@._:/+~=-]{1,120}")
_MOST_NAMED = 20

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that is not as the archive has it: in which table, which row, and what of it."""

    table: str
    message: str


def differences(found: Connection, rebuilt: Connection) -> Iterator[Difference]:
    """Every row of `found` that `rebuilt` has not, or has otherwise, and the other way round."""
    for table in INDEX_TABLES:
        said = list(_of_table(table, found, rebuilt))
        yield from said[:_MOST_NAMED]
        if len(said) > _MOST_NAMED:
            yield Difference(
                table.name, f"{len(said) - _MOST_NAMED} more rows are not as the archive has them."
            )
    yield from _without_a_job(found, rebuilt)


def _of_table(table: Table, found: Connection, rebuilt: Connection) -> Iterator[Difference]:
    columns = [column for column in table.c if column not in _OF_THIS_INBOX]
    there, meant = _rows(table, columns, found), _rows(table, columns, rebuilt)
    reserved = _reserved(found, rebuilt) if table is case_identifiers else frozenset()
    for key in sorted(there.keys() | meant.keys(), key=repr):
        row, right = there.get(key), meant.get(key)
        if row == right or (right is None and row is not None and row in reserved):
            continue
        name = _name(table, key)
        if row is None:
            yield Difference(table.name, f"row {name} is missing.")
        elif right is None:
            yield Difference(table.name, f"row {name} is not in the archive.")
        else:
            wrong = [c.name for c, one, other in zip(columns, row, right, strict=True) if one != other]
            yield Difference(table.name, f"row {name}: {', '.join(wrong)} not as the archive has it.")


def _rows(table: Table, columns: list[Any], connection: Connection) -> dict[Key, Key]:
    places = [columns.index(column) for column in table.primary_key]
    rows = (tuple(row) for row in connection.execute(select(*columns)))
    return {tuple(row[place] for place in places): row for row in rows}


def _name(table: Table, key: Key) -> str:
    """The row's key, without what tells about a person and without what is no code of ours."""
    said = [
        str(value)
        for column, value in zip(table.primary_key, key, strict=True)
        if column not in _PRIVATE and _CODE.fullmatch(str(value))
    ]
    return " ".join(said) or "without a plain key"


def _reserved(found: Connection, rebuilt: Connection) -> frozenset[Key]:
    """Numbers tied to a case for a form that is being filed at this moment, or was when the plug was pulled."""
    if not found.execute(select(jobs.c.key).where(jobs.c.state != JobState.DONE).limit(1)).first():
        return frozenset()
    filed = set(rebuilt.execute(select(submissions.c.id)).scalars())
    rows = found.execute(select(case_identifiers))
    return frozenset(tuple(row) for row in rows if row.submission_id not in filed)


def _without_a_job(found: Connection, rebuilt: Connection) -> Iterator[Difference]:
    """Drops that nobody would ever read, since the queue does not know them."""
    queue = set(found.execute(select(jobs.c.key)).scalars())
    waiting = rebuilt.execute(select(drops.c.id).where(drops.c.state == DropState.RECEIVED)).scalars()
    lost = [drop for drop in waiting if f"drop:{drop}" not in queue]
    if lost:
        yield Difference("jobs", f"{len(lost)} drops that were not read yet are not in the queue.")
