"""What of a request sheet filled in by hand is not certain, and is asked before anything is done."""

from __future__ import annotations

from dataclasses import replace

from pipeline.desk.answers import DOUBTFUL
from pipeline.desk.held import REQUEST, Question
from pipeline.desk.penned import FINISHED, INITIALS, boxes_of, request_questions
from pipeline.desk.printed import as_read
from pipeline.desk.request import RequestKind, RequestProblem
from pipeline.desk.requested import kind_of, read_request
from pipeline.run.office import Office
from pipeline.run.paper import Paper
from pipeline.site import Site

SOMEBODY = "XX"
TO_BE_SURE = "A wrong digit here would file the form under somebody else."


def packet_names(site: Site) -> list[tuple[str, str]]:
    return [(name, plan.title) for name, plan in sorted(site.packets.items())]


def values_of(paper: Paper) -> dict[str, str]:
    """What stands in the boxes of the sheet, with every answer in its place."""
    said = {
        key.removeprefix(REQUEST): each.text for key, each in paper.said.items() if key.startswith(REQUEST)
    }
    return as_read(paper.readings) | said


def not_certain(office: Office, paper: Paper) -> dict[str, str]:
    """Box of the sheet → why a person is asked about it; empty where all is certain."""
    values = values_of(paper)
    year = office.local_day(paper.received_at).year
    found = read_request({**values, INITIALS: SOMEBODY, FINISHED: "on"}, packet_names(office.site), year)
    asked: dict[str, str] = {}
    if isinstance(found, RequestProblem):
        asked = dict(zip(found.boxes, found.messages, strict=True))
    person = values.get("refile_person", "").strip().upper()
    heard = f"{REQUEST}refile_person" in paper.said or person.startswith("C-")
    if kind_of(values) is RequestKind.REFILE and not heard:
        asked.setdefault("refile_person", TO_BE_SURE)
    if values.get(INITIALS) == DOUBTFUL:
        asked[INITIALS] = "They could not be read for certain."
    if values.get(FINISHED) == DOUBTFUL:
        asked[FINISHED] = 'It is not clear whether "I am finished." is ticked.'
    return asked


def questions_about(office: Office, paper: Paper) -> tuple[Question, ...]:
    """What the sheet asks: the boxes that are not certain, or all of its line where it could not be done."""
    asked, kind = not_certain(office, paper), kind_of(values_of(paper))
    if not asked and kind is not None:
        asked = dict.fromkeys(boxes_of(kind), "Compare it with the picture.")
    found = request_questions(asked, paper.readings, packet_names(office.site))
    said = values_of(paper)
    return tuple(
        replace(question, read=said[question.key.removeprefix(REQUEST)])
        if question.key in paper.said
        else question
        for question in found
    )
