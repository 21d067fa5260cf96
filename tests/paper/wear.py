"""Single kinds of damage. Each takes a picture (255 is white paper) and gives a new one."""

from __future__ import annotations

import cv2
import numpy as np

from tests.paper.geometry import Picture


def grain(picture: Picture, strength: float, rng: np.random.Generator) -> Picture:
    """Noise of a sensor, standard deviation in grey levels."""
    noise = rng.standard_normal(picture.shape[:2], dtype=np.float32) * np.float32(strength)
    if picture.ndim == 3:
        noise = noise[..., None]
    return (picture + noise).clip(0, 255).astype(np.uint8)


def specks(picture: Picture, count: int, rng: np.random.Generator) -> Picture:
    """Dust: small dark dots and a few white ones."""
    out = picture.copy()
    height, width = picture.shape[:2]
    for _ in range(count):
        centre = int(rng.integers(width)), int(rng.integers(height))
        tone = 255 if rng.random() < 0.15 else int(rng.integers(0, 90))
        cv2.circle(out, centre, int(rng.choice([0, 0, 1, 1, 2])), (tone, tone, tone), -1)
    return out


def streaks(picture: Picture, rng: np.random.Generator) -> Picture:
    """Lines down the page from dirt on the scanner's glass, dark or fading the print."""
    out = picture.astype(np.float32)
    width = picture.shape[1]
    for _ in range(int(rng.integers(1, 5))):
        x, thick = int(rng.integers(width)), int(rng.integers(1, 4))
        tone = rng.uniform(40, 160) if rng.random() < 0.6 else -rng.uniform(60, 140)
        wave = 0.6 + 0.4 * np.sin(np.linspace(0, rng.uniform(2, 30), picture.shape[0]))[:, None]
        out[:, x : x + thick] -= tone * wave
    return out.clip(0, 255).astype(np.uint8)


def coffee_stain(picture: Picture, rng: np.random.Generator) -> Picture:
    """The ring of a cup and a paler pool within."""
    height, width = picture.shape[:2]
    cup = rng.uniform(0.1, 0.17) * width
    centre = rng.uniform(0.1, 0.9) * width, rng.uniform(0.1, 0.9) * height
    y, x = np.ogrid[:height, :width]
    angle = np.arctan2(y - centre[1], x - centre[0])
    far = np.hypot(x - centre[0], y - centre[1]) * (1 + 0.02 * np.sin(3 * angle + rng.uniform(0, 6)))
    ring = np.exp(-(((far - cup) / (0.045 * cup)) ** 2)) * rng.uniform(0.3, 0.5)
    pool = (far < cup) * rng.uniform(0.05, 0.14)
    return np.asarray(picture * (1 - ring - pool).clip(0, 1), np.uint8)


def punch_holes(picture: Picture, rng: np.random.Generator) -> Picture:
    """Two or three holes along the left or the top, seen as black or as white discs."""
    out = picture.copy()
    height, width = picture.shape[:2]
    inch = width / 8.5
    along = (0.11, 0.5, 0.89) if rng.random() < 0.6 else (0.37, 0.63)
    tone = 0 if rng.random() < 0.7 else 255
    top = rng.random() < 0.25
    inset = rng.uniform(0.3, 0.45) * inch
    for share in along:
        centre = (share * width, inset) if top else (inset, share * height)
        cv2.circle(out, (round(centre[0]), round(centre[1])), round(0.14 * inch), tone, -1, cv2.LINE_AA)
    return out


def cut_corner(picture: Picture, rng: np.random.Generator) -> Picture:
    """One corner torn off under the staple; the scanner's lid shows, black or white."""
    out = picture.copy()
    height, width = picture.shape[:2]
    inch = width / 8.5
    a, b = rng.uniform(0.5, 1.5) * inch, rng.uniform(0.5, 1.5) * inch
    wedge = np.array([(0.0, 0.0), (a, 0.0), (0.55 * a, 0.6 * b), (0.0, b)])
    if rng.random() < 0.5:
        wedge[:, 0] = width - wedge[:, 0]
    if rng.random() < 0.4:
        wedge[:, 1] = height - wedge[:, 1]
    cv2.fillPoly(out, [wedge.round().astype(np.int32)], 0 if rng.random() < 0.5 else 255)
    return out


def faint_toner(picture: Picture, rng: np.random.Generator) -> Picture:
    """Print that fades towards one side, as from an empty cartridge."""
    width = picture.shape[1]
    strength = np.linspace(rng.uniform(0.5, 0.7), 1.0, width)
    if rng.random() < 0.5:
        strength = strength[::-1]
    return np.asarray(255 - (255 - picture) * strength[None, :], np.uint8)


def threshold(picture: Picture, share: float) -> Picture:
    """Black and white only: what is darker than `share` of the paper's brightness around it is black."""
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (max(1, width // 16), max(1, height // 16)), interpolation=cv2.INTER_AREA)
    paper = cv2.GaussianBlur(cv2.dilate(small, np.ones((7, 7), np.uint8)), (0, 0), 6)
    around = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.where(picture < around.astype(np.float32) * share, 0, 255).astype(np.uint8)


def light(picture: Picture, rng: np.random.Generator) -> Picture:
    """A lamp at one side, the shadow of a hand or the telephone, and the camera's warm or cold tint."""
    height, width = picture.shape[:2]
    small_h, small_w = height // 16, width // 16
    y, x = np.mgrid[0 : 1 : small_h * 1j, 0 : 1 : small_w * 1j]
    angle = rng.uniform(0, 2 * np.pi)
    level = 1 - rng.uniform(0.08, 0.3) * (
        0.5 + 0.5 * (np.cos(angle) * (x - 0.5) + np.sin(angle) * (y - 0.5)) * 2
    )
    edge = rng.uniform(0.2, 0.8) + rng.uniform(-0.5, 0.5) * (x if rng.random() < 0.5 else y)
    side = (y if rng.random() < 0.5 else x) - edge
    level = level * (1 - rng.uniform(0.1, 0.35) / (1 + np.exp(-side / rng.uniform(0.01, 0.06))))
    level = cv2.resize(level.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    tint = np.array([1, rng.uniform(0.95, 1), rng.uniform(0.86, 1)], np.float32)
    if rng.random() < 0.4:
        tint = tint[::-1]
    return np.asarray((picture * level[..., None] * tint).clip(0, 255), np.uint8)
