"""Archive, journal and ledger kept in step. This is what the story writes with.

Every deposit is published first, then announced in the journal with the hash of its manifest, then indexed
in the ledger; journal and ledger go inside one writing transaction, and whatever a crash left undone there
is caught up from the journal by the next one. All of it may be repeated: what was done is found done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeAlias

from pipeline.archive.deposit import Archive
from pipeline.archive.head import Head, head_of
from pipeline.archive.indexing import index_all, index_event, unannounced
from pipeline.archive.journal import Journal
from pipeline.archive.manifest import Published
from pipeline.archive.paths import JOURNAL, received_path
from pipeline.archive.verify import ARCHIVE_NOTE, Trouble, Verified, Wrong, verify
from pipeline.errors import ArchiveError
from pipeline.ledger import DropState, Job, LeaseLost, Ledger, PartRow, Transaction
from pipeline.ledger.index import DROP_FILE, part_ids
from pipeline.model import Deposit, DepositKind, Drop, canonical_json, short_id
from pipeline.values import Json, instant
from pipeline.workers import free_dead_leases

Entry: TypeAlias = tuple[str, Mapping[str, Json]]  # kind of an event, and what it says


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Books:
    """The records of the office; one per process. Raises ArchiveError when outbox and ledger do not match.

    check=False opens them all the same, for `reindex` and `verify`.
    """

    def __init__(
        self, archive: Archive, ledger: Ledger, now: Callable[[], datetime] = _utc_now, *, check: bool = True
    ) -> None:
        self.archive = archive
        self.ledger = ledger
        self.journal = Journal(archive.root / JOURNAL)
        self._now = now
        self._job: Job | None = None
        self._steps: list[tuple[str, str, str]] = []
        archive.clear_leftovers()
        free_dead_leases(ledger)
        if check:
            with ledger.transaction() as tx:
                self._know_the_archive(tx)
                self._catch_up(tx)

    def _know_the_archive(self, tx: Transaction) -> None:
        known, found = tx.note(ARCHIVE_NOTE), self.archive.identity
        if known and known != found:
            state = "is another one" if found else "is empty or not connected"
            raise ArchiveError(
                f"The outbox {self.archive.root} {state}: the ledger belongs to another archive. "
                "Connect the share, or give the right --outbox; for a restored outbox give a new --state."
            )
        if not known:
            found = found or self.archive.give_identity()
            tx.put_note(ARCHIVE_NOTE, found)
        self.archive.is_always(found)

    # --- the job in hand ---

    @contextmanager
    def under(self, job: Job) -> Iterator[None]:
        """What is written inside counts only while we hold this job; each deposit is noted as a step of it.

        Whoever was asleep while the lease ran out gets LeaseLost before anything is written.
        """
        self._job = job
        try:
            yield
            if self._steps:
                with self.ledger.transaction() as tx:
                    self._write_steps(tx)
        finally:
            self._job = None
            self._steps = []

    def note_step(self, step: str, *, input: str, output: str) -> None:
        """Notes a step of the job in hand with the hashes of what it took and gave, and renews its lease.

        It is written with what is recorded next: a step alone tells nobody anything.
        """
        if self._job is not None:
            self._steps.append((step, input, output))

    def _write_steps(self, tx: Transaction) -> None:
        steps, self._steps = self._steps, []
        if self._job is not None:
            for step, input, output in steps:
                tx.step_done(self._job, step, input=input, output=output)

    def _still_ours(self, tx: Transaction) -> None:
        if self._job is not None:
            tx.hold_job(self._job)

    def _is_ours(self, tx: Transaction) -> bool:
        try:
            self._still_ours(tx)
        except LeaseLost:
            return False
        return True

    # --- keeping ---

    def publish(
        self,
        kind: DepositKind,
        path: str,
        files: Mapping[str, bytes | Path],
        *,
        id: str,
        inputs: Mapping[str, str],
        about: Mapping[str, Json],
        first_counts: bool = False,
        settles: Sequence[PartRow] = (),
    ) -> Deposit:
        """A deposit, announced and indexed. Doing it again with the same inputs changes nothing.

        first_counts: what lies there already stays and is announced, even if other inputs made it: a crash came
        after a decision was made durable, and the site has changed since. Else that raises ArchiveError.
        settles: what became of these parts by it; said in the same write, which spares the disk one
        """
        if self._job is not None:
            with self.ledger.reading() as tx:
                self._still_ours(tx)
        if first_counts and self.archive.has(path):
            published = self.archive.published(path)
        else:
            published = self.archive.publish(kind, path, files, id=id, inputs=inputs, about=about)
        deposit = published.deposit
        made_from = short_id(canonical_json(dict(deposit.inputs)), length=52)
        self.note_step(f"keep {deposit.id}", input=made_from, output=published.manifest_sha256)
        with self.ledger.transaction() as tx:
            self._catch_up(tx)
            parts = map(_settled, settles) if settles and self._is_ours(tx) else ()
            self._append(tx, [_announced(published), *parts], published)
            self._write_steps(tx)
        return deposit

    def keep_original(self, drop: Drop, copy: Path, file_type: str, source: str, day: date) -> Deposit:
        """The deposit of what came in, written straight after the claim; queues the job that reads it.

        When this drop was kept before, it is that deposit, with the instant it was first received.
        """
        if (before := self._kept_before(drop.id)) is not None:
            return before
        private: dict[str, Json] = {"format": 1, "name": drop.name, "batch": drop.batch}
        return self.publish(
            DepositKind.RECEIVED,
            received_path(day, drop.id),
            {f"original.{file_type}": copy, DROP_FILE: canonical_json(private)},
            id=drop.id,
            inputs={"original": drop.sha256},
            about={
                "drop": drop.id,
                "sha256": drop.sha256,
                "size": drop.size,
                "received_at": instant(drop.received_at),
                "file_type": file_type,
                "source": source,
            },
        )

    def _kept_before(self, drop: str) -> Deposit | None:
        """A deposit of this drop, of whatever day: a sheet received again after midnight is the same."""
        with self.ledger.reading() as tx:
            row = tx.drop(drop)
        return None if row is None else self.archive.deposit(row.path)

    def record(self, kind: str, **ids: Json) -> None:
        """An event in journal and ledger, unless exactly this was recorded before.

        Ids, codes and numbers only.
        """
        self._record([(kind, ids)])

    def settle_part(self, *parts: PartRow) -> None:
        """What became of parts, for good or until their next round."""
        self._record([*map(_settled, parts)])

    def finish_drop(
        self, drop: str, state: DropState = DropState.FINISHED, settles: Sequence[PartRow] = ()
    ) -> None:
        """Every page of the drop is spoken for, with what became of these parts; its job is done with it."""
        self._record([*map(_settled, settles), ("drop", {"drop": drop, "state": state.value})])

    def _record(self, entries: Sequence[Entry]) -> None:
        with self.ledger.transaction() as tx:
            self._still_ours(tx)
            self._catch_up(tx)
            self._append(tx, entries)
            self._write_steps(tx)

    def _append(self, tx: Transaction, entries: Sequence[Entry], published: Published | None = None) -> None:
        """In one durable write. published: the deposit that one of them announces."""
        if new := [each for each in entries if tx.event_with(*each) is None]:
            self.archive.refuse_another()
            for event in self.journal.append(new, self._now()):
                index_event(tx, self.archive, event, published)

    # --- index ---

    def _catch_up(self, tx: Transaction) -> None:
        """Indexes what only the journal knows: after a crash one event, with a new state folder all."""
        last, head = tx.last_link(), self.journal.head()
        seq, hash = last or (0, "")
        if last is None and head is None:
            return
        if last is not None and (head is None or head.seq < seq):
            self.archive.refuse_another()
            raise ArchiveError(
                f"The journal ends at event {head.seq if head else 0}, the ledger knows {seq}. "
                "The outbox is older than the state folder, or events were removed: run verify. "
                "For an outbox restored from a copy run reindex."
            )
        if last is not None and head is not None and seq == head.seq:
            if hash != head.hash:
                raise ArchiveError(
                    f"Event {head.seq} of the journal is not the one the ledger knows. Run verify."
                )
            return
        self.journal.make_durable()  # written, but perhaps not yet on the disk when the plug was pulled
        for event in self.journal.events(after=seq):
            index_event(tx, self.archive, event)

    def reindex(self) -> tuple[Trouble, ...]:
        """Rebuilds every index row from the outbox alone; gives what could not be indexed."""
        troubles: list[Trouble] = []
        with self.ledger.transaction() as tx:
            if tx.note(ARCHIVE_NOTE) and not self.archive.identity:
                raise ArchiveError(
                    f"The outbox {self.archive.root} is empty or not connected; nothing was rebuilt. "
                    "Connect the share, or restore it from a copy."
                )
            tx.forget_index()
            tx.put_note(ARCHIVE_NOTE, self.archive.identity or self.archive.give_identity())
            for event, error in index_all(tx, self.archive, self.journal):
                troubles.append(Trouble(str(event.ids.get("path", JOURNAL)), Wrong.DAMAGED, str(error)))
            known = {row.path for row in tx.deposits()} | {trouble.path for trouble in troubles}
            deposits, damaged = unannounced(self.archive, known)
            troubles += [Trouble(path, Wrong.DAMAGED, str(error)) for path, error in damaged]
            for deposit in deposits:
                published = self.archive.published(deposit.path)
                self._append(tx, [_announced(published)], published)
        return tuple(troubles)

    def verify(self, read_data: bool = False) -> tuple[Trouble, ...]:
        """What is wrong with archive, journal and ledger; empty when all is as it was left. Changes nothing."""
        return self.examine(read_data).troubles

    def head(self) -> Head:
        """The end of the chain as it is now, to be kept where nobody of the office can change it."""
        return head_of(self.archive.identity, self.journal)

    def examine(self, read_data: bool = False, head: Head | None = None) -> Verified:
        """The same, with how much was looked at. head: one written earlier, through which the chain must go."""
        return verify(self.archive, self.journal, self.ledger, read_data, head)


def _announced(published: Published) -> Entry:
    deposit = published.deposit
    ids: dict[str, Json] = {
        "kind": deposit.kind.value,
        "id": deposit.id,
        "path": deposit.path,
        "manifest_sha256": published.manifest_sha256,
    }
    return "deposit", ids


def _settled(part: PartRow) -> Entry:
    return "part", part_ids(part)
