"""What a sheet about an edited Word document says and asks: each changed value, and what shall become of the document.

Nothing that was changed is left off the sheet. Where the document cannot be filed, it says why and asks nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from pipeline.desk.held import OVERRIDE, Question, QuestionKind
from pipeline.ledger import PacketRow
from pipeline.model import PacketStatus
from pipeline.rendering.changed import ChangedValue, ChangedWords
from pipeline.run.amending import unamended
from pipeline.run.correcting import Correction, NotHere, correction_of
from pipeline.run.editedrules import unfit_in
from pipeline.run.editedword import EditedWord
from pipeline.run.lifecycle import ENDED
from pipeline.run.office import Office
from pipeline.run.stale import changed_since
from pipeline.run.versions import edits_of, newest_version

CHANGED = "changed:"
FILE = "choice:edited"
RECORD, DOCUMENT, NEXT = "record", "document", "next-version"
LONGEST = 400
"""Characters of a passage that a sheet quotes; the whole document lies in the archive."""

_WHICH = (
    (RECORD, "The record: so it is, and every document from now on says so"),
    (DOCUMENT, "This document only: the record stays as it is"),
)
_PUT_RIGHT = "Put it right in the document, save it and drop it again. Then put this one aside."
NOT_THIS_ONE = (
    "It cannot be filed as it is. Do what is said above; then put this one aside below, with a reason."
)
_AMEND_FIRST = (
    "A plan in force is changed by an amendment: have it begun (the command amend) before this sheet is answered, else "
    "the version cannot be approved."
)
_NEXT = ((NEXT, "File it as the next version, a draft with a new number"),)
_STANDS = {
    PacketStatus.DRAFT: "It is a draft.",
    PacketStatus.FINAL: "It is approved, and not sent yet.",
    PacketStatus.SENT: "It is out for signature.",
    PacketStatus.SIGNED_IN_PART: "It is signed in part. What was signed stays as it is: the edited document is a new "
    "version, which nobody has signed.",
    PacketStatus.IN_FORCE: "It is signed and in force. What was signed stays in force: the edited document is a new "
    "version, which must be approved and signed to take its place.",
    PacketStatus.SUPERSEDED: "A newer one is in force in its place.",
    PacketStatus.VOID: "It is void.",
}


def changed_key(number: int) -> str:
    """The key of the question about a changed value, counted from 1."""
    return f"{CHANGED}{number}"


def why_not_filed(office: Office, edited: EditedWord, row: PacketRow) -> str:
    """Why the document cannot become a version of its packet, empty where it can."""
    if _stands_in_front(office, edited):
        return (
            "The cover and the checklist are made anew with each version, from its documents and their pages, so "
            "nothing can be changed on them by hand. Edit the document itself, or their template."
        )
    if row.status in ENDED:
        return "A packet that does not count any more has no next version. Edit the newest one."
    if edited.proposed or edited.comments:
        return (
            "Accept or reject each tracked change and delete the comments, save the document and drop it again. "
            "Then put this one aside."
        )
    if unfit := [each.words for each in unfit_in(office, edited, row) if not each.may_stand]:
        return f"{' '.join(unfit)} {_PUT_RIGHT}"
    return ""


def reasons_wanted(office: Office, edited: EditedWord, row: PacketRow) -> dict[str, str]:
    """Rule → what does not fit in the document by it, or cannot be checked, and is filed only with a reason."""
    wanted: dict[str, str] = {}
    for each in unfit_in(office, edited, row):
        if each.may_stand:
            wanted[each.rule] = " ".join(filter(None, (wanted.get(each.rule, ""), each.words)))
    return wanted


def _stands_in_front(office: Office, edited: EditedWord) -> bool:
    deposit = office.archive.deposit(edited.made)
    documents = json.loads(office.archive.read(deposit, "packet.json"))["documents"]
    return any(each["id"] == edited.document and each.get("front", False) for each in documents)


def words_about(office: Office, edited: EditedWord) -> str:
    """Which document it is, how its packet stands, and what else a person must know."""
    with office.ledger.reading() as tx:
        row = tx.packet(edited.packet)
        case = tx.resolve_case(row.case) if row is not None else ""
    assert row is not None
    return " ".join(
        [f"It is {edited.title}, packet {edited.packet} of {case}.", *_notes(office, edited, row, case)]
    )


def _notes(office: Office, edited: EditedWord, row: PacketRow, case: str) -> Iterator[str]:
    yield _STANDS[row.status]
    plan = office.site.packets.get(row.name)
    if plan is not None and unamended(office, plan, row):
        yield _AMEND_FIRST
    if changed := changed_since(office, row):
        named = ", ".join(words.rstrip(".") for words in changed)
        yield f"What is on file has changed since it was made, and the document does not show that: {named}."
    if edited.proposed:
        yield f"Tracked changes in it that nobody accepted or rejected: {edited.proposed}; below they are accepted."
    if edited.comments:
        yield f"Comments in it: {edited.comments}."
    if edited.objects:
        more = "more" if edited.objects > 0 else "fewer"
        yield f"It has {abs(edited.objects)} {more} pictures, drawings or symbols than were made. Look at it."
    later = newest_version(office, row)
    if later.id != row.id and edited.document in edits_of(office, later).documents:
        yield f"It was edited before: see packet {later.id}. Of those changes it holds only what is in it now."
    for change in edited.values:
        place = office.site.places.get(change.place)
        other = (
            office.find_case(change.after) if place is not None and place.identity and change.after else None
        )
        if other is not None and other != case:
            yield f"The number in it is that of {other}. If it is for them, put it aside: make their own packet."
    if why := why_not_filed(office, edited, row):
        yield why


def edited_questions(office: Office, edited: EditedWord) -> tuple[Question, ...]:
    """Each changed value, each change of wording, and at the end what shall become of the document."""
    with office.ledger.reading() as tx:
        row = tx.packet(edited.packet)
    assert row is not None
    asks = not why_not_filed(office, edited, row)
    record = office.record(row.case)
    values = [
        _about_value(number, change, correction_of(office, record, row, change), asks=asks)
        for number, change in enumerate(edited.values, 1)
    ]
    words = [_about_words(number, change) for number, change in enumerate(edited.words, 1)]
    why = "What is noted above goes with it. To have none of it, put the document aside below."
    what = Question(FILE, "What shall become of the document?", 0, why, "", QuestionKind.CHOICE, _NEXT)
    stands = [
        Question(OVERRIDE + rule, "File it as it is, because", 0, said, "", QuestionKind.TEXT)
        for rule, said in (reasons_wanted(office, edited, row) if asks else {}).items()
    ]
    return (*values, *words, *stands, *((what,) if asks else ()))


def _about_value(number: int, change: ChangedValue, found: Correction | NotHere, *, asks: bool) -> Question:
    label = f"{change.label} was changed"
    made = f'Made: "{_short(change.before)}".' if change.before else "Made: a line to fill in."
    now = f'Now: "{_short(change.after)}".' if change.after else "Now: nothing."
    several = (
        f" Changed in {change.times} of the {change.of} places where it stands." if change.of > 1 else ""
    )
    why = f"{made}\n{now}{several}"
    key = changed_key(number)
    if isinstance(found, NotHere) and found.agrees:
        return Question(key, label, 0, f"{why}\nThe record says the same.", "", QuestionKind.NOTE)
    if not asks:
        return Question(key, label, 0, why, "", QuestionKind.NOTE)
    if isinstance(found, Correction):
        return Question(
            key, label, 0, f"{why}\nThe record, or this document only?", "", QuestionKind.CHOICE, _WHICH
        )
    why = f"{why}\nThe record is not changed by this document: {found.why[:1].lower()}{found.why[1:]}"
    return Question(key, label, 0, why, "", QuestionKind.CHOICE, _WHICH[1:])


def _about_words(number: int, change: ChangedWords) -> Question:
    where = {"header": " at the head", "footer": " at the foot"}.get(change.role, "")
    made = f'Made: "{_short(change.before)}".' if change.before else "Made: nothing."
    now = f'Now: "{_short(change.after)}".' if change.after else "Now: nothing."
    values = f"\nIt runs over: {', '.join(change.values)}." if change.values else ""
    return Question(
        f"note:{number}",
        f"Other words{where} were changed",
        0,
        f"{made}\n{now}{values}",
        "",
        QuestionKind.NOTE,
    )


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST].rstrip() + " ..."
