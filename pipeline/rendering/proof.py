"""Whether a rendered document says what it should: each value at its own place in Word and again in the PDF.

Nothing here trusts the renderer's success: the Word file is read anew, and the PDF through a reader that is
not the one who wrote it (`read_pages`; the caller may pass another). A failure is a line of words that may quote
a value, so it never goes to a log.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from lxml import etree

from pipeline.rendering.pagetext import read_pages
from pipeline.rendering.printed import Insertion, RenderedWord
from pipeline.rendering.wordtext import Printed, expected_text, text_of_part

ReadPages = Callable[[bytes], Sequence[str]]
# More pages than this for one page's worth of text (3,000 characters) means that a layout broke.
MOST_PAGES_PER_CHUNK = 4


@dataclass(frozen=True, slots=True)
class ProofReport:
    """What the proof found.

    failures: one line each; empty when the document is proved
    in_word, in_pdf: how many values were found at their own place
    pages: of the PDF
    blank_pages: label of each blank → pages of the PDF where its line stands, as far as they can be told
    """

    failures: tuple[str, ...] = field(repr=False)
    in_word: int = 0
    in_pdf: int = 0
    pages: int = 0

    @property
    def proved(self) -> bool:
        return not self.failures


def prove(
    rendered: RenderedWord,
    pdf: bytes,
    read_pages: ReadPages = read_pages,
    *,
    private_texts: Mapping[str, str] | None = None,
) -> ProofReport:
    """The proof of one document.

    private_texts: place → text of each private place this document may not show; none may be found anywhere
    """
    failures: list[str] = []
    in_word = _prove_word(rendered, failures)
    failures += _leftovers(rendered)
    pages = [_comparable(text) for text in read_pages(pdf)]
    in_pdf = _prove_pdf(rendered, pages, failures)
    _prove_page_count(rendered, len(pages), failures)
    for place, text in (private_texts or {}).items():
        failures += _exposures(place, text, rendered.docx, pdf, pages)
    return ProofReport(tuple(failures), in_word, in_pdf, len(pages))


def prove_word(rendered: RenderedWord, *, private_texts: Mapping[str, str] | None = None) -> ProofReport:
    """The proof of the Word document alone, where no LibreOffice makes PDFs."""
    failures: list[str] = []
    in_word = _prove_word(rendered, failures)
    failures += _leftovers(rendered)
    for place, text in (private_texts or {}).items():
        failures += _exposures(place, text, rendered.docx, b"", [])
    return ProofReport(tuple(failures), in_word)


# --- Word --------------------------------------------------------------------------------------------


def _prove_word(rendered: RenderedWord, failures: list[str]) -> int:
    """Compare what each part says with what was printed into it; count the values at their place."""
    found = 0
    for story in rendered.stories:
        if story.part.startswith("docProps/"):
            continue
        try:
            actual = text_of_part(rendered.docx, story.part)
        except (KeyError, etree.XMLSyntaxError, zipfile.BadZipFile):
            failures.append(f"{story.part} of the Word document cannot be read.")
            continue
        expected = expected_text(story)
        if actual == expected.text:
            found += len(expected.printed)
            continue
        at = next(
            (i for i, (a, b) in enumerate(zip(actual, expected.text, strict=False)) if a != b),
            min(len(actual), len(expected.text)),
        )
        failures.append(_difference(story.part, expected.printed, at))
        found += sum(1 for printed in expected.printed if printed.end <= at)
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


def _leftovers(rendered: RenderedWord) -> list[str]:
    """Tags that were not filled in, and the words a program writes where a value is missing."""
    failures: list[str] = []
    for story in rendered.stories:
        expected = expected_text(story)
        static = list(expected.text)
        for printed in expected.printed:
            if printed.insertion.value.strip() in ("None", "Undefined", "nan", "NaT"):
                failures.append(f"{story.part}: {{{{ {printed.insertion.expression} }}}} printed no value.")
            static[printed.start : printed.end] = "\x00" * (printed.end - printed.start)
        if re.search(r"\{\{|\{%|%\}|\}\}", "".join(static)):
            failures.append(f"{story.part}: a tag of the template was not filled in.")
    return failures


# --- PDF ---------------------------------------------------------------------------------------------


def _comparable(text: str) -> str:
    """Text without what layout changes: spaces, line breaks, soft hyphens, ligatures, joining marks."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(
        ch for ch in plain if not ch.isspace() and unicodedata.category(ch) not in ("Cf", "Cc", "Co", "Cn")
    )


