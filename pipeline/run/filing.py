"""Carries out what was decided of a read form: kept in its case, held with a sheet, or named a duplicate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pipeline.archive import held_path, submission_path
from pipeline.casefile import facts_of, stored_submission
from pipeline.ledger import Identifier, IdentifierTaken, PartRow
from pipeline.model import (
    DepositKind,
    Finding,
    Outcome,
    Reason,
    Severity,
    Submission,
    canonical_json,
)
from pipeline.run.acts import act
from pipeline.run.asking import DIFFERS, NOT_OURS, disputed_finding, replaced_by
from pipeline.run.confirming import CONFIRM_LIST, confirm_list
from pipeline.run.deciding import Decided, Decider, submission_id
from pipeline.run.holding import HELD_REASONS, make_held_sheet, packet_case, whole_file_finding
from pipeline.run.office import Office
from pipeline.run.paper import Paper, Said, files_of
from pipeline.run.waiting import belongs_finding, held_paper, held_pictures
from pipeline.run.whose import NOT_NUMBERS, identifier_pairs
from pipeline.values import Json, instant


def settle(office: Office, paper: Paper, pictures: tuple[bytes, ...] = ()) -> PartRow:
    """Decides about a paper and carries it out. What it says may be repeated after a crash."""
    if (filed := _filed_before(office, paper)) is not None:
        _take_place_of_earlier(office, paper, filed.submission)
        return _settled(office, paper, filed)
    paper = paper.with_copies_chosen()
    decided = decide(office, paper)
    while decided.outcome is Outcome.KEPT and not _reserved(office, decided):
        decided = decide(office, paper)  # another case has a number of it since: now that is known, and asked
    if decided.outcome is Outcome.KEPT:
        return _keep(office, paper, decided, pictures)
    if decided.outcome is Outcome.DUPLICATE and decided.repeats is not None:
        row = _row(paper, decided, submission=decided.repeats.id, path=decided.repeats.path)
        return _settled(office, paper, row)
    return hold(office, paper, decided, pictures)


def _filed_before(office: Office, paper: Paper) -> PartRow | None:
    """Where a crash came after the submission was published: that decision counts, whatever the site says now."""
    with office.ledger.reading() as tx:
        row = tx.submission(submission_id(paper))
    if row is None or row.withdrawn_by:
        return None
    kept = Decided(Outcome.KEPT, case=row.case)
    return _row(paper, kept, submission=row.id, path=row.path)


def decide(office: Office, paper: Paper) -> Decided:
    """What becomes of the paper, judged on the day it came in."""
    if (aside := _put_aside(paper)) is not None:
        return aside
    if not paper.part.form:
        finding = whole_file_finding(office, paper)
        case = packet_case(office, paper)
        return Decided(finding_outcome(finding.reason), (finding.reason,), (finding,), case)
    if paper.disputed:
        finding = disputed_finding(paper.disputed)
        return Decided(Outcome.HELD, (finding.reason,), (finding,))
    with office.ledger.reading() as tx:
        decider = Decider(
            office.site, tx, paper.received_at, office.record, office.find_case, office.filed_values
        )
        decided = decider.decide(paper)
    if paper.pages_missing and (asked := belongs_finding(office, paper)):
        rest = (
            each for each in decided.findings if each.rule != Reason.PAGE_MISSING
        )  # it may be there already
        return replace(decided, findings=(*asked, *rest))
    return decided


def finding_outcome(reason: Reason) -> Outcome:
    return Outcome.HELD if reason in HELD_REASONS else Outcome.REFUSED


def _put_aside(paper: Paper) -> Decided | None:
    """A person said it is not ours, or dismissed it with a reason."""
    dismissed = paper.said.get("dismiss")
    not_ours = any(paper.said[key].text == NOT_OURS for key in ("case", "form", DIFFERS) if key in paper.said)
    if dismissed is None and not not_ours:
        return None
    finding = Finding(Reason.DISMISSED.value, Severity.WARNING, Reason.DISMISSED)
    return Decided(Outcome.REFUSED, (Reason.DISMISSED,), (finding,))


# --- keeping --------------------------------------------------------------------------------------


def _identifiers(decided: Decided) -> list[Identifier]:
    assert decided.identity is not None
    return [
        Identifier(kind, value, unique=kind not in NOT_NUMBERS)
        for kind, value in identifier_pairs(decided.identity)
    ]


def _reserved(office: Office, decided: Decided) -> bool:
    """Ties the person's numbers to the case before anything is published; False where one was taken meanwhile."""
    assert decided.submission is not None
    try:
        with office.ledger.transaction() as tx:
            tx.reserve_identifiers(decided.case, decided.submission.id, _identifiers(decided))
    except IdentifierTaken:
        return False
    return True


