"""What a blank looks like: its print, its features and its words, worked out once and kept by its hash.

A blank is ours (it lies in the site's folder), so it is rendered here and not in a child. The kept
files can be thrown away at any time; they are made again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pdfplumber
import pypdfium2 as pdfium

from pipeline.model import Box, FormMap, Widget
from pipeline.reading.formmap import FieldOf, load_map
from pipeline.reading.pages import Word
from pipeline.reading.pictures import DPI, LOOK_DPI, Grey, darkness, shrunk

VERSION = 1  # raise when anything below changes what is kept
FEATURE_SIDE = 1_200  # longest side in pixels on which features are looked for
FEATURES = 2_500
TILE = 64  # pixels at LOOK_DPI: 0.43 in
TILES = 100


@dataclass(frozen=True, slots=True)
class Features:
    """Points worth recognising: places in points of the blank (or pixels of a page), and descriptors."""

    places: npt.NDArray[np.float32]
    marks: npt.NDArray[np.float32]


class BlankPage:
    """One page of a blank. Pictures are darkness (0 paper); they are loaded when first asked for."""

    def __init__(self, kept: Path, size: tuple[float, float]) -> None:
        self._kept = kept
        self.size = size

    @cached_property
    def look(self) -> Grey:
        """Darkness at LOOK_DPI, with the borders and comb lines that viewers draw."""
        look: Grey = self._load("look")
        return look

    @property
    def printed(self) -> Grey:
        """Darkness at DPI. Not held: eight megabytes a page."""
        printed: Grey = self._load("print")
        return printed

    @cached_property
    def features(self) -> Features:
        return Features(self._load("places"), self._load("marks"))

    @cached_property
    def tiles(self) -> npt.NDArray[np.int32]:
        """Top left corners (x, y) at LOOK_DPI of the places with most structure, best first."""
        tiles: npt.NDArray[np.int32] = self._load("tiles")
        return tiles

    @cached_property
    def words(self) -> tuple[Word, ...]:
        texts, boxes = self._load("texts"), self._load("boxes")
        return tuple(
            Word(text=str(text), box=Box(*(float(edge) for edge in box)))
            for text, box in zip(texts, boxes, strict=True)
        )

    def _load(self, name: str) -> Any:
        return np.load(f"{self._kept}-{name}.npy", allow_pickle=False)


@dataclass(frozen=True, slots=True)
class KnownForm:
    """A form at one edition, its map and the look of its pages."""

    map: FormMap
    pages: tuple[BlankPage, ...]
    blank_sha256: str

    @property
    def key(self) -> tuple[str, str]:
        return self.map.form, self.map.edition


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every form that can be recognised."""

    forms: tuple[KnownForm, ...]

    def find(self, form: str, edition: str) -> KnownForm | None:
        for known in self.forms:
            if known.key == (form, edition):
                return known
        return None

    def editions(self, form: str) -> tuple[str, ...]:
        return tuple(known.map.edition for known in self.forms if known.map.form == form)


def load_form(form: str, edition: str, blank: Path, field_of: FieldOf, cache: Path) -> KnownForm:
    """The form with its map and look; `cache` is a folder for what is worked out. Raises SiteError."""
    form_map = load_map(form, edition, blank, field_of)
    digest = hashlib.sha256(blank.read_bytes()).hexdigest()
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    stem = cache / f"{digest[:24]}-v{VERSION}"
    if not Path(f"{stem}.done").exists():
        work_out(blank, stem)
    pages = tuple(
        BlankPage(Path(f"{stem}-{number}"), size) for number, size in enumerate(form_map.page_sizes, 1)
    )
    return KnownForm(form_map, pages, digest)


def load_printed(
    key: tuple[str, str], pages: int, widgets: tuple[Widget, ...], pdf: Path, first: int, cache: Path
) -> KnownForm:
    """A document of ours inside a larger PDF, as a blank: the look of those pages that have boxes.

    key: as its printed code names it; first: the page of the PDF, from 0, on which it begins; cache: an empty folder
    """
    stem = cache / "printed"
    document = pdfium.PdfDocument(pdf)
    sizes = tuple(document[first + number].get_size() for number in range(pages))
    with pdfplumber.open(pdf) as plumbed:
        for number in sorted({widget.page for widget in widgets}):
            printed = darkness(rendered(document, first + number - 1), DPI)
            keep_page(Path(f"{stem}-{number}"), printed, page_words(plumbed.pages[first + number - 1]))
    document.close()
    looks = tuple(BlankPage(Path(f"{stem}-{number}"), size) for number, size in enumerate(sizes, 1))
    return KnownForm(FormMap(*key, sizes, widgets), looks, "")


