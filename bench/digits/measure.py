"""How well combs of digits are read, with and without the cell network.

    python -m bench.digits.measure [--sheets N] [--forms N] [--first SEED] [--pens real,font,typed] [--wrong]

In the test halves of hands and digits, in four severities, for each pen: N sheets of nothing but combs a
severity, laid onto their blanks by their true pose, a little off; and N times the combs of four forms of the
site, opened, identified and laid by the program. Each comb is read twice: by the two line readers alone
(before) and by all three (after). Peer columns: what each reader says by itself. CPU time on one thread.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bench.digits.cells import Blank, blanks, laid_page
from bench.digits.fields import expectation_for, value_for
from pipeline.model import Widget
from pipeline.reading.blanks import Catalogue, KnownForm, load_form
from pipeline.reading.boxes import BoxText, read_text
from pipeline.reading.combs import digit_pattern
from pipeline.reading.formmap import generated_fields
from pipeline.reading.laid import LaidPage
from pipeline.reading.matching import match_pages
from pipeline.reading.pages import open_file
from pipeline.reading.recogniser import Readers, load_readers
from pipeline.site import load_site
from pipeline.values import Expectation
from tests.paper.carriers import Carrier, save_as
from tests.paper.degrade import Severity, degraded
from tests.paper.families import Half, faces, typefaces
from tests.paper.fill import Hand, by_hand, invented_hand, typewriter
from tests.paper.realdigits import real_digits

ROOT = Path(__file__).resolve().parents[2]
FORMS = ("intake", "planning-worksheet", "provider-monthly-summary", "provider-proposal")
NAMES = ("clean", "copier", "fax", "photo")


def hand_of(pen: str, seed: int) -> Hand:
    """A hand of the test half."""
    rng = np.random.default_rng([seed, 5])
    if pen == "typed":
        machines = typefaces()
        return typewriter(machines[seed % len(machines)])
    hand = replace(invented_hand(rng, faces(Half.TEST)), capitals=False)
    if pen == "real":
        return replace(hand, slant=float(rng.uniform(-5, 6)), digits=real_digits(Half.TEST))
    return hand


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the site, its blank, and what is expected in its boxes."""

    known: KnownForm
    blank: Path
    expects: Mapping[str, Expectation]


@dataclass(frozen=True, slots=True)
class Scan:
    """Whose pen, what the copier did, and the seed of both."""

    pen: str
    severity: Severity
    seed: int


def scans(form: Form, values: Mapping[str, str], scan: Scan) -> Iterator[bytes]:
    """The filled form as it arrives, page by page; pages without combs are left out."""
    for sheet in by_hand(form.blank, values, hand_of(scan.pen, scan.seed), seed=scan.seed):
        if not any(widget.name in values for widget in form.known.map.on_page(sheet.page)):
            continue
        shot = degraded(sheet.image, scan.severity, scan.seed * 100 + sheet.page, dpi=sheet.dpi)
        flat = Carrier.TIFF if scan.severity is Severity.BAD_COPY else Carrier.PDF_JPEG
        carrier = Carrier.JPG if scan.severity is Severity.PHOTO else flat
        yield save_as([shot.image], carrier, dpi=shot.dpi)


def outcome(seen: BoxText, truth: str, typed: bool) -> str:
    said = "".join(seen.text.split())
    reason = seen.by_hand.reason if seen.by_hand and not typed else seen.reason
    if reason is not None:
        return "asked-right" if said == truth else "asked-wrong"
    return "exact" if said == truth else "wrong"


