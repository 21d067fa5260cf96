"""Findings about a whole paper, in the office's words: pages, people, what was filed before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.desk.words import pages_named
from pipeline.ledger import SubmissionRow
from pipeline.model import Finding, PageMatch, Reason, Severity
from pipeline.run.gathering import twice
from pipeline.run.paper import PAGE_TWICE, Paper, Said
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
        "If the person is known to us under another name or number, write a number we know in the box."
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


@dataclass(frozen=True, slots=True)
class Earlier:
    """A filed form of the same kind and period. differs: labels of what the new one says otherwise."""

    submission: str
    filed_on: date
    differs: tuple[str, ...]

    @property
    def words(self) -> str:
        some = ", ".join(f'"{label}"' for label in self.differs[:MOST_LABELS])
        more = f" and {len(self.differs) - MOST_LABELS} more" if len(self.differs) > MOST_LABELS else ""
        return f"the one filed on {display(self.filed_on)} ({self.submission}), other in {some}{more}"


MOST_LABELS = 3


def differs_finding(earlier: Sequence[Earlier]) -> Finding:
    """Asks what a form is whose period has others; each answer names the forms it is about."""
    ids = [each.submission for each in earlier]
    days = _listed(list(dict.fromkeys(display(each.filed_on) for each in earlier)))
    one = (
        "The one for the same period was" if len(earlier) == 1 else f"{len(earlier)} for the same period were"
    )
    verb = "it says" if len(earlier) == 1 else "each says"
    message = f"{one} filed on {days}, and {verb} something else. Tick what this one is."
    choices = [
        (
            f"{REPLACE}:{'/'.join([each.submission, *(other for other in ids if other != each.submission)])}",
            f"This one is right; it takes the place of {each.words}",
        )
        for each in earlier
    ]
    keep = "Both are right; keep both" if len(earlier) == 1 else "All are right; keep all"
    aside = "the earlier one is right" if len(earlier) == 1 else "the earlier ones are right"
    choices += [(f"{BOTH}:{'/'.join(ids)}", keep), (NOT_OURS, f"Put this one aside; {aside}")]
    reason = Reason.DIFFERS_FROM_FILED
    return Finding(reason.value, Severity.ERROR, reason, (), 1, message, tuple(choices))


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def settles(paper: Paper, others: Sequence[SubmissionRow]) -> bool:
    """Whether a person said what the form is to each of these; one that was filed since the sheet was made was
    not among those that were asked about."""
    verb, ids = _said_of_others(paper)
    return verb in (REPLACE, BOTH) and {row.id for row in others} <= set(ids)


def replaced_by(paper: Paper) -> str:
    """The filed form whose place this one takes, empty where a person said no such thing."""
    verb, ids = _said_of_others(paper)
    return ids[0] if verb == REPLACE and ids else ""


def _said_of_others(paper: Paper) -> tuple[str, list[str]]:
    """`replace` or `both`, and the forms it was said of."""
    said = paper.said.get(DIFFERS)
    verb, _, ids = (said.text if said else "").partition(":")
    return verb, ids.split("/") if ids else []


def disputed_finding(disputed: Mapping[str, tuple[Said, Said]]) -> Finding:
    """Two people answered the same sheet differently; what each said stands at its question."""
    first, second = next(iter(disputed.values()))
    message = (
        f"{first.actor} and {second.actor} answered differently. Both answers are kept. Tick the right one."
    )
    return Finding(Reason.ANSWERS_DIFFER.value, Severity.ERROR, Reason.ANSWERS_DIFFER, (), 0, message)
