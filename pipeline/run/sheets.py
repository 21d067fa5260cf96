"""Sheets that come back: corrections and requests. Each is a drop of its own; what it says is an act.

Only "I am finished" with initials counts. Whatever else was saved is kept and changes nothing; what is
missing, too late or said differently by two people is asked about or said on a slip, never dropped silently.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from dataclasses import field as member
from typing import TYPE_CHECKING, TypeAlias

from pipeline.archive import held_path
from pipeline.desk.answers import SheetAnswers, read_sheet
from pipeline.desk.questions import SUPPORTING, SUPPORTING_CASE
from pipeline.errors import DropError
from pipeline.ledger import DropRow, PartRow
from pipeline.model import Outcome, Part, Reason
from pipeline.run.actors import acting_for
from pipeline.run.confirming import ConfirmSheet, act_on_confirm_sheet, confirm_sheet_in
from pipeline.run.filing import answered, decide_again, settle
from pipeline.run.hearedited import EDITED_REASONS, hear_edited
from pipeline.run.hearsigned import asks_about_signatures, hear_signatures
from pipeline.run.joining import join_as_said
from pipeline.run.office import Office
from pipeline.run.paper import BELONGS, FIELD, Paper, Said
from pipeline.run.penned import act_on_penned, hear_penned
from pipeline.run.readpart import widget_values
from pipeline.run.requests import RequestSheet, act_on_request, request_in, slip
from pipeline.run.rereading import Reread, read_as
from pipeline.run.waiting import NOT_JOINED, OTHER, held_paper
from pipeline.values import NotAValue, parse

if TYPE_CHECKING:
    from pipeline.reading.pages import OpenedFile

NOTHING_TO_ANSWER = "Nothing can be answered on this sheet: do what it says, or put the paper aside."
NO_SUCH_CASE = "There is no one case with that number. Give the case number, C-..., or another number."

WAITS_NO_MORE = "The form that was ticked does not wait for these pages any more."
_NOWHERE = Said(OTHER, "")


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction sheet as it came back, filled in a viewer or by hand.

    is_started: it was scanned, with something added by hand or a page missing: nobody does that out of habit
    reread: the paper it is about as the form it names, where the sheet names one
    """

    answers: SheetAnswers = member(repr=False)
    is_started: bool = False
    reread: Reread | None = member(default=None, repr=False)


Sheet: TypeAlias = Correction | RequestSheet | ConfirmSheet


def sheet_in(opened: OpenedFile) -> Sheet | None:
    """The sheet of ours that a file is, None where it is paper like any other."""
    widgets = widget_values(opened)
    if (answers := read_sheet(widgets, {})) is not None:
        return Correction(answers)
    return confirm_sheet_in(widgets) or request_in(widgets)


def with_paper_read(office: Office, sheet: Sheet) -> Sheet:
    """The sheet, and the paper that it says is another form read as that: where it is read, and not where it is filed,
    since who files has no models."""
    if (
        not isinstance(sheet, Correction)
        or not sheet.answers.submitted
        or sheet.answers.dismissed is not None
    ):
        return sheet
    answers, form = sheet.answers, sheet.answers.answers.get("form", "")
    with office.ledger.reading() as tx:
        held = tx.part(answers.part)
    if form not in office.site.schemas or held is None or not _waits(held) or held.round != answers.round:
        return sheet
    with suppress(DropError):  # met again by who files
        return replace(sheet, reread=Reread(held.id, form, read_as(office, held, form)))
    return sheet


def act_on_sheet(office: Office, row: DropRow, part: Part, sheet: Sheet) -> None:
    """Carries out what a sheet says, if its writer finished it; else nothing but its copy is kept."""
    with acting_for(office, row.id):
        _act_on_sheet(office, row, part, sheet)


def _act_on_sheet(office: Office, row: DropRow, part: Part, sheet: Sheet) -> None:
    if isinstance(sheet, RequestSheet):
        (act_on_penned if sheet.readings else act_on_request)(office, row, part, sheet)
        return
    if isinstance(sheet, ConfirmSheet):
        if problems := act_on_confirm_sheet(office, row, part, sheet):
            slip(office, row, part, Reason.SHEET_UNFINISHED, problems)
        return
    acted = _act_on_correction(office, row, part, sheet)
    if acted is not None:
        office.books.settle_part(acted)


