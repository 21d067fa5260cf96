"""Whether the map of a foreign blank names all its boxes and no others; and which of its pages look alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from pipeline.errors import Problem, SiteError
from pipeline.reading.pages import Word
from pipeline.reading.seen import SeenBlank, printed_words, see_blank
from pipeline.reading.twins import own_words
from pipeline.site import Site
from pipeline.site.forms import FormEdition
from pipeline.site.yamlfile import Mistakes, Place, load, suggestion

TWINS = 0.85  # share of the words of one page that the other prints at the same places
SHOWN = 3


def foreign_problems(root: Path, form: FormEdition) -> Iterator[Problem]:
    """Names in the map that the blank does not have, and boxes of the blank that the map forgets."""
    try:
        blank = see_blank(form.blank)
    except SiteError:
        return  # what is wrong with the blank itself is said where its map is loaded
    top = load(form.folder / "form.yaml", root, Mistakes())
    names = {widget.name for widget in blank.widgets if widget.name}
    listed = [(name, place) for name, place in top.at("widgets").pairs()]
    listed += [(place.text(), place) for place in top.at("ignore").items()]
    for name, place in listed:
        if not any(_names(name, known) for known in (*names, *blank.buttons)):
            near = suggestion(name, sorted(names))
            yield Problem(place.file, place.line, f'no box "{name}" in blank.pdf.{near}')
    yield from _forgotten(top, blank, [name for name, _ in listed])
    yield from _states(top, blank)


def _names(pattern: str, name: str) -> bool:
    return name == pattern or fnmatchcase(name, pattern.replace("[", "[[]"))


def _forgotten(top: Place, blank: SeenBlank, listed: Sequence[str]) -> Iterator[Problem]:
    told: set[str] = set()
    for widget in blank.widgets:
        where = f"page {widget.page}: "
        if not widget.name:
            message = (
                f"{where}a box of blank.pdf has no name, so no map can name it. Name it with a form editor."
            )
            yield Problem(top.file, 1, message)
        elif widget.name not in told and not any(_names(pattern, widget.name) for pattern in listed):
            told.add(widget.name)
            message = f'{where}the box "{widget.name}" stands neither under widgets nor under ignore'
            yield Problem(top.file, top.at("widgets").line, message)


def _states(top: Place, blank: SeenBlank) -> Iterator[Problem]:
    """On-states that no box of that name has, or that the map forgets."""
    for name, place in top.at("widgets").pairs():
        known = {w.found.state for w in blank.widgets if w.name == name and w.is_mark and w.found.state}
        named = [state for state, _ in place.at("states").pairs()] if place.get("states") else []
        for state in named:
            if known and state not in known:
                message = f'"{name}" has no box "{state}"; it has {", ".join(sorted(known))}'
                yield Problem(place.file, place.line, message)
        for state in sorted(known - set(named)) if named else ():
            yield Problem(place.file, place.line, f'the box "{state}" of "{name}" stands for nothing')


class _Page:
    """The words of a page, as `twins` asks for them."""

    def __init__(self, number: int, words: Sequence[Word]) -> None:
        self.number = number
        self.words = words


def notes_of(site: Site) -> Iterator[str]:
    """No mistake but worth knowing: pages of a foreign form that look alike, and by what they are told apart."""
    for form in site.forms.values():
        if form.generated or not form.blank.is_file():
            continue
        pages = [_Page(number, words) for number, words in enumerate(printed_words(form.blank), 1)]
        where = form.blank.relative_to(site.root).as_posix()
        for place, one in enumerate(pages):
            for other in pages[place + 1 :]:
                if _shared(one, other) >= TWINS:
                    yield f"{where}: {_twins(one, other)}"


def _shared(one: _Page, other: _Page) -> float:
    most = max(len(one.words), len(other.words))
    if not most:
        return 0.0
    return 1 - max(_count_own(one, other), _count_own(other, one)) / most


def _count_own(one: _Page, other: _Page) -> int:
    return len(own_words(one, [other], most=len(one.words)))


def _twins(one: _Page, other: _Page) -> str:
    said = [
        " ".join(f'"{word.text}"' for word in own_words(page, [rest])[:SHOWN])
        for page, rest in ((one, other), (other, one))
    ]
    start = f"pages {one.number} and {other.number} look alike."
    if not all(said):
        return (
            f"{start} Nothing printed tells them apart: their order in the file does, else a person is asked."
        )
    return f"{start} A scan is told apart by the words {said[0]} on the one and {said[1]} on the other."
