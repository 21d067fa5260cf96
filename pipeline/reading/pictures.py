"""Grey pictures made comparable: paper white, ink as darkness, and the grid both are measured on.

Everything downstream looks at darkness: 0 paper, 255 black, paper's own shade and shadows removed.
"""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Matrix = npt.NDArray[np.float64]

cv2.setNumThreads(1)

DPI: Final = 300  # the grid on which boxes are cut out
SCALE: Final = DPI / 72
LOOK_DPI: Final = 150  # the grid on which a page is compared with its blank
LOOK: Final = LOOK_DPI / 72


def shrunk(picture: Grey, longest: int) -> tuple[Grey, float]:
    """The picture with its longest side at most `longest`, and the factor that was applied."""
    factor = longest / max(picture.shape)
    if factor >= 1:
        return picture, 1.0
    small: Any = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return small, factor


def upright(picture: Grey, quarters: int) -> Grey:
    """The picture turned left by so many quarters."""
    turned: Grey = np.ascontiguousarray(np.rot90(picture, quarters))
    return turned


def darkness(picture: Grey, dpi: float) -> Grey:
    """Ink without paper: the brightest shade around each place counts as white there.

    The neighbourhood is about a third of an inch, wider than any stroke and narrower than a shadow.
    """
    factor = min(1.0, 25.0 / dpi)
    small: Any = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    paper = cv2.dilate(small, np.ones((7, 7), np.uint8))
    paper = cv2.GaussianBlur(cv2.medianBlur(paper, 5), (0, 0), 3)
    height, width = picture.shape
    white: Any = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    lit: Any = cv2.divide(picture, cv2.max(white, np.full_like(white, 40)), scale=255)
    dark: Grey = cv2.bitwise_not(lit)
    return dark


def warped(picture: Grey, transform: Matrix, size: tuple[float, float], scale: float) -> Grey:
    """The page laid onto its blank. transform: blank points → pixels of `picture`; size in points."""
    onto = transform @ np.diag([1 / scale, 1 / scale, 1.0])
    shape = (round(size[0] * scale), round(size[1] * scale))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid: Any = cv2.warpPerspective(picture, onto, shape, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    result: Grey = laid
    return result


def as_png(picture: Grey, most: int = 30_000) -> bytes:
    """The picture as PNG of at most `most` bytes: sixteen greys, then smaller and smaller."""
    shades: Any = (picture >> 4) * 17
    factor = 0.6
    while True:
        small: Any = cv2.resize(shades, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        done, data = cv2.imencode(".png", (small >> 4) * 17, [cv2.IMWRITE_PNG_COMPRESSION, 6])
        if done and len(data) <= most:
            return bytes(data)
        factor *= 0.75
        if factor < 0.05:
            return b""
