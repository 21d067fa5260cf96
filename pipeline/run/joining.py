"""Pages that come later: they join the form that waits for them, or show that it need not wait any more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from dataclasses import field as member

from pipeline.archive import held_path
from pipeline.identify import missing_pages
from pipeline.ledger import PartRow
from pipeline.model import Decision, Outcome, PageMatch, Reason
from pipeline.run.filing import settle
from pipeline.run.gathering import says_the_same
from pipeline.run.office import Office
from pipeline.run.paper import FIELD, Paper, Said
from pipeline.run.readpart import same_person
from pipeline.run.waiting import (
    held_paper,
    held_pictures,
    is_certain,
    paper_at,
    says_period,
    waits_for_itself,
)
from pipeline.values import Kind, fold_case

WAITS_FOR_PAGES = (Reason.PAGE_MISSING, Reason.SIGNATURE_ABSENT)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A form that waits, and which of the pages that came now it takes."""

    row: PartRow
    paper: Paper = member(repr=False)
    takes: tuple[PageMatch, ...]


def join_waiting(office: Office, paper: Paper, pictures: tuple[bytes, ...]) -> bool:
    """Whether pages of a form went to the one form that waits for them and to which they certainly belong."""
    found = _that_take(office, paper)
    if len(found) != 1 or not is_certain(office, found[0].paper, paper, found[0].takes):
        return False  # none, or a person must say: it waits for itself
    _join(office, found[0], paper, pictures)
    return True


def may_join(office: Office, paper: Paper) -> tuple[str, ...]:
    """The forms that wait for such pages of this person."""
    return tuple(waits.row.id for waits in _that_take(office, paper))


def join_as_said(office: Office, page: PartRow, asked: int, form: str, by: str) -> bool:
    """Whether a page went to the form that a person said it belongs to. asked: the round in which that was asked.

    Said again after a crash, what was done is found done.
    """
    if has_joined(office, page.id):
        return True
    path = held_path(page.id, asked)
    with office.ledger.reading() as tx:
        row = tx.part(form)
    is_late = waits_for_itself(page) and page.round != asked
    if is_late or row is None or not waits_for_itself(row) or not office.archive.has(path):
        return False
    paper, first = paper_at(office, path), held_paper(office, row)
    takes = _taken(office, row, first, paper)
    if row.id not in paper.may_join or not takes:
        return False
    said = {**first.said, f"joined:{page.id}": Said(form, by)}
    _join(office, Waiting(row, replace(first, said=said), takes), paper, held_pictures(office, path))
    return True


def _that_take(office: Office, paper: Paper) -> list[Waiting]:
    return [
        Waiting(row, first, takes)
        for row, first in _waiting_like(office, paper)
        if _may_be_one(office, first, paper) and (takes := _taken(office, row, first, paper))
    ]


def _join(office: Office, waits: Waiting, paper: Paper, pictures: tuple[bytes, ...]) -> None:
    joined = _joined(waits, paper)
    _speak_for(office, paper, waits.row)
    settle(office, joined, (*held_pictures(office, waits.row.path), *pictures))


def has_joined(office: Office, part: str) -> bool:
    """Whether these pages were brought to the form they belong to, and it was decided: a run may be cut short."""
    with office.ledger.reading() as tx:
        row = tx.part(part)
    if row is None or row.path.startswith(f"held/{row.id}/"):
        return False
    if row.outcome is not Outcome.HELD:
        return row.submission != "" and row.outcome in (Outcome.KEPT, Outcome.DUPLICATE)
    return row.path.startswith("held/") and row.id in held_paper(office, row).joined


def _waiting_like(office: Office, paper: Paper) -> list[tuple[PartRow, Paper]]:
    with office.ledger.reading() as tx:
        waiting = [
            row
            for row in tx.parts(outcome=Outcome.HELD)
            if (row.form, row.edition) == (paper.part.form, paper.part.edition)
            and row.id != paper.part.id
            and row.path.startswith(f"held/{row.id}/")
            and any(reason in WAITS_FOR_PAGES for reason in row.reasons)
        ]
    return [(row, held_paper(office, row)) for row in waiting]


