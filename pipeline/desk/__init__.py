"""What a clerk or coordinator sees of the program besides packets: slips, sheets, the status page, requests.

Pure functions from records to bytes and back. Nothing here opens a file, asks the ledger or knows where
anything lies; `run.py` calls it and puts the bytes where people find them.
"""