def _keep(office: Office, paper: Paper, decided: Decided, pictures: tuple[bytes, ...]) -> PartRow:
    submission = decided.submission
    assert submission is not None
    path = submission_path(
        decided.case, office.local_day(submission.received_at), submission.form, submission.id
    )
    identifiers: list[Json] = [
        {"type": each.type, "value": each.value, "unique": each.unique} for each in _identifiers(decided)
    ]
    stored = stored_submission(office.site, submission, facts_of(office.site, submission), _overrides(paper))
    files = files_of(paper) | {
        "submission.json": canonical_json(stored),
        "identifiers.json": canonical_json(identifiers),
    }
    files |= {f"page-{number}.png": picture for number, picture in enumerate(pictures, start=1)}
    if listed := confirm_list(office.site, submission, decided.case, paper.corrected):
        files[CONFIRM_LIST] = listed
    row = _row(paper, decided, submission=submission.id, path=path)
    office.books.publish(
        DepositKind.SUBMISSION,
        path,
        files,
        id=submission.id,
        inputs=office.site.input_hashes(submission.form, submission.edition),
        about=_about(decided, submission) | _how_it_came(paper),
        first_counts=True,
        settles=() if replaced_by(paper) else _settling(office, paper, row),
    )
    if replaced_by(paper):  # the part is settled last: until then a crash makes all of this be done again
        _take_place_of_earlier(office, paper, submission.id)
        _settled(office, paper, row)
    return row


def _about(decided: Decided, submission: Submission) -> dict[str, Json]:
    return {
        "case": decided.case,
        "part": submission.part,
        "drop": submission.drop,
        "form": submission.form,
        "edition": submission.edition,
        "received_at": instant(submission.received_at),
        "effective": submission.effective.isoformat(),
        "period": submission.period,
        "values_hash": decided.values_hash,
        "warnings": sum(finding.severity is Severity.WARNING for finding in submission.findings),
    }


def _how_it_came(paper: Paper) -> dict[str, Json]:
    """Said only where there is something to say, so that other deposits are what they always were."""
    return {"repaired": True} if paper.repaired else {}


def _overrides(paper: Paper) -> list[dict[str, str]]:
    return [
        {"rule": rule, "reason": said.text, "actor": said.actor} for rule, said in paper.overridden.items()
    ]


def _take_place_of_earlier(office: Office, paper: Paper, submission: str) -> None:
    """A person said the new form is right and an earlier one wrong: that one is withdrawn, and no other.

    Also taken after a crash, when the new form is filed already: what was done is found done. An earlier one that was
    filed under somebody else since is that person's, whatever the older sheet says of it.
    """
    if (earlier := replaced_by(paper)) == "":
        return
    with office.ledger.reading() as tx:
        row, new = tx.submission(earlier), tx.submission(submission)
        same_person = row and new and tx.resolve_case(row.case) == tx.resolve_case(new.case)
    if row is not None and same_person and row.id != submission and not row.withdrawn_by:
        by, reason = paper.said[DIFFERS].actor, f"replaced by {submission}"
        act(office, "withdraw", case=row.case, target=row.id, by=by, reason=reason)


