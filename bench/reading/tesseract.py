"""The peer's engine, loaded once a process; without the packages of requirements-bench.txt there is none."""

from __future__ import annotations

import sys
from functools import cache
from importlib import util
from pathlib import Path
from typing import Any


def available() -> bool:
    return util.find_spec("tesserocr") is not None


@cache
def tesseract(mode: int) -> Any:
    """The engine. mode: 3 a whole page, 7 one line, 6 a block."""
    import tesserocr  # noqa: PLC0415  # only where the peer is installed

    return tesserocr.PyTessBaseAPI(path=str(Path(sys.prefix) / "share" / "tessdata"), lang="eng", psm=mode)