def _act_on_correction(office: Office, row: DropRow, part: Part, sheet: Correction) -> PartRow | None:
    """What became of the sheet's own pages; None where a slip about them has been made."""
    answers = sheet.answers
    with office.ledger.reading() as tx:
        held = tx.part(answers.part)
    if held is None:
        slip(office, row, part, Reason.SHEET_OLD_ROUND, ("This office knows no paper with its number.",))
        return None
    if not answers.finished and not sheet.is_started:
        return _acted(part, held, Reason.SHEET_UNFINISHED)  # an ordinary Save submits nothing
    form = answers.answers.get(BELONGS, OTHER)
    is_said = answers.submitted and answers.dismissed is None and form not in NOT_JOINED
    if is_said and join_as_said(office, held, answers.round, form, answers.initials):
        return _about_as_it_stands(office, part, held)
    if answers.submitted and (asked := asks_about_signatures(office, held, answers.round)) is not None:
        return _about_signatures(office, row, part, held, asked, answers)
    if not _waits(held) or answers.round != held.round:
        return _late(office, row, part, held, answers)
    if not answers.submitted:
        unsaid = replace(held_paper(office, held), draft=answers.answers, remarks=answers.missing)
        return _acted(part, decide_again(office, held, unsaid), Reason.SHEET_UNFINISHED)
    return _acted(part, _hear(office, held, sheet))


def _about_signatures(
    office: Office, row: DropRow, part: Part, held: PartRow, asked: Paper, answers: SheetAnswers
) -> PartRow | None:
    """The lines of pages that came back; a slip where they stand otherwise by now, and no sheet asks any more."""
    heard = hear_signatures(office, held, asked, answers)
    if heard.late:
        slip(office, row, part, Reason.SHEET_OLD_ROUND, heard.late, about=heard.row)
        return None
    return _acted(part, replace(heard.row, path=held_path(held.id, answers.round)))


def _about_as_it_stands(office: Office, part: Part, held: PartRow) -> PartRow:
    with office.ledger.reading() as tx:
        now = tx.part(held.id)
    return _acted(part, now or held)


def _waits(held: PartRow) -> bool:
    return held.outcome in (Outcome.HELD, Outcome.REFUSED) and Reason.DISMISSED not in held.reasons


def _acted(part: Part, about: PartRow, *reasons: Reason) -> PartRow:
    """The sheet's own row: acted upon, with what it was about."""
    return replace(
        about, id=part.id, drop=part.drop, pages=part.pages, outcome=Outcome.ACTED, reasons=reasons
    )


def _said(answers: SheetAnswers) -> dict[str, Said]:
    said = {key: Said(text, answers.initials) for key, text in answers.answers.items()}
    if answers.dismissed:
        said["dismiss"] = Said(answers.dismissed, answers.initials)
    return said


def _hear(office: Office, held: PartRow, sheet: Correction) -> PartRow:
    """The held part after a finished sheet of its present round."""
    answers, said = sheet.answers, _said(sheet.answers)
    if Reason.REQUEST_UNSURE in held.reasons and "dismiss" not in said:
        return hear_penned(office, held, said, answers.missing)
    if EDITED_REASONS & set(held.reasons) and "dismiss" not in said:
        return hear_edited(office, held, said, answers.missing)
    if not said and not answers.missing and held.outcome is Outcome.REFUSED:
        return answered(office, held, {"dismiss": Said("seen", answers.initials)})
    if "dismiss" in said:
        return answered(office, held, said)
    if answers.answers.get("form") == SUPPORTING and answers.answers.get(SUPPORTING_CASE):
        return _file_supporting(office, held, said)
    if (form := answers.answers.get("form", "")) in office.site.schemas:
        asked = sheet.reread if sheet.reread and sheet.reread.part == held.id else None
        return _read_as_form(office, held, said, asked or Reread(held.id, form, read_as(office, held, form)))
    if said.get(BELONGS, _NOWHERE).text not in NOT_JOINED:  # it could not be joined, else we were not here
        others = {key: each for key, each in said.items() if key != BELONGS}
        return answered(office, held, others, (WAITS_NO_MORE,))
    remarks = answers.missing or (() if said else (NOTHING_TO_ANSWER,))
    return answered(office, held, said, remarks)


