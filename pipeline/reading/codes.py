"""The printed codes of a page: which form, edition and page, or which packet or sheet.

`F1|form|edition|page|pages|CC`: the two check characters guard against a misread one, so a code is
either right or not there. A code says which page it is, never where: its own corners give a pose that
was 13 to 115 pixels off.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import zxingcpp

from pipeline.model import check_characters
from pipeline.reading.pages import Word
from pipeline.reading.pictures import Grey

_CODE = re.compile(
    r"([A-Z]\d)\|([^|\s]{1,60})\|([^|\s]{1,40})\|(\d{1,3})\|(\d{1,3})\|([0-9A-HJKMNP-TV-Z]{2})"
)
_SEPARATORS = frozenset({"PATCHT", "PATCH-T", "SEPARATOR"})


@dataclass(frozen=True, slots=True)
class PageCode:
    """A verified code. kind `F1` is a form; `P1` a packet, `D1` its draft, `S1` a sheet: `name` leads with these."""

    kind: str
    name: str
    edition: str
    page: int
    pages: int


def parse_code(text: str) -> PageCode | None:
    """The code, None when it is none of ours or its check characters do not fit."""
    match = _CODE.fullmatch(text.strip())
    if match is None:
        return None
    kind, name, edition, page, pages, check = match.groups()
    if check_characters(text.strip().rsplit("|", 1)[0]) != check:
        return None
    whole = name if kind == "F1" else f"{kind}|{name}"
    return PageCode(kind, whole, edition, int(page), int(pages))


def code_in_words(words: Iterable[Word]) -> PageCode | None:
    """The code in readable print on a born-digital page."""
    for word in words:
        for match in _CODE.finditer(word.text):
            if code := parse_code(match.group(0)):
                return code
    return None


def codes_in_picture(picture: Grey) -> tuple[list[PageCode], bool]:
    """Verified codes on the page, and whether a separator sheet's code is there.

    The whole picture first; where nothing is found, its quarters at twice the size.
    """
    texts = [result.text for result in barcodes(picture)]
    if not texts:
        for quarter in enlarged_quarters(picture):
            texts.extend(result.text for result in barcodes(quarter))
            if any(parse_code(text) for text in texts):
                break
    found = [code for text in texts if (code := parse_code(text)) is not None]
    return found, any(text.strip().upper() in _SEPARATORS for text in texts)


def barcodes(picture: Grey) -> list[Any]:
    wanted = (zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128)
    return list(zxingcpp.read_barcodes(picture, formats=wanted))


def enlarged_quarters(picture: Grey) -> Iterator[Grey]:
    """Four overlapping quarters at twice the size: the top ones first, where codes are printed."""
    height, width = picture.shape
    for top in (0, height // 3):
        for left in (0, width // 3):
            quarter = picture[top : top + 2 * height // 3, left : left + 2 * width // 3]
            larger: Any = cv2.resize(quarter, None, fx=1.5, fy=1.5, interpolation=cv2.INTER_CUBIC)
            yield larger
