"""A page of a PDF and a seed → what a scanner might make of it: turned, shifted, blurred, of another tone, and noisy.

It shares nothing with the comparison: Poppler draws the page, at twice the dots.
"""

from __future__ import annotations

import io
import subprocess
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

MOST_TURN = 1.0
"""Degrees, either way."""
MOST_OFFSET = 2.0
"""mm, right or left and up or down."""
MOST_SCALE = 0.002
"""Parts of 1 by which paper was fed too fast or too slowly."""


@dataclass(frozen=True, slots=True)
class Scanner:
    """How good a scanner is; each scan draws from these."""

    name: str
    blur: tuple[float, float]
    """mm, standard deviation of its spot."""
    gamma: tuple[float, float]
    noise: tuple[float, float]
    """Standard deviation of a dot, in levels of 255."""
    quality: int | None = None
    """Of the JPEG that it writes; None writes all dots as they are."""


GOOD = Scanner("good", (0.03, 0.06), (0.8, 1.25), (1, 4))
OFFICE = Scanner("office", (0.05, 0.10), (0.7, 1.4), (3, 8), 75)
POOR = Scanner("poor", (0.09, 0.14), (0.6, 1.7), (8, 14), 50)


def scanned(pdf: Path, page: int, out: Path, *, seed: int, scanner: Scanner, dpi: int) -> Path:
    """Write a scan of a page, counted from 0, as PNG or JPEG; the same seed gives the same dots."""
    random = np.random.default_rng(seed)
    drawn = _drawn(pdf, page, 2 * dpi)
    height, width = (side // 2 for side in drawn.shape)
    spot = random.uniform(*scanner.blur) * 2 * dpi / 25.4
    blurred = cv2.GaussianBlur(drawn, (0, 0), max(spot, 0.6))
    turn = cv2.getRotationMatrix2D(
        (drawn.shape[1] / 2, drawn.shape[0] / 2),
        random.uniform(-MOST_TURN, MOST_TURN),
        0.5 * (1 + random.uniform(-MOST_SCALE, MOST_SCALE)),
    )
    turn[:, 2] += np.array([width - drawn.shape[1], height - drawn.shape[0]]) / 2
    turn[:, 2] += random.uniform(-MOST_OFFSET, MOST_OFFSET, 2) * dpi / 25.4
    lid = 1.0  # what a scanner sees beside the paper
    seen = cv2.warpAffine(blurred, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=lid)
    toned = 0.05 + 0.92 * np.clip(seen, 0, 1) ** random.uniform(*scanner.gamma)
    noisy = toned * 255 + random.normal(0, random.uniform(*scanner.noise), toned.shape)
    image = Image.fromarray(np.clip(np.rint(noisy), 0, 255).astype(np.uint8))
    file = out.with_suffix(".jpg" if scanner.quality else ".png")
    image.save(file, dpi=(dpi, dpi), **({"quality": scanner.quality} if scanner.quality else {"compress_level": 1}))
    return file


def _drawn(pdf: Path, page: int, dpi: int) -> np.ndarray:
    """Draw a page in grey, from 0 for black to 1."""
    number = str(page + 1)
    command = ["pdftoppm", "-gray", "-r", str(dpi), "-f", number, "-l", number, str(pdf)]
    return np.asarray(Image.open(io.BytesIO(subprocess.check_output(command))), np.float32) / 255
