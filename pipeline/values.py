"""Kinds of values and how text becomes one of them: one parser a kind, kept together so that none is overlooked.

A kind says what a box on paper means: a date, money, an NPI. `parse` is the only road from text to
a typed value and `to_json`/`from_json` the only road to and from the archive. Money and units are
`Decimal` in memory and strings in JSON. Nothing here knows a form, a case or a file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from typing import Final, TypeAlias


class Kind(StrEnum):
    """What a box means. `narrative` is running text of several lines; `text` is one line."""

    TEXT = "text"
    NARRATIVE = "narrative"
    PERSON_NAME = "person-name"
    ADDRESS = "address"
    EMAIL = "email"
    DATE = "date"
    MONTH = "month"
    MONEY = "money"
    UNITS = "units"
    INTEGER = "integer"
    PHONE = "phone"
    ZIP = "zip"
    STATE = "state"
    NPI = "npi"
    ICD10 = "icd10"
    HCPCS = "hcpcs"
    IDENTIFIER = "identifier"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes-no"
    TICK = "tick"
    SIGNATURE = "signature"
    TABLE = "table"


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month, written 2027-02."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year, day.month)

    @classmethod
    def from_text(cls, text: str) -> Month:
        """The month written as YYYY-MM. Raises ValueError."""
        match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text)
        if match is None:
            raise ValueError("a month is written like 2027-02")
        return cls(int(match[1]), int(match[2]))

    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    def last_day(self) -> date:
        following = date(self.year + self.month // 12, self.month % 12 + 1, 1)
        return date.fromordinal(following.toordinal() - 1)


Scalar: TypeAlias = str | bool | int | Decimal | date | Month
Row: TypeAlias = dict[str, "Scalar | tuple[str, ...]"]
Value: TypeAlias = Scalar | tuple[str, ...] | tuple[Row, ...]


class NotAValue(ValueError):
    """The text is not of this kind. The message is a plain-words reason and never quotes the text."""


@dataclass(frozen=True, slots=True)
class Pivot:
    """How two-digit years are read: the latest year allowed, per kind of date.

    A birth date never lies in the future; a plan date may lie a few years ahead.
    """

    latest: int

    def full_year(self, two_digits: int) -> int:
        year = self.latest - self.latest % 100 + two_digits
        return year if year <= self.latest else year - 100


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is known beforehand of a box, and narrows what may be read in it.

    pattern: a regular expression the whole text must match (identifiers).
    options: the codes that may be chosen, with their printed labels beside them.
    pivot:   how a two-digit year is read (dates).
    about:   the year about which a date is expected, 0 where any is as likely (birth dates); any may be written.
    known:   values on file that may be meant, anything else may be meant too: names of the caseload as spelled
             there, numbers and birth dates (MMDDYYYY) as they stand in the cells of a comb.
    """

    kind: Kind
    pattern: str = ""
    options: tuple[tuple[str, str], ...] = ()
    pivot: Pivot = Pivot(2099)
    max_length: int = 0
    about: int = 0
    known: tuple[str, ...] = ()


# Word's own line and page breaks, and Unicode's: pasted into a box they part words as a newline does.
_LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def clean(text: str) -> str:
    """The text in NFC, outer blanks and control and bidirectional characters removed.

    Newlines and tabs become single blanks except between lines, which stay. Raises NotAValue for
    lone surrogates, which cannot be stored and would vanish silently in a Word file, and for U+FFFD, which
    stands where one or an unreadable character stood.
    """
    if any(0xD800 <= ord(ch) <= 0xDFFF or ch == "\ufffd" for ch in text):
        raise NotAValue("holds a character that cannot be stored")
    text = unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text))
    text = _CONTROL.sub("", text)
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return "\n".join(lines).strip()


def parse(text: str, expect: Expectation) -> Value:
    """The typed value of one box's text.

    Text is cleaned first. Raises NotAValue with a reason in plain words when it is not of that
    kind; never guesses. Blank text is not a value: ask `is_blank` before.
    """
    text = clean(text)
    if not text:
        raise NotAValue("is blank")
    if expect.max_length and len(text) > expect.max_length:
        raise NotAValue(f"is longer than {expect.max_length} characters")
    return _PARSERS[expect.kind](text, expect)


def is_blank(text: str) -> bool:
    return not text.strip()


