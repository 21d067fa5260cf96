"""What is wrong while the inbox is served: noted with the time it began, told to people, and never in the way.

One broken thing must not stop the others: a sheet that cannot be written keeps no scan waiting. What is noted is
on STATUS.html until it is over, in words that a clerk can pass on, and in the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from pipeline.errors import ArchiveError, SetupError
from pipeline.log import Log


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong. words: a sentence without names of people or files; since: UTC.

    machine: disk, share or setting failed, which may strike everything; else it is one paper's own
    """

    place: str
    words: str
    since: datetime
    machine: bool


@dataclass(slots=True)
class Went:
    """How something that was done apart went; known when it is over."""

    well: bool = False


class Troubles:
    """Of one process: what is wrong now."""

    def __init__(self, log: Log, now: Callable[[], datetime]) -> None:
        self._log = log
        self._now = now
        self._open: dict[str, Trouble] = {}

    @property
    def now(self) -> tuple[Trouble, ...]:
        """What is wrong, oldest first."""
        return tuple(sorted(self._open.values(), key=lambda each: (each.since, each.place)))

    @contextmanager
    def apart(self, place: str, doing: str) -> Iterator[Went]:
        """Whatever fails inside is noted and goes no further; what succeeds ends the trouble of this place.

        place: of our own making, the same each time; doing: words for people: `Making the page STATUS.html`
        """
        went = Went()
        try:
            yield went
        except Exception as error:
            machine = isinstance(error, ArchiveError | SetupError | OSError)
            kind = type(error).__name__  # what else it says may quote a paper
            ours = isinstance(error, ArchiveError | SetupError)
            said = str(error) if ours else f"It failed ({kind}) and is tried again."
            self.note(place, f"{doing}: {said}", machine=machine)
            self._log.failure("trouble", error, place=place)
        else:
            went.well = True
            self.over(place)

    def note(self, place: str, words: str, *, machine: bool = True) -> None:
        """Something is wrong; noted before, it keeps the time it began."""
        before = self._open.get(place)
        since = before.since if before else self._now()
        self._open[place] = Trouble(place, words, since, machine)

    def over(self, place: str) -> None:
        if self._open.pop(place, None) is not None:
            self._log.note("trouble-over", place=place)

    def keep_only(self, kind: str, places: set[str]) -> None:
        """Forgets the troubles of this kind (`sheet:`) whose place is no more."""
        for place in [each for each in self._open if each.startswith(kind) and each not in places]:
            self.over(place)
