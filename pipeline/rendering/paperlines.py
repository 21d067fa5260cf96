"""What a filled part must say on paper, line by line, as the renderer recorded it.

Other than `wordtext`, this knows what Word prints: hidden and deleted text is left out, fields are worked out
anew, text boxes, frames and notes stand where they find room, and the head rows of a table come again on each
page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from lxml import etree

from pipeline.rendering.comparable import HYPHEN, SOFT_HYPHEN, comparable
from pipeline.rendering.docxfile import W
from pipeline.rendering.paperstory import Atom, Flow, Kind, PaperLine, PaperStory
from pipeline.rendering.printed import Insertion, Story
from pipeline.rendering.wordstyles import WordStyles, is_on

_W = f"{{{W}}}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_VALUE = "value"  # a processing instruction in the place of a value
# Fields whose result LibreOffice prints as it stands in the file.
_KEPT_FIELDS = ("HYPERLINK", "TOC", "INDEX", "ADDIN", "QUOTE")
_PAGES = ("PAGE", "NUMPAGES")
_USUAL = frozenset({"\\*", "MERGEFORMAT", "ARABIC", "ROMAN"})


# What stands in a run besides text. A label may be printed or not: a note's number, a sign of a symbol font.
_SIGNS: dict[str, tuple[Kind, str, frozenset[int]]] = {
    **{_W + name: (Kind.LEADER, "", frozenset()) for name in ("tab", "ptab")},
    **{
        _W + f"{note}{end}": (Kind.LABEL, "", frozenset())
        for note in ("footnote", "endnote")
        for end in ("Reference", "Ref")
    },
    _W + "sym": (Kind.LABEL, "", frozenset()),
    _W + "noBreakHyphen": (Kind.TEXT, HYPHEN, frozenset()),
    _W + "softHyphen": (Kind.TEXT, "", frozenset({0})),
}


def paper_story(story: Story, styles: WordStyles) -> PaperStory:
    """What the part must say on paper. Raises XMLSyntaxError where the record is no markup."""
    values = [piece for piece in story.pieces if isinstance(piece, Insertion)]
    root = etree.fromstring("".join(_marked(story.pieces)).encode())
    walker = _Walker(values, styles, PaperStory(story.part))
    walker.walk(root, walker.story.lines, _Look())
    return walker.story


def _marked(pieces: Iterable[str | Insertion]) -> Iterator[str]:
    number = 0
    for piece in pieces:
        if not isinstance(piece, Insertion):
            yield piece
            continue
        yield f"<?{_VALUE} {number}?>" if piece.in_text else escape(piece.value, {'"': "&quot;"})
        number += 1


@dataclass(frozen=True, slots=True)
class _Look:
    """What surrounds a run: whether it is printed at all, and whether in capitals."""

    hidden: bool = False
    capitals: bool = False


@dataclass(slots=True)
class _OpenField:
    line: PaperLine | None
    code: str = ""
    result: int = -1  # the first atom of the result, -1 before there is one


class _Walker:
    def __init__(self, values: list[Insertion], styles: WordStyles, story: PaperStory) -> None:
        self.values = values
        self.styles = styles
        self.story = story
        self.fields: list[_OpenField] = []

    def walk(self, parent: Iterable[etree._Element], flow: Flow, look: _Look) -> None:
        for child in parent:
            tag = child.tag
            if tag == _W + "p":
                self._paragraph(child, flow, look)
            elif tag == _W + "r":
                self._run(child, flow, look)
            elif tag in (_W + "del", _W + "moveFrom"):
                self.walk(child, flow, _Look(True, look.capitals))
            elif tag == _W + "fldSimple":
                self._simple_field(child, flow, look)
            elif tag in (_W + "footnote", _W + "endnote", _W + "comment"):
                self._note(child, look)
            elif tag == _W + "tbl":
                self._table(child, flow, look)
            elif tag in (_MATH + "oMath", _MATH + "oMathPara"):
                _last(flow).atoms.append(Atom(Kind.FIELD))
            elif isinstance(tag, str) and not tag.endswith("Pr"):
                self.walk(child, flow, look)

    def _paragraph(self, paragraph: etree._Element, flow: Flow, look: _Look) -> None:
        about = paragraph.find(_W + "pPr")
        style = ""
        if about is not None:
            named = about.find(_W + "pStyle")
            style = "" if named is None else named.get(_W + "val", "")
            if about.find(_W + "framePr") is not None:
                flow = []
                self.story.floats.append(flow)
        numbered = style in self.styles.numbered
        if about is not None and (own := about.find(_W + "numPr")) is not None:
            number = own.find(_W + "numId")
            numbered = number is None or number.get(_W + "val") != "0"
        flow.append(PaperLine(numbered=numbered))
        self.walk(
            paragraph,
            flow,
            _Look(look.hidden or style in self.styles.hidden, look.capitals or style in self.styles.capitals),
        )

    def _run(self, run: etree._Element, flow: Flow, look: _Look) -> None:
        about = run.find(_W + "rPr")
        if about is not None:
            look = self._look_of(about, look)
        for child in run:
            self._in_run(child, flow, look)

    def _look_of(self, about: etree._Element, look: _Look) -> _Look:
        named = about.find(_W + "rStyle")
        style = "" if named is None else named.get(_W + "val", "")
        hidden, capitals = look.hidden or style in self.styles.hidden, look.capitals
        capitals = capitals or style in self.styles.capitals
        for name in ("caps", "smallCaps"):
            if (switch := about.find(_W + name)) is not None:
                capitals = capitals or is_on(switch)
        if (switch := about.find(_W + "vanish")) is not None:
            hidden = is_on(switch)
        return _Look(hidden, capitals)

    def _in_run(self, child: etree._Element, flow: Flow, look: _Look) -> None:
        tag = child.tag
        if tag == _W + "t":
            self._text(child, flow, look)
        elif tag in (_W + "br", _W + "cr"):
            flow.append(PaperLine())
        elif tag in _SIGNS:
            kind, text, soft = _SIGNS[tag]
            _last(flow).atoms.append(Atom(kind, text, soft=soft))
        elif tag == _W + "fldChar":
            self._field_mark(child.get(_W + "fldCharType", ""), _last(flow))
        elif tag == _W + "instrText":
            if self.fields:
                self.fields[-1].code += child.text or ""
        elif isinstance(tag, str) and not tag.endswith("rPr"):
            self._boxes(child, look)

    def _text(self, element: etree._Element, flow: Flow, look: _Look) -> None:
        """The text of a run. A value that Word would not print is expected all the same: it must not be lost."""
        self._static(element.text, flow, look)
        for mark in element:
            value = self.values[int(mark.text or "0")]
            for number, text in enumerate(value.value.split("\n")):
                if number:
                    flow.append(PaperLine())
                _last(flow).atoms.append(_atom(text, value, look.capitals))
            self._static(mark.tail, flow, look)

    def _static(self, text: str | None, flow: Flow, look: _Look) -> None:
        if text and not look.hidden:
            _last(flow).atoms.append(_atom(text, None, look.capitals))

    # --- what stands elsewhere, or is worked out anew ------------------------------------------------

    def _boxes(self, element: etree._Element, look: _Look) -> None:
        """Text boxes are flows of their own. Word writes each twice; the second is for programs that do not know
        the first."""
        if element.tag == _W + "txbxContent":
            flow: Flow = []
            self.story.floats.append(flow)
            self.walk(element, flow, look)
            return
        twofold = element.tag == _MC + "AlternateContent"
        choice = element.find(_MC + "Choice") if twofold else None
        if choice is not None and next(choice.iter(_W + "txbxContent"), None) is not None:
            self._boxes(choice, look)
            return
        for child in element:
            self._boxes(child, look)

    def _note(self, note: etree._Element, look: _Look) -> None:
        if note.get(_W + "type", "normal") == "normal":
            flow: Flow = []
            self.story.floats.append(flow)
            self.walk(note, flow, look)

    def _table(self, table: etree._Element, flow: Flow, look: _Look) -> None:
        named = table.find(f"{_W}tblPr/{_W}tblStyle")
        if named is not None and named.get(_W + "val", "") in self.styles.capitals:
            look = _Look(look.hidden, True)
        start = len(flow)
        heading = True
        for row in table:
            heading = heading and _is_head(row)
            self.walk(row if row.tag == _W + "tr" else [row], flow, look)
            if heading and len(flow) > start and row.tag == _W + "tr":
                self.story.heads.append(flow[start:])
                start = len(flow)

    def _simple_field(self, element: etree._Element, flow: Flow, look: _Look) -> None:
        opened = _OpenField(_last(flow), element.get(_W + "instr", ""), len(_last(flow).atoms))
        self.walk(element, flow, look)
        _close(opened, _last(flow))

    def _field_mark(self, kind: str, line: PaperLine) -> None:
        if kind == "begin":
            self.fields.append(_OpenField(line))
        elif self.fields and kind == "separate":
            self.fields[-1].line, self.fields[-1].result = line, len(line.atoms)
        elif self.fields and kind == "end":
            _close(self.fields.pop(), line)


def _close(opened: _OpenField, line: PaperLine) -> None:
    """A field's result that is worked out anew becomes a gap. One that holds a value must be printed as it is."""
    words = opened.code.split()
    if opened.line is not line or (words and words[0].upper() in _KEPT_FIELDS):
        return
    start = opened.result if opened.result >= 0 else len(line.atoms)
    result = line.atoms[start:]
    if any(atom.insertion is not None for atom in result):
        return
    kind = Kind.NUMBER if _counts_pages(words) else Kind.FIELD
    line.atoms[start:] = [Atom(kind, "".join(atom.text for atom in result))]


def _counts_pages(code: Sequence[str]) -> bool:
    """Whether a field prints figures or Roman numerals and nothing else."""
    return bool(code) and code[0].upper() in _PAGES and {each.upper() for each in code[1:]} <= _USUAL


def _last(flow: Flow) -> PaperLine:
    if not flow:
        flow.append(PaperLine())
    return flow[-1]


def _atom(text: str, insertion: Insertion | None, capitals: bool) -> Atom:
    if SOFT_HYPHEN not in text:
        return Atom(Kind.TEXT, comparable(text), insertion, capitals, words=text)
    soft: set[int] = set()
    whole = ""
    for number, part in enumerate(text.split(SOFT_HYPHEN)):
        if number:
            soft.add(len(whole))
        whole += comparable(part)
    return Atom(Kind.TEXT, whole, insertion, capitals, frozenset(soft), text)


def _is_head(row: etree._Element) -> bool:
    if row.tag != _W + "tr":
        return row.tag != _W + "sdt"
    switch = row.find(f"{_W}trPr/{_W}tblHeader")
    return switch is not None and is_on(switch)
