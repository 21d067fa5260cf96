"""What became of the papers of one run, in the words of the office: for `once`, `demo` and whoever reads their table.

It tells what a paper led to, where that lies and what a person does next. A file's name tells about people: it is
handed on, and whoever prints it decides whether it may be seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as member

from pipeline.desk.short import short_word, short_words
from pipeline.ledger import PartRow, Transaction
from pipeline.model import Outcome, Reason
from pipeline.run.confirming import CONFIRM
from pipeline.run.office import Office
from pipeline.run.returned import words_of_return

COUNTED = {
    Outcome.KEPT: "filed",
    Outcome.SUPPORTING: "kept as supporting paper",
    Outcome.HELD: "waiting",
    Outcome.REFUSED: "not taken",
    Outcome.DUPLICATE: "here already",
    Outcome.SEPARATOR: "left out",
    Outcome.ACTED: "done by sheet",
}


@dataclass(frozen=True, slots=True)
class Became:
    """What became of one part.

    pages:  empty where it is all that the file holds
    form:   its title, empty where it is no form of ours
    words:  `Filed in C-...`
    to_do:  what a person does next, empty where nothing is to be done
    sheet:  the file in needs-attention that they open for it
    result: where in the outbox lies what a request asked for
    """

    drop: str
    name: str = member(repr=False)
    pages: str
    outcome: Outcome
    form: str
    words: str
    to_do: str = ""
    sheet: str = ""
    result: str = ""


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
                lines.append(telling.line(row, f"{telling.words(row)}; it had waited"))
    return tuple(lines)


class _Telling:
    """Finds the words. told: parts of which something was said, so that none is told twice."""

    def __init__(self, office: Office, tx: Transaction) -> None:
        self._office, self._tx = office, tx
        self.told: set[str] = set()

    def of_drop(self, drop: str) -> Iterator[Became]:
        parts = self._tx.parts(drop=drop)
        for part in parts:
            yield self.line(part, self.words(part), several=len(parts) > 1)

    def line(self, part: PartRow, words: str, *, several: bool = False) -> Became:
        self.told.add(part.id)
        drop = self._tx.drop(part.drop)
        form = self._office.site.forms.get((part.form, part.edition))
        to_do, sheet = self._next(part, self._about(part) or part)
        return Became(
            part.drop,
            drop.name if drop else "",
            ", ".join(map(str, part.pages)) if several else "",
            part.outcome,
            form.title if form else part.form,
            words,
            to_do,
            sheet,
            part.path if Reason.REQUEST_DONE in part.reasons else "",
        )

    def words(self, part: PartRow) -> str:
        """`Filed in C-...`, `Waits: a page is missing`."""
        if part.outcome is Outcome.ACTED:
            return self._of_sheet(part)
        if Reason.DISMISSED in part.reasons:
            return "Put aside, not filed"
        if part.outcome is Outcome.SUPPORTING and Reason.PACKET_RETURN in part.reasons:
            return words_of_return(self._office, self._tx, part)
        if part.outcome is Outcome.SUPPORTING and Reason.PACKET_EDITED in part.reasons:
            number = self._office.archive.deposit(part.path).about["packet"]
            return f"Edited document filed in {part.case} as packet {number}, a draft"
        said = short_words(part.reasons)
        plain = {
            Outcome.KEPT: f"Filed in {part.case}",
            Outcome.SUPPORTING: f"Kept as a supporting paper in {part.case}",
            Outcome.SEPARATOR: said,
            Outcome.HELD: said if said.startswith("Waits") else f"Waits: {_small(said)}",
            Outcome.REFUSED: f"Not taken: {_small(said)}",
            Outcome.DUPLICATE: "Here already" + (f", in {part.case}" if part.case else ""),
        }
        return said if Reason.PAGE_TWICE in part.reasons else plain[part.outcome]

    def _of_sheet(self, part: PartRow) -> str:
        if Reason.REQUEST_DONE in part.reasons:
            return "Request done"
        if Reason.SHEET_UNFINISHED in part.reasons:
            return "Sheet saved, not finished"
        if part.reasons:
            return short_word(part.reasons[0])
        about = self._about(part)
        if about is None or part.round == 0:
            return "Confirm list taken"
        return f"Sheet answered. {self.words(about)}"

    def _about(self, part: PartRow) -> PartRow | None:
        """The paper that a sheet was about, as it stands now."""
        if part.outcome is not Outcome.ACTED or Reason.REQUEST_DONE in part.reasons:
            return None
        if part.submission:
            filed = self._tx.submission(part.submission)
            found = self._tx.part(filed.part) if filed else None
        elif part.path.startswith("held/"):
            found = self._tx.part(part.path.split("/")[1])
        else:
            found = self._edited(part)
        if found is not None:
            self.told.add(found.id)
        return found

    def _edited(self, part: PartRow) -> PartRow | None:
        """The edited document that was filed by a sheet: both lead to the packet that was made of it."""
        filed = self._tx.parts(case=part.case, outcome=Outcome.SUPPORTING) if part.path else ()
        return next((row for row in filed if row.path == part.path), None)

    def _next(self, part: PartRow, about: PartRow) -> tuple[str, str]:
        if about.outcome not in (Outcome.KEPT, Outcome.HELD, Outcome.REFUSED):
            return "", ""
        sheets = {(row.round, row.kind == CONFIRM): row for row in self._tx.sheets(about.id) if row.name}
        confirm, sheet = sheets.get((0, True)), sheets.get((about.round, False))
        if about.outcome is Outcome.KEPT and confirm is not None:
            return "Compare list", confirm.name
        if about.outcome not in (Outcome.HELD, Outcome.REFUSED) or sheet is None:
            return "", ""
        if Reason.SHEET_UNFINISHED in part.reasons:
            return "Finish, initial", sheet.name
        if Reason.NO_CASE_YET in about.reasons:
            return "Drop the intake form", ""
        return ("Answer sheet" if about.outcome is Outcome.HELD else "Read sheet"), sheet.name


def _small(words: str) -> str:
    return words[:1].lower() + words[1:]
