"""A plug that is pulled: the work ends after so many durable steps, as if the machine had stopped there."""

from __future__ import annotations

from collections.abc import Callable

from pipeline import disk


class PlugPulled(BaseException):
    """No handler meant for errors may catch it."""


def ends_after(step: int, work: Callable[[], object]) -> bool:
    """Whether the plug was pulled before the work was done."""
    left = [step]

    def count(name: str) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise PlugPulled

    disk.pull_the_plug_with(count)
    try:
        work()
    except PlugPulled:
        return True
    finally:
        disk.pull_the_plug_with(None)
    return False


MOST_STEPS = 200


def at_every_step(work: Callable[[int], bool]) -> int:
    """Does the work once for each step at which the plug can be pulled; gives how many there were."""
    for step in range(1, MOST_STEPS):
        if not work(step):
            return step
    raise AssertionError("the work never came to its end")
