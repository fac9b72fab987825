"""What a page draws → the texts that it shows, glyph by glyph, and the samples of its pictures, each at its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, groupby

from renderer.proof.pixels import Box
from renderer.review.canvas import Cluster, Drawn, Show
from renderer.review.fonts import Font
from renderer.review.samples import Picture
from renderer.review.shapes import bounds, box_of
from renderer.review.view import Matrix, at


@dataclass(frozen=True)
class Line:
    """What one operator shows, or what the first of several does that say a text together."""

    show: Show
    clusters: tuple[Cluster, ...]

    @property
    def font(self) -> Font:
        """The font that sets it."""
        return self.show.font

    @cached_property
    def text(self) -> str:
        """All that it says."""
        return "".join(cluster.text for cluster in self.clusters)

    @property
    def box(self) -> Box:
        """Around all of it, in mm."""
        return self.show.box

    def box_of(self, cluster: Cluster) -> Box:
        """Draw a box around one of its clusters."""
        return self.show.box_of(cluster)


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture at its place."""

    picture: Picture
    matrix: Matrix
    """From its unit square to the page."""

    @property
    def box(self) -> Box:
        """Around it, in mm."""
        return box_of(bounds(at(corner, self.matrix) for corner in ((0, 0), (1, 0), (1, 1), (0, 1))))


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows."""

    lines: tuple[Line, ...] = ()
    pictures: tuple[Placed, ...] = ()


def shown(drawn: Drawn) -> Shown:
    """Look at the glyphs and the samples of what a page draws."""
    pictures = (Placed(placed.read(), placed.matrix) for placed in drawn.pictures)
    return Shown(tuple(_lines(chain(drawn.shows, drawn.aside))), tuple(pictures))


def _lines(shows: Iterable[Show]) -> Iterator[Line]:
    for said, group in groupby(shows, key=lambda show: show.said):
        lines = [Line(show, show.clusters) for show in group]
        if said is None:
            yield from lines
        else:
            glyphs = [cluster for line in lines for cluster in line.clusters]
            outlines = tuple(outline for cluster in glyphs for outline in cluster.outlines)
            widths = tuple(width for cluster in glyphs for width in cluster.widths)
            whole = Cluster(said.text, outlines, widths, 0.0, lines[0].show.length)
            yield Line(lines[0].show, (whole,))
