"""What a graphics state draws → marks, strings and pictures with their places and paints, in the order of drawing.

Lengths are in mm, as a person sees the page. Clauses are of ISO 32000-1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any

from renderer.model.paper import MM_PER_PT
from renderer.proof.pixels import Box
from renderer.review.fonts import Font
from renderer.review.paints import Paint, named_space
from renderer.review.samples import Picture
from renderer.review.shapes import (
    ON_EDGE,
    THICKEST_RULE,
    Bounds,
    Mark,
    Point,
    bounds,
    box_of,
    corner,
    is_boxy,
    is_rectangle,
    meet,
    nested,
    stroked,
    with_frames,
    within,
)
from renderer.review.state import Setting, State
from renderer.review.view import Matrix, at, times

MOST_PARTS = 16
"""A path of more parts is a drawing, such as a code or a letter, and one thing."""
HAIRLINE = 0.01
"""mm; what a line of width 0 is taken for, the thinnest that a device draws (8.4.3.2)."""
ASCENT, DESCENT = 0.88, -0.12
"""Of an em: how far letters reach from their line."""

_FILLED_TEXT, _STROKED_TEXT = (0, 2, 4, 6), (1, 2, 5, 6)
"""Rendering modes (9.3.6); in the others a text has no ink."""


@dataclass(frozen=True, eq=False)
class Said:
    """A text that marked content says instead of what is in it (14.9.4)."""

    text: str


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


@dataclass(frozen=True)
class Show:
    """What one operator shows."""

    font: Font
    letters: tuple[tuple[bytes, float], ...]
    """Each code, and where it begins in the line, in em."""
    length: float
    """In em, to the right or up."""
    matrix: Matrix
    """From em of the font, at its start, to the page."""
    start: Point
    """On its line, in mm."""
    box: Box
    """Over its letters, from ascent to descent."""
    paint: Paint | None
    """None without ink: invisible, clipped away, or on a layer that is off."""
    size: float
    """Of an em, in points as they are seen."""
    outline: float
    """How thick the lines around its letters are, in mm; 0 without."""
    said: Said | None = None
    """Shows of which a text is said as a whole have one."""

    @cached_property
    def clusters(self) -> tuple[Cluster, ...]:
        """What each letter draws and says: read where somebody asks, for outlines take their time."""
        glyphs = ((code, start, self.font.glyph(code)) for code, start in self.letters)
        return tuple(
            Cluster(glyph.text, (glyph.outline,), (glyph.width,), start, self.font.advance(code))
            for code, start, glyph in glyphs
        )

    def box_of(self, cluster: Cluster) -> Box:
        """Draw a box over one of its clusters."""
        return box_of(_over(self.font, self.matrix, cluster.start, cluster.length))


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture at its place."""

    read: Callable[[], Picture]
    matrix: Matrix
    """From its unit square to the page."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a page draws."""

    marks: tuple[Mark, ...] = ()
    shows: tuple[Show, ...] = ()
    pictures: tuple[Placed, ...] = ()
    """Those of patterns and soft masks, too."""
    aside: tuple[Show, ...] = ()
    """What patterns and soft masks show."""


