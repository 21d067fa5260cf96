"""The readers of scans, turned on our own pages before they go out."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.reading.codes import barcodes
from pipeline.reading.decode import free
from pipeline.reading.recogniser import Readers
from pipeline.rendering.formpaper import RenderedPaper
from pipeline.rendering.seenproof import Eyes, SeenBox, box_on, can_be_seen, seen_failures
from pipeline.run.office import Office

SUMS = ("budget.amount", "totals.amount")


def eyes_of(readers: Readers) -> Eyes | None:
    """None where the model of a reader is missing, which doctor and STATUS.html say."""
    reader = readers.first
    if reader is None:
        return None
    return Eyes(
        lambda picture: [found.text for found in barcodes(picture)],
        lambda picture: free(reader.read(picture)).text,
    )


def not_as_seen(
    office: Office, pdf: bytes, codes: Sequence[str], words: Sequence[RenderedPaper]
) -> list[str]:
    """What of a packet's pages does not look as it should, in words. Nothing is looked at where the models are missing.

    codes: of each page; words: the documents it was made of
    """
    eyes = eyes_of(office.reader.readers)
    return [] if eyes is None else seen_failures(pdf, codes, _boxes_to_see(office, pdf, words), eyes)


def _boxes_to_see(office: Office, pdf: bytes, words: Sequence[RenderedPaper]) -> list[SeenBox]:
    """One box that says whose the packet is, and one with a sum, where it shows such."""
    printed = [each for word in words for each in word.insertions if each.in_text and can_be_seen(each.value)]
    places = office.site.places
    whose = (each for each in printed if each.place in places and places[each.place].identity)
    sums = (
        each
        for each in printed
        if each.place in SUMS
        or (each.place in places and places[each.place].money and each.value.startswith(("$", "-$")))
    )
    found = (
        next((box for each in insertions if (box := box_on(pdf, named, each.value)) is not None), None)
        for named, insertions in (("Whose packet it is", whose), ("A sum", sums))
    )
    return [box for box in found if box is not None]
