"""Speed of `verify --read-data`, beside plain sha256sum of the same files in the same run: python -m bench.verifying

An archive of invented bytes: 300 drops of 1 MB each, as scans are, each filed and settled: five events a drop, as
the story of an ordinary drop has. Prints MB of file data a second, by the clock and by the processor; ends with 1
when a processor of its own would not do 200 MB/s (the clock tells more about what else the machine does).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path
from random import Random

from pipeline.ledger import PartRow
from pipeline.model import Drop, Outcome
from tests.office import NOON, Office, file_submission

DROPS, SIZE = 300, 1_000_000
ROUNDS = 3
LEAST_MB_PER_SECOND = 200


def built(root: Path) -> Office:
    """An office with its archive filled."""
    office, chance = Office.at(root), Random(1)
    books = office.books()
    for number in range(DROPS):
        copy, data = office.scratch / "copy", chance.randbytes(SIZE)
        copy.write_bytes(data)
        drop = Drop(f"D{number}", sha256(data).hexdigest(), SIZE, NOON, "scan.pdf", "")
        books.keep_original(drop, copy, "pdf", "inbox", NOON.date())
        file_submission(books, drop.id, f"P{number}", case=f"C-{number % 50:08d}")
        for page in (1, 2):
            books.settle_part(PartRow(f"P{number}-{page}", drop.id, (page,), Outcome.KEPT))
        books.finish_drop(drop.id)
    return office


def by_sha256sum(folder: Path) -> float:
    """Seconds that the tool of the system needs to hash every file."""
    files = [str(path) for path in folder.rglob("*") if path.is_file()]
    began = time.monotonic()
    subprocess.run(["sha256sum", *files], stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - began


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        office = built(Path(folder))
        books = office.books()
        times, spent, peers = [], [], []
        for _ in range(ROUNDS):
            peers.append(by_sha256sum(office.outbox))
            began = time.process_time()
            found = books.examine(read_data=True)
            assert found.troubles == ()
            spent.append(time.process_time() - began)
            times.append(found.seconds)
        megabytes, events = found.seen.bytes / 1e6, found.seen.events
        print(f"{found.seen.files} files, {megabytes:.0f} MB of file data, {events} events; best of {ROUNDS}")
        rate = megabytes / min(spent)
        print(
            f"  verify --read-data   {min(times):6.2f} s  {megabytes / min(times):6.0f} MB/s, every row compared"
        )
        print(f"    of the processor   {min(spent):6.2f} s  {rate:6.0f} MB/s")
        print(f"  sha256sum            {min(peers):6.2f} s  {megabytes / min(peers):6.0f} MB/s, hashes only")
        return 0 if rate >= LEAST_MB_PER_SECOND else 1


if __name__ == "__main__":
    sys.exit(main())
