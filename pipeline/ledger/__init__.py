"""The queue and the index: drops, parts, cases, submissions, packets, sheets, jobs, events.

Nothing here is the only copy: `reindex` rebuilds every index row from the outbox. No SQL outside this
package.

    ledger = open_ledger(state_folder)
    with ledger.transaction() as books: ...      one writing transaction (BEGIN IMMEDIATE), all or nothing
    with ledger.reading() as books: ...          one consistent view
    ledger.version()                             the same as before: nobody has committed anything since

What `books` can do is in four rooms: papers (drops, parts, sheets), people (cases, identifiers,
submissions), deposited (packets, acts, deposits) and jobs; index.py turns deposits and events into rows. It
takes and gives the frozen rows of rows.py.
"""

from pipeline.ledger.about import About
from pipeline.ledger.index import drop_job
from pipeline.ledger.jobs import LeaseLost
from pipeline.ledger.people import IdentifierTaken
from pipeline.ledger.rows import (
    ActKind,
    ActRow,
    CaseRow,
    DepositRow,
    DropRow,
    DropState,
    Event,
    EventKind,
    Identifier,
    Job,
    JobState,
    PacketRow,
    PartRow,
    SheetRow,
    SheetState,
    SubmissionRow,
)
from pipeline.ledger.store import Ledger, Transaction, Version, ledger_in_memory, open_ledger

__all__ = [
    "About",
    "ActKind",
    "ActRow",
    "CaseRow",
    "DepositRow",
    "DropRow",
    "DropState",
    "Event",
    "EventKind",
    "Identifier",
    "IdentifierTaken",
    "Job",
    "JobState",
    "LeaseLost",
    "Ledger",
    "PacketRow",
    "PartRow",
    "SheetRow",
    "SheetState",
    "SubmissionRow",
    "Transaction",
    "Version",
    "drop_job",
    "ledger_in_memory",
    "open_ledger",
]
