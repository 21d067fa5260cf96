"""What a person said about a doubtful box: it takes the place of every reading of that field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as member

from pipeline.model import Decision, Method, Reading


@dataclass(frozen=True, slots=True)
class Answer:
    """The right text of one place on the form, by a person.

    text:  as typed; for a choice its code, for choices codes joined by `;`, for a tick `on` or `off`,
           for a signature `present` or `absent`; empty means the box is rightly blank
    actor: initials, as a claim
    """

    field: str
    text: str = member(repr=False)
    actor: str


def apply_answers(readings: Sequence[Reading], answers: Mapping[str, Answer]) -> tuple[Reading, ...]:
    """The readings with each answered field said by its answer alone, in the place of its first box.

    The readings it replaces are kept with the held part, so both stay known. An answer to a field
    without a box on this form is left out: there is nothing it could correct.
    """
    done: set[str] = set()
    corrected: list[Reading] = []
    for reading in readings:
        answer = answers.get(reading.field)
        if answer is None:
            corrected.append(reading)
        elif reading.field not in done:
            done.add(reading.field)
            corrected.append(_said(reading, answer))
    return tuple(corrected)


def _said(reading: Reading, answer: Answer) -> Reading:
    return replace(
        reading,
        text=answer.text,
        option="",
        method=Method.CORRECTION,
        confidence=1.0,
        decision=Decision.ACCEPTED,
        reason=None,
        handwritten=False,
        actor=answer.actor,
    )
