"""From probabilities of characters to text: free, by pattern, or out of a list.

CTC: a network gives for each narrow slice of a line the probability of each character and of "nothing";
repeats collapse. Every decoder returns the text and its log-probability along the best path, so that
alternatives over the same line can be compared.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.reading.recogniser import ALPHABET, PLACE, Probabilities

Mask = npt.NDArray[np.bool_]
_FLOOR: Final = 1e-7


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with its log-probability; confidence 0 to 1 is the mean over the characters."""

    text: str = field(repr=False)
    score: float
    confidence: float


def mask_of(characters: str) -> Mask:
    mask = np.zeros(len(ALPHABET) + 1, dtype=np.bool_)
    for ch in characters:
        mask[PLACE[ch]] = True
    return mask


def free(seen: Probabilities, allowed: Mask | None = None) -> Decoded:
    """The most probable characters, one slice at a time. allowed: characters that may stand."""
    rows = seen.rows
    if allowed is not None:
        keep = allowed.copy()
        keep[0] = True
        rows = np.where(keep, rows, 0.0)
    best = rows.argmax(axis=1)
    top = np.maximum(rows[np.arange(len(rows)), best], _FLOOR)
    starts = (best != 0) & np.concatenate([[True], best[1:] != best[:-1]])
    text = "".join(ALPHABET[index - 1] for index in best[starts])
    sure = float(top[starts].mean()) if starts.any() else 0.0
    return Decoded(text.strip(), float(np.log(top).sum()), sure)


def by_masks(seen: Probabilities, masks: Sequence[Mask]) -> Decoded | None:
    """The best text with exactly one character for each mask; None where the line is too short for it.

    Viterbi over (characters written so far, last slice blank or character).
    """
    steps, count = len(seen.rows), len(masks)
    if count == 0 or steps < count:
        return None
    usable = np.flatnonzero(np.any(masks, axis=0) | (np.arange(len(masks[0])) == 0))  # others cost time only
    rows = np.log(np.maximum(seen.rows[:, usable], _FLOOR))
    width = len(usable)
    allowed = np.array(masks)[:, usable]
    blank = np.full(count + 1, -np.inf)
    blank[0] = 0.0
    written = np.full(
        (count, width), -np.inf
    )  # [k, c]: k+1 characters written, the last one is c, still on it
    trace_blank = np.zeros((steps, count + 1), dtype=np.int16)
    trace = np.zeros((steps, count, width), dtype=np.int16)
    for step in range(steps):
        last = written.max(axis=1)
        last_at = written.argmax(axis=1)
        new_blank = blank.copy()
        from_char = last > new_blank[1:]
        new_blank[1:] = np.where(from_char, last, new_blank[1:])
        trace_blank[step, 1:] = np.where(from_char, last_at, 0)
        start = np.repeat(blank[:-1, None], width, axis=1)
        origin = np.zeros((count, width), dtype=np.int16)
        if count > 1:
            other, other_at = best_other(written[:-1])
            better = other > start[1:]
            start[1:] = np.where(better, other, start[1:])
            origin[1:] = np.where(better, other_at, 0)
        stay = written >= start
        grown = np.where(stay, written, start) + rows[step][None, :]
        trace[step] = np.where(stay, -1, origin)
        written = np.where(allowed, grown, -np.inf)
        blank = new_blank + rows[step, 0]
    return walked_back(blank, written, trace_blank, trace, seen.rows[:, usable], usable)


