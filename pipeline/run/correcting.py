"""One value of the record put right by whoever edited a document: when that may be, and the act that does it.

The filed form stays as it is; the fold shows the right value from then on, with the initials of who said so. Only a
value that stands by itself is put right so. Who a person is, rows of tables, what was approved, and what a rule
checks together with other boxes are put right on a form, where all of that is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as member

from pipeline.casefile import AsIf
from pipeline.ledger import PacketRow
from pipeline.model import CaseRecord, Fact, Standing, canonical_json
from pipeline.packets.formatting import fact_cell
from pipeline.rendering.changed import ChangedValue
from pipeline.run.acts import act, settle_disagreement
from pipeline.run.editedword import EditedWord
from pipeline.run.office import CORRECT, Office
from pipeline.showing import Shown
from pipeline.site.schemas import Field
from pipeline.values import Json, Kind, NotAValue, Value, parse, to_json

ON_A_FORM = "Drop the form with the right value, and make the packet anew."


@dataclass(frozen=True, slots=True)
class Correction:
    """A value of the record that may be put right. fact: as the record shows it now"""

    fact: Fact
    value: Value = member(repr=False)
    raw: str = member(repr=False)


@dataclass(frozen=True, slots=True)
class NotHere:
    """Why the record is not put right by this document, in words. agrees: it says so already"""

    why: str
    agrees: bool = False


def correction_of(
    office: Office, record: CaseRecord, row: PacketRow, change: ChangedValue
) -> Correction | NotHere:
    """What the record would say, or why this is not said here."""
    site = office.site
    place = site.places.get(change.place)
    if place is None or place.kind is Kind.TABLE:
        is_row = any(
            change.place.startswith(f"{name}.") for name, each in site.places.items() if each.columns
        )
        return NotHere(
            f"It is a row of a table. {ON_A_FORM}" if is_row else "It is no value that forms state."
        )
    fact = record.facts.get((place.name, row.scope)) or record.facts.get((place.name, ""))
    if fact is None:
        return NotHere(f"No form on file states it. {ON_A_FORM}")
    cell = fact_cell(site, place, fact)
    now = cell.text if isinstance(cell, Shown) else ""
    if _plain(now) == change.after:
        return NotHere("", agrees=True)
    if fact.id != change.fact or _plain(now) != change.before:
        return NotHere(f"The record says otherwise since the packet was made. {ON_A_FORM}")
    schema = site.schemas[fact.form]
    if place.identity or fact.field in schema.person.fields:
        return NotHere(f"It says who the person is. {ON_A_FORM}")
    if fact.standing.reaches(Standing.APPROVED):
        return NotHere("It was approved with a plan, which is amended to change it.")
    if fact.field in _judged_with_others(office, fact.form):
        return NotHere(f"It is checked together with other boxes of its form. {ON_A_FORM}")
    return _parsed(office, schema.fields[fact.field], fact, change)


def _parsed(office: Office, field: Field, fact: Fact, change: ChangedValue) -> Correction | NotHere:
    if not change.after:
        return NotHere(f"It was taken out. {ON_A_FORM}")
    try:
        value = parse(change.after, office.site.expectation(field, office.today().year))
    except NotAValue as failure:
        return NotHere(f"The record cannot take it: it {failure}.")
    shown = fact_cell(office.site, office.site.places[fact.place], _with_value(fact, value))
    if not isinstance(shown, Shown) or _plain(shown.text) != change.after:
        return NotHere(f"The record would show it in other words. {ON_A_FORM}")
    return Correction(fact, value, change.after)


def _with_value(fact: Fact, value: Value) -> Fact:
    return Fact(
        fact.place,
        fact.scope,
        value,
        fact.effective,
        fact.received_at,
        fact.submission,
        fact.form,
        fact.edition,
        "",
    )


def _plain(text: str) -> str:
    return " ".join(text.split())


def _judged_with_others(office: Office, form: str) -> frozenset[str]:
    """The fields of a form that a rule reads."""

    def paths() -> Iterator[str]:
        for rule in office.site.rules:
            if form in rule.forms:
                yield from (rule.each, *rule.marks, *rule.must.paths, *(rule.when.paths if rule.when else ()))

    return frozenset(path.split(".")[0] for path in paths() if path)


def as_if_corrected(
    office: Office,
    corrections: Sequence[tuple[Correction, str]],
    edited: EditedWord,
    row: PacketRow,
    part: str,
) -> AsIf:
    """The record as it would be after these were put right, each by whom: a version is proved with it first."""
    said: dict[str, list[tuple[Mapping[str, Json], str]]] = {}
    for correction, by in corrections:
        about = _said(office, correction, edited, part)
        said.setdefault(correction.fact.submission, []).append((about, by))
    record = office.record(row.case, as_if=AsIf(said))
    overruled = {
        other.id: correction.fact.id
        for correction, _ in corrections
        for other in _disputed(record, correction.fact)
        if other.id != correction.fact.id
    }
    return AsIf(said, overruled)


def _disputed(record: CaseRecord, fact: Fact) -> tuple[Fact, ...]:
    """The statements between which the one that was put right must be chosen; none where nobody asks."""
    troubles = [each for each in record.disagreements if each.place == fact.place]
    if not any(each.must_ask and each.facts[0].id == fact.id for each in troubles):
        return ()
    return troubles[-1].facts


def _said(office: Office, correction: Correction, edited: EditedWord, part: str) -> dict[str, Json]:
    """What `correct.json` says."""
    fact = correction.fact
    return {
        "format": 1,
        "place": fact.place,
        "scope": fact.scope,
        "field": fact.field,
        "kind": office.site.places[fact.place].kind.value,
        "value": to_json(correction.value),
        "raw": correction.raw,
        "packet": edited.packet,
        "document": edited.document,
        "part": part,
    }


def correct(
    office: Office, correction: Correction, edited: EditedWord, row: PacketRow, *, by: str, part: str
) -> None:
    """Puts the record right, on the word of whoever edited the document."""
    fact = correction.fact
    act(
        office,
        CORRECT,
        case=row.case,
        target=fact.submission,
        by=by,
        reason="corrected in a document",
        about={"fact": fact.id, "packet": edited.packet, "document": edited.document, "part": part},
        files={"correct.json": canonical_json(_said(office, correction, edited, part))},
    )
    if _disputed(office.record(row.case), fact):
        settle_disagreement(
            office, row.case, fact.place, by=by, reason="corrected in a document", submission=fact.submission
        )
