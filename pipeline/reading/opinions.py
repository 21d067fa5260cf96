"""What one reader makes of a line under the rules of its kind: a pattern, a list, a comb, or freely."""

from __future__ import annotations

import math
import re
import string
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from pipeline.reading.decode import Decoded, Mask, by_masks, free, mask_of, out_of_list
from pipeline.reading.fitted import ListRules, load_thresholds
from pipeline.reading.patterns import NUMBERS, PATTERNS, comb_pattern, masks_of, number_mask
from pipeline.reading.recogniser import ALPHABET, Probabilities
from pipeline.values import STATES, Expectation, Kind, fold_case

LISTED: Final = frozenset({Kind.CHOICE, Kind.HCPCS, Kind.STATE})
_NO_SPACE: Final = mask_of(ALPHABET.replace(" ", ""))
_NO_DIGIT: Final = mask_of("".join(ch for ch in ALPHABET if not ch.isdigit()))
_SEPARATORS: Final = " /-.,()$"


@dataclass(frozen=True, slots=True)
class Opinion:
    """One reader: the text that fits the kind, what it reads freely, and whether the two are compatible."""

    text: str = field(repr=False)
    freely: str = field(repr=False)
    confidence: float
    compatible: bool


def opinion_of(seen: Probabilities, expect: Expectation, cells: Sequence[bool]) -> Opinion:
    """What one reader makes of the line under the rules of its kind."""
    freely = free(seen)
    if cells:
        fitted = read_comb(seen, expect, sum(cells))
        if fitted is None:
            return Opinion(freely.text, freely.text, freely.confidence, False)
        return Opinion(fitted.text, freely.text, fitted.confidence, compatible(fitted.text, freely.text))
    if expect.kind in LISTED and list_for(expect):
        return from_list(seen, expect, freely)
    if expect.kind in PATTERNS:
        fitted = best_pattern(seen, PATTERNS[expect.kind])
        if fitted is None or named_month(freely.text):
            return Opinion(freely.text, freely.text, freely.confidence, True)
        return Opinion(fitted.text, freely.text, fitted.confidence, compatible(fitted.text, freely.text))
    if expect.kind in NUMBERS:
        fitted = free(seen, number_mask(expect.kind))
        return Opinion(fitted.text, freely.text, fitted.confidence, compatible(fitted.text, freely.text))
    if expect.kind is Kind.IDENTIFIER and expect.pattern:
        fitted = free(seen, mask_of(string.ascii_uppercase + string.digits + "- "))
        return Opinion(fitted.text, freely.text, fitted.confidence, compatible(fitted.text, freely.text))
    if expect.kind is Kind.PERSON_NAME:
        fitted = free(seen, _NO_DIGIT)
        return Opinion(fitted.text, freely.text, fitted.confidence, not mostly_digits(freely.text))
    return Opinion(freely.text, freely.text, freely.confidence, True)


def mostly_digits(text: str) -> bool:
    """Whether something else than a name stands in a box for a name: then no letters are read into it."""
    digits = sum(ch.isdigit() for ch in text)
    return digits * 2 > sum(ch.isalpha() for ch in text)


def read_comb(seen: Probabilities, expect: Expectation, filled: int) -> Decoded | None:
    """The best text with exactly as many characters as cells are filled."""
    pattern = comb_pattern(expect.kind, filled)
    if pattern is None and expect.kind is Kind.IDENTIFIER:
        pattern = identifier_pattern(expect.pattern, filled)
    masks: Sequence[Mask] = masks_of(pattern) if pattern else [_NO_SPACE] * filled
    return by_masks(seen, masks)


def identifier_pattern(regex: str, length: int) -> str:
    """Letters and digits cell by cell where the identifier's rule is simple, else either anywhere."""
    shapes = ("9" * length, "A" + "9" * (length - 1), "AA" + "9" * (length - 2), "9" * (length - 1) + "A")
    for shape in shapes:
        if len(shape) == length and regex and any(re.fullmatch(regex, shape.replace("9", d)) for d in "01"):
            return shape
    return "X" * length


def best_pattern(seen: Probabilities, patterns: Sequence[str]) -> Decoded | None:
    found = [decoded for pattern in patterns if (decoded := by_masks(seen, masks_of(pattern))) is not None]
    return max(found, key=lambda decoded: decoded.score, default=None)


def list_for(expect: Expectation) -> tuple[str, ...]:
    if expect.kind is Kind.STATE:
        return STATES
    return tuple(dict.fromkeys(text for pair in expect.options for text in pair if text))


@dataclass(frozen=True, slots=True)
class Listed:
    """The listed value that fits a line best.

    lead: natural log by which it leads the next, infinite where there is none
    far:  natural log a character by which the free reading beats it
    """

    value: str = field(repr=False)
    confidence: float
    lead: float
    far: float

    def is_clear(self, rules: ListRules) -> bool:
        return self.lead >= rules.lead and self.far <= rules.far


def best_of_list(seen: Probabilities, expect: Expectation, freely: Decoded) -> Listed | None:
    """The listed value that fits best; None where no value can be written with the reader's letters."""
    entries = list_for(expect)
    spelled = {form: entry for entry in entries for form in (entry, entry.upper(), entry.lower())}
    ranked = out_of_list(seen, tuple(spelled))
    if not ranked:
        return None
    best = ranked[0]
    value = spelled[best.text]
    rival = next((item for item in ranked[1:] if spelled[item.text] != value), None)
    lead = best.score - rival.score if rival else math.inf
    return Listed(value, best.confidence, lead, (freely.score - best.score) / max(1, len(best.text)))


def from_list(seen: Probabilities, expect: Expectation, freely: Decoded) -> Opinion:
    """The listed value that fits best, if it leads clearly and is not far from what stands there."""
    best = best_of_list(seen, expect, freely)
    if best is None:
        return Opinion(freely.text, freely.text, freely.confidence, False)
    return Opinion(best.value, freely.text, best.confidence, best.is_clear(load_thresholds().lists))


def named_month(text: str) -> bool:
    return sum(ch.isalpha() for ch in text) >= 3


def compatible(fitted: str, freely: str) -> bool:
    """Whether the free reading says the same, separators apart: a slash by hand is often read as 1.

    Blanks and separators of the fitted text match anything or nothing in the free one.
    """
    loose = "".join(re.escape(ch) if ch not in _SEPARATORS else r"[\s/\-.,()$|1lI\\]?" for ch in fitted)
    return bool(re.fullmatch(loose, freely.replace(" ", ""), re.IGNORECASE)) or fold_case(
        fitted
    ) == fold_case(freely)
