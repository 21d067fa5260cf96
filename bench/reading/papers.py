"""Test pages with their truth: who filled which form, by what means, and what became of the sheet.

Everything comes from the paper mill of `tests/paper`, which shares no code with the program. A job is its
own seed: the same job makes the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from tests.paper import foreign_sites
from tests.paper.answers import Question, invented_answers, questions
from tests.paper.arrivals import Arrival, arrival
from tests.paper.byhand import Sheet
from tests.paper.casework import Case, Lists, Node, branch, invented_case, plain_yaml
from tests.paper.degrade import Severity
from tests.paper.families import Half, faces, typefaces
from tests.paper.fill import spots
from tests.paper.foreign import STYLES
from tests.paper.hands import Hand, invented_hand, typewriter
from tests.paper.writing import Filled, boxes, printed_rows

FOREIGN = tuple(STYLES)
TEST_SEEDS = 500_000  # added to the seeds of the test half, so that no page of one half is in the other


class Script(StrEnum):
    """Who wrote: a machine, or a person."""

    TYPED = "typed"
    HAND = "hand"


@dataclass(frozen=True, slots=True)
class Job:
    """One filled form to be read. round: counts forms of the same kind, severity and script from 0."""

    form: str
    edition: str
    severity: Severity
    script: Script
    half: Half
    round: int

    @property
    def seed(self) -> int:
        whole = [*self.form.encode(), int(self.severity), len(self.script), self.round]
        drawn = int(np.random.default_rng(whole).integers(TEST_SEEDS))
        return drawn + (TEST_SEEDS if self.half is Half.TEST else 0)

    @property
    def name(self) -> str:
        return f"{self.form} {self.severity.name.lower()} {self.script} {self.round}"


@dataclass(frozen=True, slots=True)
class Paper:
    """A filled form as it arrives. written: text by widget key of what stands there; all others are blank."""

    job: Job
    case: Case
    drop: Arrival
    written: Mapping[str, str]
    signed: frozenset[str]


def jobs(forms: Mapping[str, str], half: Half, rounds: int, scripts: tuple[Script, ...]) -> Iterator[Job]:
    """Every form in every severity and script, `rounds` times. forms: name to edition."""
    for count in range(rounds):
        for form, edition in forms.items():
            for severity in Severity:
                for script in scripts:
                    yield Job(form, edition, severity, script, half, count)


def make_paper(job: Job, site: Path) -> Paper:
    """The form filled in, scanned or photographed. site: the folder whose blanks and schemas are used."""
    lists = Lists.of(site / "schemas")
    blank = site / "forms" / job.form / job.edition / "blank.pdf"
    case = invented_case(job.seed, lists)
    filled = _filled(job, case, lists, blank, site)
    drop = arrival(blank, filled.values, _hand(job), job.severity, job.seed, signed=filled.signed)
    return Paper(job, case, drop, _written(drop.sheets), frozenset(filled.signed))


def _filled(job: Job, case: Case, lists: Lists, blank: Path, site: Path) -> Filled:
    found = spots(blank)
    if job.form in FOREIGN:
        schema: dict[str, Node] = foreign_sites.schema(job.form)
        asked: tuple[Question, ...] = questions(branch(schema, "fields"), lists)
        answers = invented_answers(schema, case, lists, printed={})
        return foreign_sites.mapped_boxes(job.form, answers, asked, found, on_paper=True)
    schema = plain_yaml(site / "schemas" / f"{job.form}.yaml")
    asked = questions(branch(schema, "fields"), lists)
    answers = invented_answers(schema, case, lists, printed=printed_rows(found))
    return boxes(answers, asked, found, on_paper=True)


def _hand(job: Job) -> Hand:
    rng = np.random.default_rng([job.seed, 99])
    if job.script is Script.TYPED:
        machines = typefaces()
        return typewriter(machines[job.seed % len(machines)])
    return invented_hand(rng, faces(job.half))


def _written(sheets: tuple[Sheet, ...]) -> dict[str, str]:
    """What stands in each box; a tick by its own key, the text is then its state."""
    return {item.spot.key: item.text for sheet in sheets for item in sheet.written}
