"""Private texts a document may not show, looked for everywhere in its Word file and in its PDF.

Neither capitals, accents, spaces and signs between the letters, nor the way a date is written, hide a text.
One of fewer than four letters and figures is looked for only where it mixes both, as a code does, and as a
word of its own: `No` or `12` cannot be told from other text.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache

import pikepdf
from pikepdf import Name

from pipeline.rendering.pagetext import UnreadablePdf

SHORTEST = 4
_SIGNS = bytes(number for number in range(128) if not chr(number).isalnum())
_OTHER_SIGNS = re.compile(r"[^\w\x00-\x7f]+")
_TEMPLATES_OWN = ("word/styles", "word/theme/")
_DATE_FORMS = ("%m/%d/%Y", "%Y-%m-%d")
_BINARY_STREAMS = ("/XRef", "/ObjStm")
_DRAWINGS = ("/Image", "/Type1C", "/CIDFontType0C", "/OpenType")


def exposures_in_word(private_texts: Mapping[str, str], docx: bytes) -> list[str]:
    """A line for each private text and each part of the Word file it stands in."""
    wanted = {place: _Wanted(text) for place, text in private_texts.items()}
    failures: list[str] = []
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        for member in package.namelist():
            content = package.read(member)
            same = member.startswith(_TEMPLATES_OWN)
            texts = _texts_of_the_template(content) if same else _texts_of_member(content)
            failures += [
                f'"{place}" is private, yet it stands in {member} of the Word document.'
                for place, each in wanted.items()
                if each.is_in(*texts)
            ]
    return failures


def exposures_in_pdf(private_texts: Mapping[str, str], pdf: bytes, pages: Sequence[str]) -> list[str]:
    """A line for each private text that stands on a page of the PDF, or in its metadata, bookmarks, alternative
    texts, attachments or any other string or stream. Raises UnreadablePdf."""
    shown, hidden = "\n".join(pages), "\n".join(_hidden_texts(pdf))
    bare_shown, bare_hidden = _bare(shown), _bare(hidden)
    failures: list[str] = []
    for place, text in private_texts.items():
        each = _Wanted(text)
        if each.is_in(shown, bare_shown):
            failures.append(f'"{place}" is private, yet it stands in the PDF.')
        elif each.is_in(hidden, bare_hidden):
            failures.append(f'"{place}" is private, yet it stands in the PDF, where no page shows it.')
    return failures


class _Wanted:
    """A private text in the forms in which it may stand somewhere."""

    def __init__(self, text: str) -> None:
        bare = _bare(text)
        day = _as_date(text)
        self.anywhere = [bare] if len(bare) >= SHORTEST and day is None else []
        self.bounded = _date_forms(day) if day else []
        if len(bare) < SHORTEST and re.search(r"\d", bare) and re.search(r"[^\W\d]", bare):
            self.bounded = [text]
        self.bare_bounded = [_bare(each) for each in self.bounded]

    def is_in(self, text: str, bare: str) -> bool:
        if any(each in bare for each in self.anywhere):
            return True
        likely = zip(self.bounded, self.bare_bounded, strict=True)
        return any(short in bare and _stands_alone(each, text) for each, short in likely)


def _stands_alone(wanted: str, text: str) -> bool:
    """Whether the words are there as words of their own, whatever signs and spaces stand between them."""
    words = re.findall(r"\w+", _plain(wanted))
    pattern = r"(?<!\w)" + r"[\W_]+".join(map(re.escape, words)) + r"(?!\w)"
    return bool(re.search(pattern, _plain(text)))


def _as_date(text: str) -> date | None:
    for form in _DATE_FORMS:
        try:
            return datetime.strptime(text.strip(), form).date()
        except ValueError:
            continue
    return None


def _date_forms(day: date) -> list[str]:
    month, short = day.strftime("%B"), day.strftime("%b")
    numbers = [f"{day.month}/{day.day}/{day.year}", f"{day:%m/%d/%Y}", f"{day.month}/{day.day}/{day:%y}"]
    numbers += [f"{day:%m/%d/%y}", f"{day:%Y-%m-%d}", f"{day:%Y%m%d}", f"{day:%m%d%Y}", f"{day:%d/%m/%Y}"]
    words = [f"{name} {number} {day.year}" for name in (month, short) for number in (day.day, f"{day.day}th")]
    words += [
        f"{day.day} {month} {day.year}",
        f"{day.day} {short} {day.year}",
        f"{month} {day:%d} {day.year}",
    ]
    words += [f"{month} {day.day}{end} {day.year}" for end in ("st", "nd", "rd")]
    return [*numbers, *words]


def _plain(text: str) -> str:
    """Small letters without accents."""
    return _decomposed(text).translate(_WITHOUT_MARKS)


def _decomposed(text: str) -> str:
    """Small letters with their accents apart, which makes the accents signs."""
    return (text if text.isascii() else unicodedata.normalize("NFKD", text)).casefold()


def _bare(text: str) -> str:
    """Small letters and figures only."""
    plain = _OTHER_SIGNS.sub("", _decomposed(text))
    return plain.encode("utf-8", "surrogatepass").translate(None, _SIGNS).decode("utf-8", "surrogatepass")


class _Marks(dict[int, str | None]):
    """None for accents and invisible marks, worked out when one is first met."""

    def __missing__(self, number: int) -> str | None:
        char = chr(number)
        self[number] = None if unicodedata.category(char) in ("Mn", "Cf") else char
        return self[number]


_WITHOUT_MARKS = _Marks()


# --- Word --------------------------------------------------------------------------------------------


def _texts_of_member(content: bytes) -> tuple[str, str]:
    """The text of a member and its bare form: runs joined, then every attribute."""
    markup = content.decode("utf-8", "replace")
    for mark in ("</w:p>", "<w:tab/>", "<w:br/>", "<w:cr/>"):
        markup = markup.replace(mark, mark + "\n")
    texts = "".join(re.findall(r">([^<]+)", markup)) if "<" in markup else markup
    attributes = dict.fromkeys(re.findall(r'="([^"]*)"', markup))  # of styles, the same few thousand times
    found = _unescaped(texts + "\n" + "\n".join(attributes))
    return found, _bare(found)


@lru_cache(maxsize=32)
def _texts_of_the_template(content: bytes) -> tuple[str, str]:
    """The same, remembered: styles are nine tenths of a Word file, of no person, and the same in each document."""
    return _texts_of_member(content)


def _unescaped(text: str) -> str:
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#34;", '"'), ("&apos;", "'")):
        text = text.replace(entity, char)
    return text.replace("&amp;", "&")


# --- PDF ---------------------------------------------------------------------------------------------


def _hidden_texts(pdf: bytes) -> Iterator[str]:
    """Every string of the PDF, and every stream that may hold words, unpacked."""
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            for item in (document.trailer, *document.objects):
                yield from _strings(item)
                if isinstance(item, pikepdf.Stream) and not _is_drawing(item):
                    yield _decoded(item.read_bytes())
    except pikepdf.PdfError as error:
        raise UnreadablePdf from error


def _strings(item: pikepdf.Object) -> Iterator[str]:
    if isinstance(item, pikepdf.String):
        yield str(item)
    elif isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        for key, value in item.items():
            if key not in ("/Widths", "/W", "/Type", "/S", "/P", "/Pg", "/Parent"):
                yield from _strings_of_value(value)
    elif isinstance(item, pikepdf.Array):
        for value in item.as_list():
            yield from _strings_of_value(value)


def _strings_of_value(value: object) -> Iterator[str]:
    if isinstance(value, pikepdf.Object) and not value.is_indirect:
        yield from _strings(value)


def _is_drawing(stream: pikepdf.Stream) -> bool:
    """Pictures and fonts: what they show is on the pages, and their bytes hold no text."""
    if str(stream.get(Name.Subtype, "")) in _DRAWINGS or Name.Length1 in stream:
        return True
    return str(stream.get(Name.Type, "")) in _BINARY_STREAMS


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xfe\xff", b"\xff\xfe")):
        return content.decode("utf-16", "replace")
    return content.decode("utf-8", "replace")