def work_out(blank: Path, stem: Path) -> None:
    """Writes everything `BlankPage` loads. Two processes may do so at once: files are put in place whole."""
    document = pdfium.PdfDocument(blank)
    bare = [rendered(document, number) for number in range(len(document))]
    document.init_forms()
    drawn = [rendered(document, number) for number in range(len(document))]
    with pdfplumber.open(blank) as plumbed:
        words = [page_words(page) for page in plumbed.pages]
    for number, (plain, full) in enumerate(zip(bare, drawn, strict=True), 1):
        printed = cv2.max(darkness(plain, DPI), darkness(full, DPI))
        keep_page(Path(f"{stem}-{number}"), printed, words[number - 1])
    keep(Path(f"{stem}.done.npy"), np.array([VERSION]))
    os.replace(f"{stem}.done.npy", f"{stem}.done")


def rendered(document: pdfium.PdfDocument, number: int) -> Grey:
    bitmap = document[number].render(scale=DPI / 72, grayscale=True, may_draw_forms=True)
    picture: Grey = np.ascontiguousarray(bitmap.to_numpy().reshape(bitmap.height, -1)[:, : bitmap.width])
    return picture


def page_words(page: Any) -> list[Word]:
    left, top = float(page.cropbox[0] - page.mediabox[0]), float(page.mediabox[3] - page.cropbox[3])
    return [
        Word(
            text=str(word["text"])[:60],
            box=Box(word["x0"] - left, word["top"] - top, word["x1"] - left, word["bottom"] - top),
        )
        for word in page.extract_words(x_tolerance=1.5, y_tolerance=2)
    ]


def keep_page(stem: Path, printed: Any, words: Sequence[Word]) -> None:
    height, width = printed.shape
    size = (round(width * LOOK_DPI / DPI), round(height * LOOK_DPI / DPI))
    look: Any = cv2.resize(printed, size, interpolation=cv2.INTER_AREA)
    small, factor = shrunk(cv2.bitwise_not(printed), FEATURE_SIDE)
    found = features_of(small)
    keep(Path(f"{stem}-look.npy"), look)
    keep(Path(f"{stem}-print.npy"), printed)
    keep(Path(f"{stem}-places.npy"), found.places / factor * 72 / DPI)
    keep(Path(f"{stem}-marks.npy"), found.marks)
    keep(Path(f"{stem}-tiles.npy"), structured_tiles(look))
    keep(Path(f"{stem}-texts.npy"), np.array([word.text for word in words], dtype="U60"))
    boxes = [[word.box.x0, word.box.top, word.box.x1, word.box.bottom] for word in words]
    keep(Path(f"{stem}-boxes.npy"), np.array(boxes, dtype=np.float32).reshape(-1, 4))


def keep(path: Path, values: npt.NDArray[Any]) -> None:
    beside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with beside.open("wb") as file:
        np.save(file, values, allow_pickle=False)
    os.replace(beside, path)


def features_of(small: Grey) -> Features:
    """SIFT features of a small grey picture, strongest first, in its pixels; descriptors as RootSIFT."""
    finder = cv2.SIFT_create(nfeatures=FEATURES, contrastThreshold=0.03)  # type: ignore[attr-defined]
    keypoints, marks = finder.detectAndCompute(small, None)
    if marks is None or len(keypoints) == 0:
        return Features(np.zeros((0, 2), np.float32), np.zeros((0, 128), np.float32))
    strongest = np.argsort([-point.response for point in keypoints], kind="stable")
    places = np.array([keypoints[i].pt for i in strongest], dtype=np.float32)
    marks = marks[strongest]
    marks = np.sqrt(marks / np.maximum(marks.sum(axis=1, keepdims=True), 1e-6))
    return Features(places, marks.astype(np.float32))


def structured_tiles(look: Grey) -> npt.NDArray[np.int32]:
    """Places where print runs in both directions, so that a shift shows; spread over the page."""
    blurred = cv2.GaussianBlur(look, (0, 0), 1.5)
    corners = cv2.cornerMinEigenVal(blurred, 5, 3)
    score = cv2.boxFilter(np.minimum(corners, np.percentile(corners, 99.5)), -1, (TILE, TILE), normalize=True)
    margin, step = 24, TILE // 2
    height, width = look.shape
    grid = [
        (float(score[top + TILE // 2, left + TILE // 2]), left, top)
        for top in range(margin, height - TILE - margin, step)
        for left in range(margin, width - TILE - margin, step)
    ]
    grid.sort(reverse=True)
    least = grid[0][0] * 0.03 if grid else 0.0
    chosen: list[tuple[int, int]] = []
    for worth, left, top in grid:
        if worth < least or len(chosen) == TILES:
            break
        if all(abs(left - x) >= TILE or abs(top - y) >= TILE for x, y in chosen):
            chosen.append((left, top))
    return np.array(chosen, dtype=np.int32).reshape(-1, 2)
