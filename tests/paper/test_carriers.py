"""Each kind of file shows the page that was put into it, the right way up."""

from __future__ import annotations

import io

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageOps, ImageSequence
from pypdf import PdfReader

from tests.paper.carriers import Carrier, save_as


def page(mode: str = "L") -> Image.Image:
    """White with a black bar at the left of the top, so that no turn or mirror looks the same."""
    image = Image.new(mode, (400, 520), "white" if mode == "RGB" else 255)
    ImageDraw.Draw(image).rectangle((20, 30, 150, 60), fill="black" if mode == "RGB" else 0)
    return image


def assert_alike(expected: Image.Image, actual: Image.Image) -> None:
    assert expected.size == actual.size
    before, after = (np.asarray(image.convert("L"), np.int16) for image in (expected, actual))
    assert float(abs(before - after).mean()) < 2


PDFS = [(c, mode) for c in Carrier if c.suffix == ".pdf" for mode in ("L", "RGB", "1")]


@pytest.mark.parametrize(("carrier", "mode"), [(c, m) for c, m in PDFS if m == "1" or c != Carrier.PDF_G4])
@pytest.mark.parametrize("rotate", [0, 90, 180])
def test_a_pdf_shows_its_pages(carrier: Carrier, mode: str, rotate: int) -> None:
    data = save_as([page(mode), page(mode)], carrier, dpi=100, rotate=rotate)
    document = pypdfium2.PdfDocument(data)
    assert len(document) == 2
    for shown in document:
        assert_alike(page(mode), shown.render(scale=100 / 72).to_pil())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_shown_upright_whatever_its_exif_orientation(orientation: int) -> None:
    with Image.open(io.BytesIO(save_as([page("RGB")], Carrier.JPG, orientation=orientation))) as image:
        assert image.getexif()[0x0112] == orientation
        assert_alike(page("RGB"), ImageOps.exif_transpose(image))


@pytest.mark.parametrize("mode", ["1", "L", "RGB"])
def test_a_tiff_holds_every_page(mode: str) -> None:
    with Image.open(io.BytesIO(save_as([page(mode)] * 3, Carrier.TIFF, dpi=200))) as tiff:
        frames = [frame.copy() for frame in ImageSequence.Iterator(tiff)]
        assert tiff.info["compression"] == ("group4" if mode == "1" else "tiff_lzw")
        assert tiff.info["dpi"] == (200, 200)
    assert len(frames) == 3
    for frame in frames:
        assert_alike(page(mode), frame)


def test_a_png_holds_one_page_and_no_more() -> None:
    with Image.open(io.BytesIO(save_as([page()], Carrier.PNG))) as image:
        assert_alike(page(), image)
    with pytest.raises(ValueError, match="one page"):
        save_as([page(), page()], Carrier.PNG)


def test_hidden_text_is_in_the_file_and_not_on_the_page() -> None:
    data = save_as([page()], Carrier.PDF_JPEG, dpi=100, hidden_text="Srnith, J0hn\n03/14/1987")
    assert "Srnith, J0hn" in PdfReader(io.BytesIO(data)).pages[0].extract_text()
    assert_alike(page(), pypdfium2.PdfDocument(data)[0].render(scale=100 / 72).to_pil())