def _line(text: str, expect: Expectation) -> str:
    return " ".join(text.split())


def _narrative(text: str, expect: Expectation) -> str:
    return text


def _person_name(text: str, expect: Expectation) -> str:
    text = _line(text, expect)
    if any(ch.isdigit() for ch in text):
        raise NotAValue("is not a name: it holds a digit")
    return text


def _email(text: str, expect: Expectation) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        raise NotAValue("is not an e-mail address")
    return text


_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMERIC_DATE = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{2}|\d{4})")
_NAMED_DATE = re.compile(r"([A-Za-z]{3,9})\.?\s+(\d{1,2})\s*,?\s+(\d{4})")


def _date(text: str, expect: Expectation) -> date:
    """Month first, as written in the United States; ISO and comb cells (MMDDYYYY) too."""
    if match := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif match := re.fullmatch(r"(\d{2})(\d{2})(\d{4})", text.replace(" ", "")):
        month, day, year = int(match[1]), int(match[2]), int(match[3])
    elif match := _NUMERIC_DATE.fullmatch(text):
        month, day, year = int(match[1]), int(match[2]), int(match[3])
        if len(match[3]) == 2:
            year = expect.pivot.full_year(year)
    elif (match := _NAMED_DATE.fullmatch(text)) and match[1][:3].lower() in _MONTH_NAMES:
        month, day, year = _MONTH_NAMES.index(match[1][:3].lower()) + 1, int(match[2]), int(match[3])
    else:
        raise NotAValue("is not a date like 03/14/2027")
    if not 1880 <= year <= 2150:
        raise NotAValue("is not a date: the year cannot be right")
    try:
        return date(year, month, day)
    except ValueError:
        raise NotAValue("is not a day of the calendar") from None


def _month(text: str, expect: Expectation) -> Month:
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})", text):
        year, month = int(match[1]), int(match[2])
    elif match := re.fullmatch(r"(\d{1,2})\s*[/\-]?\s*(\d{4})", text.replace(" ", "")):
        month, year = int(match[1]), int(match[2])
    elif (match := re.fullmatch(r"([A-Za-z]{3,9})\.?,?\s+(\d{4})", text)) and match[1][
        :3
    ].lower() in _MONTH_NAMES:
        month, year = _MONTH_NAMES.index(match[1][:3].lower()) + 1, int(match[2])
    else:
        raise NotAValue("is not a month like 02/2027")
    if not 1 <= month <= 12 or not 1990 <= year <= 2150:
        raise NotAValue("is not a month of the calendar")
    return Month(year, month)


_GROUPED = r"(?:\d{1,3}(?:,\d{3})+|\d+)"


def _money(text: str, expect: Expectation) -> Decimal:
    """Dollars, to the cent. A third decimal is refused rather than rounded."""
    bare = text.replace(" ", "").removeprefix("$")
    if not re.fullmatch(rf"{_GROUPED}(?:\.\d{{1,2}})?", bare):
        raise NotAValue("is not an amount like 1,250.00")
    return Decimal(bare.replace(",", "")).quantize(Decimal("0.01"))


def _units(text: str, expect: Expectation) -> Decimal:
    bare = text.replace(" ", "")
    if not re.fullmatch(rf"{_GROUPED}(?:\.\d{{1,2}})?", bare):
        raise NotAValue("is not a number of units")
    number = Decimal(bare.replace(",", ""))
    return number.quantize(Decimal(1)) if number == number.to_integral() else number.normalize()


def _integer(text: str, expect: Expectation) -> int:
    bare = text.replace(" ", "")
    if not re.fullmatch(rf"{_GROUPED}", bare) or len(bare) > 12:
        raise NotAValue("is not a whole number")
    return int(bare.replace(",", ""))


def _phone(text: str, expect: Expectation) -> str:
    digits = re.sub(r"[\s().\-+]", "", text)
    if len(digits) == 11 and digits.startswith("1"):
        digits = digits[1:]
    if not re.fullmatch(r"[2-9]\d{9}", digits):
        raise NotAValue("is not a telephone number of ten digits")
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"


def _zip(text: str, expect: Expectation) -> str:
    match = re.fullmatch(r"(\d{5})-?(\d{4})?", text.replace(" ", ""))
    if match is None:
        raise NotAValue("is not a ZIP code of five or nine digits")
    return f"{match[1]}-{match[2]}" if match[2] else match[1]