def _file_supporting(office: Office, held: PartRow, said: Mapping[str, Said]) -> PartRow:
    """A paper that is no form of ours, kept with the case it supports. Asked again where the case is not found."""
    case = office.find_case(said[SUPPORTING_CASE].text)
    if case is None:
        return answered(office, held, said, (NO_SUCH_CASE,))
    row = PartRow(
        held.id, held.drop, held.pages, Outcome.SUPPORTING, case=case, round=held.round, path=held.path
    )
    office.books.settle_part(row)
    office.books.record("supporting", part=held.id, case=case, by_sheet=True)
    return row


def _read_as_form(office: Office, held: PartRow, said: Mapping[str, Said], asked: Reread) -> PartRow:
    """The paper read as the form a person says it is; asked again where its boxes cannot be found on it."""
    read = asked.read
    if read is None:
        title = office.site.schemas[asked.form].title
        words = f"The boxes of the {title.lower()} could not be found on it. Scan it again, whole and flat."
        return answered(office, held, said, (words,))
    before = held_paper(office, held)
    paper = replace(
        before, part=read.part, readings=read.readings, pages_missing=read.pages_missing, reason=None
    )
    return settle(office, paper.hearing(said), read.pictures)


# --- sheets that come too late --------------------------------------------------------------------


def _late(office: Office, row: DropRow, part: Part, held: PartRow, answers: SheetAnswers) -> PartRow | None:
    """A sheet of an earlier round: nothing new, a different answer that is asked about, or a slip that says so."""
    if not answers.submitted:
        return _acted(part, held, Reason.SHEET_UNFINISHED)
    if held.outcome is Outcome.SUPPORTING and Reason.PACKET_EDITED in held.reasons:
        number = office.archive.deposit(held.path).about["packet"]
        words = f"The document is filed already, as packet {number}. Edit that one, if it is not right."
        slip(office, row, part, Reason.SHEET_OLD_ROUND, (words,), about=held)
        return None
    before, said = _as_known(office, held), _said(answers)
    differ = {
        key: (before.said[key], new)
        for key, new in said.items()
        if key in before.said and not _says_the_same(office, held, key, before.said[key].text, new.text)
    }
    if not differ and all(key in before.said for key in said):
        return _acted(part, held, Reason.SHEET_OLD_ROUND)
    if differ and _waits(held) and held.outcome is Outcome.HELD and "dismiss" not in said:
        disputed = replace(before, disputed={**before.disputed, **differ}, remarks=())
        return _acted(part, decide_again(office, held, disputed), Reason.ANSWERS_DIFFER)
    slip(office, row, part, Reason.SHEET_OLD_ROUND, _differing(office, held, differ), about=held)
    return None


def _says_the_same(office: Office, held: PartRow, key: str, one: str, other: str) -> bool:
    """Whether two answers mean the same: `4/7/1997` and `04/07/1997` are one day."""
    if one == other:
        return True
    schema = office.site.schemas.get(held.form)
    field = schema.field_at(key.removeprefix(FIELD)) if schema and key.startswith(FIELD) else None
    if field is None or not (one and other):
        return False
    expect = office.site.expectation(field, office.today().year)
    try:
        return parse(one, expect) == parse(other, expect)
    except NotAValue:
        return False


def _as_known(office: Office, held: PartRow) -> Paper:
    if held.outcome is Outcome.ACTED or not held.path.startswith(("held/", "cases/")):
        return Paper(Part(held.drop, held.pages), office.now(), ())
    return held_paper(office, held)


def _differing(office: Office, held: PartRow, differ: Mapping[str, tuple[Said, Said]]) -> tuple[str, ...]:
    """What stands, and what this sheet says instead."""
    schema = office.site.schemas.get(held.form)
    lines: list[str] = []
    for key, (stands, new) in differ.items():
        path = key.partition(":")[2]
        label = schema.label_of(path) if schema and key.startswith("field:") else "The answer"
        lines.append(
            f'"{label}" was answered "{stands.text or "empty"}" by {stands.actor}; '
            f'{new.actor} says "{new.text or "empty"}".'
        )
    if lines and held.outcome is Outcome.KEPT:
        lines.append(
            f"The form is filed with the first answer, as {held.submission}. If that is wrong, ask for its "
            "withdrawal on a request sheet and drop the form once more."
        )
    return tuple(lines)
