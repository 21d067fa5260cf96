"""Whether a hand wrote a value that is on file: a third witness beside two readers, never against both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pipeline.reading.decode import free, out_of_list, plain, plain_text
from pipeline.reading.recogniser import Probabilities
from pipeline.values import fold_case

KNOWN_LEAD: Final = 4.0  # natural log by which a value on file must lead the next one
FAR_FROM_KNOWN: Final = 1.0  # natural log a character by which the free reading may beat a value on file


def known_value(seen: Sequence[Probabilities], known: Sequence[str], said: Sequence[str]) -> str:
    """The value on file that both readers take the line for, spelled as on file; empty where they do not.

    A value on file is a third witness beside two readers; against what both read alike it says nothing, since
    a new person's name may be a letter away from a known one. said: what each reader read.
    """
    spelled: dict[str, set[str]] = {}
    if not known:
        return ""
    for value in known:
        spelled.setdefault(plain_text(value), set()).add(value)
    meant: set[str] = set()
    for line in map(plain, seen):
        ranked = out_of_list(line, tuple(spelled))
        if not ranked or (len(ranked) > 1 and ranked[0].score - ranked[1].score < KNOWN_LEAD):
            return ""
        far = (free(line).score - ranked[0].score) / max(1, len(ranked[0].text))
        if far > FAR_FROM_KNOWN:
            return ""
        meant.add(ranked[0].text)
    if len(meant) != 1:
        return ""
    (entry,) = meant
    alike = {fold_case(text) for text in said}
    if len(spelled[entry]) > 1 or (len(alike) == 1 and alike != {fold_case(entry)}):
        return ""
    return next(iter(spelled[entry]))
