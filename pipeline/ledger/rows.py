"""What the ledger takes and gives: frozen rows of ids and codes, with no way to write through them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as member
from datetime import date, datetime
from enum import StrEnum

from pipeline.model import CaseStatus, DepositKind, Outcome, PacketStatus, Reason, Standing
from pipeline.values import Json


class DropState(StrEnum):
    """received: its pages are not all spoken for.

    finished: they are. gave-up: it ended our workers each time.
    """

    RECEIVED = "received"
    FINISHED = "finished"
    GAVE_UP = "gave-up"


@dataclass(frozen=True, slots=True)
class DropRow:
    """source: `inbox` or `needs-attention`. path: its deposit."""

    id: str
    sha256: str
    size: int
    received_at: datetime
    file_type: str
    source: str
    path: str
    state: DropState
    name: str = member(repr=False)
    batch: str = member(repr=False)


@dataclass(frozen=True, slots=True)
class PartRow:
    """case and submission: where it was filed, or which one it duplicates.

    path: its deposit, empty if none.
    """

    id: str
    drop: str
    pages: tuple[int, ...]
    outcome: Outcome
    form: str = ""
    edition: str = ""
    reasons: tuple[Reason, ...] = ()
    case: str = ""
    submission: str = ""
    round: int = 0
    path: str = ""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """opened_by: the submission of the first intake.

    merged_into: the case that took this one over, or empty.
    """

    id: str
    status: CaseStatus
    opened_by: str
    merged_into: str = ""


@dataclass(frozen=True, slots=True)
class Identifier:
    """One way to find a case: `dmh_id`, `medicaid_id`, `name-and-birth-date`; value made comparable.

    unique: whether two cases may never share it (an id) or may (a name).
    """

    type: str
    value: str = member(repr=False)
    unique: bool


@dataclass(frozen=True, slots=True)
class SubmissionRow:
    id: str
    part: str
    drop: str
    case: str
    form: str
    edition: str
    received_at: datetime
    effective: date
    period: str
    values_hash: str
    path: str
    withdrawn_by: str = ""


@dataclass(frozen=True, slots=True)
class PacketRow:
    id: str
    name: str
    case: str
    scope: str
    as_of: date
    status: PacketStatus
    path: str
    inputs_hash: str

    @property
    def is_void(self) -> bool:
        return self.status is PacketStatus.VOID

    def gives(self, standing: Standing) -> bool:
        """Whether plan content has this standing from the packet: in force only as long as the packet is, or was."""
        if standing is Standing.IN_FORCE:
            return self.status in (PacketStatus.IN_FORCE, PacketStatus.SUPERSEDED)
        return not self.is_void


class ActKind(StrEnum):
    """What people decide, as manifests of acts name it. One that is not here is a newer program's."""

    WITHDRAW = "withdraw"
    REFILE = "refile"
    MERGE = "merge"
    SPLIT = "split"
    SETTLE = "settle"
    CONFIRM = "confirm"
    CASE_STATUS = "case-status"
    APPROVE = "approve"
    APPROVE_PACKET = "approve-packet"
    PACKET_STATUS = "packet-status"
    PACKET_SENT = "packet-sent"
    PACKET_RETURN = "packet-return"
    PACKET_SIGNATURE = "packet-signature"
    CORRECT = "correct"
    AMEND = "amend"
    AMEND_UNDONE = "amend-undone"


class EventKind(StrEnum):
    """What a line of the journal tells of. One that is not here is a newer program's."""

    DEPOSIT = "deposit"
    PART = "part"
    DROP = "drop"
    OPENED = "opened"
    SUPPORTING = "supporting"
    SAVED_BY = "saved-by"
    LISTED = "listed"
    BATCH = "batch"
    BATCH_DONE = "batch-done"


@dataclass(frozen=True, slots=True)
class ActRow:
    """target: what it acts on."""

    id: str
    act: ActKind
    case: str
    target: str
    path: str


@dataclass(frozen=True, slots=True)
class DepositRow:
    path: str
    kind: DepositKind
    id: str
    case: str
    manifest_sha256: str


class SheetState(StrEnum):
    """waiting: a person should look at it. done: its part was kept, or asked about again.

    What lies in needs-attention follows from the parts; this is for whoever asks the ledger.
    """

    WAITING = "waiting"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A slip or sheet of ours. kind: `sheet`, `confirm` or `slip`. sha256: as made.

    name: below needs-attention, empty while it was not put there by this state folder.
    """

    part: str
    round: int
    kind: str
    sha256: str
    state: SheetState
    name: str = member(default="", repr=False)


class JobState(StrEnum):
    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    POISONED = "poisoned"


@dataclass(frozen=True, slots=True)
class Job:
    """Work that somebody has a lease on. fence: counts the takers; only the newest may finish."""

    key: str
    kind: str
    state: JobState
    owner: str
    fence: int
    attempts: int
    error: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One link of the chain: what happened, in ids and codes, with the hash of the link before."""

    seq: int
    at: datetime
    kind: str
    ids: Mapping[str, Json]
    prev: str
    hash: str
