"""A year of an office, reckoned from some people of a real one: their forms filed, their annual reviews made.

The reviews run as the command runs them: records from the ledger, documents filled, converted, proved, looked at,
put together for each recipient, deposited. Then once more with nothing changed, and with a few people's facts changed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path

from bench.rendering.measured import Spent, line, timed, timed_apart
from pipeline.model import Outcome
from pipeline.rendering.printed import RenderedWord
from pipeline.rendering.word import CompiledTemplate, compile_template
from pipeline.run.annual import (
    DOCUMENTS_TOGETHER,
    Review,
    ReviewResult,
    active_cases,
    annual_reviews,
    plan_ends,
)
from pipeline.run.packeting import draft_unless_made
from pipeline.run.rendered import FilledPacket
from pipeline.values import Month
from tests.rendering import samples
from tests.run.office import AnOffice, on_a_screen

PEOPLE, DOCUMENTS, CHANGED = 1_000, 5, 0.03
REVIEW = "annual-review"
FORMS = ("intake", "planning-worksheet")
NEWER = {"emergency_name": "Somebody Else", "form_date": "11262026"}
MOST_SEEDS = 3  # times the people wanted: some invented forms contradict themselves and are held
LETTER = "abcdefghij"


def measure_year(people: int) -> None:
    """Reckoned for a thousand people of five documents each, on two processors that have nothing else to do."""
    with _office_of(people) as (an_office, seeds):
        month, day = _month(an_office), an_office.office.today()
        documents = sum(
            len(_draft(an_office, case, day, scope).rendered)
            for case in active_cases(an_office.office)
            for scope in plan_ends(an_office.office.record(case, day))
        )
        whole, made = _reviewed(an_office, month, day, people)
        again, same = _reviewed(an_office, month, day, people)
        assert same == made
        # As many as one LibreOffice converts.
        few = min(people, round(DOCUMENTS_TOGETHER * people / documents))
        for seed in seeds[:few]:
            [part] = an_office.drop(on_a_screen("intake", seed, NEWER), f"newer-{seed}.pdf")
            assert part.outcome is Outcome.KEPT, part
        after, changed = _reviewed(an_office, month, day, people)
        differ = sum(before != now for before, now in zip(made, changed, strict=True))
        assert differ == few, (differ, few)
    year = whole * (PEOPLE * DOCUMENTS / documents)
    minutes = year.seconds(2) / 60
    line(
        f"{PEOPLE:,} people x {DOCUMENTS} documents on 2 processors",
        f"{minutes:.1f} min",
        "<= 20 min",
        f"from {documents} documents of {people} people; LibreOffice {year.children / 2 / 60:.1f} min of it",
        minutes <= 20,
    )
    unchanged = again * (1 / people)
    remade = (after - again) * (1 / few)
    rerun = (unchanged * PEOPLE + remade * (PEOPLE * CHANGED)).seconds(2)
    line(
        f"  made again on the same day with {CHANGED:.0%} changed",
        f"{rerun:.0f} s",
        "<= 60 s",
        f"{unchanged.whole * 1000:.0f} ms a person unchanged, {remade.whole:.2f} s a person changed",
        rerun <= 60,
    )


def _draft(an_office: AnOffice, case: str, day: date, scope: str) -> FilledPacket:
    draft = draft_unless_made(an_office.office, REVIEW, case, day, scope)
    assert isinstance(draft, FilledPacket), "nothing is made yet"
    return draft


def _reviewed(an_office: AnOffice, month: Month, day: date, people: int) -> tuple[Spent, list[ReviewResult]]:
    spent, results = timed_apart(lambda: list(annual_reviews(an_office.office, month, day)))
    made = [result for result in results if result.review is Review.MADE]
    assert len(made) == people, [result.why for result in results if result.review is Review.REFUSED]
    return spent, results


@contextmanager
def _office_of(people: int) -> Iterator[tuple[AnOffice, Sequence[int]]]:
    """An office with so many invented people whose forms are on file, and the seeds of these people."""
    with tempfile.TemporaryDirectory() as folder:
        an_office = AnOffice.at(Path(folder) / "office")
        seeds: list[int] = []
        for seed in range(1, people * MOST_SEEDS):
            parts = [an_office.drop(on_a_screen(form, seed), f"{form}-{seed}.pdf") for form in FORMS]
            if all(part.outcome is Outcome.KEPT for [part] in parts):
                seeds.append(seed)
            if len(seeds) == people:
                break
        assert len(seeds) == people, f"only {len(seeds)} people's forms were filed"
        yield an_office, seeds


def _month(an_office: AnOffice) -> Month:
    """The one in which everybody's plan year ends."""
    day = an_office.office.today()
    [month] = {
        Month.of(end)
        for case in active_cases(an_office.office)
        for end in plan_ends(an_office.office.record(case, day)).values()
    }
    return month


def measure_words(people: int) -> None:
    """Five Word documents of each person, filled in by one processor."""
    _filled(people)  # what is loaded and compiled once
    filling, _ = timed(lambda: [_filled(number) for number in range(people)])
    seconds = filling * PEOPLE / people
    line(
        f"  Word documents of {PEOPLE:,} people alone, one processor",
        f"{seconds:.0f} s",
        "<= 30 s",
        "",
        seconds <= 30,
    )


def _filled(number: int) -> list[RenderedWord]:
    """The documents of one invented person, whose name no other has."""
    last = "".join(LETTER[int(digit)] for digit in f"{number:04d}").title()
    record = samples.record({**samples.FULL, **samples.PLAN, "person.name.last": last}, samples.MONTHS)
    tasks = [*samples.words("waiver", record), *samples.words("isp", record)][-DOCUMENTS:]
    return [_template(task.template).render(task.context) for task in tasks]


@cache
def _template(path: Path) -> CompiledTemplate:
    return compile_template(path.read_bytes(), path.name)
