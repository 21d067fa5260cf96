"""What was fitted for combs of digits: weights of the three readers, and leads from which a text is accepted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path


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
