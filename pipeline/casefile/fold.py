"""Folds facts into the case record of one day: newest first inside each scope, nothing thrown away.

Order: effective day, then arrival, then submission id. Where two forms disagree the newer one is shown
and the other kept beside it; for identity, legal status and money a person is asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date

from pipeline.model import CaseRecord, CaseStatus, Disagreement, Fact, Source, Standing
from pipeline.site.record import Merge, RecordPlace
from pipeline.values import Row, Value

RowSources = Mapping[str, tuple[Source, ...]]


def fold(
    case: str,
    as_of: date,
    facts: Iterable[Fact],
    places: Mapping[str, RecordPlace],
    *,
    status: CaseStatus = CaseStatus.ACTIVE,
    withdrawn: Collection[str] = (),
    raised: Mapping[str, Standing] | None = None,
    settled: Mapping[str, str] | None = None,
    least: Standing = Standing.STATED,
) -> CaseRecord:
    """What is known of `case` on the day `as_of`.

    withdrawn: submissions that were taken back
    raised:    fact id → the standing an approval or signature gave it
    settled:   fact id → the fact a person said is right instead of it; facts stated later count anew
    least:     plan content that has not come so far is left out, so that all that is left of a plan was approved
               together, or is in force: a newer worksheet cannot mix with the plan it would replace
    """
    facts = tuple(facts)
    there = {fact.id for fact in facts if fact.submission not in withdrawn}
    overruled = {fact for fact, right in (settled or {}).items() if right in there}
    by_key: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    submissions: set[str] = set()
    held_back: set[tuple[str, str]] = set()
    for fact in facts:
        if fact.effective > as_of or fact.submission in withdrawn or fact.id in overruled:
            continue
        submissions.add(fact.submission)
        place = places.get(fact.place)
        standing = _standing(fact, place, raised or {})
        if place is not None and place.plan_content and not standing.reaches(least):
            held_back.add((fact.place, fact.scope))
            continue
        by_key[fact.place, fact.scope].append(replace(fact, standing=standing))
    folded: dict[tuple[str, str], Fact] = {}
    retractions: dict[tuple[str, str], Fact] = {}
    disagreements: list[Disagreement] = []
    for key, found in sorted(by_key.items()):
        found.sort(key=_order)
        place = places.get(key[0])
        winner = _merged(place, found)
        (retractions if _is_empty(winner.value) else folded)[key] = winner
        if (trouble := _disagreement(place, found)) is not None:
            disagreements.append(trouble)
    return CaseRecord(
        case,
        as_of,
        status,
        folded,
        tuple(disagreements),
        tuple(sorted(submissions)),
        retractions,
        frozenset(held_back),
    )


def _standing(fact: Fact, place: RecordPlace | None, raised: Mapping[str, Standing]) -> Standing:
    """What an approval or signature gave it. Plan content is proposed at least, also where it was filed before the
    site called its place plan content."""
    if fact.id in raised:
        return raised[fact.id]
    is_content = place is not None and place.plan_content and fact.standing is Standing.STATED
    return Standing.PROPOSED if is_content else fact.standing


def _order(fact: Fact) -> tuple[date, str, str]:
    return fact.effective, fact.received_at.isoformat(), fact.submission


def _is_empty(value: Value) -> bool:
    return value in ("", ())


def _merged(place: RecordPlace | None, found: list[Fact]) -> Fact:
    """The newest fact; a by-key table also keeps older rows whose key the newer ones do not hold."""
    newest = found[-1]
    older = tuple(fact.id for fact in found[:-1])
    if place is None or place.merge is Merge.REPLACE or _is_empty(newest.value):
        return replace(newest, supersedes=older)
    rows: list[tuple[tuple[str, ...], Row, RowSources, Fact]] = []
    standing = newest.standing
    for fact in found:
        if _is_empty(fact.value):
            rows.clear()
            continue
        own = [
            (_key_of(place, row), row, fact.row_sources[index] if index < len(fact.row_sources) else {}, fact)
            for index, row in enumerate(_rows(fact.value))
        ]
        keys = {key for key, *_ in own}
        rows = [
            *(each for each in rows if each[0] not in keys),
            *own,
        ]  # rows of one form never give way to each other
        standing = standing if fact.standing.reaches(standing) else fact.standing
    return replace(
        newest,
        value=tuple(row for _, row, _, _ in rows),
        row_sources=tuple(sources for _, _, sources, _ in rows),
        standing=standing,
        supersedes=older,
        older_rows=tuple(
            dict.fromkeys((of.id, of.submission) for *_, of in rows if of.submission != newest.submission)
        ),
    )


def _key_of(place: RecordPlace, row: Row) -> tuple[str, ...]:
    return tuple(str(row.get(column, "")) for column in place.key)


def _rows(value: Value) -> list[Row]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, tuple) else []


def _disagreement(place: RecordPlace | None, found: list[Fact]) -> Disagreement | None:
    """The facts at one place that say other things than the newest, newest first."""
    if place is None or place.merge is Merge.BY_KEY:
        return None
    other = [fact for fact in found[:-1] if fact.value != found[-1].value and not _is_empty(fact.value)]
    if not other:
        return None
    facts = (found[-1], *reversed(other))
    must_ask = (
        place.must_ask and not place.plan_content
    )  # newer content of a plan is what its approval is about
    return Disagreement(found[-1].place, found[-1].scope, facts, must_ask)
