"""Workers that only read: paths in, what it cost out as JSON. No paper mill and no Tesseract in their memory.

    python -m bench.reading.worker SITE CACHE ON_FILE WORKERS FILE...

Each worker loads blanks and models before its first file; that is told apart. WORKERS 1 reads in this process,
more in the program's own pool of processes.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from bench.cost import cpu_now
from pipeline.run.onfile import OnFile
from pipeline.run.reader import Reader
from pipeline.site import load_site

YEAR = 2026


@dataclass(frozen=True, slots=True)
class Task:
    """One file to be read, and with what."""

    site: str
    cache: str
    on_file: str
    path: str


@dataclass(frozen=True, slots=True)
class Spent:
    """One file. began, ended: seconds of one clock for all processes; start_seconds: CPU to load blanks and models."""

    pages: int
    cpu_seconds: float
    began: float
    ended: float
    start_seconds: float
    megabytes: float
    worker: int


@cache
def loaded(site: str, cache_folder: str) -> tuple[Reader, float]:
    """The reader with blanks and models in memory, and the CPU seconds that took."""
    before = cpu_now()
    reader = Reader(load_site(Path(site)), Path(cache_folder), Path(cache_folder) / "scratch")
    assert reader.catalogue.forms
    assert reader.readers.ready
    return reader, cpu_now() - before


def read_file(task: Task) -> Spent:
    """The file read with everybody on file in mind; all it made is thrown away."""
    reader, start_seconds = loaded(task.site, task.cache)
    people = on_file(Path(task.on_file))
    before, began = cpu_now(), time.monotonic()
    with reader.opened(Path(task.path)) as opened:
        reader.parts("DROP", opened, YEAR, people)
        pages = len(opened.pages)
    return Spent(
        pages, cpu_now() - before, began, time.monotonic(), start_seconds, peak_megabytes(), os.getpid()
    )


@cache
def on_file(path: Path) -> OnFile:
    known: Mapping[str, list[list[str]]] = json.loads(path.read_text())
    return OnFile(
        tuple((first, last) for first, last in known["names"]),
        tuple(date.fromisoformat(day) for (day,) in known["birth_dates"]),
        {place: tuple(values) for place, *values in known["ids"]},
    )


def peak_megabytes() -> float:
    """The most memory this process ever held.

    From /proc where it is there: getrusage also counts what the process that started this one held.
    """
    try:
        status = Path("/proc/self/status").read_text()
    except FileNotFoundError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def main(arguments: Sequence[str]) -> int:
    site, cache_folder, people, workers, *files = arguments
    tasks = [Task(site, cache_folder, people, file) for file in files]
    if int(workers) == 1:
        spent = [read_file(task) for task in tasks]
    else:
        with ProcessPoolExecutor(int(workers), get_context("spawn")) as pool:
            spent = list(pool.map(read_file, tasks))
    strangers = sorted(name for name in ("tests.paper", "tesserocr") if name in sys.modules)
    json.dump({"spent": [asdict(each) for each in spent], "strangers": strangers}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
