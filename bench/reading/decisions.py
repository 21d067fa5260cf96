"""Every decision by a threshold on one paper, under the chosen values and under others near them.

Only the decision itself is looked at, not the doubts that come after it: a listed value that is clear may still be
asked about because the copy is worn. Papers of the test half are refused.
"""

from __future__ import annotations

import math
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import cv2

from bench.reading.classes import same
from bench.reading.measure import TODAY, Bench, bench, caseload
from bench.reading.papers import Job, Paper, Script, make_paper
from bench.reading.rows import truth_of
from pipeline.identify import split_parts
from pipeline.model import Part, Widget, WidgetKind
from pipeline.reading.boxes import WORDS
from pipeline.reading.decode import free
from pipeline.reading.fields import PageReader
from pipeline.reading.fitted import (
    AccentRules,
    HandRules,
    KnownRules,
    ListRules,
    LookRules,
    Thresholds,
    TickRules,
    load_thresholds,
)
from pipeline.reading.hands import LEAST_LETTERS, is_type_throughout, is_typed, median_feet, script_of
from pipeline.reading.hands import Script as Standing
from pipeline.reading.ink import Filling, strokes_in
from pipeline.reading.known import meant_value
from pipeline.reading.laid import is_punched
from pipeline.reading.lines import as_line
from pipeline.reading.matching import match_pages
from pipeline.reading.opinions import LISTED, best_of_list, list_for, opinion_of
from pipeline.reading.pages import OpenedFile
from pipeline.reading.pictures import Grey
from pipeline.reading.recogniser import Probabilities
from pipeline.reading.texts import looked_at, read_line, second_looks
from pipeline.reading.ticks import Look, decided, look_at
from pipeline.reading.together import expectation_of
from pipeline.values import Expectation, Kind
from tests.paper.families import Half

FACTORS = (0.5, 0.75, 1.0, 1.25, 1.5)
STEPS = {
    "clear": (0.9, 0.95, 1.0),
    "sure": (0.5, 0.8, 0.9, 0.95, 0.98),
    "stayed": (1, 2, 3, 4),
    "came": (1, 2, 3, 4),
}
ANY_MEANT = KnownRules(0.0, math.inf)
Rules = TypeVar("Rules", TickRules, ListRules, KnownRules, HandRules, LookRules, AccentRules)


class Outcome(StrEnum):
    """Of one box: taken and right, taken and wrong, asked about; or rightly left, as writing that is not type."""

    TAKEN = "taken"
    WRONG = "wrong"
    ASKED = "asked"
    LEFT = "left"


Key = tuple[str, str, float, Outcome]


@dataclass(slots=True)
class Counted:
    """outcomes: boxes by decision, threshold, value and outcome; edges: figures by decision and what they are of."""

    outcomes: Counter[Key] = field(default_factory=Counter)
    edges: defaultdict[tuple[str, str], list[float]] = field(default_factory=partial(defaultdict, list))
    papers: int = 0
    failed: int = 0

    def add(self, group: str, threshold: str, value: float, outcome: Outcome) -> None:
        self.outcomes[group, threshold, value, outcome] += 1

    def edge(self, group: str, what: str, figure: float) -> None:
        if math.isfinite(figure):
            self.edges[group, what].append(figure)

    def update(self, other: Counted) -> None:
        self.outcomes.update(other.outcomes)
        for key, figures in other.edges.items():
            self.edges[key].extend(figures)


def variants(rules: Rules) -> Iterator[tuple[str, float, Rules]]:
    """The rules with each threshold in turn at values around the chosen one, which is among them."""
    for name in (each.name for each in fields(rules)):
        chosen = getattr(rules, name)
        for value in STEPS.get(name) or [round(chosen * factor, 4) for factor in FACTORS]:
            changed: dict[str, Any] = {name: value}
            yield name, value, replace(rules, **changed)


def taken(right: bool) -> Outcome:
    return Outcome.TAKEN if right else Outcome.WRONG


