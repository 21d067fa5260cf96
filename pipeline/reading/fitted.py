"""What was fitted on development pages: from which figures a box is taken, and from which it is asked about.

`digits.json` is for combs of digits, `thresholds.json` for everything else. Both hold the figures they were fitted
on; `bench.digits.fit` and `bench.reading.thresholds` measure them again. Here values are only loaded.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

THRESHOLDS: Final = Path(__file__).parent / "thresholds.json"


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each reader's log-probability counts."""

    first: float
    second: float
    cells: float


@dataclass(frozen=True, slots=True)
class Rules:
    """What `digits.json` says. margins: by who agreed, the lead from which a text is accepted.

    strange: the share of "no digit" in any cell above which a comb is asked about
    """

    weights: Weights
    margins: Mapping[str, float]
    strange: float


@cache
def load_rules() -> Rules:
    """The fitted weights and margins."""
    data = json.loads((Path(__file__).parent / "digits.json").read_text(encoding="utf-8"))
    margins = {who: float(item["margin"]) for who, item in data["accepted_from"].items()}
    return Rules(Weights(**data["weights"]), margins, float(data["strange"]))


@dataclass(frozen=True, slots=True)
class TickRules:
    """Shares of a tick box's inside that ink covers, 0 to 1.

    threshold:   what parts a mark from none; confidence is counted from it
    sure_empty:  with less the box is empty; sure_marked: with more it is marked; between them it is asked about
    most_unmarked: so much was met without a mark; a doubt up to here is settled by a clear mark beside it
    clear:       confidence, 0 to 1, of such a clear mark: 1 has twice the threshold
    """

    threshold: float
    sure_empty: float
    sure_marked: float
    most_unmarked: float
    clear: float


@dataclass(frozen=True, slots=True)
class ListRules:
    """When a line is a value of its list. Natural logs of probabilities.

    lead: by which the winner must lead the next value
    far:  a character, by which the free reading may beat the winner
    """

    lead: float
    far: float


@dataclass(frozen=True, slots=True)
class KnownRules:
    """When a line is a value on file. lead, far: as of a list."""

    lead: float
    far: float


@dataclass(frozen=True, slots=True)
class HandRules:
    """When ink is type. level_*: how far letters' feet may stray, by the letters' height; straight_*: least share of
    the edges that runs upright or level, 0 to 1.

    level_box, level_page, level_form: of one box, of most boxes of its page and of the whole form
    straight:      of a box of type
    square, level_square: a box so straight may stray so far, since a bad copy ate at its letters
    level_worn, straight_worn: of every box of a form that is type throughout
    round, level_round: so little straight are "389" and the like, believed where the whole form strays no more
    as_tall:       share by which the letters of such a box may differ from the page's in height
    """

    level_box: float
    level_form: float
    level_page: float
    straight: float
    square: float
    level_square: float
    level_worn: float
    straight_worn: float
    round: float
    level_round: float
    as_tall: float


@dataclass(frozen=True, slots=True)
class LookRules:
    """Of how many other widths of a line each reader must read it the same. stayed: the first; came: the second."""

    stayed: int
    came: int


@dataclass(frozen=True, slots=True)
class AccentRules:
    """sure: confidence of both readers, 0 to 1, from which an accent is believed."""

    sure: float


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What `thresholds.json` says, by decision."""

    ticks: TickRules
    lists: ListRules
    known: KnownRules
    hands: HandRules
    looks: LookRules
    accents: AccentRules


@cache
def load_thresholds() -> Thresholds:
    """The values by which boxes are taken or asked about."""
    data = json.loads(THRESHOLDS.read_text(encoding="utf-8"))
    values = {name: group["values"] for name, group in data.items()}
    return Thresholds(
        ticks=TickRules(**values["ticks"]),
        lists=ListRules(**values["lists"]),
        known=KnownRules(**values["known"]),
        hands=HandRules(**values["hands"]),
        looks=LookRules(**values["looks"]),
        accents=AccentRules(**values["accents"]),
    )