def best_other(
    written: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """For each character the best previous one that differs: the same twice needs a blank between."""
    count, width = written.shape
    first_at = written.argmax(axis=1)
    first = written.max(axis=1)
    without = written.copy()
    without[np.arange(count), first_at] = -np.inf
    second_at, second = without.argmax(axis=1), without.max(axis=1)
    same = np.arange(width)[None, :] == first_at[:, None]
    return np.where(same, second[:, None], first[:, None]), np.where(
        same, second_at[:, None], first_at[:, None]
    )


def walked_back(
    blank: npt.NDArray[np.float64],
    written: npt.NDArray[np.float64],
    trace_blank: npt.NDArray[np.int16],
    trace: npt.NDArray[np.int16],
    rows: npt.NDArray[np.float32],
    usable: npt.NDArray[np.int64],
) -> Decoded | None:
    """The characters along the best path, from its end to its beginning. usable: place of each column."""
    count = len(written)
    score = max(float(blank[count]), float(written[count - 1].max()))
    if not np.isfinite(score):
        return None
    current = 0 if blank[count] >= written[count - 1].max() else int(written[count - 1].argmax())
    done, text, sure, peak = count, [], [], 0.0
    for step in range(len(trace) - 1, -1, -1):
        if current == 0:
            current = int(trace_blank[step, done]) if done else 0
            peak = 0.0
            continue
        peak = max(peak, float(rows[step, current]))
        origin = int(trace[step, done - 1, current])
        if origin >= 0:
            text.append(ALPHABET[int(usable[current]) - 1])
            sure.append(peak)
            done, current, peak = done - 1, origin, 0.0
    return Decoded("".join(reversed(text)), score, float(np.mean(sure)) if sure else 0.0)


@cache
def _plain_columns() -> npt.NDArray[np.int64]:
    """For each character the column of its plain small letter: neither case nor accents tell names apart."""
    columns = [0]
    for ch in ALPHABET:
        plain = unicodedata.normalize("NFKD", ch)[0].lower()
        columns.append(PLACE.get(plain, PLACE[ch]))
    return np.array(columns)


def plain(seen: Probabilities) -> Probabilities:
    """The same line in small letters without accents."""
    rows = np.zeros_like(seen.rows)
    np.add.at(rows.T, _plain_columns(), seen.rows.T)
    return Probabilities(rows)


def plain_text(text: str) -> str:
    """Text in small letters without accents, as `plain` sees it; all else stays."""
    folded = unicodedata.normalize("NFKD", text).lower()
    return "".join(ch for ch in folded if not unicodedata.combining(ch))


def out_of_list(seen: Probabilities, entries: Sequence[str]) -> list[Decoded]:
    """Every entry with its log-probability, most probable first: the sum over all ways of writing it."""
    usable = [entry for entry in entries if entry and all(ch in PLACE for ch in entry)]
    if not usable:
        return []
    rows = np.log(np.maximum(seen.rows, _FLOOR)).astype(np.float64)
    longest = max(len(entry) for entry in usable)
    states = np.zeros((len(usable), 2 * longest + 1), dtype=np.int64)
    for index, entry in enumerate(usable):
        states[index, 1 : 2 * len(entry) : 2] = [PLACE[ch] for ch in entry]
    skip = np.zeros(states.shape, dtype=np.bool_)
    skip[:, 2:] = (states[:, 2:] != 0) & (states[:, 2:] != states[:, :-2])
    alpha = np.full(states.shape, -np.inf)
    alpha[:, 0], alpha[:, 1] = rows[0, 0], rows[0, states[:, 1]]
    for row in rows[1:]:
        one = np.concatenate([np.full((len(usable), 1), -np.inf), alpha[:, :-1]], axis=1)
        two = np.concatenate([np.full((len(usable), 2), -np.inf), alpha[:, :-2]], axis=1)
        alpha = np.logaddexp(np.logaddexp(alpha, one), np.where(skip, two, -np.inf)) + row[states]
    lengths = np.array([len(entry) for entry in usable])
    at = np.arange(len(usable))
    scores = np.logaddexp(alpha[at, 2 * lengths], alpha[at, 2 * lengths - 1])
    order = np.argsort(-scores, kind="stable")
    return [
        Decoded(usable[i], float(scores[i]), float(np.exp(scores[i] / max(1, lengths[i])))) for i in order
    ]
