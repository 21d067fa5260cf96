"""Our watcher with a reader that reads nothing, to measure what is not reading: python -m bench.inbox_served watch ...

All else is the program's own: settling, claim, archive with fsync, ledger, chain, STATUS.html. Every file is one
separator page, so that it has an outcome and asks nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pipeline import cli
from pipeline.model import PageMatch, Part, Reason
from pipeline.run.reader import Reader, ReadPart


@contextmanager
def opened(self: Reader, path: Path) -> Iterator[Any]:
    yield SimpleNamespace(pages=(SimpleNamespace(number=1, widgets=()),), repaired=False, signed=False)


def parts(self: Reader, drop: str, *_: object) -> tuple[ReadPart, ...]:
    match = PageMatch(1, reason=Reason.SEPARATOR_PAGE)
    return (ReadPart(Part(drop, (1,), (match,)), (), (), ()),)


if __name__ == "__main__":
    Reader.opened, Reader.parts = opened, parts  # type: ignore[method-assign, assignment]
    cli.main()
