"""What the machinery of the inbox costs, beside a naive watchdog script in the same run: python -m bench.inbox

CPU seconds are those of the watcher and its children, read from /proc; clock seconds depend on who else uses the
machine. Reading is left out by a stub (bench/inbox_served.py), since it would hide everything else; each line says so.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pipeline.disk import keep_private
from pipeline.inbox import Inbox
from pipeline.ledger import DropRow, DropState, PartRow, open_ledger
from pipeline.model import Outcome, Part, Reason, short_id

ROOT = Path(__file__).resolve().parents[1]
TICKS = os.sysconf("SC_CLK_TCK")
PAPER = b"%%PDF-1.4\n%%%d\n1 0 obj<<>>endobj\ntrailer<<>>\n%%%%EOF\n"


class Watcher:
    """A running watcher, ours or the naive one. began: monotonic; ready: seconds until it said that it watches."""

    def __init__(self, root: Path, *command: str) -> None:
        self.began = time.monotonic()
        self._told = (root / "told").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", *command], cwd=ROOT, stdout=self._told, stderr=subprocess.STDOUT
        )
        self.wait_for(1, 120)
        self.ready = time.monotonic() - self.began

    def lines(self) -> int:
        return (Path(self._told.name)).read_bytes().count(b"\n")

    def wait_for(self, lines: int, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while self.lines() < lines and time.monotonic() < until and self.process.poll() is None:
            time.sleep(0.02)
        return self.lines() >= lines

    def cpu(self) -> float:
        """Seconds of the watcher and the processes that read for it."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return sum(ticks_of(each) for each in (str(pid), *children)) / TICKS

    def megabytes(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(120)
        self._told.close()


def ticks_of(pid: str) -> int:
    """Of a process and of its children that have ended. Source: proc(5), fields 14 to 17."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0
    return sum(map(int, fields[11:15]))


@contextmanager
def ours(root: Path) -> Iterator[Watcher]:
    places = [f"--{name}={root / name}" for name in ("inbox", "outbox", "state")]
    watcher = Watcher(root, "bench.inbox_served", "watch", "--settle=5", *places)
    try:
        yield watcher
    finally:
        watcher.stop()


@contextmanager
def naive(root: Path) -> Iterator[Watcher]:
    watcher = Watcher(root, "bench.inbox_naive", str(root / "inbox"), str(root / "outbox"))
    try:
        yield watcher
    finally:
        watcher.stop()


def office(root: Path) -> Path:
    for name in ("inbox", "outbox", "state"):
        (root / name).mkdir(parents=True, mode=0o700)
    return root


def papers(root: Path, count: int) -> None:
    """Writes them beside the inbox and moves them in, one rename each."""
    made = root / "made"
    made.mkdir(exist_ok=True)
    for number in range(count):
        (made / f"scan {number}.pdf").write_bytes(PAPER % number)
    for number in range(count):
        os.rename(made / f"scan {number}.pdf", root / "inbox" / f"scan {number}.pdf")


def line(what: str, ours_is: float | None, unit: str, bar: float | None, theirs: float | None) -> None:
    met = "" if bar is None or ours_is is None else ("met" if ours_is <= bar else "NOT MET")
    shown = ["-" if each is None else f"{each:,.2f}" for each in (ours_is, bar, theirs)]
    print(f"{what:58} {shown[0]:>10} {unit:4} {shown[1]:>8} {met:8} {shown[2]:>10}", flush=True)


def measure_jobs(root: Path, jobs: int) -> None:
    """Start on an empty inbox, then CPU a job over a morning's mail."""
    with naive(office(root / "naive")) as other:
        other_start, before = other.ready, other.cpu()
        papers(root / "naive", jobs)
        while any((root / "naive" / "inbox").iterdir()):
            time.sleep(0.1)
        other_job = (other.cpu() - before) / jobs * 1000
    with ours(office(root / "ours")) as watcher:
        line("start until it watches, clock", watcher.ready, "s", 2, other_start)
        line("  the same, CPU", watcher.cpu(), "s", None, None)
        papers(root / "ours", 5)  # what is loaded once
        warm = watcher.wait_for(6, 120)
        before = watcher.cpu()
        more(root / "ours", jobs)
        done = watcher.wait_for(6 + jobs, 900)
        each = (watcher.cpu() - before) / jobs * 1000 if warm and done else None
        line(f"engine a job ({jobs} files, reading stubbed), CPU", each, "ms", 10, other_job)


def more(root: Path, count: int) -> None:
    for number in range(count):
        (root / "made" / f"more {number}.pdf").write_bytes(PAPER % (1_000_000 + number))
        os.rename(root / "made" / f"more {number}.pdf", root / "inbox" / f"more {number}.pdf")


def measure_flood(root: Path, files: int, jobs: int) -> None:
    """All at once: how long until the first has its outcome, what a listing takes, how much memory it needs."""
    with naive(office(root / "naive")) as other:
        began = time.monotonic()
        papers(root / "naive", files)
        while not any((root / "naive" / "outbox").iterdir()):
            time.sleep(0.01)
        other_first = time.monotonic() - began
        time.sleep(2)
        other_memory = other.megabytes()
    with ours(office(root / "ours")) as watcher:
        began = time.monotonic()
        papers(root / "ours", files)
        first = time.monotonic() - began if watcher.wait_for(2, 300) else None
        line(f"{files:,} files at once: first outcome, clock", first, "s", 30, other_first)
        watcher.wait_for(1 + jobs, 300)
        line(f"{files:,} files at once: watcher, most memory", watcher.megabytes(), "MB", 200, other_memory)
    inbox = Inbox(root / "ours" / "inbox", 5.0)
    inbox.look()
    began, cpu = time.monotonic(), time.process_time()
    look = inbox.look()
    took, cpu = time.monotonic() - began, time.process_time() - cpu
    line(f"listing {look.waiting + len(look.ready):,} files, clock", took, "s", 1, None)
    line("  the same, CPU", cpu, "s", None, None)


def measure_idle(root: Path, held: int, seconds: float) -> None:
    """Nothing happens: held papers have their sheets in needs-attention, and the watcher looks every minute."""
    hold(office(root / "ours"), held)
    with ours(root / "ours") as watcher:
        time.sleep(75)  # the first looks hash every sheet once, which is no idling
        cpu, began = watcher.cpu(), time.monotonic()
        time.sleep(seconds)
        share = (watcher.cpu() - cpu) / (time.monotonic() - began) * 100
        memory = watcher.megabytes()
    with naive(office(root / "naive")) as other:
        cpu, began = other.cpu(), time.monotonic()
        time.sleep(10)
        other_share = (other.cpu() - cpu) / (time.monotonic() - began) * 100
    line(f"idle, {held:,} held with their sheets: share of a core", share, "%", 1, other_share)
    line("  the same, most memory", memory, "MB", None, None)


def hold(root: Path, count: int) -> None:
    """Papers that wait, as the ledger and needs-attention have them; their deposits are left out, nobody opens them."""
    folder = root / "inbox" / "needs-attention"
    folder.mkdir(mode=0o700)
    ledger = open_ledger(root / "state")
    with ledger.transaction() as tx:
        for number in range(count):
            drop = short_id("drop", str(number))
            part = Part(drop, (1,)).id
            data = b"%%PDF-1.4 sheet %d" % number
            name = f"2026-12-09 Paper {number}.pdf"
            (folder / name).write_bytes(data)
            sha = hashlib.sha256(data).hexdigest()
            came = datetime(2026, 12, 9, 12, 0, tzinfo=UTC)
            tx.add_drop(
                DropRow(drop, sha, 9, came, "pdf", "inbox", f"received/{drop}", DropState.FINISHED, "", "")
            )
            held = (Reason.UNKNOWN_FORM,)
            tx.put_part(PartRow(part, drop, (1,), Outcome.HELD, reasons=held, round=1, path=f"held/{part}/1"))
            tx.add_sheet(part, 1, "sheet", sha)
            tx.sheet_placed(part, 1, "sheet", name)
    ledger.close()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--files", type=int, default=10_000)
    asked.add_argument("--jobs", type=int, default=200)
    asked.add_argument("--idle-seconds", type=float, default=130.0)
    asked.add_argument(
        "--folder", type=Path, help="on the disk to be measured; else the one for temporary files"
    )
    given = asked.parse_args()
    keep_private()
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; reading is a stub")
    print(f"{'':58} {'ours':>10} {'':4} {'bar':>8} {'':8} {'naive':>10}")
    with tempfile.TemporaryDirectory(prefix="bench-inbox-", dir=given.folder) as top:
        measure_jobs(Path(top, "jobs"), given.jobs)
        measure_flood(Path(top, "flood"), given.files, 60)
        measure_idle(Path(top, "idle"), given.files, given.idle_seconds)
    print(
        "The naive script keeps no ledger, syncs nothing to the disk, waits for no file to settle, and leaves what"
    )
    print("came before it started. Our first outcome includes the 5 s that a file must lie still.")


if __name__ == "__main__":
    main()
