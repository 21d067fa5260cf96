"""Values for combs of digits, and what the readers see of combs that somebody filled with them."""

from __future__ import annotations

import pickle
import tempfile
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from bench.digits.cells import SEVERITIES, Blank, blanks, laid_page
from bench.digits.sheets import Pen, hand_of
from pipeline.reading.boxes import filled_cells
from pipeline.reading.combs import digit_pattern
from pipeline.reading.digits import cell_pictures
from pipeline.reading.ink import Filling, strokes_in
from pipeline.reading.lines import as_line
from pipeline.reading.recogniser import Probabilities, Readers
from pipeline.values import Expectation, Kind, luhn_is_right
from tests.paper.degrade import Severity, degraded
from tests.paper.fill import Hand, by_hand

IDENTIFIERS = {
    7: (r"\d{7,8}",),
    8: (r"\d{7,8}", r"\d{8}", r"A\d{7}"),
    9: (r"(?!000|666|9\d\d)\d{3}-?(?!00)\d\d-?(?!0000)\d{4}",),
}


def digits(count: int, rng: np.random.Generator) -> str:
    return "".join(str(digit) for digit in rng.integers(0, 10, count))


def value_for(expect: Expectation, cells: int, rng: np.random.Generator) -> str:
    """A value of this kind as it is written into a comb of so many cells; empty for other kinds."""
    if expect.kind is Kind.DATE:
        return f"{date(1935, 1, 1) + timedelta(days=int(rng.integers(0, 34_000))):%m%d%Y}"
    if expect.kind is Kind.MONTH:
        return f"{int(rng.integers(1, 13)):02d}{int(rng.integers(2020, 2032))}"
    if expect.kind is Kind.PHONE:
        return str(rng.integers(2, 10)) + digits(9, rng)
    if expect.kind is Kind.ZIP:
        return digits(5, rng)
    if expect.kind is Kind.NPI:
        first = str(rng.integers(1, 3)) + digits(8, rng)
        return next(first + last for last in "0123456789" if luhn_is_right("80840" + first + last))
    if expect.kind is Kind.IDENTIFIER and expect.pattern.startswith("A"):
        return "A" + digits(cells - 1, rng)
    if expect.kind is Kind.IDENTIFIER:
        return (
            str(rng.integers(1, 6)) + digits(2, rng) + str(rng.integers(1, 10)) + digits(cells - 5, rng) + "7"
        )
    return ""


def expectation_for(cells: int, rng: np.random.Generator) -> Expectation | None:
    """What a comb of so many cells might ask for."""
    if cells == 10:
        return Expectation(Kind.PHONE if rng.random() < 0.6 else Kind.NPI)
    if cells == 8 and rng.random() < 0.5:
        return Expectation(Kind.DATE)
    if cells in IDENTIFIERS:
        kinds = IDENTIFIERS[cells]
        return Expectation(Kind.IDENTIFIER, pattern=kinds[int(rng.integers(len(kinds)))])
    return {5: Expectation(Kind.ZIP), 6: Expectation(Kind.MONTH)}.get(cells)


@dataclass(frozen=True, slots=True)
class Field:
    """One comb as it was cut out and as the readers of the line see it, with its truth."""

    pen: Pen
    severity: int
    expect: Expectation
    truth: str
    spoiled: bool
    cells: tuple[bool, ...]
    broken: bool
    pattern: str
    first: Probabilities
    second: Probabilities
    pictures: np.ndarray


def seen_fields(pages: int, first_seed: int, readers: Readers, kept: Path) -> list[Field]:
    """Combs of held-back development hands as the readers of the line see them; kept in a file, for it takes
    minutes."""
    if kept.is_file():
        return list(pickle.loads(kept.read_bytes()))
    found: list[Field] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stock = blanks(folder)
        for seed in range(first_seed, first_seed + pages):
            rng = np.random.default_rng([seed, 31])
            pen = Pen(int(rng.choice(4, p=(0.66, 0.16, 0.06, 0.12))))
            found += one_page(stock[seed % len(stock)], pen, hand_of(pen, True, rng), seed, readers, folder)
            print(f"page {seed - first_seed + 1} of {pages}: {len(found)} fields", flush=True)
    kept.write_bytes(pickle.dumps(found))
    return found


def one_page(blank: Blank, pen: Pen, hand: Hand, seed: int, readers: Readers, folder: Path) -> list[Field]:
    rng = np.random.default_rng([seed, 32])
    expects = {name: expect for name, cells in blank.combs.items() if (expect := expectation_for(cells, rng))}
    values = {name: value_for(expect, blank.combs[name], rng) for name, expect in expects.items()}
    wrong = {name: value_for(expects[name], blank.combs[name], rng) for name in values if rng.random() < 0.03}
    if hand.typed:
        wrong = {}
    sheet = by_hand(blank.path, values, replace(hand, capitals=False), seed=seed, mistakes=wrong)[0]
    severity = Severity(int(rng.choice(4, p=SEVERITIES)))
    laid = laid_page(degraded(sheet.image, severity, seed, dpi=sheet.dpi), blank.known, 1, folder, rng)
    found: list[Field] = []
    assert readers.first is not None
    assert readers.second is not None
    for widget in blank.known.map.widgets:
        if widget.name not in values:
            continue
        strokes = strokes_in(laid.cut(widget.box))
        cells = filled_cells(strokes, widget.comb)
        line = as_line(strokes)
        if strokes.filling is Filling.BLANK or line is None or not any(cells):
            continue
        pattern = digit_pattern(expects[widget.name], sum(cells))
        if pattern is None:
            continue
        broken = strokes.filling is not Filling.WRITTEN
        name = widget.name
        found.append(
            Field(
                pen,
                severity,
                expects[name],
                values[name],
                name in wrong,
                tuple(cells),
                broken,
                pattern,
                readers.first.read(line),
                readers.second.read(line),
                cell_pictures(strokes, cells),
            )
        )
    return found
