"""What is known of one person: facts from filed forms, folded into a case record; and whose form it is.

Nothing here opens paper or writes the archive. Identity is never guessed: what does not clearly belong to
one case is put before a person.
"""

from pipeline.casefile.facts import facts_of
from pipeline.casefile.fold import fold
from pipeline.casefile.matching import Candidate, Identity, Known, Match, Verdict, identity_of, match, weigh
from pipeline.casefile.mending import NOTHING_MORE, AsIf, corrected, mended, mended_rows
from pipeline.casefile.storing import load_facts, stored_submission

__all__ = [
    "NOTHING_MORE",
    "AsIf",
    "Candidate",
    "Identity",
    "Known",
    "Match",
    "Verdict",
    "corrected",
    "facts_of",
    "fold",
    "identity_of",
    "load_facts",
    "match",
    "mended",
    "mended_rows",
    "stored_submission",
    "weigh",
]
