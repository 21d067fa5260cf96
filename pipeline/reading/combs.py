"""Combs of digits: two readers of the whole line and one of single cells, weighed against each other.

The two line readers share their training and err together; the cell network was trained by us on other digits
and errs elsewhere. Every text that one of them finds likely is scored by all three; the best valid one is
accepted where enough of them voted for it and it leads the next by a margin. Weights and margins were fitted
on development pages and stand, with the figures, in `digits.json`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.model import Reason, Vote
from pipeline.reading.decode import by_masks, free, out_of_list
from pipeline.reading.digits import NO_DIGIT, cell_pictures
from pipeline.reading.fitted import Rules, Weights, load_rules
from pipeline.reading.ink import Strokes
from pipeline.reading.opinions import compatible, identifier_pattern
from pipeline.reading.patterns import comb_pattern, masks_of
from pipeline.reading.pictures import Grey
from pipeline.reading.recogniser import Probabilities, Readers
from pipeline.reading.texts import ByHand, LineText, is_valid, with_gaps
from pipeline.values import Expectation, Kind

LIKELY: Final = 0.02  # a digit the cell network finds less likely is not tried
MOST: Final = 128  # texts that are scored
_LEAST: Final = 1e-4
FAR: Final = 99.0  # the lead of a text without rival
NO_VALUE: Final = (
    3.0  # handicap of a text that is no value of its kind: hardly anybody writes a code off the list
)
FAR_YEAR: Final = 1.5  # handicap of a date whose year is not about now, where dates about now are expected
COPY_COUNTS: Final = 0.7  # of a lead that is not one hand's
ALL: Final = "all"
LINES: Final = "lines"
ONE_LINE: Final = "one line and cells"


@dataclass(frozen=True, slots=True)
class Sight:
    """What three readers saw of one comb. cells: (filled cells, 11), the last for "no digit"."""

    first: Probabilities
    second: Probabilities
    cells: npt.NDArray[np.float32] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Considered:
    """What was said of a comb, before it is weighed. said: by the three; sure: how they were of it.

    parts: text → log-probability for the first and the second reader of the line and for the cells
    strange: most "no digit" of a cell; freely: what the readers of the line read unheld
    """

    said: tuple[str, str, str] = field(repr=False)
    sure: tuple[float, float, float]
    parts: Mapping[str, tuple[float, float, float]] = field(repr=False)
    strange: float
    freely_first: str = field(repr=False)
    freely_second: str = field(repr=False)

    def fits(self, text: str) -> bool:
        """Whether one of the readers of the line reads the same when nothing holds it."""
        return compatible(text, self.freely_first) or compatible(text, self.freely_second)


@dataclass(frozen=True, slots=True)
class Weighed:
    """The best text. said: of the three; agreed: who voted for it; lead: over the next best, natural log.

    fits: a line reader that nothing holds back reads the same; strange: most "no digit" of a cell
    fits_lines: one of them reads what the first reader reads; freely: what they read
    """

    text: str = field(repr=False)
    said: tuple[str, str, str] = field(repr=False)
    sure: tuple[float, float, float]
    agreed: str
    lead: float
    valid: bool
    fits: bool
    strange: float
    fits_lines: bool = False
    freely: tuple[str, str] = field(default=("", ""), repr=False)


def digit_pattern(expect: Expectation, filled: int) -> str | None:
    """Cell by cell 9 for a digit, A for a capital; None where the box is no comb of digits."""
    pattern = comb_pattern(expect.kind, filled)
    if expect.kind is Kind.IDENTIFIER:
        pattern = identifier_pattern(expect.pattern, filled)
    if not pattern or set(pattern) - {"9", "A"} or 2 * pattern.count("9") < filled:
        return None
    return pattern


def read_digits(
    strokes: Strokes, line: Grey, cells: Sequence[bool], expect: Expectation, readers: Readers
) -> LineText | None:
    """The comb as the three readers see it; None where it is not a comb of digits or a reader is missing."""
    pattern = digit_pattern(expect, sum(cells))
    if pattern is None or readers.first is None or readers.second is None or readers.cells is None:
        return None
    seen = Sight(
        readers.first.read(line),
        readers.second.read(line),
        readers.cells.read(cell_pictures(strokes, cells)),
    )
    rules = load_rules()
    weighed = weigh(seen, pattern, cells, expect, rules.weights)
    if weighed is None:
        return None
    names = (readers.first.name, readers.second.name, readers.cells.name)
    votes = tuple(
        Vote(name, text, round(sure, 3))
        for name, text, sure in zip(names, weighed.said, weighed.sure, strict=True)
    )
    reason = doubt(weighed, rules, weighed.text in expect.known)
    gap = Reason.NOT_SURE if has_gap(cells) else None
    short = reason is Reason.NOT_SURE and weighed.strange <= rules.strange and gap is None
    confidence = 1 / (1 + math.exp(-weighed.lead))
    by_hand = with_gaps(weighed.text, cells)
    hand = ByHand(reason or gap, short)
    typed = type_in(weighed, cells, expect)
    if typed is None:
        return LineText(by_hand, confidence, votes, doubt_of_type(weighed), hand, freely=weighed.freely)
    return LineText(typed, confidence, votes, None, replace(hand, text=by_hand), freely=weighed.freely)


def has_gap(cells: Sequence[bool]) -> bool:
    """Whether an empty cell stands before a filled one: a copier may have lost a thin 1 there."""
    return list(cells) != sorted(cells, reverse=True)


def type_in(weighed: Weighed, cells: Sequence[bool], expect: Expectation) -> str | None:
    """What both readers of the line read as type, whatever the single cells look like; None where they differ.

    The cell network was trained on hands: of type on a bad copy it errs where the readers of the line do not.
    """
    first, second, _ = weighed.said
    if first != second or not weighed.fits_lines:
        return None
    text = with_gaps(first, cells)
    return text if is_valid(text, expect) else None


def doubt_of_type(weighed: Weighed) -> Reason | None:
    """Why a typed comb is not to be believed: there the two readers of the line are enough."""
    if weighed.agreed not in (ALL, LINES) or not weighed.fits:
        return Reason.READERS_DISAGREE
    return None if weighed.valid else Reason.NOT_VALID


def doubt(weighed: Weighed, rules: Rules, on_file: bool = False) -> Reason | None:
    """Why a handwritten comb is not to be believed; None where it is.

    on_file: somebody of the caseload has this number or birth date. A misreading hardly ever hits one, so two
    of the three readers are then enough.
    """
    if not weighed.valid:
        return Reason.NOT_VALID
    if weighed.strange > rules.strange:
        return Reason.NOT_SURE
    if on_file and weighed.agreed:
        return None
    if weighed.lead < rules.margins.get(weighed.agreed, math.inf):
        return Reason.READERS_DISAGREE if weighed.agreed != ALL else Reason.NOT_SURE
    return None


def sure_together(confidences: Sequence[float]) -> bool:
    """Whether copies of one number on several pages, read alike by all, lead far enough together.

    One hand wrote them all, so a copy counts for less than if another had.
    """
    leads = [math.log(each / (1 - each)) for each in (min(max(c, 0.5), 0.999) for c in confidences)]
    return len(leads) > 1 and COPY_COUNTS * sum(leads) >= load_rules().margins[ALL]


def weigh(
    seen: Sight, pattern: str, cells: Sequence[bool], expect: Expectation, weights: Weights
) -> Weighed | None:
    """The best valid text, or the best where none is valid; None where the line is too short for the pattern."""
    considered = consider(seen, pattern)
    return None if considered is None else best_of(considered, cells, expect, weights)


def consider(seen: Sight, pattern: str) -> Considered | None:
    """Every likely text with what each reader makes of it; None where the line is too short."""
    masks = masks_of(pattern)
    first, second = by_masks(seen.first, masks), by_masks(seen.second, masks)
    if first is None or second is None:
        return None
    single = of_cells(seen.cells, pattern, first.text)
    said = (first.text, second.text, single)
    digits = [place for place, sign in enumerate(pattern) if sign == "9"]
    return Considered(
        said,
        (first.confidence, second.confidence, min(float(seen.cells[k, int(single[k])]) for k in digits)),
        scored(candidates(said, seen.cells, pattern), seen, pattern),
        float(seen.cells[digits, NO_DIGIT].max()),
        free(seen.first).text,
        free(seen.second).text,
    )


def best_of(considered: Considered, cells: Sequence[bool], expect: Expectation, weights: Weights) -> Weighed:
    """The best valid text, or the best where none is valid.

    What is unlikely beforehand has a handicap when the best is chosen, never when its lead is told.
    """
    valid = {text for text in considered.parts if is_valid(with_gaps(text, cells), expect)}
    scores = {
        text: weights.first * first
        + weights.second * second
        + weights.cells * single
        - (0.0 if text in valid else NO_VALUE)
        for text, (first, second, single) in considered.parts.items()
    }
    best = min(scores, key=lambda text: (text not in valid, unlikely(text, expect) - scores[text]))
    rival = max((text for text in scores if text != best), key=lambda text: scores[text], default=None)
    return Weighed(
        best,
        considered.said,
        considered.sure,
        who_agreed(best, considered.said),
        scores[best] - scores[rival] if rival else FAR,
        bool(valid),
        considered.fits(best),
        considered.strange,
        considered.fits(considered.said[0]),
        (considered.freely_first, considered.freely_second),
    )


def unlikely(text: str, expect: Expectation) -> float:
    """The handicap of a value before anybody looks at it: a date whose year is not about now."""
    if not expect.about or expect.kind not in (Kind.DATE, Kind.MONTH):
        return 0.0
    year = text.replace(" ", "")[-4:]
    return 0.0 if year.isdigit() and -1 <= int(year) - expect.about <= 2 else FAR_YEAR


def who_agreed(text: str, said: tuple[str, str, str]) -> str:
    """Who voted for the text: all, both readers of the line, one of them and the cells, or too few."""
    first, second, single = (vote == text for vote in said)
    if first and second:
        return ALL if single else LINES
    return ONE_LINE if single and (first or second) else ""


def of_cells(cells: npt.NDArray[np.float32], pattern: str, letters: str) -> str:
    """The likeliest digit of each cell; letters are taken over, the network knows none."""
    best = cells[:, :NO_DIGIT].argmax(axis=1)
    return "".join(str(best[place]) if sign == "9" else letters[place] for place, sign in enumerate(pattern))


def candidates(said: Sequence[str], cells: npt.NDArray[np.float32], pattern: str) -> list[str]:
    """Every text made of what the readers said cell by cell, and of other digits that may stand there.

    The least sure cell always has a second digit, so that a text has a rival.
    """
    choices = [sorted({text[place] for text in said}) for place in range(len(pattern))]
    if math.prod(map(len, choices)) > MOST:
        return sorted(set(said))
    digits = [place for place, sign in enumerate(pattern) if sign == "9"]
    least = min(digits, key=lambda place: float(cells[place, int(said[2][place])]))
    second = int(np.argsort(-cells[least, :NO_DIGIT], kind="stable")[1])
    more = [
        (place == least and digit == second, float(cells[place, digit]), place, digit)
        for place in digits
        for digit in range(NO_DIGIT)
        if str(digit) not in choices[place]
    ]
    for needed, share, place, digit in sorted(more, reverse=True):
        grown = math.prod(map(len, choices)) // len(choices[place]) * (len(choices[place]) + 1)
        if (needed or share >= LIKELY) and grown <= MOST:
            choices[place].append(str(digit))
    return ["".join(text) for text in product(*choices)]


def scored(tried: Sequence[str], seen: Sight, pattern: str) -> dict[str, tuple[float, float, float]]:
    """Each text's log-probability: of the whole line twice, and of its cells."""
    first = {item.text: item.score for item in out_of_list(seen.first, tried)}
    second = {item.text: item.score for item in out_of_list(seen.second, tried)}
    logs = np.log(np.maximum(seen.cells, _LEAST))
    digits = [place for place, sign in enumerate(pattern) if sign == "9"]
    return {
        text: (first[text], second[text], sum(float(logs[k, int(text[k])]) for k in digits)) for text in tried
    }
