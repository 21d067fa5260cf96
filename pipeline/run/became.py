"""What became of the papers of one run, in the words of the office: for `once`, `demo` and whoever reads their table.

It tells what a paper led to, where that lies and what a person does next. A file's name tells about people: it is
handed on, and whoever prints it decides whether it may be seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as member

from pipeline.desk.short import short_word, short_words
from pipeline.ledger import PartRow, SheetRow, Transaction
from pipeline.model import Outcome, Reason
from pipeline.run.confirming import CONFIRM
from pipeline.run.office import Office

NOTHING_TO_DO = "Nothing to do"
COUNTED = {
    Outcome.KEPT: "filed",
    Outcome.SUPPORTING: "kept as supporting paper",
    Outcome.HELD: "waiting",
    Outcome.REFUSED: "not taken",
    Outcome.DUPLICATE: "here already",
    Outcome.SEPARATOR: "blank or separator pages",
    Outcome.ACTED: "sheets answered",
}


@dataclass(frozen=True, slots=True)
class Became:
    """What became of one part. pages: empty where it is the whole file; where: a case or a place in the outbox;
    to_do: what a person does next, `sheet` with the name of what they open in needs-attention."""

    drop: str
    name: str = member(repr=False)
    pages: str
    outcome: Outcome
    words: str
    where: str = ""
    to_do: str = NOTHING_TO_DO
    sheet: str = ""


def waiting_now(office: Office) -> frozenset[str]:
    """The parts that wait for a person or for another paper."""
    with office.ledger.reading() as tx:
        return frozenset(part.id for part in tx.parts(outcome=Outcome.HELD))


def what_became(office: Office, drops: Sequence[str], waited: frozenset[str]) -> tuple[Became, ...]:
    """A line for each part of these drops, and for each part that waited before and was let go by them."""
    with office.ledger.reading() as tx:
        telling = _Telling(office, tx)
        lines = [line for drop in drops for line in telling.of_drop(drop)]
        for part in sorted(waited - telling.told):
            row = tx.part(part)
            if row is not None and row.outcome is not Outcome.HELD:
                lines.append(telling.line(row, f"{telling.words(row)}, which had waited"))
    return tuple(lines)


class _Telling:
    """Finds the words. told: parts of which something was said, so that none is told twice."""

    def __init__(self, office: Office, tx: Transaction) -> None:
        self._office, self._tx = office, tx
        self._sheets = {(row.part, row.round, row.kind == CONFIRM): row for row in tx.sheets() if row.name}
        self.told: set[str] = set()

    def of_drop(self, drop: str) -> Iterator[Became]:
        parts = self._tx.parts(drop=drop)
        for part in parts:
            yield self.line(part, self.words(part), several=len(parts) > 1)

    def line(self, part: PartRow, words: str, *, several: bool = False) -> Became:
        self.told.add(part.id)
        about = self._about(part) or part
        drop = self._tx.drop(part.drop)
        to_do, sheet = self._next(part, about)
        pages = ", ".join(map(str, part.pages)) if several else ""
        where = about.case or (part.path if part.outcome is Outcome.ACTED else "")
        return Became(part.drop, drop.name if drop else "", pages, part.outcome, words, where, to_do, sheet)

    def words(self, part: PartRow) -> str:
        """`Filed: Intake and Application`."""
        title = self._title(part)
        if part.outcome is Outcome.ACTED:
            return self._of_sheet(part)
        if part.outcome is Outcome.KEPT:
            return f"Filed: {title}"
        if part.outcome is Outcome.SUPPORTING:
            return "Kept as a supporting paper"
        if part.outcome is Outcome.DUPLICATE:
            is_page = Reason.PAGE_TWICE in part.reasons
            return "A page that was there twice" if is_page else f"Here already: {title}"
        if part.outcome is Outcome.SEPARATOR:
            return short_words(part.reasons)
        if Reason.DISMISSED in part.reasons:
            return f"Put aside: {title}"
        said = short_words(part.reasons)
        return f"{'Waits' if part.outcome is Outcome.HELD else 'Not taken'}: {title}. {said}"

    def _of_sheet(self, part: PartRow) -> str:
        if Reason.REQUEST_DONE in part.reasons:
            return "A request, done"
        if Reason.SHEET_UNFINISHED in part.reasons:
            return "A sheet that was saved and is not finished"
        if part.reasons:
            return f"A sheet: {short_word(part.reasons[0])}"
        about = self._about(part)
        if about is None or part.round == 0:
            return f"A confirm list, taken: {self._title(part)}"
        return f"An answered sheet. {self.words(about)}"

    def _about(self, part: PartRow) -> PartRow | None:
        """The paper that a sheet was about, as it stands now."""
        if part.outcome is not Outcome.ACTED or Reason.REQUEST_DONE in part.reasons:
            return None
        if part.submission:
            filed = self._tx.submission(part.submission)
            found = self._tx.part(filed.part) if filed else None
        else:
            found = self._tx.part(part.path.split("/")[1]) if part.path.startswith("held/") else None
        if found is not None:
            self.told.add(found.id)
        return found

    def _next(self, part: PartRow, about: PartRow) -> tuple[str, str]:
        confirm = self._sheets.get((about.id, 0, True))
        sheet = self._sheets.get((about.id, about.round, False))
        if about.outcome is Outcome.KEPT and confirm is not None:
            return "Compare the handwriting", confirm.name
        if about.outcome not in (Outcome.HELD, Outcome.REFUSED) or Reason.DISMISSED in about.reasons:
            return NOTHING_TO_DO, ""
        if Reason.SHEET_UNFINISHED in part.reasons:
            return "Tick that you are finished, add initials", sheet.name if sheet else ""
        return self._asked(about, sheet)

    def _asked(self, about: PartRow, sheet: SheetRow | None) -> tuple[str, str]:
        if Reason.NO_CASE_YET in about.reasons:
            return "Drop the intake form; it is filed by itself then", sheet.name if sheet else ""
        if sheet is None:
            return "Look into needs-attention", ""
        return ("Answer" if about.outcome is Outcome.HELD else "Read"), sheet.name

    def _title(self, part: PartRow) -> str:
        form = self._office.site.forms.get((part.form, part.edition))
        return form.title if form else part.form or "paper"
