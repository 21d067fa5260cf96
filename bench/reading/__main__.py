"""How well forms are read: `python -m bench.reading [--rounds N] [--half test] [--forms …] [--peers SHARE]`.

Makes invented filled forms, all shipped ones and three foreign ones, in four severities, typed and by hand;
reads and checks them, and prints exact, asked and wrongly taken values by class beside Tesseract's. Half
`development` may be looked at while the program is changed; figures that count are of half `test`.

With `--from-corrections OUTBOX` nothing is made: it prints what an office's own people answered and mended.
"""

from __future__ import annotations

import argparse
import pickle
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import date
from itertools import chain
from pathlib import Path

from bench.reading.candidates import NAMES, Named, install_candidates, named_pages
from bench.reading.corrections import correction_lines, corrections_in
from bench.reading.costs import Costs, measured_workers
from bench.reading.measure import Measured, bench, measured
from bench.reading.office import Day, Pages, StruckTicks
from bench.reading.papers import FOREIGN, Job, Script, jobs
from bench.reading.results import Figures, as_json
from bench.reading.strange import shown_strange_pages
from bench.reading.tables import class_rows
from bench.reading.tesseract import available
from pipeline.archive import Archive
from pipeline.errors import ArchiveError
from pipeline.site import load_site
from tests.paper import foreign_sites
from tests.paper.families import Half, faces
from tests.paper.realdigits import real_digits

ROOT = Path(__file__).resolve().parents[2]


def options_of(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.reading", description=__doc__)
    parser.add_argument("--rounds", type=int, default=1, help="forms of each kind, severity and script")
    parser.add_argument("--half", type=Half, default=Half.TEST, choices=[Half.DEVELOPMENT, Half.TEST])
    parser.add_argument("--forms", default="", help="names separated by commas; else all, foreign ones too")
    parser.add_argument("--severities", default="", help="clean,copier,bad_copy,photo")
    parser.add_argument("--scripts", default="typed,hand,real", help="real: real digits, ticks struck out")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--peers", type=int, default=0, metavar="N", help="Tesseract on every N-th form; 0: none"
    )
    parser.add_argument(
        "--strange", action="store_true", help="also pages that are none of the forms, or of other forms"
    )
    parser.add_argument(
        "--cost", action="store_true", help="also memory and pages a minute of reading workers"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="all figures, for bench.reading.figures")
    parser.add_argument("--show", default="", help="list boxes: wrong, asked or both")
    parser.add_argument("--keep", type=Path, help="folder for the scans that were made")
    parser.add_argument(
        "--from-corrections",
        type=Path,
        metavar="OUTBOX",
        help="no pages are made: what people answered in this archive, as counts by form and field, no values",
    )
    parser.add_argument("--site", type=Path, default=ROOT, help="with it: the folder of the office's forms")
    parser.add_argument("--save", type=Path, help="file for all rows, to look at later")
    return parser.parse_args(arguments)


def site_of(folder: Path) -> Path:
    """The shipped site with the foreign forms added, and many more that a page might be taken for."""
    site = folder / "site"
    for name in ("forms", "schemas", "templates"):
        shutil.copytree(ROOT / name, site / name, ignore=shutil.ignore_patterns("samples"))
    for style in FOREIGN:
        foreign_sites.install(style, site)
    install_candidates(site)
    return site


def wanted_jobs(site: Path, options: argparse.Namespace) -> list[Job]:
    editions = {form.form: form.edition for form in load_site(site).forms.values()}
    editions = {name: edition for name, edition in editions.items() if name not in NAMES}
    names = options.forms.split(",") if options.forms else sorted(editions)
    scripts = tuple(Script(name) for name in options.scripts.split(","))
    severities = [name.strip().upper() for name in options.severities.split(",") if name.strip()]
    return [
        job
        for job in jobs({name: editions[name] for name in names}, options.half, options.rounds, scripts)
        if not severities or job.severity.name in severities
    ]


