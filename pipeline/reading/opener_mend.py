"""Opens a PDF with both its readers, mended once where they stumble. Runs only inside the child.

Libraries mend a broken cross-reference table each in its own way: of the same file one shows a page, another none
and a third an error. So where the table is wrong or the readers disagree, one mended copy is made, and every reader
reads that. Source: measured over 2,707 public files (pypdf, pdfplumber and pdfium side by side).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium
from pypdf import PdfReader
from pypdf.errors import FileNotDecryptedError, LimitReachedError
from pypdf.generic import DictionaryObject

from pipeline.errors import DropError
from pipeline.model import Reason
from pipeline.reading import limits

MENDED = "mended.pdf"  # in scratch
_LOCKED = (4, 5)  # FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY
_LOOKED_AT = 5_000  # entries of the newest table
_START = re.compile(rb"startxref\s+(\d{1,12})")
_ENTRY = re.compile(rb"\s*(\d{10}) (\d{5}) ([nf])")
_SECTION = re.compile(rb"\s*(\d{1,9}) (\d{1,9})(?=\s)")
_OBJECT = re.compile(rb"\s{0,4}(\d{1,9})\s+\d{1,5}\s+obj")


@dataclass(frozen=True, slots=True)
class OpenedPdf:
    """One file as both readers have it. path: what was opened, the mended copy where there is one."""

    path: Path
    reader: PdfReader
    document: pdfium.PdfDocument
    repaired: bool


def opened_pdf(path: Path, scratch: Path) -> OpenedPdf:
    """The file, or its mended copy. Raises DropError where it is locked, empty, too long or past mending."""
    if table_is_right(path.read_bytes()):
        try:
            return both(path, repaired=False)
        except DropError as error:
            if error.reason != Reason.DAMAGED:
                raise
        except (MemoryError, LimitReachedError, limits.ScratchFailed):
            raise  # it asks for too much, or the disk fails: no mending cures that
        except Exception:  # parsers raise everything on broken files; the mended copy is the answer
            pass
    return both(mended(path, scratch), repaired=True)


def both(path: Path, *, repaired: bool) -> OpenedPdf:
    """Pages are counted by pdfium, which is quick about it, before the other reader walks through them."""
    document, count = None, 0
    try:
        document = pdfium.PdfDocument(path)
        count = len(document)
    except pdfium.PdfiumError as error:
        if error.err_code in _LOCKED:
            raise DropError(Reason.ENCRYPTED) from None
    if count > limits.MAX_PAGES:
        raise DropError(Reason.TOO_LARGE, "pages")
    reader = opened_reader(path)
    if not repaired and not reader.pages and not count and said_pages(reader) == 0:
        raise DropError(Reason.NO_PAGES)
    if document is None or not count or len(reader.pages) != count:
        raise DropError(Reason.DAMAGED, "page count")
    return OpenedPdf(path, reader, document, repaired)


def said_pages(reader: PdfReader) -> int:
    """How many pages the file itself says it has, -1 where it does not say."""
    tree = reader.root_object.get("/Pages")
    tree = tree.get_object() if tree is not None else None
    count = tree.get("/Count") if isinstance(tree, DictionaryObject) else None
    return int(count) if isinstance(count, int) else -1


def opened_reader(path: Path) -> PdfReader:
    """The file for pypdf, the empty password tried. Raises DropError when it needs another."""
    reader = PdfReader(path, strict=False)
    try:
        if reader.is_encrypted and not reader.decrypt(""):
            raise DropError(Reason.ENCRYPTED)
        len(reader.pages)
    except FileNotDecryptedError:
        raise DropError(Reason.ENCRYPTED) from None
    return reader


def mended(path: Path, scratch: Path) -> Path:
    """A copy with a right table, as qpdf finds the objects. Raises DropError where pages would be lost."""
    import pikepdf  # noqa: PLC0415  # few files need it

    copy = scratch / MENDED
    try:
        with pikepdf.open(path, suppress_warnings=True) as document:
            said = int(document.Root.Pages.get("/Count", 0))
            if said > limits.MAX_PAGES:
                raise DropError(Reason.TOO_LARGE, "pages")
            if len(document.pages) != said:
                raise DropError(Reason.DAMAGED, "page count")
            with limits.writing_scratch():
                document.save(copy, deterministic_id=True)
    except pikepdf.PasswordError:
        raise DropError(Reason.ENCRYPTED) from None
    return copy


def table_is_right(whole: bytes) -> bool:
    """Whether the newest cross-reference table lies where the file says, and its entries lead to their objects.

    Places count from the header, or from the first byte where something stands before the header: both are met.
    Source: ISO 32000-1, 7.5.4, 7.5.5 and 7.5.8.
    """
    said = _START.findall(whole[-2048:])
    if not said:
        return False
    bases = (0, max(0, whole[:2048].find(b"%PDF-")))
    return any(_leads_to_its_objects(whole, base, base + int(said[-1])) for base in bases)


def _leads_to_its_objects(whole: bytes, base: int, at: int) -> bool:
    start = at + len(whole[at : at + 4]) - len(whole[at : at + 4].lstrip())
    if not whole.startswith(b"xref", start):
        return _OBJECT.match(whole, start) is not None  # a table packed into a stream
    at, looked = start + 4, 0
    while (section := _SECTION.match(whole, at)) is not None:
        first, count, at = int(section[1]), int(section[2]), section.end()
        for number in range(first, first + count):
            entry = _ENTRY.match(whole, at)
            if entry is None:
                return False
            at, looked = entry.end(), looked + 1
            if entry[3] == b"n":
                found = _OBJECT.match(whole, base + int(entry[1]))
                if found is None or int(found[1]) != number:
                    return False
            if looked >= _LOOKED_AT:
                return True
    return looked > 0
