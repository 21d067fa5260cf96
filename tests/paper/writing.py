"""How answers look: as the office reads them, and as they stand in the boxes of a blank."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.paper.answers import Question
from tests.paper.casework import Answer, Node
from tests.paper.widgets import Spot


def shown(answers: Mapping[str, Answer], asked: Iterable[Question]) -> dict[str, Node]:
    """The answers as the office reads them: 3/4/2027, 1,250.00, Yes, codes for choices; tables as rows."""
    kinds = {question.name: question for question in asked}
    out: dict[str, Node] = {}
    for name, answer in answers.items():
        question = kinds[name]
        if question.kind == "table" and isinstance(answer, tuple):
            columns = {column.name: column for column in question.columns}
            out[name] = [
                {cell: _shown(value, columns[cell]) for cell, value in row.items()}
                for row in answer
                if isinstance(row, dict)
            ]
        else:
            out[name] = _shown(answer, question)
    return out


def _shown(value: object, question: Question) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        if question.kind == "month":
            return f"{value:%B %Y}"
        return f"{value.month}/{value.day}/{value.year}"
    if isinstance(value, Decimal):
        return f"{value:,}"
    if isinstance(value, tuple):
        return "; ".join(str(item) for item in value)
    if question.kind == "phone":
        text = str(value)
        return f"({text[:3]}) {text[3:6]}-{text[6:]}"
    return str(value)


@dataclass(frozen=True, slots=True)
class Filled:
    """What goes into a blank. values: by qualified name; signed: names of signature lines."""

    values: dict[str, str]
    signed: tuple[str, ...]


def boxes(
    answers: Mapping[str, Answer], asked: Iterable[Question], blank: Iterable[Spot], *, on_paper: bool
) -> Filled:
    """The answers as they are put into the boxes of a blank whose widgets are named after its fields.

    on_paper: choices from a list are written as people say them, not as codes.
    Raises KeyError where the blank has no box for an answer.
    """
    by_name: dict[str, list[Spot]] = {}
    for spot in blank:
        by_name.setdefault(spot.name, []).append(spot)
    values: dict[str, str] = {}
    signed: list[str] = []
    for name, question, value in flat(answers, asked):
        if question.kind == "signature":
            signed.append(name)
        elif question.kind == "choices" and isinstance(value, tuple):
            for code in value:
                box = f"{name}.{code}"
                values[box] = by_name[box][0].on_state
        else:
            values[name] = written(value, question, by_name[name][0], on_paper=on_paper)
    return Filled(values, tuple(name for name in signed if name in by_name))


def flat(answers: Mapping[str, Answer], asked: Iterable[Question]) -> Iterable[tuple[str, Question, Answer]]:
    """Each answer with the name of its box; rows of tables are counted from 1."""
    kinds = {question.name: question for question in asked}
    for name, answer in answers.items():
        question = kinds[name]
        if question.kind == "table" and isinstance(answer, tuple):
            columns = {column.name: column for column in question.columns}
            for count, row in enumerate(answer, start=1):
                if isinstance(row, dict):
                    for cell, value in row.items():
                        yield f"{name}.{count}.{cell}", columns[cell], value
        else:
            yield name, question, answer


def written(value: Answer, question: Question, spot: Spot, *, on_paper: bool) -> str:
    if question.kind == "tick":
        return spot.on_state if value else "Off"
    if question.kind == "yes-no":
        return "yes" if value else "no"
    if isinstance(value, date):
        if question.kind == "month":
            return f"{value:%m%Y}" if spot.cells else f"{value:%m/%Y}"
        return f"{value:%m%d%Y}" if spot.cells else f"{value.month}/{value.day}/{value.year}"
    if question.kind == "choice" and spot.on_state == "" and on_paper:
        label = question.options.get(str(value), str(value))
        return label if len(label) * 4.5 < spot.width else str(value)
    text = _shown(value, question)
    if spot.cells:
        text = re.sub(r"[\s()\-./]", "", text)  # what a comb prints itself nobody writes into it
    return text


def printed_rows(blank: Iterable[Spot]) -> dict[str, int]:
    """How many rows a blank has printed for each table, from names like `services.3.units`."""
    rows: dict[str, int] = {}
    for spot in blank:
        if match := re.fullmatch(r"([^.]+)\.(\d+)\..+", spot.name):
            rows[match[1]] = max(rows.get(match[1], 0), int(match[2]))
    return rows
