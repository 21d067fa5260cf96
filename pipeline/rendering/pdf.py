"""PDFs of Word documents, made by LibreOffice in batches.

LibreOffice says "done" (exit code 0) when it made nothing, or a PDF of garbage; two at once on one profile
fail; one that hangs never stops. So: a profile of our own, a process group of our own, a time limit, and each
PDF is opened and its text compared before it counts. Starting costs 1.7 s, one document 0.3 s: hence
batches.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pikepdf

from pipeline.errors import SetupError, SiteError
from pipeline.rendering.comparable import ONE_FORM
from pipeline.rendering.docxfile import open_docx
from pipeline.rendering.glyphs import Ranges, drawn_by_fonts, named, without_glyph
from pipeline.rendering.pagetext import UnreadablePdf, read_pages
from pipeline.rendering.wordtext import visible_text

# PDF/A-3 because a packet may carry its data; tags and titles for readers with a screen reader.
# Source: LibreOffice help, "PDF export filter options" (7.4); none of them costs time (measured).
EXPORT_OPTIONS = {
    "UseTaggedPDF": ("boolean", "true"),
    "SelectPdfVersion": ("long", "3"),
    "PDFUACompliance": ("boolean", "true"),
    "ExportBookmarks": ("boolean", "true"),
    # tick boxes of a template stay print: a fillable packet would be returned in a form nobody reads
    "ExportFormFields": ("boolean", "false"),
}
GATE = 3  # one more each time a PDF must pass more, so that those kept before are looked at anew
MOST_TOLD = 3
START_SECONDS = 60.0
SECONDS_PER_DOCUMENT = 30.0
USUAL_PLACES = (
    Path("/usr/lib/libreoffice/program/soffice"),
    Path("/opt/libreoffice/program/soffice"),
    Path("/Applications/LibreOffice.app/Contents/MacOS/soffice"),
    Path("C:/Program Files/LibreOffice/program/soffice.exe"),
)
NOT_WORD = "It is not a Word document, or it is damaged."
NOT_FOUND = (
    "LibreOffice Writer was not found, so packets are made as Word documents only. For PDFs, install it "
    "(Debian and Ubuntu: libreoffice-writer-nogui, fonts-crosextra-carlito) and make the packet again."
)


@dataclass(frozen=True, slots=True)
class Converted:
    """The PDF of one Word document, or why there is none (in words; it quotes no value)."""

    pdf: bytes = field(default=b"", repr=False)
    pages: int = 0
    failure: str = ""


def find_libreoffice() -> Path | None:
    """Where LibreOffice's program is, None where the machine has none."""
    for name in ("soffice", "libreoffice"):
        if found := shutil.which(name):
            return Path(found)
    return next((place for place in USUAL_PLACES if place.exists()), None)


def convert(
    documents: Sequence[bytes],
    *,
    libreoffice: Path | None = None,
    start_seconds: float = START_SECONDS,
    seconds_per_document: float = SECONDS_PER_DOCUMENT,
) -> list[Converted]:
    """The PDF of each Word document, in order. One that cannot be converted stops no other.

    Raises SetupError when LibreOffice is missing.
    """
    program = libreoffice or find_libreoffice()
    if program is None:
        raise SetupError(NOT_FOUND)
    made = printed(documents, program, start_seconds, seconds_per_document)
    return looked_at(documents, made, program)


def printed(
    documents: Sequence[bytes],
    program: Path,
    start_seconds: float = START_SECONDS,
    seconds_per_document: float = SECONDS_PER_DOCUMENT,
) -> list[bytes]:
    """What LibreOffice made of each document, nobody having looked at it; empty where it made nothing.

    Several threads may call this, not `looked_at`: PDFium reads for one thread of a process only.
    Raises SetupError where it cannot be started, or the temporary folder takes nothing.
    """
    try:
        made = _made(documents, program, start_seconds, seconds_per_document)
    except OSError as error:
        raise SetupError(
            f"LibreOffice cannot be started, or the folder {tempfile.gettempdir()} cannot be written: "
            f"{os.strerror(error.errno or 0)}. Make room there, or name another folder in TMPDIR."
        ) from error
    return [made.get(index, b"") for index in range(len(documents))]


def looked_at(
    documents: Sequence[bytes],
    made: Sequence[bytes],
    program: Path,
) -> list[Converted]:
    """Each PDF beside its document: whether it is one, whole, and in letters that the fonts have."""
    drawn = drawn_by_fonts(program)
    return [
        _gated(docx, pdf, drawn) if _is_word(docx) else Converted(failure=NOT_WORD)
        for docx, pdf in zip(documents, made, strict=True)
    ]


def _made(
    documents: Sequence[bytes],
    program: Path,
    start_seconds: float,
    seconds_per_document: float,
) -> dict[int, bytes]:
    """What LibreOffice left of each document that is one, by its number."""
    with tempfile.TemporaryDirectory(prefix="word-to-pdf-") as folder:
        work = Path(folder)
        batch = _Batch(program, work, start_seconds, seconds_per_document)
        sound = [index for index, docx in enumerate(documents) if _is_word(docx)]
        made = dict(zip(sound, batch.run([documents[index] for index in sound]), strict=True))
        # One bad document can take the whole batch down: those without a PDF get a run of their own.
        if len(sound) > 1:
            for index in [index for index in sound if not made[index]]:
                made[index] = batch.run([documents[index]])[0]
    return made


