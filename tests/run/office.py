"""A real office in a temporary folder: people drop files and answer sheets, we see what became of them."""

from __future__ import annotations

import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from pypdf import PdfReader, PdfWriter

from pipeline.desk.answers import QUESTIONS
from pipeline.disk import keep_private
from pipeline.ledger import PartRow
from pipeline.model import Outcome
from pipeline.reading.blanks import Catalogue
from pipeline.reading.recogniser import Readers
from pipeline.rendering.pdfcache import KeptPdfs
from pipeline.run import story
from pipeline.run.office import Office, Settings
from pipeline.run.reader import Reader
from pipeline.site import load_site
from tests.paper.answers import invented_answers, questions
from tests.paper.casework import Lists, branch, invented_case, plain_yaml
from tests.paper.fill import on_screen, spots, typed_over
from tests.paper.writing import Filled, boxes, printed_rows
from tests.run.remembered import RememberingReader
from tests.shared import made_once, run_folder

ROOT = Path(__file__).resolve().parents[2]
EDITION = "2026-11"
SETTLE_SECONDS = 0.02


def blanks_folder() -> Path:
    """What was worked out of the blanks, once for all tests: it belongs to the checkout, not to an office."""
    return made_once("blanks", lambda folder: _reader(folder).catalogue)


def _reader(folder: Path) -> Reader:
    keep_private()
    return Reader(load_site(ROOT), folder / "cache", folder / "scratch")


@cache
def _shared() -> tuple[Catalogue, Readers]:
    reader = _reader(blanks_folder())
    return reader.catalogue, reader.readers


def sharing(office: Office) -> Office:
    """The office with what all tests share: what is known of the blanks, the models, files opened and PDFs converted
    before."""
    office.reader = RememberingReader(office.site, office.folders.state / "blanks", office.scratch)
    office.reader.catalogue, office.reader.readers = _shared()
    office.kept_pdfs = KeptPdfs(run_folder() / "pdf-cache")
    return office


def opening_anew(an_office: AnOffice) -> AnOffice:
    """The office with the program's own reader, which opens each file in a child however often it came before."""
    office = an_office.office
    office.reader = Reader(office.site, office.folders.state / "blanks", office.scratch)
    office.reader.catalogue, office.reader.readers = _shared()
    return an_office


def prepared_state(state: Path) -> None:
    """A state folder that has the blanks already, for a command that opens an office of its own."""
    shutil.copytree(blanks_folder() / "cache", state / "blanks", copy_function=_linked)


def _linked(kept: str, place: str) -> None:
    """Without its 150 megabytes: what is kept of a blank is put in place whole and never written again."""
    try:
        os.link(kept, place)
    except OSError:  # another disk
        shutil.copy2(kept, place)


# --- paper ----------------------------------------------------------------------------------------


def blank_of(form: str) -> Path:
    return ROOT / "forms" / form / EDITION / "blank.pdf"


@cache
def _lists() -> Lists:
    return Lists.of(ROOT / "schemas")


def filled_in(form: str, seed: int, changes: Mapping[str, str] | None = None, *, on_paper: bool) -> Filled:
    """The boxes of a form as the invented person number `seed` fills them; an empty change leaves a box out."""
    schema = plain_yaml(ROOT / "schemas" / f"{form}.yaml")
    drawn = tuple(spots(blank_of(form)))
    answers = invented_answers(schema, invented_case(seed, _lists()), _lists(), printed=printed_rows(drawn))
    asked = questions(branch(schema, "fields"), _lists())
    filled = boxes(answers, asked, drawn, on_paper=on_paper)
    values = {name: text for name, text in {**filled.values, **(changes or {})}.items() if text}
    return replace(filled, values=values)


def on_a_screen(form: str, seed: int, changes: Mapping[str, str] | None = None) -> bytes:
    """A form filled in and saved by a viewer, signed with a typed name."""
    return _on_a_screen(form, seed, tuple((changes or {}).items()))


@cache
def _on_a_screen(form: str, seed: int, changes: tuple[tuple[str, str], ...]) -> bytes:
    filled = filled_in(form, seed, dict(changes), on_paper=False)
    return on_screen(blank_of(form), filled.values | dict.fromkeys(filled.signed, "Signed Name"))


def typed(form: str, seed: int, changes: Mapping[str, str] | None = None, *, signed: bool = True) -> bytes:
    """A form printed to PDF after it was typed: words on pages, no boxes left."""
    return _typed(form, seed, tuple((changes or {}).items()), signed)


@cache
def _typed(form: str, seed: int, changes: tuple[tuple[str, str], ...], signed: bool) -> bytes:
    filled = filled_in(form, seed, dict(changes), on_paper=True)
    names = filled.signed if signed else ()
    return typed_over(blank_of(form), filled.values | dict.fromkeys(names, "Signed Name"))


def pages_of(*files: bytes, only: Collection[int] | None = None, order: Sequence[int] = ()) -> bytes:
    """One PDF of the pages of several. only: page numbers of the whole that stay; order: these, so often."""
    writer = PdfWriter()
    pages = [page for data in files for page in PdfReader(io.BytesIO(data)).pages]
    wanted = order or [number for number in range(1, len(pages) + 1) if only is None or number in only]
    for number in wanted:
        writer.add_page(pages[number - 1])
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


