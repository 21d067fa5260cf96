"""The data folders test themselves: the shipped site has no mistake and each rule's examples hold."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline.checking import Typed
from pipeline.checking.judging import FormWorld
from pipeline.model import Entry
from pipeline.site import load_site, read_site
from pipeline.site.rulefile import Rule
from pipeline.site.schemas import Field
from pipeline.values import Kind, Row, Value, parse

ROOT = Path(__file__).parents[2]
SITE, _ = read_site(ROOT)


def test_the_shipped_site_has_no_mistake() -> None:
    load_site(ROOT)


def example_value(rule: Rule, field: Field, plain: object) -> Value:
    if field.kind is Kind.TABLE and isinstance(plain, list):
        return tuple(example_row(rule, field, row) for row in plain)
    if isinstance(plain, list):
        return tuple(str(item) for item in plain)
    if isinstance(plain, bool):
        return plain
    text = str(plain)
    if field.kind is Kind.SIGNATURE:
        return text
    return parse(text, SITE.expectation(field, 2026))


def example_row(rule: Rule, field: Field, plain: object) -> Row:
    assert isinstance(plain, dict)
    row: Row = {}
    for name, cell in plain.items():
        value = example_value(rule, field.columns[name], cell)
        assert not isinstance(value, tuple)
        row[name] = value
    return row


def world_of(rule: Rule, example: dict[str, object], form: str) -> FormWorld:
    """The example as a form: columns of the rule's table become its one row."""
    schema = SITE.schemas[form]
    entries: dict[str, Entry] = {}
    row: Row | None = {} if rule.each else None
    for path, plain in example.items():
        name = path.removeprefix("form.")
        if plain is None:
            continue
        if row is not None and name == path and name in schema.fields[rule.each].columns:
            value = example_value(rule, schema.fields[rule.each].columns[name], plain)
            assert not isinstance(value, tuple)
            row[name] = value
        else:
            entries[name] = Entry(name, example_value(rule, schema.fields[name], plain))
    typed = Typed(form, "", entries, (), (), ())
    return FormWorld(SITE, typed, date(2026, 11, 22), lambda place: None, row)


@pytest.mark.parametrize("rule", SITE.rules, ids=lambda rule: rule.id)
def test_each_rule_judges_its_own_examples(rule: Rule) -> None:
    for good, example in rule.examples:
        for form in rule.forms:
            world = world_of(rule, dict(example), form)
            applies = rule.when is None or rule.when.holds(world) is True
            complains = applies and rule.must.holds(world) is False
            assert (not good) is complains, f"{rule.file}:{rule.line} {example}"
