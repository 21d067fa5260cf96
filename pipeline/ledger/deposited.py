"""Packets, acts, and every deposit of the archive by its path."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select, update

from pipeline.ledger.engine import put
from pipeline.ledger.people import cases_of
from pipeline.ledger.rows import ActKind, ActRow, DepositRow, PacketRow
from pipeline.ledger.tables import acts, deposits, packet_uses, packets
from pipeline.model import DepositKind, PacketStatus


class Deposited:
    """What was made from filed forms, and what people decided."""

    connection: Connection

    def packet(self, packet: str) -> PacketRow | None:
        """The newest deposit of this packet (a final packet is a deposit beside its draft)."""
        query = (
            select(packets)
            .where(packets.c.id == packet)
            .order_by(packets.c.seq.desc(), packets.c.path.desc())
        )
        found = self.connection.execute(query).first()
        return None if found is None else _packet(found)

    def packets(self, case: str | None = None, name: str | None = None) -> tuple[PacketRow, ...]:
        """Every deposit of packets, in the order they were made. case: that person's, whichever of their cases."""
        query = select(packets).order_by(packets.c.seq, packets.c.path)
        if case is not None:
            query = query.where(packets.c.case_id.in_(cases_of(self.connection, case)))
        if name is not None:
            query = query.where(packets.c.name == name)
        return tuple(map(_packet, self.connection.execute(query)))

    def put_packet(self, row: PacketRow, uses: Iterable[str], seq: int) -> None:
        values = {
            "id": row.id,
            "path": row.path,
            "name": row.name,
            "case_id": row.case,
            "scope": row.scope,
            "as_of": row.as_of.isoformat(),
            "status": row.status,
            "inputs_hash": row.inputs_hash,
            "seq": seq,
        }
        put(self.connection, packets, values, keep=True)
        for submission in uses:
            put(
                self.connection,
                packet_uses,
                {"packet_id": row.id, "submission_id": submission},
                keep=True,
            )

    def set_packet_status(self, packet: str, status: PacketStatus) -> None:
        self.connection.execute(update(packets).where(packets.c.id == packet).values(status=status))

    def packets_using(self, submission: str) -> tuple[str, ...]:
        """Ids of the packets that show something of this submission: to be named when it is withdrawn."""
        query = select(packet_uses.c.packet_id).where(packet_uses.c.submission_id == submission)
        return tuple(sorted(self.connection.execute(query).scalars()))

    def acts(
        self, case: str | None = None, act: str | None = None, target: str | None = None
    ) -> tuple[ActRow, ...]:
        """What people decided, in the order they did. case: of that person, whichever of their cases."""
        query = select(acts).order_by(acts.c.seq, acts.c.id)
        if case is not None:
            query = query.where(acts.c.case_id.in_(cases_of(self.connection, case)))
        for column, wanted in ((acts.c.act, act), (acts.c.target, target)):
            if wanted is not None:
                query = query.where(column == wanted)
        found = self.connection.execute(query)
        return tuple(ActRow(row.id, ActKind(row.act), row.case_id, row.target, row.path) for row in found)

    def put_act(self, row: ActRow, seq: int) -> None:
        values = {
            "id": row.id,
            "act": row.act,
            "case_id": row.case,
            "target": row.target,
            "path": row.path,
            "seq": seq,
        }
        put(self.connection, acts, values, keep=True)

    def deposit(self, path: str) -> DepositRow | None:
        found = self.connection.execute(select(deposits).where(deposits.c.path == path)).first()
        return None if found is None else _deposit(found)

    def deposits(self, kind: DepositKind | None = None, case: str | None = None) -> tuple[DepositRow, ...]:
        query = select(deposits).order_by(deposits.c.seq, deposits.c.path)
        if kind is not None:
            query = query.where(deposits.c.kind == kind)
        if case is not None:
            query = query.where(deposits.c.case_id == case)
        return tuple(map(_deposit, self.connection.execute(query)))

    def put_deposit(self, row: DepositRow, seq: int) -> None:
        values = {
            "path": row.path,
            "kind": row.kind,
            "id": row.id,
            "case_id": row.case,
            "manifest_sha256": row.manifest_sha256,
            "seq": seq,
        }
        put(self.connection, deposits, values, keep=True)


def _packet(row: Row[Any]) -> PacketRow:
    return PacketRow(
        id=row.id,
        name=row.name,
        case=row.case_id,
        scope=row.scope,
        as_of=date.fromisoformat(row.as_of),
        status=PacketStatus(row.status),
        path=row.path,
        inputs_hash=row.inputs_hash,
    )


def _deposit(row: Row[Any]) -> DepositRow:
    return DepositRow(row.path, DepositKind(row.kind), row.id, row.case_id, row.manifest_sha256)
