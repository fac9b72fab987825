"""A golden page and a scan of it, in grey → how the scan lies on the golden; the scan as it would lie straight.

A place on the golden and the same place on the scan are tied by an affine map: a shift, a turn, a scale of either side
and a shear. It is found from coarse to fine: by phase correlation at each of some angles, then by ECC, which maximises
the correlation of the two pictures and so does not mind another contrast. Needs ``renderer[scan]``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from renderer.model.paper import MM_PER_INCH

Grey = NDArray[np.float32]
"""Rows of a picture from the top, from 0 for black to 1 for white."""

COARSE_DPI = 40
FINE_DPI = (50, 100, 150)
"""At the last of them a map is found to a twentieth of a pixel (0.01 mm); finer pictures have no better answer."""
MOST_TURN = 3.0
"""Degrees by which a scan may be turned besides quarters."""
TURN_STEP = 0.25
MOST_ITERATIONS = 60
"""Of ECC on one picture."""
ENOUGH = 1e-6
"""ECC ends where an iteration improves the correlation by less."""


@dataclass(frozen=True, slots=True)
class Placing:
    """How a scan lies on the golden."""

    matrix: tuple[tuple[float, float, float], tuple[float, float, float]]
    """From a place on the golden (mm right and down of its corner) to that on the scan, as two rows of three."""
    alike: float
    """Correlation of the pictures, laid over one another: 1 for one and the same, about 0 for strangers."""

    def __str__(self) -> str:
        """Say the turn, the shift of the golden's corner, and the scale."""
        way = "clockwise" if self.turn > 0 else "counterclockwise"
        x, y = self.at(0.0, 0.0)
        wide, high = (100 * scale for scale in self.scale)
        shift = f"{abs(x):.2f} mm {'right' if x > 0 else 'left'} and {abs(y):.2f} mm {'down' if y > 0 else 'up'}"
        return f"turned {abs(self.turn):.2f}° {way}, {shift}, {wide:.2f} % as wide and {high:.2f} % as high"

    @property
    def turn(self) -> float:
        """Degrees by which the scan is turned clockwise, from -180 to 180."""
        return math.degrees(math.atan2(self.matrix[1][0], self.matrix[0][0]))

    @property
    def scale(self) -> tuple[float, float]:
        """How many times as wide and as high the scan is."""
        (a, b, _), (c, d, _) = self.matrix
        return math.hypot(a, c), math.hypot(b, d)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Find a place of the golden on the scan, in mm."""
        (a, b, e), (c, d, f) = self.matrix
        return a * x + b * y + e, c * x + d * y + f


def grey(image: Image.Image) -> Grey:
    """Take an image in grey."""
    return np.asarray(image, np.float32) / np.float32(255)


def laid_over(golden: Grey, scan: Grey, dpi: int) -> Placing:
    """Find how a scan lies on the golden; both have so many dots in an inch.

    The golden is looked for anywhere on the scan, turned by quarters or not, and by up to MOST_TURN more.
    """
    placing = _coarse(_at_dpi(golden, dpi, COARSE_DPI), _at_dpi(scan, dpi, COARSE_DPI))
    for fine in FINE_DPI:
        placing = _refined(_at_dpi(golden, dpi, fine), _at_dpi(scan, dpi, fine), fine, placing)
    return placing


def straightened(scan: Grey, placing: Placing, dpi: int, like: Grey) -> tuple[Grey, NDArray[np.bool_]]:
    """Draw a scan as it would lie on the golden, and which dots of the golden it reaches at all."""
    matrix, size = _in_dots(placing, dpi), (like.shape[1], like.shape[0])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    laid = cv2.warpAffine(scan, matrix, size, flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=1.0)
    reached = cv2.warpAffine(np.ones_like(scan), matrix, size, flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP)
    return np.asarray(laid, np.float32), np.asarray(reached) > 0


def _coarse(golden: Grey, scan: Grey) -> Placing:
    """Try each angle, and keep the one at which the phases of the pictures agree best."""
    height, width = (max(a, b) for a, b in zip(golden.shape, scan.shape, strict=True))
    side = max(height, width)
    before = _in_the_middle(golden, side)
    window = cv2.createHanningWindow((side, side), cv2.CV_32F)
    steps = round(MOST_TURN / TURN_STEP)
    best = (-1.0, _map(0.0, (0.0, 0.0), golden, scan))
    for quarter, step in product(range(4), range(-steps, steps + 1)):
        angle = 90 * quarter + step * TURN_STEP
        turned = _turned(scan, angle, side)
        shift, response = cv2.phaseCorrelate(before, turned, window)
        if response > best[0]:
            best = response, _map(angle, (shift[0], shift[1]), golden, scan)
    return Placing(best[1], best[0])


def _refined(golden: Grey, scan: Grey, dpi: int, placing: Placing) -> Placing:
    """Improve a map by ECC; where that finds nothing better, it stays, and is not alike."""
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, MOST_ITERATIONS, ENOUGH)
    start = _in_dots(placing, dpi)
    try:
        alike, found = cv2.findTransformECC(golden, scan, start, cv2.MOTION_AFFINE, criteria)
    except cv2.error:
        return Placing(placing.matrix, 0.0)
    return Placing(_in_mm(np.asarray(found, np.float64), dpi), float(alike))


def _at_dpi(picture: Grey, dpi: int, wanted: int) -> Grey:
    """Draw a picture of fewer dots, as if seen from further away."""
    height, width = (max(1, round(side * wanted / dpi)) for side in picture.shape)
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.float32)


def _in_the_middle(picture: Grey, side: int) -> Grey:
    """Put a picture's ink into the middle of a square."""
    return _turned(picture, 0.0, side)


def _turned(picture: Grey, angle: float, side: int) -> Grey:
    """Turn a picture's ink counterclockwise about its middle, in the middle of a square; paper becomes 0."""
    height, width = picture.shape
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, 1.0)
    matrix[:, 2] += ((side - width) / 2, (side - height) / 2)
    return np.asarray(cv2.warpAffine(1 - picture, matrix, (side, side)), np.float32)


def _map(
    angle: float, shift: tuple[float, float], golden: Grey, scan: Grey
) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Map a golden to a scan that shows it turned clockwise by an angle; the shift is that of the scan turned back."""
    mm = MM_PER_INCH / COARSE_DPI
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    middle = golden.shape[1] / 2 * mm, golden.shape[0] / 2 * mm
    # On the scan turned back, the golden's middle is found beside the middle by the shift.
    x, y = shift[0] * mm - middle[0], shift[1] * mm - middle[1]
    to = scan.shape[1] / 2 * mm, scan.shape[0] / 2 * mm
    return (cos, -sin, cos * x - sin * y + to[0]), (sin, cos, sin * x + cos * y + to[1])


def _in_dots(placing: Placing, dpi: int) -> NDArray[np.float32]:
    """Give a map of places in mm for the numbers of dots, of which the first has its middle half a dot in."""
    matrix = np.array(placing.matrix, np.float64)
    matrix[:, 2] = matrix[:, 2] * dpi / MM_PER_INCH + matrix[:, :2] @ (0.5, 0.5) - 0.5
    return matrix.astype(np.float32)


def _in_mm(matrix: NDArray[np.float64], dpi: int) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    matrix = matrix.copy()
    matrix[:, 2] = (matrix[:, 2] - matrix[:, :2] @ (0.5, 0.5) + 0.5) * MM_PER_INCH / dpi
    (a, b, e), (c, d, f) = matrix.tolist()
    return (a, b, e), (c, d, f)
