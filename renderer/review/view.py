"""The boxes and the turn of a page → its places as a person sees them: mm from the upper left corner, y down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from renderer.model.paper import MM_PER_PT
from renderer.proof.pixels import Box

Matrix = tuple[float, float, float, float, float, float]
"""Six numbers (ISO 32000-1, 8.3.3)."""
UPRIGHT: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True, slots=True)
class View:
    """What of a page is seen, and how."""

    left: float
    top: float
    """In the file's units."""
    width: float
    height: float
    """In mm, before it is turned."""
    unit: float
    """mm for one unit of the file."""
    turn: int
    """Degrees clockwise: 0, 90, 180 or 270."""

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in mm, as it is seen."""
        return (self.height, self.width) if self.turn % 180 else (self.width, self.height)

    @property
    def matrix(self) -> Matrix:
        """From the file's units to mm as they are seen."""
        return times((self.unit, 0, 0, -self.unit, -self.left * self.unit, self.top * self.unit), self._turning)

    @property
    def _turning(self) -> Matrix:
        w, h = self.width, self.height
        turns: dict[int, Matrix] = {
            0: UPRIGHT,
            90: (0, 1, -1, 0, h, 0),
            180: (-1, 0, 0, -1, w, h),
            270: (0, -1, 1, 0, 0, w),
        }
        return turns[self.turn]

    def seen(self, box: Box) -> Box:
        """Take a box as PDFium measures it, before the page is turned and one unit a point, to where it is seen."""
        if not self.turn and self.unit == MM_PER_PT:
            return box
        scale = self.unit / MM_PER_PT
        (x, y), (other_x, other_y) = (
            at((x * scale, y * scale), self._turning) for x, y in ((box.x, box.y), (box.x + box.w, box.y + box.h))
        )
        return Box(min(x, other_x), min(y, other_y), abs(other_x - x), abs(other_y - y))


def view(page: Any, turn: int | None = None) -> View:
    """Look at a page of pikepdf: at what is inside both of its boxes, turned as it says or as asked (14.11.2)."""
    media, crop = _edges(page.mediabox), _edges(page.cropbox)
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    unit = float(page.obj.get("/UserUnit", 1)) * MM_PER_PT
    if turn is None:
        turn = int(page.rotation)
    return View(left, top, (right - left) * unit, (top - bottom) * unit, unit, turn % 360)


def _edges(box: Any) -> tuple[float, float, float, float]:
    """Two opposite corners in any order to left, bottom, right, top (7.9.5)."""
    x, y, other_x, other_y = map(float, box)
    return min(x, other_x), min(y, other_y), max(x, other_x), max(y, other_y)


def times(one: Matrix, other: Matrix) -> Matrix:
    """Apply one matrix, then the other."""
    a, b, c, d, e, f = one
    k, m, n, o, p, q = other
    return a * k + b * n, a * m + b * o, c * k + d * n, c * m + d * o, e * k + f * n + p, e * m + f * o + q


def at(point: tuple[float, float], matrix: Matrix) -> tuple[float, float]:
    """Place a point by a matrix."""
    (x, y), (a, b, c, d, e, f) = point, matrix
    return a * x + c * y + e, b * x + d * y + f


def as_matrix(given: Iterable[Any]) -> Matrix:
    """Read a matrix of a file."""
    a, b, c, d, e, f = map(float, given)
    return a, b, c, d, e, f
