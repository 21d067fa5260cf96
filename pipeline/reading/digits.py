"""The cells of a comb, one digit each, as a small network of our own sees them.

The two recognisers read a comb as one line and share their training. This network looks at single cells and
was trained by us (bench/digits) on digits that were printed, degraded and cut out by this very code, so it
errs elsewhere than they do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from pipeline.reading.ink import Strokes, extent
from pipeline.reading.models import DIGITS, Lack, model_file
from pipeline.reading.pictures import Grey

SIDE: Final = 28  # pixels of a cell's picture
INK: Final = 20  # of these its ink may fill
LEAST: Final = 0.45  # of the comb's height: smaller ink is not blown up to the size of a digit
LEANS: Final = (0.0, 0.15, -0.15)
NO_DIGIT: Final = 10  # the class of letters, dirt, and digits that were struck out or written over
ACROSS: Final = 1.35  # of a cell: wider ink belongs to several cells and is parted at their edges


class CellReader:
    """The network, loaded once for a process; one thread."""

    def __init__(self, name: str, sha256: str, session: ort.InferenceSession) -> None:
        self.name = name
        self.sha256 = sha256
        self._session = session

    def read(self, pictures: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """pictures: (n, 28, 28), 255 full ink. Back come (n, 11): a probability for each digit and for none.

        Each cell is looked at upright and leaned to both sides: what is sure is sure in all three.
        """
        if len(pictures) == 0:
            return np.zeros((0, NO_DIGIT + 1), np.float32)
        looks = np.concatenate([leaned(pictures, lean) for lean in LEANS])
        cells = looks[:, None].astype(np.float32) / 255.0
        found: npt.NDArray[np.float32] = self._session.run(None, {"cells": cells})[0]
        mean: npt.NDArray[np.float32] = found.reshape(len(LEANS), len(pictures), -1).mean(axis=0)
        return mean


def leaned(pictures: npt.NDArray[np.uint8], lean: float) -> npt.NDArray[np.uint8]:
    """The pictures sheared by `lean` (a part of their height) about their middle."""
    if not lean:
        return pictures
    matrix = np.array([[1.0, lean, -lean * (SIDE - 1) / 2], [0.0, 1.0, 0.0]])
    return np.stack(
        [np.asarray(cv2.warpAffine(picture, matrix, (SIDE, SIDE)), np.uint8) for picture in pictures]
    )


def load_cell_reader(about: Mapping[str, str]) -> CellReader | None:
    """The network that lies beside this code; None where it is missing or not the measured one."""
    weights = model_file(about, "weights", DIGITS)
    if isinstance(weights, Lack):
        return None
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = ort.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
    return CellReader(about["name"], about["weights_sha256"], session)


def cell_pictures(strokes: Strokes, cells: Sequence[bool]) -> npt.NDArray[np.uint8]:
    """One picture for each filled cell: its ink at one size in the middle, 255 full ink."""
    count = len(cells)
    owner = owners(strokes, count)
    filled = [place for place in range(count) if cells[place]]
    pictures = np.zeros((len(filled), SIDE, SIDE), np.uint8)
    for index, place in enumerate(filled):
        pictures[index] = one_cell(strokes.dark, (owner == place).astype(np.uint8))
    return pictures


def owners(strokes: Strokes, count: int) -> npt.NDArray[np.int32]:
    """For each pixel the cell its ink belongs to, -1 for paper.

    A digit that reaches into the next cell stays whole: what hangs together goes where most of it lies.
    """
    height, width = strokes.mask.shape
    pitch = width / count
    column = np.minimum((np.arange(width) / pitch).astype(np.int32), count - 1)
    _, labels, stats, centres = cv2.connectedComponentsWithStats(strokes.mask, connectivity=8)
    home = np.clip(centres[:, 0] / pitch, 0, count - 1).astype(np.int32)
    whole = stats[:, cv2.CC_STAT_WIDTH] <= ACROSS * pitch
    pixel = np.where(whole[labels], home[labels], np.broadcast_to(column, (height, width)))
    result: npt.NDArray[np.int32] = np.where(strokes.mask > 0, pixel, -1).astype(np.int32)
    return result


def one_cell(dark: Grey, own: npt.NDArray[np.uint8]) -> Grey:
    """The ink of one cell at the size the network knows; all paper where the cell has none."""
    around = extent(own)
    if around is None:
        return np.zeros((SIDE, SIDE), np.uint8)
    left, top, right, bottom = around
    left, top, right, bottom = max(left - 2, 0), max(top - 2, 0), right + 2, bottom + 2
    near = cv2.dilate(own[top:bottom, left:right], np.ones((3, 3), np.uint8))
    ink = np.where(near > 0, dark[top:bottom, left:right], 0).astype(np.float32)
    peak = float(np.percentile(ink[own[top:bottom, left:right] > 0], 90))
    ink = np.clip(ink * (255.0 / max(peak, 40.0)), 0, 255)
    height, width = ink.shape
    scale = INK / max(height, width, LEAST * dark.shape[0])
    wide, tall = max(1, round(width * scale)), max(1, round(height * scale))
    small: Any = cv2.resize(ink, (wide, tall), interpolation=cv2.INTER_AREA)
    picture = np.zeros((SIDE, SIDE), np.uint8)
    x, y = (SIDE - wide) // 2, (SIDE - tall) // 2
    picture[y : y + tall, x : x + wide] = small.round()
    return picture
