"""Opening the ledger and its transactions."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import Connection, Engine, delete, select
from sqlalchemy.exc import DBAPIError

from pipeline.disk import our_own_write, step
from pipeline.errors import ArchiveError
from pipeline.ledger.compare import Difference, differences
from pipeline.ledger.engine import begun, damage_of, engine_in_memory, open_engine, put
from pipeline.ledger.index import Index
from pipeline.ledger.jobs import boot_id, boot_milliseconds
from pipeline.ledger.sqlite import Changes, advice
from pipeline.ledger.tables import INDEX_TABLES, about, jobs

Version: TypeAlias = tuple[int, int, int]  # process, opening, number of the database


class Transaction(Index):
    """What can be asked and changed, all or nothing."""

    def __init__(self, connection: Connection, milliseconds: Callable[[], int], boot: str) -> None:
        self.connection = connection
        self.milliseconds = milliseconds
        self.boot = boot

    def note(self, name: str) -> str:
        """A note of the ledger about itself, empty when there is none: which archive it indexes."""
        found: str | None = self.connection.execute(
            select(about.c.value).where(about.c.name == name)
        ).scalar()
        return found or ""

    def put_note(self, name: str, value: str) -> None:
        put(self.connection, about, {"name": name, "value": value})

    def forget_index(self) -> None:
        """Empties every index table and the queue; `reindex` fills them from the outbox."""
        for table in (*INDEX_TABLES, jobs):
            self.connection.execute(delete(table))

    def differences(self, rebuilt: Transaction) -> tuple[Difference, ...]:
        """Where our index is not the one that was rebuilt from the archive."""
        return tuple(differences(self.connection, rebuilt.connection))

    def index_rows(self) -> dict[str, list[tuple[object, ...]]]:
        """Every index row, sorted, but for what only this inbox can know; to compare two ledgers."""
        rows: dict[str, list[tuple[object, ...]]] = {}
        for table in INDEX_TABLES:
            columns = [column for column in table.c if (table.name, column.name) != ("sheets", "name")]
            rows[table.name] = sorted(tuple(row) for row in self.connection.execute(select(*columns)))
        return rows


class Ledger:
    """The ledger of one state folder. Opens its own connection in each process, also after a fork.

    state: None keeps it in memory only, for `verify`, which builds the index once more beside the real one
    """

    def __init__(
        self,
        state: Path | None,
        milliseconds: Callable[[], int] = boot_milliseconds,
        boot: str | None = None,
    ) -> None:
        self._state = state
        self._milliseconds = milliseconds
        self._boot = boot_id() if boot is None else boot
        self._engine: Engine | None = None
        self._idle: list[Connection] = []
        self._changes: Changes | None = None
        self._openings = 0
        self._pid = 0

    def _open(self) -> Engine:
        if self._engine is None or self._pid != os.getpid():
            if self._engine is not None:
                self._engine.dispose(close=False)  # the connections belong to the parent
                _OF_PARENTS.extend(self._idle)
            with our_own_write("Opening the ledger"):
                self._engine = engine_in_memory() if self._state is None else open_engine(self._state)
                self._idle = []
                self._changes = None
                self._openings += 1
                self._pid = os.getpid()
        return self._engine

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """One writing transaction: committed at the end of the block, undone when it raises."""
        with _our_disk(), self._connection() as connection:
            with begun(connection, to_write=True):
                yield Transaction(connection, self._milliseconds, self._boot)
            step("commit")

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """One consistent view, without keeping writers waiting."""
        with _our_disk(), self._connection() as connection, begun(connection, to_write=False):
            yield Transaction(connection, self._milliseconds, self._boot)

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """One that nobody else uses; kept for the next who asks, since a paper asks a dozen times. After an error it
        is not: the pool looks after it."""
        engine = self._open()
        connection = self._idle.pop() if self._idle else engine.connect()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        if self._engine is engine:
            self._idle.append(connection)
        else:  # the ledger was closed meanwhile
            connection.close()

    def version(self) -> Version:
        """Equal to an earlier one only where nobody, of whatever process, has committed anything in between."""
        with _our_disk():
            engine = self._open()
            if self._state is None:  # nobody waits on it: every time counts as a change
                self._openings += 1
                return self._pid, self._openings, 0
            if self._changes is None:
                self._changes = Changes(engine)
                self._openings += 1
            return self._pid, self._openings, self._changes.number()

    def trouble(self) -> str:
        """What the database finds wrong with itself; empty when nothing."""
        with self.reading() as tx:
            return damage_of(tx.connection)

    def close(self) -> None:
        if self._engine is not None and self._pid == os.getpid():
            if self._changes is not None:
                self._changes.close()
            while self._idle:
                self._idle.pop().close()
            self._engine.dispose()
        _OF_PARENTS.extend(self._idle)  # empty, but after a fork
        self._engine, self._idle, self._changes = None, [], None


_OF_PARENTS: list[Connection] = []
"""Kept from being collected, which would end them under the process that we were forked from."""


@contextmanager
def _our_disk() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise ArchiveError(
            f"The ledger could not be written or read: {type(error.orig).__name__}. {advice(error.orig)}"
        ) from error


def ledger_in_memory() -> Ledger:
    """An empty ledger that nobody else sees and that leaves nothing behind."""
    return Ledger(None)


def open_ledger(
    state: Path, milliseconds: Callable[[], int] = boot_milliseconds, boot: str | None = None
) -> Ledger:
    """The ledger of a state folder, made where there is none."""
    ledger = Ledger(state, milliseconds, boot)
    with ledger.reading():
        return ledger
