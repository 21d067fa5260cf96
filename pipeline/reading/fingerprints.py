"""How alike a born-digital page and a blank are by widgets and words, and the pose the words give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from pipeline.model import FormMap
from pipeline.reading.blanks import BlankPage
from pipeline.reading.formmap import JOIN
from pipeline.reading.pages import OpenedPage, Word
from pipeline.reading.pictures import Matrix

LEAST_PAIRS: Final = 6
NEAR: Final = 3.0  # points


@dataclass(frozen=True, slots=True)
class TextPose:
    """Blank points → page points, how many words gave it, and the share of the blank's words found so."""

    transform: Matrix
    support: int
    share: float


def widget_share(page: OpenedPage, form_map: FormMap, number: int) -> float:
    """The share of a blank page's widgets that lie on this page under the same name at the same place."""
    there = {(widget.name, round(widget.box.x0 / 4), round(widget.box.top / 4)) for widget in page.widgets}
    names = {widget.name for widget in page.widgets}
    boxes = form_map.on_page(number)
    if not boxes:
        return 0.0
    found = 0.0
    for box in boxes:
        parts = box.name.split(JOIN)
        placed = len(parts) > 1 or any(
            (parts[0], round(box.box.x0 / 4) + across, round(box.box.top / 4) + down) in there
            for across in (-1, 0, 1)
            for down in (-1, 0, 1)
        )
        found += placed and all(part in names for part in parts)
    return found / len(boxes)


def text_pose(page: OpenedPage, blank: BlankPage) -> TextPose | None:
    """The pose that lays most of the blank's words on the page's; None where they have too few in common.

    Printing "to fit" scales a page to 94-97 %, so words are compared after a shift, turn and scale.
    """
    ours, theirs = single(blank.words), single(page.words)
    shared = sorted(ours.keys() & theirs.keys())
    if len(shared) < LEAST_PAIRS:
        return None
    onto = np.array([ours[text].box.centre for text in shared])
    seen = np.array([theirs[text].box.centre for text in shared])
    cv2.setRNGSeed(7)
    affine, inliers = cv2.estimateAffinePartial2D(onto, seen, method=cv2.RANSAC, ransacReprojThreshold=2.0)
    if affine is None or int(inliers.sum()) < LEAST_PAIRS:
        return None
    transform = np.vstack([affine, [0, 0, 1]])
    return TextPose(transform, int(inliers.sum()), share_found(page.words, blank.words, transform))


def single(words: Iterable[Word]) -> dict[str, Word]:
    """Words that stand once on the page and are long enough to mean something."""
    words = list(words)
    count = Counter(word.text for word in words)
    return {word.text: word for word in words if count[word.text] == 1 and len(word.text) > 2}


def share_found(words: Iterable[Word], blank: Iterable[Word], transform: Matrix) -> float:
    """The share of the blank's words that stand on the page where the pose says."""
    places: dict[str, list[tuple[float, float]]] = {}
    for word in words:
        places.setdefault(word.text, []).append(word.box.centre)
    wanted = found = 0
    for word in blank:
        x, y, _ = transform @ np.array([*word.box.centre, 1.0])
        wanted += 1
        found += any(abs(x - px) < NEAR and abs(y - py) < NEAR for px, py in places.get(word.text, ()))
    return found / wanted if wanted else 0.0
