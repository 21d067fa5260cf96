"""The outbox: every deposit written once, complete or not there, and the chain of events beside it.

    books = Books(Archive(outbox), open_ledger(state))    all three kept in step: write with this
    books.keep_original(drop, copy, file_type, source, day)
    books.publish(kind, path, files, id=, inputs=, about=, settles=rows)
    books.record(kind, **ids), books.settle_part(row), books.finish_drop(drop, settles=rows)
    books.reindex(), books.verify(read_data)
    books.archive.deposits(kind, case), .deposit(path), .read(deposit, name), .file(deposit, name)

What a manifest's `about` must hold for each kind, so that the index can be rebuilt from the outbox alone,
is listed in docs/formats.md, "The archive".
"""

from pipeline.archive.books import Books
from pipeline.archive.deposit import Archive
from pipeline.archive.head import Head, head_of, read_head, write_head
from pipeline.archive.journal import Journal
from pipeline.archive.paths import (
    act_path,
    held_path,
    packet_path,
    received_path,
    report_path,
    submission_path,
)
from pipeline.archive.verify import Trouble, Verified, Wrong

__all__ = [
    "Archive",
    "Books",
    "Head",
    "Journal",
    "Trouble",
    "Verified",
    "Wrong",
    "act_path",
    "head_of",
    "held_path",
    "packet_path",
    "read_head",
    "received_path",
    "report_path",
    "submission_path",
    "write_head",
]
