"""A few words for each reason, where there is no room for a sentence: STATUS.html and the tables of a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.desk.words import WORDS
from pipeline.model import Reason

SHORT_REASONS: dict[Reason, str] = {
    Reason.PAGE_MISSING: "A page is missing",
    Reason.PAGE_TWICE: "A page is there twice",
    Reason.UNREADABLE_PAGE: "The scan is too faint",
    Reason.MISPLACED_PAGE: "A page is cut off or folded",
    Reason.TOO_FEW_DOTS: "The scan is too coarse",
    Reason.BLURRED: "The scan is blurred",
    Reason.POOR_SCAN: "The scan is too poor",
    Reason.BLACK_PAGE: "The scan is black",
    Reason.SEVERAL_PAPERS: "More than one paper in the picture",
    Reason.TWIN_PAGES: "Not clear which page it is",
    Reason.BROKEN_PICTURE: "A picture is broken",
    Reason.UNKNOWN_FORM: "We do not know this form",
    Reason.UNKNOWN_EDITION: "An edition we do not have",
    Reason.UNSUPPORTED_TYPE: "A kind of file we do not take",
    Reason.TWO_PEOPLE: "Pages of two people",
    Reason.NO_CASE_YET: "Waits for the intake form",
    Reason.WRONG_PERSON: "The person does not agree with our record",
    Reason.CASE_UNSURE: "Not sure whose it is",
    Reason.DIFFERS_FROM_FILED: "Filed before with other answers",
    Reason.NOT_SURE: "Boxes to look at",
    Reason.READERS_DISAGREE: "Boxes to look at",
    Reason.NOT_VALID: "Boxes to look at",
    Reason.NO_CHECK: "Boxes to look at",
    Reason.NO_MODEL: "A part of the reader is missing",
    Reason.BOX_HIDDEN: "Boxes are cut off or covered",
    Reason.TICK_DOUBTFUL: "Ticks to look at",
    Reason.TICKS_CONTRADICT: "Ticks that exclude each other",
    Reason.COPIES_DIFFER: "The pages do not agree",
    Reason.REQUIRED_BLANK: "Boxes that must be filled in",
    Reason.SIGNATURE_ABSENT: "Not signed",
    Reason.SIGNATURE_DOUBTFUL: "A signature to look at",
    Reason.PACKET_SIGNATURES: "Signatures to look at",
    Reason.PACKET_EDITED: "Changes to look at",
    Reason.PACKET_EDITED_SIGNED: "Changes to look at; its packet is signed",
    Reason.TOO_LONG: "An answer is too long",
    Reason.RULE_BROKEN: "Answers that do not fit together",
    Reason.ANSWERS_DIFFER: "Two people answered differently",
}
"""Where the full sentence would name a form or a page; the others use their headline."""


_KINDS: dict[Reason, str] = {
    Reason.PACKET_SIGNATURES: "Signatures",
    Reason.PACKET_DRAFT: "Packet pages",
    Reason.PACKET_OLD: "Packet pages",
    Reason.PACKET_UNKNOWN: "Packet pages",
    Reason.PACKET_EDITED: "Word document",
    Reason.PACKET_EDITED_SIGNED: "Word document",
    Reason.WORD_RETURN: "Word document",
    Reason.REQUEST_UNSURE: "Request sheet",
    Reason.REQUEST_FAILED: "Request sheet",
}


def kind_of_paper(reasons: Sequence[Reason]) -> str:
    """What a paper that is no form is, as far as the reasons tell: `Signatures`, `Word document`, else `Paper`."""
    return next((_KINDS[reason] for reason in reasons if reason in _KINDS), "Paper")


def short_word(reason: Reason) -> str:
    """`A page is missing`."""
    return SHORT_REASONS.get(reason, WORDS[reason][0].rstrip("."))


def short_words(reasons: Sequence[Reason]) -> str:
    """The first reason in a few words, and how many others there are: `Boxes to look at, and 2 more`."""
    said = list(dict.fromkeys(map(short_word, reasons)))
    if not said:
        return ""
    return said[0] + (f", and {len(said) - 1} more" if len(said) > 1 else "")
