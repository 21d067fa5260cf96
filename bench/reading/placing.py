"""Each page of a paper against its truth: what it was taken for, and how far off its boxes are looked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from bench.reading.papers import Paper
from pipeline.model import PageMatch, Reason
from pipeline.reading.bending import Points, bend_of, powers
from pipeline.reading.blanks import KnownForm
from pipeline.reading.laid import LaidPage
from pipeline.reading.pages import OpenedFile
from pipeline.reading.pictures import Grey
from pipeline.reading.register import fit_of
from pipeline.run.readpart import ReadPart

POINTS_A_MILLIMETRE = 72 / 25.4


@dataclass(frozen=True, slots=True)
class PageRow:
    """One page. taken_for: `form page` as the program says, empty where it was flagged; off: millimetres."""

    job: str
    truth: str
    taken_for: str
    flagged: str
    off: float


def page_rows(paper: Paper, opened: OpenedFile, parts: Sequence[ReadPart], known: KnownForm) -> list[PageRow]:
    """What each page of the file was taken for, and how far off its boxes are looked for."""
    found: dict[int, PageMatch] = {}
    for part in parts:
        for piece in (part.part, *(other for other in part.unread)):
            found |= {match.source_page: match for match in piece.matches}
    rows = []
    for place, sheet in enumerate(paper.drop.sheets):
        match = found.get(place + 1)
        truth = f"{paper.job.form} {sheet.page}"
        if match is None or match.reason is not None:
            reason = match.reason.value if match is not None and match.reason else Reason.UNKNOWN_FORM.value
            rows.append(PageRow(paper.job.name, truth, "", reason, 0.0))
            continue
        said = f"{match.form} {match.page}"
        off = millimetres_off(paper, place, opened, match, known) if said == truth else 0.0
        rows.append(PageRow(paper.job.name, truth, said, "", off))
    return rows


def millimetres_off(
    paper: Paper, place: int, opened: OpenedFile, match: PageMatch, known: KnownForm
) -> float:
    """How far from its true place the worst box of a page is looked for, all corrections but the box's own."""
    page = opened.page(place + 1)
    shot = paper.drop.shots[place]
    laid = LaidPage(page, match, known.pages[match.page - 1])
    boxes = [widget.box for widget in known.map.on_page(match.page) if widget.field]
    if not boxes:
        return 0.0
    centres = np.array([box.centre for box in boxes])
    shifts = np.array([laid.fit.shift_at(*box.centre) for box in boxes])
    picture = page.picture()
    said = looked_for(picture, match, known, centres + shifts)
    height, width = picture.shape
    true = shot.where(centres) * (width / shot.image.width, height / shot.image.height)
    beside = shot.where(centres + np.array([1.0, 0.0])) * (
        width / shot.image.width,
        height / shot.image.height,
    )
    pixels_a_point = np.linalg.norm(beside - true, axis=1)
    off = np.linalg.norm(said - true, axis=1) / pixels_a_point / POINTS_A_MILLIMETRE
    return float(off.max())


def looked_for(picture: Grey, match: PageMatch, known: KnownForm, points: Points) -> Points:
    """The pixels where the program looks for points of the blank, the page's bend included."""
    blank = known.pages[match.page - 1]
    transform = np.array(match.transform, dtype=np.float64).reshape(3, 3)
    fit = fit_of(picture, transform, blank)
    surface = bend_of(fit.centres, fit.shifts, blank.size)
    bent = points if surface is None else points + powers(points, blank.size) @ surface
    seen = cv2.perspectiveTransform(bent.reshape(1, -1, 2), transform)[0]
    return np.asarray(seen, np.float64)
