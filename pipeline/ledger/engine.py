"""The database under the ledger: opened safely, one dialect branch, versions migrated or refused."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection

from pipeline.errors import SetupError
from pipeline.ledger.tables import about, metadata

SCHEMA_VERSION = 1
FILE = "ledger.db"

# version a step starts from -> the step to the next. Index tables may as well be dropped: reindex fills them.
MIGRATIONS: Mapping[int, Callable[[Connection], None]] = {}

_PRAGMAS = (
    "busy_timeout=30000",  # first: two processes that open a new ledger meet already at the next line
    "journal_mode=WAL",
    "synchronous=FULL",  # committed means on the disk: 361 a second measured, a file needs six
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
)


def open_engine(state: Path) -> Engine:
    """The engine on `state/ledger.db`, tables made. Raises SetupError when its version is not ours."""
    file = state / FILE
    if not file.exists():
        os.close(os.open(file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    file.chmod(0o600)
    engine = create_engine(f"sqlite:///{file}")
    event.listen(engine, "connect", _prepare_connection)
    event.listen(engine, "begin", _begin)
    with engine.begin() as connection:
        metadata.create_all(connection)
        _migrate(connection)
    return engine


def _prepare_connection(dbapi: DBAPIConnection, record: object) -> None:
    dbapi.isolation_level = None  # the driver must not begin on its own
    cursor = dbapi.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """A writing transaction takes the writer's place at once; half way it could find the ledger busy."""
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _migrate(connection: Connection) -> None:
    found = connection.execute(select(about.c.value).where(about.c.name == "schema_version")).scalar()
    if found is None:
        connection.execute(insert(about).values(name="schema_version", value=str(SCHEMA_VERSION)))
        return
    version = int(found)
    while version < SCHEMA_VERSION and version in MIGRATIONS:
        MIGRATIONS[version](connection)
        version += 1
        connection.execute(about.update().where(about.c.name == "schema_version").values(value=str(version)))
    if version != SCHEMA_VERSION:
        raise SetupError(
            f"The ledger has version {version}, this program knows {SCHEMA_VERSION}. Use the program that "
            "wrote it, or move the state folder away and run `reindex`: the outbox has everything."
        )


def put(connection: Connection, table: Table, values: Mapping[str, Any], *, keep: bool = False) -> None:
    """Inserts a row; where its key is there already, replaces it, or keeps what is there.

    The one place that knows two dialects: both have ON CONFLICT, each under its own name.
    """
    maker = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = maker(table).values(dict(values))
    keys = [column.name for column in table.primary_key]
    rest = {name: value for name, value in values.items() if name not in keys}
    if keep or not rest:
        connection.execute(statement.on_conflict_do_nothing(index_elements=keys))
    else:
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=rest))
