"""How wide a text is and where its lines break. Two faces: Helvetica, and Vera for letters it lacks."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set. size in points, grey from 0 (black) to 1 (white), leading as a multiple of size."""

    size: float = 10.0
    bold: bool = False
    grey: float = 0.0
    leading: float = 1.25

    @property
    def line(self) -> float:
        return self.size * self.leading


@cache
def _wide_face(bold: bool) -> tuple[str, frozenset[int]]:
    """Vera, which comes with reportlab and is embedded: Helvetica has no letters beyond western Europe."""
    name, file = ("Sheet-Wide-Bold", "VeraBd.ttf") if bold else ("Sheet-Wide", "Vera.ttf")
    font = TTFont(name, file)
    pdfmetrics.registerFont(font)
    return name, frozenset(font.face.charToGlyph)


def is_western(text: str) -> bool:
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def face_for(text: str, bold: bool) -> tuple[str, str]:
    """The font that can show the text, and the text as it is shown: unknown letters lose their accents."""
    if is_western(text):
        return ("Helvetica-Bold" if bold else "Helvetica"), text
    return wide_face_for(text, bold)


def wide_face_for(text: str, bold: bool = False) -> tuple[str, str]:
    """Vera's name and the text as Vera can show it."""
    name, known = _wide_face(bold)
    return name, "".join(ch if ord(ch) in known else _plainer(ch, known) for ch in text)


def _plainer(ch: str, known: frozenset[int]) -> str:
    base = unicodedata.normalize("NFKD", ch)[0]
    return base if ord(base) in known else "?"


def width_of(text: str, style: Style) -> float:
    face, shown = face_for(text, style.bold)
    return float(pdfmetrics.stringWidth(shown, face, style.size))


def wrapped(text: str, style: Style, width: float) -> list[str]:
    """The lines of a text that fit the width; words too long for a line are cut, line ends are kept."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        current = ""
        for word in paragraph.split():
            for piece in _pieces(word, style, width):
                longer = f"{current} {piece}".strip()
                if current and width_of(longer, style) > width:
                    lines.append(current)
                    current = piece
                else:
                    current = longer
        lines.append(current)
    return lines


def _pieces(word: str, style: Style, width: float) -> list[str]:
    pieces: list[str] = []
    while width_of(word, style) > width and len(word) > 1:
        cut = len(word) - 1
        while cut > 1 and width_of(word[:cut], style) > width:
            cut -= 1
        pieces.append(word[:cut])
        word = word[cut:]
    return [*pieces, word]


def shortened(text: str, style: Style, width: float) -> str:
    """One line of the text, with three dots where it had to be cut."""
    line = " ".join(text.split())
    if width_of(line, style) <= width:
        return line
    while line and width_of(line + "...", style) > width:
        line = line[:-1]
    return line.rstrip() + "..."
