"""Files that a test opened before, opened again without a process: the same bytes, whoever dropped them.

A file is opened in a child by whichever test comes first, in the whole run; the others get what that one got. For
tests about opening itself, and those that take its time, there is the reader of the program.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.reading.pages import OpenedFile
from pipeline.run.reader import Reader
from tests.shared import run_folder

MOST_BYTES = 4_000_000  # a born-digital page packs to a hundredth of its 8 MB, a scan hardly at all


class RememberingReader(Reader):
    """A reader that opens the same bytes once in a run of the tests."""

    @contextmanager
    def opened(self, path: Path) -> Iterator[OpenedFile]:
        asked = f"{self.allowed} ".encode() + path.read_bytes()
        kept = run_folder() / f"opened-{hashlib.sha256(asked).hexdigest()}"
        if not kept.exists():
            with super().opened(path) as opened:
                _remember(opened, kept)
                yield opened
            return
        with TemporaryDirectory(prefix="open-", dir=self._scratch) as folder:
            yield _recalled(kept, Path(folder))


def _remember(opened: OpenedFile, kept: Path) -> None:
    pictures = [zlib.compress(page.image.read_bytes(), 1) for page in opened.pages]
    if sum(map(len, pictures)) > MOST_BYTES:
        return
    part = kept.with_suffix(f".{os.getpid()}")
    part.write_bytes(pickle.dumps((opened, pictures)))
    part.rename(kept)


def _recalled(kept: Path, folder: Path) -> OpenedFile:
    opened, pictures = pickle.loads(kept.read_bytes())
    assert isinstance(opened, OpenedFile)
    pages = []
    for page, picture in zip(opened.pages, pictures, strict=True):
        image = folder / page.image.name
        image.write_bytes(zlib.decompress(picture))
        pages.append(replace(page, image=image))
    return replace(opened, pages=tuple(pages))
