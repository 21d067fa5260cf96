"""One paper through the program: every box with its truth, every page with its place, and what it cost.

Runs in a process of its own, one a core, with the site and the models loaded once. The program is used by
its public functions alone; a peer, where asked for, reads the same pages.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as member
from datetime import date
from functools import cache
from pathlib import Path

import cv2

from bench.cost import cpu_now
from bench.reading.classes import ONLY_REAL, STRUCK, same
from bench.reading.papers import Job, Paper, Script, make_paper
from bench.reading.peers import PeerTexts, read_by_peers
from bench.reading.placing import PageRow, page_rows
from bench.reading.rows import BoxRow, box_row, truth_of
from pipeline.checking import Judged, judge, type_readings
from pipeline.checking.entries import PartNames
from pipeline.model import Method, Reading, WidgetKind
from pipeline.reading.blanks import KnownForm
from pipeline.reading.together import expectation_of
from pipeline.run.onfile import OnFile
from pipeline.run.reader import Reader
from pipeline.run.readpart import ReadPart
from pipeline.site import Site, load_site
from tests.paper.people import invented_person

TODAY = date(2026, 11, 22)
CASELOAD = 300


@dataclass(frozen=True, slots=True)
class Measured:
    """All of one job. seconds: CPU of the program alone; boxes_asked: what a clerk would have to look at.

    text_boxes, ticks: on all its pages, whether something stands there or not
    """

    job: Job
    boxes: tuple[BoxRow, ...]
    pages: tuple[PageRow, ...]
    seconds: float
    peer_seconds: tuple[float, float]
    text_boxes: int
    ticks: int
    filed: bool
    boxes_asked: int
    findings: tuple[str, ...] = member(default=())


@dataclass(frozen=True, slots=True)
class Bench:
    """What every job of a process shares."""

    site: Site
    reader: Reader
    folder: Path


@cache
def bench(site: Path, cache_folder: Path) -> Bench:
    loaded = load_site(site)
    return Bench(loaded, Reader(loaded, cache_folder, cache_folder / "scratch"), site)


def measured(job: Job, site: Path, cache_folder: Path, *, peers: bool, keep: Path | None) -> Measured:
    """The job done: paper made, read, checked and compared."""
    work = bench(site, cache_folder)
    paper = make_paper(job, site)
    if keep is not None:
        (keep / f"{job.name.replace(' ', '-')}{paper.drop.suffix}").write_bytes(paper.drop.data)
    assert work.reader.catalogue.forms  # loaded before anything is timed
    assert work.reader.readers.ready
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"scan{paper.drop.suffix}"
        path.write_bytes(paper.drop.data)
        before = cpu_now()
        with work.reader.opened(path) as opened:
            parts = work.reader.parts("DROP", opened, TODAY.year, caseload(work, paper))
            seconds = cpu_now() - before
            known = work.reader.catalogue.find(job.form, job.edition)
            assert known is not None
            pages = page_rows(paper, opened, parts, known)
            texts = read_by_peers(paper, opened, parts, known) if peers else PeerTexts.none()
    return judged_job(work, paper, known, parts, pages, seconds, texts)


def caseload(work: Bench, paper: Paper) -> OnFile:
    """Three hundred people on file; the one this form is about too, except on an intake."""
    others = [invented_person(7_000_000 + place) for place in range(CASELOAD)]
    people = others if paper.job.form == "intake" else [*others, paper.case.person]
    kinds = work.site.program.identifiers
    return OnFile(
        tuple((person.first, person.last) for person in people),
        tuple(person.birth_date for person in people),
        {
            field.record: tuple(person.identifier(kinds[field.pattern].pattern) for person in people)
            for field in work.site.schemas[paper.job.form].fields.values()
            if field.name in work.site.schemas[paper.job.form].person.ids
        },
    )


def judged_job(
    work: Bench,
    paper: Paper,
    known: KnownForm,
    parts: Sequence[ReadPart],
    pages: Sequence[PageRow],
    seconds: float,
    texts: PeerTexts,
) -> Measured:
    expectations = work.site.expectations(paper.job.form, TODAY.year)
    mine = [part for part in parts if part.part.form == paper.job.form]
    readings = {reading.widget: reading for part in mine for reading in part.readings}
    identity = identity_of(work.site, paper.job.form)
    known_person = paper.job.form != "intake"
    deserved = true_findings(work, paper, known)
    errors = [
        finding
        for part in mine
        for finding in checked_part(work, paper, part, readings, identity if known_person else ()).errors
        if (finding.rule, finding.fields) not in deserved
    ]
    asked = {path for finding in errors for path in finding.fields}
    rows = []
    for widget in known.map.widgets:
        reading = readings.get(widget.key)
        if widget.field and reading is not None:
            expect = expectation_of(widget, expectations)
            in_case = known_person and widget.field in identity
            rows.append(box_row(paper, widget, reading, expect, asked, in_case, texts))
    whole = len(mine) == 1 and not mine[0].pages_missing and len(parts) == 1
    return Measured(
        job=paper.job,
        boxes=tuple(row for row in rows if paper.job.script is not Script.REAL or row.kind in ONLY_REAL),
        pages=tuple(pages),
        seconds=seconds,
        peer_seconds=texts.seconds,
        text_boxes=sum(widget.kind is WidgetKind.TEXT for widget in known.map.widgets if widget.field),
        ticks=sum(widget.kind is WidgetKind.TICK for widget in known.map.widgets if widget.field),
        filed=whole and not errors,
        boxes_asked=len({path for finding in errors for path in finding.fields or (finding.rule,)}),
        findings=tuple(f"{finding.rule} {','.join(finding.fields)}" for finding in errors),
    )


def identity_of(site: Site, form: str) -> tuple[str, ...]:
    person = site.schemas[form].person
    return person.first, person.last, person.birth_date, *person.ids


def checked_part(
    work: Bench, paper: Paper, part: ReadPart, readings: Mapping[str, Reading], identity: Sequence[str]
) -> Judged:
    """The part checked as it would be with the person's case open: what agrees with the case is vouched for."""
    names = PartNames("DROP", part.part.id, part.part.form, part.part.edition)
    typed = type_readings(work.site, names, part.readings, TODAY.year)
    truth = true_texts(work, paper)
    expectations = work.site.expectations(paper.job.form, TODAY.year)
    vouched = frozenset(
        field
        for field in identity
        if any(
            reading.field == field
            and reading.text
            and same(truth.get(field, ""), reading.text, expectations[field])
            for reading in readings.values()
        )
    )
    return judge(work.site, typed, TODAY, lambda place: None, vouched)


def true_findings(work: Bench, paper: Paper, known: KnownForm) -> set[tuple[str, tuple[str, ...]]]:
    """What checking would say of this form if every box were read right: the writer's own mistakes."""
    readings = [
        Reading(
            widget=widget.key,
            field=widget.field,
            page=widget.page,
            source_page=widget.page,
            box=widget.box,
            method=Method.WIDGET,
            text="off" if truth_of(paper, widget) == STRUCK else truth_of(paper, widget),
            option=widget.option,
        )
        for widget in known.map.widgets
        if widget.field
    ]
    names = PartNames("DROP", "PART", paper.job.form, paper.job.edition)
    typed = type_readings(work.site, names, readings, TODAY.year)
    judged = judge(work.site, typed, TODAY, lambda place: None)
    return {(finding.rule, finding.fields) for finding in judged.errors}


def true_texts(work: Bench, paper: Paper) -> dict[str, str]:
    """What was written for each field, from any of its boxes."""
    known = work.reader.catalogue.find(paper.job.form, paper.job.edition)
    assert known is not None
    return {
        widget.field: truth_of(paper, widget)
        for widget in known.map.widgets
        if widget.field and truth_of(paper, widget)
    }


cv2.setNumThreads(1)
