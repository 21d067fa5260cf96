"""The cast of the shipped samples: a few invented people whose papers agree with each other.

Written by hand in `cast/*.yaml`, one file for each person; read here into answers of the right kinds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from tests.paper.answers import Question
from tests.paper.casework import Answer, Cell, Node, Row, branch, leaf, plain_yaml

CAST = Path(__file__).with_name("cast")


@dataclass(frozen=True, slots=True)
class Way:
    """One form of arrival. name: `screen`, `typed` or `scan-...`, as it stands in the file's name.

    The rest is for scans only. dpi: of the scan; turned: quarters by which the page lies turned left;
    by_hand: written with a pen, else typed; two_tone: black and white as fax and office copiers send it.
    """

    name: str
    suffix: str
    lies: str
    dpi: float
    turned: int
    by_hand: bool
    two_tone: bool

    @property
    def scanned(self) -> bool:
        return self.name.startswith("scan")


@dataclass(frozen=True, slots=True)
class Paper:
    """One filled form of the cast. texts: as written in the cast; asks: fields a person must be asked about."""

    name: str
    form: str
    ways: tuple[Way, ...]
    texts: dict[str, Node]
    asks: tuple[str, ...]


def papers(folder: Path = CAST) -> tuple[Paper, ...]:
    """Every paper of everybody, person by person in the order written."""
    found: list[Paper] = []
    for path in sorted(folder.glob("*.yaml")):
        data = plain_yaml(path)
        samples = data["samples"]
        assert isinstance(samples, list)
        found += [_paper(sample, branch(data, "person")) for sample in samples]
    return tuple(found)


def _paper(sample: Node, person: dict[str, Node]) -> Paper:
    asks = sample.get("asks", []) if isinstance(sample, dict) else []
    return Paper(
        name=leaf(sample, "name"),
        form=leaf(sample, "form"),
        ways=tuple(_way(name, how) for name, how in branch(sample, "arrive").items()),
        texts={**person, **branch(sample, "answers")},
        asks=tuple(str(field) for field in asks) if isinstance(asks, list) else (),
    )


def _way(name: str, how: Node) -> Way:
    details: dict[str, Node] = how if isinstance(how, dict) else {"file": how}
    return Way(
        name=name,
        suffix=leaf(details, "file"),
        lies=leaf(details, "lies") or "CLEAN",
        dpi=float(leaf(details, "dpi") or 200),
        turned=int(leaf(details, "turned") or 0),
        by_hand=leaf(details, "by_hand") == "yes",
        two_tone=leaf(details, "two_tone") == "yes",
    )


def answers(paper: Paper, asked: Mapping[str, Question]) -> dict[str, Answer]:
    """The answers of a paper by field; what a form does not ask (of `person:`) is left out.

    Raises KeyError for an answer to something the form does not ask.
    """
    person = {"legal_last", "legal_first", "birth_date", "dmh_id", "medicaid_id"}
    found: dict[str, Answer] = {}
    for name, text in paper.texts.items():
        if name in person and name not in asked:
            continue
        found[name] = _answer(text, asked[name])
    return found


def _answer(text: Node, question: Question) -> Answer:
    if question.kind == "table":
        assert isinstance(text, list)
        columns = {column.name: column for column in question.columns}
        return tuple(_row(row, columns) for row in text)
    if question.kind == "choices":
        assert isinstance(text, list)
        return tuple(str(code) for code in text)
    return _cell(str(text).strip(), question.kind)


def _row(row: Node, columns: Mapping[str, Question]) -> Row:
    assert isinstance(row, dict)
    return {name: _cell(str(text).strip(), columns[name].kind) for name, text in row.items()}


def _cell(text: str, kind: str) -> Cell:
    if kind in ("yes-no", "tick"):
        return {"yes": True, "no": False}[text]
    if kind == "date":
        month, day, year = text.split("/")
        return date(int(year), int(month), int(day))
    if kind == "month":
        month, year = text.split("/")
        return date(int(year), int(month), 1)
    if kind in ("money", "units"):
        return Decimal(text)
    return int(text) if kind == "integer" else text
