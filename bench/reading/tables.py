"""The figures as tables: by class of box, by severity, by form, and what an office feels of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bench.reading.classes import FieldClass
from bench.reading.measure import BoxRow, Measured
from bench.reading.papers import FOREIGN, Script
from bench.reading.shares import lowest_precision, percent

BOX_SECONDS = 8  # a clerk compares a picture with a value: an estimate, not measured with people
SHEET_SECONDS = 40  # opens, initials and saves a sheet: the same
DAY = 60
MIX = {
    (Script.TYPED, "CLEAN"): 9,
    (Script.TYPED, "COPIER"): 15,
    (Script.TYPED, "BAD_COPY"): 4,
    (Script.TYPED, "PHOTO"): 2,
    (Script.HAND, "CLEAN"): 9,
    (Script.HAND, "COPIER"): 15,
    (Script.HAND, "BAD_COPY"): 4,
    (Script.HAND, "PHOTO"): 2,
}
"""Scans a day by script and severity: most come from the office's own copier."""


@dataclass(frozen=True, slots=True)
class Share:
    """Counts of one class. accepted: neither asked nor put on a confirm list."""

    boxes: int
    right: int
    asked: int
    accepted: int
    wrong: int
    page_right: int
    crop_right: int
    by_peers: int

    @classmethod
    def of(cls, rows: Sequence[BoxRow]) -> Share:
        accepted = [row for row in rows if not row.asked and not row.confirmed]
        peers = [row for row in rows if row.page_text is not None]
        return cls(
            boxes=len(rows),
            right=sum(row.right for row in rows),
            asked=sum(row.asked for row in rows),
            accepted=len(accepted),
            wrong=sum(not row.right for row in accepted),
            page_right=sum(row.page_right for row in peers),
            crop_right=sum(row.crop_right for row in peers),
            by_peers=len(peers),
        )

    def line(self) -> str:
        low = lowest_precision(self.accepted, self.wrong)
        peers = f"{percent(self.page_right, self.by_peers):>7}{percent(self.crop_right, self.by_peers):>7}"
        return (
            f"{self.boxes:6}{percent(self.right, self.boxes):>8}{percent(self.asked, self.boxes):>8}"
            f"{self.accepted:7}{self.wrong:6}{low:>9}{peers}"
        )


HEAD = f"{'':34}{'boxes':>6}{'exact':>8}{'asked':>8}{'taken':>7}{'wrong':>6}{'95% low':>9}{'T.page':>7}{'T.box':>7}"


def class_table(title: str, done: Sequence[Measured]) -> Iterable[str]:
    rows = [row for one in done for row in one.boxes]
    if not rows:
        return
    yield ""
    yield title
    yield HEAD
    for kind in FieldClass:
        mine = [row for row in rows if row.kind is kind]
        if mine:
            yield f"  {kind.value:32}{Share.of(mine).line()}"


def split_tables(done: Sequence[Measured]) -> Iterable[str]:
    """Marked forms and foreign ones apart, then by severity, by form and by script."""
    own = [one for one in done if one.job.form not in FOREIGN]
    foreign = [one for one in done if one.job.form in FOREIGN]
    yield from class_table("Forms with marks, all pages", own)
    yield from class_table("Foreign forms without marks, all pages", foreign)
    yield ""
    yield "All classes together, running text left out"
    yield HEAD
    yield from _lines("severity", done, lambda one: one.job.severity.name.lower())
    yield from _lines("form", done, lambda one: one.job.form)
    yield from _lines("script", done, lambda one: one.job.script.value)


def _lines(title: str, done: Sequence[Measured], key: Callable[[Measured], str]) -> Iterable[str]:
    groups: dict[str, list[BoxRow]] = defaultdict(list)
    for one in done:
        groups[key(one)] += [row for row in one.boxes if row.kind is not FieldClass.NARRATIVE]
    for name, rows in groups.items():
        yield f"  {title + ' ' + name:32}{Share.of(rows).line()}"


def page_lines(done: Sequence[Measured]) -> Iterable[str]:
    pages = [page for one in done for page in one.pages]
    wrong = [page for page in pages if page.taken_for and page.taken_for != page.truth]
    flagged = [page for page in pages if page.flagged]
    off = sorted(page.off for page in pages if page.taken_for == page.truth)
    far = [page for page in pages if page.off > 1.0]
    yield ""
    yield (
        f"Pages {len(pages)}: taken for another {len(wrong)}, placed over 1 mm off unflagged {len(far)}, "
        f"flagged {len(flagged)}"
    )
    if off:
        middle, most = off[len(off) // 2], off[int(len(off) * 0.95)]
        yield (
            f"  worst box of a page is off by: median {middle:.2f} mm, 95 of 100 pages {most:.2f} mm, "
            f"worst {off[-1]:.2f} mm"
        )
    for page in [*wrong, *far]:
        yield f"  ! {page.job}: {page.truth} taken for {page.taken_for}, {page.off:.2f} mm off"
    for reason, count in Counter(page.flagged for page in flagged).most_common():
        yield f"  flagged {reason}: {count}"


def cost_lines(done: Sequence[Measured]) -> Iterable[str]:
    yield ""
    for script in Script:
        mine = [one for one in done if one.job.script is script]
        pages = sum(len(one.pages) for one in mine)
        if pages:
            boxes = sum(len(one.boxes) for one in mine)
            seconds = sum(one.seconds for one in mine)
            yield f"CPU seconds a page, {script}: {seconds / pages:.2f} ({boxes / pages:.0f} boxes a page)"
    with_peers = [one for one in done if one.peer_seconds != (0.0, 0.0)]
    pages = sum(len(one.pages) for one in with_peers)
    if pages:
        whole = sum(one.peer_seconds[0] for one in with_peers) / pages
        crops = sum(one.peer_seconds[1] for one in with_peers) / pages
        yield f"CPU seconds a page, Tesseract: whole page {whole:.2f}, box by box {crops:.2f} (on {pages} of the pages)"
    yield f"Peak memory of a reading process: {max((one.megabytes for one in done), default=0):.0f} MB"


def day_lines(done: Sequence[Measured]) -> Iterable[str]:
    """Of sixty mixed scans a day: filed at once, sheets, boxes, minutes. Marked forms only, cases open."""
    filed = sheets = boxes = 0.0
    by_script: dict[Script, list[Measured]] = defaultdict(list)
    for (script, severity), count in MIX.items():
        mine = [
            one
            for one in done
            if one.job.form not in FOREIGN and one.job.script is script and one.job.severity.name == severity
        ]
        by_script[script] += mine
        if mine:
            filed += count * sum(one.filed for one in mine) / len(mine)
            sheets += count * sum(not one.filed for one in mine) / len(mine)
            boxes += count * sum(one.boxes_asked for one in mine) / len(mine)
    minutes = (sheets * SHEET_SECONDS + boxes * BOX_SECONDS) / 60
    yield ""
    yield (
        f"Of {DAY} mixed scans a day: {filed:.0f} filed at once, {sheets:.0f} sheets, "
        f"{boxes:.0f} boxes to look at, about {minutes:.0f} clerk minutes"
    )
    for script, mine in by_script.items():
        if mine:
            share = percent(sum(one.filed for one in mine), len(mine))
            yield f"  filed without a sheet, {script}: {share} of {len(mine)} forms"