# Source: USPS Publication 28, Appendix B. The first are also those a reader of scans chooses from.
_STATE_CODES: Final = """
AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO
MT NE NV NH NJ NM NY NC ND OH OK OR PA PR RI SC SD TN TX UT VT VA WA WV WI WY
"""
STATES: Final = tuple(_STATE_CODES.split())
_ISLANDS_AND_FORCES: Final = ("AS", "GU", "MP", "VI", "AA", "AE", "AP")


def _state(text: str, expect: Expectation) -> str:
    if (code := text.upper()) not in STATES + _ISLANDS_AND_FORCES:
        raise NotAValue("is not a state, in two letters as MO")
    return code


def luhn_is_right(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit of the others."""
    total = 0
    for position, ch in enumerate(reversed(digits)):
        digit = int(ch)
        if position % 2:
            digit = digit * 2 - 9 if digit > 4 else digit * 2
        total += digit
    return total % 10 == 0


def _npi(text: str, expect: Expectation) -> str:
    """Ten digits with a check digit.

    Source: CMS, "Requirements for National Provider Identifier": Luhn over 80840 and the number.
    """
    digits = re.sub(r"[\s\-]", "", text)
    if not re.fullmatch(r"[12]\d{9}", digits):
        raise NotAValue("is not an NPI of ten digits")
    if not luhn_is_right("80840" + digits):
        raise NotAValue("is not an NPI: its check digit is wrong")
    return digits


def _icd10(text: str, expect: Expectation) -> str:
    """An ICD-10-CM code by its shape: a third letter can only be A or B (C4A, C7B, M1A, Z3A).

    Source: ICD-10-CM tabular list 2025, code structure and categories.
    """
    code = text.replace(" ", "").upper()
    if re.fullmatch(r"[A-TV-Z]\d[0-9AB][0-9A-Z]{1,4}", code):
        code = f"{code[:3]}.{code[3:]}"
    if not re.fullmatch(r"[A-TV-Z]\d[0-9AB](\.[0-9A-Z]{1,4})?", code):
        raise NotAValue("is not an ICD-10 code like F84.0")
    return code


def _hcpcs(text: str, expect: Expectation) -> str:
    code = text.replace(" ", "").upper()
    if not re.fullmatch(r"[A-V]\d{4}", code):
        raise NotAValue("is not a service code like T2021")
    if expect.options and code not in {option for option, _ in expect.options}:
        raise NotAValue("is not a service code of this program")
    return code


def _identifier(text: str, expect: Expectation) -> str:
    number = re.sub(r"[\s]", "", text).upper()
    if expect.pattern and not re.fullmatch(expect.pattern, number):
        raise NotAValue("does not have the form this number must have")
    return number


def fold_case(text: str) -> str:
    """Text made comparable: letters and digits only, no case, no accents."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(ch for ch in plain.casefold() if ch.isalnum())


def _choice(text: str, expect: Expectation) -> str:
    wanted = fold_case(text)
    for code, label in expect.options:
        if wanted in (fold_case(code), fold_case(label)):
            return code
    raise NotAValue("is not one of the listed choices")


def _choices(text: str, expect: Expectation) -> tuple[str, ...]:
    found = {str(_choice(part, expect)) for part in text.split(";") if part.strip()}
    return tuple(code for code, _ in expect.options if code in found)


def _yes_no(text: str, expect: Expectation) -> bool:
    word = fold_case(text)
    if word in ("yes", "y", "true"):
        return True
    if word in ("no", "n", "false"):
        return False
    raise NotAValue("is neither Yes nor No")


def _tick(text: str, expect: Expectation) -> bool:
    if fold_case(text) in ("on", "yes", "true", "x"):
        return True
    if fold_case(text) in ("off", "no", "false"):
        return False
    raise NotAValue("is neither ticked nor empty")


def _signature(text: str, expect: Expectation) -> str:
    """How a signature line was left: `present`, `typed` or `absent`."""
    if text in ("present", "typed", "absent"):
        return text
    raise NotAValue("is not known to be signed or unsigned")


def _table(text: str, expect: Expectation) -> Value:
    raise NotAValue("is a table, and a table is read row by row")


_PARSERS: dict[Kind, Callable[[str, Expectation], Value]] = {
    Kind.TEXT: _line,
    Kind.NARRATIVE: _narrative,
    Kind.PERSON_NAME: _person_name,
    Kind.ADDRESS: _line,
    Kind.EMAIL: _email,
    Kind.DATE: _date,
    Kind.MONTH: _month,
    Kind.MONEY: _money,
    Kind.UNITS: _units,
    Kind.INTEGER: _integer,
    Kind.PHONE: _phone,
    Kind.ZIP: _zip,
    Kind.STATE: _state,
    Kind.NPI: _npi,
    Kind.ICD10: _icd10,
    Kind.HCPCS: _hcpcs,
    Kind.IDENTIFIER: _identifier,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.YES_NO: _yes_no,
    Kind.TICK: _tick,
    Kind.SIGNATURE: _signature,
    Kind.TABLE: _table,
}


def why_not(text: str, expect: Expectation) -> str:
    """Why the text is no value of its kind, `is not a date`; empty where it is one."""
    try:
        parse(text, expect)
    except NotAValue as failure:
        return str(failure)
    return ""


Json: TypeAlias = bool | int | str | list["Json"] | dict[str, "Json"] | None


def json_list(data: Json) -> list[Json]:
    """The list that stands there. Raises TypeError; whoever reads a file says which one it is."""
    if not isinstance(data, list):
        raise TypeError("a list was expected")
    return data


def json_object(data: Json) -> dict[str, Json]:
    """The object that stands there. Raises TypeError, as `json_list`."""
    if not isinstance(data, dict):
        raise TypeError("an object was expected")
    return data


def to_json(value: Value) -> Json:
    """The value as the archive keeps it: Decimals, dates and months as strings."""
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, tuple):
        return [_row_to_json(item) if isinstance(item, dict) else item for item in value]
    return value.isoformat() if isinstance(value, date) else str(value)


