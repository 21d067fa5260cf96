"""What an office feels of it: pages that were mistaken, ticks that were struck out, and the sheets of a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.reading.classes import FieldClass
from bench.reading.measure import Measured
from bench.reading.papers import FOREIGN, Script

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
FAR = 1.0  # millimetres


@dataclass(frozen=True, slots=True)
class Pages:
    """Pages of the measured forms. off: millimetres by which the worst box of a page is looked for elsewhere."""

    pages: int
    mistaken: int
    far: int
    flagged: int
    reasons: tuple[tuple[str, int], ...]
    off_median: float
    off_95: float
    off_worst: float
    notes: tuple[str, ...]

    @classmethod
    def of(cls, done: Sequence[Measured]) -> Pages:
        pages = [page for one in done for page in one.pages]
        wrong = [page for page in pages if page.taken_for and page.taken_for != page.truth]
        far = [page for page in pages if page.off > FAR]
        off = sorted(page.off for page in pages if page.taken_for == page.truth) or [0.0]
        reasons = Counter(page.flagged for page in pages if page.flagged)
        return cls(
            pages=len(pages),
            mistaken=len(wrong),
            far=len(far),
            flagged=reasons.total(),
            reasons=tuple(reasons.most_common()),
            off_median=off[len(off) // 2],
            off_95=off[int(len(off) * 0.95)],
            off_worst=off[-1],
            notes=tuple(
                f"{page.job}: {page.truth} taken for {page.taken_for}, {page.off:.2f} mm off"
                for page in [*wrong, *far]
            ),
        )

    def lines(self) -> Iterator[str]:
        yield ""
        yield (
            f"Pages {self.pages}: taken for another {self.mistaken}, placed over {FAR:.0f} mm off unflagged "
            f"{self.far}, flagged {self.flagged}"
        )
        yield (
            f"  worst box of a page is off by: median {self.off_median:.2f} mm, 95 of 100 pages "
            f"{self.off_95:.2f} mm, worst {self.off_worst:.2f} mm"
        )
        yield from (f"  ! {note}" for note in self.notes)
        yield from (f"  flagged {reason}: {count}" for reason, count in self.reasons)


@dataclass(frozen=True, slots=True)
class StruckTicks:
    """Ticks that somebody crossed out. taken_on, taken_off: taken silently, which none may be."""

    struck: int
    taken_on: int
    taken_off: int

    @classmethod
    def of(cls, done: Sequence[Measured]) -> StruckTicks:
        rows = [row for one in done for row in one.boxes if row.kind is FieldClass.STRUCK]
        silent = Counter(row.read for row in rows if not row.asked)
        return cls(len(rows), silent["on"], silent["off"])

    def lines(self) -> Iterator[str]:
        silent = self.taken_on + self.taken_off
        yield ""
        yield (
            f"Struck ticks {self.struck}: taken silently {silent} (must be 0): as ticked {self.taken_on}, "
            f"as empty {self.taken_off}"
        )


@dataclass(frozen=True, slots=True)
class Day:
    """Of sixty mixed scans a day, marked forms, cases open. without_a_sheet: script, filed so, forms."""

    filed: float
    sheets: float
    boxes: float
    without_a_sheet: tuple[tuple[str, int, int], ...]

    @property
    def minutes(self) -> float:
        return (self.sheets * SHEET_SECONDS + self.boxes * BOX_SECONDS) / 60

    @classmethod
    def of(cls, done: Sequence[Measured]) -> Day:
        filed = sheets = boxes = 0.0
        for (script, severity), count in MIX.items():
            mine = [one for one in _marked(done, script) if one.job.severity.name == severity]
            if mine:
                filed += count * sum(one.filed for one in mine) / len(mine)
                sheets += count * sum(not one.filed for one in mine) / len(mine)
                boxes += count * sum(one.boxes_asked for one in mine) / len(mine)
        whole = tuple(
            (script.value, sum(one.filed for one in mine), len(mine))
            for script in (Script.TYPED, Script.HAND)
            if (mine := _marked(done, script))
        )
        return cls(filed, sheets, boxes, whole)

    def lines(self) -> Iterator[str]:
        yield ""
        yield (
            f"Of {DAY} mixed scans a day: {self.filed:.0f} filed at once, {self.sheets:.0f} sheets, "
            f"{self.boxes:.0f} boxes to look at, about {self.minutes:.0f} clerk minutes"
        )
        for script, filed, forms in self.without_a_sheet:
            yield f"  filed without a sheet, {script}: {100 * filed / forms:.1f}% of {forms} forms"


def _marked(done: Sequence[Measured], script: Script) -> list[Measured]:
    return [one for one in done if one.job.form not in FOREIGN and one.job.script is script]