@dataclass(slots=True)
class _Seeker:
    """Looks for values one after the other: each must begin after the one before it began."""

    text: str
    page_starts: list[int]
    cursor: int = 0

    def find(self, value: str) -> bool:
        at = self.text.find(value, self.cursor)
        if at >= 0:
            self.cursor = at + len(value)
            return True
        return self._find_over_pages(value)

    def _find_over_pages(self, value: str) -> bool:
        """A long value may run over the foot of a page: its pieces follow each other on later pages."""
        at, rest = self.cursor, value
        first_end = 0
        while rest:
            size = self._longest(rest, at)
            if not size or (size < len(rest) and not self._ends_its_page(rest[:size], at)):
                return False
            at = self.text.find(rest[:size], at) + size
            first_end = first_end or at
            rest = rest[size:]
        # the next cell of the same row may have begun on the page where this value began
        self.cursor = first_end
        return True

    def _longest(self, value: str, start: int) -> int:
        low, high = 0, len(value)
        while low < high:
            middle = (low + high + 1) // 2
            if self.text.find(value[:middle], start) >= 0:
                low = middle
            else:
                high = middle - 1
        return low

    def _ends_its_page(self, piece: str, start: int) -> bool:
        """Whether a page ends not far behind the piece (a footer or other cells may follow)."""
        at = self.text.find(piece, start) + len(piece)
        return bisect_right(self.page_starts, at) < len(self.page_starts)


def _prove_pdf(rendered: RenderedWord, pages: Sequence[str], failures: list[str]) -> int:
    """Find every value of the body again, in order; those of headers and footers on some page."""
    text = "".join(pages)
    starts = list(accumulate((len(page) for page in pages), initial=0))[:-1]
    body = _Seeker(text, starts)
    found = 0
    for insertion in rendered.insertions:
        value = _comparable(insertion.value)
        if not insertion.in_text or not value:
            continue
        if insertion.blank:
            continue  # lines to fill in all look the same; Word has shown each at its place
        in_body = insertion.part == "word/document.xml"
        if (in_body and body.find(value)) or (not in_body and value in text) or _right_to_left(value, text):
            found += 1
        else:
            failures.append(_not_in_pdf(insertion, value, text))
    return found


def _not_in_pdf(insertion: Insertion, value: str, text: str) -> str:
    why = "stands at another place" if value in text else "is not there, or not whole"
    return f"PDF: {{{{ {insertion.expression} }}}} {why}."


def _right_to_left(value: str, text: str) -> bool:
    """Arabic and Hebrew are drawn in another order than written: each of their letters must be there."""
    if not any(unicodedata.bidirectional(ch) in ("R", "AL") for ch in value):
        return False
    return value[::-1] in text or all(text.count(ch) >= value.count(ch) for ch in set(value))


def _prove_page_count(rendered: RenderedWord, pages: int, failures: list[str]) -> None:
    length = sum(len(expected_text(story).text) for story in rendered.stories)
    if not pages:
        failures.append("The PDF has no pages.")
    elif pages > 10 + MOST_PAGES_PER_CHUNK * (length // 3000 + 1):
        failures.append(f"The PDF has {pages} pages, far more than its text needs: the layout is broken.")


# --- what must not be there --------------------------------------------------------------------------


def _exposures(place: str, text: str, docx: bytes, pdf: bytes, pages: Sequence[str]) -> list[str]:
    """Where a private text this document may not show is found: any part of the Word file, or the PDF."""
    wanted = _comparable(text)
    if len(wanted) < 4:
        return []  # too short to be told from other text
    failures: list[str] = []
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        for member in package.namelist():
            content = package.read(member).decode("utf-8", "replace")
            plain = re.sub(r"<[^>]*>", "", content) + " ".join(re.findall(r'="([^"]*)"', content))
            if wanted in _comparable(_unescaped(plain)):
                failures.append(f'"{place}" is private, yet it stands in {member} of the Word document.')
    if any(wanted in page for page in pages) or text.encode() in pdf or text.encode("utf-16-be") in pdf:
        failures.append(f'"{place}" is private, yet it stands in the PDF.')
    return failures


def _unescaped(text: str) -> str:
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#34;", '"'), ("&apos;", "'")):
        text = text.replace(entity, char)
    return text.replace("&amp;", "&")
