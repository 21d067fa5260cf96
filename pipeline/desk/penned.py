"""A request sheet filled in by hand: what its boxes may hold, and the questions about those that are not certain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.desk.answers import DOUBTFUL
from pipeline.desk.held import REQUEST, Question, QuestionKind
from pipeline.desk.request import BOXES, WHAT, RequestKind
from pipeline.desk.shown import TICKED
from pipeline.model import Reading
from pipeline.values import Expectation, Kind

FINISHED, INITIALS = "finished", "initials"

OTHER_LABELS = {
    WHAT: "What shall the program do?",
    INITIALS: "Initials on the sheet",
    FINISHED: "The tick at the foot of the sheet",
}


def expected_on_request(
    packets: Sequence[tuple[str, str]], made: Sequence[str], filed: Sequence[str]
) -> dict[str, Expectation]:
    """What is known beforehand of the boxes of a request sheet, by the box's name.

    packets: (name, title) of what can be asked for. made, filed: the numbers of packets and forms there are. Of
    twelve letters and digits a hand makes, one is easily misread; no two numbers on file are alike.
    """
    number_of_packet, number_of_form = _one_of(made), _one_of(filed)
    return {
        "packet": Expectation(Kind.CHOICE, options=tuple(packets)),
        "as_of": Expectation(Kind.DATE),
        "month": Expectation(Kind.MONTH),
        "within": Expectation(Kind.INTEGER),
        "packet_id": number_of_packet,
        "withdraw_submission": number_of_form,
        "refile_submission": number_of_form,
    }


def _one_of(numbers: Sequence[str]) -> Expectation:
    return Expectation(Kind.CHOICE, options=tuple((number, number) for number in numbers))


def request_questions(
    asked: Mapping[str, str], readings: Sequence[Reading], packets: Sequence[tuple[str, str]]
) -> tuple[Question, ...]:
    """One question for each box that is not certain, in the order of the sheet. asked: box → why it is asked."""
    boxes = [WHAT, *(box.name for _, boxes in BOXES.values() for box in boxes), INITIALS, FINISHED]
    return tuple(_question(name, asked[name], readings, packets) for name in boxes if name in asked)


def boxes_of(kind: RequestKind) -> tuple[str, ...]:
    return tuple(box.name for box in BOXES[kind][1])


def _question(
    name: str, why: str, readings: Sequence[Reading], packets: Sequence[tuple[str, str]]
) -> Question:
    labels = {box.name: box.label for _, boxes in BOXES.values() for box in boxes}
    label = labels.get(name) or OTHER_LABELS[name]
    plain = Question(REQUEST + name, label, 1, why, "", QuestionKind.TEXT)
    if name == WHAT:
        options = tuple((str(number), BOXES[kind][0]) for number, kind in enumerate(RequestKind, start=1))
        return Question(plain.key, label, 1, why, "", QuestionKind.CHOICE, options)
    box = next((reading for reading in readings if reading.field == name), None)
    read = _read(box) if box else ""
    picture = box.crop if box else b""
    if name == FINISHED:
        return Question(plain.key, label, 1, why, "", QuestionKind.TICK, TICKED, picture)
    if name == "packet":
        codes = [code for code, title in packets if read.casefold() in (code.casefold(), title.casefold())]
        read = codes[0] if codes else ""
        return Question(plain.key, label, 1, why, read, QuestionKind.CHOICE, tuple(packets), picture)
    return Question(plain.key, label, 1, why, read, plain.kind, (), picture)


def _read(box: Reading) -> str:
    texts = [box.text, *(vote.text for vote in box.votes)]
    return next((text for text in texts if text and text != DOUBTFUL), "")
