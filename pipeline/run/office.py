"""An office with everything open: its site, inbox, archive, ledger and readers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.archive import Archive, Books
from pipeline.casefile import NOTHING_MORE, AsIf, corrected, fold, load_facts, mended, mended_rows
from pipeline.desk.status import Status
from pipeline.disk import keep_private
from pipeline.folders import Folders, open_folders, refuse_open_to_others
from pipeline.inbox import Inbox, Listing
from pipeline.ledger import About, ActKind, ActRow, Ledger, PacketRow, SubmissionRow, Version, open_ledger
from pipeline.log import Log
from pipeline.model import CaseRecord, CaseStatus, Fact, Standing
from pipeline.reading.models import Lack, lacking_models
from pipeline.rendering.pdfcache import KeptPdfs
from pipeline.run.backupwatch import BackupWatch
from pipeline.run.belonging import belong_to, inbox_was_served, note_served
from pipeline.run.crew import Crew
from pipeline.run.onfile import OnFile
from pipeline.run.readpart import ReadPart
from pipeline.run.scratch import own_scratch
from pipeline.run.troubles import Troubles
from pipeline.run.whose import on_file
from pipeline.site import Site, load_site
from pipeline.site.program import Access
from pipeline.values import Json

if TYPE_CHECKING:
    from pipeline.reading.pages import OpenedFile
    from pipeline.run.reader import Reader


CORRECT = "correct"
"""The act by which somebody puts one value of a filed form right."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def hash_of(site: Path, *folders: str) -> str:
    """SHA-256 over every data file in these folders of a site, but for its samples."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted((site / folder).rglob("*")):
            if path.is_file() and "samples" not in path.parts:
                digest.update(path.relative_to(site).as_posix().encode() + b"\0")
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the office lies and how it works. workers: child processes that read; 0 reads in this process."""

    site: Path
    inbox: Path
    outbox: Path
    state: Path
    settle_seconds: float = 5.0
    workers: int = 0


