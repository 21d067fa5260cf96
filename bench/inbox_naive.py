"""The script that everybody writes first, for comparison: python -m bench.inbox.naive INBOX OUTBOX

It keeps no ledger, waits for nothing to settle, sees nothing that came before it started, and loses what a crash
interrupts. What it saves in time is what those cost.
"""

import shutil
import sys
import time
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer


class Handler(FileSystemEventHandler):
    def on_created(self, event: FileSystemEvent) -> None:
        shutil.move(str(event.src_path), Path(sys.argv[2]) / Path(str(event.src_path)).name)


observer = Observer()
observer.schedule(Handler(), sys.argv[1])
observer.start()
print("watching", flush=True)
while observer.is_alive():
    time.sleep(1)
