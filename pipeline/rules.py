"""Conditions and expressions of the data files: a small closed language, whole on one page, and its evaluation.

Used by `schemas/rules/` (over the fields of a form) and by `when:` in packets (over places of the case
record). There is no way to call code from it. A comparison with a blank side is not judged: it yields
None, which is neither true nor false, so that one missing box does not set off ten complaints.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Protocol, TypeAlias

from pipeline.values import Month, Scalar, Value, cents, luhn_is_right

Plain: TypeAlias = "str | bool | int | list[Plain] | dict[str, Plain] | None"
Operand: TypeAlias = Value | None


class World(Protocol):
    """What expressions may ask about."""

    def value(self, path: str) -> Operand:
        """The value at a path, None when blank."""

    def program(self, path: str) -> Operand:
        """A value of program.yaml, None when not there."""

    def lookup(self, table: str, key: str, column: str) -> Operand:
        """A cell of a table of program.yaml: `lookup("services", "T2021", "unit_kind")`."""

    def record(self, place: str) -> Operand:
        """What is already filed at a place of the case record."""

    def today(self) -> date:
        """The local date on which this is judged."""


class RuleError(ValueError):
    """The condition or expression is not of the language. The message says what is."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed condition: ask `holds`. `paths` are the paths it reads, for checking them beforehand."""

    holds: Callable[[World], bool | None]
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression: ask `value`."""

    value: Callable[[World], Operand]
    paths: tuple[str, ...]


# --- expressions ----------------------------------------------------------------------------------


def parse_expression(plain: Plain) -> Expression:
    """The expression written as a path, a number, or a mapping with one operator. Raises RuleError."""
    if isinstance(plain, bool):
        constant = plain
        return Expression(lambda world: constant, ())
    if isinstance(plain, int):
        number = Decimal(plain)
        return Expression(lambda world: number, ())
    if isinstance(plain, str):
        path = plain
        return Expression(lambda world: world.value(path), (path,))
    if isinstance(plain, dict) and len(plain) == 1:
        [(operator, argument)] = plain.items()
        parser = _EXPRESSIONS.get(operator)
        if parser is not None:
            return parser(argument)
        raise RuleError(f'unknown expression "{operator}"; known: {", ".join(sorted(_EXPRESSIONS))}')
    raise RuleError("an expression is a path, a number, or one operator with its arguments")


def as_number(value: Operand) -> Decimal | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | Decimal):
        return Decimal(value)
    if isinstance(value, str):
        try:
            number = Decimal(value.replace(",", "").removeprefix("$"))
        except InvalidOperation:
            return None
        return number if number.is_finite() else None
    return None


def as_date(value: Operand) -> date | None:
    if isinstance(value, date):
        return value
    if isinstance(value, Month):
        return value.first_day()
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return None


def add_years(day: date, years: int) -> date:
    """The same day `years` later; February 29 becomes February 28 in a common year."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def full_years(start: date, end: date) -> int:
    """Completed years from `start` to `end`, as an age is counted."""
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def _pair(argument: Plain) -> tuple[Expression, Expression]:
    if not isinstance(argument, list) or len(argument) != 2:
        raise RuleError("takes a list of two")
    return parse_expression(argument[0]), parse_expression(argument[1])


def _on_numbers(combine: Callable[[Decimal, Decimal], Decimal]) -> Callable[[Plain], Expression]:
    def parse(argument: Plain) -> Expression:
        left, right = _pair(argument)

        def value(world: World) -> Operand:
            first, second = as_number(left.value(world)), as_number(right.value(world))
            return None if first is None or second is None else combine(first, second)

        return Expression(value, left.paths + right.paths)

    return parse


def _on_dates(combine: Callable[[date, date], int]) -> Callable[[Plain], Expression]:
    def parse(argument: Plain) -> Expression:
        left, right = _pair(argument)

        def value(world: World) -> Operand:
            first, second = as_date(left.value(world)), as_date(right.value(world))
            return None if first is None or second is None else combine(first, second)

        return Expression(value, left.paths + right.paths)

    return parse


def _date_plus(shift: Callable[[date, int], date]) -> Callable[[Plain], Expression]:
    def parse(argument: Plain) -> Expression:
        left, right = _pair(argument)

        def value(world: World) -> Operand:
            day, number = as_date(left.value(world)), as_number(right.value(world))
            return None if day is None or number is None else shift(day, int(number))

        return Expression(value, left.paths + right.paths)

    return parse


