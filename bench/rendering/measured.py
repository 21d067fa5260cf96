"""Processor time, of this process and of those it started, and one line for each thing that was measured."""

from __future__ import annotations

import resource
from collections.abc import Callable
from typing import TypeVar

Made = TypeVar("Made")


def cpu_seconds() -> float:
    """Of this process and of its children that have ended."""
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in spent)


def timed(work: Callable[[], Made]) -> tuple[float, Made]:
    """CPU seconds, and what was made."""
    before = cpu_seconds()
    made = work()
    return cpu_seconds() - before, made


def line(what: str, ours: str, bar: str = "", peer: str = "", met: bool | None = None) -> None:
    said = "" if met is None else "met" if met else "NOT MET"
    print(f"{what:62} {ours:>14} {bar:>12} {said:8} {peer}", flush=True)
