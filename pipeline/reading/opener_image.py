"""Pictures of pages (JPEG, PNG, TIFF frames) as upright grey arrays. Runs only inside the child."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, ImageSequence

from pipeline.errors import DropError
from pipeline.model import Reason
from pipeline.reading import limits
from pipeline.reading.opener import PageAnswer

LONGEST_SIDE = 4_400  # pixels; a page of 14 inches at 300 dpi is 4,200


def grey(picture: Image.Image) -> Image.Image:
    """The frame as eight-bit grey on white: palettes, transparency and 16 bits taken into account."""
    if picture.mode.startswith(("I", "F")):
        values = np.asarray(picture, dtype=np.float64)
        scale = 255.0 / max(float(values.max()), 1.0)
        return Image.fromarray((values * scale).astype(np.uint8))
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        paper = Image.new("RGBA", clear.size, "white")
        picture = Image.alpha_composite(paper, clear)
    return picture.convert("L")


def stated_dpi(picture: Image.Image) -> tuple[float, float]:
    """Dots per inch across and down as the file states them, 0 where it does not or cannot be believed."""
    stated = picture.info.get("dpi")
    try:
        across, down = (float(part) for part in stated) if stated else (0.0, 0.0)
    except (TypeError, ValueError, ZeroDivisionError):
        return 0.0, 0.0
    if not (90 <= across <= 1300 and 45 <= down <= 1300):
        return 0.0, 0.0
    return across, down


def upright(frame: Image.Image) -> tuple[np.ndarray, float]:
    """Grey pixels of the frame and their dpi. Faxes have unequal dots across and down: made square here."""
    across, down = stated_dpi(frame)
    if frame.width * frame.height > limits.MAX_SOURCE_PIXELS:
        raise DropError(Reason.TOO_LARGE, "pixels")
    turned = ImageOps.exif_transpose(frame)
    picture = grey(turned)
    if across and down and not 0.9 < across / down < 1.1:
        finer = max(across, down)
        size = (round(picture.width * finer / across), round(picture.height * finer / down))
        if size[0] * size[1] > limits.MAX_SOURCE_PIXELS:
            raise DropError(Reason.TOO_LARGE, "pixels")
        picture, across = picture.resize(size, Image.Resampling.BICUBIC), finer
    dpi = across or max(picture.size) / 11.0  # a photo does not know its size: a letter page fills it
    longest = max(picture.size)
    if longest > LONGEST_SIDE:
        factor = LONGEST_SIDE / longest
        size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
        picture, dpi = picture.resize(size, Image.Resampling.BOX), dpi * factor
    return np.asarray(picture, dtype=np.uint8), dpi


def frames_of(image: Image.Image) -> Iterator[Image.Image]:
    """The pages of a TIFF; of other kinds the one picture (a photo may carry its own small preview)."""
    return ImageSequence.Iterator(image) if image.format == "TIFF" else iter([image])


def counted_frames(image: Image.Image) -> int:
    """How many frames there are, counted by their heads alone. Raises DropError for more than a scan has."""
    count = pixels = 0
    for frame in frames_of(image):
        count, pixels = count + 1, pixels + frame.width * frame.height
        if count > limits.MAX_FRAMES:
            raise DropError(Reason.TOO_LARGE, "frames")
        if pixels > limits.MAX_SOURCE_PIXELS_IN_ALL:
            raise DropError(Reason.TOO_LARGE, "pixels in all")
    return count


def image_pages(path: Path, scratch: Path, allow_time_for: Callable[[int, Path], None]) -> list[PageAnswer]:
    """Each frame as a page. Raises DropError for bombs, cut files and more frames than a scan has."""
    Image.MAX_IMAGE_PIXELS = limits.MAX_SOURCE_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    pages: list[PageAnswer] = []
    try:
        with Image.open(path, formats=("PNG", "JPEG", "TIFF", "MPO")) as image:
            allow_time_for(counted_frames(image), scratch)
            for number, frame in enumerate(frames_of(image), 1):
                pixels, dpi = upright(frame)
                pages.append(write_page(number, pixels, dpi, scratch))
                if sum(page.shape[0] * page.shape[1] for page in pages) > limits.MAX_PIXELS_IN_ALL:
                    raise DropError(Reason.TOO_LARGE, "pixels in all")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise DropError(Reason.TOO_LARGE, "pixels") from None
    except OSError as error:
        cut = "truncated" in str(error) or "decoder error" in str(error)
        raise DropError(Reason.TRUNCATED if cut else Reason.DAMAGED) from None
    if not pages:
        raise DropError(Reason.NO_PAGES)
    return pages


def write_page(number: int, pixels: np.ndarray, dpi: float, scratch: Path) -> PageAnswer:
    name = f"{number}.npy"
    with limits.writing_scratch():
        np.save(scratch / name, pixels, allow_pickle=False)
    height, width = pixels.shape
    return PageAnswer(
        number=number,
        width=width * 72 / dpi,
        height=height * 72 / dpi,
        dpi=dpi,
        image=name,
        shape=(height, width),
        scanned=True,
    )
