"""Tesseract alone on whole pages: paths in, what it cost out as JSON, for the same files as `worker`.

    python -m bench.reading.peer_worker SCRATCH FILE...

The pages are opened by the program, outside the time that counts; each is given whole, at its own resolution.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from bench.cost import cpu_now
from bench.reading.tesseract import tesseract
from bench.reading.worker import peak_megabytes
from pipeline.reading.pages import open_file


def main(arguments: Sequence[str]) -> int:
    scratch, *files = arguments
    engine = tesseract(3)
    pages, seconds = 0, 0.0
    for file in files:
        with tempfile.TemporaryDirectory(dir=scratch) as folder:
            for page in open_file(Path(file), Path(folder) / "opened").pages:
                picture = Image.fromarray(page.picture())
                before = cpu_now()
                engine.SetImage(picture)
                engine.SetSourceResolution(round(page.dpi))
                engine.Recognize()
                seconds += cpu_now() - before
                pages += 1
    json.dump({"pages": pages, "cpu_seconds": seconds, "megabytes": peak_megabytes()}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
