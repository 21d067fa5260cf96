"""The sheet of a part that waits: what happened, what is asked, and what else was read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pipeline.desk.questions import (
    FIELD,
    HeldPart,
    Question,
    QuestionKind,
    asked_again,
    paper_questions,
    questions_for,
    which_answer,
)
from pipeline.desk.reference import reference_for
from pipeline.desk.sheet import make_sheet
from pipeline.desk.short import short_word
from pipeline.desk.words import About, pages_named, words_for
from pipeline.model import Finding, Outcome, Reason, Severity
from pipeline.run.certain import questions_about
from pipeline.run.deciding import Decided
from pipeline.run.editedsheet import FILE, NOT_THIS_ONE, edited_questions, words_about
from pipeline.run.gathering import twice
from pipeline.run.office import Office
from pipeline.run.paper import BELONGS, Paper
from pipeline.run.signaturesheet import pages_to_show, signature_questions, words_about_signatures

# A person can say what these are; the others can only be scanned or saved again.
HELD_REASONS = frozenset(
    {
        Reason.UNKNOWN_FORM,
        Reason.UNKNOWN_EDITION,
        Reason.MISPLACED_PAGE,
        Reason.UNREADABLE_PAGE,
        Reason.TOO_FEW_DOTS,
        Reason.BLURRED,
        Reason.POOR_SCAN,
        Reason.BLACK_PAGE,
        Reason.SEVERAL_PAPERS,
        Reason.TWIN_PAGES,
        Reason.BROKEN_PICTURE,
        Reason.WORD_RETURN,
        Reason.UNSUPPORTED_TYPE,
        Reason.PACKET_DRAFT,
        Reason.PACKET_OLD,
        Reason.PACKET_UNKNOWN,
        Reason.PACKET_SIGNATURES,
        Reason.PACKET_EDITED,
        Reason.PACKET_EDITED_SIGNED,
        Reason.GAVE_UP,
        Reason.REQUEST_FAILED,
        Reason.REQUEST_UNSURE,
        Reason.SHEET_UNFINISHED,
        Reason.SHEET_OLD_ROUND,
    }
)
WHOLE_FORM = frozenset(
    {
        Reason.PAGE_MISSING,
        Reason.PAGE_TWICE,
        Reason.NO_CASE_YET,
        Reason.DIFFERS_FROM_FILED,
        Reason.TWO_PEOPLE,
        Reason.CASE_UNSURE,
        Reason.WRONG_PERSON,
    }
)
OF_PACKETS = frozenset({Reason.PACKET_DRAFT, Reason.PACKET_OLD, Reason.PACKET_UNKNOWN})
WHOSE = frozenset({Reason.NO_CASE_YET, Reason.TWO_PEOPLE, Reason.CASE_UNSURE, Reason.WRONG_PERSON})
MOST_PICTURES = 6
WHERE_IT_BELONGS = "Look at the picture and tick below where it belongs."


def whole_file_finding(office: Office, paper: Paper) -> Finding:
    """The finding of a part that is no form of ours: the reason its pages or its file could not be used."""
    reason = next((match.reason for match in paper.part.matches if match.reason), paper.reason)
    reason = reason or Reason.UNKNOWN_FORM
    words = words_for(reason, _about(office, paper))
    return Finding(reason.value, Severity.ERROR, reason, (), 0, words.headline)


def packet_case(office: Office, paper: Paper) -> str:
    """The case of pages of ours that are filed with their packet, of which a line is asked about; else empty."""
    if paper.signatures is None:
        return ""
    with office.ledger.reading() as tx:
        row = tx.packet(paper.signatures.packet)
        return tx.resolve_case(row.case) if row is not None else ""


def _about(office: Office, paper: Paper) -> About:
    match = paper.part.matches[0] if paper.part.matches else None
    schema = office.site.schemas.get(paper.part.form or (match.form if match else ""))
    return About(
        form=schema.title.lower() if schema else "form",
        pages=paper.pages_missing or tuple(twice(paper.part.matches)) or paper.part.pages,
        of=match.pages if match else 0,
        detail=match.detail if match and match.reason in OF_PACKETS else _not_usable(office, paper),
        edition=match.detail if match and match.reason is Reason.UNKNOWN_EDITION else "",
    )


def _not_usable(office: Office, paper: Paper) -> str:
    """Where a page that is called missing lies in the scan, but is of no use, and why; of an edited document and of
    signed pages, which they are."""
    if paper.edited is not None:
        return words_about(office, paper.edited)
    if paper.signatures is not None:
        return words_about_signatures(office, paper)
    if not paper.unread:
        return ""
    with office.ledger.reading() as tx:
        rows = [row for part in paper.joined if (row := tx.part(part)) is not None]
    flaws = dict.fromkeys(
        short_word(reason) for row in rows for reason in row.reasons if reason in HELD_REASONS
    )
    named = pages_named(paper.unread)
    verb = "is" if len(paper.unread) == 1 else "are"
    said = f"{named[:1].upper()}{named[1:]} {verb} in the scan, but cannot be read"
    return f"{said}: {'; '.join(_small(flaw) for flaw in flaws)}." if flaws else f"{said}."


def _small(words: str) -> str:
    return words[:1].lower() + words[1:]


def make_held_sheet(office: Office, paper: Paper, decided: Decided, pictures: Sequence[bytes]) -> bytes:
    """One fillable PDF: slip and correction sheet of this part in this round."""
    reason = decided.reasons[0] if decided.reasons else Reason.NOT_SURE
    words = words_for(reason, _about(office, paper))
    form = office.site.forms.get((paper.part.form, paper.part.edition))
    questions = _questions(office, paper, decided, pictures)
    beside = {question.picture for question in questions if question.picture}
    with office.ledger.reading() as tx:
        drop = tx.drop(paper.part.drop)
    held = HeldPart(
        part=paper.part.id,
        round=paper.round,
        form_code=form.code if form else "",
        form_title=form.title if form else _title(paper),
        pages=paper.part.pages,
        received_at=_as_people_read(office, paper.received_at),
        file_name=drop.name if drop else "",
        reason=reason,
        headline=words.headline,
        happened=" ".join(filter(None, (words.happened, _came_back(paper)))),
        what_to_do=_to_do(paper, questions) or words.to_do,
        questions=questions,
        reference=reference_for(office.site, paper.part.form, paper.corrected, questions) if form else (),
        page_pictures=tuple(
            picture for picture in _shown(office, paper, reason, pictures) if picture not in beside
        ),
        heads_only=reason in WHOSE and form is not None and form.generated,
        filed=paper.signatures is not None,
    )
    return make_sheet(held)


def _to_do(paper: Paper, questions: Sequence[Question]) -> str:
    """What this sheet wants otherwise than its reason says, empty where it wants just that."""
    if any(each.key == BELONGS for each in questions):
        return WHERE_IT_BELONGS
    asks = paper.disputed or any(each.key == FILE for each in questions)
    return NOT_THIS_ONE if paper.edited is not None and not asks else ""


def _title(paper: Paper) -> str:
    if paper.edited is not None:
        return "Word document"
    if paper.signatures is not None:
        return "Signatures"
    return "Request sheet" if paper.reason in (Reason.REQUEST_UNSURE, Reason.REQUEST_FAILED) else ""


def _came_back(paper: Paper) -> str:
    """What the sheet before this one lacked."""
    if not paper.remarks:
        return ""
    if paper.reason is Reason.REQUEST_UNSURE:
        return " ".join(paper.remarks)
    if paper.signatures is not None:
        return "About the last sheet: " + " ".join(paper.remarks)
    return "The last sheet about it was not complete. Still missing: " + " ".join(paper.remarks)


def _shown(office: Office, paper: Paper, reason: Reason, pictures: Sequence[bytes]) -> tuple[bytes, ...]:
    """The pages a person must see whole to answer: of a page that is there twice, its copies."""
    if paper.signatures is not None:
        return pages_to_show(office, paper, pictures)[:MOST_PICTURES]
    copies = next(iter(twice(paper.part.matches).values()), ())
    if copies:
        return tuple(
            picture for number, picture in zip(paper.part.pages, pictures, strict=False) if number in copies
        )
    if reason in WHOLE_FORM:
        return tuple(pictures[: 1 if reason in WHOSE - {Reason.TWO_PEOPLE} else 2])
    return () if paper.part.form else tuple(pictures[:MOST_PICTURES])


def _questions(
    office: Office, paper: Paper, decided: Decided, pictures: Sequence[bytes]
) -> tuple[Question, ...]:
    so_far = {key: said.text for key, said in paper.said.items()} | dict(paper.draft)
    if paper.disputed:
        return _disputed(office, paper)
    if paper.part.form and decided.outcome is not Outcome.REFUSED:
        return questions_for(office.site, paper.part.form, decided.findings, paper.readings, so_far)
    if paper.edited is not None:
        return asked_again(edited_questions(office, paper.edited), so_far)
    if paper.signatures is not None:
        return asked_again(signature_questions(office, paper), so_far)
    if paper.reason is Reason.REQUEST_UNSURE:
        return asked_again(questions_about(office, paper), paper.draft)
    reason = decided.reasons[0] if decided.reasons else Reason.UNKNOWN_FORM
    picture = pictures[0] if pictures else b""
    asked = paper_questions(office.site, reason, picture)
    if asked:
        return asked_again(asked, so_far)
    return tuple(
        Question(f"note:{number}", "Please note", 0, finding.message, "", QuestionKind.NOTE)
        for number, finding in enumerate(decided.findings, start=1)
        if finding.message
    )


def _disputed(office: Office, paper: Paper) -> tuple[Question, ...]:
    """For each answer that two people gave differently, both of them to tick."""
    fields = tuple(key.removeprefix(FIELD) for key in paper.disputed if key.startswith(FIELD))
    asks = Finding(Reason.NOT_SURE.value, Severity.ERROR, Reason.NOT_SURE, fields)
    boxes = questions_for(office.site, paper.part.form, (asks,), paper.readings) if fields else ()
    others = tuple(
        Question(key, "Which is right?", 0, "", "", QuestionKind.CHOICE)
        for key in paper.disputed
        if not key.startswith(FIELD)
    )
    found: list[Question] = []
    for question in (*boxes, *others):
        first, second = paper.disputed[question.key]
        found += which_answer(
            (question,),
            {question.key: first.text},
            {question.key: second.text},
            (first.actor, second.actor),
        )
    return tuple(found)


def _as_people_read(office: Office, moment: datetime) -> str:
    local = moment.astimezone(office.site.program.time_zone)
    hour = local.hour % 12 or 12
    return f"{local.month}/{local.day}/{local.year} {hour}:{local.minute:02d} {'AM' if local.hour < 12 else 'PM'}"
