"""Whether a rendered document says what it should: each value at its own place in Word and again in the PDF.

Nothing here trusts the renderer's success: the Word file is read anew, and the PDF through a reader that is
not the one who wrote it (the caller may pass another). A failure is a line of words that may quote
a value, so it never goes to a log.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from pipeline.rendering.pagetext import PdfText, read_pdf_text
from pipeline.rendering.printed import Insertion, RenderedWord
from pipeline.rendering.wordtext import ExpectedLine, Printed, expected_lines, expected_text, text_of_part

ReadPdf = Callable[[bytes], PdfText]
# More pages than this for one page's worth of text (3,000 characters) means that a layout broke.
MOST_PAGES_PER_CHUNK = 4


@dataclass(frozen=True, slots=True)
class ProofReport:
    """What the proof found.

    failures: one line each; empty when the document is proved
    in_word, in_pdf: how many values were found at their own place
    pages: of the PDF
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
    read_pdf: ReadPdf = read_pdf_text,
    *,
    private_texts: Mapping[str, str] | None = None,
) -> ProofReport:
    """The proof of one document.

    private_texts: place → text of each private place this document may not show; none may be found anywhere
    """
    failures: list[str] = []
    in_word = _prove_word(rendered, failures)
    failures += _leftovers(rendered)
    text = read_pdf(pdf)
    pages = [_comparable(page) for page in text.pages]
    in_pdf = _prove_pdf(rendered, text, failures)
    _prove_page_count(rendered, len(pages), failures)
    for place, secret in (private_texts or {}).items():
        failures += _exposures(place, secret, rendered.docx, pdf, pages)
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
            worked_out = not printed.insertion.place  # what a person wrote or said is theirs: "None" too
            if worked_out and printed.insertion.value.strip() in ("None", "Undefined", "nan", "NaT"):
                failures.append(f"{story.part}: {{{{ {printed.insertion.expression} }}}} printed no value.")
            static[printed.start : printed.end] = "\x00" * (printed.end - printed.start)
        if re.search(r"\{\{|\{%|%\}|\}\}", "".join(static)):
            failures.append(f"{story.part}: a tag of the template was not filled in.")
    return failures


# --- PDF ---------------------------------------------------------------------------------------------

_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_MIRRORED = str.maketrans(")]}>»", "([{<«")
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_USUAL = frozenset("‘’“”–—…•€")


def _comparable(text: str) -> str:
    """Text without what layout changes: spaces, line breaks, hyphens, ligatures, invisible marks."""
    plain = unicodedata.normalize("NFC", text.translate(_LIGATURES))
    return "".join(
        ch
        for ch in plain
        if not ch.isspace() and ch not in "-‐‑" and unicodedata.category(ch) not in ("Cf", "Cc", "Co", "Cn")
    )


def _is_usual(ch: str) -> bool:
    """Whether the template's font has the character. Others are drawn from another font, after the rest of
    their line, so that only their number can be compared."""
    return ord(ch) < 0x250 or 0x1E00 <= ord(ch) < 0x1F00 or ch in _USUAL


def _usual(text: str) -> str:
    return "".join(ch for ch in _comparable(text) if _is_usual(ch))


def _unusual(text: str) -> Counter[str]:
    found = Counter(ch for ch in _comparable(text).translate(_MIRRORED) if not _is_usual(ch))
    return Counter(
        {ch: n for ch, n in found.items() if ord(ch) not in _SKIN_TONES and unicodedata.category(ch) != "Mn"}
    )


def _is_right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(ch) in ("R", "AL") for ch in text)


def _prove_pdf(rendered: RenderedWord, pdf: PdfText, failures: list[str]) -> int:
    """Find every line that holds a value again: those of the body in order, others anywhere."""
    everywhere = "".join(pdf.pages)
    body = _Seeker(_usual(pdf.logical or everywhere))
    pages = _Seeker(_usual(everywhere))
    characters = Counter(_comparable(everywhere).translate(_MIRRORED))
    found = 0
    for story in rendered.stories:
        in_body = story.part == "word/document.xml"
        missing: dict[int, Insertion] = {}
        values: set[int] = set()
        for line in expected_lines(story):
            ordered = in_body and not line.floating
            there = _found_again(line, body if ordered else pages, characters, ordered)
            values |= {id(insertion) for insertion, _ in line.values}
            missing |= {
                id(value[0]): value[0] for value, ok in zip(line.values, there, strict=True) if not ok
            }
        failures += [_not_in_pdf(insertion, everywhere) for insertion in missing.values()]
        found += len(values) - len(missing)
    return found


def _found_again(line: ExpectedLine, seeker: _Seeker, characters: Counter[str], in_order: bool) -> list[bool]:
    """For each value of a line whether it is there: the whole line, or else each value for itself."""
    if _is_right_to_left(line.text):  # drawn in another order than written: each letter must be there
        letters = [Counter(_comparable(text).translate(_MIRRORED)) for _, text in line.values]
        return [not wanted - characters for wanted in letters]
    whole = seeker.find(_usual(line.text), in_order)
    there = [whole or seeker.find(_usual(text), in_order) for _, text in line.values]
    return [ok and not _unusual(text) - characters for ok, (_, text) in zip(there, line.values, strict=True)]


@dataclass(slots=True)
class _Seeker:
    """Looks for lines one after the other. The earliest place after the line before is never too late."""

    text: str = field(repr=False)
    cursor: int = 0

    def find(self, wanted: str, in_order: bool) -> bool:
        at = self.text.find(wanted, self.cursor if in_order else 0)
        if at >= 0 and in_order:
            self.cursor = at + len(wanted)
        return at >= 0


def _not_in_pdf(insertion: Insertion, everywhere: str) -> str:
    elsewhere = _usual(insertion.value) in _usual(everywhere)
    why = "stands at another place" if elsewhere else "is not there, or not whole"
    return f"PDF: {{{{ {insertion.expression} }}}} {why}."


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
