"""One long table: the words for every reason a paper waits or a box is asked about: what happened, and what to do.

A table, not code: one entry for each `Reason`. Placeholders are filled from `About`; each has a phrase that reads
well when nothing more is known. Short sentences, no jargon, no blame; dates as 3/4/2027.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as member
from datetime import date

from pipeline.model import Reason
from pipeline.values import display


@dataclass(frozen=True, slots=True)
class About:
    """What is known besides the reason. Everything may be left out.

    form:     the form's title; pages: the pages spoken of, of; of: pages the form has
    filed_on: when it was filed before; filed_as: as what: `Maria's February summary`
    edition:  the edition it seems to be; person: who it seems to be about
    kind:     what sort of file it is: `a spreadsheet`
    count:    how many people or pages, where that matters
    detail:   a further sentence, already in words
    """

    form: str = "form"
    pages: tuple[int, ...] = ()
    of: int = 0
    filed_on: date | None = None
    filed_as: str = member(default="", repr=False)
    edition: str = ""
    person: str = member(default="", repr=False)
    kind: str = ""
    count: int = 0
    detail: str = member(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Words:
    """headline: what happened, one sentence. happened: more about it, may be empty. to_do: what to do."""

    headline: str = member(repr=False)
    happened: str = member(repr=False)
    to_do: str = member(repr=False)


def words_for(reason: Reason, about: About | None = None) -> Words:
    """The words for a reason, filled with what is known about the paper."""
    about = about or About()
    names = _names(about)
    headline, happened, to_do = (text.format_map(names) for text in WORDS[reason])
    return Words(_capital(headline), f"{happened} {about.detail}".strip(), to_do)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def pages_named(pages: Sequence[int], several: str = "pages", one: str = "page") -> str:
    """`page 2`, `pages 2 and 4`, `pages 2, 3 and 4`."""
    if not pages:
        return ""
    numbers = [str(page) for page in pages]
    if len(numbers) == 1:
        return f"{one} {numbers[0]}"
    return f"{several} {', '.join(numbers[:-1])} and {numbers[-1]}"


def _names(about: About) -> Mapping[str, str]:
    named = pages_named(about.pages)
    of = f" of {about.of}" if about.of and named else ""
    plural = len(about.pages) > 1
    filed_on = f" on {display(about.filed_on)}" if about.filed_on else ""
    filed_as = f" as {about.filed_as}" if about.filed_as else ""
    return {
        "form": about.form,
        "a_page": f"{named}{of}" if named else "a page",
        "the_page": named or "the missing page",
        "this_page": named or "this page",
        "page_is": "are" if plural else "is",
        "it": "them" if plural else "it",
        "filed": f"{filed_on}{filed_as}",
        "edition": f" ({about.edition})" if about.edition else "",
        "person": about.person or "someone else",
        "kind": about.kind or "a kind of file we cannot open",
        "people": str(about.count) if about.count > 1 else "two",
    }


KEEP = "Keep the paper."
AGAIN = "Scan the whole page again"
GONE = "If the paper is gone, tick below what it is."
ASKED = "Look at each box below, leave what is right, mend what is wrong, and say that you are finished."

WORDS: Mapping[Reason, tuple[str, str, str]] = {
    # a whole file
    Reason.EMPTY_FILE: (
        "This file is empty.",
        "Nothing was in it. The scan or the copy was probably stopped.",
        f"Scan or copy it into the inbox again. {KEEP}",
    ),
    Reason.TRUNCATED: (
        "Only a part of this file arrived.",
        "It breaks off before its end, as when a copy is stopped.",
        f"Copy or scan it into the inbox again. {KEEP}",
    ),
    Reason.ENCRYPTED: (
        "This file is locked with a password.",
        "We cannot open it, and nothing of it was read.",
        "Save or print it without the password and drop that copy into the inbox.",
    ),
    Reason.NO_PAGES: (
        "This file has no pages.",
        "It opens, but there is nothing in it to read.",
        f"Scan the paper again into the inbox. {KEEP}",
    ),
    Reason.DAMAGED: (
        "This file is damaged and cannot be opened.",
        "Nothing of it was read.",
        f"Scan the paper or save the file again and drop the new one into the inbox. {KEEP}",
    ),
    Reason.UNSUPPORTED_TYPE: (
        "This is {kind}, which the inbox does not take.",
        "It takes PDF files and scans: PDF, TIFF, JPG and PNG.",
        "Print or save it as a PDF and drop that into the inbox. Tell us below what it is, or that it is not ours.",
    ),
    Reason.WORD_RETURN: (
        "This is a Word document, and not one that we made.",
        "We read only Word documents of our own packets, and know them by a code inside. The file is kept as it came.",
        "Save it as a PDF, or print and scan it, and drop that into the inbox.",
    ),
    Reason.TOO_LARGE: (
        "This file is too large to open safely.",
        "It has more pages, or larger pictures, than the program takes at once.",
        f"Scan it in smaller stacks, at 200 to 300 dpi, into the inbox. {KEEP}",
    ),
    Reason.NOT_A_FILE: (
        "This is a shortcut or a link, not a file, and it was not opened.",
        "What it points to was not touched.",
        "Copy the file itself into the inbox and remove the shortcut.",
    ),
    Reason.XFA_ONLY: (
        "This PDF shows its form only in one brand of viewer, and we cannot read it.",
        "Other programs see nothing but a page that asks to wait.",
        "Open it where it shows, print it to PDF or on paper, and drop that into the inbox.",
    ),
    Reason.GAVE_UP: (
        "We tried several times and could not read this file.",
        "Each try stopped before the end. The file is kept as it came.",
        f"Scan the paper again into the inbox. If that fails too, call the person who looks after this program. {KEEP}",
    ),
    # pages and parts
    Reason.UNKNOWN_FORM: (
        "We do not know this form.",
        "It is none of the forms of this office, or the scan is too poor to tell.",
        "Tick below what it is.",
    ),
    Reason.UNKNOWN_EDITION: (
        "This looks like our {form}, but in an edition{edition} we do not have.",
        "Its boxes may stand in other places, or a part of it is cut off or covered, so nothing was read.",
        "Tick below what it is. If an old edition was used, copy the answers to the present one.",
    ),
    Reason.UNREADABLE_PAGE: (
        "This scan is too faint.",
        "On {this_page} we cannot tell writing from paper.",
        f"{AGAIN} at 200 dpi or more. {KEEP}",
    ),
    Reason.MISPLACED_PAGE: (
        "{a_page} of this {form} does not lie as it should.",
        "It is cut off, folded, covered, or a copy of another size, so its boxes were not found for certain.",
        f"{AGAIN}, flat, with nothing on it and with all four corners. {KEEP} {GONE}",
    ),
    Reason.TOO_FEW_DOTS: (
        "This scan is too coarse.",
        "On {this_page} there are fewer than 120 dots to the inch, and figures run into each other.",
        f"{AGAIN} at 200 dpi or more. {KEEP} {GONE}",
    ),
    Reason.BLURRED: (
        "This scan is blurred.",
        "On {this_page} the form's own print is out of focus or shaken, and so is what was written.",
        f"{AGAIN} at 200 dpi or more, flat on the glass. {KEEP} {GONE}",
    ),
    Reason.POOR_SCAN: (
        "This scan is too poor to be read.",
        "On {this_page} most boxes are in doubt. It may be faint, blurred, a copy of a copy, or a photo of a screen.",
        f"{AGAIN} at 200 dpi or more, from the paper itself. {KEEP} {GONE}",
    ),
    Reason.BLACK_PAGE: (
        "This scan is black.",
        "Hardly any light fell on {this_page}: the paper was missing, or the lid was open.",
        f"{AGAIN} at 200 dpi or more. {KEEP}",
    ),
    Reason.SEVERAL_PAPERS: (
        "More than one paper lies in this picture.",
        "On {this_page} there is writing beside the form. Nothing was read, so that none of the papers is lost.",
        f"Scan each page by itself at 200 dpi or more. {KEEP} If there is only one, tick below what it is.",
    ),
    Reason.TWIN_PAGES: (
        "We cannot tell which page of a form this is.",
        "It looks like several pages that differ only in a few words, and those were not to be read.",
        f"Scan the form again as a whole, its pages in order, at 200 dpi or more. {KEEP}",
    ),
    Reason.BROKEN_PICTURE: (
        "A picture in this file is broken.",
        "We cannot see what stands on {this_page}.",
        f"{AGAIN} into the inbox. {KEEP}",
    ),
    Reason.PAGE_MISSING: (
        "{a_page} {page_is} missing from this {form}.",
        "",
        "Scan only {the_page} into the inbox; the rest is waiting.",
    ),
    Reason.PAGE_TWICE: (
        "{a_page} of this {form} {page_is} there twice, and the copies are not the same.",
        "Nothing has been filed.",
        "Tick the right one.",
    ),
    Reason.TWO_PEOPLE: (
        "The pages of this {form} speak of {people} different people.",
        "The names, birth dates or numbers at the top do not agree. Nothing has been filed.",
        "Tick whose form it is. If the pages of two people were mixed up, scan each person's pages by themselves.",
    ),
    Reason.BLANK_PAGE: (
        "A blank page was left out.",
        "It is the back of a sheet or an empty page; nothing stands on it.",
        "Nothing to do.",
    ),
    Reason.SEPARATOR_PAGE: (
        "A separator page was left out.",
        "It only divides the stack.",
        "Nothing to do.",
    ),
    # people and cases
    Reason.NO_CASE_YET: (
        "There is no intake yet for the person on this {form}.",
        "It waits, and is filed by itself once the intake is.",
        "Scan the intake form into the inbox. If the person is known to us, write the number below.",
    ),
    Reason.WRONG_PERSON: (
        "The person on this {form} does not agree with our record.",
        "Nothing has been filed.",
        "Tick the right person, or put the right value in the box.",
    ),
    Reason.CASE_UNSURE: (
        "We are not sure whose {form} this is.",
        "More than one person fits, or none fits quite. Nothing has been filed.",
        "Tick the right person.",
    ),
    Reason.ALREADY_FILED: (
        "Already filed{filed}.",
        "This paper says the same.",
        "Nothing to do.",
    ),
    Reason.DIFFERS_FROM_FILED: (
        "This {form} was filed before{filed}, with other answers.",
        "Nothing has been changed.",
        "Tick what this one is.",
    ),
    # fields
    Reason.NOT_SURE: ("Some boxes of this {form} could not be read for certain.", "", ASKED),
    Reason.READERS_DISAGREE: ("Some boxes of this {form} can be read in two ways.", "", ASKED),
    Reason.NOT_VALID: ("Some boxes of this {form} hold something that cannot be right.", "", ASKED),
    Reason.NO_CHECK: (
        "Some handwritten boxes of this {form} need a second look.",
        "Names, numbers and money written by hand are filed only when something else confirms them.",
        ASKED,
    ),
    Reason.NO_MODEL: (
        "A part of the reader of scans is missing, so this {form} was not read as usual.",
        "STATUS.html says which part. The person who looks after this program can put it right.",
        "Type what stands in each picture, and say below that you are finished.",
    ),
    Reason.BOX_HIDDEN: (
        "Some boxes of this {form} are cut off or covered in the scan.",
        "Nobody can say from the picture whether something stands there.",
        f"Look at the paper, put the right values in the boxes, and say below that you are finished. {KEEP}",
    ),
    Reason.TICK_DOUBTFUL: (
        "It is not clear which boxes are ticked on this {form}.",
        "",
        "Look at the pictures, tick what is meant, and say below that you are finished.",
    ),
    Reason.TICKS_CONTRADICT: (
        "Boxes are ticked on this {form} that exclude each other.",
        "",
        "Tick the one that is meant, and say below that you are finished.",
    ),
    Reason.COPIES_DIFFER: (
        "The pages of this {form} do not agree with each other.",
        "The same box is filled in differently on different pages.",
        "Tick the right one, and say below that you are finished.",
    ),
    Reason.REQUIRED_BLANK: (
        "Boxes are empty on this {form} that must be filled in.",
        "",
        "Fill them in below if you know the answer. Otherwise ask the person who filled in the form.",
    ),
    Reason.SIGNATURE_ABSENT: (
        "This {form} is not signed.",
        "",
        f"Have it signed and scan the signed page into the inbox; the rest is waiting. {KEEP}",
    ),
    Reason.SIGNATURE_DOUBTFUL: (
        "It is not clear whether this {form} is signed.",
        "",
        "Look at the picture and tick whether it is signed.",
    ),
    Reason.TOO_LONG: (
        "Some answers on this {form} are longer than their place.",
        "",
        "Shorten them below without changing what they say.",
    ),
    Reason.RULE_BROKEN: (
        "Some answers on this {form} do not fit together.",
        "",
        "Put the right values in the boxes, and say below that you are finished.",
    ),
    Reason.HANDWRITTEN_NARRATIVE: (
        "Handwritten text was filed and should be compared with its picture.",
        "It does not hold up the form.",
        "Compare it on the confirm list when you next work on this case.",
    ),
    # sheets
    Reason.SHEET_UNFINISHED: (
        "This sheet says that you are finished, but answers are missing.",
        "What you filled in already is kept below.",
        "Give the missing answers, and say again that you are finished.",
    ),
    Reason.SHEET_OLD_ROUND: (
        "This sheet is an old one; the form has been asked about again or settled since.",
        "Your answers are kept but were not used.",
        "Use the newest sheet in the folder needs-attention, if there is one.",
    ),
    Reason.ANSWERS_DIFFER: (
        "Two people gave different answers about this {form}.",
        "Both answers are kept.",
        "Tick the right one below, and say that you are finished.",
    ),
    Reason.REQUEST_UNSURE: (
        "This request sheet, filled in by hand, could not be read for certain.",
        "Nothing was done yet.",
        ASKED,
    ),
    Reason.REQUEST_FAILED: (
        "We could not do what this request sheet asks.",
        "Nothing was changed.",
        "Fill in a new request sheet and drop it into the inbox.",
    ),
    Reason.REQUEST_DONE: (
        "Your request is done.",
        "",
        "Nothing to do.",
    ),
    Reason.PACKET_RETURN: (
        "These are pages of a packet that we sent out.",
        "They are kept in the case of that packet.",
        "Nothing to do. STATUS names who has not signed yet and the pages that have not come back.",
    ),
    Reason.PACKET_SIGNATURES: (
        "We are not sure who signed these pages, or when.",
        "The pages are filed with their packet. Only the lines below must be looked at.",
        "Tick what stands on each line and give the day; say why where it is no signature; and say that you are "
        "finished.",
    ),
    Reason.PACKET_DRAFT: (
        "These are pages of a draft, which is not for signature.",
        "Nothing on them was taken for a signature.",
        "Approve the draft, and have the final packet signed and scanned into the inbox. If somebody wrote remarks on "
        "these pages, keep them below as a supporting paper.",
    ),
    Reason.PACKET_OLD: (
        "These are pages of a packet that is not valid any more.",
        "Nothing on them was taken for a signature.",
        "Have the newer packet signed and scanned into the inbox. If these pages are to be kept all the same, keep "
        "them below as a supporting paper.",
    ),
    Reason.PACKET_UNKNOWN: (
        "These are pages of a packet that this office has no record of.",
        "Their code is whole, but we made no such page or document.",
        "If they came to the wrong office, pass the paper on. If they are to be kept, say below for which case.",
    ),
    Reason.PACKET_EDITED: (
        "This Word document of ours was edited.",
        "It is not what the office made, and it is not filed yet.",
        "Say of each change whether the record is changed too, and file the document; or put it aside.",
    ),
    Reason.PACKET_EDITED_SIGNED: (
        "A Word document of a signed packet was edited.",
        "It is not what was signed, and it is not filed yet.",
        "Say of each change whether the record is changed too, and file the document; or put it aside.",
    ),
    Reason.DISMISSED: (
        "This paper was put aside and not filed.",
        "The file is kept as it came.",
        "Nothing to do. To take it up again, drop it into the inbox once more.",
    ),
}
