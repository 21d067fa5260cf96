"""Which handwriting fonts are installed, in two halves that never mix.

They are fetched by `bench/fonts.py` into the folder named by PAPER_FONTS (default `.fonts` in the
checkout). Where they are absent everything is written in the stroke alphabet.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import reportlab
import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("hands.yaml")
TYPE_FOLDER = Path("/usr/share/fonts/truetype")
TYPEFACES = (
    "liberation/LiberationSans-Regular.ttf",
    "liberation/LiberationSerif-Regular.ttf",
    "liberation/LiberationMono-Regular.ttf",
    "dejavu/DejaVuSans.ttf",
    "dejavu/DejaVuSansMono.ttf",
    "crosextra/Carlito-Regular.ttf",
)


class Half(StrEnum):
    """development: may be looked at and tuned on. test: only measured. training: the digit network's alone."""

    DEVELOPMENT = "development"
    TEST = "test"
    TRAINING = "training"


@dataclass(frozen=True, slots=True)
class Family:
    """One handwriting font. style: `print` or `cursive`; package: its name in npm; face: its file."""

    name: str
    half: Half
    style: str
    package: str
    version: str

    @property
    def face(self) -> Path:
        return font_folder() / "node_modules" / self.package / "files" / f"{self.name}-latin-400-normal.woff2"


def font_folder() -> Path:
    """Where fetched fonts lie."""
    return Path(os.environ.get("PAPER_FONTS") or CHECKOUT / ".fonts")


@cache
def families() -> tuple[Family, ...]:
    """All families of the list, installed or not."""
    data = yaml.safe_load(LIST.read_text())
    return tuple(
        Family(name, half, style, str(data["package"]).format(family=name), str(data["version"]))
        for half in Half
        for style, names in data[half].items()
        for name in names
    )


def faces(half: Half, style: str = "") -> tuple[Path, ...]:
    """Files of the installed families of one half, empty where none was fetched."""
    wanted = (f for f in families() if f.half is half and style in ("", f.style))
    return tuple(family.face for family in wanted if family.face.is_file())


def typefaces() -> tuple[Path, ...]:
    """Installed fonts that offices type and print with; never empty, one comes with reportlab."""
    carried = Path(reportlab.__file__).with_name("fonts") / "Vera.ttf"
    return (*(TYPE_FOLDER / name for name in TYPEFACES if (TYPE_FOLDER / name).is_file()), carried)
