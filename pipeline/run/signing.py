"""What of a packet that went out has come back: which pages, and who signed, from its deposit and the acts about it.

Nothing is decided here. A packet keeps being told from the archive alone, so that it stands the same after `reindex`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.archive import Archive
from pipeline.desk.words import pages_named
from pipeline.errors import ArchiveError
from pipeline.ledger import About, PacketRow, Transaction
from pipeline.model import Box, Deposit, PacketStatus
from pipeline.run.lifecycle import ENDED, OUT
from pipeline.run.office import Office

RETURN, SIGNATURE = "packet-return", "packet-signature"
DATE = ":date"  # behind the place of a signature: the box of the day beside it
NOT_VALID = ENDED | {PacketStatus.DRAFT}


class Signed(StrEnum):
    """What is known of one line on which a role signs."""

    UNSIGNED = "unsigned"
    UNSURE = "unsure"
    SIGNED = "signed"
    MARK = "mark"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """A line on which a role signs. place: `plan/1`; page: of the document, 0 where the line was not found on one.

    wanted: False where the paper says that nobody signs there; on: the day beside the signature, None if not known
    by_hand: a person said so, and no scan counts against it; below: as of the place
    """

    place: str
    role: str
    wanted: bool
    page: int
    box: Box | None = None
    date_box: Box | None = None
    state: Signed = Signed.UNSIGNED
    on: date | None = None
    by_hand: bool = False
    below: str = ""

    @property
    def is_signed(self) -> bool:
        return self.state in (Signed.SIGNED, Signed.MARK)


@dataclass(frozen=True, slots=True)
class DocumentBack:
    """One document of a packet. pages: how many it has; back: those of which a scan has come; awaited: False for the
    cover sheet and the checklist, which nobody signs"""

    id: str
    title: str
    pages: int
    back: tuple[int, ...] = ()
    awaited: bool = True

    @property
    def missing(self) -> tuple[int, ...]:
        if not self.awaited:
            return ()
        return tuple(page for page in range(1, self.pages + 1) if page not in self.back)


@dataclass(frozen=True, slots=True)
class Signing:
    """How far a packet has come back."""

    row: PacketRow
    title: str
    documents: tuple[DocumentBack, ...]
    lines: tuple[SignatureLine, ...] = ()

    @property
    def wanted(self) -> tuple[SignatureLine, ...]:
        return tuple(line for line in self.lines if line.wanted)

    def lines_of(self, document: str) -> tuple[SignatureLine, ...]:
        return tuple(line for line in self.lines if line.place.rpartition("/")[0] == document)

    def document(self, name: str) -> DocumentBack | None:
        return next((each for each in self.documents if each.id == name), None)

    @property
    def open_roles(self) -> tuple[str, ...]:
        """Who has not signed, or of whom it is not sure, or who refused: in sentences."""
        named: dict[Signed, list[str]] = {}
        for line in self.wanted:
            named.setdefault(line.state, []).append(f"{line.role} ({self._where(line)})")
        said = {
            Signed.UNSIGNED: "Not signed yet: {}.",
            Signed.UNSURE: "Look at the scan; we are not sure whether these signed: {}.",
            Signed.REFUSED: "Refused to sign: {}.",
        }
        found = [words.format("; ".join(named[state])) for state, words in said.items() if state in named]
        if not found and any(line.on is None for line in self.wanted):
            found = ["Everybody has signed; the day of a signature could not be read and must be said."]
        return tuple(found)

    def _where(self, line: SignatureLine) -> str:
        document = self.document(line.place.rpartition("/")[0])
        title = document.title if document else self.title
        return f"{title}, page {line.page}" if line.page else title

    @property
    def to_come(self) -> tuple[str, ...]:
        """What has not come back, in sentences."""
        if not any(each.back for each in self.documents):
            return ("Nothing of it has come back yet.", *self.open_roles)
        pages = tuple(f"{_capital(words_of_missing(each))}." for each in self.documents if each.missing)
        return (*self.open_roles, *pages)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def words_of_missing(document: DocumentBack) -> str:
    verb = "has" if len(document.missing) == 1 else "have"
    return f"{pages_named(document.missing)} of {document.title} {verb} not come back yet"


def signing_about(office: Office, packet_id: str) -> Signing:
    """How far a packet has come back whose pages wait. Raises ArchiveError where the ledger has none of that number."""
    with office.ledger.reading() as tx:
        row = tx.packet(packet_id)
        if row is None:
            raise ArchiveError(
                f"Pages of packet {packet_id} wait, and the ledger has no such packet. Run verify."
            )
        return signing_of(office, tx, row)


def signing_of(office: Office, tx: Transaction, row: PacketRow, but: str = "") -> Signing:
    """How far the packet has come back. but: a return that is left out, by the id of its act."""
    told = _description(office.archive, row.path)
    back: dict[str, set[int]] = {}
    for each in returns_of(office, tx, row.id):
        if each.id != but:
            said = About(each.about, each.path)
            back.setdefault(said.text("document"), set()).update(map(int, said.texts("pages")))
    documents = tuple(
        DocumentBack(
            str(each["id"]),
            str(each["title"]),
            int(each["pages"]),
            tuple(sorted(back.get(str(each["id"]), ()))),
            not each.get("front", False),
        )
        for each in told["documents"]
    )
    return Signing(row, str(told["title"]), documents, _lines(office, tx, row, told, but))


def _lines(
    office: Office, tx: Transaction, row: PacketRow, told: Mapping[str, Any], but: str
) -> tuple[SignatureLine, ...]:
    """The lines of the packet with what scans show and people said of them, in the order in which it came."""
    lines = {
        str(each["place"]): SignatureLine(
            str(each["place"]),
            str(each["role"]),
            bool(each["wanted"]),
            int(each["page"]),
            _box(each["box"]),
            _box(each["date_box"]),
            below=str(each.get("below", "")),
        )
        for document in told["documents"]
        for each in document.get("signatures", ())  # a packet made before these were recorded has none
    }
    for act in tx.acts(target=row.id):
        if act.act not in (RETURN, SIGNATURE) or act.id == but:
            continue
        for said in About(_deposit(office.archive, act.path).about, act.path).objects("signatures"):
            place = str(said["place"])
            if place in lines:
                state, on = Signed(str(said["state"])), str(said["on"])
                day = date.fromisoformat(on) if on else None
                lines[place] = heard(lines[place], state, day, by_hand=act.act == SIGNATURE)
    return tuple(lines.values())


def heard(line: SignatureLine, state: Signed, on: date | None, *, by_hand: bool) -> SignatureLine:
    """The line after one more scan, or after a person's word, against which no scan counts."""
    if by_hand:
        return replace(line, state=state, on=on or line.on, by_hand=True)
    if line.by_hand:
        return line
    order = (Signed.UNSIGNED, Signed.UNSURE, Signed.SIGNED)
    best = max((line.state, state), key=order.index)
    return replace(line, state=best, on=line.on or (on if state is Signed.SIGNED else None))