class Office:
    """Everything the story needs, opened once. Raises SiteError, SetupError or ArchiveError."""

    def __init__(
        self,
        settings: Settings,
        now: Callable[[], datetime] = utc_now,
        *,
        check_books: bool = True,
        reads_only: bool = False,
    ) -> None:
        """check_books: False opens books that do not agree, to verify or rebuild them.

        reads_only: for a child that reads what is in the archive; its inbox may be away
        """
        keep_private()
        self.settings = settings
        served = inbox_was_served(settings.state, settings.inbox)
        self.folders: Folders = open_folders(
            settings.site,
            settings.inbox,
            settings.outbox,
            settings.state,
            make_inbox=not (served or reads_only),
        )
        # Before the site is read, so that what changes meanwhile is noticed.
        self.read_by = hash_of(self.folders.site, "forms", "schemas")
        self.site: Site = load_site(self.folders.site)
        if self.site.program.access is Access.MODES:
            refuse_open_to_others(self.folders)
        if not reads_only:
            belong_to(self.folders.state, self.site.program.office.get("name", ""))
        self.log = Log(self.folders.state)
        self.ledger: Ledger = open_ledger(self.folders.state)
        self.books = Books(
            Archive(self.folders.outbox), self.ledger, now, check=check_books and not reads_only
        )
        if not reads_only:
            self.inbox = Inbox(self.folders.inbox, settings.settle_seconds, now=now, served=served)
            note_served(self.folders.state, self.folders.inbox)
        self.troubles = Troubles(self.log, now)
        self.crew = Crew(self, settings.workers)
        self.tidy_at: tuple[Version, Listing | None] | None = None  # when needs-attention was as it should be
        self.stood_at: tuple[tuple[Version, date], Status] | None = None  # what STATUS.html was made of
        self.login = ""  # of whoever decides just now, where it is known: see actors.py
        named = self.site.program.backup
        self.backup = BackupWatch(Path(named) if named else None, now)
        self._now = now

    @property
    def archive(self) -> Archive:
        return self.books.archive

    @cached_property
    def site_hash(self) -> str:
        """SHA-256 over every data file of the site, for what depends on many of them."""
        return hash_of(self.folders.site, "forms", "schemas", "templates")

    @cached_property
    def scratch(self) -> Path:
        """Of this process alone; what killed processes left is cleared away first."""
        self.folders.scratch.mkdir(mode=0o700, exist_ok=True)
        return own_scratch(self.folders.scratch)

    def people(self) -> OnFile:
        """Everybody the office knows now."""
        with self.ledger.reading() as tx:
            return on_file(tx)

    def parts_in(
        self, drop: str, opened: OpenedFile, received_at: datetime, people: OnFile
    ) -> tuple[ReadPart, ...]:
        """The parts of a file, read with everybody in mind whom the office knows."""
        return self.reader.parts(drop, opened, self.local_day(received_at).year, people)

    @cached_property
    def lacks(self) -> tuple[Lack, ...]:
        """Model files that cannot be used: what they would read is asked about."""
        return lacking_models()

    @cached_property
    def reader(self) -> Reader:
        from pipeline.run.reader import Reader  # noqa: PLC0415  # who only files starts without what reads

        return Reader(self.site, self.folders.state / "blanks", self.scratch)

    @cached_property
    def kept_pdfs(self) -> KeptPdfs:
        return KeptPdfs(self.folders.state / "pdf-cache")

    def now(self) -> datetime:
        return self._now()

    def local_day(self, moment: datetime) -> date:
        """The day in the office's own time zone."""
        return moment.astimezone(self.site.program.time_zone).date()

    def today(self) -> date:
        return self.local_day(self.now())

    def record(
        self,
        case: str,
        as_of: date | None = None,
        least: Standing = Standing.STATED,
        as_if: AsIf = NOTHING_MORE,
    ) -> CaseRecord:
        """What is known of a case on a day, folded from every submission that was not withdrawn.

        least: how far plan content must have come to be in it (`uses:` of a packet)
        as_if: what people would have said besides
        """
        with self.ledger.reading() as tx:
            case = tx.resolve_case(case)
            row = tx.case(case)
            acts = tx.acts(case)
            approvals = [(act, tx.packet(act.target)) for act in acts if act.act is ActKind.APPROVE]
        settlements = [act for act in acts if act.act is ActKind.SETTLE]
        status = row.status if row is not None else CaseStatus.ACTIVE
        return fold(
            case,
            as_of or self.today(),
            self._stated(case, as_if),
            self.site.places,
            status=status,
            raised=self._raised(approvals),
            settled={**self._settled(settlements), **as_if.overruled},
            least=least,
        )

    def _raised(self, approvals: Sequence[tuple[ActRow, PacketRow | None]]) -> dict[str, Standing]:
        """Fact → how far approvals have brought it, each with the packet that was approved."""
        raised: dict[str, Standing] = {}
        for act, packet in approvals:
            deposit = self.archive.deposit(act.path)
            approved = json.loads(self.archive.read(deposit, "approval.json"))
            standing = Standing(approved["standing"])
            if packet is not None and not packet.gives(standing):
                continue
            for fact_id in approved["facts"]:  # what is in force stays so, whatever is approved later
                if fact_id not in raised or standing.reaches(raised[fact_id]):
                    raised[fact_id] = standing
        return raised

    def _settled(self, settlements: Sequence[ActRow]) -> dict[str, str]:
        """Fact that a person overruled → the one that is right."""
        settled: dict[str, str] = {}
        for act in settlements:
            about = About(self.archive.deposit(act.path).about, act.path)
            settled |= dict.fromkeys(about.texts("overruled"), about.text("right"))
        return settled

    def stated(self, case: str) -> tuple[Fact, ...]:
        """Every fact that a filed form of the case states, of those that were not withdrawn."""
        return self._stated(case, NOTHING_MORE)

    def _stated(self, case: str, as_if: AsIf) -> tuple[Fact, ...]:
        with self.ledger.reading() as tx:
            case = tx.resolve_case(case)
            submissions = tx.submissions(case)
            said = {
                found.id: [each for each in tx.acts(target=found.id) if each.act in ("confirm", CORRECT)]
                for found in submissions
            }
        return tuple(
            fact
            for found in submissions
            if not found.withdrawn_by
            for fact in as_if.corrected(found.id, self._facts(found.path, said[found.id]))
        )

    def _facts(self, path: str, acts: Sequence[ActRow]) -> tuple[Fact, ...]:
        """The facts of a filed form, with what people mended on its confirm list or put right since."""
        stored = json.loads(self.archive.read(self.archive.deposit(path), "submission.json"))
        facts = load_facts(stored)
        for each in acts:
            deposit = self.archive.deposit(each.path)
            said = json.loads(self.archive.read(deposit, f"{each.act}.json"))
            by = json.loads(self.archive.read(deposit, "act.json"))["by"]
            if each.act == CORRECT:
                facts = tuple(corrected(fact, said, by) for fact in facts)
                continue
            cells = {box: said["mended"][path] for box, path in said.get("cells", {}).items()}
            facts = tuple(mended_rows(mended(fact, said["mended"], by), cells, by) for fact in facts)
        return facts

    def filed_values(self, row: SubmissionRow) -> Mapping[str, Json]:
        """The values of a filed form by field, as they were filed."""
        stored = json.loads(self.archive.read(self.archive.deposit(row.path), "submission.json"))
        return {name: field["value"] for name, field in stored["fields"].items()}

    def find_case(self, any_id: str) -> str | None:
        """The case with this case number or any number a person carries; None when none or several."""
        with self.ledger.reading() as tx:
            case = tx.resolve_case(any_id.strip().upper())
            if tx.case(case) is not None:
                return case
            number = "".join(any_id.split()).upper()
            kinds = {place.name for place in self.site.places.values() if place.identity}
            found = {each for kind in kinds for each in tx.find_cases(kind, number)}
        return found.pop() if len(found) == 1 else None