def _row_to_json(row: Row) -> dict[str, Json]:
    return {name: to_json(cell) for name, cell in sorted(row.items())}


def from_json(data: Json, kind: Kind, columns: Sequence[tuple[str, Kind]] = ()) -> Value:
    """The value that `to_json` wrote. Raises ValueError when it is not of that kind."""
    if kind is Kind.TABLE:
        kinds = dict(columns)
        if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
            raise ValueError("a table is kept as a list of rows")
        return tuple(
            {name: _scalar_from_json(cell, kinds[name]) for name, cell in row.items()}
            for row in data
            if isinstance(row, dict)
        )
    return _scalar_from_json(data, kind)


def _scalar_from_json(data: Json, kind: Kind) -> Scalar | tuple[str, ...]:
    if kind is Kind.CHOICES and isinstance(data, list):
        return tuple(str(item) for item in data)
    if kind in (Kind.TICK, Kind.YES_NO) and isinstance(data, bool):
        return data
    if kind is Kind.INTEGER and isinstance(data, int):
        return data
    if not isinstance(data, str):
        raise ValueError(f"a {kind} is not kept as {type(data).__name__}")
    if kind is Kind.DATE:
        return date.fromisoformat(data)
    if kind is Kind.MONTH:
        return Month.from_text(data)
    if kind in (Kind.MONEY, Kind.UNITS):
        try:
            return Decimal(data)
        except InvalidOperation:
            raise ValueError("not a number") from None
    return data


def cents(amount: Decimal) -> Decimal:
    """An amount to the cent, halves up, as every sum and product of money is rounded."""
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def display(value: Value) -> str:
    """The value as people of the office read it: 3/4/2027, $1,250.00, Yes, February 2027."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        raise TypeError("an instant is not a value of a form")
    if isinstance(value, date):
        return f"{value.month}/{value.day}/{value.year}"
    if isinstance(value, Month):
        return f"{value.first_day():%B} {value.year}"
    if isinstance(value, Decimal):
        return f"{value:,}"
    if isinstance(value, tuple):
        return "; ".join(item for item in value if isinstance(item, str))
    return str(value)


def instant(moment: datetime) -> str:
    """An instant in UTC with Z and always six places, the one way it is written: as text, it sorts by time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def display_money(amount: Decimal) -> str:
    """The amount as people of the office read it: $1,250.00, and -$1,250.00 where it is below nothing."""
    return f"{'-' if amount < 0 else ''}${abs(amount):,.2f}"
