"""Where work runs: an Executor that survives a killed worker.

    local_executor(workers) -> concurrent.futures.Executor     1: in this process; else supervised processes
    run_jobs(ledger, executor, keys, work) -> ...

Only job keys travel. The ledger decides who may work (lease) and whose result counts (fencing token).
"""
