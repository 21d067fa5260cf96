"""What a sheet asks, all of it in this one room: a question per doubtful box, page, form or person.

Built from findings and readings. The schema has the printed labels and options, the reading has the picture and
what was read, the finding says why it is doubted. Nothing is decided here: an answer becomes a value where every
text does, in checking.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.desk.held import (
    ABSENT,
    FIELD,
    NEITHER,
    NOT_OURS,
    ON,
    OVERRIDE,
    PRESENT,
    SUPPORTING,
    SUPPORTING_CASE,
    HeldPart,
    Question,
    QuestionKind,
)
from pipeline.desk.shown import (
    LAST,
    TICKED,
    along_the_paper,
    as_people_write,
    options_of,
    places_of,
    quoted_briefly,
)
from pipeline.model import Finding, Reading, Reason, Severity, worst_first
from pipeline.site import Site
from pipeline.site.schemas import Field, Schema
from pipeline.values import Kind

__all__ = [
    "FIELD",
    "NOT_OURS",
    "OVERRIDE",
    "SUPPORTING",
    "SUPPORTING_CASE",
    "HeldPart",
    "Question",
    "QuestionKind",
    "asked_again",
    "form_questions",
    "paper_questions",
    "questions_for",
    "which_answer",
]

WHOLE_PAPER = {
    Reason.CASE_UNSURE: "case",
    Reason.WRONG_PERSON: "case",
    Reason.NO_CASE_YET: "case",
    Reason.TWO_PEOPLE: "case",
    Reason.UNKNOWN_FORM: "form",
    Reason.UNKNOWN_EDITION: "form",
    Reason.MISPLACED_PAGE: "form",
    Reason.TOO_FEW_DOTS: "form",
    Reason.BLURRED: "form",
    Reason.POOR_SCAN: "form",
    Reason.SEVERAL_PAPERS: "form",
}
"""The key under which a choice about the whole paper is answered; other reasons answer under `choice:RULE`."""

LABELS = {
    "case": "Whose paper is it?",
    "form": "What is it?",
    "choice:belongs": "To which form does it belong?",
    "choice:differs-from-filed": "What is this one?",
}
QUESTION_OF_KIND = {
    Kind.NARRATIVE: QuestionKind.LINES,
    Kind.CHOICE: QuestionKind.CHOICE,
    Kind.YES_NO: QuestionKind.CHOICE,
    Kind.CHOICES: QuestionKind.CHOICES,
    Kind.TICK: QuestionKind.TICK,
    Kind.SIGNATURE: QuestionKind.SIGNATURE,
    Kind.TABLE: QuestionKind.NOTE,
}
SIGNED = ((PRESENT, "Signed"), (ABSENT, "Not signed"))


def questions_for(
    site: Site,
    form: str,
    findings: Sequence[Finding],
    readings: Sequence[Reading],
    answers_so_far: Mapping[str, str] | None = None,
) -> tuple[Question, ...]:
    """The questions a sheet must ask so that every finding is settled, along the paper, each box once.

    A finding that marks several boxes asks about each of them and says its message at the first. A broken rule
    that is only a warning may also be overridden. `answers_so_far`, by question key, stand pre-filled instead
    of the reading.
    """
    schema, places = site.schemas[form], places_of(readings)
    asked: dict[str, Question] = {}
    for finding in worst_first(findings):
        if finding.reason is Reason.HANDWRITTEN_NARRATIVE:
            continue
        if not finding.fields:
            question = _about_the_paper(finding)
            _add(asked, question, finding.message)
        fields = sorted(finding.fields, key=lambda path: places.get(path, LAST))
        for place, path in enumerate(fields):
            together = f'Asked for the same reason as "{schema.label_of(fields[0])}" above.'
            why = together if place else _said_beside(schema.label_of(path), finding)
            _add(asked, _about_a_box(site, schema, path, finding, readings), why)
        if finding.severity is Severity.WARNING and finding.reason is Reason.RULE_BROKEN:
            override = _override(finding)
            asked.pop(override.key, None)  # of a rule about several rows it stands after the last of them
            _add(asked, override, "")
    ordered = along_the_paper(tuple(asked.values()), findings, places)
    return asked_again(ordered, answers_so_far or {})


def asked_again(questions: Sequence[Question], answers: Mapping[str, str]) -> tuple[Question, ...]:
    """The same questions with what was answered already standing in their boxes."""
    return tuple(
        replace(question, read=answers[question.key], said_empty=not answers[question.key])
        if question.key in answers
        else question
        for question in questions
    )


def which_answer(
    questions: Sequence[Question], first: Mapping[str, str], second: Mapping[str, str], names: tuple[str, str]
) -> tuple[Question, ...]:
    """One question for each key that two people answered differently, showing both.

    names: the initials of the first and the second.
    """
    found: list[Question] = []
    for question in questions:
        answers = (first.get(question.key), second.get(question.key))
        if None in answers or answers[0] == answers[1]:
            continue
        labels = dict(question.options)
        options = []
        for answer, name in zip(answers, names, strict=True):
            said = "; ".join(labels.get(code, code) for code in (answer or "").split(";") if code)
            options.append((answer or "", f"{said or 'It is empty'} (says {name})"))
        why = "Two people gave different answers. Tick the right one."
        asked = replace(question, kind=QuestionKind.CHOICE, why=why, read="", said_empty=False)
        found.append(replace(asked, options=tuple(options), option_pictures=()))
    return tuple(found)


def _add(asked: dict[str, Question], question: Question, why: str) -> None:
    """Adds the question, or the further reason to the one already there."""
    why = quoted_briefly(why)
    before = asked.get(question.key)
    if before is None:
        asked[question.key] = replace(question, why=why or question.why)
    elif why and why not in before.why:
        asked[question.key] = replace(before, why=f"{before.why}\n{why}")


def _said_beside(label: str, finding: Finding) -> str:
    """The message without page and label where it begins with them: both stand above it on the sheet."""
    message = finding.message.removeprefix(f"Page {finding.page}, ")
    rest = message.removeprefix(f'"{label}"').lstrip(": ")
    if rest == message:
        return finding.message
    return rest[:1].upper() + rest[1:]


def _about_the_paper(finding: Finding) -> Question:
    """A choice about the whole paper. `not ours` and `neither` are always among the answers."""
    key = WHOLE_PAPER.get(finding.reason, f"choice:{finding.rule}")
    label = LABELS.get(key, "Which is right?")
    if not finding.choices and key.startswith("choice:"):
        return Question(key, "Please note", finding.page, "", "", QuestionKind.NOTE)
    options = finding.choices
    codes = {code for code, _ in options}
    if key == "case" and options and not codes & {NEITHER, NOT_OURS}:
        options = (*options, (NEITHER, "None of these"))
    if key in ("case", "form") and NOT_OURS not in codes:
        options = (*options, (NOT_OURS, "Not ours"))
    return Question(key, label, finding.page, "", "", QuestionKind.CHOICE, options)


def _override(finding: Finding) -> Question:
    why = "If everything on the form is right as it stands, say why. Your reason is kept with your initials."
    return Question(
        f"{OVERRIDE}{finding.rule}", "File it as it is, because", finding.page, why, "", QuestionKind.TEXT
    )


def _about_a_box(
    site: Site, schema: Schema, path: str, finding: Finding, readings: Sequence[Reading]
) -> Question:
    field = schema.field_at(path)
    boxes = [reading for reading in readings if reading.field == path]
    label, page = schema.label_of(path), finding.page or (boxes[0].page if boxes else 0)
    if field is None:
        return Question(FIELD + path, label, page, "", "", QuestionKind.NOTE)
    kind = QUESTION_OF_KIND.get(field.kind, QuestionKind.TEXT)
    plain = Question(FIELD + path, label, page, "", as_people_write(field, _read(boxes)), kind)
    if kind is QuestionKind.NOTE:
        return replace(plain, read="")
    alternatives = _alternatives(finding, kind, boxes)
    if alternatives:
        picture = _picture(boxes)
        return replace(plain, kind=QuestionKind.CHOICE, read="", options=alternatives, picture=picture)
    if kind in (QuestionKind.TEXT, QuestionKind.LINES):
        return replace(plain, picture=_picture(boxes))
    return _ticks(site, field, plain, boxes)


def _alternatives(
    finding: Finding, kind: QuestionKind, boxes: Sequence[Reading]
) -> tuple[tuple[str, str], ...]:
    """Values to tick instead of typing: those the finding offers, or the unequal copies of one box."""
    if finding.choices and len(finding.fields) == 1:
        return finding.choices
    if finding.reason is Reason.COPIES_DIFFER and kind is QuestionKind.TEXT:
        texts = dict.fromkeys(box.text for box in boxes if box.text)
        return tuple((text, text) for text in texts) if len(texts) > 1 else ()
    return ()


def _ticks(site: Site, field: Field, plain: Question, boxes: Sequence[Reading]) -> Question:
    """A question answered by ticks; the picture of each tick box stands at its option."""
    if plain.kind is QuestionKind.TICK:
        return replace(plain, read="", options=TICKED, picture=_picture(boxes))
    if plain.kind is QuestionKind.SIGNATURE:
        return replace(plain, read="", options=SIGNED, picture=_picture(boxes))
    if not any(box.option for box in boxes) and _read(boxes):
        return replace(plain, options=options_of(site, field), picture=_picture(boxes))
    on = [box.option for box in boxes if box.text == ON]
    certain = ";".join(on) if plain.kind is QuestionKind.CHOICES or len(on) == 1 else ""
    crops = {box.option: box.crop for box in boxes}
    options = options_of(site, field)
    pictures = tuple(crops.get(code, b"") for code, _ in options)
    doubtful = any(box.text == "doubtful" for box in boxes)
    kept = certain if plain.kind is QuestionKind.CHOICES or not doubtful else ""
    return replace(plain, read=kept, options=options, option_pictures=pictures)


def _read(boxes: Sequence[Reading]) -> str:
    """The text of a box as it was read, or the best vote where the readers could not decide."""
    texts = [box.text for box in boxes if box.text]
    votes = [vote.text for box in boxes for vote in box.votes if vote.text]
    return next(iter([*texts, *votes]), "")


def _picture(boxes: Sequence[Reading]) -> bytes:
    return next((box.crop for box in boxes if box.crop), b"")


MAY_BE_A_FORM = (
    Reason.UNKNOWN_FORM,
    Reason.UNKNOWN_EDITION,
    Reason.MISPLACED_PAGE,
    # a page that was recognised can be filed from its picture where the paper is gone: every box is then asked
    Reason.TOO_FEW_DOTS,
    Reason.BLURRED,
    Reason.POOR_SCAN,
    Reason.SEVERAL_PAPERS,
)
MAY_BE_A_PAPER = (
    *MAY_BE_A_FORM,
    Reason.UNSUPPORTED_TYPE,
    Reason.WORD_RETURN,
    Reason.PACKET_DRAFT,
    Reason.PACKET_OLD,
    Reason.PACKET_UNKNOWN,
)


def paper_questions(site: Site, reason: Reason, picture: bytes = b"") -> tuple[Question, ...]:
    """What is asked about a paper that is held or refused as a whole.

    Nothing is asked where nobody could answer: an empty or damaged file can only be scanned again. A file that
    cannot be opened here may be a supporting paper, but never one of our forms.
    """
    if reason not in MAY_BE_A_PAPER:
        return ()
    what, case = form_questions(site, "", picture)
    if reason not in MAY_BE_A_FORM:
        what = replace(what, options=what.options[-2:])
    return what, case


def form_questions(site: Site, why: str = "", picture: bytes = b"") -> tuple[Question, Question]:
    """What a paper is: one of our forms, a supporting paper for a case, not ours.

    picture: PNG of its first page, shown beside the answers.
    """
    newest = {form: site.newest_edition(form) for form, _ in site.forms}
    named = [(form, f"{found.code} {found.title}") for form, found in newest.items() if found]
    options = sorted(named, key=lambda option: option[1])
    options += [(SUPPORTING, "A supporting paper for the case written below"), (NOT_OURS, "Not ours")]
    case_why = "Only for a supporting paper: the case number, or any number we know the person by."
    return (
        Question("form", "What is it?", 0, why, "", QuestionKind.CHOICE, tuple(options), picture),
        Question(SUPPORTING_CASE, "Supporting paper for case", 0, case_why, "", QuestionKind.TEXT),
    )
