"""Drops, their parts, and the slips and sheets that wait in needs-attention."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from pipeline.ledger.engine import put
from pipeline.ledger.rows import DropRow, DropState, PartRow, SheetRow, SheetState
from pipeline.ledger.tables import drops, parts, sheets
from pipeline.model import Outcome, Reason
from pipeline.values import instant

# Built once: to build one anew cost three times what it takes to run it.
_DROP = select(drops).where(drops.c.id == bindparam("drop"))
_DROPS = select(drops).order_by(drops.c.received_at, drops.c.id)
_DROPS_IN_STATE = _DROPS.where(drops.c.state == bindparam("state"))
_DROPS_WITH_SHA = _DROPS.where(drops.c.sha256 == bindparam("sha256"))
_SET_DROP_STATE = (
    update(drops)
    .where(drops.c.id == bindparam("drop"))
    .values(state=bindparam("new_state", type_=drops.c.state.type))
)
_PART = select(parts).where(parts.c.id == bindparam("part"))
_PARTS = select(parts).order_by(parts.c.drop_id, parts.c.pages, parts.c.id)
_PARTS_OF_DROP = _PARTS.where(parts.c.drop_id == bindparam("drop"))
_MADE_SHEET = select(sheets.c.kind).where(sheets.c.sha256 == bindparam("sha256")).limit(1)
_END_SHEETS = update(sheets).where(sheets.c.part_id == bindparam("part")).values(state=SheetState.DONE)
_END_EARLIER_SHEETS = _END_SHEETS.where(sheets.c.round < bindparam("before_round"))


class Papers:
    """What came in and what became of it."""

    connection: Connection

    def drop(self, drop: str) -> DropRow | None:
        found = self.connection.execute(_DROP, {"drop": drop}).first()
        return None if found is None else _drop(found)

    def has_drop(self, drop: str) -> bool:
        return self.drop(drop) is not None

    def drops(self, state: DropState | None = None) -> tuple[DropRow, ...]:
        """All drops, or those in one state, oldest first."""
        query = _DROPS if state is None else _DROPS_IN_STATE
        return tuple(map(_drop, self.connection.execute(query, {"state": state} if state else {})))

    def drops_with_sha(self, sha256: str) -> tuple[DropRow, ...]:
        """Every arrival of these very bytes, oldest first."""
        return tuple(map(_drop, self.connection.execute(_DROPS_WITH_SHA, {"sha256": sha256})))

    def add_drop(self, row: DropRow) -> None:
        """Adds a drop; one that is there already keeps its state."""
        values = {
            "id": row.id,
            "sha256": row.sha256,
            "size": row.size,
            "received_at": instant(row.received_at),
            "file_type": row.file_type,
            "source": row.source,
            "name": row.name,
            "batch": row.batch,
            "path": row.path,
            "state": row.state,
        }
        put(self.connection, drops, values, keep=True)

    def set_drop_state(self, drop: str, state: DropState) -> None:
        self.connection.execute(_SET_DROP_STATE, {"drop": drop, "new_state": state})

    def part(self, part: str) -> PartRow | None:
        found = self.connection.execute(_PART, {"part": part}).first()
        return None if found is None else _part(found)

    def parts(
        self, drop: str | None = None, outcome: Outcome | None = None, case: str | None = None
    ) -> tuple[PartRow, ...]:
        """Parts that fit all that is given, by drop and first page."""
        query, given = (_PARTS, {}) if drop is None else (_PARTS_OF_DROP, {"drop": drop})
        for column, wanted in ((parts.c.outcome, outcome), (parts.c.case_id, case)):
            if wanted is not None:
                query = query.where(column == wanted)
        found = [_part(row) for row in self.connection.execute(query, given)]
        return tuple(sorted(found, key=lambda row: (row.drop, row.pages)))

    def put_part(self, row: PartRow) -> None:
        values = {
            "id": row.id,
            "drop_id": row.drop,
            "pages": _joined(row.pages),
            "form": row.form,
            "edition": row.edition,
            "outcome": row.outcome,
            "reasons": _joined(row.reasons),
            "case_id": row.case,
            "submission_id": row.submission,
            "round": row.round,
            "path": row.path,
        }
        put(self.connection, parts, values)

    # --- slips and sheets ---

    def add_sheet(self, part: str, number: int, kind: str, sha256: str) -> None:
        """Notes that a slip or sheet was made; where it lies is told by `sheet_placed`."""
        values = {
            "part_id": part,
            "round": number,
            "kind": kind,
            "sha256": sha256,
            "name": "",
            "state": SheetState.WAITING,
        }
        put(self.connection, sheets, values, keep=True)

    def sheet_placed(self, part: str, number: int, kind: str, name: str) -> None:
        """Where in needs-attention a slip or sheet lies; an empty name: it was taken away."""
        self.connection.execute(
            update(sheets)
            .where(sheets.c.part_id == part, sheets.c.round == number, sheets.c.kind == kind)
            .values(name=name)
        )

    def end_sheets(self, part: str, before_round: int | None) -> None:
        """Nobody waits for these any more: the part was kept, or asked about again (a later round)."""
        if before_round is None:
            self.connection.execute(_END_SHEETS, {"part": part})
        else:
            self.connection.execute(_END_EARLIER_SHEETS, {"part": part, "before_round": before_round})

    def sheets(self, part: str | None = None, state: SheetState | None = None) -> tuple[SheetRow, ...]:
        query = select(sheets).order_by(sheets.c.part_id, sheets.c.round, sheets.c.kind)
        if part is not None:
            query = query.where(sheets.c.part_id == part)
        if state is not None:
            query = query.where(sheets.c.state == state)
        return tuple(map(_sheet, self.connection.execute(query)))

    def made_sheet(self, sha256: str) -> bool:
        """Whether these bytes are a slip or sheet as we made it."""
        return self.connection.execute(_MADE_SHEET, {"sha256": sha256}).first() is not None


def _joined(items: Sequence[object]) -> str:
    return ",".join(map(str, items))


def _drop(row: Row[Any]) -> DropRow:
    return DropRow(
        id=row.id,
        sha256=row.sha256,
        size=row.size,
        received_at=datetime.fromisoformat(row.received_at),
        file_type=row.file_type,
        source=row.source,
        path=row.path,
        state=DropState(row.state),
        name=row.name,
        batch=row.batch,
    )


def _part(row: Row[Any]) -> PartRow:
    return PartRow(
        id=row.id,
        drop=row.drop_id,
        pages=tuple(int(page) for page in row.pages.split(",") if page),
        outcome=Outcome(row.outcome),
        form=row.form,
        edition=row.edition,
        reasons=tuple(Reason(reason) for reason in row.reasons.split(",") if reason),
        case=row.case_id,
        submission=row.submission_id,
        round=row.round,
        path=row.path,
    )


def _sheet(row: Row[Any]) -> SheetRow:
    return SheetRow(
        part=row.part_id,
        round=row.round,
        kind=row.kind,
        sha256=row.sha256,
        state=SheetState(row.state),
        name=row.name,
    )
