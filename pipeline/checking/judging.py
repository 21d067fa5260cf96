"""Holds a typed form against its schema and the rules, and says all that is wrong at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import cerberus

from pipeline.checking.entries import Typed, row_number
from pipeline.checking.trust import to_confirm, unvouched
from pipeline.model import Entry, Finding, Reason, Severity, worst_first
from pipeline.rules import Operand
from pipeline.site import Site
from pipeline.site.rulefile import MESSAGE_NAME, Rule
from pipeline.site.schemas import Field, Schema
from pipeline.values import Kind, Month, Row, Value, display, display_money


class _Validator(cerberus.Validator):  # type: ignore[misc]  # cerberus has no types
    """Cerberus with this program's types. Its own `number` refuses Decimal."""

    types_mapping = cerberus.Validator.types_mapping.copy()
    types_mapping["decimal"] = cerberus.TypeDefinition("decimal", (Decimal,), ())
    types_mapping["month"] = cerberus.TypeDefinition("month", (Month,), ())
    types_mapping["date"] = cerberus.TypeDefinition("date", (date,), ())
    types_mapping["list"] = cerberus.TypeDefinition("list", (list, tuple), (str,))


@dataclass(frozen=True, slots=True)
class Judged:
    """What stands against filing (`errors`), what is filed but must be confirmed (`warnings`)."""

    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class FormWorld:
    """The values of one form, or of one row of it, as expressions see them."""

    site: Site
    typed: Typed
    today_is: date
    filed: Callable[[str], Operand]
    row: Row | None = None

    def value(self, path: str) -> Operand:
        if path.startswith("form."):
            return self.typed.value(path.removeprefix("form."))
        if self.row is not None and path in self.row:
            return self.row[path]
        return self.typed.value(path)

    def program(self, path: str) -> Operand:
        for name in MESSAGE_NAME.findall(path):
            path = path.replace("{" + name + "}", str(self.value(name)))
        return _operand(self.site.program.cell(path))

    def lookup(self, table: str, key: str, column: str) -> Operand:
        return _operand(self.site.program.cell(f"{table}.{key}.{column}"))

    def record(self, place: str) -> Operand:
        return self.filed(place)

    def today(self) -> date:
        return self.today_is


def _operand(plain: object) -> Operand:
    if isinstance(plain, list):
        return tuple(str(item) for item in plain)
    return plain if isinstance(plain, str | bool | int) else None


def judge(
    site: Site,
    typed: Typed,
    today: date,
    filed: Callable[[str], Operand],
    vouched: frozenset[str] = frozenset(),
) -> Judged:
    """Everything a person must look at on this form, worst first.

    filed:   the case record's value at a place, None where nothing is filed or the case is not known
    vouched: fields for which a second source speaks already (the case's own name, birth date, ids)
    """
    schema = site.schemas[typed.form]
    asked = {path for finding in typed.findings for path in finding.fields}
    findings = list(typed.findings)
    findings += _schema_findings(site, schema, typed, asked)
    vouchers: set[str] = set(vouched)
    for rule in site.rules:
        if typed.form in rule.forms:
            findings += _rule_findings(site, rule, typed, today, filed, vouchers)
    findings += unvouched(schema, typed, vouchers)
    findings += to_confirm(schema, typed)
    ordered = worst_first(findings)
    return Judged(
        tuple(finding for finding in ordered if finding.severity is Severity.ERROR),
        tuple(finding for finding in ordered if finding.severity is Severity.WARNING),
    )


def findings_about(
    site: Site,
    typed: Typed,
    today: date,
    filed: Callable[[str], Operand],
    paths: Collection[str],
    part_of: str = "",
) -> tuple[Finding, ...]:
    """What the rules that read any of these places have against the form.

    paths:   `plan_total`, `services.units`
    part_of: a table of which not all rows are there, so that only rules about single rows can be asked
    """
    asked = [(rule, _reads(site, rule, typed.form)) for rule in site.rules if typed.form in rule.forms]
    rules = [
        rule
        for rule, read in asked
        if read & set(paths) and (rule.each or part_of not in {path.partition(".")[0] for path in read})
    ]
    return tuple(
        finding for rule in rules for finding in _rule_findings(site, rule, typed, today, filed, set())
    )


def reads_any(site: Site, form: str, paths: Collection[str]) -> bool:
    """Whether a rule of the form reads any of these places."""
    return any(form in rule.forms and _reads(site, rule, form) & set(paths) for rule in site.rules)


def _reads(site: Site, rule: Rule, form: str) -> set[str]:
    """The places of the form that a rule reads, a column of a table as `services.units`."""
    columns = site.schemas[form].fields[rule.each].columns if rule.each else {}
    read = (*rule.must.paths, *(rule.when.paths if rule.when is not None else ()))
    return {f"{rule.each}.{path}" if path in columns else path.removeprefix("form.") for path in read}


# --- the schema -----------------------------------------------------------------------------------


def _schema_findings(site: Site, schema: Schema, typed: Typed, asked: set[str]) -> list[Finding]:
    rules = {field.name: _cerberus_rule(site, field) for field in schema.for_edition(typed.edition)}
    validator = _Validator(rules, allow_unknown=False)
    validator.validate({name: _plain(entry.value) for name, entry in typed.entries.items()})
    findings: list[Finding] = []
    for error in validator._errors:
        findings += _words(schema, typed, error, asked)
    return findings