class Canvas:
    """Takes what a content draws, one thing after the other."""

    def __init__(self, hidden: bool) -> None:
        self.things: list[Mark | Show] = []
        self._pictures: list[Placed] = []
        self._aside: list[Show] = []
        self.hidden = hidden
        """Whether a layer is off, so that what is drawn is not seen."""

    def drawn(self) -> Drawn:
        """Make a whole of it."""
        seen = list(self._seen())
        marks = [thing for thing in seen if isinstance(thing, Mark)]
        return Drawn(
            tuple(with_frames(marks)),
            tuple(thing for thing in seen if isinstance(thing, Show)),
            tuple(self._pictures),
            tuple(self._aside),
        )

    def _seen(self) -> Iterator[Mark | Show]:
        """Leave out white where nothing is drawn yet that it would hide: on white paper it is nothing."""
        seen: list[Box] = []
        for thing in self.things:
            blank = isinstance(thing, Mark) and thing.paint and thing.paint.blank
            if not blank or any(meet(thing.box, box) for box in seen):
                seen.append(thing.box)
                yield thing

    def add(self, other: Canvas) -> None:
        """Draw what a form draws."""
        self.things += other.things
        self._pictures += other._pictures
        self._aside += other._aside

    def add_aside(self, other: Canvas) -> None:
        """Keep what a pattern or a soft mask shows: it is seen through others, and elsewhere."""
        self._pictures += other._pictures
        self._aside += [thing for thing in other.things if isinstance(thing, Show)] + other._aside

    def say(self, first: int, text: str) -> None:
        """Say a text instead of what is shown by all things from a first one on."""
        said = Said(text)
        self.things[first:] = [
            replace(thing, said=said) if isinstance(thing, Show) else thing for thing in self.things[first:]
        ]

    def show(
        self, state: State, font: Font, begun: Matrix, letters: Sequence[tuple[bytes, float]], length: float
    ) -> None:
        """Show letters that began at a place in the line (9.4.3)."""
        start = times(begun, state.matrix)
        em = times((state.size * state.condensed, 0, 0, state.size, 0, state.rise), start)
        edges = _over(font, em, 0, length)
        left, top, right, bottom = within(edges, state.clip)
        filled, outlined = state.mode in _FILLED_TEXT, state.mode in _STROKED_TEXT
        paint = state.filling if filled else state.stroking if outlined else None
        a, b, c, d, _, _ = start
        shown = Show(
            font=font,
            letters=tuple(letters),
            length=length,
            matrix=em,
            start=at((0, 0), em),
            box=box_of(edges),
            paint=paint if left <= right and top <= bottom and not self.hidden else None,
            size=state.size * abs(a * d - b * c) ** 0.5 / MM_PER_PT,
            outline=state.width * state.scale if outlined else 0.0,
        )
        self.things.append(shown)

    def picture(self, state: State, image: Any, setting: Setting, read: Callable[[], Picture]) -> None:
        """Place a picture (8.9)."""
        if self.hidden:
            return
        self._pictures.append(Placed(read, state.matrix))
        stencil = bool(image.get("/ImageMask", image.get("/IM", False)))
        given = image.get("/ColorSpace", image.get("/CS", "/None"))
        ways = setting.profiled_by_name(given)  # a profile of its own is told with its samples
        paint = state.filling if stencil else state.drawing(Paint(named_space(given, setting.resources), ways=ways))
        if "/SMask" in image:
            paint = replace(paint, veils=(*paint.veils, "masked by samples"))
        # Which of its corners is where tells one that is turned or mirrored.
        points = [at(point, state.matrix) for point in ((0, 1), (1, 1), (1, 0), (0, 0))]
        left, top, right, bottom = edges = bounds(points)
        upright = math.dist(points[0], (left, top)) < ON_EDGE and math.dist(points[2], (right, bottom)) < ON_EDGE
        self._add(state, edges, "picture", paint, [] if upright else points)

    def paint(self, state: State, parts: list[list[Point]], how: str) -> None:
        """Fill or stroke a path: keep what the parts of a path are, each for itself, unless they are too many."""
        if len(parts) > MOST_PARTS:
            paint = state.filling if "f" in how else state.stroking
            points = list(chain.from_iterable(parts))
            self._add(state, bounds(points), "drawing", paint, points)
            return
        if "f" in how:
            for outline, edges, thickness in nested(parts):
                kind, reach = ("frame", corner(outline, edges)) if thickness else ("area", 0.0)
                self._add(state, edges, kind, state.filling, outline, thickness=thickness, corner=reach)
        if "s" in how:
            for part in parts:
                self._stroke(state, part)

    def shade(self, state: State) -> None:
        """Fill all that is not clipped away with a shading (8.7.4)."""
        self._add(state, state.clip, "shading", state.filling, [])

    def _stroke(self, state: State, points: list[Point]) -> None:
        edges, many = bounds(points), len(points) > 2
        width = max(state.width * state.scale, HAIRLINE)
        dash = (*(length * state.scale for length in state.dash), state.cap) if state.dash else ()
        looks = {"thickness": width, "dash": dash, "join": state.join if many else 0}
        widened = stroked(edges, width, many or state.cap > 0)
        if not many and min(edges[2] - edges[0], edges[3] - edges[1]) < ON_EDGE:
            self._add(state, widened, "area", state.stroking, [], **looks)
        elif is_boxy(points, edges):
            outline = [] if is_rectangle(points, edges) else points
            self._add(state, widened, "frame", state.stroking, outline, corner=corner(points, edges), **looks)
        else:
            self._add(state, widened, "line", state.stroking, points, **looks)

    def _add(
        self, state: State, edges: Bounds, kind: str, paint: Paint, outline: Sequence[Point], **looks: Any
    ) -> None:
        """Keep a thing so far as it is not clipped away; of a thing that is long and thin, make a rule."""
        box = box_of(within(edges, state.clip))
        if self.hidden or box.w <= 0 or box.h <= 0:
            return
        if kind in ("frame", "area"):
            thin, long = sorted((box.w, box.h))
            if thin <= THICKEST_RULE < long:
                kind, looks["thickness"] = "rule", thin
            elif kind == "area":
                looks["thickness"] = 0.0
        points, cut = (tuple((x - box.x, y - box.y) for x, y in path) for path in (outline, state.cut))
        self.things.append(Mark(kind, box, paint=paint, outline=points, clip=cut, **looks))


def _over(font: Font, matrix: Matrix, start: float, length: float) -> Bounds:
    """Edges of a part of a line, in em along it, where a font of CJK has its ideographic boxes."""
    low, high = (-0.5, 0.5) if font.is_vertical else (DESCENT, ASCENT)
    corners = ((along, across) for along in (start, start + length) for across in (low, high))
    return bounds(at(point[::-1] if font.is_vertical else point, matrix) for point in corners)
