"""What an untrusted file may ask for at most, and what it is by its first bytes.

Shared by the child that opens a file and by the parent that checks the child's answer. Imports nothing
outside the standard library, so that the child can limit itself before anything else is loaded.

Source: bombs and public corpora measured for this program: a flate bomb of 1 MB, 3 million drawing
operators and pictures of 100,000 x 100,000 pixels are stopped by these limits, 2,707 public files are not.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

MAX_FILE_BYTES = 100_000_000
MAX_PAGES = 250
MAX_FRAMES = 250
MAX_PAGE_SIDE_POINTS = 200 * 72
MAX_PICTURE_PIXELS = 36_000_000
MAX_SOURCE_PIXELS = 100_000_000
MAX_PIXELS_IN_ALL = (
    900_000_000  # pictures handed back: 60 pages of 4,400 by 3,400, or 107 letter pages at 300 dpi
)
MAX_SOURCE_PIXELS_IN_ALL = 2_200_000_000  # frames decoded; 60 letter pages at 600 dpi are 2,020 million
MAX_ANSWER_BYTES = 32_000_000
MAX_WORDS_A_PAGE = 8_000
MAX_WIDGETS = 5_000
MAX_TEXT = 20_000

MEMORY_BYTES = 1_610_612_736
CPU_SECONDS = 10  # and more for each page; of 2,707 public files 99 in 100 take 6 for up to 50 pages
CPU_SECONDS_A_PAGE = 3
WALL_SECONDS = 60  # for as many pages as a usual paper has
USUAL_PAGES = 10
WALL_SECONDS_A_PAGE = 4  # for each page more
MOST_WALL_SECONDS = 600
SCRATCH_BYTES = 1_200_000_000  # pictures in all, and a mended copy of the file
OUTPUT_FILE_BYTES = 256_000_000
OPEN_FILES = 64
COUNT_FILE = "count"  # in scratch: how many pages the file says it has
SCRATCH_FAILED = 75  # what the child ends with where it could not write; the parent sees whether that can be

READING_DPI = 300
MAX_DPI = 2_000
LEAST_DPI = 60


@dataclass(frozen=True, slots=True)
class CpuTime:
    """Processor time that opening a file may take: seconds for the file, and more for each of its pages.

    At least one for a page: between the limit that ends it with a reason and the one that kills there must be room.
    """

    seconds: int = CPU_SECONDS
    seconds_a_page: int = CPU_SECONDS_A_PAGE

    def of(self, pages: int) -> int:
        return self.seconds + self.seconds_a_page * pages


USUAL_TIME = CpuTime()


def wall_seconds(pages: int) -> float:
    """How long opening may take by the clock."""
    more = WALL_SECONDS_A_PAGE * max(0, pages - USUAL_PAGES)
    return float(min(WALL_SECONDS + more, MOST_WALL_SECONDS))


class ScratchFailed(Exception):
    """The child could not write what it found. A parser's own OSError says something of the file; this does not."""


@contextmanager
def writing_scratch() -> Iterator[None]:
    """Around each write of the child: a full disk is no damaged paper. What is too large is the file's own doing."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise
        raise ScratchFailed from error


class FileType(StrEnum):
    """What a file is, told from its bytes; its name is not asked."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"
    TIFF = "tiff"
    WORD = "word"
    OTHER = "other"


def file_type(head: bytes, whole: bytes = b"") -> FileType:
    """The type by the first bytes. `whole` lets a zip be recognised as a Word document."""
    if b"%PDF-" in head[:1024]:
        return FileType.PDF
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileType.PNG
    if head.startswith(b"\xff\xd8\xff"):
        return FileType.JPEG
    if head[:4] in (b"II*\x00", b"MM\x00*"):
        return FileType.TIFF
    is_word_zip = head.startswith(b"PK\x03\x04") and b"word/document.xml" in whole
    is_old_word = head.startswith(b"\xd0\xcf\x11\xe0") and "WordDocument".encode("utf-16-le") in whole
    if is_word_zip or is_old_word or head.startswith(b"{\\rtf"):
        return FileType.WORD
    return FileType.OTHER


def ends_as_it_should(kind: FileType, whole: bytes) -> bool:
    """Whether the file's tail is there; a library that opens it without an error is no proof.

    Source: measured: pikepdf opens a PDF of which nine tenths are missing, pdfplumber finds 0 pages and
    says nothing. JPEG and TIFF have no reliable tail; their pictures are decoded to the end instead.
    """
    tail = whole.rstrip(b"\x00 \t\r\n\x1a")[-1024:]
    if kind is FileType.PDF:
        return b"%%EOF" in tail
    if kind is FileType.PNG:
        return b"IEND" in tail
    return True