def _is_word(docx: bytes) -> bool:
    """LibreOffice makes a PDF of any garbage, so what is no Word document never reaches it."""
    try:
        open_docx(docx, "document.docx")
    except SiteError:
        return False
    return True


@dataclass(slots=True)
class _Batch:
    program: Path
    work: Path
    start_seconds: float
    seconds_per_document: float
    runs: int = 0

    def run(self, documents: Sequence[bytes]) -> list[bytes]:
        """The PDF LibreOffice left for each document, empty where it left none."""
        if not documents:
            return []
        self.runs += 1
        here = self.work / f"run-{self.runs}"
        (here / "out").mkdir(parents=True)
        names = [f"{number:04d}" for number in range(1, len(documents) + 1)]
        for name, docx in zip(names, documents, strict=True):
            (here / f"{name}.docx").write_bytes(docx)
        self._start(here, [f"{name}.docx" for name in names])
        found = [here / "out" / f"{name}.pdf" for name in names]
        return [path.read_bytes() if path.exists() else b"" for path in found]

    def _start(self, here: Path, names: Sequence[str]) -> None:
        options = {key: {"type": kind, "value": value} for key, (kind, value) in EXPORT_OPTIONS.items()}
        command = [
            str(self.program),
            f"-env:UserInstallation={(self.work / 'profile').resolve().as_uri()}",
            *("--headless", "--norestore", "--nolockcheck", "--nodefault", "--convert-to"),
            f"pdf:writer_pdf_Export:{json.dumps(options)}",
            *("--outdir", "out", *names),
        ]
        limit = self.start_seconds + self.seconds_per_document * len(names)
        process = subprocess.Popen(
            command,
            cwd=here,
            env={**os.environ, "HOME": str(here), "SAL_USE_VCLPLUGIN": "svp"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(limit)
        finally:
            _end_group(process)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End everything LibreOffice started; its launcher leaves a child that outlives it."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def _gated(docx: bytes, pdf: bytes, drawn: Ranges | None) -> Converted:
    """The PDF if it can be opened, has pages, and says everything the Word document says in letters that fonts have."""
    if not pdf:
        return Converted(failure="LibreOffice made no PDF of it in the time allowed.")
    try:
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            pages = len(opened.pages)
        text = "".join(read_pages(pdf)) if pages else ""
    except (pikepdf.PdfError, UnreadablePdf):
        return Converted(failure="LibreOffice made a PDF that cannot be opened.")
    if not pages:
        return Converted(failure="LibreOffice made a PDF without pages.")
    missing = missing_characters(docx, text)
    if missing:
        return Converted(failure=f"{missing} characters of the Word document are not in the PDF's text.")
    if undrawn := without_glyph(printed_text(docx), drawn):
        return Converted(
            failure=f"No font of this machine can draw {named(undrawn)}; it would be printed as an empty box. Install "
            "one that can (fonts-noto-core, fonts-noto-cjk), or write it otherwise."
        )
    from pipeline.rendering.seeable import unseen_words  # noqa: PLC0415  # loads numpy, which a watcher does not need

    if unseen := unseen_words(pdf):
        more = f" And {len(unseen) - MOST_TOLD} places more." if len(unseen) > MOST_TOLD else ""
        told = " ".join(unseen[:MOST_TOLD]) + more
        return Converted(
            failure=f"{told} Give them more room or another look in the template, or shorten what is printed there."
        )
    return Converted(pdf, pages)


def missing_characters(docx: bytes, pdf_text: str) -> int:
    """How many characters of the Word body are not among those of the PDF: lost glyphs, cut-off text."""
    file = open_docx(docx, "document.docx")
    wanted = Counter(_letters(visible_text(docx, file.body)))
    wanted.subtract(Counter(_letters(pdf_text)))
    return sum(count for count in wanted.values() if count > 0)


def printed_text(docx: bytes) -> str:
    """What all parts of a Word document print, heads and feet of pages too, in no certain order."""
    file = open_docx(docx, "document.docx")
    return "".join(visible_text(docx, part) for part, role in file.texts.items() if role != "properties")


def _letters(text: str) -> str:
    """Characters that leave ink of their own, in one form each: what a reader may give back in another. Capitals are
    not told apart, because a style may set text in capitals; the proof does that, which knows the styles."""
    plain = unicodedata.normalize("NFKC", text.upper()).translate(_ONE_FORM)
    return "".join(
        ch for ch in plain if unicodedata.category(ch)[0] not in "ZCM" and ord(ch) not in _SKIN_TONES
    )


_ONE_FORM = ONE_FORM | str.maketrans("\u2010\u2011", "--")
_SKIN_TONES = range(0x1F3FB, 0x1F400)  # drawn into the emoji before them
