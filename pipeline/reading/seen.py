"""What a blank from outside shows before anybody has described it: its widgets, their tips and formats, its words.

Only what stands in the PDF is told here. What a box may mean is guessed elsewhere (`pipeline.drafting`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pdfplumber
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

from pipeline.errors import Problem, SiteError
from pipeline.model import Box
from pipeline.reading.acroform import (
    FoundWidget,
    annotations_of,
    frame_of,
    inherited,
    lineage,
    one_widget,
    text_of,
    whole,
)
from pipeline.reading.blanks import page_words
from pipeline.reading.formmap import MAX_WIDGETS
from pipeline.reading.pages import Word

_PUSH_BUTTON = 1 << 16
_RADIO = 1 << 15
LONGEST_TIP = 200


@dataclass(frozen=True, slots=True)
class SeenWidget:
    """One box of a strange blank. script: its format script; options: (export value, shown text) of a list."""

    found: FoundWidget
    tip: str = ""
    script: str = ""
    options: tuple[tuple[str, str], ...] = ()
    radio: bool = False

    @property
    def name(self) -> str:
        return self.found.name

    @property
    def page(self) -> int:
        return self.found.page

    @property
    def box(self) -> Box:
        return self.found.box

    @property
    def is_mark(self) -> bool:
        return self.found.kind == "/Btn"


@dataclass(frozen=True, slots=True)
class SeenBlank:
    """A strange blank. buttons: names of push buttons, and of boxes without area; words: page by page."""

    pages: int
    title: str
    widgets: tuple[SeenWidget, ...]
    buttons: tuple[str, ...]
    words: tuple[tuple[Word, ...], ...]


def see_blank(blank: Path) -> SeenBlank:
    """Everything a fillable PDF says of itself. Raises SiteError where it cannot be read or has no boxes."""
    try:
        with blank.open("rb") as opened:
            if b"%PDF-" not in opened.read(1024):
                raise SiteError([Problem(str(blank), 0, "is no PDF; give the empty form as a fillable PDF")])
        reader = PdfReader(blank)
        if reader.is_encrypted and not reader.decrypt(""):
            raise SiteError([Problem(str(blank), 1, "needs a password; ask for a copy without one")])
        widgets, buttons = _widgets(reader)
        pages = len(reader.pages)
        title = (reader.metadata.title if reader.metadata else "") or ""
        words = printed_words(blank)
    except (PyPdfError, OSError, ValueError) as failure:
        raise SiteError(
            [Problem(str(blank), 1, f"cannot be read as a PDF ({type(failure).__name__})")]
        ) from failure
    if not widgets:
        message = (
            "has no fillable boxes; a blank must be a fillable PDF (an XFA form must be saved as one first)"
        )
        raise SiteError([Problem(str(blank), 1, message)])
    return SeenBlank(pages, title, tuple(widgets), tuple(buttons), words)


def printed_words(blank: Path) -> tuple[tuple[Word, ...], ...]:
    """The words of each page, where they are displayed."""
    with pdfplumber.open(blank, password="") as plumbed:
        return tuple(tuple(page_words(page)) for page in plumbed.pages)


def _widgets(reader: PdfReader) -> tuple[list[SeenWidget], list[str]]:
    seen: list[SeenWidget] = []
    idle: list[str] = []
    for number, page in enumerate(reader.pages, 1):
        frame = frame_of(page)
        for annotation in annotations_of(page):
            if annotation.get("/Subtype") != "/Widget" or len(seen) >= MAX_WIDGETS:
                continue
            chain = lineage(annotation)
            found = one_widget(annotation, number, frame)
            if found is not None and found.box.width >= 1 and found.box.height >= 1:
                seen.append(_described(found, chain))
            elif (name := _name(chain)) and name not in idle:
                idle.append(name)
    used = {widget.name for widget in seen}
    return seen, [name for name in idle if name not in used]


def _name(chain: list[DictionaryObject]) -> str:
    return ".".join(reversed([str(level["/T"]) for level in chain if "/T" in level]))


def _described(found: FoundWidget, chain: list[DictionaryObject]) -> SeenWidget:
    flags = whole(inherited(chain, "/Ff"))
    return SeenWidget(
        found,
        tip=" ".join(text_of(inherited(chain, "/TU")).split())[:LONGEST_TIP],
        script=_format_script(chain),
        options=tuple(_options(inherited(chain, "/Opt"))) if found.kind == "/Ch" else (),
        radio=found.kind == "/Btn" and bool(flags & _RADIO),
    )


def _format_script(chain: list[DictionaryObject]) -> str:
    """The script that shows the value as a date or a number, as Acrobat's form editor writes it; not run."""
    actions = inherited(chain, "/AA")
    for key in ("/F", "/K"):
        action = actions.get(key) if isinstance(actions, DictionaryObject) else None
        action = action.get_object() if action is not None else None
        script = action.get("/JS") if isinstance(action, DictionaryObject) else None
        script = script.get_object() if script is not None else None
        if isinstance(script, StreamObject):
            return script.get_data().decode("latin-1")[:400]
        if script is not None:
            return str(script)[:400]
    return ""


def _options(listed: object) -> Iterator[tuple[str, str]]:
    """The entries of a list to pick from, blank ones left out."""
    if not isinstance(listed, ArrayObject):
        return
    for item in listed:
        entry = item.get_object()
        if isinstance(entry, ArrayObject) and len(entry) == 2:
            export, shown = str(entry[0].get_object()), str(entry[1].get_object())
        else:
            export = shown = str(entry)
        if shown.strip():
            yield export, shown.strip()
