"""A drop made in one call shows what was written, where its truth says."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageOps, ImageSequence

from tests.paper import foreign
from tests.paper.arrivals import Arrival, arrival, stapled
from tests.paper.carriers import Carrier
from tests.paper.degrade import Severity
from tests.paper.hands import Hand

VALUES = {"LastName": "Okafor", "FirstName": "Zoë", "DOB": "03141987", "Sex": "M"}


def page_images(drop: Arrival) -> list[Image.Image]:
    """The pictures in the file, as a program that obeys its tags sees them."""
    if drop.suffix == ".pdf":
        document = pypdfium2.PdfDocument(drop.data)
        return [page.render(scale=drop.shots[0].dpi / 72).to_pil() for page in document]
    with Image.open(io.BytesIO(drop.data)) as image:
        return [ImageOps.exif_transpose(frame) for frame in ImageSequence.Iterator(image)]


@pytest.mark.parametrize("severity", list(Severity))
def test_ink_is_where_the_truth_says(severity: Severity, tmp_path: Path) -> None:
    blank = tmp_path / "blank.pdf"
    blank.write_bytes(foreign.request())
    drop = arrival(blank, VALUES, Hand("strokes", nib=1.3), severity, seed=4, dpi=200)
    images = page_images(drop)
    assert len(images) == 2
    for image, sheet, shot in zip(images, drop.sheets, drop.shots, strict=True):
        grey = np.asarray(image.convert("L"), np.int16)
        assert abs(image.width - shot.image.width) <= 1
        for item in sheet.written:
            box = np.array([(item.left, item.top), (item.right, item.bottom)]) * 72 / sheet.dpi
            low, high = np.sort(shot.where(box), axis=0).round().astype(int)
            cut = grey[low[1] : high[1], low[0] : high[0]]
            assert cut.min() < np.median(cut) - 50, item.spot.key


def test_a_single_photographed_page_is_a_jpg_and_pages_can_be_left_out(tmp_path: Path) -> None:
    blank = tmp_path / "blank.pdf"
    blank.write_bytes(foreign.request())
    drop = arrival(blank, VALUES, Hand("strokes"), Severity.PHOTO, seed=1, pages=[2], dpi=100)
    assert (drop.suffix, [sheet.page for sheet in drop.sheets]) == (".jpg", [2])
    assert page_images(drop)[0].size == drop.shots[0].image.size
    scanned = arrival(blank, VALUES, Hand("strokes"), Severity.BAD_COPY, 1, carrier=Carrier.TIFF, dpi=100)
    assert len({shot.dpi for shot in scanned.shots}) == 1


def test_a_pile_keeps_its_order_and_its_truth(tmp_path: Path) -> None:
    blank = tmp_path / "blank.pdf"
    blank.write_bytes(foreign.request())
    drops = [
        arrival(blank, {"LastName": name}, Hand("strokes"), Severity.CLEAN, seed, dpi=60)
        for seed, name in enumerate(("Roe", "Doe"))
    ]
    pile = stapled(drops, Carrier.TIFF, order=[2, 0, 0])
    assert [sheet.written[0].text for sheet in pile.sheets] == ["Doe", "Roe", "Roe"]
    assert [image.size for image in page_images(pile)] == [shot.image.size for shot in pile.shots]
