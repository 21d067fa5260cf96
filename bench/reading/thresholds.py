"""What the thresholds of reading do: `python -m bench.reading.thresholds [--rounds N] [--forms …] [--write]`.

Makes papers of the development half, typed and by hand, and prints for every threshold how many boxes would be taken,
wrongly taken and asked about at values around the chosen one. With --write the figures at the chosen values are put
into pipeline/reading/thresholds.json; the values themselves only a person changes.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import fields
from pathlib import Path

import numpy as np

from bench.reading.__main__ import lacking, site_of, wanted_jobs
from bench.reading.decisions import Counted, Outcome, decisions, variants
from bench.reading.papers import Job
from pipeline.reading.fitted import THRESHOLDS, Thresholds, load_thresholds
from pipeline.values import Json
from tests.paper.families import Half

LEADING = {
    "ticks": "sure_empty",
    "lists": "lead",
    "known": "lead",
    "hands": "level_box",
    "looks": "stayed",
    "accents": "sure",
}
"""The threshold at whose chosen value a decision's boxes are counted for the file."""
APART = {"ticks": ("most_unmarked", "clear"), "hands": ("level_worn",)}
"""Thresholds that are asked of other boxes than the leading one."""
COMMAND = "python -m bench.reading.thresholds"


def options_of(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("--rounds", type=int, default=1, help="forms of each kind, severity and script")
    parser.add_argument("--half", type=Half, default=Half.DEVELOPMENT, help="no other than development")
    parser.add_argument("--forms", default="", help="names separated by commas; else all, foreign ones too")
    parser.add_argument("--severities", default="", help="clean,copier,bad_copy,photo")
    parser.add_argument("--scripts", default="typed,hand")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="put the figures into thresholds.json")
    parser.set_defaults(peers=0)
    return parser.parse_args(arguments)


def all_counted(todo: Sequence[Job], site: Path, cache: Path, workers: int) -> Counted:
    """The decisions on all papers together, with a line of progress on the error output."""
    whole = Counted()
    with ProcessPoolExecutor(workers) as pool:
        waiting = {pool.submit(decisions, job, site, cache): job.name for job in todo}
        for count, done in enumerate(as_completed(waiting), start=1):
            if failure := done.exception():
                print(f"\nFAILED {waiting[done]}: {type(failure).__name__} {failure}", flush=True)
                whole.failed += 1
            else:
                whole.update(done.result())
                whole.papers += 1
            print(f"\r{count} of {len(todo)} forms", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return whole


def row(whole: Counted, group: str, threshold: str, value: float) -> dict[str, int]:
    """How many boxes there are, and how many of them were taken, wrongly taken and asked about."""
    count = {outcome: whole.outcomes[group, threshold, value, outcome] for outcome in Outcome}
    return {
        "boxes": sum(count.values()),
        "taken": count[Outcome.TAKEN] + count[Outcome.WRONG],
        "wrong": count[Outcome.WRONG],
        "asked": count[Outcome.ASKED],
    }


def table(whole: Counted, rules: Thresholds) -> Iterator[str]:
    """For each threshold a line a value; the chosen value has a star."""
    for group in (each.name for each in fields(rules)):
        chosen = getattr(rules, group)
        last = ""
        for name, value, _ in variants(chosen):
            if name != last:
                yield ""
                yield f"{group + ' ' + name:24}{'taken':>8}{'wrong':>8}{'asked':>8}"
            last = name
            found = row(whole, group, name, value)
            star = "*" if value == getattr(chosen, name) else ""
            yield f"{value:>22}{star:2}{found['taken']:8}{found['wrong']:8}{found['asked']:8}"


def edges_of(whole: Counted, group: str) -> dict[str, Json]:
    """Of each figure how many there were, its ends, and what one in a hundred lies below and above."""
    found: dict[str, Json] = {}
    for (of, what), figures in sorted(whole.edges.items()):
        if of == group:
            least, low, middle, high, most = np.percentile(figures, [0, 1, 50, 99, 100]).round(4).tolist()
            found[what] = {
                "count": len(figures), "least": least, "low": low, "median": middle, "high": high, "most": most,
            }  # fmt: skip
    return found


def seen_at(whole: Counted, rules: Thresholds, group: str) -> dict[str, Json]:
    """The figures of one decision at its chosen values."""
    chosen = getattr(rules, group)
    seen: dict[str, Json] = {}
    for name in (LEADING[group], *APART.get(group, ())):
        figures: dict[str, Json] = dict(row(whole, group, name, getattr(chosen, name)))
        seen |= figures if name == LEADING[group] else {name: figures}
    return {**seen, "edges": edges_of(whole, group)}


def with_seen(
    data: Mapping[str, Mapping[str, Json]], whole: Counted, rules: Thresholds, command: str
) -> dict[str, Json]:
    """The file's contents with what was seen; the values stay as they are."""
    return {
        group: {
            "values": held["values"],
            "seen": {"command": command, "papers": whole.papers, **seen_at(whole, rules, group)},
        }
        for group, held in data.items()
    }


def told(options: argparse.Namespace) -> str:
    chosen = [f"--{name} {value}" for name in ("forms", "severities") if (value := getattr(options, name))]
    return " ".join([COMMAND, f"--rounds {options.rounds}", f"--scripts {options.scripts}", *chosen])


def main(arguments: Sequence[str]) -> int:
    options = options_of(arguments)
    if options.half is not Half.DEVELOPMENT:
        print("Thresholds are measured on the development half alone; the test half is for the figures.")
        return 2
    if lacks := lacking(options):
        print(lacks)
        return 4
    rules = load_thresholds()
    with tempfile.TemporaryDirectory() as folder:
        site = site_of(Path(folder))
        todo = wanted_jobs(site, options)
        whole = all_counted(todo, site, Path(folder) / "cache", options.workers)
    print(*table(whole, rules), sep="\n")
    for group in LEADING:
        print("", group, *(f"   {what}: {ends}" for what, ends in edges_of(whole, group).items()), sep="\n")
    if options.write and whole.failed:
        print("Nothing was written, since papers failed.")
        return 1
    if options.write:
        data = json.loads(THRESHOLDS.read_text(encoding="utf-8"))
        text = json.dumps(with_seen(data, whole, rules, told(options)), indent=1)
        THRESHOLDS.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
