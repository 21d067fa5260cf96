"""The confirm list: handwriting that was filed, for its coordinator to tick through beside the pictures.

It holds no form. What nobody has confirmed blocks a final packet and nothing else. A text that is mended on the
list is a correction: the fold shows it from then on, with whose initials.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as member

from pipeline.desk.answers import carried
from pipeline.desk.confirm import LIST, Confirmed, ToConfirm, make_confirm_list, read_confirm_list
from pipeline.ledger import DropRow, PartRow, SubmissionRow
from pipeline.model import (
    Outcome,
    Part,
    Reading,
    Reason,
    Submission,
    canonical_json,
)
from pipeline.run.acts import Refused, act
from pipeline.run.office import Office
from pipeline.site import Site
from pipeline.values import Json, Kind, NotAValue, parse, to_json

CONFIRM = "confirm"
CONFIRM_LIST = "confirm.pdf"


@dataclass(frozen=True, slots=True)
class ConfirmSheet:
    """A confirm list as it came back. submission: the form it is about."""

    submission: str
    widgets: Mapping[str, str] = member(repr=False)


def paths_to_confirm(submission: Submission) -> tuple[str, ...]:
    """The fields of a filed form that a person must still compare with their pictures."""
    found = [
        path
        for warning in submission.findings
        if warning.reason is Reason.HANDWRITTEN_NARRATIVE
        for path in warning.fields
    ]
    return tuple(dict.fromkeys(found))


def confirm_list(site: Site, submission: Submission, case: str, readings: Sequence[Reading]) -> bytes:
    """The confirm list of a form that is being filed; empty where nothing is to be confirmed."""
    schema = site.schemas[submission.form]
    items: list[ToConfirm] = []
    for path in paths_to_confirm(submission):
        boxes = [reading for reading in readings if reading.field == path]
        picture = next((reading.crop for reading in boxes if reading.crop), b"")
        field = schema.field_at(path)
        read = next((reading.text for reading in boxes if reading.text), "")
        signature = field is not None and field.kind is Kind.SIGNATURE
        key, label = f"{submission.id}/{path}", schema.label_of(path)
        items.append(ToConfirm(key, schema.title, label, "" if signature else read, picture, signature))
    return make_confirm_list(submission.id, case, items) if items else b""


def confirm_sheet_in(widgets: Mapping[str, str]) -> ConfirmSheet | None:
    known = carried(widgets, {}, LIST)
    return ConfirmSheet(known[LIST], widgets) if LIST in known else None


def act_on_confirm_sheet(office: Office, row: DropRow, part: Part, sheet: ConfirmSheet) -> tuple[str, ...]:
    """Keeps what the list says, if its writer finished it; what was not ticked stays to be confirmed.

    Gives what cannot be kept, in words for a slip; where there is none, the sheet's own outcome is settled.
    """
    with office.ledger.reading() as tx:
        filed = tx.submission(sheet.submission)
    reasons: tuple[Reason, ...] = (Reason.SHEET_OLD_ROUND,)
    if filed is not None and not filed.withdrawn_by:
        said = read_confirm_list(sheet.widgets, {}, _as_listed(office, filed))
        reasons = (Reason.SHEET_UNFINISHED,)
        if said is not None:
            kept, problems = _keep(office, filed, said)
            if problems:
                return problems
            reasons = () if kept else (Reason.SHEET_OLD_ROUND,)
    office.books.settle_part(
        PartRow(
            part.id,
            row.id,
            part.pages,
            Outcome.ACTED,
            filed.form if filed else "",
            filed.edition if filed else "",
            reasons,
            filed.case if filed else "",
            sheet.submission if filed else "",
            path=filed.path if filed else "",
        )
    )
    return ()


def _paper(office: Office, filed: SubmissionRow) -> list[dict[str, str]]:
    """The readings of a filed form, as they lie in its deposit."""
    paper = json.loads(office.archive.read(office.archive.deposit(filed.path), "paper.json"))
    return [dict(reading) for reading in paper["readings"]]


def _as_listed(office: Office, filed: SubmissionRow) -> dict[str, str]:
    """Key → what stood in its box on the list."""
    found: dict[str, str] = {}
    for reading in _paper(office, filed):
        if reading["text"]:
            found.setdefault(f"{filed.id}/{reading['field']}", reading["text"])
    return found


def _keep(office: Office, filed: SubmissionRow, said: Confirmed) -> tuple[bool, tuple[str, ...]]:
    """Whether something was kept, and what could not be, line by line."""
    if not said.initials:
        return False, ('Give your initials beside "I am finished"; without them nothing counts.',)
    listed = _Listed(office, filed, said)
    fields = [key.partition("/")[2] for key in said.right]
    mended = {path: value for path, value in map(listed.mended, said.corrected) if value is not None}
    for key in said.unsigned:
        listed.problem(
            key,
            "it is ticked as not signed. The form stays filed, and waits on the list. If it needs the signature, "
            f"withdraw {filed.id} by a request sheet, have it signed and scan it again.",
        )
    for key in said.unticked:
        listed.problem(
            key, "the text was changed, but not ticked as right. Tick it, and save the list again."
        )
    for key in said.unclear:
        listed.problem(
            key, "what is written there by hand cannot be read. Type the text on the list, and tick it."
        )
    if not (fields or mended or listed.problems):
        return False, ("Nothing is ticked on the list. Tick what is right, and save it again.",)
    if not (fields or mended):  # to confirm nothing by name means everything
        return False, tuple(listed.problems)
    try:
        confirm(office, filed.id, by=said.initials, fields=[*fields, *mended], mended=mended)
    except Refused:  # all of it was confirmed before
        return False, tuple(listed.problems)
    return True, tuple(listed.problems)


class _Listed:
    """The lines of one list that came back, and what is wrong with them."""

    def __init__(self, office: Office, filed: SubmissionRow, said: Confirmed) -> None:
        self._office = office
        self._schema = office.site.schemas[filed.form]
        self._said = said
        self._open = unconfirmed(office, filed)
        self._kept = _mended_before(office, filed.id)
        self.problems: list[str] = []

    def problem(self, key: str, words: str) -> None:
        label = self._schema.label_of(key.partition("/")[2])
        self.problems.append(f'Number {self._said.numbers[key]}, "{label}": {words}')

    def mended(self, key: str) -> tuple[str, Json]:
        """The place on the form and its right value, None where there is none that can be kept."""
        path, text = key.partition("/")[2], self._said.corrected[key]
        field = self._schema.field_at(path)
        if field is None:
            self.problem(key, "the form has no such box any more, so it cannot be mended here.")
            return path, None
        try:
            value = to_json(parse(text, self._office.site.expectation(field, self._office.today().year)))
        except NotAValue as failure:
            self.problem(key, f'"{text}" {failure}. Mend it on the list, and save the list again.')
            return path, None
        if path not in self._open and self._kept.get(path) != value:
            self.problem(
                key, "it was confirmed before, so this text was not used. Withdraw the form to change it."
            )
            return path, None
        return path, value


def _mended_before(office: Office, submission: str) -> dict[str, Json]:
    with office.ledger.reading() as tx:
        acts = tx.acts(act=CONFIRM, target=submission)
    found: dict[str, Json] = {}
    for each in acts:
        found |= json.loads(office.archive.read(office.archive.deposit(each.path), "confirm.json"))["mended"]
    return found


def _cells(office: Office, row: SubmissionRow, mended: Iterable[str]) -> dict[str, Json]:
    """Box → place of each mended cell of a table, by which its row is found again."""
    cells = {path for path in mended if "." in path}
    readings = _paper(office, row) if cells else []
    return {reading["widget"]: reading["field"] for reading in readings if reading["field"] in cells}


def confirm(
    office: Office,
    submission: str,
    *,
    by: str,
    fields: Sequence[str] = (),
    mended: Mapping[str, Json] | None = None,
) -> tuple[str, ...]:
    """The fields that were confirmed: those named, or all that the form still has to confirm."""
    with office.ledger.reading() as tx:
        row = tx.submission(submission)
    if row is None or row.withdrawn_by:
        raise Refused(f"No filed form has the number {submission}.", "drops")
    open_fields = unconfirmed(office, row)
    wanted = tuple(path for path in fields if path in open_fields) if fields else tuple(sorted(open_fields))
    mended = {path: text for path, text in (mended or {}).items() if path in wanted}
    if not wanted:
        raise Refused(f"Nothing of the filed form {submission} waits to be confirmed.")
    cells = _cells(office, row, mended)
    data: dict[str, Json] = {"fields": list(wanted), "mended": dict(mended), "cells": cells}
    act(
        office,
        CONFIRM,
        case=row.case,
        target=submission,
        by=by,
        reason="compared with the paper",
        files={"confirm.json": canonical_json(data)},
        about={"fields": list(wanted)},
    )
    return wanted


def confirmed_fields(office: Office, submission: str) -> frozenset[str]:
    with office.ledger.reading() as tx:
        acts = tx.acts(act=CONFIRM, target=submission)
    found: set[str] = set()
    for each in acts:
        said = json.loads(office.archive.read(office.archive.deposit(each.path), "confirm.json"))
        found |= set(said["fields"])
    return frozenset(found)


def unconfirmed(office: Office, row: SubmissionRow) -> frozenset[str]:
    """Fields of a filed form that wait to be confirmed."""
    stored = json.loads(office.archive.read(office.archive.deposit(row.path), "submission.json"))
    wanted = {
        path
        for warning in stored["warnings"]
        if warning["reason"] == Reason.HANDWRITTEN_NARRATIVE
        for path in warning["fields"]
    }
    return frozenset(wanted) - confirmed_fields(office, row.id) if wanted else frozenset()
