"""Single changes to an office that was left alone, each of which `verify --read-data` must name.

    python -m tests.torture.changes [COUNT] [SEED]

Three kinds: one byte of one file of the outbox; one row of one index table or of the events (changed, removed or
added); and the end of the chain cut off, with everything it announced and the ledger made to agree, so that only a
head written earlier can tell. Prints how many of each were named, and ends with 1 when one was not.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.archive import Archive, Books, Head, Trouble, head_of
from pipeline.ledger.tables import INDEX_TABLES
from tests.office import NOON, Office, busy_office

TABLES = {table.name: [column.name for column in table.c] for table in INDEX_TABLES}
OF_THIS_INBOX = {("sheets", "name")}  # where a sheet lies today; the archive does not know


@dataclass(frozen=True, slots=True)
class Done:
    """One change: of which kind, where, and the places of which one must be among the troubles."""

    kind: str
    where: str
    named_as: tuple[str, ...]


@dataclass(slots=True)
class Score:
    made: Counter[str] = field(default_factory=Counter)
    named: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def __str__(self) -> str:
        rows = [f"  {kind:22} {self.named[kind]:5} of {self.made[kind]}" for kind in sorted(self.made)]
        total = f"{self.named.total()} of {self.made.total()} changes named in {self.seconds:.0f} s"
        return "\n".join([total, *rows, *(f"  MISSED {each}" for each in self.missed)])


class Rig:
    """An office and ways to change one thing in it and to put it back."""

    def __init__(self, root: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.office: Office = busy_office(root / "office")
        self.books = self.office.books()
        self.head: Head = head_of(self.books.archive.identity, self.books.journal)
        self._spare = root / "spare"

    def troubles(self) -> tuple[Trouble, ...]:
        """As a verify in a new process finds them."""
        books = Books(Archive(self.office.outbox), self.books.ledger, lambda: NOON, check=False)
        return books.examine(read_data=True, head=self.head).troubles

    # --- one byte ---

    @contextmanager
    def a_byte(self) -> Iterator[Done]:
        files = sorted(path for path in self.office.outbox.rglob("*") if path.is_file())
        of_the_chain = self.chance.random() < 0.2  # one file among a hundred, and the one that matters most
        file = self.chance.choice([path for path in files if (path.parent.name == "journal") is of_the_chain])
        whole, mode = file.read_bytes(), file.stat().st_mode
        place, change = self.chance.randrange(len(whole)), self.chance.randrange(1, 256)
        file.chmod(0o600)
        file.write_bytes(whole[:place] + bytes([whole[place] ^ change]) + whole[place + 1 :])
        name = file.relative_to(self.office.outbox).as_posix()
        kind = "byte of the journal" if name.startswith("journal/") else "byte of a file"
        try:
            yield Done(kind, f"{name} byte {place} ^ {change}", (name,))
        finally:
            file.write_bytes(whole)
            file.chmod(mode)

    # --- one row ---

    @contextmanager
    def a_row(self) -> Iterator[Done]:
        table = self.chance.choice(sorted(TABLES))
        change = self.chance.choice(["changed", "removed", "added"])
        raw = sqlite3.connect(self.office.root / "state" / "ledger.db", isolation_level=None)
        raw.execute("PRAGMA synchronous=OFF")
        rows = raw.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall()
        number = self.chance.randrange(len(rows))
        what = self._change(raw, table, change, number, rows[number])
        named_as = (f"ledger/{table}", *(("journal", "ledger") if table == "events" else ()))
        try:
            yield Done(f"row {change}", f"{table} row {number} {what}", named_as)
        finally:
            raw.execute("BEGIN IMMEDIATE")
            raw.execute(f"DELETE FROM {table}")
            marks = ",".join("?" * len(TABLES[table]))
            raw.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
            raw.execute("COMMIT")
            raw.close()

    def _change(
        self, raw: sqlite3.Connection, table: str, change: str, number: int, row: tuple[str | int, ...]
    ) -> str:
        if change == "removed":
            raw.execute(
                f"DELETE FROM {table} WHERE rowid = (SELECT rowid FROM {table} ORDER BY rowid LIMIT 1 OFFSET {number})"
            )
            return ""
        columns = [name for name in TABLES[table] if (table, name) not in OF_THIS_INBOX]
        if change == "changed":
            column = self.chance.choice(columns)
            value = self._other(row[TABLES[table].index(column)])
            where = f"rowid = (SELECT rowid FROM {table} ORDER BY rowid LIMIT 1 OFFSET {number})"
            raw.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (value,))
            return column
        keys = {column.name for column in next(t for t in INDEX_TABLES if t.name == table).primary_key}
        added = [
            (value if name not in keys else self._other(value) if isinstance(value, str) else value + 100_000)
            for name, value in zip(TABLES[table], row, strict=True)
        ]
        raw.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(added))})", added)
        return ""

    def _other(self, value: str | int) -> str | int:
        if isinstance(value, int):
            return value + self.chance.choice([-1000, 1000, 10**9])  # never a number that another row has
        at = self.chance.randrange(len(value) + 1)
        return value[:at] + self.chance.choice("QXZ") + self.chance.choice("QXZ") + value[at:]

    # --- the end of the chain ---

    @contextmanager
    def a_shorter_chain(self) -> Iterator[Done]:
        """The last events never were: not in the journal, not in the ledger, and their deposits are gone."""
        (segment,) = sorted((self.office.outbox / "journal").iterdir())
        shutil.copytree(self.office.outbox, self._spare)
        cut = self.chance.randint(1, self.head.events - 1)
        cut_off = list(self.books.journal.events(after=self.head.events - cut))
        lines = segment.read_bytes().splitlines(keepends=True)
        segment.write_bytes(b"".join(lines[: self.head.events - cut]))
        for event in cut_off:
            if event.kind == "deposit":
                shutil.rmtree(self.office.outbox / str(event.ids["path"]))
        Books(Archive(self.office.outbox), self.books.ledger, lambda: NOON, check=False).reindex()
        try:
            yield Done("chain cut off", f"last {cut} events", ("journal",))
        finally:
            shutil.rmtree(self.office.outbox)
            self._spare.rename(self.office.outbox)
            Books(Archive(self.office.outbox), self.books.ledger, lambda: NOON, check=False).reindex()

    def one(self, number: int) -> Score:
        """One change made, looked for and put back."""
        kinds = (self.a_row, self.a_byte) * 9 + (self.a_row, self.a_shorter_chain)
        change, score = kinds[number % len(kinds)](), Score()
        with change as done:
            found = self.troubles()
        score.made[done.kind] += 1
        if any(is_named(trouble, place) for trouble in found for place in done.named_as):
            score.named[done.kind] += 1
        else:
            score.missed.append(f"{done.kind}: {done.where}; found: {[str(each) for each in found]}")
        return score


def is_named(trouble: Trouble, place: str) -> bool:
    """Whether the trouble speaks of this file or the deposit it lies in, or of this very table."""
    inside = not place.startswith("ledger/") and place.startswith(f"{trouble.path}/")
    return trouble.path == place or inside


def run(root: Path, count: int, seed: int) -> Score:
    """So many changes, one after the other; between them the office is as it was left."""
    rig, total, began = Rig(root, seed), Score(), time.monotonic()
    assert rig.troubles() == ()
    for number in range(count):
        score = rig.one(number)
        total.made += score.made
        total.named += score.named
        total.missed += score.missed
    assert rig.troubles() == (), "what was changed was not put back"
    total.seconds = time.monotonic() - began
    return total


def main() -> int:
    count, seed = (int(given) for given in (*sys.argv[1:3], *("1000", "1")[len(sys.argv[1:3]) :]))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "office").mkdir()
        score = run(Path(folder), count, seed)
    print(score)
    return 1 if score.missed else 0


if __name__ == "__main__":
    sys.exit(main())
