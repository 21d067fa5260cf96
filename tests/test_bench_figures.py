"""What a run of the reading bench found: counted by class and split, kept as JSON, and made into a page."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from pypdf import PdfReader

from bench.reading.__main__ import options_of, site_of, told
from bench.reading.candidates import Named, NamedPage
from bench.reading.classes import FieldClass
from bench.reading.costs import Costs, Workers
from bench.reading.figures import KEPT, PAGE, WIDEST, page_from, page_of
from bench.reading.measure import Measured
from bench.reading.office import Day, Pages, StruckTicks
from bench.reading.papers import Job, Script
from bench.reading.placing import PageRow
from bench.reading.results import Figures, as_json, from_json
from bench.reading.rows import BoxRow
from bench.reading.strange import Strange
from bench.reading.tables import TOGETHER, Share, class_rows
from tests.paper.degrade import Severity
from tests.paper.families import CHECKOUT, Half


def row(kind: FieldClass, read: str = "x", *, right: bool = True, asked: bool = False) -> BoxRow:
    return BoxRow("job", "1/x", kind, "x", read, right, asked, confirmed=False, reason="")


def one(form: str, severity: Severity, script: Script, *rows: BoxRow, page: str = "") -> Measured:
    job = Job(form, "2026-11", severity, script, Half.TEST, 0)
    pages = (PageRow(job.name, f"{form} 1", page or f"{form} 1", "", 0.2),)
    return Measured(job, rows, pages, 1.5, (0.5, 0.2), 7, 4, filed=True, boxes_asked=0)


Counted = Mapping[tuple[str, str, str, str], Share]
TYPED, TICK, STRUCK = FieldClass.TYPED, FieldClass.TICK, FieldClass.STRUCK
DONE = (
    one("intake", Severity.CLEAN, Script.TYPED, row(TYPED), row(TYPED, right=False), row(TICK)),
    one("intake", Severity.PHOTO, Script.TYPED, row(TYPED, asked=True), page="waiver-choice 1"),
    one("household", Severity.CLEAN, Script.HAND, row(TICK)),
    one(
        "intake",
        Severity.CLEAN,
        Script.REAL,
        row(STRUCK, "doubtful", asked=True),
        row(STRUCK, "on", right=False),
        row(STRUCK, "off", right=False),
    ),
)


def figures() -> Figures:
    named = [
        NamedPage("other-a 1", "clean", "other-a 1", twin=False),
        NamedPage("other-b 1", "clean", "", twin=True),
    ]
    return Figures(
        on="2026-11-22",
        command="--rounds 2 --half test",
        half="test",
        forms=len(DONE),
        failed=1,
        candidates=46,
        classes=class_rows(DONE),
        pages=Pages.of(DONE),
        struck=StruckTicks.of(DONE),
        costs=Costs.of(DONE),
        day=Day.of(DONE),
        strange=Strange(40, ()),
        named=tuple(Named.of(named, twins=twins) for twins in (False, True)),
        workers=Workers(12, 1.25, 13, 2.25, 9.0, 456.0, 25, 2, 33.0, 66.0, 0.75, 210.0),
    )


def test_each_class_is_counted_by_severity_form_and_script_for_marked_and_foreign_forms_apart() -> None:
    found = {(r.forms, r.by, r.of, r.kind): r.share for r in class_rows(DONE)}
    assert (3, 1, 2, 1) == counts(found, "marked", "", "", TYPED)
    assert (1, 1, 0, 0) == counts(found, "marked", "severity", "photo", TYPED)
    assert (2, 0, 2, 1) == counts(found, "marked", "severity", "clean", TYPED)
    assert (1, 0, 1, 0) == counts(found, "foreign", "form", "household", TICK)
    assert (1, 0, 1, 0) == counts(found, "foreign", "script", "hand", TICK)
    assert ("foreign", "", "", TYPED) not in found
    assert found["all", "", "", TOGETHER].boxes == 5, "boxes of the pages with struck ticks are a class apart"


def counts(found: Counted, forms: str, by: str, of: str, kind: str) -> tuple[int, int, int, int]:
    share = found[forms, by, of, kind]
    return share.boxes, share.asked, share.taken, share.wrong


def test_a_struck_tick_that_nobody_is_asked_about_was_taken_silently_whatever_was_read() -> None:
    assert StruckTicks(3, 1, 1) == StruckTicks.of(DONE)
    assert any("taken silently 2 (must be 0)" in line for line in figures().lines())


def test_a_page_taken_for_another_is_named() -> None:
    pages = Pages.of(DONE)
    assert (4, 1) == (pages.pages, pages.mistaken)
    assert "waiver-choice 1" in pages.notes[0]


def test_costs_are_of_typed_and_handwritten_pages_apart_with_their_boxes() -> None:
    rows = {(r.script, r.form): r for r in Costs.of(DONE).rows}
    assert {("typed", ""), ("typed", "intake"), ("hand", ""), ("hand", "household")} == set(rows)
    typed = rows["typed", ""]
    assert (2, 14, 8, 3.0) == (typed.pages, typed.text_boxes, typed.ticks, typed.cpu_seconds)


def test_figures_kept_as_json_are_the_same_when_they_are_read_back() -> None:
    assert figures() == from_json(as_json(figures()))


def test_figures_of_another_format_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match="make them anew"):
        from_json("{}")


def flat(page: str) -> str:
    return " ".join(page.split())


def test_the_page_shows_the_figures_it_was_given_and_how_it_was_made() -> None:
    page = page_of(figures(), "Seen by a person.")
    assert "`python -m bench.reading --rounds 2 --half test` found on 22 November 2026" in flat(page)
    assert "| typed lines, numbers, combs | 3 | 66.7 % | 33.3 % | 2 | 1 |" in page
    assert "| typed lines, numbers, combs | telephone photo | 1 | 100.0 % | 100.0 % | 0 | 0 |" in page
    assert "Of 3 ticks that were struck out **2 were** taken" in flat(page)
    assert "Among 46 candidate pages" in flat(page)
    assert "33 pages a minute" in flat(page)
    assert "1 forms could not be measured" in flat(page)
    assert page.endswith("#the-digit-network).\n")
    assert "Seen by a person." in page


@pytest.mark.parametrize("kept", [path for path in (KEPT,) if path.is_file()])
def test_the_page_in_the_docs_is_the_one_its_figures_make(kept: Path) -> None:
    assert page_from(kept) == PAGE.read_text()


def test_no_line_of_prose_is_wider_than_the_docs_are() -> None:
    lines = page_of(figures()).splitlines()
    assert max(len(line) for line in lines if not line.startswith("|")) <= WIDEST


def test_the_options_of_a_run_are_told_without_a_path() -> None:
    options = options_of(["--rounds", "2", "--strange", "--json", "/somewhere/figures.json", "--peers", "3"])
    assert told(options) == "--rounds 2 --half test --scripts typed,hand,real --peers 3 --strange"


def test_a_page_is_one_of_at_least_forty_candidates(tmp_path: Path) -> None:
    site = site_of(tmp_path)
    blanks = list(site.glob("forms/*/*/blank.pdf"))
    assert sum(len(PdfReader(io.BytesIO(blank.read_bytes())).pages) for blank in blanks) >= 40


def test_a_worker_that_only_reads_loads_neither_mill_nor_tesseract() -> None:
    code = "import sys, bench.reading.worker; print(*sys.modules, sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert "pipeline" in loaded
    assert not loaded & {"tests", "tesserocr"}
