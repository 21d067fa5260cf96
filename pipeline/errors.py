"""The failures that stop something: definitions, one file, the archive, the machine.

Wrong paper is never an exception; it is a `Finding` (see `model.py`). What is raised here says what
happened, where, and what to do, and never quotes a value a person wrote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum


class Exit(IntEnum):
    """What a command's exit code says. Listed in docs/commands.md."""

    DONE = 0
    SITE_WRONG = 2
    ARCHIVE_FAILED = 3
    SETUP_MISSING = 4
    NEEDS_ATTENTION = 5


class PipelineError(Exception):
    """The root of every failure this program raises on purpose.

    commands: what can be typed about it. The message itself may stand on a slip, whose readers have no terminal.
    """

    exit_code: Exit = Exit.NEEDS_ATTENTION
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in the site's data files, with the place to mend it."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class SiteError(PipelineError):
    """The forms, schemas or templates are wrong. Carries every problem found, not only the first."""

    exit_code = Exit.SITE_WRONG

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class DropError(PipelineError):
    """This one file cannot be opened or understood: hold it and carry on with the others.

    `reason` is a code from `model.Reason`; the words for a clerk are the desk's.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason}: {detail}" if detail else reason)


class ArchiveError(PipelineError):
    """The archive, the ledger or the disk failed. Nothing was acknowledged that is not durable."""

    exit_code = Exit.ARCHIVE_FAILED


class SetupError(PipelineError):
    """A tool, a model file or a setting is missing on this machine."""

    exit_code = Exit.SETUP_MISSING


class PacketError(PipelineError):
    """A packet cannot be made, approved or released; `reasons` says why, one line each.

    reasons: in the words of the office: they also stand on slips
    """

    def __init__(self, reasons: Sequence[str], commands: Sequence[str] = ()) -> None:
        self.reasons = tuple(reasons)
        self.commands = tuple(commands)
        super().__init__("\n".join(self.reasons))
