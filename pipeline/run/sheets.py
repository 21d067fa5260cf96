"""Sheets that come back: corrections and requests. Each is a drop of its own; what it says is an act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as member

from pipeline.desk.answers import SheetAnswers, read_sheet
from pipeline.desk.questions import SUPPORTING, SUPPORTING_CASE
from pipeline.ledger import DropRow, PartRow
from pipeline.model import Outcome, Part, Reason
from pipeline.reading.pages import OpenedFile
from pipeline.run.filing import answered
from pipeline.run.office import Office
from pipeline.run.paper import Said
from pipeline.run.requests import RequestSheet, act_on_request, request_in


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction sheet as it came back, filled in a viewer."""

    answers: SheetAnswers = member(repr=False)


def sheet_in(opened: OpenedFile) -> Correction | RequestSheet | None:
    """The sheet of ours that a file is, None where it is paper like any other."""
    widgets = widget_values(opened)
    if (answers := read_sheet(widgets, {})) is not None:
        return Correction(answers)
    return request_in(widgets)


def widget_values(opened: OpenedFile) -> Mapping[str, str]:
    """Qualified name → value; a tick that is on has its on-state."""
    values: dict[str, str] = {}
    for page in opened.pages:
        for widget in page.widgets:
            if widget.kind == "/Btn":
                if widget.is_on:
                    values[widget.name] = widget.state
                else:
                    values.setdefault(widget.name, "Off")
            else:
                values[widget.name] = widget.value
    return values


def act_on_sheet(office: Office, row: DropRow, opened: OpenedFile, sheet: Correction | RequestSheet) -> None:
    """Carries out what a sheet says, if its writer finished it; else nothing but its copy is kept."""
    part = Part(row.id, tuple(page.number for page in opened.pages))
    if isinstance(sheet, RequestSheet):
        act_on_request(office, row, part, sheet)
        return
    reasons, about = _act_on_correction(office, sheet.answers)
    acted = PartRow(part.id, row.id, part.pages, Outcome.ACTED, reasons=reasons)
    if about is not None:
        acted = PartRow(
            part.id,
            row.id,
            part.pages,
            Outcome.ACTED,
            about.form,
            about.edition,
            reasons,
            about.case,
            about.submission,
            sheet.answers.round,
            about.path,
        )
    office.books.settle_part(acted)


def _act_on_correction(office: Office, answers: SheetAnswers) -> tuple[tuple[Reason, ...], PartRow | None]:
    """What became of the held part; the reasons say why a sheet was not acted upon."""
    with office.ledger.reading() as tx:
        held = tx.part(answers.part)
    if held is None:
        return (Reason.UNKNOWN_FORM,), None
    if not answers.submitted or (answers.missing and answers.dismissed is None and not answers.answers):
        return (Reason.SHEET_UNFINISHED,), held
    waits = held.outcome in (Outcome.HELD, Outcome.REFUSED) and Reason.DISMISSED not in held.reasons
    if not waits or answers.round != held.round:
        return (Reason.SHEET_OLD_ROUND,), held
    said = {key: Said(text, answers.initials) for key, text in answers.answers.items()}
    if answers.dismissed is not None:
        said["dismiss"] = Said(answers.dismissed, answers.initials)
    if answers.answers.get("form") == SUPPORTING:
        return (), _file_supporting(office, held, answers.answers.get(SUPPORTING_CASE, ""), answers.initials)
    return (), answered(office, held, said)


def _file_supporting(office: Office, held: PartRow, any_id: str, by: str) -> PartRow:
    """A paper that is no form of ours, kept with the case it supports. Asked again where the case is not found."""
    case = office.find_case(any_id)
    if case is None:
        return answered(office, held, {"form": Said(SUPPORTING, by)})
    row = PartRow(
        held.id, held.drop, held.pages, Outcome.SUPPORTING, case=case, round=held.round, path=held.path
    )
    office.books.settle_part(row)
    office.books.record("supporting", part=held.id, case=case, by_sheet=True)
    return row
