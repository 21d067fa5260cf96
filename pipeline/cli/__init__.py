"""The commands, their options and exit codes. Words and tables only; what they do is in `run`."""

from __future__ import annotations

import sys

from pipeline.cli import cases, keeping, lifecycle, mending, packets, papers, sitework
from pipeline.cli.app import app
from pipeline.cli.show import say_bug, say_failure
from pipeline.errors import PipelineError
from pipeline.reading.fence import no_core

__all__ = ["app", "cases", "keeping", "lifecycle", "main", "mending", "packets", "papers", "sitework"]


def main() -> None:
    """The one boundary: what was raised on purpose becomes words and an exit code; a bug becomes a trace without
    values."""
    no_core()  # every process we start has it from us
    try:
        app(standalone_mode=True)
    except PipelineError as failure:
        say_failure(failure)
        sys.exit(int(failure.exit_code))
    except Exception as failure:  # a bug: its message may quote a paper, so only its type and places are told
        say_bug(failure)
        sys.exit(1)
