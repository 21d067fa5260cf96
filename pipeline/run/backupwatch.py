"""Whether the backup is too old, asked now and then while the inbox is served, for the page that clerks look at.

The place of the backup is another disk, often another machine, and may hang: it is asked in a thread of its own, so
that no scan ever waits for it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from pipeline.run.doctor import Examined, Health
from pipeline.run.machine import examine_backup

ASK_AGAIN_SECONDS = 3600.0
PATIENCE_SECONDS = 0.2  # an ordinary disk has answered by then
PASS_IT_ON = "Please tell the person who looks after this program."
HANGS = f"The place of the backup does not answer. {PASS_IT_ON}"

Examine = Callable[[Path, datetime], Examined]


class BackupWatch:
    """Of one process. place: as the site names it; None where it names none, which `doctor` tells."""

    def __init__(
        self,
        place: Path | None,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
        examine: Examine = examine_backup,
    ) -> None:
        self._place = place
        self._now = now
        self._clock = clock
        self._examine = examine
        self._asked_at: float | None = None
        self._asking: threading.Thread | None = None
        self._found: Examined | None = None

    def alert(self) -> str:
        """A sentence for clerks where something is wrong with the backup, else nothing."""
        if self._place is None:
            return ""
        is_due = self._asked_at is None or self._clock() - self._asked_at >= ASK_AGAIN_SECONDS
        if self._asking is not None and self._asking.is_alive():
            return HANGS if is_due else self._words()
        if is_due:
            self._asked_at = self._clock()
            self._asking = threading.Thread(target=self._ask, args=(self._place,), name="backup", daemon=True)
            self._asking.start()
            self._asking.join(PATIENCE_SECONDS)
        return self._words()

    def _ask(self, place: Path) -> None:
        self._found = self._examine(place, self._now())

    def _words(self) -> str:
        if self._found is None or self._found.health is Health.GOOD:
            return ""
        return f"{self._found.what}. {PASS_IT_ON}"
