"""Test pages with their truth: who filled which form, by what means, and what became of the sheet.

Everything comes from the paper mill of `tests/paper`, which shares no code with the program. A job is its
own seed: the same job makes the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import numpy as np

from bench.digits.sheets import HELD
from tests.paper import foreign_sites
from tests.paper.answers import Question, invented_answers, questions
from tests.paper.arrivals import Arrival, arrival
from tests.paper.byhand import Sheet
from tests.paper.casework import Case, Lists, Node, branch, invented_case, plain_yaml
from tests.paper.degrade import Severity
from tests.paper.families import Half, faces, typefaces
from tests.paper.fill import Spot, SpotKind, spots
from tests.paper.foreign import STYLES
from tests.paper.hands import Hand, invented_hand, typewriter
from tests.paper.realdigits import real_digits
from tests.paper.writing import Filled, boxes, printed_rows

FOREIGN = tuple(STYLES)
TEST_SEEDS = 500_000  # added to the seeds of the test half, so that no page of one half is in the other


MENDED = 0.15  # of the ticks on a page of script `real`: far more than people mend, to see enough of them

STRIKES = (0.5, 1.1)
"""How far a line through a wrong tick reaches over its box, in widths of the box: from short to long. At 0.7 for
everybody the bench asked for exactly what the program looks for, and one line in ten fell short of it by chance."""


class Script(StrEnum):
    """Who wrote: a machine, a person, or a person whose digits in combs are real and who mends some ticks."""

    TYPED = "typed"
    HAND = "hand"
    REAL = "real"


SEED_OF = {Script.TYPED: 5, Script.HAND: 4, Script.REAL: 6}


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
        whole = [*self.form.encode(), int(self.severity), SEED_OF[self.script], self.round]
        drawn = int(np.random.default_rng(whole).integers(TEST_SEEDS))
        return drawn + (TEST_SEEDS if self.half is Half.TEST else 0)

    @property
    def name(self) -> str:
        return f"{self.form} {self.severity.name.lower()} {self.script} {self.round}"


@dataclass(frozen=True, slots=True)
class Paper:
    """A filled form as it arrives. written: text by widget key of what stands there; all others are blank.

    mended: names of ticks of which one was struck out; that one's text is `struck`
    """

    job: Job
    case: Case
    drop: Arrival
    written: Mapping[str, str]
    signed: frozenset[str]
    mended: frozenset[str]


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
    mended = mistakes_of(job, spots(blank), filled.values) if job.script is Script.REAL else {}
    hand = hand_of(job)
    drop = arrival(blank, filled.values, hand, job.severity, job.seed, signed=filled.signed, mistakes=mended)
    return Paper(job, case, drop, _written(drop.sheets), frozenset(filled.signed), frozenset(mended))


def mistakes_of(job: Job, found: Iterable[Spot], values: Mapping[str, str]) -> dict[str, str]:
    """Ticks that were put in the wrong place first and struck out: name to the state of the struck one."""
    rng = np.random.default_rng([job.seed, 17])
    states: dict[str, list[str]] = {}
    for spot in found:
        if spot.kind is SpotKind.TICK:
            states.setdefault(spot.name, []).append(spot.on_state)
    mended: dict[str, str] = {}
    for name, known in states.items():
        others = [state for state in known if state != values.get(name)]
        if others and rng.random() < MENDED:
            mended[name] = others[int(rng.integers(len(others)))]
    return mended


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


def hand_of(job: Job) -> Hand:
    """Who fills the form in. Real digits are of the job's half; of the development half, those that the digit
    network was not trained on."""
    rng = np.random.default_rng([job.seed, 99])
    if job.script is Script.TYPED:
        machines = typefaces()
        return typewriter(machines[job.seed % len(machines)])
    hand = invented_hand(rng, faces(job.half))
    if job.script is Script.HAND:
        return hand
    part = HELD if job.half is Half.DEVELOPMENT else (0.0, 1.0)
    digits = real_digits(job.half, *part)
    slant, strike = float(rng.uniform(-5, 6)), float(rng.uniform(*STRIKES))
    return replace(hand, capitals=False, slant=slant, strike=strike, digits=digits)


def _written(sheets: tuple[Sheet, ...]) -> dict[str, str]:
    """What stands in each box; a tick by its own key, the text is then its state."""
    return {item.spot.key: item.text for sheet in sheets for item in sheet.written}
