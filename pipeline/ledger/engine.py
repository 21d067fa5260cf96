"""The database under the ledger: opened, and brought to the version of this program or refused.

Written so that PostgreSQL can follow: what only SQLite knows is in sqlite.py, and `_put_into` is
the one place that knows two dialects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Insert, Table, insert, inspect, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect

from pipeline.errors import SetupError
from pipeline.ledger import sqlite
from pipeline.ledger.tables import about, metadata

SCHEMA_VERSION = 2
FILE = "ledger.db"


def _steps_have_an_input(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE steps ADD COLUMN input TEXT NOT NULL DEFAULT ''"))


# version a step starts from -> the step to the next. Index tables may as well be dropped: reindex fills them.
MIGRATIONS: Mapping[int, Callable[[Connection], None]] = {1: _steps_have_an_input}


def open_engine(state: Path) -> Engine:
    """The engine on `state/ledger.db`, tables made. Raises SetupError when its version is not ours.

    A ledger of an older program is copied beside (`ledger-version-1.db`) and then migrated, all or nothing.
    """
    engine = sqlite.engine_on(state / FILE)
    with engine.connect() as connection, begun(connection, to_write=False):
        found = _version_of(connection)
    if found == SCHEMA_VERSION:
        return engine
    if found is not None and found < SCHEMA_VERSION:
        sqlite.back_up(engine, state / f"ledger-version-{found}.db", found)
    with engine.connect() as connection, begun(connection, to_write=True):
        _migrate(connection)
    return engine


def engine_in_memory() -> Engine:
    """An engine on an empty ledger that nobody else sees."""
    engine = sqlite.engine_in_memory()
    with engine.connect() as connection, begun(connection, to_write=True):
        _migrate(connection)
    return engine


@contextmanager
def begun(connection: Connection, *, to_write: bool) -> Iterator[None]:
    """A transaction, committed at the end of the block and undone when it raises."""
    with connection.begin():
        if connection.dialect.name == "sqlite":
            sqlite.begin(connection, to_write=to_write)
        yield


def damage_of(connection: Connection) -> str:
    """What the database finds wrong with itself; empty when nothing, or when it cannot say."""
    return sqlite.damage(connection) if connection.dialect.name == "sqlite" else ""


def _version_of(connection: Connection) -> int | None:
    """The version of the tables; None when there are none yet."""
    if not inspect(connection).has_table(about.name):
        return None
    found = connection.execute(select(about.c.value).where(about.c.name == "schema_version")).scalar()
    return None if found is None else int(found)


def _migrate(connection: Connection) -> None:
    """Inside one writing transaction: another process may have been here first, so it looks again."""
    version = _version_of(connection)
    if version is None:
        metadata.create_all(connection)
        connection.execute(insert(about).values(name="schema_version", value=str(SCHEMA_VERSION)))
        return
    while version < SCHEMA_VERSION and version in MIGRATIONS:
        MIGRATIONS[version](connection)
        version += 1
        connection.execute(about.update().where(about.c.name == "schema_version").values(value=str(version)))
    if version != SCHEMA_VERSION:
        raise SetupError(
            f"The ledger has version {version}, this program knows {SCHEMA_VERSION}. Use the program that "
            "wrote it, or move the state folder away and run `reindex`: the outbox has everything."
        )
    metadata.create_all(connection)  # tables that are new in this version


def put(connection: Connection, table: Table, values: Mapping[str, Any], *, keep: bool = False) -> None:
    """Inserts a row; where its key is there already, replaces it, or keeps what is there."""
    connection.execute(_put_into(connection.dialect.name, table, tuple(values), keep), dict(values))


@cache  # building one anew for each row took half of the time of a reindex
def _put_into(dialect: str, table: Table, names: tuple[str, ...], keep: bool) -> Insert:
    """The one place that knows two dialects: both have ON CONFLICT, each under its own name."""
    maker = postgresql.insert if dialect == "postgresql" else sqlite_dialect.insert
    statement = maker(table)
    keys = [column.name for column in table.primary_key]
    rest = {name: statement.excluded[name] for name in names if name not in keys}
    if keep or not rest:
        return statement.on_conflict_do_nothing(index_elements=keys)
    return statement.on_conflict_do_update(index_elements=keys, set_=rest)
