"""What reading costs: CPU seconds a page by script and form, and workers that only read, beside Tesseract."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.reading.measure import CASELOAD, Measured
from bench.reading.papers import Job, Script, make_paper
from bench.reading.tesseract import available
from bench.reading.worker import Spent
from pipeline.site import load_site
from tests.paper.degrade import Severity
from tests.paper.people import invented_person

ROOT = Path(__file__).resolve().parents[2]
LEAST_PAGES = 24  # read by the pool
POOL = 2


@dataclass(frozen=True, slots=True)
class CostRow:
    """Pages of one script, of one form or (form empty) of all. Boxes and ticks are those printed on them."""

    script: str
    form: str
    pages: int
    text_boxes: int
    ticks: int
    cpu_seconds: float


@dataclass(frozen=True, slots=True)
class Costs:
    """rows: of the bench itself. peer_*: CPU seconds a page of Tesseract on every N-th form, on so many pages."""

    rows: tuple[CostRow, ...]
    peer_pages: int
    peer_page_seconds: float
    peer_box_seconds: float

    @classmethod
    def of(cls, done: Sequence[Measured]) -> Costs:
        with_peers = [one for one in done if one.peer_seconds != (0.0, 0.0)]
        pages = sum(len(one.pages) for one in with_peers)
        whole = sum(one.peer_seconds[0] for one in with_peers) / max(1, pages)
        boxes = sum(one.peer_seconds[1] for one in with_peers) / max(1, pages)
        return cls(tuple(_rows(done)), pages, whole, boxes)

    def lines(self) -> Iterator[str]:
        yield ""
        yield f"{'CPU seconds a page':34}{'pages':>7}{'text boxes':>12}{'ticks':>7}{'seconds':>9}"
        for row in self.rows:
            each = f"{row.text_boxes / row.pages:12.1f}{row.ticks / row.pages:7.1f}"
            title = f"{row.script} {row.form}".strip()
            yield f"  {title:32}{row.pages:7}{each}{row.cpu_seconds / row.pages:9.2f}"
        if self.peer_pages:
            yield (
                f"CPU seconds a page, Tesseract: whole page {self.peer_page_seconds:.2f}, box by box "
                f"{self.peer_box_seconds:.2f} (on {self.peer_pages} of the pages)"
            )


def _rows(done: Sequence[Measured]) -> Iterator[CostRow]:
    groups: dict[tuple[str, str], list[Measured]] = defaultdict(list)
    for script in (Script.TYPED, Script.HAND):
        for one in done:
            if one.job.script is script:
                groups[script.value, ""].append(one)
        for one in done:
            if one.job.script is script:
                groups[script.value, one.job.form].append(one)
    for (script_name, form), mine in groups.items():
        pages = sum(len(one.pages) for one in mine)
        if pages:
            boxes, ticks = sum(one.text_boxes for one in mine), sum(one.ticks for one in mine)
            yield CostRow(script_name, form, pages, boxes, ticks, sum(one.seconds for one in mine))


# --- workers that only read -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Workers:
    """One worker alone, then a pool. seconds: CPU a page; *_pages: how many were read; megabytes: of one worker.

    start_seconds: CPU before its first page. a_minute: pages by the clock, of a machine that others may use too;
    a_minute_by_cpu: what two whole processors would read. tesseract_*: the whole pages of the same files, CPU
    seconds a page and its own peak memory; 0 where it is not installed.
    """

    typed_pages: int
    typed_seconds: float
    hand_pages: int
    hand_seconds: float
    start_seconds: float
    megabytes: float
    pool_pages: int
    pool_workers: int
    a_minute: float
    a_minute_by_cpu: float
    tesseract_seconds: float
    tesseract_megabytes: float

    def lines(self) -> Iterator[str]:
        yield ""
        yield (
            f"One worker that only reads: CPU seconds a page, typed {self.typed_seconds:.2f} ({self.typed_pages} "
            f"pages), hand {self.hand_seconds:.2f} ({self.hand_pages} pages); at its start "
            f"{self.start_seconds:.1f}; peak memory {self.megabytes:.0f} MB"
        )
        yield (
            f"{self.pool_workers} such workers, {self.pool_pages} pages: {self.a_minute:.0f} pages a minute by the "
            f"clock, {self.a_minute_by_cpu:.0f} on {self.pool_workers} processors of their own"
        )
        if self.tesseract_seconds:
            yield (
                f"Tesseract, the same pages whole: {self.tesseract_seconds:.2f} CPU seconds a page, "
                f"peak memory {self.tesseract_megabytes:.0f} MB"
            )


def measured_workers(todo: Sequence[Job], site: Path, cache: Path) -> Workers:
    """Files of some of these jobs, typed and by hand, read by workers of their own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        people = folder / "people.json"
        people.write_text(json.dumps(on_file_json(site)))
        files = {script: made_files(todo, script, site, folder) for script in (Script.TYPED, Script.HAND)}
        common = [str(site), str(cache), str(people)]
        typed, hand = (_read([*common, "1", *paths]) for paths in files.values())
        every = [path for paths in files.values() for path in paths]
        pool = _read([*common, str(POOL), *every])
        peer = _run("peer_worker", [str(folder), *every]) if available() else {}
    alone = typed + hand
    spent = max(each.ended for each in pool) - min(each.began for each in pool)
    return Workers(
        typed_pages=_pages(typed),
        typed_seconds=_a_page(typed),
        hand_pages=_pages(hand),
        hand_seconds=_a_page(hand),
        start_seconds=max(each.start_seconds for each in alone),
        megabytes=max(each.megabytes for each in alone),
        pool_pages=_pages(pool),
        pool_workers=len({each.worker for each in pool}),
        a_minute=60 * _pages(pool) / spent,
        a_minute_by_cpu=60 * POOL / _a_page(pool),
        tesseract_seconds=float(str(peer["cpu_seconds"])) / _pages(pool) if peer else 0.0,
        tesseract_megabytes=float(str(peer["megabytes"])) if peer else 0.0,
    )


