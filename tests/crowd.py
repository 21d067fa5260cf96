"""Two hundred invented people, and the search for any trace of them in bytes, whatever these are written in.

Every word of theirs begins with a stem that no language has, so that a trace is found inside longer words too.
"""

from __future__ import annotations

import base64
import binascii
import html
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

STEMS = ("zwiq", "qvurb", "xtolm", "vpexb", "jhuqw")
MIDDLES = ("lin", "mor", "tan", "bel", "dur", "nis", "gol", "ram")
ENDS = ("ster", "wick", "ford", "dale", "mann")
PEOPLE = 200  # as many as there are stems, middles and ends to tell them apart


@dataclass(frozen=True, slots=True)
class Invented:
    """One of them. phone: ten digits; dmh_id: eight; words: what they are found by, as `plain` writes it."""

    last: str
    first: str
    street: str
    mail: str
    phone: str
    dmh_id: str
    file_name: str
    words: tuple[str, ...]

    @property
    def full_name(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def sentence(self) -> str:
        phone = f"({self.phone[:3]}) {self.phone[3:6]}-{self.phone[6:]}"
        return f"{self.full_name}, {self.street}, {phone}, {self.mail}, no. {self.dmh_id}."


def crowd() -> tuple[Invented, ...]:
    """The same two hundred each time."""
    return tuple(map(_invented, range(PEOPLE)))


def _invented(number: int) -> Invented:
    stem, rest = STEMS[number % 5], number // 5
    tail = MIDDLES[rest % 8] + ENDS[rest // 8]
    core, first, street, mail = (f"{stem}{vowel}{tail}" for vowel in "aeou")
    last = _odd(core, len(stem) + 1, number % 8)
    title = first.capitalize()
    file_name = unicodedata.normalize("NFD" if number % 2 else "NFC", f"{last}, {title} ({number}).pdf")
    return Invented(
        last,
        title,
        f"{number + 1} {street.title()} Lane",
        f"{mail}@mail.example",
        f"41755{71000 + number * 13:05d}",
        f"{73000019 + number * 7919:08d}",
        file_name,
        (core, first, street, mail),
    )


def _odd(core: str, place: int, kind: int) -> str:
    """A last name as people have them: with hyphen, apostrophe, accents, several words."""
    name = core.capitalize()
    match kind:
        case 1:
            return f"{name[:place]}-{name[place:].title()}"
        case 2:
            return f"O'{name}"
        case 3:
            return name.translate(str.maketrans("aeionu", "áéïöñü"))
        case 4:
            return f"Mc{name}"
        case 5:
            return f"van der {name}"
        case 6:
            return name.upper()
        case 7:
            return f"D\N{RIGHT SINGLE QUOTATION MARK}{name}"
        case _:
            return name


# --- the search -----------------------------------------------------------------------------------

_STEM = re.compile("|".join(STEMS))
_NUMBER = re.compile(r"(?<![^\W_])1?(\d{10}|\d{8})(?![^\W_])")
_BETWEEN = re.compile(r"(?<=\d)[\s().\-/+]{1,3}(?=\d)")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_ENCODED = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
_PACKED = (b"\x1f\x8b", b"\x78\x01", b"\x78\x9c", b"\x78\xda")


def plain(text: str) -> str:
    """Letters and digits alone, without case or accents: no hyphen and no apostrophe hides a name."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in bare if letter.isalnum())


class Search:
    """Finds the words and numbers of a crowd."""

    def __init__(self, people: Iterable[Invented]) -> None:
        people = tuple(people)
        words = [word for person in people for word in person.words]
        self._by_stem = {stem: tuple(word for word in words if word.startswith(stem)) for stem in STEMS}
        self._numbers = {number for person in people for number in (person.phone, person.dmh_id)}

    def traces(self, data: bytes | str) -> set[str]:
        """Every word and number of the crowd in the data, plain, encoded, packed or in an archive inside it."""
        raw = data if isinstance(data, bytes) else data.encode("utf-8", "surrogateescape")
        return {trace for each in _unpacked(raw) for text in _texts(each) for trace in self._traces_in(text)}

    def _traces_in(self, text: str) -> Iterator[str]:
        bare = plain(text)
        for hit in _STEM.finditer(bare):
            begins = (word for word in self._by_stem[hit.group()] if bare.startswith(word, hit.start()))
            yield from begins
        yield from (hit[1] for hit in _NUMBER.finditer(_BETWEEN.sub("", text)) if hit[1] in self._numbers)


def _unpacked(data: bytes, deep: int = 2) -> Iterator[bytes]:
    """The data, and what is packed in it: members of a zip file with their names, what gzip and zlib wrote."""
    yield data
    if not deep:
        return
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for name in packed.namelist():
                yield name.encode()
                yield from _unpacked(packed.read(name), deep - 1)
    if data.startswith(_PACKED):
        try:
            yield zlib.decompressobj(wbits=47).decompress(data)
        except zlib.error:
            return


def _texts(data: bytes) -> Iterator[str]:
    """The data as text in every way a program may have written it."""
    text = data.decode("utf-8", "replace")
    yield text
    if "\ufffd" in text:
        yield data.decode("latin-1")
    if b"\0" in data:
        for start in (0, 1):
            yield data[start:].decode("utf-16-le", "replace")
            yield data[start:].decode("utf-16-be", "replace")
    if "%" in text:
        yield unquote(text)
    if "&" in text:
        yield html.unescape(text)
    if "\\u" in text:
        yield _ESCAPED.sub(lambda hit: chr(int(hit[1], 16)), text)
    for run in _ENCODED.findall(data):
        whole = run.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
        try:
            yield base64.b64decode(whole + b"=" * (-len(whole) % 4)).decode("utf-8", "replace")
        except binascii.Error:
            continue
