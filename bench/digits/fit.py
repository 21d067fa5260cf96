"""Fit how much each reader counts and from which lead a comb is accepted; writes pipeline/reading/digits.json.

    python -m bench.digits.fit [--pages N] [--kept FILE]

On development hands and digits that the network was not trained on. A margin is the smallest at which the
accepted fields of real digits hold at most one wrong in two hundred; where too few fields speak for a way of
agreeing, it is never accepted.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.digits.fields import Field, seen_fields
from bench.digits.sheets import Pen
from pipeline.reading.combs import (
    ALL,
    LINES,
    ONE_LINE,
    Considered,
    Sight,
    Weighed,
    best_of,
    consider,
    has_gap,
)
from pipeline.reading.digits import CellReader
from pipeline.reading.fitted import Weights
from pipeline.reading.recogniser import load_readers

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "pipeline" / "reading" / "digits.json"
WRONG = 0.005  # of the accepted
ENOUGH = 60  # fields accepted in a way of agreeing, to believe its margin
NEVER = 1e9
STRANGE = 0.5
HANDS = (Pen.REAL, Pen.FONT, Pen.STROKES)


Case = tuple[Field, Considered]


def considered(fields: Sequence[Field], reader: CellReader) -> list[Case]:
    """Each comb with every likely text of it; those too short for their pattern are left out."""
    cases = []
    for field in fields:
        seen = consider(Sight(field.first, field.second, reader.read(field.pictures)), field.pattern)
        if seen is not None:
            cases.append((field, seen))
    return cases


def weighed(case: Case, weights: Weights) -> Weighed:
    field, seen = case
    return best_of(seen, field.cells, field.expect, weights)


def best_weights(cases: Sequence[Case]) -> Weights:
    """The weights with most right texts, each kind of hand counting alike.

    Both readers of the line count alike, for their training is one: left free, their weights follow the two
    fonts that were held back.
    """
    best, found = -1.0, Weights(1, 1, 1)
    for line in (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5):
        weights = Weights(line, line, 0.5)
        shares = [right_share([case for case in cases if case[0].pen is pen], weights) for pen in HANDS]
        if sum(shares) > best:
            best, found = sum(shares), weights
        print(f"weight {line} of each line: right", *(f"{share:.4f}" for share in shares), flush=True)
    return found


def right_share(cases: Sequence[Case], weights: Weights) -> float:
    right = sum(weighed(case, weights).text == case[0].truth for case in cases)
    return right / max(1, len(cases))


def margin(cases: Iterable[tuple[float, bool]]) -> tuple[float, int, int]:
    """The smallest lead at which few enough of the accepted are wrong, with how many are accepted and wrong."""
    ordered = sorted(cases, key=lambda case: -case[0])
    best = (NEVER, 0, 0)
    wrong = 0
    for count, (lead, right) in enumerate(ordered, 1):
        wrong += not right
        if count >= ENOUGH and wrong <= WRONG * count:
            best = (round(lead, 2), count, wrong)
    return best


def course(leads: Iterable[tuple[float, bool]]) -> list[tuple[float, int, int]]:
    """For ten margins how many would be accepted and how many of these were wrong, for whoever chooses anew."""
    ordered = sorted(leads, key=lambda case: -case[0])
    steps = sorted({max(1, round(len(ordered) * share / 10)) for share in range(1, 11)})
    return [
        (round(ordered[count - 1][0], 2), count, sum(not right for _, right in ordered[:count]))
        for count in steps
        if count <= len(ordered)
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=40)
    parser.add_argument("--kept", type=Path, default=Path(tempfile.gettempdir()) / "digit-fields.pickle")
    parser.add_argument("--out", type=Path, default=RULES)
    options = parser.parse_args()
    readers = load_readers()
    fields = seen_fields(options.pages, 50_000, readers, options.kept)
    assert readers.cells is not None
    cases = considered(fields, readers.cells)
    weights = best_weights([case for case in cases if not case[0].broken and not case[0].spoiled])
    judged = [(case[0], weighed(case, weights)) for case in cases]
    usable = [
        (field, item)
        for field, item in judged
        if item.valid and item.strange <= STRANGE and not field.broken and not has_gap(field.cells)
    ]
    accepted, courses = {}, {}
    for who in (ALL, LINES, ONE_LINE):
        leads = [
            (item.lead, item.text == field.truth)
            for field, item in usable
            if item.agreed == who and field.pen is Pen.REAL
        ]
        least, count, wrong = margin(leads)
        accepted[who] = {"margin": least, "seen": len(leads), "accepted": count, "wrong": wrong}
        courses[who] = course(leads)
    summary = {}
    for pen in Pen:
        mine = [(field, item) for field, item in judged if field.pen is pen]
        taken = [
            (field, item)
            for field, item in usable
            if field.pen is pen and item.agreed and item.lead >= accepted[item.agreed]["margin"]
        ]
        summary[pen.name.lower()] = {
            "fields": len(mine),
            "right": sum(item.text == field.truth for field, item in mine),
            "accepted": len(taken),
            "wrong": sum(item.text != field.truth for field, item in taken),
        }
    rules = {
        "weights": {"first": weights.first, "second": weights.second, "cells": weights.cells},
        "strange": STRANGE,
        "accepted_from": accepted,
        "fitted_on": summary,
    }
    text = json.dumps(rules, indent=1)
    print(text)
    for who, steps in courses.items():
        print(
            who,
            *(f"lead {lead}: {count} accepted, {wrong} wrong" for lead, count, wrong in steps),
            sep="\n   ",
        )
    options.out.write_text(text + "\n")


if __name__ == "__main__":
    main()
