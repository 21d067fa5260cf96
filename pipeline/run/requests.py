"""Request sheets: what a coordinator asks for by dropping a filled sheet instead of typing a command."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as member
from datetime import datetime
from pathlib import Path

from pipeline.desk.request import (
    Request,
    RequestKind,
    RequestProblem,
    make_request_sheet,
)
from pipeline.desk.requested import read_request
from pipeline.errors import PacketError
from pipeline.ledger import DropRow, PartRow
from pipeline.model import Finding, Outcome, Part, Reading, Reason, Severity
from pipeline.run.acts import Refused, refile, withdraw
from pipeline.run.annual import annual_reviews, batch_day, due_by_coordinator, keep_report
from pipeline.run.approving import approve
from pipeline.run.certain import packet_names
from pipeline.run.deciding import Decided
from pipeline.run.duelist import keep_due_list
from pipeline.run.filing import hold
from pipeline.run.office import Office
from pipeline.run.packeting import make_packet
from pipeline.run.paper import Paper
from pipeline.site import Site, load_site

ITS_BOXES = frozenset({"what", "packet", "person", "withdraw_submission", "finished", "initials"})
ITS_ACTS = {
    RequestKind.APPROVE: ("approve", "approve-packet"),
    RequestKind.WITHDRAW: ("withdraw",),
    RequestKind.REFILE: ("refile",),
}


@dataclass(frozen=True, slots=True)
class RequestSheet:
    """A request sheet as it came back: name of each box → what stands there.

    readings: its boxes as a hand filled them in, where it was printed; empty where it was saved by a viewer
    """

    widgets: Mapping[str, str] = member(repr=False)
    readings: tuple[Reading, ...] = member(default=(), repr=False)


def request_in(widgets: Mapping[str, str]) -> RequestSheet | None:
    """The request sheet these boxes belong to, None where they do not."""
    return RequestSheet(widgets) if widgets.keys() >= ITS_BOXES else None


def blank_request_sheet(site_folder: Path) -> bytes:
    """The fillable request sheet of a site."""
    return blank_request(load_site(site_folder))


def blank_request(site: Site) -> bytes:
    return make_request_sheet(
        packet_names(site), [item.initials for item in site.staff.coordinators.values()]
    )


def act_on_request(office: Office, row: DropRow, part: Part, sheet: RequestSheet) -> None:
    """Does what the sheet asks; what stands against it comes back on a slip, all at once."""
    request = read_request(sheet.widgets, packet_names(office.site), office.local_day(row.received_at).year)
    if isinstance(request, RequestProblem):
        reason = Reason.SHEET_UNFINISHED if request.unfinished else Reason.REQUEST_FAILED
        slip(office, row, part, reason, request.messages)
        return
    try:
        case, path = done_before(office, row.received_at, request) or carry_out(office, request)
    except (PacketError, Refused) as failure:
        reasons = failure.reasons if isinstance(failure, PacketError) else (str(failure),)
        slip(office, row, part, Reason.REQUEST_FAILED, reasons)
        return
    office.books.settle_part(
        PartRow(
            part.id,
            row.id,
            part.pages,
            Outcome.ACTED,
            reasons=(Reason.REQUEST_DONE,),
            case=case,
            path=path,
        )
    )


def slip(
    office: Office,
    row: DropRow,
    part: Part,
    reason: Reason,
    messages: tuple[str, ...],
    about: PartRow | None = None,
) -> None:
    """A slip about a sheet: why it was not acted upon. about: the part it speaks of."""
    refused(office, Paper(part, row.received_at, ()), reason, messages, about.case if about else "")


def refused(
    office: Office, paper: Paper, reason: Reason, messages: tuple[str, ...], case: str = ""
) -> PartRow:
    """The sheet as it stands after a slip that says why it was not acted upon."""
    findings = tuple(
        Finding(f"{reason.value}-{number}", Severity.ERROR, reason, (), 0, message)
        for number, message in enumerate(messages, start=1)
    )
    known = replace(paper, part=_by_itself(paper.part), reason=reason)
    return hold(office, known, Decided(Outcome.REFUSED, (reason,), findings, case), ())


def _by_itself(part: Part) -> Part:
    """The pages of a sheet without its code, which is none of a form."""
    return replace(part, form="", edition="", matches=())


def done_before(office: Office, since: datetime, request: Request) -> tuple[str, str] | None:
    """What this very sheet did before a crash came between its act and its outcome: an act of this kind on this
    thing by these initials, made after the sheet came in. Asked a second time it would be refused as done."""
    target = request.packet_id if request.kind is RequestKind.APPROVE else request.submission
    into = office.find_case(request.person) if request.kind is RequestKind.REFILE else None
    with office.ledger.reading() as tx:
        found = [each for each in tx.acts(target=target) if each.act in ITS_ACTS.get(request.kind, ())]
        packet = tx.packet(request.packet_id)
    for each in reversed(found):
        deposit = office.archive.deposit(each.path)
        said = json.loads(office.archive.read(deposit, "act.json"))
        if into is not None and deposit.about["into"] != into:
            continue  # filed elsewhere then: another sheet asked for that
        if said["by"] == request.by and datetime.fromisoformat(said["at"]) >= since:
            if packet is not None:
                return packet.case, packet.path
            return "", each.path
    return None


def carry_out(office: Office, request: Request) -> tuple[str, str]:
    """The case it was about and where the result lies. Raises PacketError or Refused."""
    today = request.as_of or office.today()
    if request.kind is RequestKind.PACKET:
        case = _case(office, request.person)
        return case, make_packet(office, request.packet, case, today).row.path
    if request.kind is RequestKind.APPROVE:
        made = approve(office, request.packet_id, by=request.by)
        return made.row.case, made.row.path
    if request.kind is RequestKind.WITHDRAW:
        done = withdraw(office, request.submission, by=request.by, reason=request.reason)
        return "", done.deposit.path
    if request.kind is RequestKind.REFILE:
        done = refile(office, request.submission, request.person, by=request.by, reason=request.reason)
        return "", done.deposit.path
    if request.kind is RequestKind.ANNUAL_REVIEWS:
        assert request.month is not None
        day = batch_day(office, request.month, request.as_of)
        results = tuple(annual_reviews(office, request.month, day))
        return "", keep_report(office, request.month, day, results)
    return "", keep_due_list(office, today, due_by_coordinator(office, today, request.within_days))


def _case(office: Office, any_id: str) -> str:
    case = office.find_case(any_id)
    if case is None:
        raise Refused("There is no one case with that number. Give the case number, C-...")
    return case
