"""What people decide, each a deposit of its own with reason and initials; the index follows from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.archive import act_path
from pipeline.errors import PipelineError
from pipeline.ledger import ActRow
from pipeline.model import Deposit, DepositKind, canonical_json, short_id
from pipeline.run.office import Office
from pipeline.values import Json, instant


@dataclass(frozen=True, slots=True)
class Undone:
    """A withdrawal or refiling, and every packet that shows something of the submission it moved."""

    deposit: Deposit
    packets: tuple[str, ...]


class Refused(PipelineError):
    """The decision cannot be carried out; the message says why and what to do, in words that a slip can carry."""

    def __init__(self, message: str, *commands: str) -> None:
        self.commands = commands
        super().__init__(message)


def act(
    office: Office,
    name: str,
    *,
    case: str,
    target: str,
    by: str,
    reason: str,
    about: Mapping[str, Json] | None = None,
    files: Mapping[str, bytes] | None = None,
) -> Deposit:
    """The deposit of one decision. The same decision repeated at once is the same deposit; after another decision
    about the same thing it is a new one, so that what was undone can be done again."""
    if not by.strip():
        raise Refused("A decision needs the initials of whoever made it.")
    day = office.today()
    said = (name, case, target, by, reason, day.isoformat(), canonical_json(dict(about or {})))
    with office.ledger.reading() as tx:
        before = tx.acts(target=target)
    if before and before[-1].id == short_id("act", *said, before[-2].id if len(before) > 1 else ""):
        return office.archive.deposit(before[-1].path)
    act_id = short_id("act", *said, before[-1].id if before else "")
    login: dict[str, Json] = {"login": office.login} if office.login else {}
    written: dict[str, Json] = {"act": name, "by": by, "reason": reason, "at": instant(office.now()), **login}
    path = act_path(case, day, name, act_id)
    return office.books.publish(
        DepositKind.ACT,
        path,
        {"act.json": canonical_json(written), **(files or {})},
        id=act_id,
        inputs={"target": target},
        about={"act": name, "case": case, "target": target, **login, **(about or {})},
    )


def withdraw(office: Office, submission: str, *, by: str, reason: str) -> Undone:
    """Takes a mis-filed form back. It states nothing any more; the paper and its readings stay."""
    _need_reason(reason)
    with office.ledger.reading() as tx:
        row = tx.submission(submission)
        packets = tx.packets_using(submission)
    if row is None:
        raise Refused(f"No filed form has the number {submission}.", "drops")
    if row.withdrawn_by:
        raise Refused(f"The filed form {submission} was withdrawn already.")
    deposit = act(office, "withdraw", case=row.case, target=submission, by=by, reason=reason)
    return Undone(deposit, packets)


def refile(office: Office, submission: str, into: str, *, by: str, reason: str) -> Undone:
    """Files a form under another case; every packet that used it is named."""
    _need_reason(reason)
    case = office.find_case(into)
    with office.ledger.reading() as tx:
        row = tx.submission(submission)
        packets = tx.packets_using(submission)
    if row is None:
        raise Refused(f"No filed form has the number {submission}.", "drops")
    if case is None:
        raise Refused("There is no one case with that number. Give the case number, C-...")
    if case == row.case:
        raise Refused(f"The form {submission} is filed under {case} already.")
    deposit = act(
        office, "refile", case=row.case, target=submission, by=by, reason=reason, about={"into": case}
    )
    return Undone(deposit, packets)


def merge(office: Office, case: str, into: str, *, by: str, reason: str) -> Deposit:
    """Two cases of one person become one; the first number goes on working."""
    _need_reason(reason)
    one, other = office.find_case(case), office.find_case(into)
    if one is None or other is None:
        raise Refused("Both must be cases on file. Give the case numbers, C-...")
    if one == other:
        raise Refused("These are one case already.")
    return act(office, "merge", case=one, target=one, by=by, reason=reason, about={"into": other})


def split(office: Office, case: str, submissions: tuple[str, ...], *, by: str, reason: str) -> Deposit:
    """The named forms become a new case: two people had been filed as one."""
    _need_reason(reason)
    found = office.find_case(case)
    if found is None:
        raise Refused("There is no one case with that number. Give the case number, C-...")
    with office.ledger.reading() as tx:
        rows = [tx.submission(each) for each in submissions]
        cases = {tx.resolve_case(row.case) if row else "" for row in rows}
        before = tx.acts(found, "split")
    if before and len(cases) == 1 and (done := _done_already(office, before, submissions, cases)):
        return done
    if cases != {found}:  # none named, none of that name, or filed elsewhere
        raise Refused(f"Name forms that are filed under {found}.", "drops")
    # counted, because a case that was split off may have been merged back: its number is taken
    into = "C-" + short_id("case", found, str(len(before)), *sorted(submissions), length=8)
    about: dict[str, Json] = {"into": into, "submissions": list(submissions)}
    return act(office, "split", case=found, target=found, by=by, reason=reason, about=about)


def _done_already(
    office: Office, splits: Sequence[ActRow], submissions: tuple[str, ...], cases: set[str]
) -> Deposit | None:
    """The split that parted exactly these forms, which lie where it put them: asked again after a crash."""
    for each in splits:
        deposit = office.archive.deposit(each.path)
        same = deposit.about["submissions"] == list(submissions)
        if same and {deposit.about["into"]} == cases:
            return deposit
    return None


def settle_disagreement(
    office: Office, case: str, place: str, *, by: str, reason: str, submission: str = ""
) -> Deposit:
    """Says which of two filed statements is right: that of `submission`, else the newest. The others stay on file
    and are no longer asked about; what is stated later counts anew."""
    _need_reason(reason)
    found = office.find_case(case)
    if found is None:
        raise Refused("There is no one case with that number. Give the case number, C-...")
    troubles = [each for each in office.record(found).disagreements if each.place == place]
    if not troubles:
        raise Refused(f"Filed forms do not disagree on {place} for {found}.")
    facts = troubles[-1].facts
    right = next((fact for fact in facts if fact.submission == submission), None) if submission else facts[0]
    if right is None:
        known = ", ".join(dict.fromkeys(fact.submission for fact in facts))
        raise Refused(f"The filed form {submission} does not speak of {place}. These do: {known}.")
    about: dict[str, Json] = {
        "place": place,
        "right": right.id,
        "overruled": [fact.id for fact in facts if fact.id != right.id],
    }
    return act(office, "settle", case=found, target=right.id, by=by, reason=reason, about=about)


def set_status(office: Office, case: str, status: str, *, by: str, reason: str) -> Deposit:
    """Active, transferred, closed or deceased; the last three stop due dates and letters."""
    _need_reason(reason)
    found = office.find_case(case)
    if found is None:
        raise Refused("There is no one case with that number. Give the case number, C-...")
    return act(
        office, "case-status", case=found, target=found, by=by, reason=reason, about={"status": status}
    )


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused("A decision needs a reason.")
