"""PDFs that were made before, kept by what makes them: the Word bytes, LibreOffice, the fonts and how it is asked.

A packet that is made again, and the final one after its draft's pages, need no LibreOffice then. Nothing here is
needed: an entry that is missing, damaged or of another making is made anew, and one that cannot be written is not
kept. They hold what packets hold, so the folder is private, and the oldest go when there are too many.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pipeline.disk import clear_away
from pipeline.errors import SetupError
from pipeline.rendering.pdf import (
    EXPORT_OPTIONS,
    GATE,
    NOT_FOUND,
    Converted,
    find_libreoffice,
    looked_at,
    printed,
)

MOST_BYTES = 200_000_000  # some thousand packets; a month of a large office
_PART = ".part"
# What fontconfig and LibreOffice look through. Source: fonts-conf(5), the layout of LibreOffice's installation.
_FONTS = (
    "/etc/fonts",
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
)


@dataclass(frozen=True, slots=True)
class KeptPdfs:
    """The folder of PDFs made before; most_bytes: what it may hold."""

    folder: Path
    most_bytes: int = MOST_BYTES

    def find(self, key: str) -> Converted | None:
        """What was kept under the key, proved to be whole and of that key; None where there is nothing such."""
        try:
            head, _, pdf = self._place(key).read_bytes().partition(b"\n")
            digest, _, pages = head.decode("ascii").partition(" ")
            if digest != _digest(key, pages, pdf):
                return None
            os.utime(self._place(key))
        except (OSError, UnicodeDecodeError):
            return None
        return Converted(pdf, int(pages))

    def keep(self, key: str, made: Converted) -> None:
        """Keeps it; where that fails (a full disk), it is made again the next time."""
        pages = str(made.pages)
        part = self.folder / f"{key}-{os.urandom(4).hex()}{_PART}"
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(f"{_digest(key, pages, made.pdf)} {pages}\n".encode("ascii") + made.pdf)
            part.replace(self._place(key))
        except OSError:
            clear_away(part)
        self._forget_the_oldest()

    def _place(self, key: str) -> Path:
        return self.folder / f"{key}.kept"

    def _forget_the_oldest(self) -> None:
        """Those that were not used for longest go until the rest may stay; so does what a crash left half written."""
        found: list[tuple[int, int, Path]] = []
        with suppress(OSError):
            for path in self.folder.iterdir():
                with suppress(FileNotFoundError):  # another process forgets at the same moment
                    said = path.stat()
                    found.append((said.st_mtime_ns, said.st_size, path))
        room = self.most_bytes
        for _, size, path in sorted(found, reverse=True):
            room -= size
            if room < 0:
                clear_away(path)


def _digest(key: str, pages: str, pdf: bytes) -> str:
    return hashlib.sha256(f"{key} {pages}\n".encode() + pdf).hexdigest()


def converted_once(
    documents: Sequence[bytes], kept: KeptPdfs, libreoffice: Path | None = None
) -> list[Converted]:
    """As `convert`, but what was made of the same by the same before is not made again."""
    with Conversion(documents, kept, libreoffice) as conversion:
        return conversion.made()


class Conversion:
    """Documents that LibreOffice makes PDFs of beside this process, which may do something else until it asks.

    What was made of the same by the same before is not made again. Only `made` opens the PDFs, in the thread that
    calls it: PDFium must not be used by two at once.
    """

    def __init__(
        self, documents: Sequence[bytes], kept: KeptPdfs, libreoffice: Path | None = None, at_once: int = 1
    ) -> None:
        """at_once: LibreOffices that work side by side, each with a profile of its own, on a share of what is left
        to do. Raises SetupError when LibreOffice is missing."""
        program = libreoffice or find_libreoffice()
        if program is None:
            raise SetupError(NOT_FOUND)
        self._program, self._kept = program, kept
        maker = maker_of(program)
        self._keys = [hashlib.sha256(f"{maker}\n".encode() + docx).hexdigest() for docx in documents]
        self._found = {key: kept.find(key) for key in self._keys}
        by_key = zip(self._keys, documents, strict=True)
        self._wanted = {key: docx for key, docx in by_key if self._found[key] is None}
        wanted = list(self._wanted.values())
        shares = [wanted[start::at_once] for start in range(min(at_once, len(wanted)))]
        self._pool = ThreadPoolExecutor(max(1, len(shares)), thread_name_prefix="libreoffice")
        self._shares = [self._pool.submit(printed, share, program) for share in shares]

    def made(self) -> list[Converted]:
        """The PDF of each document, in order. One that cannot be converted stops no other."""
        shares = [share.result() for share in self._shares]
        pdfs = [shares[n % len(shares)][n // len(shares)] for n in range(len(self._wanted))]
        made = looked_at(list(self._wanted.values()), pdfs, self._program)
        for key, new in zip(self._wanted, made, strict=True):
            self._found[key] = new
            if not new.failure:
                self._kept.keep(key, new)
        return [each for key in self._keys if (each := self._found[key]) is not None]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Waits for a LibreOffice that is at work; none that was not begun is begun."""
        self._pool.shutdown(cancel_futures=True)


def maker_of(program: Path) -> str:
    """A mark of this LibreOffice, the fonts of this machine, what is asked of it and what its PDFs must pass, without
    starting anything."""
    home = program.resolve().parent
    data = os.environ.get("XDG_DATA_HOME")
    folders = [*map(Path, _FONTS), home.parent / "share" / "fonts", *([Path(data, "fonts")] if data else [])]
    parts = [_seen(program.resolve()), _seen(home / "soffice.bin"), _text(home / "versionrc")]
    fonts = [_seen(path) for folder in folders for path in _files(folder)]
    return hashlib.sha256(json.dumps([parts, fonts, EXPORT_OPTIONS, GATE]).encode()).hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for where, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(where, name) for name in sorted(names))


def _seen(path: Path) -> str:
    """A file by name, size and time: whoever updates it changes one of them."""
    try:
        said = path.stat()
    except OSError:
        return f"{path}: none"
    return f"{path}: {said.st_size} {said.st_mtime_ns}"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
