"""The doorbell and the loop behind `watch`. The only module that knows watchdog.

watchdog is believed in one thing: that something may have happened. What happened is read from the folder.
Its observer may say it is alive while the thread that watches the folder has died (the folder went away for
a second), so the threads themselves are tended; where no bell can be had, the folder is simply looked at
more often.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from pipeline.folders import on_network_share
from pipeline.inbox.names import CLAIMS, STATUS

WITHOUT_BELL_SECONDS = 5.0
WITH_BELL_SECONDS = 60.0
TROUBLE_SECONDS = 30.0
PROBE = ".probe-"
PROBE_SECONDS = 3600.0
PROBE_WAIT_SECONDS = 2.0
# The kernel tells of nothing else: that a file was opened or read cost more than all that matters. A folder is modified
# when something in it changes, which rings by itself.
_HEARD: list[type[FileSystemEvent]] = [
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
]
_GATHER_SECONDS = 0.1  # a copy of 300 files rings 900 times; one look answers them all


class Doorbell:
    """Rings when something may have changed in the inbox."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._rung = threading.Event()
        self._observer: BaseObserver | None = None
        self._no_bell = on_network_share(root)
        self._place: tuple[int, int] | None = None
        self._heard = threading.Event()
        self._probed_at: float | None = None

    @property
    def rings(self) -> bool:
        """Whether changes ring; else the folder is looked at every few seconds."""
        return self._observer is not None

    def ring(self) -> None:
        self._rung.set()

    def wait(self, seconds: float) -> None:
        """Returns when it rang, or after `seconds`, or earlier where there is no bell."""
        self.tend()
        longest = WITH_BELL_SECONDS if self.rings else WITHOUT_BELL_SECONDS
        if self._rung.wait(min(seconds, longest)):
            self._rung.clear()
            threading.Event().wait(_GATHER_SECONDS)

    def tend(self) -> None:
        """Starts the bell, or starts it again when a thread of it has died or the folder is another one now.

        Every hour a file of our own must ring it; where it does not, the folder is looked at more often. (On a
        network share our own files would ring and those of others not: there the bell is never believed.)
        """
        if self._no_bell:
            return
        if self._observer is not None and not self._is_sound():
            self.stop()
            self.ring()  # what happened while nobody watched
            self._probed_at = None
        if self._probed_at is not None and time.monotonic() - self._probed_at < PROBE_SECONDS:
            return
        if self._observer is None:
            self._start()
        if self._observer is not None and not self._rings_for_a_probe():
            self.stop()
            self.ring()

    def _is_sound(self) -> bool:
        observer = self._observer
        return (
            observer is not None
            and observer.is_alive()
            and all(emitter.is_alive() for emitter in observer.emitters)
            and self._place == place_of(self._root)
        )

    def _start(self) -> None:
        observer = Observer()
        try:
            observer.schedule(
                _Ringing(self._root, self.ring, self._heard.set),
                str(self._root),
                recursive=True,
                event_filter=_HEARD,
            )
            observer.start()
        except OSError:  # no such folder just now, or the machine has no watches left
            return
        self._observer, self._place = observer, place_of(self._root)

    def _rings_for_a_probe(self) -> bool:
        """Whether a file that we put into the folder is heard of. Nothing can be said where none can be put."""
        probe = self._root / f"{PROBE}{os.urandom(8).hex()}"
        self._heard.clear()
        try:
            os.close(os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
        except OSError:
            return True
        heard = self._heard.wait(PROBE_WAIT_SECONDS)
        with suppress(OSError):
            probe.unlink()
        self._probed_at = time.monotonic()
        return heard

    def stop(self) -> None:
        observer, self._observer = self._observer, None
        if observer is not None and observer.is_alive():
            observer.stop()
            observer.join(5)


def place_of(folder: Path) -> tuple[int, int] | None:
    """Disk and inode of a folder; another one under the same name has others. None where it is gone."""
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


class _Ringing(FileSystemEventHandler):
    """Passes on that something changed, except what we write ourselves."""

    def __init__(self, root: Path, ring: Callable[[], None], heard: Callable[[], None]) -> None:
        self._claims = str(root / CLAIMS)
        self._status = str(root / STATUS)
        self._ring = ring
        self._heard = heard

    def on_any_event(self, event: FileSystemEvent) -> None:
        places = [str(place) for place in (event.src_path, event.dest_path) if place]
        if any(place.rpartition("/")[2].startswith(PROBE) for place in places):
            self._heard()
            return
        if not all(self._is_ours(place) for place in places):
            self._ring()

    def _is_ours(self, place: str) -> bool:
        name = place.rpartition("/")[2]
        return place.startswith(self._claims) or place == self._status or name.startswith(".tmp-")


def serve(
    look: Callable[[], float],
    bell: Doorbell,
    stop: threading.Event,
    every_seconds: float = WITH_BELL_SECONDS,
    on_trouble: Callable[[Exception], None] | None = None,
) -> None:
    """Looks at the start, on every ring and every minute, until `stop` is set. The file in hand is finished.

    look: does all there is to do and says in how many seconds it wants to look again.  on_trouble: told when
    a look fails as a whole; the service then waits and goes on by itself. Without it the failure is raised.
    """
    try:
        while not stop.is_set():
            bell.tend()  # before the look, so that nothing falls between listing and listening
            try:
                again = look()
            except Exception as error:  # a service that nobody watches must outlive whatever one look does
                if on_trouble is None:
                    raise
                on_trouble(error)
                again = TROUBLE_SECONDS
            if not stop.is_set():
                bell.wait(min(again, every_seconds))
    finally:
        bell.stop()


@contextmanager
def stopped_by_signals(bell: Doorbell) -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set, so that the service ends between two files and not inside one."""
    stop = threading.Event()

    def asked_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()
        bell.ring()

    before = {number: signal.signal(number, asked_to_stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
