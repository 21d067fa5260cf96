"""From the journal to index rows: one event at a time while the office lives, all of them at reindex and verify."""

from __future__ import annotations

from collections.abc import Set

from pipeline.archive.deposit import Archive
from pipeline.archive.journal import Journal
from pipeline.archive.manifest import Published
from pipeline.errors import ArchiveError
from pipeline.ledger import Event, Transaction
from pipeline.model import Deposit, DepositKind

# Kinds in the order in which deposits that no event announces are indexed: each needs those before it.
_ORDER = list(DepositKind)


def index_event(tx: Transaction, archive: Archive, event: Event, published: Published | None = None) -> None:
    """Puts an event and the rows it stands for into the ledger. Raises ArchiveError.

    published: what it announces, where that is in hand; else it is read from the archive
    """
    tx.put_event(event)
    try:
        if event.kind == "deposit":
            found = published or archive.published(str(event.ids["path"]))

            def read(deposit: Deposit, name: str) -> bytes:
                return found.written[name] if name in found.written else archive.read(deposit, name)

            tx.index_deposit(found.deposit, found.manifest_sha256, event.seq, read)
        else:
            tx.index_event(event)
    except (ValueError, KeyError) as error:
        raise ArchiveError(
            f"Event {event.seq} of the journal uses a code this program does not know. "
            "Use the program that wrote it, or a newer one."
        ) from error


def index_all(
    tx: Transaction, archive: Archive, journal: Journal, up_to: int | None = None
) -> list[tuple[Event, ArchiveError]]:
    """Fills an empty index from the journal, up to an event or to its end; gives what could not be indexed."""
    failed: list[tuple[Event, ArchiveError]] = []
    for event in journal.events():
        if up_to is not None and event.seq > up_to:
            break
        try:
            index_event(tx, archive, event)
        except ArchiveError as error:
            failed.append((event, error))
    return failed


def unannounced(archive: Archive, known: Set[str]) -> tuple[list[Deposit], list[tuple[str, ArchiveError]]]:
    """Deposits whose event a crash prevented, those first that others build on; and those that are damaged."""
    found: list[Deposit] = []
    failed: list[tuple[str, ArchiveError]] = []
    for path in archive.paths():
        if path not in known:
            try:
                found.append(archive.deposit(path))
            except ArchiveError as error:
                failed.append((path, error))
    return sorted(found, key=lambda deposit: (_ORDER.index(deposit.kind), deposit.path)), failed
