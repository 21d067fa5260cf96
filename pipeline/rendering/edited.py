"""What was changed in a document of ours: values that were printed into it, and its other words.

The document as it was made and as it came back are laid beside each other word by word; what changed inside a printed
value is a changed value, everything else is a change of wording. Nothing is left out: where a change runs over several
values, or over a value and words beside it, it is told as a change of wording that names those values.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

from pipeline.rendering.changed import ChangedValue, ChangedWords, Changes, MadePart, PrintedValue

_WORD = re.compile(r"\w+|[^\w\s]|\n")
_LINE = re.compile("_{4,}")
MOST_WORDS = 4_000
"""Longest stretch without one equal line that is laid beside another word by word."""
MOST_LINES = 20_000
_ONCE = ("header", "footer")  # programs write those of each section anew, so each line counts once
ROLES = ("body", "header", "footer", "footnotes", "endnotes")


class TooDifferent(Exception):
    """The document has more lines than any of ours."""


@dataclass(frozen=True, slots=True)
class _Word:
    """A word, a sign or the end of a line. owner: index of the value it belongs to, -1 where it is of the template"""

    text: str
    start: int
    end: int
    owner: int = -1


@dataclass(slots=True)
class _Part:
    """One role of both documents.

    spans:   value → where its words stand in the edited text, in characters, in order
    changed: values that say something else now
    """

    role: str
    made: str
    edited: str
    values: Sequence[PrintedValue]
    spans: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)
    words: list[ChangedWords] = field(default_factory=list)

    def now(self, number: int) -> str:
        """What a changed value says, with all lines of it."""
        spans = self.spans.get(number, [])
        text = " ".join(self.edited[spans[0][0] : spans[-1][1]].split()) if spans else ""
        return _LINE.sub("", text).strip() if self.values[number].blank else text


def changes_between(made: Sequence[MadePart], edited: Sequence[tuple[str, str]]) -> Changes:
    """What somebody changed. edited: (role, text) of each part that came back. Raises TooDifferent."""
    values: list[tuple[PrintedValue, str, str | None]] = []
    words: list[ChangedWords] = []
    for role in ROLES:
        ours, theirs = _of_role(made, role), "".join(text for each, text in edited if each == role)
        part = _Part(role, ours.text, theirs, ours.values)
        _compare(part)
        values += [
            (
                value,
                _said(part.made[value.start : value.end], value),
                part.now(number) if number in part.changed else None,
            )
            for number, value in enumerate(part.values)
        ]
        words += part.words
    return Changes(_grouped(values), tuple(words))


def carried_over(made: Sequence[MadePart], edited: Sequence[tuple[str, str]]) -> tuple[MadePart, ...]:
    """What the edited document says, one part for each role, and where in it the values stand now, changed or not.
    Raises TooDifferent."""
    found: list[MadePart] = []
    for role in ROLES:
        ours, theirs = _of_role(made, role), "".join(text for each, text in edited if each == role)
        part = _Part(role, ours.text, theirs, ours.values)
        _compare(part)
        values: list[PrintedValue] = []
        standing = [
            (number, spans) for number, spans in part.spans.items() if spans
        ]  # the others were taken out
        for number, spans in sorted(standing, key=lambda each: each[1][0]):
            start, end = spans[0][0], spans[-1][1]
            if number >= 0 and start >= max((value.end for value in values), default=0):
                blank = ours.values[number].blank and number not in part.changed
                values.append(replace(ours.values[number], start=start, end=end, blank=blank))
        if theirs:
            found.append(MadePart(role, theirs, tuple(values)))
    return tuple(found)


def _of_role(made: Sequence[MadePart], role: str) -> MadePart:
    """All parts of a role as one."""
    text, values = "", []
    for part in made:
        if part.role != role:
            continue
        values += [
            replace(value, start=value.start + len(text), end=value.end + len(text)) for value in part.values
        ]
        text += part.text
    return MadePart(role, text, tuple(values))


def _said(text: str, value: PrintedValue) -> str:
    return "" if value.blank else " ".join(text.split())


def _grouped(values: Sequence[tuple[PrintedValue, str, str | None]]) -> tuple[ChangedValue, ...]:
    """Each change of a value once, however often it is printed."""
    printed: dict[tuple[str, str], int] = {}
    times: dict[tuple[str, str, str], int] = {}
    first: dict[tuple[str, str, str], PrintedValue] = {}
    for value, before, after in values:
        key = value.place or value.label
        printed[key, before] = printed.get((key, before), 0) + 1
        if after is not None and after != before:
            times[key, before, after] = times.get((key, before, after), 0) + 1
            first.setdefault((key, before, after), value)
    return tuple(
        ChangedValue(
            value.place, value.label, value.fact, key[1], key[2], times[key], printed[key[0], key[1]]
        )
        for key, value in first.items()
    )


# --- one part -------------------------------------------------------------------------------------


def _compare(part: _Part) -> None:
    made, edited = _lines(part.made, _owners(part)), _lines(part.edited, None)
    if len(edited) > MOST_LINES:
        raise TooDifferent
    if part.role in _ONCE:
        made, edited = _each_once(made), _each_once(edited)
    steps = SequenceMatcher(None, _texts(made), _texts(edited), autojunk=False).get_opcodes()
    for kind, i1, i2, j1, j2 in steps:
        ours = [word for line in made[i1:i2] for word in line]
        theirs = [word for line in edited[j1:j2] for word in line]
        if kind == "equal":
            _keep(part, ours, theirs)
        elif ours:
            _block(part, ours, theirs)
        else:
            around = {made[i1 - 1][-1].owner} & {made[i1][0].owner} if 0 < i1 < len(made) else set()
            _change(part, around, ours, theirs)


def _keep(part: _Part, made: Sequence[_Word], edited: Sequence[_Word]) -> None:
    for ours, theirs in zip(made, edited, strict=True):
        part.spans.setdefault(ours.owner, []).append((theirs.start, theirs.end))


def _change(part: _Part, owners: Collection[int], made: Sequence[_Word], edited: Sequence[_Word]) -> None:
    """Words in place of others: a changed value where they are of one and of nothing else."""
    if len(owners) == 1 and -1 not in owners:
        [owner] = owners
        part.changed.add(owner)
        part.spans.setdefault(owner, []).extend((word.start, word.end) for word in edited)
    else:
        _reword(part, made, edited)


def _owners(part: _Part) -> list[int]:
    """For each character of the part as made, the value it belongs to."""
    owners = [-1] * len(part.made)
    for number, value in enumerate(part.values):
        owners[value.start : value.end] = [number] * (value.end - value.start)
    return owners


def _lines(text: str, owners: Sequence[int] | None) -> list[list[_Word]]:
    """The lines that say something, as words; a word that belongs to two values belongs to the first."""
    lines: list[list[_Word]] = [[]]
    for match in _WORD.finditer(text):
        if match[0] == "\n":
            lines.append([])
            continue
        owner = max(owners[match.start() : match.end()]) if owners is not None else -1
        lines[-1].append(_Word(match[0], match.start(), match.end(), owner))
    return [line for line in lines if line]


def _texts(lines: Sequence[list[_Word]]) -> list[tuple[str, ...]]:
    return [tuple(word.text for word in line) for line in lines]


def _each_once(lines: Sequence[list[_Word]]) -> list[list[_Word]]:
    return list(dict(zip(reversed(_texts(lines)), reversed(lines), strict=True)).values())[::-1]


def _block(part: _Part, made: Sequence[_Word], edited: Sequence[_Word]) -> None:
    """Lines that differ, word by word."""
    if len(made) > MOST_WORDS or len(edited) > MOST_WORDS:
        _reword(part, made, edited)
        return
    texts = [word.text for word in made], [word.text for word in edited]
    for i1, i2, j1, j2 in _steps(made, SequenceMatcher(None, *texts, autojunk=False).get_opcodes()):
        if texts[0][i1:i2] == texts[1][j1:j2]:
            _keep(part, made[i1:i2], edited[j1:j2])
        else:
            owners = {word.owner for word in made[i1:i2]} or {_beside(made, i1)}
            _change(part, owners, made[i1:i2], edited[j1:j2])


def _steps(
    made: Sequence[_Word], opcodes: Sequence[tuple[str, int, int, int, int]]
) -> Iterator[tuple[int, int, int, int]]:
    """The steps from one text to the other; where as many words take the place of others, one by one."""
    for kind, i1, i2, j1, j2 in opcodes:
        several = len({word.owner for word in made[i1:i2]}) > 1
        if kind == "replace" and several and i2 - i1 == j2 - j1:
            yield from ((i1 + n, i1 + n + 1, j1 + n, j1 + n + 1) for n in range(i2 - i1))
        else:
            yield i1, i2, j1, j2


def _beside(made: Sequence[_Word], at: int) -> int:
    """The value to whose end, or else to whose beginning, words were added; -1 where they stand by themselves."""
    before = made[at - 1].owner if at > 0 else -1
    after = made[at].owner if at < len(made) else -1
    return before if before >= 0 else after


def _reword(part: _Part, made: Sequence[_Word], edited: Sequence[_Word]) -> None:
    owners = dict.fromkeys(word.owner for word in made if word.owner >= 0)
    values = [part.values[owner] for owner in owners]
    part.words.append(
        ChangedWords(
            part.role,
            _passage(part.made, made),
            _passage(part.edited, edited),
            tuple(dict.fromkeys(value.label for value in values)),
            tuple(dict.fromkeys(value.fact for value in values if value.fact)),
        )
    )


def _passage(text: str, words: Sequence[_Word]) -> str:
    return " ".join(text[words[0].start : words[-1].end].split()) if words else ""
