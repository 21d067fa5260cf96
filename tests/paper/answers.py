"""What a person would answer on any form of the site.

Reads a form's schema as plain YAML. Answers are typed and agree with the case and with each other;
`tests.paper.writing` says how they look on paper.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from tests.paper.casework import Answer, Case, Cell, Lists, Node, Row, branch, leaf
from tests.paper.people import WORDS, Person, fiction_phone, invented_npi, invented_person, matching, picked

PERSON_PLACES = {
    "name.first": "first",
    "name.middle": "middle",
    "name.last": "last",
    "name.preferred": "preferred",
    "name": "full_name",
    "birth_date": "birth_date",
    "sex": "sex",
    "address.street": "street",
    "address.city": "city",
    "address.state": "state",
    "address.zip": "zip",
    "county": "county",
    "phone": "phone",
    "other_phone": "other_phone",
    "email": "email",
}


@dataclass(frozen=True, slots=True)
class Question:
    """One field or column of a schema, as text. options: code to label; listed: where the site keeps them."""

    name: str
    label: str
    kind: str
    place: str
    required: bool
    longest: int
    low: int
    high: int
    options: dict[str, str]
    listed: str
    pattern: str
    columns: tuple[Question, ...]


def questions(fields: Mapping[str, Node], lists: Lists) -> tuple[Question, ...]:
    """The fields of a schema (its `fields:` part, or the columns of a table)."""
    return tuple(_question(name, node, lists) for name, node in fields.items())


def _question(name: str, node: Node, lists: Lists) -> Question:
    listed = leaf(node, "meta", "listed")
    options = {code: str(label) for code, label in branch(node, "meta", "options").items()}
    return Question(
        name=name,
        label=leaf(node, "meta", "label"),
        kind=leaf(node, "meta", "kind") or "text",
        place=leaf(node, "meta", "record"),
        required=leaf(node, "required") == "true",
        longest=int(leaf(node, "maxlength") or 0),
        low=int(Decimal(leaf(node, "min") or "1")),
        high=int(Decimal(leaf(node, "max") or "9")),
        options=lists.options(listed) if listed else options,
        listed=listed,
        pattern=lists.pattern(leaf(node, "meta", "pattern")) if leaf(node, "meta", "pattern") else "",
        columns=questions(branch(node, "schema", "schema"), lists),
    )


def invented_answers(
    schema: Mapping[str, Node], case: Case, lists: Lists, *, printed: Mapping[str, int], share: float = 0.75
) -> dict[str, Answer]:
    """Answers to a form that agree with the case; fields left blank are absent.

    printed: rows that the blank has for each table. share: of the optional fields that are filled.
    Yes and no are answered before what hangs on them; an explicit "none" leaves its field blank.
    """
    rng = np.random.default_rng([case.seed, *str(schema.get("title", "")).encode()])
    fields = branch(dict(schema), "fields")
    emptied_by = {leaf(node, "meta", "none"): name for name, node in fields.items()}
    answers: dict[str, Answer] = {}
    nothing_there: set[str] = set()
    said_yes = True
    for question in questions(fields, lists):
        if question.name in emptied_by:
            if rng.random() < 0.3:
                answers[question.name] = True
                nothing_there.add(emptied_by[question.name])
            continue
        if question.name in nothing_there or (question.label.startswith("If yes") and not said_yes):
            continue
        often = 0.95 if question.kind == "signature" or question.name.endswith("sign_date") else share
        if not question.required and rng.random() > often:
            continue
        answer = answer_to(question, case, rng, rows=printed.get(question.name, 4))
        if question.kind == "yes-no":
            said_yes = answer is True
        if answer is not None and answer not in ("", ()):
            answers[question.name] = answer
    _settle(answers, case)
    return answers


def _settle(answers: dict[str, Answer], case: Case) -> None:
    """Mend what only agrees when seen together: Medicaid, spend-down, guardian, totals."""
    for switch, part in (("medicaid_active", "medicaid_id"), ("spenddown", "spenddown_amount")):
        if answers.get(switch) is not True:
            answers.pop(part, None)
    if answers.get("legal_status") == "self":
        for name in [name for name in answers if name.startswith("guardian_")]:
            del answers[name]
    elif "legal_status" in answers:
        answers |= {"guardian_name": case.guardian.full_name, "guardian_phone": case.guardian.phone}
        answers["guardian_relationship"] = "Aunt"
    if "plan_total" in answers:
        rows = answers.get("services", ())
        amounts = [row["amount"] for row in rows if isinstance(row, dict)] if isinstance(rows, tuple) else []
        answers["plan_total"] = sum((a for a in amounts if isinstance(a, Decimal)), Decimal("0.00"))


def answer_to(question: Question, case: Case, rng: np.random.Generator, *, rows: int = 4) -> Answer | None:
    """One answer, None where the case has none."""
    if question.kind == "table":
        return _table(question, case, rng, rows)
    known = _known(question, case)
    if known is not None:
        return known
    return _by_kind(question, case, rng)


def _known(question: Question, case: Case) -> Cell | None:
    """What the case knows of a place of the record."""
    owners: dict[str, Person] = {
        "person": case.person,
        "guardian": case.guardian,
        "emergency": case.emergency,
    }
    owner, _, rest = question.place.partition(".")
    if owner in owners and rest in PERSON_PLACES:
        value: Cell = getattr(owners[owner], PERSON_PLACES[rest])
        return value
    if question.kind == "identifier" and question.pattern and owner in ("person", "benefits"):
        return case.person.identifier(question.pattern)
    plan: dict[str, Cell] = {
        "legal.status": case.legal_status,
        "plan.start": case.plan_start,
        "plan.end": case.plan_end,
        "plan.meeting_date": case.meeting,
        "plan.waiver": case.waiver,
        "plan.coordinator": case.coordinator,
        "health.physician": f"Dr. {case.physician.full_name}",
    }
    return plan.get(question.place)


def _table(question: Question, case: Case, rng: np.random.Generator, rows: int) -> tuple[Row, ...]:
    """Rows of the case where it has such a table, else rows by the kinds of the columns."""
    names = {column.name for column in question.columns}
    source: tuple[Row, ...] = ()
    if {"code", "units"} <= names:
        source = case.services
    elif "icd10" in names:
        source = case.diagnoses
    elif "statement" in names:
        source = case.outcomes
    count = min(rows, len(source) if source else int(rng.integers(1, rows + 1)))
    return tuple(_row(question, source[k] if source else {}, k, case, rng) for k in range(count))


def _row(question: Question, known: Row, place: int, case: Case, rng: np.random.Generator) -> Row:
    row: Row = {}
    for column in question.columns:
        if column.name in known:
            value: Answer | None = known[column.name]
        elif column.name == "outcome_no":
            value = place % len(case.outcomes) + 1
            value = value if column.kind == "integer" else str(value)
        elif not column.required and rng.random() < 0.3:
            continue
        else:
            value = _by_kind(column, case, rng)
        if isinstance(value, str) and column.longest:
            value = value[: column.longest].strip()
        if value is not None and value not in ("", False) and not isinstance(value, tuple):
            row[column.name] = value
    whole, part = row.get("units_authorized"), row.get("units_delivered")
    if isinstance(whole, Decimal) and isinstance(part, Decimal):
        row |= {"units_authorized": max(whole, part), "units_delivered": min(whole, part)}
    return row


def _by_kind(question: Question, case: Case, rng: np.random.Generator) -> Cell | None:
    """An answer that fits the kind of box, whoever asks."""
    kind = question.kind
    service = case.services[0] if case.services else {}
    of_case = {
        "providers": service.get("provider"),
        "services": service.get("code"),
        "waivers": case.waiver,
        "coordinators": case.coordinator,
        "counties": case.person.county,
    }
    if kind in ("choice", "hcpcs") and of_case.get(question.listed):
        return of_case[question.listed]
    if kind in ("choice", "choices") and question.options:
        codes = list(question.options)
        if kind == "choice":
            return picked(codes, rng)
        return tuple(code for code in codes if rng.random() < 0.45) or (codes[0],)
    makers: dict[str, Callable[[], Cell]] = {
        "yes-no": lambda: bool(rng.random() < 0.5),
        "tick": lambda: bool(rng.random() < 0.5),
        "date": lambda: _day(question, case, rng),
        "month": lambda: case.as_of.replace(day=1),
        "money": lambda: Decimal(int(rng.integers(100, 250_000))) / 100,
        "units": lambda: Decimal(int(rng.integers(1, 400))),
        "integer": lambda: int(rng.integers(question.low, max(question.low, min(question.high, 40)) + 1)),
        "phone": lambda: fiction_phone(rng),
        "zip": lambda: case.person.zip,
        "state": lambda: "MO",
        "npi": lambda: service.get("npi") or invented_npi(rng),
        "icd10": lambda: str(picked(WORDS["diagnoses"], rng)[0]),
        "hcpcs": lambda: service.get("code", "T2021"),
        "email": lambda: case.guardian.email,
        "address": lambda: case.guardian.street,
        "person-name": lambda: (
            invented_person(case.seed * 1000 + int(rng.integers(1, 9)), youngest=30).full_name
        ),
        "signature": lambda: "present",
        "identifier": lambda: matching(question.pattern, rng) if question.pattern else "",
        "narrative": lambda: _narrative(question, rng),
        "text": lambda: _phrase(question, rng),
        "choice": lambda: "",
    }
    return makers[kind]()


def _day(question: Question, case: Case, rng: np.random.Generator) -> date:
    """A day shortly before the case's day; half a year after it where something is to be looked at again."""
    if any(word in question.name for word in ("review", "next", "expires", "due")):
        return case.as_of + timedelta(days=180)
    return case.as_of - timedelta(days=int(rng.integers(0, 25)))


def _phrase(question: Question, rng: np.random.Generator) -> str:
    banks: dict[str, list[str]] = WORDS["phrases"]
    words = next((bank for word, bank in banks.items() if word in question.name), banks["any"])
    return _cut(picked(words, rng), question.longest)


def _narrative(question: Question, rng: np.random.Generator) -> str:
    order = rng.permutation(len(WORDS["sentences"]))[: int(rng.integers(1, 4))]
    return _cut(
        " ".join(WORDS["sentences"][int(index)] for index in order), min(question.longest or 220, 220)
    )


def _cut(text: str, longest: int) -> str:
    """The text, cut at a blank where it is too long."""
    return text if not longest or len(text) <= longest else text[:longest].rsplit(" ", 1)[0]