def all_measured(
    todo: Sequence[Job], site: Path, cache: Path, options: argparse.Namespace
) -> Iterable[Measured]:
    """Each job's figures as they come, with a line of progress on the error output."""
    with ProcessPoolExecutor(options.workers) as pool:
        waiting = {
            pool.submit(
                measured,
                job,
                site,
                cache,
                peers=bool(options.peers) and place % options.peers == 0,
                keep=options.keep,
            ): job
            for place, job in enumerate(todo)
        }
        for count, done in enumerate(as_completed(waiting), start=1):
            print(f"\r{count} of {len(todo)} forms", end="", file=sys.stderr, flush=True)
            failure = done.exception()
            if failure is None:
                yield done.result()
            else:
                print(f"\nFAILED {waiting[done].name}: {type(failure).__name__} {failure}", flush=True)
    print(file=sys.stderr)


def shown(done: Sequence[Measured], what: str) -> Iterable[str]:
    for one in done:
        for row in one.boxes:
            wrong = not row.right and not row.asked and not row.confirmed
            if (wrong and what in ("wrong", "both")) or (row.asked and what in ("asked", "both")):
                mark = "WRONG" if wrong else "ASKED"
                said = f"{row.truth!r} -> {row.read!r} {row.reason} {row.votes}"
                yield f"{mark} {row.job} {row.key} [{row.kind.name}] {said}"


def from_corrections(outbox: Path, site: Path) -> int:
    """What an office's own people corrected. 3: the archive cannot be read."""
    try:
        for line in correction_lines(corrections_in(Archive(outbox), load_site(site))):
            print(line)
    except ArchiveError as error:
        print(error, file=sys.stderr)
        return 3
    return 0


def figures_of(
    done: Sequence[Measured], todo: Sequence[Job], site: Path, cache: Path, options: argparse.Namespace
) -> Figures:
    """Everything that was asked for, measured and counted."""
    candidates = sum(form.map.pages for form in bench(site, cache).reader.catalogue.forms)
    strange = shown_strange_pages(site, cache, options.half) if options.strange else None
    named = list(named_pages(site, cache, options.half)) if options.strange else []
    return Figures(
        on=date.today().isoformat(),
        command=told(options),
        half=options.half.value,
        forms=len(done),
        failed=len(todo) - len(done),
        candidates=candidates,
        classes=class_rows(done),
        pages=Pages.of(done),
        struck=StruckTicks.of(done),
        costs=Costs.of(done),
        day=Day.of(done),
        strange=strange,
        named=tuple(Named.of(named, twins=twins) for twins in (False, True)) if named else (),
        workers=measured_workers(todo, site, cache) if options.cost else None,
    )


def told(options: argparse.Namespace) -> str:
    """The options that decide what is measured, as one would type them; no path of a machine."""
    words = [f"--rounds {options.rounds}", f"--half {options.half}"]
    words += [
        f"--{name} {value}"
        for name in ("forms", "severities", "scripts", "peers")
        if (value := getattr(options, name))
    ]
    return " ".join([*words, *(f"--{name}" for name in ("strange", "cost") if getattr(options, name))])


def lacking(options: argparse.Namespace) -> str:
    """What must be fetched first, in words; empty where all is there."""
    if options.peers and not available():
        return "Tesseract is not installed: pip install -r requirements-bench.txt, or leave --peers out."
    if not faces(options.half):
        return "The handwriting fonts are not there: python -m bench.fonts"
    if Script.REAL in options.scripts.split(",") and real_digits(options.half) is None:
        return "The real digits are not there: python -m bench.fonts, or leave `real` out of --scripts."
    return ""


def main(arguments: Sequence[str]) -> int:
    options = options_of(arguments)
    if options.from_corrections:
        return from_corrections(options.from_corrections, options.site)
    if lacks := lacking(options):
        print(lacks)
        return 4
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        site, cache = site_of(Path(folder)), Path(folder) / "cache"
        todo = wanted_jobs(site, options)
        done = sorted(all_measured(todo, site, cache, options), key=lambda one: one.job.name)
        if options.save:
            options.save.write_bytes(pickle.dumps(done))
        figures = figures_of(done, todo, site, cache, options)
        if options.json:
            options.json.write_text(as_json(figures))
        for line in chain(shown(done, options.show), figures.lines()):
            print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
