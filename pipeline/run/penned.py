"""Request sheets filled in by hand: what is not certain is asked first, then it is done like any other request.

The finished tick and initials on the paper are wanted as on a screen. Nothing is done on a guess: a number that
names nobody was likely misread, so it is asked about beside its picture instead of refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pipeline.desk.answers import DOUBTFUL, is_ticked
from pipeline.desk.penned import FINISHED, INITIALS
from pipeline.desk.request import RequestProblem
from pipeline.desk.requested import read_request
from pipeline.errors import PacketError
from pipeline.ledger import DropRow, PartRow
from pipeline.model import Outcome, Part, Reason
from pipeline.run.acts import Refused
from pipeline.run.certain import not_certain, packet_names, values_of
from pipeline.run.filing import decide_again, settle
from pipeline.run.office import Office
from pipeline.run.paper import Paper, Said
from pipeline.run.requests import RequestSheet, carry_out, done_before, refused, slip
from pipeline.run.waiting import held_paper


def act_on_penned(office: Office, row: DropRow, part: Part, sheet: RequestSheet) -> None:
    """Does what the sheet asks where all of it is certain; else the part waits with a sheet that asks."""
    values = sheet.widgets
    finished = is_ticked(values.get(FINISHED, "")) or values.get(FINISHED) == DOUBTFUL
    if not finished or not values.get(INITIALS, "").strip():
        problem = read_request({**values, INITIALS: ""}, packet_names(office.site), row.received_at.year)
        assert isinstance(problem, RequestProblem)
        slip(office, row, part, Reason.SHEET_UNFINISHED, problem.messages)
        return
    plain = replace(part, form="", edition="", matches=())
    paper = Paper(plain, row.received_at, sheet.readings, reason=Reason.REQUEST_UNSURE)
    done = _carried_out(office, paper)
    if not isinstance(done, PartRow):
        settle(office, replace(paper, remarks=done))


def hear_penned(office: Office, held: PartRow, said: Mapping[str, Said], missing: tuple[str, ...]) -> PartRow:
    """The request after a person answered what was not certain: done, or asked again."""
    paper = held_paper(office, held).hearing(said)
    done = missing or _carried_out(office, paper)
    if isinstance(done, PartRow):
        return done
    return decide_again(office, held, replace(paper, remarks=done))


def _carried_out(office: Office, paper: Paper) -> PartRow | tuple[str, ...]:
    """What became of the request; or why it names nothing we have, without words where it is not certain."""
    if not_certain(office, paper):
        return ()
    year = office.local_day(paper.received_at).year
    request = read_request(values_of(paper), packet_names(office.site), year)
    if isinstance(request, RequestProblem):  # somebody looked, and it was not ticked
        return refused(office, paper, Reason.SHEET_UNFINISHED, request.messages)
    try:
        case, path = done_before(office, paper.received_at, request) or carry_out(office, request)
    except PacketError as failure:  # it was understood
        return refused(office, paper, Reason.REQUEST_FAILED, failure.reasons)
    except Refused as failure:
        return (str(failure),)
    part, reasons = paper.part, (Reason.REQUEST_DONE,)
    row = PartRow(
        part.id,
        part.drop,
        part.pages,
        Outcome.ACTED,
        reasons=reasons,
        case=case,
        path=path,
        round=paper.round,
    )
    office.books.settle_part(row)
    return row
