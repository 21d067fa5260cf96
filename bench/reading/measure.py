"""One paper through the program: every box with its truth, every page with its place, and what it cost.

Runs in a process of its own, one a core, with the site and the models loaded once. The program is used by
its public functions alone; a peer, where asked for, reads the same pages.
"""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as member
from datetime import date
from functools import cache
from pathlib import Path

import cv2

from bench.cost import cpu_now
from bench.reading.classes import FieldClass, class_of, same
from bench.reading.papers import Job, Paper, make_paper
from bench.reading.peers import PeerTexts, read_by_peers
from bench.reading.placing import PageRow, page_rows
from pipeline.checking import Judged, judge, type_readings
from pipeline.checking.entries import PartNames
from pipeline.model import Decision, Method, Reading, Widget, WidgetKind
from pipeline.reading.blanks import KnownForm
from pipeline.reading.fields import expectation_of
from pipeline.reading.formmap import JOIN
from pipeline.run.reader import OnFile, Reader, ReadPart
from pipeline.site import Site, load_site
from pipeline.values import Expectation, Kind
from tests.paper.people import invented_person

TODAY = date(2026, 11, 22)
CASELOAD = 300


@dataclass(frozen=True, slots=True)
class BoxRow:
    """One box. read: by the program; asked: a person must look before anything is filed.

    confirmed: filed, but on the coordinator's list; page_text, crop_text: what Tesseract read
    """

    job: str
    key: str
    kind: FieldClass
    truth: str
    read: str
    right: bool
    asked: bool
    confirmed: bool
    reason: str
    votes: tuple[str, ...] = ()
    page_text: str | None = None
    page_right: bool = False
    crop_text: str | None = None
    crop_right: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """All of one job. seconds: CPU of the program alone; boxes_asked: what a clerk would have to look at."""

    job: Job
    boxes: tuple[BoxRow, ...]
    pages: tuple[PageRow, ...]
    seconds: float
    peer_seconds: tuple[float, float]
    megabytes: float
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
        boxes=tuple(rows),
        pages=tuple(pages),
        seconds=seconds,
        peer_seconds=texts.seconds,
        megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
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
            text=truth_of(paper, widget),
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


def truth_of(paper: Paper, widget: Widget) -> str:
    """What stands in the box: text, `on`/`off`, `present`/`absent`."""
    if widget.on_state or widget.kind is WidgetKind.TICK:
        return "on" if f"{widget.page}/{widget.name}/{widget.on_state}" in paper.written else "off"
    if widget.kind is WidgetKind.SIGNATURE:
        return "present" if widget.name in paper.signed else "absent"
    return "".join(paper.written.get(f"{widget.page}/{name}", "") for name in widget.name.split(JOIN))


def box_row(
    paper: Paper,
    widget: Widget,
    reading: Reading,
    expect: Expectation,
    asked: set[str],
    in_case: bool,
    texts: PeerTexts,
) -> BoxRow:
    truth = truth_of(paper, widget)
    kind = class_of(widget, expect, paper.job.script, truth, known=in_case)
    marks = kind in (FieldClass.TICK, FieldClass.SIGNATURE)
    plain = Expectation(Kind.TEXT) if marks else expect
    ask_box = reading.decision is Decision.ASK or reading.text == "doubtful"
    row = BoxRow(
        job=paper.job.name,
        key=widget.key,
        kind=kind,
        truth=truth,
        read=reading.text,
        right=reading.text == truth if marks else same(truth, reading.text, plain),
        asked=ask_box if kind is FieldClass.NARRATIVE else ask_box or widget.field in asked,
        confirmed=reading.decision is Decision.CONFIRM,
        reason=reading.reason.value if reading.reason else "",
        votes=tuple(vote.text for vote in reading.votes),
    )
    if kind is FieldClass.NARRATIVE and ask_box and reading.text:
        row = replace(row, asked=False, confirmed=True)  # filed, and on the coordinator's list
    if widget.key not in texts.page or marks:
        return row
    page, crop = texts.page[widget.key], texts.crop.get(widget.key, "")
    return replace(
        row,
        page_text=page,
        page_right=same(truth, page, plain),
        crop_text=crop,
        crop_right=same(truth, crop, plain),
    )


cv2.setNumThreads(1)
