"""What becomes of a packet once it was approved: sent, in force in place of an older one, void, and taken back.

Each change is one act, which also names the packets whose status changes with it: of two plans for one year that were
signed, one is in force at every moment, whatever stops the machine in between.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.errors import PacketError
from pipeline.ledger import About, ActKind, PacketRow, Transaction
from pipeline.model import PacketStatus
from pipeline.run.acts import act
from pipeline.run.office import Office
from pipeline.values import Json

SENT, STATUS = ActKind.PACKET_SENT, ActKind.PACKET_STATUS
WAYS = ("mail", "by hand", "e-mail", "portal", "fax")
OUT = frozenset({PacketStatus.FINAL, PacketStatus.SENT, PacketStatus.SIGNED_IN_PART})
ENDED = frozenset({PacketStatus.SUPERSEDED, PacketStatus.VOID})
VALID = OUT | {PacketStatus.IN_FORCE}


@dataclass(frozen=True, slots=True)
class Sending:
    """One time a packet went to somebody. to: names of its recipients; way: one of WAYS"""

    to: tuple[str, ...]
    way: str
    on: date
    by: str


def record_sent(
    office: Office, packet_id: str, to: Sequence[str], *, way: str, on: date, by: str
) -> tuple[Sending, ...]:
    """Records that the packet went out, or went out once more. Every time it did, first to last. Raises PacketError.

    to: recipients as the packet's files name them (`guardian`, `provider-P101`); a role stands for all of its own
    """
    row = packet_named(office, packet_id)
    if row.status not in VALID:
        raise PacketError([f"Packet {packet_id} is {row.status.value}; only an approved packet is sent."])
    if on > office.today():
        raise PacketError([f"{on.isoformat()} has not come yet. Record what was sent once it is."])
    files = _sent_files(office, row, to)
    about: dict[str, Json] = {"to": list(files), "way": way, "on": on.isoformat(), "files": dict(files)}
    act(office, SENT, case=row.case, target=packet_id, by=by, reason=f"sent: {way}", about=about)
    if row.status is PacketStatus.FINAL:
        change_status(office, row, PacketStatus.SENT, by=by, reason="sent")
    with office.ledger.reading() as tx:
        return sendings_of(office, tx, packet_id)


def recipients_meant(wanted: str, known: Sequence[str]) -> list[str]:
    """The recipient of this name, or else all of this role; a code may begin as another does."""
    return [wanted] if wanted in known else [name for name in known if name.startswith(f"{wanted}-")]


def _sent_files(office: Office, row: PacketRow, to: Sequence[str]) -> dict[str, str]:
    """Recipient → SHA-256 of the very file that it got; empty where there is none, only Word documents."""
    deposit = office.archive.deposit(row.path)
    documents = json.loads(office.archive.read(deposit, "packet.json"))["documents"]
    known = dict.fromkeys(str(name) for each in documents for name in each["recipients"])
    hashes = {file.name: file.sha256 for file in deposit.files}
    chosen: dict[str, str] = {}
    for wanted in to:
        if not (found := recipients_meant(wanted, list(known))):
            raise PacketError(
                [f'This packet goes to nobody called "{wanted}". It goes to: {", ".join(known)}.']
            )
        chosen |= {name: hashes.get(f"{row.name}-for-{name}.pdf", "") for name in found}
    return chosen


def sendings_of(office: Office, tx: Transaction, packet_id: str) -> tuple[Sending, ...]:
    """Every time the packet went out, first to last."""
    found: list[Sending] = []
    for each in tx.acts(act=SENT, target=packet_id):
        deposit = office.archive.deposit(each.path)
        said, by = About(deposit.about, each.path), json.loads(office.archive.read(deposit, "act.json"))["by"]
        found.append(Sending(said.texts("to"), said.text("way"), date.fromisoformat(said.text("on")), by))
    return tuple(found)


def change_status(
    office: Office,
    row: PacketRow,
    status: PacketStatus,
    *,
    by: str,
    reason: str,
    also: Mapping[str, PacketStatus] | None = None,
    about: Mapping[str, Json] | None = None,
) -> None:
    """Sets the status of a packet, and in the same act that of others. also: packet → its status from now on"""
    with office.ledger.reading() as tx:
        others = {packet: found for packet in also or {} if (found := tx.packet(packet)) is not None}
    said: dict[str, Json] = {"status": status.value, "before": row.status.value, **(about or {})}
    if others:
        said["statuses"] = {packet: (also or {})[packet].value for packet in others}
        said["statuses_before"] = {packet: found.status.value for packet, found in others.items()}
    act(office, STATUS, case=row.case, target=row.id, by=by, reason=reason, about=said)


def superseded_by(tx: Transaction, row: PacketRow) -> dict[str, PacketStatus]:
    """The older packets whose place this one takes when it comes in force. Raises PacketError when a newer one is."""
    made: dict[str, PacketRow] = {}
    for each in tx.packets(tx.resolve_case(row.case), row.name):
        counts = each.status in VALID or each.id == row.id  # its own place counts, void or not
        if each.scope == row.scope and counts:
            made.pop(each.id, None)
            made[each.id] = each  # a draft and its final packet are two deposits; the later one counts
    order = list(made)
    own = order.index(row.id)
    for newer in order[own + 1 :]:
        if made[newer].status is PacketStatus.IN_FORCE:
            raise PacketError(
                [f"A newer packet, {newer}, is in force. This one cannot come in force any more."]
            )
    return dict.fromkeys(order[:own], PacketStatus.SUPERSEDED)


def case_of_packet(office: Office, packet_id: str) -> str:
    """The case that speaks today for the one it was made for. Raises PacketError."""
    row = packet_named(office, packet_id)
    with office.ledger.reading() as tx:
        return tx.resolve_case(row.case)


def void(office: Office, packet_id: str, *, by: str, reason: str) -> tuple[str, ...]:
    """The packet counts no longer, and what was approved with it neither; those it had superseded stand again: their
    numbers. Raises PacketError."""
    row = packet_named(office, packet_id)
    if not reason.strip():
        raise PacketError(["To void a packet, say why."])
    if row.status is PacketStatus.VOID:
        raise PacketError([f"Packet {packet_id} is void already."])
    # Of a packet not in force another stands in the place of what it had superseded.
    in_force = row.status is PacketStatus.IN_FORCE
    back = _superseded_before(office, packet_id) if in_force else {}
    change_status(office, row, PacketStatus.VOID, by=by, reason=reason, also=back)
    return tuple(back)


def take_back_void(office: Office, packet_id: str, *, by: str, reason: str) -> PacketStatus:
    """The packet stands as it did before it was voided, which is returned. Raises PacketError."""
    row = packet_named(office, packet_id)
    if row.status is not PacketStatus.VOID:
        raise PacketError([f"Packet {packet_id} is not void."])
    with office.ledger.reading() as tx:
        last = tx.acts(act=STATUS, target=packet_id)[-1]
        said = office.archive.deposit(last.path).about
        status = PacketStatus(str(said["before"]))
        also = superseded_by(tx, row) if status is PacketStatus.IN_FORCE else {}
    change_status(office, row, status, by=by, reason=reason or "not void after all", also=also)
    return status


def before_in_force(office: Office, packet_id: str) -> tuple[PacketStatus, dict[str, PacketStatus]]:
    """What a packet was before it came in force last, and what the packets were that it superseded then."""
    status = PacketStatus.FINAL
    with office.ledger.reading() as tx:
        for each in tx.acts(act=STATUS, target=packet_id):
            about = office.archive.deposit(each.path).about
            before = PacketStatus(str(about.get("before", PacketStatus.FINAL.value)))  # older acts do not say
            if about["status"] == PacketStatus.IN_FORCE.value and before in OUT:
                status = before
    return status, _superseded_before(office, packet_id)


def _superseded_before(office: Office, packet_id: str) -> dict[str, PacketStatus]:
    """The packets that this one superseded and that are so still → what they were before. In place of one that is
    void since, those which that one had superseded."""
    found: dict[str, PacketStatus] = {}
    waiting, seen = [packet_id], {packet_id}
    with office.ledger.reading() as tx:
        while waiting:
            for packet, status in _put_aside_by(office, tx, waiting.pop()).items():
                row = tx.packet(packet)
                if row is not None and row.status is PacketStatus.SUPERSEDED:
                    found[packet] = status
                elif row is not None and row.status is PacketStatus.VOID and packet not in seen:
                    seen.add(packet)
                    waiting.append(packet)
    return found


def _put_aside_by(office: Office, tx: Transaction, packet_id: str) -> dict[str, PacketStatus]:
    """The packets that one has superseded at some time → what they were before."""
    found: dict[str, PacketStatus] = {}
    for each in tx.acts(act=STATUS, target=packet_id):
        before = About(office.archive.deposit(each.path).about, each.path).text_map("statuses_before")
        found |= {packet: PacketStatus(status) for packet, status in before.items()}
    return found


def packet_named(office: Office, packet_id: str) -> PacketRow:
    """The packet with this number. Raises PacketError when there is none."""
    with office.ledger.reading() as tx:
        row = tx.packet(packet_id)
    if row is None:
        raise PacketError([f"There is no packet {packet_id}."], ["packets"])
    return row
