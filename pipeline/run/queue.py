"""Which drops are to be worked on, and what the log says of each that was."""

from __future__ import annotations

from pipeline.ledger import DropRow, DropState, JobState, PartRow
from pipeline.ledger.index import drop_job
from pipeline.run.office import Office
from pipeline.workers import Worked, free_dead_leases, give_back, owner_name


def to_do(office: Office) -> list[str]:
    """Ids of the drops whose job may be taken now, in the order in which they came.

    Those are among them that another watcher had in hand when it was killed.
    """
    free_dead_leases(office.ledger)
    _give_back_what_nobody_has(office)
    with office.ledger.reading() as tx:
        ids = {key.removeprefix(drop_job("")) for key in tx.jobs_to_do("drop")}
        in_order = [row.id for row in tx.drops(DropState.RECEIVED) if row.id in ids]
    return [*in_order, *sorted(ids - set(in_order))]  # a crash may have left the job of a finished drop


def _give_back_what_nobody_has(office: Office) -> None:
    """Jobs under our lease that we have not in hand: the ledger was locked when they were to be given back.

    They would wait until the lease runs out, which is an hour.
    """
    in_hand = {job.key for job in office.crew.in_hand}
    with office.ledger.reading() as tx:
        running = tx.jobs(JobState.RUNNING, "drop")
    for job in running:
        if job.owner == owner_name() and job.key not in in_hand:
            give_back(office.ledger, job, "NotGivenBack", counts=False, after_seconds=0.0)


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
