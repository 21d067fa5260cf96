"""What of a packet that went out has come back: which pages, told from its deposit and the acts about it.

Nothing is decided here. A packet keeps being told from the archive alone, so that it stands the same after `reindex`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pipeline.archive import Archive
from pipeline.desk.words import pages_named
from pipeline.ledger import PacketRow, Transaction
from pipeline.model import Deposit, PacketStatus
from pipeline.run.office import Office

RETURN = "packet-return"
OUT = frozenset({PacketStatus.FINAL, PacketStatus.SENT, PacketStatus.SIGNED_IN_PART})
ENDED = frozenset({PacketStatus.SUPERSEDED, PacketStatus.VOID})
NOT_VALID = ENDED | {PacketStatus.DRAFT}


@dataclass(frozen=True, slots=True)
class DocumentBack:
    """One document of a packet. pages: how many it has; back: those of which a scan has come."""

    id: str
    title: str
    pages: int
    back: tuple[int, ...] = ()

    @property
    def missing(self) -> tuple[int, ...]:
        return tuple(page for page in range(1, self.pages + 1) if page not in self.back)


@dataclass(frozen=True, slots=True)
class Signing:
    """How far a packet has come back."""

    row: PacketRow
    title: str
    documents: tuple[DocumentBack, ...]

    def document(self, name: str) -> DocumentBack | None:
        return next((each for each in self.documents if each.id == name), None)

    @property
    def to_come(self) -> tuple[str, ...]:
        """What has not come back, in sentences."""
        if not any(each.back for each in self.documents):
            return ("Nothing of it has come back yet.",)
        return tuple(f"{_capital(words_of_missing(each))}." for each in self.documents if each.missing)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def words_of_missing(document: DocumentBack) -> str:
    verb = "has" if len(document.missing) == 1 else "have"
    return f"{pages_named(document.missing)} of {document.title} {verb} not come back yet"


def signing_of(office: Office, tx: Transaction, row: PacketRow, but: str = "") -> Signing:
    """How far the packet has come back. but: a return that is left out, by the id of its act."""
    told = _description(office.archive, row.path)
    back: dict[str, set[int]] = {}
    for each in returns_of(office, tx, row.id):
        if each.id != but:
            pages = each.about["pages"]
            assert isinstance(pages, list)
            back.setdefault(str(each.about["document"]), set()).update(int(str(page)) for page in pages)
    documents = tuple(
        DocumentBack(
            str(each["id"]),
            str(each["title"]),
            int(each["pages"]),
            tuple(sorted(back.get(str(each["id"]), ()))),
        )
        for each in told["documents"]
    )
    return Signing(row, str(told["title"]), documents)


@lru_cache(maxsize=2048)  # a deposit is written once, and STATUS asks of every packet that is out
def _description(archive: Archive, path: str) -> Mapping[str, Any]:
    told: Mapping[str, Any] = json.loads(archive.read(archive.deposit(path), "packet.json"))
    return told


@lru_cache(maxsize=2048)
def _deposit(archive: Archive, path: str) -> Deposit:
    return archive.deposit(path)


def returns_of(office: Office, tx: Transaction, packet: str) -> tuple[Deposit, ...]:
    """Every scan of pages of the packet that was filed, first to last."""
    return tuple(_deposit(office.archive, act.path) for act in tx.acts(act=RETURN, target=packet))


def newer_packet(tx: Transaction, row: PacketRow) -> PacketRow | None:
    """The final packet that was made after this one for the same person, of the same kind and plan year."""
    case = tx.resolve_case(row.case)
    later: PacketRow | None = None
    for each in tx.packets(
        name=row.name
    ):  # in the order they were made, each draft and then its final packet
        if each.id == row.id:
            later = None
        elif each.scope == row.scope and each.status not in NOT_VALID and tx.resolve_case(each.case) == case:
            later = each
    return later


def out_for_signature(office: Office, tx: Transaction) -> tuple[Signing, ...]:
    """Every packet that was approved and is not in force yet, oldest first; of two for one plan year the newer."""
    newest: dict[tuple[str, str, str], PacketRow] = {}
    for row in tx.packets():
        if row.status not in NOT_VALID:
            newest[tx.resolve_case(row.case), row.name, row.scope] = row
    return tuple(signing_of(office, tx, row) for row in newest.values() if row.status in OUT)
