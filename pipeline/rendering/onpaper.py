"""A filled document as it must be on paper, compared with the text of its PDF.

The body is read along the structure tags, whatever stands in the head and the foot of a page outside of them:
there each page must say its header and its footer, and nothing else but head rows that a table repeats.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.rendering.alignment import Aligned, Float, align, drawn
from pipeline.rendering.pagetext import PdfText
from pipeline.rendering.paperlines import paper_story
from pipeline.rendering.paperstory import Flow, PaperLine, PaperStory
from pipeline.rendering.printed import Insertion, RenderedWord
from pipeline.rendering.whereabouts import Standing, standings_in_word, standings_on_paper
from pipeline.rendering.wordstyles import Layout, Margins, layout_of

BODY = "word/document.xml"

Values = dict[int, Insertion]  # by identity: the same text may be printed at many places


@dataclass(frozen=True, slots=True)
class Compared:
    """The values found at their place, those that are not, and on which pages each line of the body stands."""

    found: Values = field(repr=False)
    missing: Values = field(repr=False)
    standings: tuple[Standing, ...] = field(repr=False)


@dataclass(slots=True)
class Paper:
    """The parts of a document as they must be printed, and how its pages are laid out."""

    layout: Layout
    stories: dict[str, PaperStory] = field(repr=False)

    def compare(self, text: PdfText, failures: list[str]) -> Compared:
        """The document compared with its PDF; what is wrong besides values goes to the failures."""
        found: Values = {}
        missing: Values = {}
        body = self._compared_body(text.logical)
        _take(body, "PDF", found, missing, failures)
        for number, margin in enumerate(text.margins or ("",) * len(text.pages), 1):
            for each in self._compared_margins(number, margin):
                _take(each, f"PDF, page {number}", found, missing, failures)
        return Compared(found, missing, standings_on_paper(body.spans, text))

    @property
    def body(self) -> list[PaperLine]:
        """Every line that stands on a page of its own right: no header, no footer."""
        around = self._around()
        flows = [flow for part, each in self.stories.items() if part not in around for flow in each.flows]
        return [line for flow in flows for line in flow]

    def _around(self) -> set[str]:
        return {
            part for section in self.layout.sections for each in section.values() for part in _parts(each)
        }

    def _compared_body(self, logical: str) -> Aligned:
        story = self.stories[BODY]
        around = self._around()
        notes = [each for part, each in self.stories.items() if part != BODY and part not in around]
        floats = [*story.floats, *(flow for each in notes for flow in each.floats)]
        return align(story.lines, _floating(floats), drawn(logical), hyphenates=self.layout.hyphenates)

    def _compared_margins(self, page: int, margin: str) -> list[Aligned]:
        """The head and the foot of a page against the pairs that may stand there: all that are right (several
        sections may say the same), or else the first."""
        results = [self._compared_pair(pair, margin) for pair in self.layout.margins_of(page)]
        return [result for result in results if result.right] or results[:1]

    def _compared_pair(self, pair: Margins, margin: str) -> Aligned:
        stories = [self.stories[part] for part in _parts(pair) if part in self.stories]
        floats = _floating([flow for story in stories for flow in story.floats])
        floats += [Float(flow, repeats=True) for flow in self.stories[BODY].heads]
        lines = [line for story in stories for line in story.lines]
        return align(lines, floats, drawn(margin), hyphenates=self.layout.hyphenates)


def paper_of(rendered: RenderedWord) -> Paper:
    """What the document must say on paper."""
    layout = layout_of(rendered.docx)
    stories = [story for story in rendered.stories if not story.part.startswith("docProps/")]
    papers = {story.part: paper_story(story, layout.styles) for story in stories}
    return Paper(layout, {BODY: PaperStory(BODY)} | papers)


def standings_of_word(rendered: RenderedWord) -> tuple[Standing, ...]:
    """What stands in the document, where no PDF says on which page."""
    return standings_in_word(paper_of(rendered).body)


def _parts(margins: Margins) -> tuple[str, str]:
    return margins.header, margins.footer


def _floating(flows: Sequence[Flow]) -> list[Float]:
    return [Float(flow) for flow in flows]


def _take(aligned: Aligned, where: str, found: Values, missing: Values, failures: list[str]) -> None:
    for line in aligned.found:
        found.update((id(value), value) for value in line.values)
    for line in aligned.missing:
        missing.update((id(value), value) for value in line.values)
        if not line.values and line.text:
            failures.append(f"{where}: these words of the template are not at their place: {_short(line)!r}.")
    for text in aligned.surplus:
        failures.append(f"{where}: it says what the Word document does not: {_cut(text)!r}.")


def _short(line: PaperLine) -> str:
    return _cut(line.words)


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
