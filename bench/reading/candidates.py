"""Forms that a page might be taken for: installed into the bench's own site, scanned, and named or flagged.

More forms in the three foreign manners, near twins among them. They lengthen the list of candidates for every
page of the bench; here their own pages are named too, filled by hand, in every severity.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import yaml

from bench.reading.measure import bench
from bench.reading.papers import TEST_SEEDS
from pipeline.reading.matching import match_pages
from tests.paper.arrivals import Arrival, arrival
from tests.paper.degrade import Severity
from tests.paper.families import Half, faces
from tests.paper.foreign_others import IDENTITY, OTHERS, OtherForm, drawn
from tests.paper.hands import invented_hand
from tests.paper.widgetry import Box

EDITION = "2026-01"
NAMES = frozenset(form.name for form in OTHERS)
WORDS = ("Avery", "Finch", "3/14/1987", "twice a week", "none", "Springfield", "see above", "417 555 0100")


@dataclass(frozen=True, slots=True)
class NamedPage:
    """A page of one of them and what it was taken for; `said` is empty where it was flagged."""

    truth: str
    severity: str
    said: str
    twin: bool


@dataclass(frozen=True, slots=True)
class Named:
    """Pages of other forms, or of those that have a near twin. mistaken: each that was taken for another."""

    twins: bool
    pages: int
    right: int
    flagged: int
    mistaken: tuple[str, ...]

    @classmethod
    def of(cls, rows: Sequence[NamedPage], *, twins: bool) -> Named:
        mine = [row for row in rows if row.twin is twins]
        return cls(
            twins=twins,
            pages=len(mine),
            right=sum(row.said == row.truth for row in mine),
            flagged=sum(not row.said for row in mine),
            mistaken=tuple(
                f"{row.truth} {row.severity} taken for {row.said}"
                for row in mine
                if row.said not in ("", row.truth)
            ),
        )

    def lines(self, candidates: int) -> Iterator[str]:
        title = "Pages of near twins" if self.twins else "Pages of other forms"
        yield (
            f"{title} {self.pages} among {candidates} candidate pages: named right {self.right}, "
            f"flagged {self.flagged}, taken for another {len(self.mistaken)}"
        )
        yield from (f"  ! {line}" for line in self.mistaken)


def install_candidates(site: Path) -> None:
    """The forms as folders of a site, with their schemas."""
    for form in OTHERS:
        blank, boxes = drawn(form)
        folder = site / "forms" / form.name / EDITION
        folder.mkdir(parents=True)
        (folder / "blank.pdf").write_bytes(blank)
        (folder / "blank.sha256").write_text(hashlib.sha256(blank).hexdigest() + "\n")
        about = {"code": f"FX-{form.name}", "title": form.title, "edition": EDITION, "blank": "foreign"}
        widgets = {box.name: _field_name(box) for box in boxes}
        (folder / "form.yaml").write_text(yaml.safe_dump({**about, "widgets": widgets}, sort_keys=False))
        schema = yaml.safe_dump(_schema(form, boxes), sort_keys=False)
        (site / "schemas" / f"{form.name}.yaml").write_text(schema)


def _field_name(box: Box) -> str:
    return box.name.replace(".", "_")


def _schema(form: OtherForm, boxes: tuple[Box, ...]) -> dict[str, object]:
    fields = {_field_name(box): _entry(box) for box in boxes}
    person = {name: name for name, _ in IDENTITY}
    return {
        "title": form.title,
        "effective": "birth_date",
        "period": ["birth_date"],
        "person": person,
        "fields": fields,
    }


def _entry(box: Box) -> dict[str, object]:
    places = {"first": "person.name.first", "last": "person.name.last", "birth_date": "person.birth_date"}
    if box.state:
        return {"type": "boolean", "meta": {"label": box.name, "kind": "tick"}}
    if box.name not in places:
        return {"type": "string", "meta": {"label": box.name, "kind": "text"}}
    kind = "date" if box.name == "birth_date" else "person-name"
    meta = {"label": dict(IDENTITY)[box.name], "kind": kind, "record": places[box.name]}
    return {"type": "date" if kind == "date" else "string", "required": True, "meta": meta}


def named_pages(site: Path, cache: Path, half: Half, rounds: int = 1) -> Iterator[NamedPage]:
    """Every page of every candidate form, filled by a hand of that half, once a round in each severity."""
    work = bench(site, cache)
    kin = Counter((form.manner, form.seed) for form in OTHERS)
    for place, form in enumerate(OTHERS):
        for count, severity in product(range(rounds), Severity):
            drop = scanned(form, site, half, 1000 * place + 10 * count, severity)
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / f"scan{drop.suffix}"
                path.write_bytes(drop.data)
                with work.reader.opened(path) as opened:
                    matches = match_pages(opened, work.reader.catalogue)
            for number, match in enumerate(matches, start=1):
                said = f"{match.form} {match.page}" if match.reason is None else ""
                twin = kin[form.manner, form.seed] > 1
                yield NamedPage(f"{form.name} {number}", severity.name.lower(), said, twin)


def scanned(form: OtherForm, site: Path, half: Half, number: int, severity: Severity) -> Arrival:
    """The form with something written into it, as it arrives."""
    seed = number + int(severity) + (TEST_SEEDS if half is Half.TEST else 0)
    rng = np.random.default_rng([seed, 3])
    blank = site / "forms" / form.name / EDITION / "blank.pdf"
    values = _scribbled(drawn(form)[1], rng)
    return arrival(blank, values, invented_hand(rng, faces(half)), severity, seed)


def _scribbled(boxes: tuple[Box, ...], rng: np.random.Generator) -> dict[str, str]:
    """Something in two boxes of three."""
    values: dict[str, str] = {}
    for box in boxes:
        if rng.random() < 2 / 3:
            word = WORDS[int(rng.integers(len(WORDS)))]
            number = "".join(str(digit) for digit in rng.integers(0, 10, box.cells))
            values[box.name] = box.state or number or word
    return values
