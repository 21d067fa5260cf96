"""The letters that are written into the fields of somebody else's PDF: how wide they are, and the font that shows them.

A form's own fonts are often cut down to the letters of its printed text, so they are never used. What western text
needs is one of the standard fonts, which every viewer has; other letters are drawn with Vera, which is embedded whole.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import reportlab
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFontFile

WIDE = "BitstreamVeraSans-Roman"
TAKEN_UNITS = 1000.0


@dataclass(frozen=True, slots=True)
class Face:
    """One font. base: its PostScript name, one of the standard ones or Vera."""

    base: str

    def width(self, text: str, size: float) -> float:
        if self.base == WIDE:
            widths = _vera().charWidths
            return float(sum(widths[ord(letter)] for letter in text)) * size / TAKEN_UNITS
        return float(pdfmetrics.stringWidth(text, self.base, size))

    def written(self, text: str) -> str:
        """The text as the operand of a drawing operator."""
        if self.base == WIDE:
            glyphs = _vera().charToGlyph
            return "<" + "".join(f"{glyphs[ord(letter)]:04x}" for letter in text) + ">"
        return f"<{text.encode('cp1252').hex()}>"


def unshown(text: str) -> tuple[str, ...]:
    """The letters that none of our fonts has, as code points; line ends are no letters."""
    if _is_standard(text):
        return ()
    known = _vera().charToGlyph
    return tuple(sorted({f"U+{ord(ch):04X}" for ch in text if ch != "\n" and not _is_known(ch, known)}))


def face_for(text: str, wished: str) -> Face:
    """The font for a text whose letters can all be shown. wished: the name of the font the form asks for."""
    if not _is_standard(text):
        return Face(WIDE)
    name = wished.casefold()
    bold = "bold" in name or name in ("hebo", "tibo", "cobo")
    if "cour" in name or name in ("cobo", "cour"):
        return Face("Courier-Bold" if bold else "Courier")
    if "times" in name or "roman" in name or name in ("tiro", "tibo"):
        return Face("Times-Bold" if bold else "Times-Roman")
    return Face("Helvetica-Bold" if bold else "Helvetica")


def _is_known(letter: str, known: dict[int, int]) -> bool:
    return unicodedata.category(letter) != "Cc" and ord(letter) in known


def _is_standard(text: str) -> bool:
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return not any(unicodedata.category(letter) == "Cc" for letter in text if letter != "\n")


class Fonts:
    """The fonts of one filled form, each put in once."""

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self._made: dict[str, Object] = {}

    def resources(self, face: Face) -> Dictionary:
        """What an appearance with this one font, called F, draws with."""
        if face.base not in self._made:
            made = self._vera() if face.base == WIDE else _standard(face.base)
            self._made[face.base] = self._pdf.make_indirect(made)
        return Dictionary(Font=Dictionary(F=self._made[face.base]))

    def _vera(self) -> Dictionary:
        """Letters are glyph numbers, so that no table of the font need be cut; a map leads back to the text."""
        face = _vera()
        file = Stream(self._pdf, _vera_file())
        file[Name.Length1] = len(_vera_file())
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name("/" + WIDE),
            Flags=32,
            FontBBox=Array([round(edge) for edge in face.bbox]),
            ItalicAngle=0,
            Ascent=round(face.ascent),
            Descent=round(face.descent),
            CapHeight=round(face.capHeight),
            StemV=80,
            FontFile2=self._pdf.make_indirect(file),
        )
        of_glyph = {glyph: code for code, glyph in sorted(face.charToGlyph.items(), reverse=True)}
        widths = Array()
        for glyph, code in sorted(of_glyph.items()):
            widths.append(glyph)
            widths.append(Array([round(face.charWidths[code])]))
        below = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=Name("/" + WIDE),
            CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
            FontDescriptor=self._pdf.make_indirect(descriptor),
            W=widths,
            CIDToGIDMap=Name.Identity,
        )
        return Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name("/" + WIDE),
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([self._pdf.make_indirect(below)]),
            ToUnicode=self._pdf.make_indirect(Stream(self._pdf, _to_unicode(of_glyph))),
        )


def _standard(base: str) -> Dictionary:
    return Dictionary(
        Type=Name.Font, Subtype=Name.Type1, BaseFont=Name("/" + base), Encoding=Name.WinAnsiEncoding
    )


def _to_unicode(of_glyph: dict[int, int]) -> bytes:
    """The map from glyphs to text, in runs of at most 100. Source: Adobe technical note 5411."""
    rows = [f"<{glyph:04x}> <{code:04x}>" for glyph, code in sorted(of_glyph.items()) if code < 0x10000]
    blocks = []
    for at in range(0, len(rows), 100):
        run = rows[at : at + 100]
        blocks.append(f"{len(run)} beginbfchar\n" + "\n".join(run) + "\nendbfchar")
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        + "\n".join(blocks)
        + "\nendcmap CMapName currentdict /CMap defineresource pop end end"
    ).encode()


@cache
def _vera_file() -> bytes:
    return (Path(reportlab.__file__).parent / "fonts" / "Vera.ttf").read_bytes()


@cache
def _vera() -> TTFontFile:
    return TTFontFile(str(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"))
