"""Reading a drop, and the child of the crew that does so until its pipe ends: when the watcher is no more."""

from __future__ import annotations

import signal
from dataclasses import replace
from multiprocessing.connection import Connection

from pipeline.disk import keep_private, our_own_read
from pipeline.errors import ArchiveError, DropError, PipelineError, SetupError
from pipeline.ledger import DropRow
from pipeline.ledger.index import drop_job
from pipeline.model import Reason
from pipeline.run.answers import send_answer
from pipeline.run.crew import ReaderFailed
from pipeline.run.edited import edited_in
from pipeline.run.office import Office, Settings, hash_of
from pipeline.run.onpaper import is_sheet, sheet_on_paper
from pipeline.run.readdrop import ReadDrop
from pipeline.run.rereading import original_of
from pipeline.run.returned import is_returned
from pipeline.run.sheets import sheet_in, with_paper_read
from pipeline.run.signedpages import with_signatures


def serve(settings: Settings, read_by: str, pipe: Connection) -> None:
    """Answers each key of a job with (the key, what was read, None) or (the key, None, the error it met).

    read_by: hash of the forms and schemas by which the watcher files
    """
    keep_private()
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)  # they go to all processes at once; the watcher decides
    office: Office | None = None
    while True:
        try:
            key = pipe.recv()
        except EOFError:
            return
        try:
            office = office or _office(settings, read_by)
            answer: tuple[ReadDrop | None, Exception | None] = (read_job(office, key), None)
        except (ArchiveError, SetupError) as error:
            answer = (None, error)
        except Exception as error:  # a bug; only its kind travels, since what it says may quote a paper
            if office is not None:
                office.log.failure("reading-failed", error, job=key)
            answer = (None, ReaderFailed(type(error).__name__))
        try:
            send_answer(pipe, (key, *answer))
        except OSError:
            return


def _office(settings: Settings, read_by: str) -> Office:
    try:
        office = Office(settings, reads_only=True)
    except PipelineError as error:  # the site was broken since the watcher started, which is no file's fault
        raise SetupError(str(error)) from None
    if hash_of(office.folders.site, "forms", "schemas") != read_by:
        raise SetupError(
            "The forms or schemas were changed since this program started, and a paper must be read and filed by the "
            "same ones. Papers wait. Restart the program."
        )
    return office


def read_job(office: Office, key: str) -> ReadDrop:
    """What is on the pages of the drop that a job is about."""
    with office.ledger.reading() as tx:
        row = tx.drop(key.removeprefix(drop_job("")))
    assert row is not None, key
    with our_own_read("Reading a paper"):
        return read_drop(office, row)


def read_drop(office: Office, row: DropRow) -> ReadDrop:
    """The archived original of a drop, opened and read. A file that cannot be read is no error but a flaw."""
    try:
        with office.reader.opened(original_of(office, row)) as opened:
            if opened.word is not None:
                return ReadDrop(edited=edited_in(office, opened.word))
            pages = tuple(page.number for page in opened.pages)
            how = ReadDrop(repaired=opened.repaired, signed=opened.signed, pages=pages)
            if (sheet := sheet_in(opened)) is not None:
                return replace(how, sheet=with_paper_read(office, sheet))
            people = office.people()
            parts = office.parts_in(row.id, opened, row.received_at, people)
            returned = tuple(
                with_signatures(office, row, opened, read) for read in parts if is_returned(read.part)
            )
            sheets = [
                (read, sheet_on_paper(office, row, opened, read.part))
                for read in parts
                if is_sheet(read.part)
            ]
    except DropError as failure:
        return ReadDrop(flaw=Reason(failure.reason))
    known = tuple((read, with_paper_read(office, sheet)) for read, sheet in sheets if sheet is not None)
    taken = [read for read, _ in known]
    rest = [read for read in parts if read not in taken]
    return replace(
        how,
        people=people.mark,
        parts=tuple(read for read in rest if not is_returned(read.part)),
        returned=returned,
        on_paper=known,
    )
