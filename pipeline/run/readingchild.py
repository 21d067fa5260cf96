"""A child of the crew: reads drop after drop until its pipe ends, which it does when the watcher is no more."""

from __future__ import annotations

import signal
from multiprocessing.connection import Connection

from pipeline.disk import keep_private
from pipeline.errors import ArchiveError, PipelineError, SetupError
from pipeline.run.crew import ReaderFailed
from pipeline.run.office import Office, Settings
from pipeline.run.readdrop import ReadDrop, read_job


def serve(settings: Settings, pipe: Connection) -> None:
    """Answers each key of a job with (what was read, None) or (None, the error it met)."""
    keep_private()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C goes to all processes; the watcher decides
    office: Office | None = None
    while True:
        try:
            key = pipe.recv()
        except EOFError:
            return
        try:
            office = office or _office(settings)
            answer: tuple[ReadDrop | None, Exception | None] = (read_job(office, key), None)
        except (ArchiveError, SetupError) as error:
            answer = (None, error)
        except Exception as error:  # a bug; only its kind travels, since what it says may quote a paper
            if office is not None:
                office.log.failure("reading-failed", error, job=key)
            answer = (None, ReaderFailed(type(error).__name__))
        try:
            pipe.send(answer)
        except OSError:
            return


def _office(settings: Settings) -> Office:
    try:
        return Office(settings, reads_only=True)
    except PipelineError as error:  # the site was broken since the watcher started, which is no file's fault
        raise SetupError(str(error)) from None