def made_files(todo: Sequence[Job], script: Script, site: Path, folder: Path) -> list[str]:
    """Files of this script, every severity and form in turn, until they have half of the pages wanted."""
    mine = [job for job in todo if job.script is script and job.round == 0]
    order = sorted(mine, key=lambda job: ((list(Severity).index(job.severity) + len(job.form)) % 4, job.name))
    paths: list[str] = []
    pages = 0
    for job in order:
        if pages * 2 >= LEAST_PAGES:
            break
        paper = make_paper(job, site)
        path = folder / f"{job.name.replace(' ', '-')}{paper.drop.suffix}"
        path.write_bytes(paper.drop.data)
        paths.append(str(path))
        pages += len(paper.drop.sheets)
    return paths


def on_file_json(site: Path) -> dict[str, list[list[str]]]:
    """Everybody on file, for a process that has no paper mill to invent them."""
    people = [invented_person(7_000_000 + place) for place in range(CASELOAD)]
    loaded = load_site(site)
    numbers = {
        schema.fields[name].record: loaded.program.identifiers[schema.fields[name].pattern].pattern
        for schema in loaded.schemas.values()
        for name in schema.person.ids
    }
    return {
        "names": [[person.first, person.last] for person in people],
        "birth_dates": [[person.birth_date.isoformat()] for person in people],
        "ids": [
            [place, *(person.identifier(pattern) for person in people)] for place, pattern in numbers.items()
        ],
    }


def _read(arguments: Sequence[str]) -> list[Spent]:
    said = _run("worker", arguments)
    assert said["strangers"] == [], "a worker that only reads has more in its memory"
    spent = said["spent"]
    assert isinstance(spent, list)
    return [Spent(**each) for each in spent]


def _run(module: str, arguments: Sequence[str]) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", f"bench.reading.{module}", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


def _pages(spent: Sequence[Spent]) -> int:
    return sum(each.pages for each in spent)


def _a_page(spent: Sequence[Spent]) -> float:
    return sum(each.cpu_seconds for each in spent) / max(1, _pages(spent))
