"""Pictures of pages (JPEG, PNG, TIFF frames) as upright grey arrays. Runs only inside the child."""

from __future__ import annotations

import warnings
from collections.abc import Callable
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
        picture, across = picture.resize(size, Image.Resampling.BICUBIC), finer
    dpi = across or max(picture.size) / 11.0  # a photo does not know its size: a letter page fills it
    longest = max(picture.size)
    if longest > LONGEST_SIDE:
        factor = LONGEST_SIDE / longest
        size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
        picture, dpi = picture.resize(size, Image.Resampling.BOX), dpi * factor
    return np.asarray(picture, dtype=np.uint8), dpi


def image_pages(path: Path, scratch: Path, allow_time_for: Callable[[int], None]) -> list[PageAnswer]:
    """Each frame as a page. Raises DropError for bombs, cut files and more frames than a scan has."""
    Image.MAX_IMAGE_PIXELS = limits.MAX_SOURCE_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    pages: list[PageAnswer] = []
    try:
        with Image.open(path, formats=("PNG", "JPEG", "TIFF", "MPO")) as image:
            frames = ImageSequence.Iterator(image) if image.format == "TIFF" else iter([image])
            for number, frame in enumerate(frames, 1):
                if number > limits.MAX_FRAMES:
                    raise DropError(Reason.TOO_LARGE, "frames")
                allow_time_for(number)
                pixels, dpi = upright(frame)
                pages.append(write_page(number, pixels, dpi, scratch))
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
