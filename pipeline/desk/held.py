"""The nouns of the desk: a question on a sheet, and a held part with all that its sheet shows."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as member
from enum import StrEnum

from pipeline.model import Reason


class QuestionKind(StrEnum):
    """How a question is answered. NOTE says something that no box on a sheet can mend."""

    TEXT = "text"
    LINES = "lines"
    CHOICE = "choice"
    CHOICES = "choices"
    TICK = "tick"
    SIGNATURE = "signature"
    NOTE = "note"


NEITHER, NOT_OURS, SUPPORTING = "neither", "not-ours", "supporting"
SUPPORTING_CASE = "supporting-case"
TWO_ANSWERS = " and "
"""Between the case that is ticked and the number that is written beside it, where a sheet has both."""
FIELD, OVERRIDE, REQUEST = "field:", "override:", "request:"
SIGNATURE, SIGNED_ON, WHY_NOT_SIGNED = "signature:", "signed-on:", "signature-why:"
PRESENT, ABSENT, ON, OFF = "present", "absent", "on", "off"


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to answer.

    key:     `field:services.2.units`, `case`, `form`, `supporting-case`, `override:RULE-ID`, `choice:RULE`,
             `request:month` (a box of a request sheet), `signature:plan/1` (a line of a page of ours that came
             back), `signed-on:plan/1` (the day beside it), `signature-why:plan/1` (why it is no signature)
    label:   as printed on the form
    page:    page of the form, 0 where it concerns none
    why:     why it is doubted, in words
    read:    what was read, pre-filled; codes joined by `;` for ticks
    options: (code, label) pairs that can be ticked
    picture: PNG of the box; option_pictures: PNG of each tick box, in the order of options
    said_empty: an earlier answer says that the box is rightly empty
    """

    key: str
    label: str
    page: int
    why: str = member(repr=False)
    read: str = member(repr=False)
    kind: QuestionKind
    options: tuple[tuple[str, str], ...] = member(default=(), repr=False)
    picture: bytes = member(default=b"", repr=False)
    option_pictures: tuple[bytes, ...] = member(default=(), repr=False)
    said_empty: bool = False

    @property
    def is_field(self) -> bool:
        return self.key.startswith(FIELD)

    @property
    def is_box(self) -> bool:
        """Whether it asks about a box on paper: of a form, of a request sheet that was filled in by hand, or about a
        line on which somebody signs."""
        return self.is_field or self.key.startswith((REQUEST, SIGNATURE))

    @property
    def may_stay_empty(self) -> bool:
        """An override is only wanted where the values are right; the case only for a supporting paper; of a signature
        the day, and of what is none the reason."""
        may = self.key.startswith((OVERRIDE, SIGNED_ON, WHY_NOT_SIGNED))
        return may or self.key == SUPPORTING_CASE or self.kind is QuestionKind.NOTE


@dataclass(frozen=True, slots=True)
class HeldPart:
    """Everything a sheet or slip shows of one part that waits for a person.

    pages:         pages of the dropped file, from 1
    received_at:   local and already written as people read it: `3/4/2027 9:40 AM`
    headline:      what happened; happened: more about it, may be empty; what_to_do: what to do
    reference:     the other boxes of the form as (label, value)
    page_pictures: small pictures of whole pages, where a page, form or person is doubted
    heads_only:    of those pages only the top is shown, and large: there it says whose they are
    filed:         the pages are filed already, whatever is answered
    """

    part: str
    round: int
    form_code: str
    form_title: str
    pages: tuple[int, ...]
    received_at: str
    file_name: str = member(repr=False)
    reason: Reason
    headline: str = member(repr=False)
    what_to_do: str = member(repr=False)
    happened: str = member(default="", repr=False)
    questions: tuple[Question, ...] = ()
    reference: tuple[tuple[str, str], ...] = member(default=(), repr=False)
    page_pictures: tuple[bytes, ...] = member(default=(), repr=False)
    heads_only: bool = False
    filed: bool = False
