"""What the look at pictures sees: every value of five documents, and every one of them covered by a white sheet."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pikepdf
import pypdfium2

from bench.rendering.measured import line, timed
from pipeline.reading.recogniser import load_readers
from pipeline.rendering.printed import RenderedWord
from pipeline.rendering.seenproof import Eyes, SeenBox, box_on, can_be_seen, edges_of, seen_failures
from pipeline.run.eyes import eyes_of

NO_READER = "The model of the reader is missing: nothing was looked at"


def measure_seen(words: Sequence[RenderedWord], pdfs: Sequence[bytes]) -> None:
    eyes = eyes_of(load_readers())
    if eyes is None:
        print(NO_READER)
        return
    seen = covered = wanted = 0
    spent = 0.0
    for word, pdf in zip(words, pdfs, strict=True):
        values = dict.fromkeys(
            each.value for each in word.insertions if each.in_text and can_be_seen(each.value)
        )
        boxes = [box for value in values if (box := box_on(pdf, "A value", value)) is not None]
        wanted += len(boxes)
        cost, right = timed(lambda pdf=pdf, boxes=boxes: _seen(pdf, boxes, eyes))  # type: ignore[misc]
        spent += cost
        seen += right
        covered += len(boxes) - _seen(_covered(pdf, boxes), boxes, eyes)
    line("values read right from pictures of their pages", f"{seen} of {wanted}", "all", "", seen == wanted)
    line("  missed where a white sheet covers them", f"{covered} of {wanted}", "all", "", covered == wanted)
    line("  a box, CPU", f"{spent / wanted * 1000:.0f} ms")


def _seen(pdf: bytes, boxes: Sequence[SeenBox], eyes: Eyes) -> int:
    return len(boxes) - len(seen_failures(pdf, [], boxes, eyes))


def _covered(pdf: bytes, boxes: Sequence[SeenBox]) -> bytes:
    """The same text, drawn over with white where these boxes stand."""
    read = pypdfium2.PdfDocument(pdf)
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as whole:
        for box in boxes:
            edges = edges_of(read[box.page], box.text)
            assert edges is not None
            left, foot, right, top = edges
            sheet = f"q 1 g {left} {foot} {right - left} {top - foot} re f Q\n".encode()
            page = whole.pages[box.page]
            page.contents_add(pikepdf.Stream(whole, b"q\n"), prepend=True)
            page.contents_add(pikepdf.Stream(whole, b"\nQ\n" + sheet))
        whole.save(out)
    read.close()
    return out.getvalue()
