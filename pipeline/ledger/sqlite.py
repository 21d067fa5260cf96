"""What only SQLite knows: how it is opened safely, begun, copied and examined. The one room for its own words."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import StaticPool

from pipeline.disk import clear_away, put_in_place
from pipeline.errors import ArchiveError

_WAL = "journal_mode=WAL"
_BUSY_SECONDS, _BUSY_AGAIN_SECONDS = 30.0, 0.01
_PRAGMAS = (
    "busy_timeout=30000",  # first: two processes that open a ledger meet already at the next line
    _WAL,
    "synchronous=FULL",  # committed means on the disk: 361 a second measured, a file needs four
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
)


def engine_on(file: Path) -> Engine:
    """An engine on this file, made where it is missing, for its own user only."""
    if not file.exists():
        os.close(os.open(file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    file.chmod(0o600)
    return _prepared(create_engine(f"sqlite:///{file}"))


def engine_in_memory() -> Engine:
    """An engine on nothing but memory, gone when it is disposed of."""
    return _prepared(create_engine("sqlite://", poolclass=StaticPool))


def _prepared(engine: Engine) -> Engine:
    event.listen(engine, "connect", _prepare_connection)
    return engine


def _prepare_connection(dbapi: DBAPIConnection, record: object) -> None:
    dbapi.isolation_level = None  # the driver must not begin on its own
    cursor = dbapi.cursor()
    for pragma in _PRAGMAS:
        _set(cursor, pragma)
    cursor.close()


def _set(cursor: DBAPICursor, pragma: str) -> None:
    """Of two processes that give a new ledger its mode at once, one is told at once that it is locked, whatever the
    timeout says: its wait would be a deadlock if both did. It lets go and tries again. (Met by three watchers.)"""
    until = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            cursor.execute(f"PRAGMA {pragma}")
            return
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if pragma != _WAL or not busy or time.monotonic() > until:
                raise
        time.sleep(_BUSY_AGAIN_SECONDS)


def begin(connection: Connection, *, to_write: bool) -> None:
    """A writing transaction takes the writer's place at once; half way it could find the ledger busy.

    Called, and not heard as an event of the engine: one listener made each statement of a paper a third dearer.
    """
    begin = "BEGIN IMMEDIATE" if to_write else "BEGIN"
    dbapi = connection.connection.dbapi_connection
    assert isinstance(dbapi, sqlite3.Connection)
    try:
        dbapi.execute(begin)  # the long way through the library cost as much as a question
    except sqlite3.Error as error:
        raise OperationalError(begin, None, error) from error


_LOCKED = (
    "Another program has locked the ledger, say a viewer or what copies it. Close that; it is tried again."
)
_DAMAGED = "The ledger is damaged. Stop the watchers, run verify, and do what it says."
_CLOSED = "The state folder or the ledger in it may not be written. Run doctor."
_FULL = "See that the disk of the state folder is not full, then run again."
_ADVICE = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_READONLY: _CLOSED,
    sqlite3.SQLITE_PERM: _CLOSED,
    sqlite3.SQLITE_CANTOPEN: _CLOSED,
}


def advice(error: BaseException | None) -> str:
    """What to do about an error of the database, in a sentence."""
    code = (
        getattr(error, "sqlite_errorcode", 0) & 0xFF
    )  # the low byte. Source: sqlite.org, extended result codes
    return _ADVICE.get(code, _FULL)


class Changes:
    """A connection of its own that tells whether anybody else, of whatever process, has committed anything."""

    def __init__(self, engine: Engine) -> None:
        pooled = engine.raw_connection()
        self._dbapi = pooled.dbapi_connection
        pooled.detach()

    def number(self) -> int:
        """Another one after each commit of any other connection. Source: sqlite.org, PRAGMA data_version."""
        assert isinstance(self._dbapi, sqlite3.Connection)
        try:
            return int(self._dbapi.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.Error as error:
            raise OperationalError("PRAGMA data_version", None, error) from error

    def close(self) -> None:
        assert self._dbapi is not None
        self._dbapi.close()


def back_up(engine: Engine, copy: Path, version: int) -> None:
    """A whole copy of the ledger as one file, durable before it has its name; an older copy is replaced.

    Nothing is copied when the ledger has not this version any more: another process has migrated it meanwhile.
    """
    temporary = copy.with_name(f".{copy.name}.{os.urandom(6).hex()}")
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
    try:
        dbapi = engine.raw_connection()
        try:
            dbapi.cursor().execute("VACUUM INTO ?", (str(temporary),))  # fills an empty file
        except sqlite3.Error as error:
            raise ArchiveError(
                f"The ledger could not be copied before it is changed: {type(error).__name__}. {advice(error)}"
            ) from error
        finally:
            dbapi.close()
        if _version_in(temporary) != str(version):
            return
        fd = os.open(temporary, os.O_RDWR | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
        put_in_place(temporary, copy)
    finally:
        clear_away(temporary)


def _version_in(file: Path) -> str:
    raw = sqlite3.connect(file)
    try:
        return str(raw.execute("SELECT value FROM about WHERE name = 'schema_version'").fetchone()[0])
    finally:
        raw.close()


def damage(connection: Connection) -> str:
    """What is wrong with the file itself; empty when nothing."""
    found = str(connection.exec_driver_sql("PRAGMA integrity_check").scalar())
    return "" if found == "ok" else found
