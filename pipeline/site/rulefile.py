"""Rules across fields, from `schemas/rules/*.yaml`, parsed and checked against the schemas."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as member
from pathlib import Path

from pipeline.model import Severity
from pipeline.rules import Condition, Expression, RuleError, parse_condition, parse_expression
from pipeline.site.schemas import Schema
from pipeline.site.yamlfile import Mistakes, Place, Plain, load, suggestion

RULE_KEYS = (
    "id",
    "title",
    "forms",
    "each",
    "when",
    "must",
    "severity",
    "marks",
    "message",
    "source",
    "values",
    "vouches",
    "pass",
    "fail",
)
MESSAGE_NAME = re.compile(r"\{([a-z_0-9.]+)\}")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. A finding is made where `when` holds (or is not given) and `must` is false.

    each:     the table whose rows are judged one by one, empty for the whole form
    marks:    the fields a person is asked about
    message:  words for the person; `{name}` is replaced by a value, `{row}` by the row's number
    vouches:  fields for which this rule, where it holds, is a second source (a sum, a check digit)
    values:   further names for the message, each an expression
    examples: (should it pass, the fields of the example)
    """

    id: str
    title: str
    forms: tuple[str, ...]
    each: str
    when: Condition | None
    must: Condition
    severity: Severity
    marks: tuple[str, ...]
    message: str
    vouches: tuple[str, ...] = ()
    values: Mapping[str, Expression] = member(default_factory=dict)
    examples: tuple[tuple[bool, Mapping[str, Plain]], ...] = ()
    file: str = ""
    line: int = 0


def load_rules(
    folder: Path, root: Path, schemas: Mapping[str, Schema], mistakes: Mistakes
) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    seen: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        top = load(path, root, mistakes)
        top.only("rules")
        for place in top.need("rules").items():
            rule = _rule(place, schemas)
            if rule is None:
                continue
            if rule.id in seen:
                place.wrong(f'a rule "{rule.id}" stands in {seen[rule.id]} already')
            seen[rule.id] = rule.file
            rules.append(rule)
    return tuple(rules)


def _condition(place: Place) -> Condition | None:
    try:
        return parse_condition(place.plain())
    except (RuleError, re.error) as failure:
        place.wrong(str(failure))
        return None


def _rule(place: Place, schemas: Mapping[str, Schema]) -> Rule | None:
    place.only(*RULE_KEYS)
    must = _condition(place.need("must"))
    when = _condition(place.at("when")) if place.get("when") else None
    values: dict[str, Expression] = {}
    for name, where in place.at("values").pairs():
        try:
            values[name] = parse_expression(where.plain())
        except (RuleError, re.error) as failure:
            where.wrong(str(failure))
    if must is None:
        return None
    rule = Rule(
        id=place.need("id").text(),
        title=place.at("title").text(),
        forms=place.need("forms").texts(),
        each=place.at("each").text(),
        when=when,
        must=must,
        severity=Severity(place.at("severity").one_of(("error", "warning"), "error")),
        marks=place.at("marks").texts(),
        message=place.need("message").text(),
        vouches=place.at("vouches").texts(),
        values=values,
        examples=_examples(place),
        file=place.file,
        line=place.line,
    )
    _check_paths(rule, place, schemas)
    return rule


def _examples(place: Place) -> tuple[tuple[bool, Mapping[str, Plain]], ...]:
    found: list[tuple[bool, Mapping[str, Plain]]] = []
    for key, good in (("pass", True), ("fail", False)):
        examples = place.at(key).items()
        if not examples:
            place.wrong(f'a rule needs at least one example under "{key}"')
        for example in examples:
            fields = example.plain()
            if isinstance(fields, dict):
                found.append((good, fields))
            else:
                example.wrong("an example is fields and their values")
    return tuple(found)


def _check_paths(rule: Rule, place: Place, schemas: Mapping[str, Schema]) -> None:
    paths = (
        set(rule.must.paths) | set(rule.marks) | set(rule.vouches) | set(MESSAGE_NAME.findall(rule.message))
    )
    paths |= set(rule.when.paths if rule.when else ())
    paths |= {path for value in rule.values.values() for path in value.paths}
    for form in rule.forms:
        schema = schemas.get(form)
        if schema is None:
            place.at("forms").wrong(f'no form "{form}".{suggestion(form, schemas)}')
            continue
        if rule.each and rule.each not in schema.fields:
            place.at("each").wrong(
                f'no table "{rule.each}" in {schema.file}.{suggestion(rule.each, schema.fields)}'
            )
            continue
        known = known_paths(schema, rule.each) | set(rule.values) | {"row"}
        for path in sorted(paths - known):
            place.wrong(f'no field "{path}" in {schema.file}.{suggestion(path, known)}')


def known_paths(schema: Schema, each: str) -> set[str]:
    """Every path a rule over this form may name."""
    known = set(schema.fields) | {f"form.{name}" for name in schema.fields}
    for name, field in schema.fields.items():
        known |= {f"{name}.{column}" for column in field.columns}
    return known | set(schema.fields[each].columns if each in schema.fields else ())
