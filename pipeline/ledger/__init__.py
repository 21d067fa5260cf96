"""The queue and the index: drops, parts, cases, submissions, packets, sheets, jobs, events. Never the only copy.

    ledger = open_ledger(state_folder)
    with ledger.transaction() as books: ...      one writing transaction (BEGIN IMMEDIATE), all or nothing
    with ledger.reading() as books: ...          one consistent view

Every function of the transaction is typed and takes or gives the frozen rows of `rows.py`:

    drop(id) drops(state=) add_drop(row) drop_with_sha(sha256, before=)
    part(id) parts(drop=, outcome=) put_part(row)
    case(id) cases(status=) put_case(row) resolve_case(id) find_cases(type, value) identifiers(case)
    add_identifier(row)                           raises IdentifierTaken(other case)
    submission(id) submissions(case=, form=, period=) same_values(case, form, period, values_hash)
    packet(id) packets(case=) packets_using(submission) uses(packet)
    acts(case=, act=)
    sheet(part, round) sheets() sheet_written(...) sheet_taken(...)
    add_job(key, kind) take_job(owner, lease_seconds, key=None) renew_job(job) finish_job(job)
    give_back_job(job, error, after_seconds, counts) poisoned_jobs() free_dead_leases(is_alive) step_done(...)
    index_deposit(deposit, read) index_event(event)
"""