# --- the office -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AnOffice:
    """An office of the shipped site, with its folders below a temporary one."""

    root: Path
    office: Office

    @classmethod
    def at(cls, root: Path) -> AnOffice:
        (root / "inbox").mkdir(parents=True)
        return cls.opened(root)

    @classmethod
    def opened(cls, root: Path, site: Path = ROOT) -> AnOffice:
        """The office that lies there."""
        settings = Settings(site, root / "inbox", root / "outbox", root / "state", SETTLE_SECONDS)
        return cls(root, sharing(Office(settings)))

    @classmethod
    def copied(cls, name: str, make: Callable[[AnOffice], object], root: Path) -> AnOffice:
        """An office of its own at `root`, like the one of this name, which is made once for all tests."""

        def made(folder: Path) -> None:
            office = cls.at(folder)
            make(office)
            office.office.ledger.close()

        shutil.copytree(made_once(name, made), root, dirs_exist_ok=True)
        return cls.opened(root)

    @staticmethod
    def shared() -> tuple[Catalogue, Readers]:
        """What is loaded once for all tests of this process."""
        return _shared()

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @property
    def attention(self) -> Path:
        return self.inbox / "needs-attention"

    def drop(self, data: bytes, name: str = "scan.pdf") -> tuple[PartRow, ...]:
        """What became of each part of the file, in the order of its pages."""
        place = self.inbox / name
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(data)
        return self.take()

    def take(self) -> tuple[PartRow, ...]:
        """Processes what lies in the inbox; the parts of every drop that was worked on."""
        found: list[PartRow] = []
        story.settle_and_take(self.office, lambda row, parts: found.extend(parts))
        return tuple(found)

    def part(self, part: PartRow) -> PartRow:
        """The part as it stands now."""
        with self.office.ledger.reading() as tx:
            now = tx.part(part.id)
        assert now is not None
        return now

    def held(self) -> tuple[PartRow, ...]:
        with self.office.ledger.reading() as tx:
            return tx.parts(outcome=Outcome.HELD)

    @property
    def sheets(self) -> tuple[Path, ...]:
        """Slips and correction sheets; what is only to be confirmed holds up nothing and is left out."""
        found = sorted(self.attention.glob("*.pdf")) if self.attention.is_dir() else []
        return tuple(path for path in found if "To confirm" not in path.name)

    def sheet_of(self, part: PartRow) -> Path:
        (found,) = [path for path in self.sheets if f" {part.id[:6]}-" in path.name]
        return found

    @property
    def status(self) -> str:
        return (self.inbox / "STATUS.html").read_text()

    def answer(
        self, sheet: Path, answers: Mapping[str, str], by: str = "JM", *, finished: bool = True
    ) -> tuple[PartRow, ...]:
        """The sheet filled in and saved in place."""
        sheet.write_bytes(answered(sheet.read_bytes(), answers, by, finished=finished))
        return self.take()


def reopened(office: AnOffice, copy: Path | None = None) -> AnOffice:
    """The same office after the machine was started again, or a copy of it."""
    office.office.ledger.close()
    again = AnOffice.opened(copy or office.root)
    with again.office.ledger.transaction() as tx:
        tx.free_dead_leases(lambda owner: False)  # the test goes on in the same process
    return again


# --- sheets ---------------------------------------------------------------------------------------


def asked_in(sheet: bytes) -> dict[str, tuple[int, str, tuple[str, ...]]]:
    """What a sheet asks: key → its number, its kind, the codes that can be ticked."""
    info = PdfReader(io.BytesIO(sheet)).metadata
    assert info is not None
    rows = json.loads(str(info[f"/{QUESTIONS}"]))
    return {key: (number, kind, tuple(codes)) for number, (key, kind, codes, _) in enumerate(rows, start=1)}


def answered(sheet: bytes, answers: Mapping[str, str], by: str, *, finished: bool = True) -> bytes:
    """The sheet with answers by question key, as a viewer saves it. `dismiss` puts the paper aside."""
    asked = asked_in(sheet)
    values: dict[str, str] = {}
    for key, text in answers.items():
        if key == "dismiss":
            values |= {"dismiss": "on", "dismiss_reason": text}
            continue
        number, kind, codes = asked[key]
        if kind == "choices":
            values |= {f"q.{number}.{codes.index(code) + 1}": "on" for code in text.split(";")}
        elif codes and text in codes:
            values[f"q.{number}"] = str(codes.index(text) + 1)
        elif codes:
            values[f"hand.{number}"] = text
        elif text:
            values[f"q.{number}"] = text
        else:
            values[f"empty.{number}"] = "on"
    if finished:
        values |= {"finished": "on"}
    if by:
        values |= {"initials": by}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.pdf"
        path.write_bytes(sheet)
        return on_screen(path, values)


def words_of(pdf: bytes) -> str:
    """All printed words of a PDF, with single spaces."""
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return " ".join(text.split())