def _box(edges: Sequence[str]) -> Box | None:
    return Box(*map(float, edges)) if edges else None


def first_page_of(office: Office, row: PacketRow, name: str) -> tuple[Path, int] | None:
    """A PDF that went out with this document, and its page, from 0, on which the document begins."""
    deposit = _deposit(office.archive, row.path)
    documents = _description(office.archive, row.path)["documents"]
    files = {file.name for file in deposit.files}
    recipients = next((each["recipients"] for each in documents if each["id"] == name), ())
    for recipient in recipients:
        if (file := f"{row.name}-for-{recipient}.pdf") in files:
            before = 0
            for each in documents:
                if each["id"] == name:
                    return office.archive.file(deposit, file), before
                before += int(each["pages"]) if recipient in each["recipients"] else 0
    return None


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
    later: PacketRow | None = None
    # in the order they were made, each draft and then its final packet
    for each in tx.packets(tx.resolve_case(row.case), row.name):
        if each.id == row.id:
            later = None
        elif each.scope == row.scope and each.status not in NOT_VALID:
            later = each
    return later


def out_for_signature(office: Office, tx: Transaction) -> tuple[Signing, ...]:
    """Every packet that was approved and is not in force yet, oldest first; of two for one plan year the newer."""
    newest: dict[tuple[str, str, str], PacketRow] = {}
    for row in tx.packets():
        if row.status not in NOT_VALID:
            newest[tx.resolve_case(row.case), row.name, row.scope] = row
    return tuple(signing_of(office, tx, row) for row in newest.values() if row.status in OUT)
