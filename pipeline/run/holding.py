"""The sheet of a part that waits: what happened, what is asked, and what else was read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pipeline.desk.questions import (
    HeldPart,
    Question,
    form_questions,
    questions_for,
    reference_for,
)
from pipeline.desk.sheet import make_sheet
from pipeline.desk.words import About, words_for
from pipeline.model import Finding, Outcome, Reason, Severity
from pipeline.run.deciding import Decided
from pipeline.run.office import Office
from pipeline.run.paper import Paper

# A person can say what these are; the others can only be scanned or saved again.
HELD_REASONS = frozenset(
    {
        Reason.UNKNOWN_FORM,
        Reason.UNKNOWN_EDITION,
        Reason.MISPLACED_PAGE,
        Reason.UNREADABLE_PAGE,
        Reason.WORD_RETURN,
        Reason.PACKET_RETURN,
        Reason.GAVE_UP,
        Reason.REQUEST_FAILED,
        Reason.SHEET_UNFINISHED,
        Reason.SHEET_OLD_ROUND,
    }
)
WHOLE_FORM = frozenset(
    {Reason.PAGE_MISSING, Reason.NO_CASE_YET, Reason.DIFFERS_FROM_FILED, Reason.TWO_PEOPLE}
)


def whole_file_finding(office: Office, paper: Paper) -> Finding:
    """The finding of a part that is no form of ours: the reason its pages or its file could not be used."""
    reason = next((match.reason for match in paper.part.matches if match.reason), paper.reason)
    reason = reason or Reason.UNKNOWN_FORM
    words = words_for(reason, _about(office, paper))
    return Finding(reason.value, Severity.ERROR, reason, (), 0, words.headline)


def _about(office: Office, paper: Paper) -> About:
    match = paper.part.matches[0] if paper.part.matches else None
    schema = office.site.schemas.get(paper.part.form or (match.form if match else ""))
    return About(
        form=schema.title.lower() if schema else "form",
        pages=paper.pages_missing or paper.part.pages,
        of=match.pages if match else 0,
        edition=match.detail if match and match.reason is Reason.UNKNOWN_EDITION else "",
    )


def make_held_sheet(office: Office, paper: Paper, decided: Decided, pictures: Sequence[bytes]) -> bytes:
    """One fillable PDF: slip and correction sheet of this part in this round."""
    reason = decided.reasons[0] if decided.reasons else Reason.NOT_SURE
    words = words_for(reason, _about(office, paper))
    form = office.site.forms.get((paper.part.form, paper.part.edition))
    questions = _questions(office, paper, decided, words.happened)
    with office.ledger.reading() as tx:
        drop = tx.drop(paper.part.drop)
    whole = reason in WHOLE_FORM or reason in HELD_REASONS or not form
    held = HeldPart(
        part=paper.part.id,
        round=paper.round,
        form_code=form.code if form else "",
        form_title=form.title if form else "",
        pages=paper.part.pages,
        received_at=_as_people_read(office, paper.received_at),
        file_name=drop.name if drop else "",
        reason=reason,
        headline=words.headline,
        happened=words.happened,
        what_to_do=words.to_do,
        questions=questions,
        reference=reference_for(office.site, paper.part.form, paper.corrected, questions) if form else (),
        page_pictures=tuple(pictures[:2])
        if whole or reason in (Reason.CASE_UNSURE, Reason.WRONG_PERSON)
        else (),
    )
    return make_sheet(held)


def _questions(office: Office, paper: Paper, decided: Decided, why: str) -> tuple[Question, ...]:
    if decided.outcome is Outcome.REFUSED:
        return ()
    if not paper.part.form:
        return form_questions(office.site, why)
    so_far = {key: said.text for key, said in paper.said.items()}
    return questions_for(office.site, paper.part.form, decided.findings, paper.readings, so_far)


def _as_people_read(office: Office, moment: datetime) -> str:
    local = moment.astimezone(office.site.program.time_zone)
    hour = local.hour % 12 or 12
    return f"{local.month}/{local.day}/{local.year} {hour}:{local.minute:02d} {'AM' if local.hour < 12 else 'PM'}"
