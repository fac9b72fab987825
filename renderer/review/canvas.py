"""What a graphics state draws → marks and strings with their places and paints, in the order of drawing.

Lengths are in mm, as a person sees the page. Clauses are of ISO 32000-1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from renderer.model.paper import MM_PER_PT
from renderer.proof.pixels import Box
from renderer.review.advances import Font
from renderer.review.paints import Paint, named_space
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
    within,
)
from renderer.review.state import State
from renderer.review.view import Matrix, at, times

MOST_PARTS = 16
"""A path of more parts is a drawing, such as a code or a letter, and one thing."""
HAIRLINE = 0.01
"""mm; what a line of width 0 is taken for, the thinnest that a device draws (8.4.3.2)."""
ASCENT, DESCENT = 0.88, -0.12
"""Of an em: how far letters reach from their line."""


_FILLED_TEXT, _STROKED_TEXT = (0, 2, 4, 6), (1, 2, 5, 6)
"""Rendering modes (9.3.6); in the others a text has no ink."""


@dataclass(frozen=True, slots=True)
class Show:
    """One string that is shown."""

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
    font: str
    """Its name, without the letters of a subset."""
    font_object: tuple[int, int]
    """Number and generation of the font's dictionary; 0, 0 where it has none."""
    codes: bytes
    """As the file has them; which glyphs they are, the font says."""


class Canvas:
    """Takes what is drawn, one thing after the other."""

    def __init__(self) -> None:
        self.marks: list[Mark] = []
        self.shows: list[Show] = []
        self.hidden: list[bool] = []
        """For each marked content that is open, whether its layer is off: what is drawn then is not seen."""

    def show(self, state: State, font: Font, begun: Matrix, codes: bytes) -> None:
        """Show a string that began at a place in its line and ends where the state is now (9.4.3)."""
        start, end = times(begun, state.matrix), times(state.place, state.matrix)
        low, high = (state.size * part + state.rise for part in (DESCENT, ASCENT))
        across = state.size / 2
        reach = ((-across, 0.0), (across, 0.0)) if font.vertical else ((0.0, low), (0.0, high))
        edges = bounds(at(point, matrix) for matrix in (start, end) for point in reach)
        left, top, right, bottom = within(edges, state.clip)
        filled, outlined = state.mode in _FILLED_TEXT, state.mode in _STROKED_TEXT
        paint = state.filling if filled else state.stroking if outlined else None
        a, b, c, d, _, _ = start
        em = state.size * abs(a * d - b * c) ** 0.5
        shown = Show(
            start=at((0, state.rise), start),
            box=box_of(edges),
            paint=paint if left <= right and top <= bottom and not any(self.hidden) else None,
            size=em / MM_PER_PT,
            outline=state.width * state.scale if outlined else 0.0,
            font=font.name,
            font_object=font.object,
            codes=codes,
        )
        self.shows.append(shown)

    def picture(self, state: State, image: Any, resources: Any) -> None:
        """Place a picture (8.9)."""
        stencil = bool(image.get("/ImageMask", image.get("/IM", False)))
        space = named_space(image.get("/ColorSpace", image.get("/CS", "/None")), resources)
        paint = state.filling if stencil else replace(state.filling, space=space, parts=())
        # Which of its corners is where tells one that is turned or mirrored.
        points = [at(point, state.matrix) for point in ((0, 1), (1, 1), (1, 0), (0, 0))]
        left, top, right, bottom = edges = bounds(points)
        upright = math.dist(points[0], (left, top)) < ON_EDGE and math.dist(points[2], (right, bottom)) < ON_EDGE
        self._add(
            state, edges, "picture", replace(paint, masked=paint.masked or "/SMask" in image), [] if upright else points
        )

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
        if any(self.hidden) or box.w <= 0 or box.h <= 0 or (paint.blank and not self._covers(box)):
            return
        if kind in ("frame", "area"):
            thin, long = sorted((box.w, box.h))
            if thin <= THICKEST_RULE < long:
                kind, looks["thickness"] = "rule", thin
            elif kind == "area":
                looks["thickness"] = 0.0
        points, cut = (tuple((x - box.x, y - box.y) for x, y in path) for path in (outline, state.cut))
        self.marks.append(Mark(kind, box, paint=paint, outline=points, clip=cut, **looks))

    def _covers(self, box: Box) -> bool:
        """Whether anything is drawn yet where white would hide it: on white paper it is nothing."""
        return any(meet(box, thing.box) for things in (self.marks, self.shows) for thing in things)
