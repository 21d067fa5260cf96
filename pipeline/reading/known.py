"""Whether a hand wrote a value that is on file: a third witness beside two readers, never against both."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.reading.decode import free, out_of_list, plain, plain_text
from pipeline.reading.fitted import KnownRules, load_thresholds
from pipeline.reading.recogniser import Probabilities
from pipeline.values import fold_case


@dataclass(frozen=True, slots=True)
class Meant:
    """A value on file that a line is taken for, by one reader or by all of them.

    lead: natural log by which it leads the next value, least of the readers; infinite where there is none
    far:  natural log a character by which the free reading beats it, most of the readers
    """

    value: str = field(repr=False)
    lead: float
    far: float

    def is_clear(self, rules: KnownRules) -> bool:
        return self.lead >= rules.lead and self.far <= rules.far


def known_value(seen: Sequence[Probabilities], known: Sequence[str], said: Sequence[str]) -> str:
    """The value on file that both readers take the line for, spelled as on file; empty where they do not.

    A value on file is a third witness beside two readers; against what both read alike it says nothing, since
    a new person's name may be a letter away from a known one. said: what each reader read.
    """
    found = meant_value(seen, known, said, load_thresholds().known) if known else None
    return found.value if found is not None else ""


def meant_value(
    seen: Sequence[Probabilities], known: Sequence[str], said: Sequence[str], rules: KnownRules
) -> Meant | None:
    """The value on file that fits best; None where a reader is not clear by these rules, or speaks for another."""
    spelled: dict[str, set[str]] = {}
    for value in known:
        spelled.setdefault(plain_text(value), set()).add(value)
    found: list[Meant] = []
    for line in map(plain, seen):
        ranked = out_of_list(line, tuple(spelled))
        if not ranked:
            return None
        lead = ranked[0].score - ranked[1].score if len(ranked) > 1 else math.inf
        far = (free(line).score - ranked[0].score) / max(1, len(ranked[0].text))
        found.append(Meant(ranked[0].text, lead, far))
        if not found[-1].is_clear(rules):
            return None
    meant = {one.value for one in found}
    if len(meant) != 1:
        return None
    (entry,) = meant
    alike = {fold_case(text) for text in said}
    if len(spelled[entry]) > 1 or (len(alike) == 1 and alike != {fold_case(entry)}):
        return None
    lead, far = min(one.lead for one in found), max(one.far for one in found)
    return Meant(next(iter(spelled[entry])), lead, far)