def decisions(job: Job, site: Path, cache_folder: Path) -> Counted:
    """The paper made, found and every one of its decisions counted. Raises ValueError for the test half."""
    if job.half is not Half.DEVELOPMENT:
        raise ValueError("Thresholds are measured on the development half alone.")
    work, paper = bench(site, cache_folder), make_paper(job, site)
    counted = Counted()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"scan{paper.drop.suffix}"
        path.write_bytes(paper.drop.data)
        with work.reader.opened(path) as opened:
            for part in split_parts("DROP", match_pages(opened, work.reader.catalogue)):
                if part.form == job.form:
                    PartSeen(work, paper, counted).count(opened, part)
    return counted


class PartSeen:
    """One part of the paper, whose boxes of type are judged once all its pages were seen."""

    def __init__(self, work: Bench, paper: Paper, counted: Counted) -> None:
        self.work, self.paper, self.counted = work, paper, counted
        self.rules: Thresholds = load_thresholds()
        self.expects: Mapping[str, Expectation] = expected_on(work, paper)
        self.who = "typed" if paper.job.script is Script.TYPED else "by hand"

    def count(self, opened: OpenedFile, part: Part) -> None:
        known = self.work.reader.catalogue.find(part.form, part.edition)
        assert known is not None
        pages: list[list[Standing]] = []
        for match in part.matches:
            if match.reason is None:
                reader = PageReader(opened.page(match.source_page), match, known, self.work.reader.readers)
                boxes = [widget for widget in known.map.on_page(match.page) if widget.field]
                found = [self.box(reader, widget) for widget in boxes]
                pages.append([standing for standing in found if standing is not None])
                reader.let_go()
        self.hands(pages)

    def box(self, reader: PageReader, widget: Widget) -> Standing | None:
        """The box counted; how its ink stands, of a text box with ink."""
        if widget.kind is WidgetKind.TICK:
            self.tick(look_at(reader.laid, widget.box), truth_of(self.paper, widget))
        if widget.kind is not WidgetKind.TEXT:
            return None
        cut = reader.laid.cut(widget.box)
        strokes = strokes_in(cut)
        line = as_line(strokes)
        if cut.hidden or is_punched(cut) or strokes.filling is Filling.BLANK or line is None:
            return None
        standing = script_of(strokes)
        expect = expectation_of(widget, self.expects)
        if not (widget.comb or widget.multiline) and expect.kind in WORDS | LISTED:
            self.line(line, expect, truth_of(self.paper, widget), standing)
        return standing if truth_of(self.paper, widget) else None

    def tick(self, look: Look, truth: str) -> None:
        """What is weak, and what is a clear mark, is counted of doubtful boxes and of marks alone."""
        if look.cut.hidden:
            return
        for name, value, rules in variants(self.rules.ticks):
            tick = decided(look, rules)
            doubtful = tick.text == "doubtful"
            if name == "most_unmarked" and doubtful:
                outcome = taken(truth == "off") if tick.weak else Outcome.ASKED
            elif name in ("threshold", "clear") and tick.text == "on":
                outcome = taken(truth == "on") if tick.confidence >= rules.clear else Outcome.ASKED
            elif name in ("sure_empty", "sure_marked"):
                outcome = Outcome.ASKED if doubtful else taken(tick.text == truth)
            else:
                continue
            self.counted.add("ticks", name, value, outcome)
        if not (look.struck or look.streaked or look.cut.faded):
            self.counted.edge(
                "ticks", f"share of ink, {'marked' if truth == 'on' else 'unmarked'}", look.share
            )

    def line(self, line: Grey, expect: Expectation, truth: str, standing: Standing) -> None:
        seen = looked_at(line, self.work.reader.readers)
        if not any(free(each).text for each in seen):
            return  # dirt: nobody reads anything there
        if expect.kind in LISTED and list_for(expect):
            self.listed(seen, expect, truth)
        if expect.kind is Kind.PERSON_NAME and expect.known:
            self.named(seen, expect, truth)
        if expect.kind in WORDS:
            self.words(line, seen, expect, truth, standing)

    def listed(self, seen: tuple[Probabilities, ...], expect: Expectation, truth: str) -> None:
        found = [best for each in seen if (best := best_of_list(each, expect, free(each))) is not None]
        agree = len(found) == len(seen) and len({best.value for best in found}) == 1
        right = agree and same(truth, found[0].value, expect)
        for name, value, rules in variants(self.rules.lists):
            clear = agree and any(best.is_clear(rules) for best in found)
            self.counted.add("lists", name, value, taken(right) if clear else Outcome.ASKED)
        if agree:
            self.clearness("lists", right, max(best.lead for best in found), min(best.far for best in found))

    def named(self, seen: tuple[Probabilities, ...], expect: Expectation, truth: str) -> None:
        said = [opinion_of(each, expect, ()).text for each in seen]
        meant = meant_value(seen, expect.known, said, ANY_MEANT)
        right = meant is not None and same(truth, meant.value, expect)
        for name, value, rules in variants(self.rules.known):
            clear = meant is not None and meant.is_clear(rules)
            self.counted.add("known", name, value, taken(right) if clear else Outcome.ASKED)
        if meant is not None:
            self.clearness("known", right, meant.lead, meant.far)

    def clearness(self, group: str, right: bool, lead: float, far: float) -> None:
        self.counted.edge(group, f"lead, {'right' if right else 'wrong'}", lead)
        self.counted.edge(group, f"far, {'right' if right else 'wrong'}", far)

    def words(
        self,
        line: Grey,
        seen: tuple[Probabilities, ...],
        expect: Expectation,
        truth: str,
        standing: Standing,
    ) -> None:
        """Accents that both readers see, and second looks, which are enough for type alone."""
        read = read_line(line, expect, self.work.reader.readers, seen=seen)
        texts = {vote.text for vote in read.votes}
        if len(texts) == 1 and not read.votes[0].text.isascii():
            right = same(truth, read.votes[0].text, Expectation(Kind.TEXT))
            for name, value, accents in variants(self.rules.accents):
                sure = read.confidence >= accents.sure
                self.counted.add("accents", name, value, taken(right) if sure else Outcome.ASKED)
            self.counted.edge(
                "accents", f"confidence, {self.who}, {'right' if right else 'wrong'}", read.confidence
            )
        if self.paper.job.script is not Script.TYPED or standing.feet > self.rules.hands.level_box:
            return
        looks = second_looks(read, line, expect, self.work.reader.readers)
        if looks is None:
            return
        right = same(truth, read.text, Expectation(Kind.TEXT))
        for name, value, rules in variants(self.rules.looks):
            enough = looks[0] >= rules.stayed and looks[1] >= rules.came
            self.counted.add("looks", name, value, taken(right) if enough else Outcome.ASKED)
        for what, count in zip(("stayed", "came"), looks, strict=True):
            self.counted.edge("looks", f"{what}, {'right' if right else 'wrong'}", count)

    def hands(self, pages: list[list[Standing]]) -> None:
        """Every written box judged among those of its page and form; a whole form where the rule is for a whole."""
        form = [standing for page in pages for standing in page]
        typed = self.paper.job.script is Script.TYPED
        for name, value, rules in variants(self.rules.hands):
            if name in ("level_worn", "straight_worn"):
                self.counted.add("hands", name, value, of_type(typed, is_type_throughout(form, form, rules)))
                continue
            for page in pages:
                for standing in page:
                    believed = is_typed(standing, page, form, rules)
                    self.counted.add("hands", name, value, of_type(typed, believed))
        for standing in form:
            self.counted.edge("hands", f"straight, {self.who}", standing.straight)
            if standing.letters >= LEAST_LETTERS:
                self.counted.edge("hands", f"feet, {self.who}", standing.feet)
        for what, group in (("form", [form]), ("page", pages)):
            for standings in group:
                if (strays := median_feet(standings)) is not None:
                    self.counted.edge("hands", f"feet of a {what}, {self.who}", strays)


def of_type(typed: bool, believed: bool) -> Outcome:
    """Type that is taken for a hand's is asked about more; a hand taken for a machine is the mistake."""
    if typed:
        return Outcome.TAKEN if believed else Outcome.ASKED
    return Outcome.WRONG if believed else Outcome.LEFT


def expected_on(work: Bench, paper: Paper) -> dict[str, Expectation]:
    """What is known beforehand of each box, with three hundred people on file."""
    found = work.site.expectations(paper.job.form, TODAY.year)
    on_file = caseload(work, paper).known(work.site.schemas[paper.job.form])
    return found | {name: replace(found[name], known=on_file[name]) for name in on_file if name in found}


cv2.setNumThreads(1)
