"""The confirm list: handwriting that was filed, for its coordinator to tick through beside the pictures.

It holds no form. What nobody has confirmed blocks a final packet and nothing else. A text that is mended on the
list is a correction: the fold shows it from then on, with whose initials.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
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
        if field is not None and field.kind is Kind.SIGNATURE:
            read = "signed"
        items.append(ToConfirm(f"{submission.id}/{path}", schema.title, schema.label_of(path), read, picture))
    return make_confirm_list(submission.id, case, items) if items else b""


def confirm_sheet_in(widgets: Mapping[str, str]) -> ConfirmSheet | None:
    known = carried(widgets, {}, LIST)
    return ConfirmSheet(known[LIST], widgets) if LIST in known else None


def act_on_confirm_sheet(office: Office, row: DropRow, part: Part, sheet: ConfirmSheet) -> None:
    """Keeps what the list says, if its writer finished it; what was not ticked stays to be confirmed."""
    with office.ledger.reading() as tx:
        filed = tx.submission(sheet.submission)
    reasons: tuple[Reason, ...] = (Reason.SHEET_OLD_ROUND,)
    if filed is not None and not filed.withdrawn_by:
        said = read_confirm_list(sheet.widgets, {}, _as_listed(office, filed))
        reasons = (Reason.SHEET_UNFINISHED,)
        if said is not None and (said.right or said.corrected):
            try:
                _keep(office, filed, said)
                reasons = ()
            except Refused:
                reasons = (
                    Reason.SHEET_OLD_ROUND,
                )  # confirmed before: what was approved since is not changed by it
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


def _as_listed(office: Office, filed: SubmissionRow) -> dict[str, str]:
    """Key → what stood in its box on the list."""
    paper = json.loads(office.archive.read(office.archive.deposit(filed.path), "paper.json"))
    schema = office.site.schemas[filed.form]
    found: dict[str, str] = {}
    for reading in paper["readings"]:
        field = schema.field_at(reading["field"])
        text = "signed" if field is not None and field.kind is Kind.SIGNATURE else reading["text"]
        if text:
            found.setdefault(f"{filed.id}/{reading['field']}", text)
    return found


def _keep(office: Office, filed: SubmissionRow, said: Confirmed) -> None:
    fields = [key.partition("/")[2] for key in said.right]
    corrected = {key.partition("/")[2]: text for key, text in said.corrected.items()}
    schema = office.site.schemas[filed.form]
    mended: dict[str, Json] = {}
    for path, text in corrected.items():
        field = schema.field_at(path)
        if field is None or field.kind is Kind.SIGNATURE or "." in path:
            continue  # a signature is there or not, and a table is corrected by filing the form again
        try:
            mended[path] = to_json(parse(text, office.site.expectation(field, office.today().year)))
        except NotAValue:
            continue
    confirm(office, filed.id, by=said.initials, fields=[*fields, *mended], mended=mended)


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
        raise Refused(f"There is no submission {submission}. `drops` lists them.")
    open_fields = unconfirmed(office, row)
    wanted = tuple(path for path in fields if path in open_fields) if fields else tuple(sorted(open_fields))
    mended = {path: text for path, text in (mended or {}).items() if path in wanted}
    if not wanted:
        raise Refused(f"Nothing of submission {submission} waits to be confirmed.")
    data: dict[str, Json] = {"fields": list(wanted), "mended": dict(mended or {})}
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
