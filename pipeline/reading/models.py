"""The model files that reading needs: where each lies, and whether it is the one this program was measured with.

A file that is missing or different is never used and never stops the program: it is named, the readers that need
it are left out, and a person is asked about what they would have read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import util
from pathlib import Path
from typing import Final

LISTED: Final = Path(__file__).parent / "models.json"
DIGITS: Final = "digits"


@dataclass(frozen=True, slots=True)
class Lack:
    """A model file that cannot be used. package: the wheel that brings it, empty where it is our own.

    changed: it is there, but not the file that was measured
    """

    file: str
    package: str
    model: str
    changed: bool

    @property
    def words(self) -> str:
        """What is wrong, what becomes of scans meanwhile, and what to do."""
        where = f'in the package "{self.package}"' if self.package else "in the program's own folder"
        what = (
            "is not the file this program was measured with, so it is not used."
            if self.changed
            else "is missing."
        )
        asked = (
            "digits by hand in boxes of one cell each"
            if self.model == DIGITS
            else "every written box of a scan"
        )
        return (
            f"The model file {self.file} ({where}) {what} Until it is put right, a person is asked about {asked}; "
            "forms filled in on a screen are read as always. The person who looks after this program runs "
            "make setup and starts the program again."
        )


def listed_models() -> Mapping[str, Mapping[str, str]]:
    """What `models.json` says of each model: its files and their SHA-256."""
    found: dict[str, dict[str, str]] = json.loads(LISTED.read_text(encoding="utf-8"))
    return found


def model_file(about: Mapping[str, str], what: str, model: str) -> bytes | Lack:
    """The bytes of one file of a model. what: `weights` or `characters`."""
    package, name = about.get("package", ""), about[what]
    folder = folder_of(package)
    path = folder / name if folder else None
    if path is None or not path.is_file():
        return Lack(Path(name).name, package, model, changed=False)
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != about[f"{what}_sha256"]:
        return Lack(path.name, package, model, changed=True)
    return data


def folder_of(package: str) -> Path | None:
    """Where a package lies, found but never imported; None where it is not installed. Ours lie beside this file."""
    if not package:
        return Path(__file__).parent
    spec = util.find_spec(package)
    folders = list(spec.submodule_search_locations or []) if spec else []
    return Path(folders[0]) if folders else None


@cache
def lacking_models() -> tuple[Lack, ...]:
    """Every model file that cannot be used, found out once: a file that is put right counts at the next start."""
    return tuple(_lacking())


def _lacking() -> Iterator[Lack]:
    for model, about in listed_models().items():
        for what in ("weights", "characters"):
            if what in about and isinstance(found := model_file(about, what, model), Lack):
                yield found
