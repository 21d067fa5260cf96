"""Every packet with what became of it: made, sent to whom, signed by whom, in force, superseded, void."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.ledger import PacketRow
from pipeline.run.lifecycle import OUT, Sending, sendings_of
from pipeline.run.office import Office
from pipeline.run.signing import signing_of
from pipeline.values import Json


@dataclass(frozen=True, slots=True)
class PacketSeen:
    """A packet as it stands. to_come: what has not come back of one that is out, in sentences

    signatures, pages: how many of them are missing
    """

    row: PacketRow
    title: str
    sendings: tuple[Sending, ...] = ()
    to_come: tuple[str, ...] = ()
    signatures: int = 0
    pages: int = 0

    def as_json(self) -> dict[str, Json]:
        """The shape is documented in docs/commands.md and stable."""
        return {
            **row_json(self.row),
            "sent": [
                {"to": list(each.to), "way": each.way, "on": each.on.isoformat(), "by": each.by}
                for each in self.sendings
            ],
            "to_come": list(self.to_come),
        }


def row_json(row: PacketRow) -> dict[str, Json]:
    """What lists of packets say of each, whatever they list."""
    return {
        "packet": row.id,
        "name": row.name,
        "case": row.case,
        "scope": row.scope,
        "as_of": row.as_of.isoformat(),
        "status": row.status.value,
        "path": row.path,
    }


def packets_seen(office: Office, case: str = "") -> Iterator[PacketSeen]:
    """The packets of a case, or of all, in the order they were made; of a draft and its final packet the final one."""
    with office.ledger.reading() as tx:
        newest: dict[str, PacketRow] = {}
        for row in tx.packets(case or None):
            newest.pop(row.id, None)
            newest[row.id] = row
        for row in newest.values():
            plan = office.site.packets.get(row.name)
            title, sendings = plan.title if plan else row.name, sendings_of(office, tx, row.id)
            if row.status not in OUT:
                yield PacketSeen(row, title, sendings)
                continue
            signing = signing_of(office, tx, row)
            yield PacketSeen(
                row,
                title,
                sendings,
                signing.to_come,
                sum(not line.is_signed for line in signing.wanted),
                sum(len(each.missing) for each in signing.documents),
            )
