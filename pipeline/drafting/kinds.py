"""What kind of value a box most likely holds, by its words, its format and its shape. A guess, to be looked over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from pipeline.reading.seen import SeenWidget
from pipeline.values import Kind

SCRIPTS: Final[tuple[tuple[str, Kind], ...]] = (
    (r"AFDate_\w*\(\s*[\"']m{1,2}[/-]yy(yy)?[\"']", Kind.MONTH),
    (r"AFDate_", Kind.DATE),
    (r"AFSpecial_\w*\(\s*[01]\s*\)", Kind.ZIP),
    (r"AFSpecial_\w*\(\s*2\s*\)", Kind.PHONE),
    (r"AFNumber_\w*\([^)]*[\"']\s*\\?\$", Kind.MONEY),
)
# Order is trust: the first that is found wins.
WORDS: Final[tuple[tuple[str, Kind], ...]] = (
    (r"\be-?mail\b", Kind.EMAIL),
    (r"\b(npi|national provider identifier)\b", Kind.NPI),
    (r"\b(icd|diagnosis code)", Kind.ICD10),
    (r"\b(hcpcs|procedure code|service code|billing code)", Kind.HCPCS),
    (r"\b(date|dob|d\.o\.b|born|birth ?day|mm[ /-]?dd[ /-]?yy(yy)?)\b", Kind.DATE),
    (r"\b(ends?|starts?|begins?|expires?|dated|signed) on$|\beffective$", Kind.DATE),
    (r"\b(mm[ /-]?yyyy|month and year|month/year)\b", Kind.MONTH),
    (r"\b(phone|telephone|fax|cell|mobile)\b", Kind.PHONE),
    (r"\bzip\b", Kind.ZIP),
    (r"^state$|\bstate \(two", Kind.STATE),
    (r"\b(units|hours|score|points)\b", Kind.UNITS),
    (r"^age$|\b(number of|how many)\b|\(\d+ ?(to|-|–) ?\d+\)", Kind.INTEGER),
    (r"\$|\b(amount|cost|price|income|wages?|salary|total due|payment|balance|fee|rate|total)\b", Kind.MONEY),
    (r"\b(address|street|living at|lives at|mailing)\b", Kind.ADDRESS),
    (
        r"\b(assessor|physician|doctor|guardian|representative|witness|contact|contact person)$",
        Kind.PERSON_NAME,
    ),
)
NOT_PEOPLE = (
    r"\b(agency|provider|school|company|facility|business|program|service|organi[sz]ation"
    r"|medication|drug|plan|file|user)"
)


def words_in(name: str) -> str:
    """The words a programmer put into a widget's name: `form1[0].Page1[0].SignDate[0]` is `sign date`."""
    last = re.sub(r"\[\d+\]", "", name).split(".")
    spoken = [part for part in last if re.search(r"[A-Za-z]{2}", part)]
    part = spoken[-1] if spoken else ""
    return " ".join(re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", part)).lower()


def kind_of(widget: SeenWidget, label: str) -> Kind:
    """The kind of a box that is written in."""
    found = widget.found
    words = (label if widget.tip in label else f"{label} {widget.tip}").lower().strip()
    hint = words_in(widget.name)
    if found.kind == "/Sig" or (is_signature(words) and not _is_choice(widget)):
        return Kind.SIGNATURE
    if widget.options:
        return Kind.CHOICE
    if found.multiline and found.box.height > 26:
        return Kind.NARRATIVE
    for pattern, kind in SCRIPTS:
        if re.search(pattern, widget.script):
            return kind
    kind = _by_words(words) or (Kind.TEXT if words and not _weak(words) else _by_words(hint) or Kind.TEXT)
    return _fitting(kind, found.comb or found.max_length, words, hint)


def _is_choice(widget: SeenWidget) -> bool:
    return bool(widget.options)


def _weak(words: str) -> bool:
    """Words that say little: the widget's name may say more."""
    return len(words.split()) > 5 or len(words) < 4


def is_signature(words: str) -> bool:
    return bool(re.search(r"\b(signature|sign here|signed by)\b", words)) and not re.search(
        r"\bdate\b|\bname\b|\bprint", words
    )


def is_person_name(words: str) -> bool:
    return bool(re.search(r"\b(name|surname)\b", words)) and not re.search(NOT_PEOPLE, words)


def _by_words(words: str) -> Kind | None:
    for pattern, kind in WORDS:
        if re.search(pattern, words):
            return kind
    return Kind.PERSON_NAME if is_person_name(words) else None


def _by_length(length: int, words: str) -> Kind:
    """What a box of so many characters holds, where its words say only half."""
    if length in (8, 10) and re.search(r"\b(begins?|starts?|ends?|until|through|due|on|by)\b", words):
        return Kind.DATE
    if length == 5 and re.search(r"\bcode\b", words):
        return Kind.HCPCS
    return Kind.INTEGER if length <= 3 and re.search(r"^(no|num|number|#|item)\b", words) else Kind.TEXT


def _fitting(kind: Kind, length: int, words: str, hint: str) -> Kind:
    """The kind if the box is long enough for it. Six cells of a date are a month and a year."""
    if kind is Kind.TEXT and length:
        kind = _by_length(length, words)
    if kind is Kind.DATE and length == 6 and re.search(r"mmyy|month|since|from", f"{words} {hint}"):
        return Kind.MONTH
    least: Mapping[Kind, int] = {
        Kind.DATE: 6,
        Kind.PHONE: 7,
        Kind.ZIP: 5,
        Kind.NPI: 10,
        Kind.EMAIL: 6,
        Kind.PERSON_NAME: 2,
        Kind.ADDRESS: 8,
    }
    return Kind.TEXT if 0 < length < least.get(kind, 0) else kind
