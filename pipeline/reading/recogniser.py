"""Text recognisers: line pictures in, probabilities of characters out. The only room that runs onnxruntime.

The two PP-OCRv6 networks lie inside an installed wheel, which is found but never imported; our own network of
digits lies beside this code. A file whose SHA-256 is not the one in `models.json` is not loaded (`models.py`).
Without the two the program works on and asks a person.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from pipeline.reading.digits import CellReader, load_cell_reader
from pipeline.reading.models import DIGITS, Lack, listed_models, model_file
from pipeline.reading.pictures import Grey

HEIGHT: Final = 48
LEAST_WIDTH: Final = 48
WIDEST: Final = 2_400
STEP: Final = 8  # pixels of the line, 48 high, for each row of probabilities

# What may be read: printable ASCII and every letter of Western and Central European names. The networks know
# 18,709 characters and answer with Chinese look-alikes where nothing holds them back. A letter that is left
# out here is read as its nearest neighbour without a doubt: with "ë" missing, Chloë was read as Chloé by both.
_ASCII: Final = "".join(chr(code) for code in range(32, 127))
_ACCENTED: Final = "".join(chr(code) for code in range(0xC0, 0x180) if chr(code).isalpha())
ALPHABET: Final = _ASCII + _ACCENTED
PLACE: Final[Mapping[str, int]] = {ch: index + 1 for index, ch in enumerate(ALPHABET)}
_LOOK_ALIKES: Final[Mapping[str, str]] = dict(
    zip(
        "’‘“”–—－，．。：；（）／＆＄？！＠０１２３４５６７８９",
        "''\"\"---,..:;()/&$?!@0123456789",
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class Probabilities:
    """One line as a network sees it: `rows[t, c]`, c 0 blank, else `ALPHABET[c - 1]`."""

    rows: npt.NDArray[np.float32] = field(repr=False)


class Recogniser:
    """One network, loaded once for a process; one thread, so that one process a core is right."""

    def __init__(self, name: str, sha256: str, session: ort.InferenceSession, characters: list[str]) -> None:
        self.name = name
        self.sha256 = sha256
        self._session = session
        self._input = session.get_inputs()[0].name
        self._columns, self._owners = columns_of(characters)

    def read(self, line: Grey) -> Probabilities:
        """line: dark ink on white, one line of writing, any size."""
        out = self._session.run(None, {self._input: prepared(line)})[0][0]
        rows = np.zeros((out.shape[0], len(ALPHABET) + 1), dtype=np.float32)
        np.add.at(rows.T, self._owners, out[:, self._columns].T)
        return Probabilities(rows)


@dataclass(frozen=True, slots=True)
class Readers:
    """The readers whose agreement counts: two of whole lines and one of the single cells of a comb. Each is absent
    where its model cannot be used."""

    first: Recogniser | None = None
    second: Recogniser | None = None
    cells: CellReader | None = None

    @property
    def ready(self) -> bool:
        return self.first is not None and self.second is not None

    def models_of(self, names: Collection[str]) -> tuple[str, ...]:
        """Name and first sixteen characters of the SHA-256 of each of these readers, for the provenance."""
        every = (self.first, self.second, self.cells)
        return tuple(f"{r.name}:{r.sha256[:16]}" for r in every if r is not None and r.name in names)


def prepared(line: Grey) -> npt.NDArray[np.float32]:
    """The line as the networks were taught it: 48 high, three equal channels, -1 to 1.

    Widths are rounded up to 16 with white, one line at a time: what stands in the next box must not
    change what is read in this one.
    """
    height, width = line.shape
    wanted = int(min(max(math.ceil(HEIGHT * width / height), 1), WIDEST))
    shrink = height > HEIGHT
    small: Any = cv2.resize(
        line, (wanted, HEIGHT), interpolation=cv2.INTER_AREA if shrink else cv2.INTER_CUBIC
    )
    padded = max(LEAST_WIDTH, -(-wanted // 16) * 16)
    canvas = np.full((HEIGHT, padded), 255, dtype=np.uint8)
    canvas[:, :wanted] = small
    plane = canvas.astype(np.float32) / 127.5 - 1.0
    return np.ascontiguousarray(np.broadcast_to(plane, (1, 3, HEIGHT, padded)))


def columns_of(characters: list[str]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Which outputs of a network count, and for which place of our alphabet. Output 0 is the CTC blank."""
    columns, owners = [0], [0]
    for index, character in enumerate(characters, 1):
        plain = _LOOK_ALIKES.get(character, character)
        if plain in PLACE:
            columns.append(index)
            owners.append(PLACE[plain])
    return np.array(columns), np.array(owners)


@cache
def load_readers() -> Readers:
    """The readers of this machine. Where a file of one is missing or changed that reader is absent; `lacking_models`
    says which file."""
    listed = listed_models()
    return Readers(load_one(listed["small"]), load_one(listed["tiny"]), load_cell_reader(listed[DIGITS]))


def load_one(about: Mapping[str, str]) -> Recogniser | None:
    """A reader of lines; None where one of its two files cannot be used."""
    weights, letters = (
        model_file(about, "weights", about["name"]),
        model_file(about, "characters", about["name"]),
    )
    if isinstance(weights, Lack) or isinstance(letters, Lack):
        return None
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = ort.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
    characters = letters.decode("utf-8").replace("\r\n", "\n").split("\n")
    if characters and characters[-1] == "":
        characters.pop()
    return Recogniser(about["name"], about["weights_sha256"], session, [*characters, " "])
