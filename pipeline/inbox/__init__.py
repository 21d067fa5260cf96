"""Files that people put into the inbox, taken once each and never half.

An event is a doorbell; the folder listing is the truth. A file is looked at until it no longer changes
(settled), claimed by one rename, copied and hashed; what became of the copy is not this package's business.
It must not open, parse or judge what is inside a file, and never follows a link out of the inbox.

    inbox = Inbox(root, settle_seconds=5.0, clock=time.monotonic, now=utc_now)
    look = inbox.look()                  Look(ready, waiting, refused, away, next_look_seconds)
    claim = inbox.claim(candidate)       Claim | None when somebody else was quicker or it vanished
    inbox.unfinished_claims()            claims to go on with (after a crash); `look` has them too
    received = inbox.receive(claim, scratch_folder)      Received(drop: Drop, copy: Path, type, claim);
                                         raises StillChanging (leave it, a later look takes it up again)
    inbox.finish(claim, received)        removes the claimed file once its copy is in the archive; returns
                                         False when it grew meanwhile: it then stays as a new claim
    inbox.changed_sheets(is_ours=tx.made_sheet, was_received=tx.has_drop)      sheets that people saved
    inbox.receive_sheet(sheet, scratch)  Received, copied and hashed where it lies, never moved
    inbox.put(name, data)                writes needs-attention/NAME in one step; raises SheetChanged
    inbox.remove(name, sha256)           removes it if its bytes are still those
    inbox.write_status(html)             STATUS.html
    Doorbell(root), serve(look, bell, stop)              in inbox/watch.py

The order that loses nothing: claim -> receive -> archive publishes `received/...` -> journal and ledger ->
finish. A crash at any point leaves the claim; taking it up again gives the same drop id, and every later step
finds that it was done.
"""

from pipeline.inbox.attention import Listing, Sheet, SheetChanged, SheetLook
from pipeline.inbox.claims import Claim
from pipeline.inbox.copying import Received, StillChanging, utc_now
from pipeline.inbox.folder import Candidate, Inbox, Look, Refused
from pipeline.inbox.watch import Doorbell, serve, stopped_by_signals

__all__ = [
    "Candidate",
    "Claim",
    "Doorbell",
    "Inbox",
    "Listing",
    "Look",
    "Received",
    "Refused",
    "Sheet",
    "SheetChanged",
    "SheetLook",
    "StillChanging",
    "serve",
    "stopped_by_signals",
    "utc_now",
]
