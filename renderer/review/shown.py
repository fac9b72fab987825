"""What a content shows: lines of glyphs and pictures, each at its place."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from renderer.proof.pixels import Box
from renderer.review.fonts import Font
from renderer.review.samples import Picture
from renderer.review.view import Matrix, at, times

ASCENT, DESCENT = 0.88, 0.12
"""Of a line of text, in em, where a font of CJK has its ideographic box."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A text that is said as a whole, and the glyphs that draw it: mostly one."""

    text: str
    outlines: tuple[str | None, ...]
    """What each glyph draws."""
    widths: tuple[float | None, ...]
    """How far each moves on, in thousandths of an em."""
    start: float
    length: float
    """In em, along its line."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one operator shows, or one /ActualText covers."""

    font: Font
    clusters: tuple[Cluster, ...]
    matrix: Matrix
    """From em of the font, at its start, to the page."""
    length: float
    """In em."""

    @property
    def text(self) -> str:
        """All that it says."""
        return "".join(cluster.text for cluster in self.clusters)

    @property
    def box(self) -> Box:
        """Around all of it, in the units to which its matrix leads."""
        return _box(self.matrix, (0, -DESCENT, self.length, ASCENT))

    def box_of(self, cluster: Cluster) -> Box:
        """Draw a box around one of its clusters."""
        return _box(self.matrix, (cluster.start, -DESCENT, cluster.start + cluster.length, ASCENT))


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture at its place."""

    picture: Picture
    matrix: Matrix
    """From its unit square to the page."""

    @property
    def box(self) -> Box:
        """Around it, in the units to which its matrix leads."""
        return _box(self.matrix, (0, 0, 1, 1))


@dataclass(slots=True)
class Shown:
    """What a content shows."""

    lines: list[Line] = field(default_factory=list)
    pictures: list[Placed] = field(default_factory=list)

    def moved(self, matrix: Matrix) -> Shown:
        """Take all of it to another place."""
        return Shown(
            [replace(line, matrix=times(line.matrix, matrix)) for line in self.lines],
            [replace(placed, matrix=times(placed.matrix, matrix)) for placed in self.pictures],
        )

    def add(self, other: Shown) -> None:
        """Show what another shows, too."""
        self.lines += other.lines
        self.pictures += other.pictures


def _box(matrix: Matrix, edges: tuple[float, float, float, float]) -> Box:
    left, bottom, right, top = edges
    xs, ys = zip(
        *(at(corner, matrix) for corner in ((left, bottom), (right, bottom), (right, top), (left, top))), strict=True
    )
    return Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
