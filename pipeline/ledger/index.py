"""From deposits and events to index rows: the one road, taken when something is kept and again at reindex.

Because living and rebuilding use the same functions, the index rebuilt from the outbox alone has the same
rows. What each deposit must say in its manifest is listed in docs/formats.md, "The archive".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from pipeline.errors import ArchiveError
from pipeline.ledger.about import About
from pipeline.ledger.deposited import Deposited
from pipeline.ledger.engine import put
from pipeline.ledger.jobs import Jobs
from pipeline.ledger.papers import Papers
from pipeline.ledger.people import People
from pipeline.ledger.rows import (
    ActKind,
    ActRow,
    DepositRow,
    DropRow,
    DropState,
    Event,
    EventKind,
    Identifier,
    JobState,
    PacketRow,
    PartRow,
    SubmissionRow,
)
from pipeline.ledger.tables import events, jobs
from pipeline.model import (
    CaseStatus,
    Deposit,
    DepositKind,
    Outcome,
    PacketStatus,
    Reason,
    canonical_json,
    short_id,
)
from pipeline.values import Json, instant

# Built once: to build one anew cost three times what it takes to run it.
_LAST_LINK = select(events.c.seq, events.c.hash).order_by(events.c.seq.desc()).limit(1)
_EVENT_WITH = select(events.c.seq).where(events.c.key == bindparam("event_key"))
_DROP_IS_DONE = jobs.update().where(jobs.c.key == bindparam("job")).values(state=JobState.DONE, owner="")

ReadFile = Callable[[Deposit, str], bytes]
DROP_FILE = "drop.json"
IDENTIFIERS_FILE = "identifiers.json"
SHEET_FILES = {
    "sheet.pdf": "sheet",
    "confirm.pdf": "confirm",
    "slip.pdf": "slip",
    "slip.txt": "slip",
    "slip.html": "slip",
}


class Index(Papers, People, Deposited, Jobs):
    """Everything one transaction of the ledger can do."""

    connection: Connection

    # --- events ---

    def last_link(self) -> tuple[int, str] | None:
        """Number and hash of the last event."""
        found = self.connection.execute(_LAST_LINK).first()
        return None if found is None else (found.seq, found.hash)

    def last_event_number(self) -> int:
        found: int | None = self.connection.execute(select(func.max(events.c.seq))).scalar()
        return found or 0

    def events(self, after: int = 0, kind: str | None = None) -> tuple[Event, ...]:
        query = select(events).where(events.c.seq > after).order_by(events.c.seq)
        if kind is not None:
            query = query.where(events.c.kind == kind)
        return tuple(map(_event, self.connection.execute(query)))

    def event_with(self, kind: str, ids: Mapping[str, Json]) -> int | None:
        """The number of an event that said exactly this, or None."""
        key = event_key(kind, ids)
        found: int | None = self.connection.execute(_EVENT_WITH, {"event_key": key}).scalar()
        return found

    def put_event(self, event: Event) -> None:
        values = {
            "seq": event.seq,
            "at": instant(event.at),
            "kind": event.kind,
            "key": event_key(event.kind, event.ids),
            "ids": json.dumps(event.ids, sort_keys=True),
            "prev": event.prev,
            "hash": event.hash,
        }
        put(self.connection, events, values, keep=True)

    def index_event(self, event: Event) -> None:
        """The rows that an event stands for. Deposits are indexed from their manifests, not from here.

        Raises ValueError for a kind this program does not know.
        """
        said, kind = About(event.ids, f"journal, event {event.seq}"), EventKind(event.kind)
        if kind is EventKind.PART:
            part = _part_row(said)
            self.put_part(part)
            self.end_sheets(part.id, before_round=part.round if part.outcome is Outcome.HELD else None)
        elif kind is EventKind.DROP:
            drop, state = said.text("drop"), DropState(said.text("state"))
            self.set_drop_state(drop, state)
            if state is not DropState.RECEIVED:
                self.connection.execute(_DROP_IS_DONE, {"job": drop_job(drop)})

    # --- deposits ---

    def index_deposit(self, deposit: Deposit, manifest_sha256: str, seq: int, read: ReadFile) -> None:
        """The rows that a deposit stands for. seq: the number of the event that announced it."""
        said = About(deposit.about, deposit.path)
        case = said.text("case", "")
        self.put_deposit(DepositRow(deposit.path, deposit.kind, deposit.id, case, manifest_sha256), seq)
        if deposit.kind is DepositKind.RECEIVED:
            self._index_received(deposit, said, read)
        elif deposit.kind is DepositKind.HELD:
            self._index_held(deposit, said)
        elif deposit.kind is DepositKind.SUBMISSION:
            self._index_submission(deposit, said, read)
        elif deposit.kind is DepositKind.PACKET:
            self._index_packet(deposit, said, seq)
        elif deposit.kind is DepositKind.ACT:
            self._index_act(deposit, said, seq, read)

    def _index_received(self, deposit: Deposit, said: About, read: ReadFile) -> None:
        private = About(json.loads(read(deposit, DROP_FILE)), f"{deposit.path}/{DROP_FILE}")
        self.add_drop(
            DropRow(
                id=deposit.id,
                sha256=said.text("sha256"),
                size=said.number("size"),
                received_at=datetime.fromisoformat(said.text("received_at")),
                file_type=said.text("file_type"),
                source=said.text("source"),
                path=deposit.path,
                state=DropState.RECEIVED,
                name=private.text("name"),
                batch=private.text("batch"),
            )
        )
        self.add_job(drop_job(deposit.id), "drop")

    def _index_held(self, deposit: Deposit, said: About) -> None:
        for file in deposit.files:
            if kind := SHEET_FILES.get(file.name):
                self.add_sheet(said.text("part"), said.number("round"), kind, file.sha256)

    def _index_submission(self, deposit: Deposit, said: About, read: ReadFile) -> None:
        case = said.text("case")
        for file in deposit.files:
            if kind := SHEET_FILES.get(file.name):
                self.add_sheet(said.text("part"), 0, kind, file.sha256)
        self.open_case(case, deposit.id)
        self.put_submission(
            SubmissionRow(
                id=deposit.id,
                part=said.text("part"),
                drop=said.text("drop"),
                case=case,
                form=said.text("form"),
                edition=said.text("edition"),
                received_at=datetime.fromisoformat(said.text("received_at")),
                effective=date.fromisoformat(said.text("effective")),
                period=said.text("period", ""),
                values_hash=said.text("values_hash"),
                path=deposit.path,
            )
        )
        self._index_identifiers(deposit, case, read)

    def _index_identifiers(self, deposit: Deposit, case: str, read: ReadFile) -> None:
        if IDENTIFIERS_FILE in {file.name for file in deposit.files}:
            rows = json.loads(read(deposit, IDENTIFIERS_FILE))
            found = [Identifier(row["type"], row["value"], bool(row["unique"])) for row in rows]
            self.put_identifiers(case, deposit.id, found)

    def _index_packet(self, deposit: Deposit, said: About, seq: int) -> None:
        row = PacketRow(
            id=said.text("packet", deposit.id),
            name=said.text("name"),
            case=said.text("case"),
            scope=said.text("scope", ""),
            as_of=date.fromisoformat(said.text("as_of")),
            status=PacketStatus(said.text("status")),
            path=deposit.path,
            inputs_hash=short_id(canonical_json(dict(deposit.inputs)), length=52),
        )
        self.put_packet(row, said.texts("uses"), seq)

    def _index_act(self, deposit: Deposit, said: About, seq: int, read: ReadFile) -> None:
        act, case, target = ActKind(said.text("act")), said.text("case", ""), said.text("target", "")
        self.put_act(ActRow(deposit.id, act, case, target, deposit.path), seq)
        if act is ActKind.WITHDRAW:
            self.withdraw_submission(target, deposit.id)
        elif act is ActKind.REFILE:
            self.move_submission(target, said.text("into"))
        elif act is ActKind.MERGE:
            self.merge_case(case, said.text("into"))
        elif act is ActKind.SPLIT:
            self.open_case(said.text("into"), deposit.id)
            for submission in said.texts("submissions"):
                self.move_submission(submission, said.text("into"))
        elif act is ActKind.CASE_STATUS:
            self.set_case_status(case, CaseStatus(said.text("status")))
        elif act is ActKind.PACKET_STATUS:
            self.set_packet_status(target, PacketStatus(said.text("status")))
            for packet, status in said.text_map("statuses").items():
                self.set_packet_status(packet, PacketStatus(status))
        self._index_identifiers(deposit, case, read)


def drop_job(drop: str) -> str:
    """Key of the job that reads a drop."""
    return f"drop:{drop}"


def event_key(kind: str, ids: Mapping[str, Json]) -> str:
    """What makes two events the same: they say the same of the same things."""
    return _event_key(kind, json.dumps(ids, sort_keys=True))


@lru_cache(maxsize=64)  # each event asks twice: whether it was, and when it is put down
def _event_key(kind: str, ids: str) -> str:
    return short_id("event", kind, canonical_json(json.loads(ids)), length=26)


def part_ids(row: PartRow) -> dict[str, Json]:
    """A part as an event says it."""
    return {
        "part": row.id,
        "drop": row.drop,
        "pages": list(row.pages),
        "form": row.form,
        "edition": row.edition,
        "outcome": row.outcome.value,
        "reasons": [reason.value for reason in row.reasons],
        "case": row.case,
        "submission": row.submission,
        "round": row.round,
        "path": row.path,
    }


def _event(row: Row[Any]) -> Event:
    try:
        at, ids = datetime.fromisoformat(row.at), dict(json.loads(row.ids))
    except (ValueError, TypeError) as error:
        raise ArchiveError(f"Event {row.seq} of the ledger is damaged. Run verify, then reindex.") from error
    return Event(row.seq, at, row.kind, ids, row.prev, row.hash)


def _part_row(said: About) -> PartRow:
    return PartRow(
        id=said.text("part"),
        drop=said.text("drop"),
        pages=tuple(int(page) for page in said.texts("pages")),
        outcome=Outcome(said.text("outcome")),
        form=said.text("form"),
        edition=said.text("edition"),
        reasons=tuple(map(Reason, said.texts("reasons"))),
        case=said.text("case"),
        submission=said.text("submission"),
        round=said.number("round"),
        path=said.text("path"),
    )
