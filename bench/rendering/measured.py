"""Processor time, of this process and of those it started, and one line for each thing that was measured."""

from __future__ import annotations

import resource
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU seconds of this process, and of its children that have ended."""

    own: float
    children: float

    @property
    def whole(self) -> float:
        return self.own + self.children

    def seconds(self, processors: int) -> float:
        """By the clock of an idle machine, where the children run beside this process, which is one by itself."""
        return max(self.own, self.whole / processors)

    def __sub__(self, other: Spent) -> Spent:
        return Spent(self.own - other.own, self.children - other.children)

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.own + other.own, self.children + other.children)

    def __mul__(self, factor: float) -> Spent:
        return Spent(self.own * factor, self.children * factor)


def spent() -> Spent:
    usage = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return Spent(*(each.ru_utime + each.ru_stime for each in usage))


def timed_apart(work: Callable[[], Made]) -> tuple[Spent, Made]:
    """What this process and its children spent, and what was made."""
    before = spent()
    made = work()
    return spent() - before, made


def timed(work: Callable[[], Made]) -> tuple[float, Made]:
    """CPU seconds of both, and what was made."""
    both, made = timed_apart(work)
    return both.whole, made


def line(what: str, ours: str, bar: str = "", peer: str = "", met: bool | None = None) -> None:
    said = "" if met is None else "met" if met else "NOT MET"
    print(f"{what:62} {ours:>14} {bar:>12} {said:8} {peer}", flush=True)
