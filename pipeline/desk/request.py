"""The request sheet: what a coordinator asks of the program without a terminal, one request a sheet.

It does the same as a command: a packet, a month of annual reviews, the list of what is due, an approval, the
withdrawal or re-filing of a form. `requested` reads what comes back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as member
from datetime import date
from enum import StrEnum

from pipeline.desk.layout import BODY, LABEL, LEFT, RIGHT, SMALL, TITLE, Flow, drawn_twice, new_pdf
from pipeline.fillable import Entry, Field, FillablePdf, Style, shortened
from pipeline.model import Box
from pipeline.values import Month

MARK = "request"
"""A hidden box by which the sheet is known: properties of a document do not survive every viewer."""
WHAT = "what"
FORM_NUMBER = "12 letters and digits; on the evidence page of a packet"


class RequestKind(StrEnum):
    PACKET = "packet"
    ANNUAL_REVIEWS = "annual-reviews"
    DUE = "due"
    APPROVE = "approve"
    WITHDRAW = "withdraw"
    REFILE = "refile"


@dataclass(frozen=True, slots=True)
class Request:
    """One request, complete. What does not belong to its kind is empty.

    packet:     name of the packet (`isp`), for PACKET; packet_id: for APPROVE
    person:     any id of the person: case, DMH ID, Medicaid number; for REFILE the right one
    submission: id of the filed form, for WITHDRAW and REFILE
    by:         initials of who asks; it is a claim
    """

    kind: RequestKind
    by: str
    packet: str = ""
    person: str = member(default="", repr=False)
    as_of: date | None = None
    month: Month | None = None
    within_days: int = 90
    packet_id: str = ""
    submission: str = ""
    reason: str = member(default="", repr=False)


@dataclass(frozen=True, slots=True)
class RequestProblem:
    """A request that cannot be carried out as it stands: what is missing or wrong, in words.

    boxes:      the box each of them is about
    unfinished: nobody said yet that it is finished; then it is simply left alone
    """

    messages: tuple[str, ...] = member(repr=False)
    boxes: tuple[str, ...] = ()
    unfinished: bool = False


@dataclass(frozen=True, slots=True)
class RequestBox:
    """A box of the request sheet: name, printed label, width as a share of the line, small print, cells of a comb."""

    name: str
    label: str
    share: float
    help: str = ""
    comb: int = 0


BOXES: Mapping[RequestKind, tuple[str, tuple[RequestBox, ...]]] = {
    RequestKind.PACKET: (
        "Make a packet",
        (
            RequestBox("packet", "Which packet", 0.4),
            RequestBox("person", "For whom", 0.36, "case, DMH or Medicaid number"),
            RequestBox("as_of", "As of", 0.24, "date; empty: today"),
        ),
    ),
    RequestKind.ANNUAL_REVIEWS: (
        "Make all annual reviews of a month",
        (RequestBox("month", "Month", 0.3, "in which the plan year ends, as 01/2027"),),
    ),
    RequestKind.DUE: (
        "List what is due",
        (RequestBox("within", "Within how many days", 0.3, "empty: 90"),),
    ),
    RequestKind.APPROVE: (
        "Approve a packet",
        (
            RequestBox(
                "packet_id", "Number of the packet", 0.46, "12 letters and digits, printed at its foot", 12
            ),
        ),
    ),
    RequestKind.WITHDRAW: (
        "Withdraw a form that was filed by mistake",
        (
            RequestBox("withdraw_submission", "Number of the filed form", 0.46, FORM_NUMBER, 12),
            RequestBox("withdraw_reason", "Why", 0.54),
        ),
    ),
    RequestKind.REFILE: (
        "File a form again under the right person",
        (
            RequestBox("refile_submission", "Number of the filed form", 0.46, FORM_NUMBER, 12),
            RequestBox("refile_person", "Right person", 0.27, "case, DMH or Medicaid number"),
            RequestBox("refile_reason", "Why", 0.27),
        ),
    ),
}


# --- making ---------------------------------------------------------------------------------------


def make_request_sheet(packets: Sequence[tuple[str, str]], coordinators: Sequence[str]) -> bytes:
    """The sheet to fill in.

    packets: (name, title) of each packet that can be asked for; coordinators: initials offered at the end
    """
    return drawn_twice(lambda pages: _sheet(packets, coordinators, pages))


def _sheet(
    packets: Sequence[tuple[str, str]], coordinators: Sequence[str], pages: int
) -> tuple[FillablePdf, int]:
    pdf = new_pdf("Request sheet", {})
    pdf.field(Field(MARK, Box(0, 0, 0, 0), Entry.TEXT, "For the program", "1", hidden=True))
    flow = Flow(pdf, "Request sheet", ("S1", "request", 1), pages)
    flow.say("What shall the program do?", TITLE)
    flow.skip(2)
    flow.say("Tick one line and fill in its boxes. Use a new sheet for each request.", BODY)
    flow.skip(8)
    titles = tuple(title for _, title in packets)
    for number, kind in enumerate(RequestKind, start=1):
        _request(flow, number, kind, titles)
    _ending(flow, coordinators)
    return pdf, pdf.pages


def _request(flow: Flow, number: int, kind: RequestKind, titles: tuple[str, ...]) -> None:
    title, boxes = BOXES[kind]
    flow.need(76)
    pdf, top = flow.pdf, flow.y
    pdf.line(LEFT, top, RIGHT, top, 0.8, grey=0.45)
    tick = Box(LEFT, top + 8, LEFT + 14, top + 22)
    pdf.field(Field(WHAT, tick, Entry.RADIO, title, state=str(number)))
    pdf.text(LEFT + 24, top + 19, title, LABEL)
    x, gap = LEFT + 24, 10.0
    width = RIGHT - x
    for box in boxes:
        right = x + box.share * width - gap
        pdf.text(x, top + 37, box.label, SMALL)
        entry = Entry.LIST if box.name == "packet" else Entry.TEXT
        options = titles if entry is Entry.LIST else ()
        tip = f"{title}: {box.label}" + (f" ({box.help})" if box.help else "")
        place = Box(x, top + 41, right, top + 61)
        pdf.field(Field(box.name, place, entry, tip, comb=box.comb, options=options))
        pdf.text(x, top + 70, box.help, Style(8, grey=0.3))
        x = right + gap
    if kind is RequestKind.PACKET:  # a print does not unfold its list
        flow.skip(11)
        named = shortened(f"Packets: {', '.join(titles)}", Style(8, grey=0.3), width)
        pdf.text(LEFT + 24, flow.y + 70, named, Style(8, grey=0.3))
    flow.skip(77)


def _ending(flow: Flow, coordinators: Sequence[str]) -> None:
    flow.need(70)
    pdf, top = flow.pdf, flow.y + 4
    pdf.frame(Box(LEFT, top, RIGHT, top + 58), 1.6)
    x = LEFT + 12
    tick = Box(x, top + 12, x + 18, top + 30)
    pdf.field(Field("finished", tick, Entry.TICK, "I am finished. Only this tick with initials counts."))
    pdf.text(x + 28, top + 27, "I am finished.", Style(15, bold=True))
    pdf.text(x + 236, top + 27, "My initials:", Style(12))
    box = Box(x + 306, top + 8, x + 396, top + 34)
    entry = Entry.LIST if coordinators else Entry.TEXT
    pdf.field(Field("initials", box, entry, "Your initials", size=13, options=tuple(coordinators)))
    how = "Then save this file into the inbox. You can also print it, fill it in by hand and scan it."
    pdf.text(x + 28, top + 48, how, Style(10))
    flow.skip(66)
