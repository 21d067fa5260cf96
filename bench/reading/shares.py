"""Shares and what few counts can prove of them."""

from __future__ import annotations

from math import exp, lgamma, log


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "-"


def least_share(taken: int, wrong: int) -> float | None:
    """The lower end of the one-sided 95 % interval of the share that is right. Source: Clopper, Pearson 1934."""
    if not taken:
        return None
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2  # a share of wrong values so high that so few would be seen once in twenty
        if at_most(wrong, taken, middle) > 0.05:
            low = middle
        else:
            high = middle
    return 1 - high


def lowest_precision(taken: int, wrong: int) -> str:
    """`least_share` as people read it."""
    least = least_share(taken, wrong)
    return "-" if least is None else f"{100 * least:.2f}%"


def at_most(wrong: int, taken: int, share: float) -> float:
    """The chance of so many wrong values or fewer. Binomial."""
    if share <= 0:
        return 1.0
    if share >= 1:
        return 1.0 if wrong >= taken else 0.0
    return sum(
        exp(
            lgamma(taken + 1)
            - lgamma(k + 1)
            - lgamma(taken - k + 1)
            + k * log(share)
            + (taken - k) * log(1 - share)
        )
        for k in range(wrong + 1)
    )