class Table:
    """Counts by pen and severity."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self.spent: defaultdict[tuple[str, str], float] = defaultdict(float)
        self.notes: list[str] = []

    def add(self, pen: str, severity: str, key: str, count: int = 1) -> None:
        self.counts[pen, severity, key] += count
        self.counts[pen, "all", key] += count

    def judge(self, pen: str, severity: str, before: BoxText, after: BoxText, truth: str) -> None:
        self.add(pen, severity, "n")
        ends = outcome(before, truth, pen == "typed"), outcome(after, truth, pen == "typed")
        self.add(pen, severity, f"before-{ends[0]}")
        self.add(pen, severity, f"after-{ends[1]}")
        texts = [vote.text for vote in after.votes]
        for name, text in zip(("small", "tiny", "cells"), texts, strict=False):
            self.add(pen, severity, name, text == truth)
        if len(texts) == 3 and len(set(texts)) == 1:
            self.add(pen, severity, "together")
            self.add(pen, severity, "together-wrong", texts[0] != truth)
        if "wrong" in ends:
            both = f"before {before.text!r} after {after.text!r}"
            self.notes.append(f"{pen} {severity} {truth}: {both} {texts} {after.confidence:.4f}")

    def show(self) -> None:
        head = "n exact asked wrong | exact asked wrong | alone small tiny cells | three agree (wrong) | ms/field"
        print(f"{'':14} before: {head}")
        for pen, severity in sorted({(pen, severity) for pen, severity, _ in self.counts}):
            got = {key: self.counts[pen, severity, key] for _, _, key in self.counts}
            n = got["n"]

            def share(key: str, total: int = n, got: dict[str, int] = got) -> str:
                return f"{100 * got.get(key, 0) / max(1, total):5.1f}"

            cells = [f"{pen + ' ' + severity:14}", f"{n:5}"]
            for when in ("before", "after"):
                right = got.get(f"{when}-exact", 0) + got.get(f"{when}-asked-right", 0)
                asked = got.get(f"{when}-asked-right", 0) + got.get(f"{when}-asked-wrong", 0)
                cells.append(
                    f"{100 * right / n:5.1f} {100 * asked / n:5.1f} {got.get(f'{when}-wrong', 0):3} |"
                )
            cells.append(f"{share('small')} {share('tiny')} {share('cells')} |")
            cells.append(f"{got.get('together', 0):5} ({got.get('together-wrong', 0)}) |")
            if severity == "all":
                cells.append(" ".join(f"{1000 * self.spent[pen, w] / n:.0f}" for w in ("before", "after")))
            print(" ".join(cells))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sheets", type=int, default=2)
    parser.add_argument("--forms", type=int, default=1)
    parser.add_argument("--first", type=int, default=900)
    parser.add_argument("--pens", default="real,font,typed")
    parser.add_argument("--wrong", action="store_true")
    options = parser.parse_args()
    site = load_site(ROOT)
    readers = load_readers()
    table = Table()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        forms: list[Form] = []
        for name in FORMS:
            blank = ROOT / "forms" / name / "2026-11" / "blank.pdf"
            expects = site.expectations(name, 2026)
            fields = generated_fields({key: value.kind for key, value in expects.items()})
            known = load_form(name, "2026-11", blank, fields, folder / "kept")
            forms.append(Form(known, blank, expects))
        stock = blanks(folder / "sheets")
        catalogue = Catalogue(tuple(form.known for form in forms))
        for pen in options.pens.split(","):
            for severity in Severity:
                for seed in range(options.first, options.first + options.sheets):
                    sheet = stock[(seed + int(severity)) % len(stock)]
                    measured_sheet(table, sheet, Scan(pen, severity, seed), readers, folder)
                for seed in range(options.first, options.first + options.forms):
                    for number, form in enumerate(forms):
                        scan = Scan(pen, severity, 10 * seed + number)
                        measured(table, form, scan, catalogue, readers, folder)
                print(f"{pen} {NAMES[severity]} done", flush=True)
    table.show()
    for note in table.notes if options.wrong else []:
        print("   ", note)


def combs_of(known: KnownForm, expects: Mapping[str, Expectation]) -> dict[str, tuple[Widget, Expectation]]:
    """The combs of digits of a form by widget name."""
    found = {}
    for widget in known.map.widgets:
        plain = ".".join(part for part in widget.field.split(".") if not part.isdigit())
        expect = expects.get(plain)
        if widget.comb and expect is not None and digit_pattern(expect, widget.comb):
            found[widget.name] = (widget, expect)
    return found


def measured(
    table: Table, form: Form, scan: Scan, catalogue: Catalogue, readers: Readers, folder: Path
) -> None:
    """Fill one form, degrade it, and judge every comb of digits on it."""
    known, pen, severity = form.known, scan.pen, NAMES[scan.severity]
    rng = np.random.default_rng([scan.seed, int(scan.severity), 6])
    combs = combs_of(known, form.expects)
    values = {name: value_for(expect, widget.comb, rng) for name, (widget, expect) in combs.items()}
    values = {name: value for name, value in values.items() if value}
    for data in scans(form, values, scan):
        path = folder / "scan"
        path.write_bytes(data)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            opened = open_file(path, Path(scratch) / "opened")
            page, match = opened.page(1), match_pages(opened, catalogue)[0]
            if match.form != known.map.form or match.reason is not None:
                table.add(pen, severity, "lost")
                continue
            laid = LaidPage(page, match, known.pages[match.page - 1])
        for widget, expect in combs.values():
            if widget.page == match.page and widget.name in values:
                judged(table, scan, laid, widget, expect, readers, values[widget.name])


def measured_sheet(table: Table, blank: Blank, scan: Scan, readers: Readers, folder: Path) -> None:
    """Fill a sheet of combs, degrade it, and judge every comb."""
    rng = np.random.default_rng([scan.seed, int(scan.severity), 8])
    widgets = {widget.name: widget for widget in blank.known.map.widgets}
    expects = {name: expect for name, cells in blank.combs.items() if (expect := expectation_for(cells, rng))}
    values = {name: value_for(expect, blank.combs[name], rng) for name, expect in expects.items()}
    sheet = by_hand(blank.path, values, hand_of(scan.pen, scan.seed), seed=scan.seed)[0]
    shot = degraded(sheet.image, scan.severity, scan.seed, dpi=sheet.dpi)
    laid = laid_page(shot, blank.known, 1, folder, rng)
    for name, value in values.items():
        judged(table, scan, laid, widgets[name], expects[name], readers, value)


def judged(
    table: Table,
    scan: Scan,
    laid: LaidPage,
    widget: Widget,
    expect: Expectation,
    readers: Readers,
    truth: str,
) -> None:
    """Read the comb before and after, and count both."""
    start = time.process_time()
    before = read_text(laid, widget, expect, replace(readers, cells=None))
    middle = time.process_time()
    after = read_text(laid, widget, expect, readers)
    table.spent[scan.pen, "before"] += middle - start
    table.spent[scan.pen, "after"] += time.process_time() - middle
    table.judge(scan.pen, NAMES[scan.severity], before, after, truth)


if __name__ == "__main__":
    main()
