"""A page that does not lie flat: how its paper bends away from the pose, as a smooth surface.

A photographed sheet curls by up to two millimetres across a long box; one shift for the whole box leaves
its printed border at one end to be taken for ink. So the shifts of all tiles make one smooth surface,
and the page is laid through it.
"""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.reading.pictures import Grey, Matrix

LEAST_TILES: Final = 24
FLAT: Final = 0.35  # points: a page that bends less is laid by its pose alone
MESH: Final = 16  # pixels between the places where the bend is worked out
Points = npt.NDArray[np.float64]


def powers(places: Points, size: tuple[float, float]) -> Points:
    """The ten terms of a cubic surface at each place; coordinates scaled to -1 … 1 over the page."""
    x, y = 2 * places[:, 0] / size[0] - 1, 2 * places[:, 1] / size[1] - 1
    return np.stack([x**i * y**j for i in range(4) for j in range(4 - i)], axis=1)


def bend_of(centres: Points, shifts: Points, size: tuple[float, float]) -> Points | None:
    """The surface (ten terms, across and down) through the tiles' shifts; None where the page lies flat.

    Tiles that matched by chance are outvoted: three rounds, each trusting far-off tiles less.
    """
    if len(centres) < LEAST_TILES:
        return None
    terms = powers(centres, size)
    damping = 1e-2 * np.eye(terms.shape[1])
    damping[0, 0] = 0.0
    weight = np.ones(len(centres))
    surface: Points = np.zeros((terms.shape[1], 2))
    for _ in range(3):
        weighted = terms * weight[:, None]
        surface = np.asarray(
            np.linalg.solve(terms.T @ weighted + damping, weighted.T @ shifts), dtype=np.float64
        )
        off = np.hypot(*(shifts - terms @ surface).T)
        weight = 1 / (1 + (off / 0.5) ** 2)
    return surface if float(np.abs(terms @ surface).max()) > FLAT else None


def laid_through(
    picture: Grey, transform: Matrix, surface: Points, size: tuple[float, float], scale: float
) -> Grey:
    """The page laid onto its blank through a bent surface. transform: blank points → pixels of the picture."""
    width, height = round(size[0] * scale), round(size[1] * scale)
    columns = np.arange(0, width + MESH, MESH, dtype=np.float64)
    rows = np.arange(0, height + MESH, MESH, dtype=np.float64)
    mesh = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2) / scale
    moved = mesh + powers(mesh, size) @ surface
    seen: Any = cv2.perspectiveTransform(moved.reshape(1, -1, 2), transform)[0]
    coarse = seen.reshape(len(rows), len(columns), 2).astype(np.float32)
    fine = (len(columns) - 1) * MESH + 1, (len(rows) - 1) * MESH + 1
    step = np.diag([1 / MESH, 1 / MESH, 1.0])[:2]
    maps: Any = cv2.warpAffine(
        coarse, step, fine, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    laid: Any = cv2.remap(
        picture, maps[:height, :width], None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    result: Grey = laid
    return result
