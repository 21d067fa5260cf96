"""People who do not exist, with everything an office asks of them, the same for the same seed.

Telephone numbers are of the 555-01 range kept for fiction, mail addresses end in .example, streets and
numbers are drawn by chance; NPI check digits are right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import yaml

T = TypeVar("T")

WORDS: dict[str, Any] = yaml.load(
    Path(__file__).with_name("names.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
)


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person. phone: ten digits; sex: `female` or `male`."""

    seed: int
    first: str
    middle: str
    last: str
    preferred: str
    sex: str
    birth_date: date
    street: str
    city: str
    state: str
    zip: str
    county: str
    phone: str
    other_phone: str
    email: str

    @property
    def full_name(self) -> str:
        return f"{self.first} {self.last}"

    def identifier(self, pattern: str) -> str:
        """A number of this person that fits a regular expression, the same each time it is asked for."""
        rng = np.random.default_rng([self.seed, *pattern.encode()])
        return matching(pattern, rng)


def invented_person(
    seed: int, *, oldest: int = 78, youngest: int = 3, as_of: date = date(2026, 11, 2)
) -> Person:
    """Somebody between the two ages on that day."""
    rng = np.random.default_rng([seed, 90210])
    sex = picked(("female", "male"), rng)
    first, last = picked(WORDS["first"][sex], rng), picked(WORDS["last"], rng)
    city, county, postal = picked(WORDS["places"], rng)
    handle = re.sub(r"[^a-z]", "", first.lower()) or "mail"
    flat = picked(("", "", "", f" Apt {rng.integers(1, 40)}", " #3B"), rng)
    return Person(
        seed=seed,
        first=first,
        middle=picked(WORDS["middle"], rng),
        last=last,
        preferred=picked(("", first[:3], "Sunny", "Bo"), rng),
        sex=sex,
        birth_date=as_of - timedelta(days=int(rng.integers(youngest * 366, oldest * 365))),
        street=f"{rng.integers(1, 9999)} {picked(WORDS['streets'], rng)}{flat}",
        city=city,
        state="MO",
        zip=postal,
        county=county,
        phone=fiction_phone(rng),
        other_phone=fiction_phone(rng),
        email=f"{handle}{rng.integers(2, 99)}@mail.example",
    )


def fiction_phone(rng: np.random.Generator) -> str:
    """Ten digits of a number kept for fiction."""
    return f"{picked(WORDS['area_codes'], rng)}55501{rng.integers(100):02d}"


def invented_npi(rng: np.random.Generator) -> str:
    """Ten digits with a right check digit. Source: CMS, Luhn over 80840 and the number."""
    body = f"{rng.integers(1, 3)}{rng.integers(10**8):08d}"
    total = 0
    for place, ch in enumerate(reversed("80840" + body)):
        doubled = int(ch) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return body + str(-total % 10)


def matching(pattern: str, rng: np.random.Generator) -> str:
    """A text that a simple regular expression accepts: letters, \\d, classes, counts, look-aheads.

    Raises ValueError for a pattern it cannot serve.
    """
    plain = re.sub(r"\(\?[!=](?:[^()]|\([^()]*\))*\)", "", pattern)
    for _ in range(200):
        text = "".join(_piece(match, rng) for match in _PIECE.finditer(plain))
        if re.fullmatch(pattern, text):
            return text
    raise ValueError(f"no text found that fits {pattern}")


_PIECE = re.compile(r"(\\d|\[[^\]]+\]|\\?.)(\{(\d+)(?:,(\d+))?\}|\?)?")
_CLASSES = {r"\d": "0123456789", "[A-Z]": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "[0-9]": "0123456789"}


def _piece(piece: re.Match[str], rng: np.random.Generator) -> str:
    what, count, least, most = piece.groups()
    if count == "?":
        return what[-1] if what not in _CLASSES and rng.random() < 0.5 else ""
    times = int(rng.integers(int(least or 1), int(most or least or 1) + 1))
    letters = _CLASSES.get(what) or (what[1:-1] if what.startswith("[") else what[-1])
    return "".join(letters[int(rng.integers(len(letters)))] for _ in range(times))


def picked(choices: Sequence[T], rng: np.random.Generator) -> T:
    """One of them by chance."""
    return choices[int(rng.integers(len(choices)))]
