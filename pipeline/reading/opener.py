"""Opens one untrusted file and hands back grey pictures, words and widget values. Runs as a child.

`python -m pipeline.reading.opener FILE SCRATCH SECONDS SECONDS_A_PAGE` limits its own memory, processor time and
files and raises its fence before any parser is loaded, writes pictures as `.npy` and its answer as `answer.json` into
SCRATCH, and says nothing else: what parsers print may quote the file. A wrong file is an answer, not a crash.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.errors import DropError
from pipeline.model import Reason
from pipeline.reading import limits
from pipeline.reading.fence import no_core, raise_fence
from pipeline.reading.limits import CpuTime, FileType

AllowTime = Callable[[int, Path], None]


@dataclass(slots=True)
class PageAnswer:
    """One page as the child found it. Sizes and boxes in points of the page as displayed, top left origin."""

    number: int
    width: float
    height: float
    dpi: float = 0.0
    image: str = ""
    shape: tuple[int, int] = (0, 0)
    scanned: bool = False
    marked: bool = False
    undecoded: bool = False
    words: list[tuple[str, float, float, float, float]] = field(default_factory=list)
    widgets: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Answer:
    """The whole answer: pages, or what a Word document of ours says, or the reason why there is neither."""

    kind: str = ""
    error: str = ""
    detail: str = ""
    repaired: bool = False
    signed: bool = False
    pages: list[PageAnswer] = field(default_factory=list)
    word: dict[str, Any] | None = None


def limit_self(time: CpuTime) -> None:
    """Caps on this process, taken before a parser sees a byte. No limit on processes: the system counts
    all of a user's, and a busy account would be refused its own readers."""
    for kind, cap in (
        (resource.RLIMIT_AS, limits.MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, limits.OUTPUT_FILE_BYTES),
        (resource.RLIMIT_NOFILE, limits.OPEN_FILES),
    ):
        resource.setrlimit(kind, (cap, cap))
    resource.setrlimit(resource.RLIMIT_CPU, (time.of(0), time.of(limits.MAX_PAGES)))
    no_core()


def allow_time_for(time: CpuTime, pages: int, scratch: Path) -> None:
    """More time for an honest long file, once its pages are counted. The parent, who holds the watch, is told."""
    with limits.writing_scratch():
        (scratch / limits.COUNT_FILE).write_text(str(pages), encoding="ascii")
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (min(time.of(pages), hard), hard))


def open_untrusted(path: Path, scratch: Path, allow_time: AllowTime) -> Answer:
    """The pages of the file. Raises DropError with a `Reason` where it cannot be used."""
    size = path.stat().st_size
    if size == 0:
        raise DropError(Reason.EMPTY_FILE)
    if size > limits.MAX_FILE_BYTES:
        raise DropError(Reason.TOO_LARGE, "bytes")
    whole = path.read_bytes()
    kind = limits.file_type(whole[:2048], whole)
    if kind is FileType.WORD:
        return word_answer(whole)
    if kind is FileType.OTHER:
        raise DropError(Reason.UNSUPPORTED_TYPE)
    if not limits.ends_as_it_should(kind, whole):
        raise DropError(Reason.TRUNCATED)
    # Parsers are loaded only now, under the limits, and only the ones this file needs.
    if kind is FileType.PDF:
        from pipeline.reading.opener_pdf import pdf_pages  # noqa: PLC0415

        return pdf_pages(path, scratch, allow_time)
    from pipeline.reading.opener_image import image_pages  # noqa: PLC0415

    return Answer(kind=kind, pages=image_pages(path, scratch, allow_time))


def word_answer(data: bytes) -> Answer:
    """What a Word document says that may be one of ours. Raises DropError for all others: none of them is read."""
    from pipeline.reading.wordfile import word_text  # noqa: PLC0415

    try:
        word = word_text(data)
    except (Exception, MemoryError) as error:
        raise DropError(Reason.WORD_RETURN, type(error).__name__) from None
    if not word.may_be_ours:
        raise DropError(Reason.WORD_RETURN)
    return Answer(kind=FileType.WORD, word=asdict(word))


def main(arguments: list[str]) -> int:
    path, scratch = Path(arguments[0]), Path(arguments[1])
    time = CpuTime(*map(int, arguments[2:]))
    limit_self(time)
    raise_fence([path], scratch)
    sys.setrecursionlimit(2_000)
    try:
        answer = told(path, scratch, time)
        with limits.writing_scratch():
            (scratch / "answer.json").write_text(json.dumps(asdict(answer)), encoding="ascii")
    except limits.ScratchFailed:
        return limits.SCRATCH_FAILED
    return 0


def told(path: Path, scratch: Path, time: CpuTime) -> Answer:
    """The pages, or why there are none."""
    try:
        return open_untrusted(path, scratch, partial(allow_time_for, time))
    except DropError as error:
        return Answer(error=error.reason, detail=error.detail)
    except limits.ScratchFailed:
        raise
    except (Exception, MemoryError, RecursionError) as error:
        # Parsers raise everything on broken files (TypeError, KeyError, AssertionError were all measured);
        # only the class is told, because the message may quote the paper.
        return Answer(error=Reason.DAMAGED, detail=type(error).__name__)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