def release_waiting(office: Office, drop_id: str) -> None:
    """Forms that came before their intake are looked at again, where this drop had something filed.

    That is asked of the ledger, so that a drop cut short lets them go when it is taken up again.
    """
    with office.ledger.reading() as tx:
        has_filed = any(part.submission for part in tx.parts(drop=drop_id))
        held = tx.parts(outcome=Outcome.HELD) if has_filed else ()
        waiting = [row for row in held if Reason.NO_CASE_YET in row.reasons]
    while has_filed:  # one that is filed may lead to the person of another
        still = [row for row in waiting if not _released(office, row)]
        has_filed, waiting = len(still) < len(waiting), still


def _released(office: Office, row: PartRow) -> bool:
    paper = held_paper(office, row)
    if Reason.NO_CASE_YET in decide(office, paper).reasons:
        return False
    settle(office, paper, held_pictures(office, row.path))
    return True


# --- holding --------------------------------------------------------------------------------------


def hold(office: Office, paper: Paper, decided: Decided, pictures: tuple[bytes, ...]) -> PartRow:
    """The part waits for a person: what was read and the sheet that asks lie in the archive."""
    paper = replace(paper, round=paper.round + 1)
    sheet = make_held_sheet(office, paper, decided, pictures)
    files = files_of(paper) | {"sheet.pdf": sheet}
    files |= {f"page-{number}.png": picture for number, picture in enumerate(pictures, start=1)}
    path = held_path(paper.part.id, paper.round)
    row = _row(paper, decided, path=path)
    office.books.publish(
        DepositKind.HELD,
        path,
        files,
        id=f"{paper.part.id}-{paper.round}",
        inputs={"program": office.site_hash},
        about={
            "part": paper.part.id,
            "round": paper.round,
            "case": decided.case,
            "form": paper.part.form,
            "reasons": [reason.value for reason in decided.reasons],
            "asks": len(decided.findings),
            **_how_it_came(paper),
        },
        first_counts=True,
        settles=_settling(office, paper, row),
    )
    return row


def answered(
    office: Office, row: PartRow, said: Mapping[str, Said], remarks: tuple[str, ...] = ()
) -> PartRow:
    """A held part with what a person said about it, decided anew; remarks: what the sheet lacked."""
    return decide_again(office, row, replace(held_paper(office, row).hearing(said), remarks=remarks))


def decide_again(office: Office, row: PartRow, paper: Paper) -> PartRow:
    return settle(office, paper, held_pictures(office, row.path))


def _row(paper: Paper, decided: Decided, *, submission: str = "", path: str = "") -> PartRow:
    return PartRow(
        id=paper.part.id,
        drop=paper.part.drop,
        pages=paper.part.pages,
        outcome=decided.outcome,
        form=paper.part.form,
        edition=paper.part.edition,
        reasons=decided.reasons,
        case=decided.case if decided.outcome in (Outcome.KEPT, Outcome.DUPLICATE) else "",
        submission=submission,
        round=paper.round,
        path=path,
    )


def _settled(office: Office, paper: Paper, row: PartRow) -> PartRow:
    office.books.settle_part(*_settling(office, paper, row))
    return row


def _settling(office: Office, paper: Paper, row: PartRow) -> tuple[PartRow, ...]:
    """What became of the part, and of every part whose pages joined it."""
    with office.ledger.reading() as tx:
        joined = [other for part in paper.joined if (other := tx.part(part)) is not None]
    return (row, *(_like(row, other) for other in joined))


def _like(row: PartRow, joined: PartRow) -> PartRow:
    return replace(
        joined,
        outcome=row.outcome,
        reasons=row.reasons,
        case=row.case,
        submission=row.submission,
        round=row.round,
        path=row.path,
    )
