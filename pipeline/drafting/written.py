"""The draft as the two files a person completes, form.yaml and the schema.

`# CHOOSE` must be decided, `# CHECK` looked at.
YAML is written here by hand, because comments are half of what a draft says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from pipeline.drafting.draft import Draft, DraftField
from pipeline.drafting.places import PersonGuess, person_of
from pipeline.site.schemas import TYPE_OF_KIND
from pipeline.values import Kind

WITH_LENGTH = (Kind.TEXT, Kind.NARRATIVE, Kind.PERSON_NAME, Kind.ADDRESS)
CODE = re.compile(r"\b(?!19|20)[A-Z]{1,6}[- ]?\d{1,5}[A-Z]?\b")


def quoted(text: str) -> str:
    """Text as YAML: bare where that is safe, in double quotes else."""
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9 _./()'-]*", text) and text.lower() not in (
        "true",
        "false",
        "null",
        "yes",
        "no",
        "on",
        "off",
        "y",
        "n",
    ):
        return text.strip() if text == text.strip() else json.dumps(text)
    return json.dumps(text, ensure_ascii=False)


def form_text(draft: Draft, edition: str, code: str) -> str:
    """forms/NAME/EDITION/form.yaml."""
    printed = CODE.search(draft.printed)
    lines = [
        "# A first draft, made from blank.pdf. Look at every line marked CHECK and decide every line marked CHOOSE.",
        f"code: {quoted(printed[0] if printed else code)}    # CHECK: the form's printed number; no two share one",
        f"title: {quoted(draft.title)}    # CHECK",
        f"edition: {json.dumps(edition)}    # CHECK: as printed on the form; also the name of this folder",
        "blank: foreign",
        "",
        "# Which box of the PDF feeds which field of the schema.",
        "widgets:",
    ]
    for rule in draft.rules:
        name = json.dumps(rule.widget, ensure_ascii=False)
        if rule.comb:
            lines.append(f"  {name}: {{comb: {rule.field}}}")
        elif rule.states:
            states = ", ".join(
                f"{json.dumps(state, ensure_ascii=False)}: {json.dumps(code)}" for state, code in rule.states
            )
            lines.append(f"  {name}: {{field: {rule.field}, states: {{{states}}}}}")
        else:
            lines.append(f"  {name}: {rule.field}")
    if draft.ignore:
        lines += ["", "# Boxes that hold nothing anybody wrote: buttons, helpers without area.", "ignore:"]
        lines += [f"  - {json.dumps(name, ensure_ascii=False)}" for name in draft.ignore]
    return "\n".join(lines) + "\n"


def schema_text(draft: Draft) -> str:
    """schemas/NAME.yaml."""
    person = person_of(draft.fields)
    lines = [
        "# A first draft, made from the blank. Look at every line marked CHECK and decide every line marked CHOOSE.",
        f"title: {quoted(draft.title)}    # CHECK",
        *_dated(draft),
        *_person(person),
        "fields:",
    ]
    needed = {person.first, person.last, person.birth_date}
    for field in draft.fields:
        lines += _field(field, "  ", required=field.name in needed, past=field.name == person.birth_date)
    return "\n".join(lines) + "\n"


SIGNED_ON = (
    r"^effective",
    r"^(date|date signed|signature date|today.?s date|form date|date of (form|signature|request|application))$",
)


def _dated(draft: Draft) -> list[str]:
    """The day from which the form holds: a plain date beside the signature, else the day it arrives."""
    dates = [field for field in draft.fields if field.kind is Kind.DATE]
    found = [field.name for wanted in SIGNED_ON for field in dates if re.search(wanted, field.label.lower())]
    if found:
        return [
            f"effective: {found[0]}    # CHECK: the date from which its answers hold",
            f"period: [{found[0]}]    # CHECK: two papers of one person that agree in these are the same paper",
        ]
    return [
        "# CHECK: no date says from when its answers hold, so the day it arrives counts. Else: effective: FIELD",
        "period: []    # CHECK: two papers of one person that agree in these are the same paper",
    ]


def _person(person: PersonGuess) -> list[str]:
    lines = ["person:    # CHECK: the fields that say who the form is about"]
    for key, name, what in (
        ("first", person.first, "first name"),
        ("last", person.last, "last name"),
        ("birth_date", person.birth_date, "birth date"),
    ):
        if name:
            lines.append(f"  {key}: {name}")
        else:
            lines.append(f"  {key}:    # CHOOSE: the field that holds the {what}")
    if person.full and not (person.first and person.last):
        lines.append(
            f"  # CHOOSE: {person.full} may hold the whole name in one box, which cannot be used here yet"
        )
    if person.ids:
        lines.append(f"  ids: [{', '.join(person.ids)}]")
    return lines


def _field(field: DraftField, indent: str, *, required: bool = False, past: bool = False) -> Iterator[str]:
    yield from (f"{indent}# CHECK: {note}" for note in field.notes)
    yield f"{indent}{field.name}:"
    inner = indent + "  "
    yield f"{inner}type: {TYPE_OF_KIND.get(field.kind, 'string')}"
    if required:
        yield f"{inner}required: true"
    if field.max_length > 1 and field.kind in WITH_LENGTH:
        yield f"{inner}maxlength: {field.max_length}"
    if field.options:
        yield f"{inner}allowed: [{', '.join(json.dumps(code) for code, _ in field.options)}]"
    yield f"{inner}meta:"
    yield from _meta(field, inner + "  ", past=past)
    if field.columns:
        yield f"{inner}schema:"
        yield f"{inner}  type: dict"
        yield f"{inner}  schema:"
        for column in field.columns:
            yield from _field(column, inner + "    ")


def _meta(field: DraftField, indent: str, *, past: bool) -> Iterator[str]:
    yield f"{indent}label: {quoted(field.label)}"
    yield f"{indent}kind: {field.kind}"
    if field.record:
        yield f"{indent}record: {field.record}    # CHECK"
    if field.pattern:
        yield f"{indent}pattern: {field.pattern}"
    if field.listed:
        yield f"{indent}listed: {field.listed}    # CHECK"
    if field.options:
        options = ", ".join(
            f"{json.dumps(code)}: {json.dumps(text, ensure_ascii=False)}" for code, text in field.options
        )
        yield f"{indent}options: {{{options}}}"
    if past or (field.kind is Kind.DATE and re.search(r"sign|birth|born|dob", field.label.lower())):
        yield f"{indent}past: true"
    if field.kind is Kind.SIGNATURE:
        yield f"{indent}signer: individual    # CHECK"
