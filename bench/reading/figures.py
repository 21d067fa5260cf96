"""docs/reading-figures.md, made from the JSON of a run: `python -m bench.reading.figures [FIGURES.json]`.

No figure of that page is typed by hand. Without a name the figures are bench/reading/figures.json. What people
have to say about a run lies beside its figures as notes.md, and stands on the page under a heading of its own.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from bench.reading.classes import FieldClass
from bench.reading.office import BOX_SECONDS, DAY, FAR, SHEET_SECONDS
from bench.reading.papers import Script
from bench.reading.results import Figures, from_json
from bench.reading.shares import least_share
from bench.reading.tables import TITLES, ClassRow, Share

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reading-figures.md"
KEPT = Path(__file__).with_name("figures.json")
NOTES = "notes.md"
WIDEST = 190  # characters of a line of prose
SPLITS = {"severity": "How bad the scan is", "form": "Form by form", "script": "Who wrote"}
SEVERITIES = {
    "clean": "flat-bed",
    "copier": "copier",
    "bad_copy": "bad copy or fax",
    "photo": "telephone photo",
}


def page_of(figures: Figures, notes: str = "") -> str:
    """The whole page."""
    parts: list[Iterable[str]] = [
        _opening(figures),
        _classes(figures, "all", "", ""),
        _marks(figures),
        _pages(figures),
        _costs(figures),
        _day(figures),
        _split(figures, "marked"),
        _split(figures, "foreign"),
        ["## What was seen", "", *notes.strip().splitlines(), ""] if notes.strip() else [],
        _office(),
    ]
    return "\n".join(folded(line) for part in parts for line in part).rstrip() + "\n"


def folded(line: str) -> str:
    """A long line of prose as several; rows of tables stay whole."""
    if line.startswith("|"):
        return line
    return textwrap.fill(line, WIDEST, break_long_words=False, break_on_hyphens=False) if line else ""


def _opening(figures: Figures) -> Iterator[str]:
    on = date.fromisoformat(figures.on)
    yield from (
        "# How well paper is read",
        "",
        f"Made by `python -m bench.reading.figures` from what `python -m bench.reading {figures.command}` found on "
        f"{on.day} {on:%B %Y}: change the bench and run `make bench-reading`, not this page.",
        "",
        f"Half `{figures.half}`: handwriting fonts, digits and seeds that nothing was fitted on; typefaces are the "
        f"same in both halves. {figures.forms} invented forms, {figures.pages.pages} pages: our own forms with "
        "marks and three foreign ones without, each in four severities (flat-bed scan; copier; bad copy or fax in "
        "black and white, with streaks, stains and cut corners; telephone photo), typed, by hand, and by hand with "
        f"real digits. Among {figures.candidates} candidate pages."
        + (f" {figures.failed} forms could not be measured." if figures.failed else ""),
        "",
        "*Exact*: read right, asked about or not. *Asked*: a person must look before the form is filed. *Taken*: "
        "neither asked nor put on the coordinator's list. *At least*: the lower end of the 95 % interval of the "
        "share of taken values that are right. The last two columns are Tesseract 5 on the same boxes of some of "
        "the forms: from the whole page laid flat by the truth, and from the very cuts our readers get.",
        "",
    )


# --- tables of classes ----------------------------------------------------------------------------

HEAD = ("exact", "asked", "taken", "wrong", "at least", "Tesseract, page", "Tesseract, box")


def _classes(figures: Figures, forms: str, by: str, of: str) -> Iterator[str]:
    rows = [row for row in figures.classes if (row.forms, row.by, row.of) == (forms, by, of)]
    if not rows:
        return
    yield f"| box | boxes | {' | '.join(HEAD)} |"
    yield "|" + "---|" * (len(HEAD) + 2)
    yield from (f"| {row.kind} | {_cells(row.share)} |" for row in rows)
    yield ""


def _cells(share: Share) -> str:
    least = least_share(share.taken, share.wrong)
    cells = (
        f"{share.boxes:,}",
        _percent(share.right, share.boxes),
        _percent(share.asked, share.boxes),
        f"{share.taken:,}",
        str(share.wrong),
        "" if least is None else f"{100 * least:.2f} %",
        _percent(share.page_right, share.by_peers),
        _percent(share.crop_right, share.by_peers),
    )
    return " | ".join(cells)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else ""


def _split(figures: Figures, forms: str) -> Iterator[str]:
    """For each class the figures of each severity, form and script."""
    rows = [row for row in figures.classes if row.forms == forms]
    if not rows:
        return
    yield f"## {TITLES[forms]}"
    yield ""
    yield from _classes(figures, forms, "", "")
    for by, title in SPLITS.items():
        mine = [row for row in rows if row.by == by]
        if mine:
            yield f"### {TITLES[forms]}: {title.lower()}"
            yield ""
            yield from _by_class(mine)


def _by_class(rows: Sequence[ClassRow]) -> Iterator[str]:
    yield f"| box | | boxes | {' | '.join(HEAD)} |"
    yield "|" + "---|" * (len(HEAD) + 3)
    for kind in dict.fromkeys(row.kind for row in rows):
        for row in rows:
            if row.kind == kind:
                yield f"| {kind} | {SEVERITIES.get(row.of, row.of)} | {_cells(row.share)} |"
    yield ""


# --- the rest -------------------------------------------------------------------------------------


def _marks(figures: Figures) -> Iterator[str]:
    struck = figures.struck
    silent = struck.taken_on + struck.taken_off
    words = [
        row.share
        for row in figures.classes
        if (row.forms, row.by, row.of) == ("all", "script", Script.HAND) and row.kind in WORDS_BY_HAND
    ]
    yield (
        "Running text and other words by hand are filed and put on the coordinator's list: of "
        f"{sum(share.boxes for share in words)} {_none(sum(share.taken for share in words))} taken for true."
    )
    yield ""
    yield (
        "Boxes of real digits and ticks that were struck out are on pages of their own, on which far more ticks are "
        "mended than people mend; all other boxes of these pages are left out. "
        f"Of {struck.struck} ticks that were struck out {_none(silent)} taken without asking, ticked or empty."
    )
    yield ""


WORDS_BY_HAND = (FieldClass.NARRATIVE, FieldClass.TEXT, FieldClass.OTHER_NAMES)


def _none(count: int) -> str:
    return "none was" if count == 0 else f"**{count} {'was' if count == 1 else 'were'}**"


def _pages(figures: Figures) -> Iterator[str]:
    pages = figures.pages
    yield "## Pages"
    yield ""
    yield (
        f"Of {pages.pages} pages {_none(pages.mistaken)} taken for another, {pages.flagged} were flagged, and of "
        f"{pages.far} a box was looked for more than {FAR:.0f} mm away without a flag. The worst box of a page is off "
        f"by {pages.off_median:.2f} mm in the middle of all pages, by {pages.off_95:.2f} mm on 95 of 100, by "
        f"{pages.off_worst:.2f} mm on the worst."
    )
    yield ""
    if figures.strange:
        taken = len(figures.strange.taken)
        yield f"Of {figures.strange.shown} strange pages {_none(taken)} taken for a form."
    for named in figures.named:
        title = "pages of forms that have a near twin" if named.twins else "pages of other forms in the list"
        yield (
            f"Of {named.pages} {title} {named.right} were named right, {named.flagged} were flagged and "
            f"{_none(len(named.mistaken))} taken for another."
        )
    for note in (*pages.notes, *(note for named in figures.named for note in named.mistaken)):
        yield f"- {note}"
    yield ""


def _costs(figures: Figures) -> Iterator[str]:
    costs = figures.costs
    yield "## What it costs"
    yield ""
    yield "| CPU seconds a page | pages | text boxes a page | ticks a page | seconds |"
    yield "|---|---|---|---|---|"
    for row in costs.rows:
        each = f"{row.text_boxes / row.pages:.1f} | {row.ticks / row.pages:.1f}"
        seconds = f"{row.cpu_seconds / row.pages:.2f}"
        yield f"| {row.script} {row.form or 'all'} | {row.pages} | {each} | {seconds} |"
    if costs.peer_pages:
        yield (f"| Tesseract, whole page | {costs.peer_pages} | | | {costs.peer_page_seconds:.2f} |")
        yield f"| Tesseract, box by box | {costs.peer_pages} | | | {costs.peer_box_seconds:.2f} |"
    yield ""
    if workers := figures.workers:
        yield (
            f"A worker that only reads: {workers.typed_seconds:.2f} CPU seconds a typed page, "
            f"{workers.hand_seconds:.2f} a page by hand, {workers.start_seconds:.1f} before its first page; at most "
            f"{workers.megabytes:.0f} MB of memory. {workers.pool_workers} of them read {workers.pool_pages} pages at "
            f"{workers.a_minute:.0f} pages a minute by the clock, and would read "
            f"{workers.a_minute_by_cpu:.0f} on {workers.pool_workers} processors that do nothing else."
        )
        if workers.tesseract_seconds:
            yield (
                f"Tesseract needs {workers.tesseract_seconds:.2f} CPU seconds for each of the same pages as a whole, "
                f"and {workers.tesseract_megabytes:.0f} MB."
            )
        yield ""


def _day(figures: Figures) -> Iterator[str]:
    day = figures.day
    yield "## A day of an office"
    yield ""
    shares = " and ".join(
        f"{100 * filed / forms:.0f} % of {forms} forms {'typed' if script == 'typed' else 'by hand'}"
        for script, filed, forms in day.without_a_sheet
    )
    yield (
        f"Of {DAY} mixed scans a day of forms with marks, half of them by hand: {day.filed:.0f} filed at once, "
        f"{day.sheets:.0f} sheets, {day.boxes:.0f} boxes to look at, about {day.minutes:.0f} minutes of a clerk "
        f"({BOX_SECONDS} seconds a box and {SHEET_SECONDS} a sheet: estimates). Without a sheet were filed {shares}."
    )
    yield ""


def _office() -> Iterator[str]:
    yield from (
        "## The figures of your own office",
        "",
        "`python -m bench.reading --from-corrections OUTBOX` reads an office's archive and prints what its people "
        "answered and mended: see [formats](formats.md#what-an-offices-own-corrections-say).",
        "",
        "## The digit network alone",
        "",
        "Combs of real digits, nobody on file: see [the digit network](dependencies.md#the-digit-network).",
    )


def page_from(kept: Path) -> str:
    """The page of these figures, with the notes that lie beside them."""
    notes = kept.with_name(NOTES)
    return page_of(from_json(kept.read_text()), notes.read_text() if notes.is_file() else "")


def main(arguments: Sequence[str]) -> int:
    kept = Path(arguments[0]) if arguments else KEPT
    if len(arguments) > 1 or not kept.is_file():
        print(f"{__doc__}\n{kept} is not there: make bench-reading makes it.", file=sys.stderr)
        return 2
    PAGE.write_text(page_from(kept))
    print(f"{PAGE.name} made from {kept.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