def _column_of(world: World, path: str) -> list[Operand] | None:
    table, _, column = path.rpartition(".")
    rows = world.value(table)
    if not isinstance(rows, tuple):
        return None
    return [row.get(column) for row in rows if isinstance(row, dict)]


def _sum(argument: Plain) -> Expression:
    path = _text(argument)

    def value(world: World) -> Operand:
        cells = _column_of(world, path)
        if cells is None:
            return None
        numbers = [as_number(cell) for cell in cells if cell is not None]
        return sum((number for number in numbers if number is not None), Decimal(0))

    return Expression(value, (path,))


def _column(argument: Plain) -> Expression:
    """Everything written in a column, as words, for `contains`."""
    path = _text(argument)

    def value(world: World) -> Operand:
        cells = _column_of(world, path)
        return None if cells is None else tuple(str(cell) for cell in cells if cell is not None)

    return Expression(value, (path,))


def _field(argument: Plain) -> Expression:
    """A path where a bare word would be a code: the second side of `contains`."""
    return parse_expression(_text(argument))


def _count(argument: Plain) -> Expression:
    path = _text(argument)

    def value(world: World) -> Operand:
        rows = world.value(path)
        return Decimal(len(rows)) if isinstance(rows, tuple) else Decimal(0)

    return Expression(value, (path,))


def _lookup(argument: Plain) -> Expression:
    if not isinstance(argument, list) or len(argument) != 3:
        raise RuleError("lookup takes [table, key, column]")
    table, key, column = _text(argument[0]), parse_expression(argument[1]), _text(argument[2])

    def value(world: World) -> Operand:
        found = key.value(world)
        return None if found is None else world.lookup(table, str(found), column)

    return Expression(value, key.paths)


def _program(argument: Plain) -> Expression:
    path = _text(argument)
    return Expression(lambda world: world.program(path), ())


def _record(argument: Plain) -> Expression:
    place = _text(argument)
    return Expression(lambda world: world.record(place), ())


def _literal(argument: Plain) -> Expression:
    if isinstance(argument, list | dict) or argument is None:
        raise RuleError("value takes one word or number")
    constant: Scalar = argument
    return Expression(lambda world: constant, ())


def _luhn(argument: Plain) -> Expression:
    inner = parse_expression(argument)

    def value(world: World) -> Operand:
        digits = inner.value(world)
        if not isinstance(digits, str):
            return None
        return digits.isascii() and digits.isdigit() and luhn_is_right(digits)

    return Expression(value, inner.paths)


def _text(argument: Plain) -> str:
    if not isinstance(argument, str):
        raise RuleError("expected a word")
    return argument


_EXPRESSIONS: dict[str, Callable[[Plain], Expression]] = {
    "value": _literal,
    "product": _on_numbers(lambda left, right: cents(left * right)),
    "add": _on_numbers(lambda left, right: left + right),
    "subtract": _on_numbers(lambda left, right: left - right),
    "sum": _sum,
    "count": _count,
    "column": _column,
    "field": _field,
    "days": _on_dates(lambda start, end: (end - start).days),
    "years": _on_dates(full_years),
    "add_days": _date_plus(lambda day, number: day + timedelta(days=number)),
    "add_years": _date_plus(add_years),
    "program": _program,
    "lookup": _lookup,
    "record": _record,
    "today": lambda argument: Expression(lambda world: world.today(), ()),
    "luhn": _luhn,
}


# --- conditions -----------------------------------------------------------------------------------


def parse_condition(plain: Plain) -> Condition:
    """The condition written as a mapping with one operator. Raises RuleError."""
    if not isinstance(plain, dict) or len(plain) != 1:
        raise RuleError("a condition is one operator with its arguments")
    [(operator, argument)] = plain.items()
    parser = _CONDITIONS.get(operator)
    if parser is None:
        raise RuleError(f'unknown condition "{operator}"; known: {", ".join(sorted(_CONDITIONS))}')
    return parser(argument)


def _conditions(argument: Plain) -> tuple[Condition, ...]:
    if not isinstance(argument, list) or not argument:
        raise RuleError("takes a list of conditions")
    return tuple(parse_condition(item) for item in argument)


def _paths_of(parts: Sequence[Condition | Expression]) -> tuple[str, ...]:
    return tuple(path for part in parts for path in part.paths)


