"""The outbox: every deposit written once, complete or not there, and the chain of events beside it.

    archive = Archive(root)                                   makes root and `archive.json` (its identity)
    archive.publish(kind, path, files, id=, inputs=, about=)  -> Deposit; files: name -> bytes or Path
    archive.deposits(kind=None, case=None)                    -> Iterator[Deposit], by path
    archive.deposit(path)                                     -> Deposit; raises ArchiveError
    archive.read(deposit, name)                               -> bytes, compared with the manifest's SHA-256
    archive.file(deposit, name)                               -> Path of a file of it
    archive.verify(read_data=False)                           -> tuple[Trouble, ...]
    received_path(day, drop), held_path(part, round), submission_path(case, day, form, id),
    packet_path(case, day, packet, id), act_path(case, day, act, id), report_path(day, name, id), receipt_path
    Journal(root / "journal").append(...), .events(), .verify()

    books = Books(archive, ledger)                            archive, journal and ledger kept in step: use this
    books.publish(kind, path, files, id=, inputs=, about=)    publish + event `deposit` + rows, once each
    books.record(kind, **ids)                                 event + rows, once each; ids and codes only
    books.settle_part(row), books.finish_drop(drop)           events `part` and `drop`
    books.reindex(), books.verify(read_data)

What a manifest's `about` must hold for each kind, so that the index can be rebuilt from the outbox alone,
is listed in docs/formats.md, "The archive".
"""
