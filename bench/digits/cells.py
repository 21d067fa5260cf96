"""Training cells: sheets filled, degraded, and cut with the program's own code.

    python -m bench.digits.cells [--pages N] [--held N] [--out FILE]

Development halves only. Writes one .npz: pictures (n, 28, 28), classes (0 to 9, 10 no digit), pens, severities
and whether the page is held back from training. Seeded: the same call makes the same cells.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from bench.digits.sheets import MANNERS, NO_DIGIT, blank_of, filled_sheet, hand_of, pen_of
from pipeline.model import PageMatch, Widget
from pipeline.reading.blanks import KnownForm, load_form
from pipeline.reading.boxes import filled_cells
from pipeline.reading.digits import cell_pictures
from pipeline.reading.formmap import foreign_fields
from pipeline.reading.ink import Filling, strokes_in
from pipeline.reading.laid import LaidPage
from pipeline.reading.pages import OpenedPage
from tests.paper.degrade import Severity, Shot, degraded

CELLS = Path(tempfile.gettempdir()) / "digit-cells.npz"
SEVERITIES = (0.2, 0.25, 0.3, 0.25)


@dataclass(frozen=True, slots=True)
class Blank:
    """A sheet's blank as the mill writes on it and as the program knows it."""

    path: Path
    known: KnownForm

    @property
    def combs(self) -> dict[str, int]:
        return {widget.name: widget.comb for widget in self.known.map.widgets}


def blanks(folder: Path) -> list[Blank]:
    """One sheet of combs for each manner; `folder` is made."""
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for manner in MANNERS:
        path = folder / f"{manner.name}.pdf"
        path.write_bytes(blank_of(manner))
        fields = foreign_fields({f"c{k}": f"c{k}" for k in range(400)}, {}, {})
        found.append(Blank(path, load_form(manner.name, "1", path, fields, folder / "kept")))
    return found


def laid_page(shot: Shot, known: KnownForm, page: int, folder: Path, rng: np.random.Generator) -> LaidPage:
    """The shot laid onto its blank by its true pose, which is off by a little as a found one is."""
    grey = np.asarray(shot.image.convert("L"))
    if rng.random() < 0.5 and grey.min() != grey.max() and len(np.unique(grey[::7, ::7])) > 2:
        packed = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(60, 92))])[1]
        grey = np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE))
    file = folder / "page.npy"
    np.save(file, grey)
    width, height = known.pages[page - 1].size
    moved = np.array([(1, 0, rng.normal(0, 0.3)), (0, 1, rng.normal(0, 0.3)), (0, 0, 1)])
    pose = shot.homography @ moved
    match = PageMatch(1, method="code", transform=tuple(float(value) for value in pose.ravel()))
    return LaidPage(OpenedPage(1, width, height, shot.dpi, file, scanned=True), match, known.pages[page - 1])


def cut_cells(laid: LaidPage, widget: Widget, truth: tuple[int, ...]) -> tuple[np.ndarray, list[int]]:
    """Pictures and classes of the comb's cells that hold ink. What stands in an empty cell is no digit."""
    strokes = strokes_in(laid.cut(widget.box))
    if strokes.filling is Filling.BLANK:
        return np.zeros((0, 28, 28), np.uint8), []
    cells = filled_cells(strokes, widget.comb)
    classes = [NO_DIGIT if kind < 0 else kind for kind, filled in zip(truth, cells, strict=True) if filled]
    return cell_pictures(strokes, cells), classes


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=320)
    parser.add_argument("--held", type=int, default=30)
    parser.add_argument("--out", type=Path, default=CELLS)
    options = parser.parse_args()
    pictures, classes, about = [], [], []
    start = time.process_time()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stock = blanks(folder)
        for seed in range(options.pages + options.held):
            held = seed >= options.pages
            rng = np.random.default_rng([seed, 2026])
            blank, pen = stock[seed % len(stock)], pen_of(rng)
            filled = filled_sheet(blank.path, blank.combs, hand_of(pen, held, rng), seed)
            severity = Severity(int(rng.choice(4, p=SEVERITIES)))
            shot = degraded(filled.sheet.image, severity, seed, dpi=filled.sheet.dpi)
            laid = laid_page(shot, blank.known, 1, folder, rng)
            for widget in blank.known.map.widgets:
                found, kinds = cut_cells(laid, widget, filled.truth[widget.name])
                pictures.append(found)
                classes += kinds
                about += [(int(pen), int(severity), int(held))] * len(kinds)
            if seed % 10 == 9:
                spent = round(time.process_time() - start)
                print(f"{seed + 1} pages {len(classes)} cells {spent} s", flush=True)
    facts = np.array(about, np.uint8)
    np.savez_compressed(
        options.out,
        pictures=np.concatenate(pictures),
        classes=np.array(classes, np.uint8),
        pens=facts[:, 0],
        severities=facts[:, 1],
        held=facts[:, 2],
    )
    print(f"{len(classes)} cells in {options.out}")


if __name__ == "__main__":
    main()