def _may_be_one(office: Office, first: Paper, later: Paper) -> bool:
    same = same_person(office.site, first.part, first.readings, later.part, later.readings)
    return same and says_the_same(first.readings, later.readings)


def _taken(office: Office, row: PartRow, first: Paper, later: Paper) -> tuple[PageMatch, ...]:
    """The pages that were missing, and those that are signed now and were not."""
    signed = _signed_pages(office, later) - _signed_pages(office, first)
    wanted = set(first.pages_missing)
    if Reason.SIGNATURE_ABSENT in row.reasons:
        wanted |= signed
    return tuple(match for match in later.part.matches if match.page in wanted)


def _signed_pages(office: Office, paper: Paper) -> set[int]:
    lines = _signature_lines(office, paper)
    return {
        reading.page
        for reading in paper.readings
        if reading.field in lines and reading.text in ("present", "typed")
    }


def _signature_lines(office: Office, paper: Paper) -> set[str]:
    schema = office.site.schemas[paper.part.form]
    return {field.name for field in schema.fields.values() if field.kind is Kind.SIGNATURE}


def _joined(waits: Waiting, later: Paper) -> Paper:
    """The waiting form with the pages it takes; a page it had already gives way to the signed one."""
    first = waits.paper
    pages = {match.page for match in waits.takes}
    matches = (*(match for match in first.part.matches if match.page not in pages), *waits.takes)
    all_pages = replace(first.part, matches=matches)
    origins = {page: (later.part.drop, later.part.id) for page in pages}
    return replace(
        first,
        part=all_pages,
        readings=(
            *(reading for reading in first.readings if reading.page not in pages),
            *(reading for reading in later.readings if reading.page in pages),
        ),
        joined=(*first.joined, later.part.id, *later.joined),
        origins={**first.origins, **origins},
        pages_missing=missing_pages(all_pages),
        unread=tuple(page for page in first.unread if page not in pages),
        repaired=first.repaired or later.repaired,
        said=_still_said(first, pages),
    )


def _still_said(first: Paper, pages: set[int]) -> dict[str, Said]:
    """What people said of the form, but for boxes of pages that came anew: those are to be read, not remembered."""
    there = {reading.field: reading.page for reading in first.readings}
    return {
        key: said
        for key, said in first.said.items()
        if not (key.startswith(FIELD) and there.get(key.removeprefix(FIELD)) in pages)
    }


def _speak_for(office: Office, paper: Paper, waiting: PartRow) -> None:
    """Before the form as a whole is decided, the later pages are spoken for: they wait with it."""
    part = paper.part
    office.books.settle_part(
        PartRow(
            part.id,
            part.drop,
            part.pages,
            Outcome.HELD,
            part.form,
            part.edition,
            (Reason.PAGE_MISSING,),
            path=waiting.path,
            round=waiting.round,
        )
    )


def let_go_of_copies(office: Office, paper: Paper, filed: PartRow) -> None:
    """Forms that wait for pages need not wait when the same form was scanned again as a whole and filed."""
    for row, first in _waiting_like(office, paper):
        if _may_be_one(office, first, paper) and _is_a_copy(office, first, paper):
            for part in (row.id, *first.joined):
                with office.ledger.reading() as tx:
                    copy = tx.part(part)
                if copy is not None:
                    office.books.settle_part(
                        replace(
                            copy,
                            outcome=Outcome.DUPLICATE,
                            reasons=(Reason.ALREADY_FILED,),
                            case=filed.case,
                            submission=filed.submission,
                            path=filed.path,
                        )
                    )


def _is_a_copy(office: Office, waiting: Paper, filed: Paper) -> bool:
    """Whether every box of the waiting pages was read for certain and says what the filed form says.

    A box in doubt may be the month: such a form goes on waiting. Only a signature may have come since.
    """
    said = {reading.widget: reading for reading in filed.readings}
    lines = _signature_lines(office, waiting)
    if office.site.schemas[waiting.part.form].period and not says_period(office, waiting):
        return False  # a page without the month may be of another one, whatever else it says
    return all(
        reading.widget in said
        and reading.decision is Decision.ACCEPTED
        and fold_case(reading.text) == fold_case(said[reading.widget].text)
        for reading in waiting.readings
        if reading.field not in lines
    )
