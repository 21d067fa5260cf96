"""Pages that say the right thing and show another are not released: what is seen is read from a picture of them."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from pipeline.reading.recogniser import load_readers
from pipeline.rendering.assemble import PacketDocument, assemble
from pipeline.rendering.seenproof import Eyes, SeenBox, box_on, can_be_seen, seen_failures
from pipeline.rendering.stamps import QR_FOOT, QR_RIGHT, QR_SIZE, page_code
from pipeline.run.eyes import eyes_of

PACKET = "7K2M9QWX4RTV"
NAME, SUM = "Ibáñez-Quinn", "$23,880.00"
WIDTH, HEIGHT = 612.0, 792.0


@pytest.fixture(scope="module")
def eyes() -> Eyes:
    found = eyes_of(load_readers())
    assert found is not None
    return found


def packet(draw: Callable[[Canvas], None], *, over: Callable[[Canvas], None] | None = None) -> bytes:
    """A packet of one page on which this is drawn; over: what is drawn upon its stamps."""
    made = assemble([PacketDocument("plan", "Plan", page(draw))], packet=PACKET, title="Plan", draft=False)
    return made.pdf if over is None else laid_over(made.pdf, page(over))


def page(draw: Callable[[Canvas], None]) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=1)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def laid_over(pdf: bytes, top: bytes) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(pdf))
    writer.pages[0].merge_page(PdfReader(io.BytesIO(top)).pages[0])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def honest(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 10)
    canvas.drawString(72, 700, f"Name: {NAME}")
    canvas.drawString(72, 660, f"Total {SUM}")


def failures(pdf: bytes, eyes: Eyes) -> list[str]:
    boxes = [SeenBox("Whose packet it is", 0, NAME), SeenBox("A sum", 0, SUM)]
    return seen_failures(pdf, [page_code(PACKET, "plan", 1, 1)], boxes, eyes)


def test_what_looks_as_it_says_is_seen(eyes: Eyes) -> None:
    assert failures(packet(honest), eyes) == []


def white(canvas: Canvas) -> None:
    honest(canvas)
    canvas.setFillGray(1)
    canvas.rect(60, 690, 300, 30, stroke=0, fill=1)


def other_figures(canvas: Canvas) -> None:
    """The text says the sum, invisibly; what is seen is another."""
    canvas.setFont("Helvetica", 10)
    canvas.drawString(72, 700, f"Name: {NAME}")
    unseen = canvas.beginText(72, 660)
    unseen.setTextRenderMode(3)
    unseen.textOut(SUM)
    canvas.drawText(unseen)
    seen = canvas.beginText(72, 660)
    seen.setTextRenderMode(0)
    seen.textOut("$23,830.00")
    canvas.drawText(seen)


@pytest.mark.parametrize(
    ("draw", "words"),
    [(white, "Whose packet it is on packet page 1"), (other_figures, "A sum on packet page 1")],
)
def test_a_value_that_is_not_seen_as_it_is_said_fails(
    draw: Callable[[Canvas], None], words: str, eyes: Eyes
) -> None:
    assert failures(packet(draw), eyes) == [f"{words} does not look as it should."]


def test_a_code_that_is_covered_fails(eyes: Eyes) -> None:
    def cover(canvas: Canvas) -> None:
        canvas.rect(WIDTH - QR_RIGHT - QR_SIZE, QR_FOOT, QR_SIZE / 2, QR_SIZE / 2, stroke=0, fill=1)

    (failure,) = failures(packet(honest, over=cover), eyes)
    assert failure == "The code of packet page 1 cannot be read from its picture."


def test_a_code_of_another_page_fails(eyes: Eyes) -> None:
    wanted = [page_code(PACKET, "plan", 1, 1, draft=True)]
    assert len(seen_failures(packet(honest), wanted, [], eyes)) == 1


def test_a_box_is_a_whole_word_in_one_line() -> None:
    pdf = page(lambda canvas: canvas.drawString(72, 700, "Minutes 123880.00, then 23880.00"))
    assert box_on(pdf, "A sum", "3880.00") is None
    assert box_on(pdf, "A sum", "23880.00") == SeenBox("A sum", 0, "23880.00")


@pytest.mark.parametrize(
    ("text", "seen"), [("Quinn", True), ("Li", False), ("a\nbcdef", False), ("x" * 41, False)]
)
def test_a_short_or_long_value_is_not_looked_at(text: str, seen: bool) -> None:
    assert can_be_seen(text) is seen
