"""Our watcher with a reader that reads nothing, to measure what is not reading: python -m bench.inbox_served watch ...

All else is the program's own: settling, claim, archive with fsync, ledger, chain, the pipe to the child that reads,
STATUS.html. Every file is one separator page, so that it has an outcome and asks nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from pipeline import cli
from pipeline.model import PageMatch, Part, Reason

if TYPE_CHECKING:
    from pipeline.run.readpart import ReadPart


@contextmanager
def opened(self: object, path: Path) -> Iterator[Any]:
    yield SimpleNamespace(pages=(SimpleNamespace(number=1, widgets=()),), repaired=False, signed=False)


def parts(self: object, drop: str, *_: object) -> tuple[ReadPart, ...]:
    from pipeline.run.readpart import ReadPart  # noqa: PLC0415

    match = PageMatch(1, reason=Reason.SEPARATOR_PAGE)
    return (ReadPart(Part(drop, (1,), (match,)), (), (), ()),)


if __name__ == "__main__":
    cli.main()
elif __name__ == "__mp_main__":  # in a child that reads; the watcher itself loads no reader, as in earnest
    from pipeline.run.reader import Reader

    Reader.opened, Reader.parts = opened, parts  # type: ignore[method-assign, assignment]
