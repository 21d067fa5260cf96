"""Drafts of the foreign forms compared with the maps that their makers know: which boxes were guessed right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from tests.paper.casework import Node, branch, leaf, plain_yaml
from tests.paper.fill import Spot, spots

# A draft leaves marks under one heading as single ticks, numbers it cannot know as text, and calls Y and N a yes-no.
AS_INTENDED = {("choices", "tick"), ("identifier", "text"), ("choice", "yes-no")}


@dataclass(frozen=True, slots=True)
class Guess:
    """A box in the map and in the draft: kind, and the boxes that feed the same place."""

    widget: str
    kind: str
    drafted: str
    together: bool

    @property
    def right(self) -> bool:
        return self.together and (self.kind == self.drafted or (self.kind, self.drafted) in AS_INTENDED)

    @property
    def same(self) -> bool:
        return self.together and self.kind == self.drafted


def compared(known: Path, drafted: Path, style: str) -> list[Guess]:
    """Every box of a style, judged. Both are site folders that hold it once."""
    (form,) = (known / "forms" / style).iterdir()
    drawn = tuple(spots(form / "blank.pdf"))
    ours, theirs = _feeds(known, style, drawn), _feeds(drafted, style, drawn)
    guesses = []
    for spot in drawn:
        (kind, place), (guess, target) = ours[spot.name], theirs.get(spot.name, ("", ""))
        alone = kind == "choices" and guess == "tick"
        here = {spot.name} if alone else {name for name, (_, other) in ours.items() if other == place}
        there = {name for name, (_, other) in theirs.items() if other == target}
        rows = place.split(".")[1:2] == target.split(".")[1:2]
        guesses.append(Guess(spot.name, kind, guess, here == there and rows))
    return guesses


def shares(guesses: list[Guess]) -> tuple[float, float]:
    """Share of boxes with the map's own kind and grouping; the same, counting what a draft means to leave."""
    count = Counter(same=sum(g.same for g in guesses), right=sum(g.right for g in guesses))
    return count["same"] / len(guesses), count["right"] / len(guesses)


def _feeds(site: Path, style: str, drawn: tuple[Spot, ...]) -> dict[str, tuple[str, str]]:
    """Widget → kind and place of the field that it feeds."""
    (form,) = (site / "forms" / style).iterdir()
    fields = branch(plain_yaml(site / "schemas" / f"{style}.yaml"), "fields")
    found: dict[str, tuple[str, str]] = {}
    for pattern, rule in branch(plain_yaml(form / "form.yaml"), "widgets").items():
        place = rule if isinstance(rule, str) else leaf(rule, "comb") or leaf(rule, "field")
        for spot in drawn:
            if spot.name == pattern or fnmatchcase(spot.name, pattern.replace("[", "[[]")):
                found[spot.name] = (_kind(fields, place), place)
    return found


def _kind(fields: Mapping[str, Node], place: str) -> str:
    head, _, rest = place.partition(".")
    field = fields[head]
    if rest:
        return leaf(branch(field, "schema", "schema"), rest.partition(".")[2], "meta", "kind")
    return leaf(field, "meta", "kind")
