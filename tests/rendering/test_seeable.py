"""Words that are in the text of a PDF and cannot be seen on its pages."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from pipeline.rendering.pagetext import UnreadablePdf
from pipeline.rendering.seeable import unseen_words

WORDS = "Never give the white tablets"
NOISE = np.random.default_rng(1).integers(0, 255, (40, 200, 3), dtype=np.uint8)


def pdf(draw: Callable[[Canvas], object]) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(612, 792), invariant=1)
    canvas.setFont("Helvetica", 11)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def words(
    canvas: Canvas,
    *,
    across: float = 72,
    up: float = 700,
    size: float = 11,
    grey: float = 0.0,
    said: str = WORDS,
) -> None:
    canvas.setFont("Helvetica", size)
    canvas.setFillGray(grey)
    canvas.drawString(across, up, said)


def clipped(canvas: Canvas, height: float) -> None:
    """The words in a row of this height, from their top down."""
    path = canvas.beginPath()
    path.rect(60, 708 - height, 400, height)
    canvas.clipPath(path, stroke=0, fill=0)
    words(canvas)


def on_ground(canvas: Canvas, ground: float, grey: float) -> None:
    canvas.setFillGray(ground)
    canvas.rect(60, 690, 400, 30, stroke=0, fill=1)
    words(canvas, grey=grey)


def under_a_picture(canvas: Canvas) -> None:
    words(canvas)
    canvas.drawImage(ImageReader(Image.fromarray(NOISE)), 60, 690, 300, 30)


def over_a_picture(canvas: Canvas) -> None:
    canvas.drawImage(ImageReader(Image.fromarray(NOISE)), 60, 690, 300, 30)
    words(canvas)


def twice(canvas: Canvas, lead: float) -> None:
    words(canvas)
    words(canvas, up=700 - lead, said="with milk, for her stomach")


@pytest.mark.parametrize(
    ("draw", "how"),
    [
        (lambda canvas: words(canvas, grey=1), "too pale"),
        (lambda canvas: words(canvas, grey=0.95), "too pale"),
        (lambda canvas: on_ground(canvas, 0, 0), "too pale"),
        (lambda canvas: words(canvas, size=1), "too small"),
        (lambda canvas: clipped(canvas, 5), "cut off"),
        (lambda canvas: words(canvas, up=788), "cut off"),
        (under_a_picture, "covered by others or by a picture"),
        (lambda canvas: words(canvas, up=22), "where the code of the page is stamped"),
        (lambda canvas: words(canvas, across=440, up=50), "where the code of the page is stamped"),
        (lambda canvas: twice(canvas, 3), "covered by others or by a picture"),
    ],
)
def test_words_that_nobody_can_read_are_told_with_their_place(
    draw: Callable[[Canvas], object], how: str
) -> None:
    (told, *_) = unseen_words(pdf(draw))
    assert told.startswith("On page 1, ")
    assert how in told
    assert "tablets" not in told


@pytest.mark.parametrize(
    "draw",
    [
        words,
        lambda canvas: words(canvas, grey=0.75),
        lambda canvas: words(canvas, size=5),
        lambda canvas: on_ground(canvas, 0.2, 1),
        lambda canvas: clipped(canvas, 12),
        lambda canvas: twice(canvas, 10),
        lambda canvas: words(canvas, up=36),
        lambda canvas: words(canvas, across=440, up=64),
        over_a_picture,
    ],
)
def test_words_that_can_be_read_are_left_in_peace(draw: Callable[[Canvas], object]) -> None:
    assert unseen_words(pdf(draw)) == []


def test_how_far_from_the_top_they_stand_is_told_once_for_each_place() -> None:
    def twice_in_white(canvas: Canvas) -> None:
        for up in (700, 500):
            words(canvas, up=up, grey=1)

    told = unseen_words(pdf(twice_in_white))
    assert [line.split(",")[1] for line in told] == [" 1.2 inches from the top", " 3.9 inches from the top"]


def test_what_is_no_pdf_is_unreadable() -> None:
    with pytest.raises(UnreadablePdf):
        unseen_words(b"not a PDF")
