"""Which drops are to be worked on, and what the log says of each that was."""

from __future__ import annotations

from pipeline.ledger import DropRow, DropState, PartRow
from pipeline.ledger.index import drop_job
from pipeline.run.office import Office
from pipeline.workers import Worked, free_dead_leases


def to_do(office: Office) -> list[str]:
    """Ids of the drops whose job may be taken now, in the order in which they came.

    Those are among them that another watcher had in hand when it was killed.
    """
    free_dead_leases(office.ledger)
    with office.ledger.reading() as tx:
        ids = {key.removeprefix(drop_job("")) for key in tx.jobs_to_do("drop")}
        in_order = [row.id for row in tx.drops(DropState.RECEIVED) if row.id in ids]
    return [*in_order, *sorted(ids - set(in_order))]  # a crash may have left the job of a finished drop


def note_done(
    office: Office, row: DropRow, parts: tuple[PartRow, ...], worked: Worked, seconds: float
) -> None:
    office.log.note("drop", drop=row.id, worked=worked.value, parts=len(parts), seconds=round(seconds, 3))
    for part in parts:
        reasons = ",".join(reason.value for reason in part.reasons)
        office.log.note(
            "part",
            drop=row.id,
            part=part.id,
            outcome=part.outcome.value,
            form=part.form,
            pages=len(part.pages),
            reasons=reasons,
            round=part.round,
        )
