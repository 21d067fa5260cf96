"""The figures of boxes as tables: by class, and for each class by severity, form and script."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bench.reading.classes import ONLY_REAL, FieldClass
from bench.reading.measure import Measured
from bench.reading.papers import FOREIGN
from bench.reading.rows import BoxRow
from bench.reading.shares import lowest_precision, percent

TOGETHER = "all but running text"
HEAD = f"{'':34}{'boxes':>6}{'exact':>8}{'asked':>8}{'taken':>7}{'wrong':>6}{'95% low':>9}{'T.page':>7}{'T.box':>7}"


@dataclass(frozen=True, slots=True)
class Share:
    """Counts of one class. taken: neither asked nor put on a confirm list; page_right, crop_right: by Tesseract."""

    boxes: int
    right: int
    asked: int
    taken: int
    wrong: int
    page_right: int = 0
    crop_right: int = 0
    by_peers: int = 0

    @classmethod
    def of(cls, rows: Sequence[BoxRow]) -> Share:
        taken = [row for row in rows if not row.asked and not row.confirmed]
        peers = [row for row in rows if row.page_text is not None]
        return cls(
            boxes=len(rows),
            right=sum(row.right for row in rows),
            asked=sum(row.asked for row in rows),
            taken=len(taken),
            wrong=sum(not row.right for row in taken),
            page_right=sum(row.page_right for row in peers),
            crop_right=sum(row.crop_right for row in peers),
            by_peers=len(peers),
        )

    def line(self) -> str:
        low = lowest_precision(self.taken, self.wrong)
        peers = f"{percent(self.page_right, self.by_peers):>7}{percent(self.crop_right, self.by_peers):>7}"
        return (
            f"{self.boxes:6}{percent(self.right, self.boxes):>8}{percent(self.asked, self.boxes):>8}"
            f"{self.taken:7}{self.wrong:6}{low:>9}{peers}"
        )


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One line of a class table. forms: `all`, `marked` or `foreign`; by: `severity`, `form`, `script` or empty;
    of: which of these; kind: the class, or `TOGETHER`."""

    forms: str
    by: str
    of: str
    kind: str
    share: Share


def class_rows(done: Sequence[Measured]) -> tuple[ClassRow, ...]:
    """Every line of every table, in the order in which they are printed."""
    marked = [one for one in done if one.job.form not in FOREIGN]
    foreign = [one for one in done if one.job.form in FOREIGN]
    keys: dict[str, Callable[[Measured], str]] = {
        "": lambda one: "",
        "severity": lambda one: one.job.severity.name.lower(),
        "form": lambda one: one.job.form,
        "script": lambda one: one.job.script.value,
    }
    return tuple(
        row
        for forms, mine in (("all", done), ("marked", marked), ("foreign", foreign))
        for by, key in keys.items()
        if (forms, by) != ("all", "form")  # the same as marked and foreign ones apart
        for of, group in _grouped(mine, key).items()
        for row in _rows_of(forms, by, of, group)
    )


def _grouped(done: Iterable[Measured], key: Callable[[Measured], str]) -> dict[str, list[BoxRow]]:
    groups: dict[str, list[BoxRow]] = defaultdict(list)
    for one in done:
        groups[key(one)] += one.boxes
    return groups


def _rows_of(forms: str, by: str, of: str, rows: Sequence[BoxRow]) -> Iterator[ClassRow]:
    for kind in FieldClass:
        mine = [row for row in rows if row.kind is kind]
        if mine:
            yield ClassRow(forms, by, of, kind.value, Share.of(mine))
    together = [row for row in rows if row.kind is not FieldClass.NARRATIVE and row.kind not in ONLY_REAL]
    if together:
        yield ClassRow(forms, by, of, TOGETHER, Share.of(together))


TITLES = {"all": "All forms", "marked": "Forms with marks", "foreign": "Foreign forms without marks"}


def table_lines(rows: Sequence[ClassRow]) -> Iterator[str]:
    """The tables as they are printed, one for each split."""
    last: tuple[str, str, str] | None = None
    for row in rows:
        here = (row.forms, row.by, row.of)
        if here != last:
            last = here
            yield ""
            yield f"{TITLES[row.forms]}{f', {row.by} {row.of}' if row.by else ''}"
            yield HEAD
        yield f"  {row.kind:32}{row.share.line()}"
