"""Writes the samples that are shipped with the forms: `python -m tests.paper.shipped [FOLDER]`.

FOLDER is the checkout whose `forms/*/*/samples/` are written anew, by default this one. The same cast and
the same fonts give the same files. What each paper says stands in `NAME.expected.yaml` beside it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from PIL import Image

from tests.paper.answers import Question, questions
from tests.paper.byhand import by_hand
from tests.paper.carriers import Carrier, save_as
from tests.paper.casework import Answer, Lists, Node, branch, plain_yaml
from tests.paper.cast import Paper, Way, answers, papers
from tests.paper.degrade import Severity, degraded
from tests.paper.families import typefaces
from tests.paper.hands import DARK_BLUE, Hand, typewriter
from tests.paper.printed import typed_over
from tests.paper.screen import on_screen
from tests.paper.widgets import Spot, SpotKind, spots
from tests.paper.writing import boxes, shown

CHECKOUT = Path(__file__).resolve().parents[2]
EDITION = "2026-11"
QUALITY = 60
TWO_TONE_LEVEL = 150  # what is darker becomes black
CARRIERS = {"pdf": Carrier.PDF_JPEG, "tif": Carrier.TIFF, "jpg": Carrier.JPG, "png": Carrier.PNG}
PEN = Hand("strokes", colour=DARK_BLUE, capital=8.8, nib=1.0, slant=3.0, unsteady=0.6, tick="check", odd=7)


@dataclass(frozen=True, slots=True)
class _Form:
    """One blank with its questions. said: the answers to them."""

    blank: Path
    spots: tuple[Spot, ...]
    asked: tuple[Question, ...]
    said: dict[str, Answer]


def write_samples(checkout: Path = CHECKOUT) -> list[Path]:
    """Every paper of the cast in each of its forms of arrival; the paths written."""
    lists = Lists.of(checkout / "schemas")
    written: list[Path] = []
    for number, paper in enumerate(papers()):
        form = _form(checkout, paper, lists)
        folder = form.blank.parent / "samples"
        folder.mkdir(exist_ok=True)
        for way in paper.ways:
            path = folder / f"{paper.name}.{way.name}.{way.suffix}"
            path.write_bytes(_arrived(form, way, seed=number + 1))
            written.append(path)
        expected = folder / f"{paper.name}.expected.yaml"
        expected.write_text(
            yaml.safe_dump(_expected(form, paper), allow_unicode=True, sort_keys=False, width=110),
            encoding="utf-8",
        )
        written.append(expected)
    return written


def _form(checkout: Path, paper: Paper, lists: Lists) -> _Form:
    blank = checkout / "forms" / paper.form / EDITION / "blank.pdf"
    schema = plain_yaml(checkout / "schemas" / f"{paper.form}.yaml")
    asked = questions(branch(schema, "fields"), lists)
    return _Form(blank, spots(blank), asked, answers(paper, {question.name: question for question in asked}))


def _arrived(form: _Form, way: Way, seed: int) -> bytes:
    filled = boxes(form.said, form.asked, form.spots, on_paper=True)
    typed_names = {name: str(form.said[name]) for name in filled.signed}
    if way.name == "screen":
        exported = boxes(form.said, form.asked, form.spots, on_paper=False).values
        lists = {spot.name for spot in form.spots if spot.kind is SpotKind.CHOICE}
        chosen = {name: value for name, value in exported.items() if name in lists}
        return on_screen(form.blank, {**filled.values, **chosen, **typed_names})
    if way.name == "typed":
        return typed_over(form.blank, {**filled.values, **typed_names})
    return _scanned(form, way, filled.values, filled.signed, seed)


def _scanned(form: _Form, way: Way, values: Mapping[str, str], signed: tuple[str, ...], seed: int) -> bytes:
    hand = PEN if way.by_hand else typewriter(typefaces()[0])
    sheets = by_hand(form.blank, values, hand, seed=seed, signed=signed)
    images: list[Image.Image] = []
    for sheet in sheets:
        shot = degraded(
            sheet.image,
            Severity[way.lies],
            seed * 100 + sheet.page,
            dpi=sheet.dpi,
            turns=way.turned,
            scan_dpi=way.dpi,
        )
        grey = shot.image.convert("L")
        images.append(
            grey.point(lambda level: 255 * (level > TWO_TONE_LEVEL)).convert("1") if way.two_tone else grey
        )
    carrier = CARRIERS[way.suffix]
    if way.two_tone and carrier is Carrier.PDF_JPEG:
        carrier = Carrier.PDF_G4
    return save_as(images, carrier, dpi=way.dpi, quality=QUALITY)


def _expected(form: _Form, paper: Paper) -> dict[str, object]:
    """What a reader must find, as the office reads it. A signature differs with the form of arrival."""
    kinds = {question.name: question.kind for question in form.asked}
    signatures = [name for name in form.said if kinds[name] == "signature"]
    fields: dict[str, Node] = shown(form.said, form.asked)
    first, *others = paper.ways
    fields |= dict.fromkeys(signatures, _signed(first))
    expected: dict[str, object] = {"fields": fields}
    if paper.asks:
        expected["asks"] = list(paper.asks)
    differing = {
        way.name: dict.fromkeys(signatures, _signed(way))
        for way in others
        if signatures and _signed(way) != _signed(first)
    }
    if differing:
        expected["arrivals"] = differing
    return expected


def _signed(way: Way) -> str:
    return "present" if way.scanned else "typed"


if __name__ == "__main__":
    made = write_samples(*(Path(folder) for folder in sys.argv[1:2]))
    size = sum(path.stat().st_size for path in made)
    print(f"{len(made)} files, {size / 1e6:.1f} MB")
