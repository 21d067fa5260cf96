"""A small office for the tests of keeping: folders, a clock to turn, and the story of a drop in ten lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from pipeline.archive import Archive, Books, act_path, held_path, packet_path, submission_path
from pipeline.inbox import Inbox, Received, StillChanging
from pipeline.ledger import DropState, Identifier, Job, Ledger, PartRow, open_ledger
from pipeline.model import DepositKind, Outcome, Part, Reason, canonical_json, short_id
from pipeline.values import Json
from pipeline.workers import work_on

PDF = b"%%PDF-1.4\nthe %d. paper\n%%%%EOF\n"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def pdf(number: int) -> bytes:
    """Bytes that begin and end like a PDF; nobody here opens it."""
    return PDF % number


class Clock:
    """A clock that only the test turns."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds

    def turn(self, seconds: float) -> None:
        self.seconds += seconds


@dataclass
class Office:
    """Folders of one office below a temporary one."""

    root: Path
    settle_seconds: float = 0.0

    @classmethod
    def at(cls, root: Path, settle_seconds: float = 0.0) -> Office:
        for name in ("inbox", "outbox", "state", "state/scratch"):
            (root / name).mkdir()
        return cls(root, settle_seconds)

    @property
    def inbox_folder(self) -> Path:
        return self.root / "inbox"

    @property
    def outbox(self) -> Path:
        return self.root / "outbox"

    @property
    def scratch(self) -> Path:
        return self.root / "state" / "scratch"

    def inbox(self, clock: Clock | None = None) -> Inbox:
        return Inbox(self.inbox_folder, self.settle_seconds, clock or Clock(), lambda: NOON)

    def ledger(self) -> Ledger:
        return open_ledger(self.root / "state")

    def books(self) -> Books:
        return Books(Archive(self.outbox), self.ledger(), lambda: NOON)

    def new_state(self, name: str = "state2") -> Ledger:
        (self.root / name).mkdir()
        return open_ledger(self.root / name)


def serve_once(office: Office) -> None:
    """All that lies in the inbox, received and filed: the whole road of a drop, without its reading."""
    inbox, books = office.inbox(), office.books()
    inbox.look()
    look = inbox.look()
    claims = [*look.claims, *(claim for each in look.ready if (claim := inbox.claim(each)))]
    for claim in claims:
        try:
            received = inbox.receive(claim, office.scratch)
        except StillChanging:
            continue
        keep(books, received)
        inbox.finish(claim, received)
    with books.ledger.reading() as tx:
        keys = tx.jobs_to_do("drop")
    for key in keys:
        work_on(books.ledger, key, lambda job: file_drop(books, job))


def keep(books: Books, received: Received) -> None:
    drop = received.drop
    books.keep_original(drop, received.copy, received.file_type, received.source, date(2026, 11, 22))


def file_drop(books: Books, job: Job) -> None:
    """Files the first page of a drop as a form of a case and holds the second."""
    with books.under(job):
        _file_drop(books, job)


def _file_drop(books: Books, job: Job) -> None:
    drop = job.key.removeprefix("drop:")
    filed, held = Part(drop, (1,)), Part(drop, (2,))
    file_submission(books, drop, filed.id, case="C-00000001")
    books.settle_part(
        PartRow(filed.id, drop, (1,), Outcome.KEPT, "intake", "2026-11", (), "C-00000001", short_id(filed.id))
    )
    path, reasons = held_path(held.id, 1), (Reason.UNKNOWN_FORM,)
    books.publish(
        DepositKind.HELD,
        path,
        {"slip.txt": b"Page 2 is not known. " + drop.encode()},
        id=f"{held.id}-1",
        inputs={"part": held.id},
        about={"part": held.id, "round": 1, "case": ""},
        settles=[PartRow(held.id, drop, (2,), Outcome.HELD, reasons=reasons, round=1, path=path)],
    )
    books.finish_drop(drop, DropState.FINISHED)


def file_submission(
    books: Books,
    drop: str,
    part: str,
    *,
    case: str,
    identifiers: Sequence[Identifier] = (),
    effective: date = date(2026, 11, 1),
    values_hash: str = "a" * 64,
) -> str:
    """A submission in the archive, as filing makes it; its id."""
    submission = short_id(part)
    rows: list[Json] = [{"type": i.type, "value": i.value, "unique": i.unique} for i in identifiers]
    files = {"submission.json": canonical_json({"entries": {}})}
    if rows:
        files["identifiers.json"] = canonical_json(rows)
    books.publish(
        DepositKind.SUBMISSION,
        submission_path(case, date(2026, 11, 22), "intake", submission),
        files,
        id=submission,
        inputs={"part": part},
        about={
            "part": part,
            "drop": drop,
            "case": case,
            "form": "intake",
            "edition": "2026-11",
            "received_at": NOON.isoformat(),
            "effective": effective.isoformat(),
            "period": "2026-11-01",
            "values_hash": values_hash,
        },
    )
    return submission


def busy_office(root: Path) -> Office:
    """An office with three drops kept, two cases, a packet, and decisions about them: rows in every table."""
    office = Office.at(root)
    for number in range(3):
        (office.inbox_folder / f"scan {number}.pdf").write_bytes(pdf(number))
    serve_once(office)
    books = office.books()
    dmh = Identifier("dmh_id", "1234567", unique=True)
    filed = file_submission(books, "D1", "P1", case="C-00000002", identifiers=[dmh])
    wrong = file_submission(books, "D1", "P2", case="C-00000002")
    make_packet(books, "K1", filed)
    act(books, "withdraw", target=wrong)
    act(books, "case-status", status="transferred")
    act(books, "packet-status", target="K1", status="sent")
    act(books, "merge", case="C-00000001", into="C-00000002")
    return office


def make_packet(books: Books, packet: str, submission: str, case: str = "C-00000002") -> None:
    """A draft packet in the archive, as packeting makes it."""
    about: dict[str, Json] = {"case": case, "name": "isp", "as_of": "2026-11-22", "status": "draft"}
    books.publish(
        DepositKind.PACKET,
        packet_path(case, NOON.date(), "isp", packet),
        {"plan.docx": b"word"},
        id=packet,
        inputs={"t": "1"},
        about={**about, "uses": [submission]},
    )


def act(books: Books, name: str, case: str = "C-00000002", **about: Json) -> None:
    books.publish(
        DepositKind.ACT,
        act_path(case, NOON.date(), name, f"A-{name}"),
        {"act.json": b"{}"},
        id=f"A-{name}",
        inputs={"act": name},
        about={"act": name, "case": case, **about},
    )
