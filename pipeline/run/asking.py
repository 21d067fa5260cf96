"""Findings about a whole paper, in the office's words: pages, people, what was filed before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from pipeline.desk.words import pages_named
from pipeline.model import Finding, PageMatch, Reason, Severity
from pipeline.run.gathering import twice
from pipeline.run.paper import PAGE_TWICE, Said
from pipeline.site.schemas import Schema
from pipeline.values import display

NEW_CASE = "new"
NOT_OURS = "not-ours"
DIFFERS = f"choice:{Reason.DIFFERS_FROM_FILED}"
REPLACE, BOTH = "replace", "both"


def page_findings(
    schema: Schema, matches: Sequence[PageMatch], missing: tuple[int, ...]
) -> tuple[Finding, ...]:
    """Pages that are missing or there twice; empty where the form is whole."""
    found: list[Finding] = []
    if missing:
        found.append(_missing(schema, matches, missing))
    found += [_twice(page, places) for page, places in twice(matches).items()]
    return tuple(found)


def _missing(schema: Schema, matches: Sequence[PageMatch], missing: tuple[int, ...]) -> Finding:
    of = matches[0].pages if matches else 0
    named = pages_named(missing)
    verb = "is" if len(missing) == 1 else "are"
    message = (
        f"{named[:1].upper()}{named[1:]} of {of} {verb} missing from this {schema.title.lower()}. "
        f"Scan only {named} into the inbox; the rest is waiting."
    )
    return Finding(Reason.PAGE_MISSING.value, Severity.ERROR, Reason.PAGE_MISSING, (), missing[0], message)


def _twice(page: int, places: tuple[int, ...]) -> Finding:
    times = "twice" if len(places) == 2 else f"{len(places)} times"
    message = f"Page {page} is there {times} and not with the same answers. Tick the one that is right."
    sides = ("left", "right") if len(places) == 2 else ("",) * len(places)
    choices = tuple(
        (str(place), f"Page {place} of the file" + (f" (the {side} picture)" if side else ""))
        for place, side in zip(places, sides, strict=True)
    )
    rule = f"{PAGE_TWICE.removeprefix('choice:')}{page}"
    return Finding(rule, Severity.ERROR, Reason.PAGE_TWICE, (), page, message, choices)


def no_case_finding() -> Finding:
    message = (
        "We have no case for this person yet. When the intake form is filed, this form is filed by itself. "
        "If the person is known under another name or number, write the case number in the box."
    )
    return Finding(Reason.NO_CASE_YET.value, Severity.ERROR, Reason.NO_CASE_YET, (), 1, message)


def no_such_case_finding() -> Finding:
    """The number somebody wrote is of no case, or of several."""
    message = "There is no one case with the number that was written. Give the case number, C-..., or another number."
    return Finding(
        Reason.CASE_UNSURE.value,
        Severity.ERROR,
        Reason.CASE_UNSURE,
        (),
        1,
        message,
        ((NOT_OURS, "Not ours"),),
    )


def differs_finding(schema: Schema, filed_on: date) -> Finding:
    message = (
        f"The one for the same period was filed on {display(filed_on)}, and it says something else. "
        "Tick what this one is."
    )
    choices = (
        (REPLACE, "This one is right; it takes the place of the earlier one"),
        (BOTH, "Both are right; keep both"),
        (NOT_OURS, "Put this one aside; the earlier one is right"),
    )
    return Finding(
        Reason.DIFFERS_FROM_FILED.value, Severity.ERROR, Reason.DIFFERS_FROM_FILED, (), 1, message, choices
    )


def disputed_finding(disputed: Mapping[str, tuple[Said, Said]]) -> Finding:
    """Two people answered the same sheet differently; what each said stands at its question."""
    first, second = next(iter(disputed.values()))
    message = (
        f"{first.actor} and {second.actor} answered differently. Both answers are kept. Tick the right one."
    )
    return Finding(Reason.ANSWERS_DIFFER.value, Severity.ERROR, Reason.ANSWERS_DIFFER, (), 0, message)