def _all(argument: Plain) -> Condition:
    parts = _conditions(argument)

    def holds(world: World) -> bool | None:
        answers = [part.holds(world) for part in parts]
        return False if False in answers else None if None in answers else True

    return Condition(holds, _paths_of(parts))


def _any(argument: Plain) -> Condition:
    parts = _conditions(argument)

    def holds(world: World) -> bool | None:
        answers = [part.holds(world) for part in parts]
        return True if True in answers else None if None in answers else False

    return Condition(holds, _paths_of(parts))


def _not(argument: Plain) -> Condition:
    inner = parse_condition(argument)

    def holds(world: World) -> bool | None:
        answer = inner.holds(world)
        return None if answer is None else not answer

    return Condition(holds, inner.paths)


def is_blank(value: Operand) -> bool:
    """Whether nothing stands there. An absent signature counts as nothing; an answered No does not."""
    return value is None or value in ("", (), "absent")


def _paths(argument: Plain) -> tuple[str, ...]:
    names = argument if isinstance(argument, list) else [argument]
    return tuple(_text(name) for name in names)


def _present(argument: Plain) -> Condition:
    names = _paths(argument)
    return Condition(lambda world: all(not is_blank(world.value(name)) for name in names), names)


def _blank(argument: Plain) -> Condition:
    names = _paths(argument)
    return Condition(lambda world: all(is_blank(world.value(name)) for name in names), names)


def _order(left: Operand, right: Operand) -> int | None:
    """-1, 0 or 1; None where one side is blank or the two cannot be compared."""
    if left is None or right is None:
        return None
    days = as_date(left), as_date(right)
    if days[0] is not None and days[1] is not None:
        return (days[0] > days[1]) - (days[0] < days[1])
    numbers = as_number(left), as_number(right)
    if numbers[0] is not None and numbers[1] is not None:
        return (numbers[0] > numbers[1]) - (numbers[0] < numbers[1])
    if isinstance(left, bool) and isinstance(right, bool):
        return int(left) - int(right)
    if isinstance(left, str) and isinstance(right, str):
        return 0 if left == right else 1
    return None


def _compare(judge: Callable[[int], bool]) -> Callable[[Plain], Condition]:
    def parse(argument: Plain) -> Condition:
        left, right = _pair(argument)

        def holds(world: World) -> bool | None:
            order = _order(left.value(world), right.value(world))
            return None if order is None else judge(order)

        return Condition(holds, left.paths + right.paths)

    return parse


def _in(argument: Plain) -> Condition:
    if not isinstance(argument, list) or len(argument) != 2 or not isinstance(argument[1], list):
        raise RuleError("in takes [expression, [values]]")
    inner, wanted = parse_expression(argument[0]), [str(item) for item in argument[1]]

    def holds(world: World) -> bool | None:
        value = inner.value(world)
        return None if is_blank(value) else str(value) in wanted

    return Condition(holds, inner.paths)


def _contains(argument: Plain) -> Condition:
    if not isinstance(argument, list) or len(argument) != 2:
        raise RuleError("contains takes [choices, code]")
    inner = parse_expression(argument[0])
    wanted = parse_expression(argument[1] if isinstance(argument[1], dict) else {"value": argument[1]})

    def holds(world: World) -> bool | None:
        found, code = inner.value(world), wanted.value(world)
        if not isinstance(found, tuple) or code is None:
            return None if code is None else False
        return str(code) in [item for item in found if isinstance(item, str)]

    return Condition(holds, inner.paths + wanted.paths)


def _matches(argument: Plain) -> Condition:
    if not isinstance(argument, list) or len(argument) != 2:
        raise RuleError("matches takes [expression, pattern]")
    inner, pattern = parse_expression(argument[0]), re.compile(_text(argument[1]))

    def holds(world: World) -> bool | None:
        value = inner.value(world)
        return None if is_blank(value) else pattern.fullmatch(str(value)) is not None

    return Condition(holds, inner.paths)


_CONDITIONS: dict[str, Callable[[Plain], Condition]] = {
    "all": _all,
    "any": _any,
    "not": _not,
    "present": _present,
    "blank": _blank,
    "equal": _compare(lambda order: order == 0),
    "differ": _compare(lambda order: order != 0),
    "less": _compare(lambda order: order < 0),
    "at-most": _compare(lambda order: order <= 0),
    "more": _compare(lambda order: order > 0),
    "at-least": _compare(lambda order: order >= 0),
    "in": _in,
    "contains": _contains,
    "matches": _matches,
}
