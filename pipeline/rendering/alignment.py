"""Whether lines of a document and the text of its PDF are the same, from the first character to the last.

Nothing may lie between: what is expected must follow what came before it, and what is printed must be expected. Left
open is only what LibreOffice works out itself: results of fields, labels of lists and notes, leaders of tabs, hyphens
of hyphenation, and where text boxes, frames and notes come.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.rendering.comparable import HYPHEN, comparable, is_right_to_left, letters_in_any_order
from pipeline.rendering.paperstory import Atom, Flow, Kind, PaperLine

LONGEST_FIELD = 80  # characters a field may print that the Word file does not say
_LIST_LABEL = re.compile(r"[^\w\s]{0,2}(?:\w{1,5}[.):\]-]{0,2}){0,6}")
_NOTE_LABEL = re.compile(r"\w{1,4}|[*†‡§]{0,4}")
_PAGE_NUMBER = re.compile(r"\W?(?:\d{1,5}|[ivxlcdm]{1,9}|[a-z]{1,2})(?:\W\d{1,4})?\W?", re.IGNORECASE)
_LEADER = re.compile(r"([._·\-–—])\1+|")


@dataclass(slots=True)
class Drawn:
    """Comparable text of a PDF. cuts: where one piece of it ends and the next begins, in order; right_to_left:
    whether any of it is, which turns round the signs of whatever stands in the same line of the page"""

    text: str = field(repr=False)
    cuts: list[int] = field(repr=False)
    right_to_left: bool = False

    def is_cut(self, at: int) -> bool:
        index = bisect_left(self.cuts, at)
        return index < len(self.cuts) and self.cuts[index] == at

    def next_cut(self, at: int) -> int:
        index = bisect_left(self.cuts, at + 1)
        return self.cuts[index] if index < len(self.cuts) else len(self.text)


def drawn(text: str) -> Drawn:
    pieces = [comparable(piece) for piece in text.split("\n")]
    cuts = [0]
    for piece in pieces:
        if piece:
            cuts.append(cuts[-1] + len(piece))
    whole = "".join(pieces)
    return Drawn(whole, cuts, is_right_to_left(whole))


@dataclass(slots=True)
class Float:
    """A flow that stands where it finds room. repeats: the head rows of a table come on each of its pages"""

    lines: Flow
    repeats: bool = False
    found: bool = False


@dataclass(slots=True)
class Aligned:
    """What was compared. missing: lines that are not at their place; surplus: text that no line says; spans: each line
    found, and between where and where in the comparable text; of a float, the float as a whole"""

    found: list[PaperLine] = field(default_factory=list, repr=False)
    missing: list[PaperLine] = field(default_factory=list, repr=False)
    surplus: list[str] = field(default_factory=list, repr=False)
    spans: list[tuple[PaperLine, int, int]] = field(default_factory=list, repr=False)

    @property
    def right(self) -> bool:
        return not self.missing and not self.surplus


def align(lines: Sequence[PaperLine], floats: Sequence[Float], text: Drawn, *, hyphenates: bool) -> Aligned:
    """Compare the lines with the whole text."""
    return _Aligner(text, floats, hyphenates).align([line for line in lines if line.atoms])


_Place = tuple[int, frozenset[int]]  # how far the text is read, and which floats were met on the way
_INSIDE = frozenset({-1})  # within a float no other float stands


@dataclass(slots=True)
class _Aligner:
    text: Drawn
    floats: Sequence[Float]
    hyphenates: bool
    result: Aligned = field(default_factory=Aligned)
    met_at: dict[int, tuple[int, int]] = field(default_factory=dict)  # float → where it was read last

    def align(self, lines: Sequence[PaperLine]) -> Aligned:
        place: _Place = (0, frozenset())
        for number, line in enumerate(lines):
            after = self._after(line, place, lines[number + 1] if number + 1 < len(lines) else None)
            if after is None:
                after = self._found_further_on(line, place)
                if after is None:
                    self.result.missing.append(line)
                    continue
                self.result.surplus.append(self.text.text[place[0] : after[0] - len(line.text)])
            self.result.found.append(line)
            self.result.spans.append((line, place[0], after[0]))
            place = after
        self._finish(place)
        return self.result

    def _after(self, line: PaperLine, place: _Place, following: PaperLine | None) -> _Place | None:
        """Where the text goes on after the line, None where the line is not there."""
        ends = self._ends(line, place)
        first = next(ends, None)
        if first is not None and following is None:
            whole = len(self.text.text)
            return next((end for end in (first, *ends) if self._past_asides(end)[0] == whole), first)
        if first is None or following is None or (second := next(ends, None)) is None:
            return first
        for end in (first, second, *ends):
            if next(self._ends(following, end), None) is not None:
                return end
        return first

    def _found_further_on(self, line: PaperLine, place: _Place) -> _Place | None:
        """Where an unbroken line ends that begins only after other text."""
        wanted = line.text
        at = self.text.text.find(wanted, place[0]) if wanted else -1
        while at >= 0 and not (self.text.is_cut(at) and self.text.is_cut(at + len(wanted))):
            at = self.text.text.find(wanted, at + 1)
        return (at + len(wanted), place[1]) if at >= 0 else None

    def _past_asides(self, place: _Place) -> _Place:
        while (after := next(self._asides(place), None)) is not None:
            place = after
        return place

    def _finish(self, place: _Place) -> None:
        """What is left must be floats, each of which must have come."""
        place = self._past_asides(place)
        if place[0] < len(self.text.text):
            self.result.surplus.append(self.text.text[place[0] :])
        for number, each in enumerate(self.floats):
            each.found = number in place[1]
            if each.found and number in self.met_at:
                self.result.spans += [(line, *self.met_at[number]) for line in each.lines]
            if not each.repeats:
                kind = self.result.found if each.found or not _says(each.lines) else self.result.missing
                kind += each.lines

    # --- one line ------------------------------------------------------------------------------------

    def _ends(self, line: PaperLine, place: _Place) -> Iterator[_Place]:
        """Where the line may end if it begins here, the likeliest first."""
        whole = line.text
        at, met = place
        plain = all(atom.kind is Kind.TEXT for atom in line.atoms)
        if plain and self.text.text.startswith(whole, at) and self.text.is_cut(at + len(whole)):
            yield at + len(whole), met
            return
        if line.any_order:
            yield from self._in_any_order(line, place)
            return
        atoms = _merged(line.atoms)
        starts = [place]
        if line.numbered:
            starts += list(self._after_label(_LIST_LABEL, place))
        for start in starts:
            for end in self._through(atoms, 0, 0, start):
                if self.text.is_cut(end[0]):
                    yield end
        if self.text.right_to_left:
            yield from self._in_any_order(line, place)
        for after in self._asides(place):
            yield from self._ends(line, after)

    def _through(self, atoms: Sequence[Atom], number: int, start: int, place: _Place) -> Iterator[_Place]:
        """Where the atoms may end, read from a character of one of them on."""
        if number == len(atoms):
            yield place
            return
        atom = atoms[number]
        if atom.kind is Kind.TEXT:
            yield from self._through_text(atoms, number, start, place)
        elif atom.kind is Kind.LABEL:
            for after in (*self._after_label(_NOTE_LABEL, place), place):
                yield from self._through(atoms, number + 1, 0, after)
        elif atom.kind is Kind.LEADER:
            leader = _LEADER.match(self.text.text, place[0])
            for end in dict.fromkeys((place[0], leader.end() if leader else place[0])):
                yield from self._through(atoms, number + 1, 0, (end, place[1]))
        else:
            for end in self._ends_of_field(atom, place[0]):
                yield from self._through(atoms, number + 1, 0, (end, place[1]))

    def _through_text(
        self, atoms: Sequence[Atom], number: int, start: int, place: _Place
    ) -> Iterator[_Place]:
        atom, text, (at, met) = atoms[number], self.text.text, place
        while start < len(atom.text):
            if text.startswith(atom.text[start:], at):
                at += len(atom.text) - start
                break
            wanted, there = atom.text[start], text[at : at + 1]
            if wanted != there and not (atom.capitals and wanted.upper() == there):
                for after in self._asides((at, met)):
                    yield from self._through_text(atoms, number, start, after)
                if self._is_hyphenation(atom, start, at):
                    yield from self._through_text(atoms, number, start, (at + 1, met))
                return
            start, at = start + 1, at + 1
        if not atom.text and 0 in atom.soft and text.startswith(HYPHEN, at):
            yield from self._through(atoms, number + 1, 0, (at + 1, met))
        yield from self._through(atoms, number + 1, 0, (at, met))

    def _is_hyphenation(self, atom: Atom, start: int, at: int) -> bool:
        """Whether a hyphen in the text only parts a word at the end of a line."""
        if not (self.text.text.startswith(HYPHEN, at) and self.text.is_cut(at + 1)):
            return False
        inside = start > 0 and atom.text[start - 1].isalpha() and atom.text[start].isalpha()
        return start in atom.soft or (self.hyphenates and inside)

    def _after_label(self, label: re.Pattern[str], place: _Place) -> Iterator[_Place]:
        """After a piece of the text that may be a label; a bullet from a symbol font leaves no piece at all."""
        end = self.text.next_cut(place[0])
        if label.fullmatch(self.text.text, place[0], end):
            yield end, place[1]

    def _ends_of_field(self, atom: Atom, at: int) -> Iterator[int]:
        """What the field said in the Word file, or else the nearest ends; of one that counts pages, a number's."""
        if atom.kind is Kind.NUMBER:
            found = _PAGE_NUMBER.match(self.text.text, at)
            yield from range(found.end() if found else at, at, -1)
            return
        if atom.text and self.text.text.startswith(atom.text, at):
            yield at + len(atom.text)
        last = min(at + LONGEST_FIELD, len(self.text.text))
        ends = range(at, last + 1)
        yield from (end for end in ends if self.text.is_cut(end) and end > at)
        yield at
        yield from (end for end in ends if not self.text.is_cut(end))

    def _in_any_order(self, line: PaperLine, place: _Place) -> Iterator[_Place]:
        """Right to left: as many letters as wanted, each there, and words from left to right whole; fields add some."""
        wanted = Counter(letters_in_any_order(line.text))
        added = sum(LONGEST_FIELD for atom in line.atoms if atom.kind is not Kind.TEXT)
        words = re.findall(r"[0-9A-Za-z]+", line.words)
        starts = [place, *self._after_label(_LIST_LABEL, place)] if line.numbered else [place]
        for at, met in starts:
            end = at
            while end < len(self.text.text):
                end = self.text.next_cut(end)
                window = self.text.text[at:end]
                there = Counter(letters_in_any_order(window))
                surplus = sum(there.values()) - sum(wanted.values())
                if surplus > added:
                    break
                if surplus >= 0 and there >= wanted and all(word in window for word in words):
                    yield end, met

    # --- floats --------------------------------------------------------------------------------------

    def _asides(self, place: _Place) -> Iterator[_Place]:
        """After a text box, frame or note that begins here."""
        at, met = place
        if met is _INSIDE or not self.text.is_cut(at):
            return
        for number, each in enumerate(self.floats):
            if (number in met and not each.repeats) or not _says(each.lines):
                continue
            end = self._through_lines(each.lines, (at, _INSIDE))
            if end is not None and end > at:
                self.met_at[number] = (at, end)
                yield end, met | {number}

    def _through_lines(self, lines: Flow, place: _Place) -> int | None:
        for line in lines:
            after = next(self._ends(line, place), None) if line.atoms else place
            if after is None:
                return None
            place = after
        return place[0]


def _merged(atoms: Sequence[Atom]) -> list[Atom]:
    """The atoms with runs of plain text as one, so that few are gone through."""
    merged: list[Atom] = []
    for atom in atoms:
        last = merged[-1] if merged else None
        mergeable = last is not None and last.kind is atom.kind is Kind.TEXT and not (last.soft or atom.soft)
        if last is not None and mergeable and last.capitals == atom.capitals:
            merged[-1] = Atom(Kind.TEXT, last.text + atom.text, None, atom.capitals)
        else:
            merged.append(atom)
    return merged


def _says(lines: Flow) -> bool:
    return any(line.text for line in lines)
