"""A sheet about signatures that were not sure: what it says of each line is recorded as the command `sign` records it.

A line counts as long as it stands as it did when the sheet was made. What was said of it since, by the command, by
another sheet or by a clearer scan, is never written over: the sheet that says otherwise is told so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as member
from datetime import date
from typing import Final

from pipeline.archive import held_path
from pipeline.desk.answers import SheetAnswers
from pipeline.desk.held import SIGNATURE, SIGNED_ON, WHY_NOT_SIGNED
from pipeline.errors import PacketError
from pipeline.ledger import PartRow, Transaction
from pipeline.model import Outcome, Reason, short_id
from pipeline.run.approving import cannot_be_signed
from pipeline.run.filing import decide_again
from pipeline.run.lifecycle import OUT
from pipeline.run.office import Office
from pipeline.run.paper import Paper, Said
from pipeline.run.signatures import sign_role, standing_after
from pipeline.run.signaturesheet import CHOICES, as_asked, asked_of, named, standing_words
from pipeline.run.signing import SignatureLine, Signed, Signing, returns_of, signing_about
from pipeline.run.waiting import held_paper, paper_at
from pipeline.values import Expectation, Kind, NotAValue, Pivot, parse

QUESTIONS_A_LINE: Final = 3
_NUMBER: Final = re.compile(r"Number (\d+): (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of a sheet. row: the pages now; late: what stands otherwise than the sheet says, in sentences"""

    row: PartRow
    late: tuple[str, ...] = member(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a sheet says of one line. day: as written"""

    state: Signed
    day: str = member(repr=False)
    reason: str = member(repr=False)


def asks_about_signatures(office: Office, held: PartRow, round_number: int) -> Paper | None:
    """The pages as this sheet asked about them; None where it asked about no signatures."""
    if not {Reason.PACKET_SIGNATURES, Reason.PACKET_RETURN} & set(held.reasons):
        return None
    path = held_path(held.id, round_number)
    paper = paper_at(office, path) if office.archive.has(path) else None
    return paper if paper is not None and paper.signatures is not None else None


def hear_signatures(office: Office, held: PartRow, paper: Paper, answers: SheetAnswers) -> Heard:
    """Records what a finished sheet says of its lines; what it leaves open is asked again.

    held: the pages as they stand now; paper: as the sheet asked about them
    """
    assert paper.signatures is not None
    signing = signing_about(office, paper.signatures.packet)
    if answers.dismissed is not None:
        return _left_as_they_are(office, held, signing, answers)
    lines = {line.place: line for line in signing.lines}
    asked = [lines[line.place] for line in paper.signatures.lines]
    hearing = _Hearing(office, signing, answers)
    for before, line in zip(paper.signatures.lines, asked, strict=True):
        hearing.hear(line, is_as_asked=as_asked(line) == before)
    # a crash may have come between the last signature and the packet in force, and nobody would say it again
    standing_after(office, signing.row.id, by=answers.initials)
    if not _is_asking(held) or answers.round != held.round:
        row = _brought_up_to_date(office, held) if _is_asking(held) else held
        return Heard(row, hearing.said_on_a_slip)
    remarks = (*_in_words(answers.missing, asked), *hearing.problems, *hearing.late)
    said = {key: Said(text, answers.initials) for key, text in answers.answers.items()}
    row = _brought_up_to_date(office, held, said, remarks)
    return Heard(row, () if _is_asking(row) else hearing.said_on_a_slip)


class _Hearing:
    """The lines of one sheet, one after the other.

    problems: what cannot be recorded as it was said; late: what was said otherwise since; recorded: how many lines
    """

    def __init__(self, office: Office, signing: Signing, answers: SheetAnswers) -> None:
        self._office = office
        self._signing = signing
        self._answers = answers
        self.problems: list[str] = []
        self.late: list[str] = []
        self.recorded = 0

    @property
    def said_on_a_slip(self) -> tuple[str, ...]:
        """What was not used of a sheet that nobody goes on with; empty where all of it stands."""
        not_used = (*self.late, *self.problems)
        return (
            (*not_used, "What it says of the other lines is recorded.")
            if self.recorded and not_used
            else not_used
        )

    def hear(self, line: SignatureLine, *, is_as_asked: bool) -> None:
        """Records what the sheet says of a line, or why it is not recorded. is_as_asked: nobody has settled it since"""
        row = self._signing.row
        try:
            answer = _answer(self._answers.answers, line.place)
            if answer is None:
                return
            on = _day(self._office, answer)
            if is_as_asked and row.status in OUT:
                self._record(line, answer, on)
            elif line.state is not answer.state or on not in (None, line.on):
                why = "" if row.status in OUT else f" {cannot_be_signed(row)}"
                self.late.append(f"{named(line)}: on file is {standing_words(line)}.{why}")
        except PacketError as failure:
            self.problems += [f"{named(line)}: {reason}" for reason in failure.reasons]

    def _record(self, line: SignatureLine, answer: _Answer, on: date | None) -> None:
        by, packet = self._answers.initials, self._signing.row.id
        sign_role(self._office, packet, line.place, by=by, on=on, state=answer.state, reason=answer.reason)
        self.recorded += 1
        if answer.state in (Signed.SIGNED, Signed.MARK) and (on or line.on) is None:
            self.problems.append(f"{named(line)}: give the day beside it, or the day on which it was signed.")


def _answer(answers: Mapping[str, str], place: str) -> _Answer | None:
    """None where nothing was said. Raises PacketError where it is nothing that was asked."""
    state = answers.get(SIGNATURE + place, "")
    if not state:
        return None
    if state not in dict(CHOICES):  # the sheet carries its choices itself, and comes back from outside
        raise PacketError(["tick what stands there."])
    return _Answer(Signed(state), answers.get(SIGNED_ON + place, ""), answers.get(WHY_NOT_SIGNED + place, ""))


def _day(office: Office, answer: _Answer) -> date | None:
    """The day that was said. Raises PacketError where it is none."""
    if not answer.day or answer.state not in (Signed.SIGNED, Signed.MARK):
        return None
    year = office.today().year
    try:
        day = parse(answer.day, Expectation(Kind.DATE, pivot=Pivot(year), about=year))
    except NotAValue as failure:
        raise PacketError([f'the day "{answer.day}" {failure}.']) from None
    return day if isinstance(day, date) else None


def _in_words(missing: Sequence[str], asked: Sequence[SignatureLine]) -> list[str]:
    """What the sheet lacks, by the names of its lines: the next sheet has fewer of them and other numbers."""
    words: list[str] = []
    for each in missing:
        found = _NUMBER.fullmatch(each)
        place = (int(found[1]) - 1) // QUESTIONS_A_LINE if found else len(asked)
        words.append(f"{named(asked[place])}: {found[2]}" if found and place < len(asked) else each)
    return words


# --- what the pages still leave open --------------------------------------------------------------


def settle_signatures(office: Office) -> int:
    """Sheets about lines that were settled since go, or ask what is left. How many pages it was about."""
    with office.ledger.reading() as tx:
        held = [row for row in tx.parts(outcome=Outcome.HELD) if Reason.PACKET_SIGNATURES in row.reasons]
    return sum(_brought_up_to_date(office, row) != row for row in held)


def _brought_up_to_date(
    office: Office, held: PartRow, said: Mapping[str, Said] | None = None, remarks: Sequence[str] = ()
) -> PartRow:
    """The pages with a sheet that asks what is open now; without one where nothing is."""
    paper = held_paper(office, held)
    before = paper.signatures
    assert before is not None, "only such pages are held for this reason"
    signing = signing_about(office, before.packet)
    asked = asked_of(signing, before.document, before.places)
    if asked is None:
        return _let_go(office, held, signing)
    if asked == before and said is None:
        return held
    heard = {**paper.said, **(said or {})}
    kept = {key: each for key, each in heard.items() if key.partition(":")[2] in asked.places}
    again = replace(paper, signatures=asked, said=kept, draft={}, remarks=tuple(remarks))
    return decide_again(office, held, again)


def _let_go(office: Office, held: PartRow, signing: Signing) -> PartRow:
    """The pages as they were filed with their packet."""
    with office.ledger.reading() as tx:
        case, path = tx.resolve_case(signing.row.case), _filed_at(office, tx, held, signing)
    row = PartRow(
        held.id,
        held.drop,
        held.pages,
        Outcome.SUPPORTING,
        reasons=(Reason.PACKET_RETURN,),
        case=case,
        round=held.round,
        path=path,
    )
    office.books.settle_part(row)
    return row


def _filed_at(office: Office, tx: Transaction, held: PartRow, signing: Signing) -> str:
    act = short_id("return", held.id)
    return next((each.path for each in returns_of(office, tx, signing.row.id) if each.id == act), held.path)


def _left_as_they_are(office: Office, held: PartRow, signing: Signing, answers: SheetAnswers) -> Heard:
    """Nobody can say; STATUS goes on to name the lines. Without a reason it is asked again."""
    if not _is_asking(held):
        return Heard(held)
    if not answers.dismissed:
        return Heard(_brought_up_to_date(office, held, {}, answers.missing))
    row = _let_go(office, held, signing)
    office.books.record("supporting", part=held.id, case=row.case, by_sheet=True)
    return Heard(row)


def _is_asking(row: PartRow) -> bool:
    return row.outcome is Outcome.HELD