def _cerberus_rule(site: Site, field: Field) -> dict[str, object]:
    rule: dict[str, object] = dict(field.cerberus)
    options = site.options(field)
    if options and field.kind in (Kind.CHOICE, Kind.CHOICES):
        rule["allowed"] = [code for code, _ in options]
    for bound in ("min", "max"):
        if bound in rule and field.kind in (Kind.MONEY, Kind.UNITS):
            rule[bound] = Decimal(str(rule[bound]))
    if field.kind is Kind.SIGNATURE:
        rule.pop("required", None)  # an unsigned line has words of its own
    if field.kind is Kind.TABLE:
        columns = {column.name: _cerberus_rule(site, column) for column in field.columns.values()}
        rule["schema"] = {"type": "dict", "schema": columns}
    return rule


def _plain(value: Value) -> object:
    return list(value) if isinstance(value, tuple) else value


def _words(
    schema: Schema, typed: Typed, error: cerberus.errors.ValidationError, asked: set[str]
) -> list[Finding]:
    """Findings for one Cerberus error; an error inside a table has one for each cell."""
    if error.child_errors:
        return [finding for child in error.child_errors for finding in _words(schema, typed, child, asked)]
    path = _paper_path(typed, error.document_path)
    if path in asked or path.partition(".")[0] in asked:
        return []
    label = schema.label_of(path)
    if error.rule == "required":
        return [_finding(Reason.REQUIRED_BLANK, path, f'"{label}" is blank, and it must be filled in.')]
    message = _CERBERUS_WORDS.get(error.rule, "is not as the form wants it")
    return [_finding(Reason.NOT_VALID, path, f'"{label}" {message}.')]


_CERBERUS_WORDS = {
    "maxlength": "is too long",
    "minlength": "is too short",
    "min": "is lower than it can be",
    "max": "is higher than it can be",
    "allowed": "is not one of the listed choices",
    "regex": "does not have the form it must have",
    "type": "is not of the right kind",
}


def _paper_path(typed: Typed, document_path: Sequence[str | int]) -> str:
    """`services.3.units` as printed, from Cerberus' own (`services`, 0, `units`)."""
    if len(document_path) < 3:
        return str(document_path[0])
    table, index, column = str(document_path[0]), int(document_path[1]), str(document_path[2])
    return f"{table}.{row_number(typed.entries[table], index)}.{column}"


def _finding(reason: Reason, path: str, message: str) -> Finding:
    return Finding(reason.value, Severity.ERROR, reason, (path,), 0, message)


# --- the rules ------------------------------------------------------------------------------------


def _rule_findings(
    site: Site,
    rule: Rule,
    typed: Typed,
    today: date,
    filed: Callable[[str], Operand],
    vouchers: set[str],
) -> list[Finding]:
    if not rule.each:
        world = FormWorld(site, typed, today, filed)
        return _judged(rule, world, "", vouchers, None)
    entry = typed.entries.get(rule.each)
    if entry is None or not isinstance(entry.value, tuple):
        return []
    findings: list[Finding] = []
    for index, row in enumerate(entry.value):
        if isinstance(row, dict):
            world = FormWorld(site, typed, today, filed, row)
            prefix = f"{rule.each}.{row_number(entry, index)}."
            findings += _judged(rule, world, prefix, vouchers, (entry, index))
    return findings


def _judged(
    rule: Rule, world: FormWorld, prefix: str, vouchers: set[str], row: tuple[Entry, int] | None
) -> list[Finding]:
    if rule.when is not None and rule.when.holds(world) is not True:
        return []
    columns = set(world.site.schemas[world.typed.form].fields[rule.each].columns) if rule.each else set()
    if _waits_for_an_answer(rule, world.typed, {name: prefix + name for name in columns}):
        return []
    answer = rule.must.holds(world)
    if answer is True:
        vouchers.update(prefix + path if path in columns else path for path in rule.vouches)
    if answer is not False:
        return []
    number = row_number(*row) if row else 0
    marks = tuple(prefix + path if path in columns else path for path in rule.marks)
    message = MESSAGE_NAME.sub(lambda match: _named(match[1], rule, world, number), rule.message)
    return [Finding(rule.id, rule.severity, _reason(rule, world), marks, 0, message)]


def _reason(rule: Rule, world: FormWorld) -> Reason:
    """A rule that only asks who signed: its page can be signed and scanned again while the rest waits."""
    schema = world.site.schemas[world.typed.form]
    fields = [schema.field_at(path) for path in rule.marks]
    only_lines = all(field is not None and field.kind is Kind.SIGNATURE for field in fields)
    if rule.severity is Severity.ERROR and rule.marks and only_lines:
        return Reason.SIGNATURE_ABSENT
    return Reason.RULE_BROKEN


def _waits_for_an_answer(rule: Rule, typed: Typed, cells: dict[str, str]) -> bool:
    """Whether the rule reads a place that a person is asked about: it is judged when the answer is there."""
    conditions = (rule.must,) if rule.when is None else (rule.when, rule.must)
    read = {path.removeprefix("form.") for condition in conditions for path in condition.paths}
    read = {cells.get(path, path) for path in read}
    asked = {path for finding in typed.findings for path in finding.fields}
    return any(
        path in read or _ROW.sub(".", path) in read or path.partition(".")[0] in read for path in asked
    )


_ROW = re.compile(r"\.\d+\.")


def _named(name: str, rule: Rule, world: FormWorld, number: int) -> str:
    if name == "row":
        return str(number)
    value = rule.values[name].value(world) if name in rule.values else world.value(name)
    if value is None:
        return "(blank)"
    schema = world.site.schemas[world.typed.form]
    field = (schema.fields[rule.each].columns.get(name) if rule.each else None) or schema.fields.get(
        name.removeprefix("form.")
    )
    if isinstance(value, Decimal) and (field is None or field.kind is Kind.MONEY):
        return display_money(value)
    if field is not None and isinstance(value, str):
        return dict(world.site.options(field)).get(value, value)
    return display(value)
