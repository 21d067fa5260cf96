"""Whether a rendered document says what it should: each value at its own place in Word and again in the PDF.

Nothing here trusts the renderer's success: the Word file is read anew, and the PDF through a reader that is
not the one who wrote it (the caller may pass another). A failure is a line of words that may quote
a value, so it never goes to a log.
"""

from __future__ import annotations

import io
import re
import zipfile
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from pipeline.rendering.comparable import comparable
from pipeline.rendering.exposures import exposures_in_pdf, exposures_in_word
from pipeline.rendering.onpaper import paper_of
from pipeline.rendering.pagetext import PdfText, UnreadablePdf, read_pdf_text
from pipeline.rendering.printed import RenderedWord
from pipeline.rendering.tickboxes import disagreements
from pipeline.rendering.whereabouts import Standing
from pipeline.rendering.wordtext import ExpectedText, Printed, expected_text, text_of_part

ReadPdf = Callable[[bytes], PdfText]
# More pages than this for one page's worth of text (3,000 characters) means that a layout broke.
MOST_PAGES_PER_CHUNK = 4
TORN_PDF = "The PDF cannot be opened: it is torn or damaged. Make the packet again."


@dataclass(frozen=True, slots=True)
class ProofReport:
    """What the proof found.

    failures: one line each; empty when the document is proved
    in_word, in_pdf: how many values were found at their own place
    pages: of the PDF; text: what was read of it; standings: which values and lines stand on which of its pages
    """

    failures: tuple[str, ...] = field(repr=False)
    in_word: int = 0
    in_pdf: int = 0
    pages: int = 0
    text: PdfText | None = field(default=None, repr=False)
    standings: tuple[Standing, ...] = field(default=(), repr=False)

    @property
    def proved(self) -> bool:
        return not self.failures


def prove(
    rendered: RenderedWord,
    pdf: bytes,
    read_pdf: ReadPdf = read_pdf_text,
    *,
    private_texts: Mapping[str, str] | None = None,
) -> ProofReport:
    """The proof of one document.

    private_texts: place → text of each private place this document may not show; none may be found anywhere
    """
    failures: list[str] = []
    expected = [expected_text(story) for story in rendered.stories]
    in_word = _prove_word(rendered, expected, failures)
    failures += _leftovers(expected)
    if private_texts:
        failures += exposures_in_word(private_texts, rendered.docx)
    try:
        text = read_pdf(pdf)
        if private_texts:
            failures += exposures_in_pdf(private_texts, pdf, text.pages)
    except UnreadablePdf:
        return ProofReport((*failures, TORN_PDF), in_word)
    in_pdf, standings = _prove_pdf(rendered, text, failures)
    _prove_page_count(expected, len(text.pages), failures)
    return ProofReport(tuple(failures), in_word, in_pdf, len(text.pages), text, standings)


def prove_word(rendered: RenderedWord, *, private_texts: Mapping[str, str] | None = None) -> ProofReport:
    """The proof of the Word document alone, where no LibreOffice makes PDFs."""
    failures: list[str] = []
    expected = [expected_text(story) for story in rendered.stories]
    in_word = _prove_word(rendered, expected, failures)
    failures += _leftovers(expected)
    if private_texts:
        failures += exposures_in_word(private_texts, rendered.docx)
    return ProofReport(tuple(failures), in_word)


# --- Word --------------------------------------------------------------------------------------------


def _prove_word(rendered: RenderedWord, expected: Sequence[ExpectedText], failures: list[str]) -> int:
    """Compare what each part says with what was printed into it; count the values at their place."""
    found = 0
    for each in expected:
        if each.part.startswith("docProps/"):
            continue
        try:
            actual = text_of_part(rendered.docx, each.part)
        except (KeyError, etree.XMLSyntaxError, zipfile.BadZipFile):
            failures.append(f"{each.part} of the Word document cannot be read.")
            continue
        failures += disagreements(rendered.docx, each.part)
        if actual == each.text:
            found += len(each.printed)
            continue
        at = next(
            (i for i, (a, b) in enumerate(zip(actual, each.text, strict=False)) if a != b),
            min(len(actual), len(each.text)),
        )
        failures.append(_difference(each.part, each.printed, at))
        found += sum(1 for printed in each.printed if printed.end <= at)
    return found + _prove_asides(rendered, failures)


def _difference(part: str, printed: Sequence[Printed], at: int) -> str:
    index = bisect_right([p.start for p in printed], at) - 1
    where = f" at or after {{{{ {printed[index].insertion.expression} }}}}" if index >= 0 else ""
    return f"{part}: the Word document does not say what was filled in{where} (character {at + 1})."


def _prove_asides(rendered: RenderedWord, failures: list[str]) -> int:
    """Values in attributes, field codes and properties: found somewhere in the part they went into."""
    asides = [i for i in rendered.insertions if not i.in_text]
    if not asides:
        return 0
    texts: dict[str, str] = {}
    with zipfile.ZipFile(io.BytesIO(rendered.docx)) as package:
        for insertion in asides:
            if insertion.part not in texts:
                root = etree.fromstring(package.read(insertion.part))
                values = [str(value) for element in root.iter() for value in element.attrib.values()]
                texts[insertion.part] = "\n".join([*values, *(str(text) for text in root.itertext())])
    missing = [i for i in asides if _flat(i.value) not in _flat(texts[i.part])]
    failures += [f"{i.part}: {{{{ {i.expression} }}}} is not found again." for i in missing]
    return len(asides) - len(missing)


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _leftovers(expected: Sequence[ExpectedText]) -> list[str]:
    """Tags that were not filled in, and the words a program writes where a value is missing."""
    failures: list[str] = []
    for each in expected:
        static = list(each.text)
        for printed in each.printed:
            worked_out = not printed.insertion.place  # what a person wrote or said is theirs: "None" too
            if worked_out and printed.insertion.value.strip() in ("None", "Undefined", "nan", "NaT"):
                failures.append(f"{each.part}: {{{{ {printed.insertion.expression} }}}} printed no value.")
            static[printed.start : printed.end] = "\x00" * (printed.end - printed.start)
        if re.search(r"\{\{|\{%|%\}|\}\}", "".join(static)):
            failures.append(f"{each.part}: a tag of the template was not filled in.")
    return failures


# --- PDF ---------------------------------------------------------------------------------------------


def _prove_pdf(
    rendered: RenderedWord, text: PdfText, failures: list[str]
) -> tuple[int, tuple[Standing, ...]]:
    """Compare the text of the PDF with the recorded one, from the first character to the last: the body in
    reading order, then the head and the foot of each page. Count the values at their place."""
    try:
        paper = paper_of(rendered)
    except (etree.XMLSyntaxError, zipfile.BadZipFile):
        failures.append("The Word document cannot be read, so the PDF cannot be compared with it.")
        return 0, ()
    compared = paper.compare(text, failures)
    found, missing = compared.found, compared.missing
    everywhere = comparable("".join(text.pages))
    for insertion in missing.values():
        elsewhere = comparable(insertion.value) in everywhere
        why = "stands at another place" if elsewhere else "is not there, or not whole"
        failures.append(f"PDF: {{{{ {insertion.expression} }}}} {why}.")
    return len(found.keys() - missing.keys()), compared.standings


def _prove_page_count(expected: Sequence[ExpectedText], pages: int, failures: list[str]) -> None:
    length = sum(len(each.text) for each in expected)
    if not pages:
        failures.append("The PDF has no pages.")
    elif pages > 10 + MOST_PAGES_PER_CHUNK * (length // 3000 + 1):
        failures.append(f"The PDF has {pages} pages, far more than its text needs: the layout is broken.")
