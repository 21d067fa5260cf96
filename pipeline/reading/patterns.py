"""Which characters may stand where, kind by kind. Patterns are alternatives, never one mask for all.

A single mask finds a wrong value instead of failing: a plain ten-digit number was forced into
(NNN) NNN-NNNN, "1B" into digits. So each way of writing is its own pattern, the most probable one wins,
and whoever accepts it compares it with what is read freely.
"""

from __future__ import annotations

import string
from functools import cache
from typing import Final

from pipeline.reading.decode import Mask, mask_of
from pipeline.values import Kind

_CLASSES: Final = {
    "9": string.digits,
    "A": string.ascii_uppercase,
    "X": string.ascii_uppercase + string.digits,
    "Y": string.ascii_uppercase + string.digits + ".",
    "B": string.digits + "AB",
    "/": "/-.",
}
_DAY: Final = ("9", "99")
_DATES: Final = tuple(f"{month}/{day}/{year}" for month in _DAY for day in _DAY for year in ("99", "9999"))
_PHONES: Final = (
    "9999999999",
    "999/999/9999",
    "(999) 999/9999",
    "(999)999/9999",
    "999 999 9999",
    "999 999/9999",
    "1/999/999/9999",
)
PATTERNS: Final[dict[Kind, tuple[str, ...]]] = {
    Kind.DATE: _DATES,
    Kind.MONTH: ("9/9999", "99/9999"),
    Kind.PHONE: _PHONES,
    Kind.ZIP: ("99999", "99999-9999"),
    Kind.NPI: ("9999999999",),
    Kind.HCPCS: ("A9999",),
    Kind.ICD10: ("A9B", "A9B.X", "A9B.XX", "A9B.XXX", "A9B.XXXX"),
}
COMBS: Final[dict[Kind, str]] = {
    Kind.DATE: "9",
    Kind.MONTH: "9",
    Kind.PHONE: "9",
    Kind.ZIP: "9",
    Kind.NPI: "9",
}
NUMBERS: Final = frozenset({Kind.MONEY, Kind.UNITS, Kind.INTEGER})


@cache
def masks_of(pattern: str) -> tuple[Mask, ...]:
    """A mask for each sign: 9 digit, A capital, X either, Y these or a point, / a separator, else itself.

    B is a digit, A or B.
    """
    return tuple(mask_of(_CLASSES.get(sign, sign)) for sign in pattern)


@cache
def number_mask(kind: Kind) -> Mask:
    return mask_of(string.digits + ("" if kind is Kind.INTEGER else ".") + ",$ ")


def comb_pattern(kind: Kind, filled: int) -> str | None:
    """The pattern of a comb with so many filled cells; None where any character may stand."""
    if kind in COMBS:
        return COMBS[kind] * filled
    if kind is Kind.HCPCS:
        return ("A" + "9" * (filled - 1)) if filled else None
    if kind is Kind.ICD10:
        return ("A9B" + "Y" * (filled - 3)) if filled > 2 else None
    if kind is Kind.STATE:
        return "A" * filled
    return None
