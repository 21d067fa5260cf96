"""A whole drop in one call: a form filled in, put on a scanner or before a telephone, and saved as a file."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.paper.byhand import Sheet, by_hand
from tests.paper.carriers import Carrier, save_as
from tests.paper.degrade import SCAN_DPI, Severity, Shot, degraded
from tests.paper.hands import Hand

USUAL = {
    Severity.CLEAN: (Carrier.PDF_JPEG, Carrier.TIFF, Carrier.PDF_FLATE),
    Severity.COPIER: (Carrier.PDF_JPEG, Carrier.PDF_JPEG, Carrier.PDF_STRIPS),
    Severity.BAD_COPY: (Carrier.PDF_G4, Carrier.TIFF),
    Severity.PHOTO: (Carrier.PDF_JPEG,),
}


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file as it lands in the inbox, with the truth about each of its pages in order.

    sheets: what was really written; shots: how each page lies
    """

    data: bytes
    suffix: str
    sheets: tuple[Sheet, ...]
    shots: tuple[Shot, ...]


def arrival(
    blank: Path,
    values: Mapping[str, str],
    hand: Hand,
    severity: Severity,
    seed: int,
    *,
    signed: Collection[str] = (),
    mistakes: Mapping[str, str] | None = None,
    carrier: Carrier | None = None,
    pages: Collection[int] | None = None,
    dpi: float = 300,
    colour: bool = False,
) -> Arrival:
    """The blank written on by `hand`, scanned so badly, as one file.

    values, signed, mistakes: as for `byhand.by_hand`. carrier: kind of file, by chance where not given (a single
    photographed page comes as a JPG). pages: only these, in form order. dpi: of the paper before the scan.
    colour: a scanner set to colour (CLEAN and COPIER).
    """
    rng = np.random.default_rng([seed, 8080])
    sheets = by_hand(blank, values, hand, dpi=dpi, seed=seed, signed=signed, mistakes=mistakes)
    sheets = [sheet for sheet in sheets if pages is None or sheet.page in pages]
    scan_dpi = float(rng.choice(SCAN_DPI)) if severity in (Severity.COPIER, Severity.BAD_COPY) else None
    shots = [
        degraded(sheet.image, severity, seed * 100 + sheet.page, dpi=dpi, scan_dpi=scan_dpi, colour=colour)
        for sheet in sheets
    ]
    if carrier is None:
        choices = USUAL[severity]
        carrier = choices[int(rng.integers(len(choices)))]
        if severity is Severity.PHOTO and len(shots) == 1:
            carrier = Carrier.JPG
    orientation = int(rng.choice([1, 3, 6, 8])) if carrier is Carrier.JPG else 1
    quality = int(rng.integers(60, 90))
    data = save_as(
        [shot.image for shot in shots], carrier, dpi=shots[0].dpi, quality=quality, orientation=orientation
    )
    return Arrival(data, carrier.suffix, tuple(sheets), tuple(shots))


def stapled(arrivals: Sequence[Arrival], carrier: Carrier, order: Sequence[int] | None = None) -> Arrival:
    """Several drops as one file, as when a pile goes through the feeder at once.

    order: places of the pages in the pile, from 0; pages may be left out or come twice.
    """
    sheets = [sheet for drop in arrivals for sheet in drop.sheets]
    shots = [shot for drop in arrivals for shot in drop.shots]
    places = list(range(len(shots)) if order is None else order)
    data = save_as([shots[place].image for place in places], carrier, dpi=shots[0].dpi)
    chosen = tuple(sheets[place] for place in places), tuple(shots[place] for place in places)
    return Arrival(data, carrier.suffix, *chosen)
