"""What a request sheet asks, from the plain names and values of its boxes; or all that is wrong with it at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from pipeline.desk.answers import DOUBTFUL, initials_in, is_ticked
from pipeline.desk.request import MARK, WHAT, Request, RequestKind, RequestProblem
from pipeline.values import Expectation, Kind, Month, NotAValue, clean, parse


def is_request(widgets: Mapping[str, str]) -> bool:
    """Whether these boxes are those of a request sheet."""
    return widgets.get(MARK) == "1" and WHAT in widgets


def read_request(
    widgets: Mapping[str, str], packets: Sequence[tuple[str, str]], year: int
) -> Request | RequestProblem:
    """The request, or everything that is wrong with it at once. year: the present one, for two-digit years."""
    by = initials_in(widgets.get("initials", ""))
    if not is_ticked(widgets.get("finished", "")) or not by:
        lacks = ('Tick "I am finished" and give your initials; only both together count.',)
        return RequestProblem(lacks, unfinished=True)
    kind = kind_of(widgets)
    if kind is None:
        return RequestProblem(("Tick one line: what the program shall do.",), (WHAT,))
    reader = _Reader(widgets, packets, year)
    request = reader.request(kind, by)
    if reader.problems:
        boxes, messages = zip(*reader.problems, strict=True)
        return RequestProblem(messages, boxes)
    return request


def kind_of(widgets: Mapping[str, str]) -> RequestKind | None:
    """The line that is ticked, None where none is, or it is not clear which."""
    kinds = list(RequestKind)
    place = widgets.get(WHAT, "").strip("/ ")
    if not place.isdecimal() or len(place) > 2 or not 1 <= int(place) <= len(kinds):
        return None
    return kinds[int(place) - 1]


class _Reader:
    """Reads the boxes of one request and collects what is wrong with them."""

    def __init__(self, widgets: Mapping[str, str], packets: Sequence[tuple[str, str]], year: int) -> None:
        self._widgets = widgets
        self._packets = packets
        self._year = year
        self.problems: list[tuple[str, str]] = []

    def request(self, kind: RequestKind, by: str) -> Request:
        match kind:
            case RequestKind.PACKET:
                packet, person = self._packet(), self._text("person", "Say for whom the packet is.")
                return Request(kind, by, packet=packet, person=person, as_of=self._date("as_of"))
            case RequestKind.ANNUAL_REVIEWS:
                return Request(kind, by, month=self._month())
            case RequestKind.DUE:
                return Request(kind, by, within_days=self._days())
            case RequestKind.APPROVE:
                return Request(kind, by, packet_id=self._id("packet_id", "packet"))
            case RequestKind.WITHDRAW:
                submission = self._id("withdraw_submission", "filed form")
                return Request(kind, by, submission=submission, reason=self._reason("withdraw_reason"))
            case RequestKind.REFILE:
                return Request(
                    kind,
                    by,
                    person=self._text("refile_person", "Say under which person the form belongs."),
                    submission=self._id("refile_submission", "filed form"),
                    reason=self._reason("refile_reason"),
                )

    def _raw(self, name: str) -> str:
        try:
            text = clean(self._widgets.get(name, ""))
        except NotAValue:
            text = ""
        if text == DOUBTFUL:
            self._problem(name, "This could not be read for certain. Type it as it should be.")
            return ""
        return text

    def _problem(self, name: str, words: str) -> None:
        """Each box is asked about once: what cannot be read is not missing as well."""
        if name not in [box for box, _ in self.problems]:
            self.problems.append((name, words))

    def _text(self, name: str, lack: str) -> str:
        text = self._raw(name)
        if not text:
            self._problem(name, lack)
        return text

    def _reason(self, name: str) -> str:
        return self._text(name, "Give the reason; it is kept with your initials.")

    def _packet(self) -> str:
        text = self._text("packet", "Say which packet.")
        wanted = text.casefold()
        for name, title in self._packets:
            if wanted in (name.casefold(), title.casefold()):
                return name
        if text:
            known = ", ".join(title for _, title in self._packets)
            self._problem("packet", f"There is no packet of that name. There are: {known}.")
        return ""

    def _id(self, name: str, what: str) -> str:
        """12 Crockford characters; I, L and O are read as the digits they look like."""
        text = re.sub(r"[\s\-]", "", self._raw(name)).upper()
        text = text.translate(str.maketrans("ILO", "110"))
        if not re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{12}", text):
            self._problem(name, f"Give the number of the {what}: 12 letters and digits.")
            return ""
        return text

    def _date(self, name: str) -> date | None:
        text = self._raw(name)
        if not text:
            return None
        try:
            value = parse(text, Expectation(Kind.DATE))
        except NotAValue as failure:
            self._problem("as_of", f'The box "As of" {failure}.')
            return None
        return value if isinstance(value, date) else None

    def _month(self) -> Month | None:
        text = self._text("month", "Say which month, as 01/2027.")
        try:
            value = parse(text, Expectation(Kind.MONTH)) if text else None
        except NotAValue as failure:
            self._problem("month", f'The box "Month" {failure}.')
            return None
        return value if isinstance(value, Month) else None

    def _days(self) -> int:
        text = self._raw("within")
        if not text:
            return 90
        if not text.isascii() or not text.isdecimal() or not 1 <= len(text) <= 3:
            self._problem("within", "The number of days must be a whole number up to 999.")
            return 90
        return int(text)
