"""A sheet about an edited document, answered: the record is put right where that was said, and the document filed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pipeline.errors import PacketError
from pipeline.ledger import PacketRow, PartRow
from pipeline.model import CaseRecord, Outcome, Reason
from pipeline.run.correcting import Correction, NotHere, as_if_corrected, correct, correction_of
from pipeline.run.depositing import MadePacket
from pipeline.run.editedsheet import (
    DOCUMENT,
    FILE,
    NEXT,
    RECORD,
    changed_key,
    reasons_wanted,
    why_not_filed,
)
from pipeline.run.editedword import EditedWord
from pipeline.run.filing import decide_again
from pipeline.run.office import Office
from pipeline.run.paper import Paper, Said
from pipeline.run.rereading import original_of
from pipeline.run.versions import Edit, edits_of, make_version, newest_version
from pipeline.run.waiting import held_paper

EDITED_REASONS = frozenset({Reason.PACKET_EDITED, Reason.PACKET_EDITED_SIGNED})


def hear_edited(office: Office, held: PartRow, said: Mapping[str, Said], missing: tuple[str, ...]) -> PartRow:
    """The document filed as the next version; or it is asked about again, with what is missing or in the way."""
    paper = held_paper(office, held).hearing(said)
    if missing:
        return decide_again(office, held, replace(paper, remarks=missing))
    try:
        made = _filed_before(office, paper) or _filed(office, paper).row
    except PacketError as failure:
        return decide_again(office, held, replace(paper, remarks=failure.reasons))
    row = PartRow(
        held.id,
        held.drop,
        held.pages,
        Outcome.SUPPORTING,
        reasons=(Reason.PACKET_EDITED,),
        case=made.case,
        path=made.path,
        round=held.round,
    )
    office.books.settle_part(row)
    return row


def _filed_before(office: Office, paper: Paper) -> PacketRow | None:
    """The version in which the document is already: a crash came before its sheet was done with."""
    assert paper.edited is not None, "only an edited document is held for this reason"
    with office.ledger.reading() as tx:
        row = tx.packet(paper.edited.packet)
    newest = newest_version(office, row) if row is not None else None
    if newest is None or all(edit["part"] != paper.part.id for edit in edits_of(office, newest).edits):
        return None
    return newest


def _filed(office: Office, paper: Paper) -> MadePacket:
    edited = paper.edited
    assert edited is not None, "only an edited document is held for this reason"
    with office.ledger.reading() as tx:
        row, drop = tx.packet(edited.packet), tx.drop(paper.part.drop)
    assert row is not None
    assert drop is not None
    if why := why_not_filed(office, edited, row):
        raise PacketError([why])
    if FILE not in paper.said or paper.said[FILE].text != NEXT:
        raise PacketError(["What shall become of the document: tick it, or put the document aside."])
    answers = _answers(office, paper, edited, office.record(row.case), row)
    overrides = _overrides(office, paper, edited, row)
    corrections = [
        (correction, paper.said[changed_key(number)].actor)
        for number, correction in answers.items()
        if isinstance(correction, Correction)
    ]

    def put_right() -> None:
        for correction, by in corrections:
            correct(office, correction, edited, row, by=by, part=paper.part.id)

    edit = Edit(
        word=edited,
        docx=original_of(office, drop).read_bytes(),
        drop=drop.id,
        part=paper.part.id,
        by=paper.said[FILE].actor,
        answers={
            str(number): RECORD if isinstance(said, Correction) else said for number, said in answers.items()
        },
        overrides=overrides,
    )
    as_if = as_if_corrected(office, corrections, edited, row, paper.part.id)
    return make_version(office, row, edit, as_if, put_right)


def _overrides(office: Office, paper: Paper, edited: EditedWord, row: PacketRow) -> dict[str, str]:
    """Rule → why the document is filed although it does not fit by it. Raises PacketError where nobody said why."""
    wanted = reasons_wanted(office, edited, row)
    said = {rule: each.text.strip() for rule, each in paper.overridden.items()}
    if lacking := [words for rule, words in wanted.items() if not said.get(rule)]:
        raise PacketError(
            [f"{words} Say why it may stand; or put it right in the document." for words in lacking]
        )
    return {rule: said[rule] for rule in wanted}


def _answers(
    office: Office, paper: Paper, edited: EditedWord, record: CaseRecord, row: PacketRow
) -> dict[int, Correction | str]:
    """What was said of each changed value. Raises PacketError where the record cannot take what it was to take."""
    answers: dict[int, Correction | str] = {}
    problems: list[str] = []
    for number, change in enumerate(edited.values, 1):
        found = correction_of(office, record, row, change)
        said = paper.said.get(changed_key(number))
        if isinstance(found, NotHere) and found.agrees:
            answers[number] = RECORD
        elif said is None or said.text not in (RECORD, DOCUMENT):
            problems.append(f"{change.label}: tick the record, or this document only.")
        elif said.text == DOCUMENT:
            answers[number] = DOCUMENT
        elif isinstance(found, NotHere):
            problems.append(f"{change.label}: the record cannot be changed by it. {found.why}")
        else:
            answers[number] = found
    if problems:
        raise PacketError(problems)
    return answers
